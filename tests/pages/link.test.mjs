// "Link Remote Session" as agents see it: scenarios 25, 27, 32 and 33.

import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { actionsOf, applianceLedger, atTheTop, complaints, control, framed, haloLedger, openHouse, openScreen, openTicket, signIn, tabTo, until, violations } from './house.mjs';

let house;
let ticket;
let found;
before(async () => {
  house = await openHouse();
  ticket = await openTicket(house);
  found = complaints(ticket.page);
  await signIn(ticket);
});
after(() => house?.close());
beforeEach(() => ticket.page.reload());

const link = (opened) => opened.frame.locator('remote-support-link');
const session = (opened, name) => link(opened).getByRole('button', { name });

/** A session from the public portal, without a key: it is kept for linking. */
async function play(customer, script = [{ join: 'rep:7' }, { say: `Hello ${customer}`, by: 'rep:7' }]) {
  const { lsid } = await control(house.appliance, 'play', { customer, script, end: true });
  return lsid;
}
const notes = async (of, lsid) => (await actionsOf(house, of, 'Remote Session')).filter((action) => action.note_html.includes(lsid));

/** Reloads until the session is listed. */
const listed = (opened, customer) =>
  until(`${customer} is listed`, async () => {
    await opened.page.reload();
    return session(opened, new RegExp(customer)).first().waitFor({ timeout: 3000 }).then(() => true, () => false);
  });

test('link_32_likely_first_with_the_reason_preview_one_confirm_and_undo_by_keyboard_alone', async () => {
  await play('Somebody Else', [{ join: 'rep:12' }]);
  const lsid = await play('Connor Blake');
  await listed(ticket, 'Connor Blake');
  const likely = link(ticket).getByRole('list', { name: 'Likely this one' });
  await likely.getByText('The customer is called Connor Blake, like this ticket\'s user.').waitFor();
  await link(ticket).getByRole('list', { name: 'Other sessions' }).getByText('Somebody Else').waitFor();
  assert.deepEqual(await violations(ticket.page), [], 'listed');

  const { keyboard } = ticket.page;
  await atTheTop(ticket.frame);
  await tabTo(ticket, (at) => at.name === 'BUTTON' && /Connor Blake/.test(at.text));
  await keyboard.press('Enter');
  await link(ticket).getByText('Hello Connor Blake').waitFor();
  assert.deepEqual(await violations(ticket.page), [], 'chosen');
  await tabTo(ticket, (at) => at.text === 'Link to Ticket 1161');
  await keyboard.press('Enter');
  await link(ticket).getByText('The note is on ticket 1161.').waitFor();
  assert.equal((await notes(1161, lsid)).length, 1);
  assert.deepEqual(await violations(ticket.page), [], 'linked');
  // The agent sees the action arrive beside the panel.
  await ticket.page.locator('#actions').getByText('Remote Session', { exact: true }).first().waitFor();
  assert.equal(await session(ticket, /Hello|Connor Blake/).count(), 0, 'no longer in the list');

  await tabTo(ticket, (at) => at.text === 'Undo');
  await keyboard.press('Enter');
  await link(ticket).getByText('Taken back').waitFor();
  await session(ticket, /Connor Blake/).first().waitFor();
  assert.equal((await notes(1161, lsid)).length, 0, 'the action is gone');
  const shown = await ticket.page.locator('#actions').getByText(lsid).count();
  assert.equal(shown, 0);
  assert.deepEqual(found, []);
});

test('link_32_searched_by_name_and_a_colleague_who_was_faster_is_told', async () => {
  const lsid = await play('Dana Whitfield', [{ join: 'rep:12' }, { say: 'Hello Dana', by: 'rep:12' }]);
  const ann = await openTicket(house);
  await signIn(ann, 'Ann Keller');
  for (const opened of [ticket, ann]) {
    await listed(opened, 'Dana Whitfield');
    await link(opened).getByRole('searchbox').fill('whitf müller');
    await session(opened, /Dana Whitfield/).click();
    await until('others are gone', async () => (await session(opened, /Somebody Else|Connor Blake/).count()) === 0);
  }
  await link(ann).getByRole('button', { name: 'Link to Ticket 1161' }).click();
  await link(ann).getByText('The note is on ticket 1161.').waitFor();
  await link(ticket).getByRole('button', { name: 'Link to Ticket 1161' }).click();
  await link(ticket).getByRole('alert').waitFor();
  assert.match(await link(ticket).getByRole('alert').textContent(), /1161/);
  assert.deepEqual(await violations(ticket.page), [], 'faster');
  assert.equal((await notes(1161, lsid)).length, 1);
  await ann.close();
});

