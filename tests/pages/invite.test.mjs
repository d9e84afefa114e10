// An agent sends an invite from the ticket, and the session's note comes back: scenarios 9 to 12, 22 and 34 to 36 as a person sees them.

import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { actionsOf, applianceLedger, control, haloLedger, logIn, openHouse, openTicket, setting, signIn, until } from './house.mjs';

let house;
let ticket;
before(async () => {
  house = await openHouse();
  ticket = await openTicket(house);
  await signIn(ticket);
});
after(() => house?.close());

beforeEach(async () => {
  await setting(ticket.page, house.proxy, { fallback: true, privateNotes: true });
  await logIn(house, 9, false);
  await ticket.page.reload();
  await ticket.frame.getByRole('listbox').waitFor();
});

const option = (name) => ticket.frame.getByRole('option', { name });
const button = (name) => ticket.frame.getByRole('button', { name });
const counts = async () => ({ keys: (await applianceLedger(house)).keys.length, mails: (await haloLedger(house)).mails.length });

test('ticket_12_technician_mail_and_audit_action', async () => {
  const before = await counts();
  await option('Priya Nair').click();
  assert.equal(await ticket.frame.getByRole('textbox', { name: 'E-mail' }).inputValue(), 'connor@batley.example');
  await ticket.frame.getByText('The real one is made when you send').waitFor();
  await button('Send invite').click();
  await ticket.frame.getByText('Invite sent to connor@batley.example').waitFor();
  // The agent sees the audit action arrive in the timeline beside the panel.
  await ticket.page.locator('#actions').getByText('Remote Session Invite').first().waitFor();
  const mails = (await haloLedger(house)).mails;
  assert.equal(mails.length, before.mails + 1);
  const key = (await applianceLedger(house)).keys.at(-1);
  assert.equal(key.queue, 'rep:7');
  assert.ok(mails.at(-1).html.includes(`href="${key.key_url}"`), mails.at(-1).html);
  // The link works: it opens the appliance's customer page.
  const customer = await ticket.context.newPage();
  await customer.goto(key.key_url);
  await customer.locator('#join').waitFor();
  await customer.close();
});

test('ticket_12_a_technician_is_found_whatever_the_case', async () => {
  await ticket.frame.locator('remote-support-invite #rs-search').fill('ZOË');
  await option('Zoë').waitFor();
  assert.equal(await ticket.frame.getByRole('option').count(), 1);
});

test('ticket_12_an_invalid_address_is_stopped_before_any_key_is_made', async () => {
  const before = await counts();
  await option('Priya Nair').click();
  await ticket.frame.getByRole('textbox', { name: 'E-mail' }).fill('connor@batley');
  await button('Send invite').click();
  await ticket.frame.getByRole('alert').waitFor();
  assert.deepEqual(await counts(), before);
});

test('invites_9_techunavailable_no_key_and_other_choices_one_click_away', async () => {
  await setting(ticket.page, house.proxy, { fallback: false });
  await ticket.page.reload();
  const before = await counts();
  await option('Ann Keller').click();
  const send = button('Send invite');
  if (await send.isEnabled()) await send.click();
  await ticket.frame.getByText('TECHUNAVAILABLE').first().waitFor();
  assert.deepEqual(await counts(), before);
  await button('Send to Service Desk').click();
  await until('the mail', async () => (await counts()).mails === before.mails + 1);
  await ticket.frame.getByText('Invite sent to connor@batley.example').waitFor();
  assert.equal((await counts()).keys, before.keys + 1);
  assert.equal((await applianceLedger(house)).keys.at(-1).queue, 'team:3');
});

test('invites_9_also_when_the_technician_logged_out_a_second_ago', async () => {
  await setting(ticket.page, house.proxy, { fallback: false });
  await logIn(house, 9, true);
  // Saved settings make the proxy look afresh.
  await setting(ticket.page, house.proxy, { fallback: false });
  await ticket.page.reload();
  await option(/Ann Keller.*logged in, /).click();
  const before = await counts();
  await logIn(house, 9, false);
  await button('Send invite').click();
  await ticket.frame.getByRole('alert').getByText('TECHUNAVAILABLE').waitFor();
  assert.deepEqual(await counts(), before);
});

test('invites_10_fallback_is_said_before_and_after_and_in_the_audit_action', async () => {
  await option('Ann Keller').click();
  await ticket.frame.getByRole('status').getByText('Goes to Service Desk.').waitFor();
  await button('Send invite').click();
  await ticket.frame.getByText('Asked for Ann Keller, sent to Service Desk.').first().waitFor();
  const action = (await actionsOf(house, 1161, 'Remote Session Invite')).at(-1);
  assert.match(action.note_html, /Ann Keller/);
  assert.match(action.note_html, /Service Desk/);
  assert.equal((await applianceLedger(house)).keys.at(-1).queue, 'team:3');
});

