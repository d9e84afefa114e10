// Whose queue does an invite go to when its technician is away?
import init, { routeInvite } from 'halo-remote-support';

await init();
const directory = {
  agents: [{ id: 43, name: 'Ann Keller', beyondtrustName: 'Ann K.', invitesEnabled: true }],
  teams: [{ queue: 'team:3', name: 'Service Desk', isDefault: true, enabled: true }],
};
const { queue, text, trace } = routeInvite({ agent: 43 }, directory, []);
console.log(JSON.stringify(queue), text);
for (const step of trace) console.log(`- ${step.text}`);
console.log(routeInvite({ agent: 43 }, directory, [], { fallback: false }).reason);

// Prints:
// {"team":{"queue":"team:3"}} Goes to Service Desk. Ann Keller is not logged in, so the default team takes it.
// - Ann Keller was asked for.
// - Nobody with the display name Ann K. is logged in to BeyondTrust.
// - Fallback to the default team is on.
// - The default team is Service Desk.
// techUnavailable
