// Invites that tickets and actions of Halo send by themselves, as agents and end users cause them: scenarios 13, 14, 15 and 16.

import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { actionsOf, applianceLedger, control, haloLedger, openHouse, openScreen, openTicket, setting, signIn, until } from './house.mjs';

let house;
let ticket;
before(async () => {
  house = await openHouse();
  ticket = await openTicket(house);
  await signIn(ticket);
});
after(() => house?.close());

const TEAMS = [
  { queue: 'team:3', name: 'Service Desk', displayName: 'Service Desk', isDefault: true, enabled: true },
  { queue: 'team:4', name: 'Network Team', displayName: '', isDefault: false, enabled: true },
];
beforeEach(() => setting(ticket.page, house.proxy, { teams: TEAMS, blankLink: 'send' }));

const mails = async () => (await haloLedger(house)).mails;
const keys = async () => (await applianceLedger(house)).keys;
/** Waits for the audit action of a ticket. */
const invited = (id) => until(`the invite of ticket ${id}`, async () => (await actionsOf(house, id, 'Remote Session Invite')).at(0));

/** Runs the desk's own action on the ticket's screen. */
async function act(page, channel, text) {
  await page.getByRole('button', { name: 'Invite to Remote Session' }).click();
  const form = page.locator('#act-form');
  await form.getByLabel('Remote Session Technician/Channel').selectOption({ label: channel });
  if (text) await form.getByRole('textbox').last().fill(text);
  await form.getByRole('button', { name: 'Save action' }).click();
}

/** Logs a ticket as an agent; its number. */
async function log({ send, channel }) {
  const screen = await openScreen(house, '/new-ticket');
  const { page } = screen;
  await page.locator('#type').selectOption({ label: 'Service Request' });
  await page.locator('#user').selectOption({ label: 'Connor Blake' });
  await page.locator('#summary').fill('A new laptop');
  await page.locator('#details').fill('Please.');
  const box = page.getByRole('switch', { name: /Send Remote Session Invitation/ });
  assert.equal(await box.isChecked(), true, 'the type says so');
  if (!send) await box.uncheck();
  if (channel) await page.getByLabel('Remote Session Technician/Channel').selectOption({ label: channel });
  await page.locator('#form button.go').click();
  await page.waitForURL(/\/ticket\?id=\d+/);
  const id = Number(new URL(page.url()).searchParams.get('id'));
  return { ...screen, id };
}

test('invites_13_an_action_with_the_channel_filled_gets_that_queues_key_and_its_own_text', async () => {
  const before = (await mails()).length;
  await act(ticket.page, 'Network Team', 'Come to us: $LINKTOREMOTE');
  await until('the mail', async () => (await mails()).length === before + 1);
  const key = (await keys()).at(-1);
  assert.equal(key.queue, 'team:4');
  const mail = (await mails()).at(-1);
  assert.ok(mail.html.includes('Come to us: ') && mail.html.includes(key.key_url), mail.html);
  // The agent sees it on the ticket.
  await ticket.page.locator('#actions').getByText('Remote Session Invite').first().waitFor();
});

test('invites_14_blank_goes_to_the_default_team_and_without_one_blank_or_held_with_a_warning', async () => {
  let before = (await mails()).length;
  await act(ticket.page, '(blank)');
  await until('the mail', async () => (await mails()).length === before + 1);
  assert.equal((await keys()).at(-1).queue, 'team:3');

  await setting(ticket.page, house.proxy, { teams: TEAMS.map((team) => ({ ...team, isDefault: false })), blankLink: 'hold' });
  before = (await mails()).length;
  const count = (await keys()).length;
  const actions = (await actionsOf(house, 1161, 'Remote Session Invite')).length;
  await act(ticket.page, '(blank)');
  const warning = await until('the warning', async () => (await actionsOf(house, 1161, 'Remote Session Invite')).at(actions));
  assert.equal(warning.hiddenfromuser, true);
  assert.match(warning.note_html, /default team/);
  assert.equal((await mails()).length, before, 'held');

  await setting(ticket.page, house.proxy, { blankLink: 'send' });
  await act(ticket.page, '(blank)');
  await until('the mail without a link', async () => (await mails()).length === before + 1);
  assert.equal((await keys()).length, count, 'no key was made');
  assert.ok(!(await mails()).at(-1).html.includes(house.appliance));
});

test('invites_15_an_agents_new_ticket_sends_one_invite_unless_the_field_is_off', async () => {
  const before = (await mails()).length;
  const off = await log({ send: false });
  const on = await log({ send: true, channel: 'Zoë Müller-Łukasz' });
  const action = await invited(on.id);
  assert.equal((await keys()).at(-1).queue, 'rep:12');
  assert.match(`${action.who} ${action.note_html}`, /Priya Nair/);
  await on.page.locator('#actions').getByText('Remote Session Invite').first().waitFor();
  assert.equal((await mails()).length, before + 1);
  assert.deepEqual(await actionsOf(house, off.id, 'Remote Session Invite'), []);
  await off.close();
  await on.close();
});

test('invites_16_a_ticket_of_the_portal_always_sends_and_waits_for_an_appliance_that_is_down', async () => {
  const portal = await openScreen(house, '/portal');
  const { page } = portal;
  await control(house.appliance, 'settings', { down: true });
  const before = (await mails()).length;
  const asked = (await applianceLedger(house)).requests.length;
  await page.locator('#type').selectOption({ label: 'Service Request' });
  await page.locator('#summary').fill('My mail is broken');
  await page.locator('#form button').last().click();
  await page.locator('#done').getByText('Your ticket is').waitFor();
  const id = Number((await page.locator('#done').textContent()).match(/\d+/)[0]);
  // The ticket is untouched as long as BeyondTrust does not answer.
  await until('it was tried', async () => (await applianceLedger(house)).requests.length > asked);
  assert.deepEqual(await actionsOf(house, id, 'Remote Session Invite'), []);
  assert.equal((await mails()).length, before);
  await control(house.appliance, 'settings', { down: false });
  await invited(id);
  assert.equal((await mails()).length, before + 1);
  assert.equal((await keys()).at(-1).queue, 'team:3');
  await portal.close();
});