test('link_33_moved_to_the_right_ticket_exactly_one_action_remains', async () => {
  const lsid = await play('Morgan Reyes');
  await listed(ticket, 'Morgan Reyes');
  await session(ticket, /Morgan Reyes/).first().click();
  await link(ticket).getByRole('button', { name: 'Link to Ticket 1161' }).click();
  await link(ticket).getByText('The note is on ticket 1161.').waitFor();
  const here = link(ticket).getByRole('region', { name: 'On this ticket' }).getByRole('listitem').filter({ hasText: 'Morgan Reyes' });
  await here.getByRole('button', { name: 'Move' }).click();
  const number = link(ticket).getByRole('textbox', { name: /to ticket/ });
  assert.deepEqual(await violations(ticket.page), [], 'moving');
  await number.fill('1163');
  await number.press('Enter');
  await link(ticket).getByText('The note is on ticket 1163.').waitFor();
  assert.equal((await notes(1163, lsid)).length, 1);
  assert.equal(await ticket.page.locator('#actions').getByText(lsid).count(), 0, 'it is gone from the first');
});

test('session_27_a_refused_session_says_why_and_is_played_again_after_the_name_is_fixed', async () => {
  await control(house.appliance, 'representatives/40', { logged_in: true, private: 'Unknown Person', public: 'Unknown', display: 'Unknown Person', type: 'Normal' });
  const lsid = await play('Robin Vale', [{ join: 'rep:40' }]);
  const refused = link(ticket).locator('#rs-refused');
  await until('it is listed', async () => {
    await ticket.page.reload();
    return refused.waitFor({ timeout: 3000 }).then(() => true, () => false);
  });
  await refused.getByText('Refused sessions').click();
  const row = refused.getByRole('listitem').filter({ hasText: 'Unknown Person' });
  await row.getByText(/no technician of the session is known in Halo/).waitFor();
  assert.deepEqual(await violations(ticket.page), [], 'refused');
  await control(house.halo, 'agents/43', { beyondtrust_name: 'Unknown Person' });
  await row.getByRole('button', { name: 'Replay' }).click();
  await link(ticket).locator('#rs-linked').waitFor();
  // The session had no key, so it is kept; now it can be linked.
  await listed(ticket, 'Robin Vale');
  await session(ticket, /Robin Vale/).first().click();
  await link(ticket).getByRole('button', { name: 'Link to Ticket 1161' }).click();
  await link(ticket).getByText('The note is on ticket 1161.').waitFor();
  assert.equal((await notes(1161, lsid)).length, 1);
  assert.ok(framed(ticket.page));
});

test('session_25_a_chat_that_closes_meanwhile_leaves_its_session_here_under_its_name', async () => {
  const chat = await openScreen(house, '/chat?id=643');
  await signIn(chat);
  await chat.frame.getByRole('option', { name: 'Priya Nair' }).click();
  await chat.frame.getByRole('button', { name: 'Send invite' }).click();
  await chat.frame.getByText(/^Posted, /).waitFor();
  const key = (await applianceLedger(house)).keys.at(-1);
  await chat.page.getByRole('button', { name: 'Close chat' }).click();
  await chat.page.getByText('Closed').first().waitFor();
  const { lsid } = await control(house.appliance, 'play', { short_key: key.short_key, script: [{ join: 'rep:7' }, { say: 'Hello visitor', by: 'rep:7' }], end: true });
  await listed(ticket, 'Visitor');
  await session(ticket, /Visitor/).first().click();
  await link(ticket).getByText('Hello visitor').waitFor();
  const told = (await haloLedger(house)).chat_messages.filter((message) => message.text.includes(lsid));
  assert.deepEqual(told, [], 'kept, and not posted, too');
  await chat.close();
});
