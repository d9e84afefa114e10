// Where would a session's details go, and why?
import init, { checkSessionReport, decideDisposition } from 'halo-remote-support';

await init();
const { sessions: [session] } = checkSessionReport(`<session_list><session lsid="4f1c9b2a7d3e4f508a6b1c2d3e4f5a6b">
  <end_time timestamp="1781086525"/><external_key>1161.7K3M9QX2DH</external_key>
  <rep_list><representative gsnumber="1"><display_name>Ann K.</display_name><seconds_involved>925</seconds_involved></representative></rep_list>
</session></session_list>`);
const agents = [{ id: 43, name: 'Ann Keller', beyondtrustName: 'Ann K.' }];
const issued = { code: '7K3M9QX2DH', ticket: 1161 };
const { kind, owner, reason, trace, note } = decideDisposition(session, { agents, issued });
console.log(kind, owner.name, note.includes('Remote session 4f1c9b2a7d3e4f508a6b1c2d3e4f5a6b'));
console.log(reason.text);
for (const step of trace) console.log(`- ${step.text}`);

// Prints:
// ticket Ann Keller true
// Added to ticket 1161, for which the session was generated.
// - Ann K. is Ann Keller in Halo, by the BeyondTrust display name.
// - Ann Keller owns the action: the technician known in Halo with most time in the session.
// - Code 7K3M9QX2DH was issued here.