test('invites_11_without_a_usable_default_team_it_says_exactly_that', async () => {
  const team = { queue: 'team:3', name: 'Service Desk', displayName: 'Service Desk', isDefault: true, enabled: false };
  const teams = [team, { ...team, queue: 'team:4', name: 'Network Team', displayName: '', isDefault: false, enabled: true }];
  for (const [change, sentence] of [[{ isDefault: false }, /no default team/i], [{}, /Service Desk.*not enabled/i]]) {
    await setting(ticket.page, house.proxy, { teams: [{ ...team, ...change }, teams[1]] });
    await ticket.page.reload();
    const before = await counts();
    await option('Ann Keller').click();
    await ticket.frame.locator('#rs-forecast').getByText(sentence).waitFor();
    await button('Send invite').click();
    await ticket.frame.getByRole('alert').getByText(sentence).first().waitFor();
    assert.deepEqual(await counts(), before);
    assert.match(await ticket.frame.locator('#rs-failed').textContent(), /settings/i);
  }
  await setting(ticket.page, house.proxy, { teams: [{ ...team, enabled: true }, teams[1]] });
});

test('faults_34_the_draft_outlives_an_appliance_that_is_down', async () => {
  await option('Zoë').click();
  const email = ticket.frame.getByRole('textbox', { name: 'E-mail' });
  await email.fill('somebody.else@batley.example');
  await control(house.appliance, 'faults', [{ path: '/api/command', kind: 'cut', times: 50 }]);
  const before = await counts();
  await button('Send invite').click();
  await ticket.frame.getByRole('alert').waitFor();
  assert.deepEqual(await counts(), before);
  await fetch(`${house.appliance.replace('appliance.localhost', '127.0.0.1')}/control/faults`, { method: 'DELETE' });
  await button('Try again').click();
  await ticket.frame.getByText('Invite sent to somebody.else@batley.example').waitFor();
  assert.equal((await applianceLedger(house)).keys.at(-1).queue, 'rep:12');
});

test('session_22_a_person_plays_both_sides_and_the_ticket_tells_the_story', async () => {
  await option('Priya Nair').click();
  await button('Send invite').click();
  await ticket.frame.getByText('Invite sent').waitFor();
  const key = (await applianceLedger(house)).keys.at(-1);
  const notes = (await actionsOf(house, 1161, 'Remote Session')).length;
  const lsid = (
    await control(house.appliance, 'play', {
      short_key: key.short_key,
      script: [
        { join: 'rep:7' },
        { say: 'Hello Connor, may I see your screen?', by: 'rep:7' },
        { say: 'yes <b>please</b>', by: 'customer' },
        { join: 'rep:12' },
        { say: 'Zoë, is this the bad disk again?', by: 'rep:7', to: 'rep:12' },
        { file: 'repair-profile.zip', bytes: 48211, by: 'rep:7' },
        { note: 'Rebuilt the mail profile.', by: 'rep:7' },
      ],
      end: true,
    })
  ).lsid;
  const action = await until('the note', async () => (await actionsOf(house, 1161, 'Remote Session')).at(notes));
  assert.equal(action.who, 'Priya Nair');
  assert.equal(action.hiddenfromuser, true);
  for (const part of [lsid, 'Zoë Müller-Łukasz', 'yes &lt;b&gt;please&lt;/b&gt;', 'repair-profile.zip', 'Rebuilt the mail profile.', 'session_download']) {
    assert.ok(action.note_html.includes(part), `${part} in ${action.note_html}`);
  }
  // On the ticket, where the agent looks, without a reload.
  const shown = ticket.page.locator(`#actions [data-action="${action.id}"]`);
  await shown.waitFor();
  await shown.getByText('Remote Session', { exact: true }).first().waitFor();
});

test('faults_36_the_same_event_again_and_across_a_restart_is_one_note', async () => {
  const { lsid } = await control(house.appliance, 'play', { external_key: '1161', script: [{ join: 'rep:7' }], end: true });
  const written = async () => (await actionsOf(house, 1161, 'Remote Session')).filter((action) => action.note_html.includes(lsid)).length;
  await until('the note', written);
  const body = `event=support_conference_end&version=7&timestamp=1&appliance_id=3c4d&lsid=${lsid}&external_key=1161`;
  for (let times = 0; times < 50; times += 1) {
    await control(house.appliance, 'events', { body });
    if (times === 25) house.restartProxy();
  }
  await until('all are answered', async () => (await control(house.appliance, 'idle')).idle);
  const { events } = await applianceLedger(house);
  const repeated = events.filter((event) => event.lsid === lsid && event.event === 'support_conference_end');
  assert.equal(repeated.filter((event) => event.statuses.at(-1) === 200).length, 51);
  assert.equal(await written(), 1);
});

test('faults_35_an_expired_token_goes_unnoticed_and_a_new_secret_is_told_once_without_a_storm', async () => {
  const { token_seconds: lasting, client_secret: secret } = await control(house.appliance, 'settings');
  const tokens = async () => (await applianceLedger(house)).requests.filter(({ path }) => path === '/oauth2/token').length;
  await control(house.appliance, 'settings', { token_seconds: 1 });
  const { mails } = await counts();
  await option('Priya Nair').click();
  await button('Send invite').click();
  await until('the mail', async () => (await counts()).mails === mails + 1);
  await control(house.appliance, 'settings', { token_seconds: lasting, client_secret: 'regenerated' });
  await ticket.page.reload();
  const before = await tokens();
  await option('Priya Nair').click();
  await button('Send invite').click();
  await ticket.frame.getByRole('alert').getByText(/client id or secret/i).first().waitFor();
  await button('Try again').click();
  await ticket.frame.getByRole('alert').getByText(/client id or secret/i).first().waitFor();
  assert.ok((await tokens()) - before <= 4, `${(await tokens()) - before} tokens were asked for`);
  await control(house.appliance, 'settings', { client_secret: secret });
});
