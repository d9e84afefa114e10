// The plugin's types as somebody uses them: this file must type-check, and the lines marked so must not.

import init, {
  agentDirectory, checkSessionReport, decideDisposition, defineElements, lintTemplate, matchAgents, pinnedSessionUrl, renderInvite, routeInvite,
} from '../../../pkg/remote-support.js';

await init();
await defineElements();
const matches = matchAgents([{ private: 'Ann Keller' }], [{ id: 43, name: 'Ann Keller', beyondtrustName: 'Ann K.' }]);
for (const match of matches) if (match.kind === 'ambiguous') match.candidates.length;

const routing = routeInvite({ agent: 43 }, { agents: [], teams: [{ queue: 'team:3', name: 'Service Desk' }] }, []);
routing.queue === null ? routing.reason : routing.text;
// @ts-expect-error a channel is an agent or a team
routeInvite({ technician: 43 }, { agents: [], teams: [] }, []);

const { output, warnings } = renderInvite('$FAULTID', { named: { FAULTID: '1161' } }, { format: 'text' });
output?.length ?? warnings[0]?.line;
lintTemplate('{{{raw}}}').some((problem) => problem.severity === 'error');

const report = checkSessionReport(new Uint8Array(), { lsid: '0'.repeat(32), lang: 'de' });
for (const problem of report.problems) problem.line.toFixed();
// @ts-expect-error a report is text or bytes
checkSessionReport(new ArrayBuffer(8));
const [session] = report.sessions;
if (session) {
  session.events[0]?.files[0]?.[1]?.toFixed();
  const disposition = decideDisposition(session, { agents: [], settings: { onlyGenerated: true } });
  if (disposition.kind === 'ticket') disposition.ticket.toFixed();
  disposition.trace.map((step) => step.text);
  const directory = agentDirectory([]);
  directory.match(session.representatives)[0]?.trace;
  directory.free();
}
pinnedSessionUrl('https://support.example.com', 'BR-LT-0148', { externalKey: '1161.7K3M9QX2DH' }).length;

document.body.addEventListener('remote-support:invite-sent', (event) => event.detail.invite.ticket?.toFixed());
