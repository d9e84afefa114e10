// The plugin's types as somebody uses them: this file must type-check, and the lines marked so must not.

import init, { defineElements, lintTemplate, matchAgents, renderInvite, routeInvite } from '../../../pkg/remote-support.js';

await init();
defineElements();
const matches = matchAgents([{ private: 'Ann Keller' }], [{ id: 43, name: 'Ann Keller', beyondtrustName: 'Ann K.' }]);
for (const match of matches) if (match.kind === 'ambiguous') match.candidates.length;

const routing = routeInvite({ agent: 43 }, { agents: [], teams: [{ queue: 'team:3', name: 'Service Desk' }] }, []);
routing.queue === null ? routing.reason : routing.text;
// @ts-expect-error a channel is an agent or a team
routeInvite({ technician: 43 }, { agents: [], teams: [] }, []);

const { output, warnings } = renderInvite('$FAULTID', { named: { FAULTID: '1161' } }, { format: 'text' });
output?.length ?? warnings[0]?.line;
lintTemplate('{{{raw}}}').some((problem) => problem.refused);

document.body.addEventListener('remote-support:invite-sent', (event) => event.detail.invite.ticket.toFixed());
