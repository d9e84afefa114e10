// Invites into live chats, as agents and customers see them: scenarios 7, 8, 9 and 24.

import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { applianceLedger, atTheTop, complaints, control, haloLedger, logIn, openHouse, openScreen, openTicket, ownPage, setting, signIn, tabTo, until, violations } from './house.mjs';

let house;
let chat;
before(async () => {
  house = await openHouse();
  chat = await openScreen(house, '/chat?id=640');
  await signIn(chat);
});
after(() => house?.close());

beforeEach(async () => {
  await setting(chat.page, house.proxy, { fallback: true });
  await logIn(house, 9, false);
  await chat.page.reload();
  await chat.frame.getByRole('listbox').waitFor();
});

const counts = async () => ({ keys: (await applianceLedger(house)).keys.length, messages: (await haloLedger(house)).chat_messages.length });
/** Another agent's invite of a moment ago is asked about; this is the same agent's. */
const send = (frame) => frame.getByRole('button', { name: 'Send invite' }).click();

test('invites_7_in_a_chat_pane_the_invite_is_posted_with_a_working_link_and_a_tick_appears', async () => {
  const found = complaints(chat.page);
  const before = await counts();
  await chat.frame.getByRole('option', { name: 'Priya Nair' }).click();
  await send(chat.frame);
  await chat.frame.getByText(/^Posted, /).waitFor();
  assert.deepEqual(await counts(), { keys: before.keys + 1, messages: before.messages + 1 });
  const key = (await applianceLedger(house)).keys.at(-1);
  assert.equal(key.queue, 'rep:7');
  assert.match(key.external_key, /^chat-640\.[0-9A-Z]{10}$/);
  const message = (await haloLedger(house)).chat_messages.at(-1);
  assert.equal(message.chat_id, 640);
  assert.ok(message.text.includes(`href="${key.key_url}"`), message.text);
  const customer = await chat.context.newPage();
  await customer.goto(key.key_url);
  await customer.locator('#join').waitFor();
  await customer.close();
  assert.deepEqual(await violations(chat.page), [], 'posted');
  assert.deepEqual(found, []);
});

test('invites_7_as_an_element_right_in_a_pane_it_is_posted_too', async () => {
  const pane = await ownPage(house, '<h1>Chat 640</h1><aside><remote-support-invite chat="640"></remote-support-invite></aside>', { viewport: { width: 360, height: 900 } });
  const found = complaints(pane.page);
  await pane.open();
  await signIn(pane);
  const before = await counts();
  await pane.frame.getByRole('option', { name: 'Priya Nair' }).click();
  await send(pane.frame);
  await pane.frame.getByText(/^Posted, /).waitFor();
  assert.deepEqual(await counts(), { keys: before.keys + 1, messages: before.messages + 1 });
  assert.ok(await pane.page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'scrolls sideways');
  assert.deepEqual(found, []);
  await pane.close();
});

test('invites_7_by_keyboard_alone', async () => {
  const before = await counts();
  await atTheTop(chat.frame);
  await tabTo(chat, (at) => at.role === 'listbox');
  await chat.page.keyboard.press('Home');
  await tabTo(chat, (at) => at.text === 'Send invite');
  await chat.page.keyboard.press('Enter');
  await chat.frame.getByText(/^Posted, /).waitFor();
  assert.equal((await counts()).messages, before.messages + 1);
  await until('the focus is back at the button', () =>
    chat.frame.locator('#rs-send').evaluate((button) => button.getRootNode().activeElement === button));
});

test('invites_7_through_my_chats_and_through_the_tickets_open_chats', async () => {
  const mine = await openScreen(house, '/chats', { title: 'My chats' });
  await signIn(mine, 'Priya Nair', '#rs-chats');
  assert.deepEqual(await violations(mine.page), [], 'my chats');
  const before = await counts();
  await mine.frame.getByRole('button', { name: /Connor Blake/ }).first().click();
  await mine.frame.getByRole('option', { name: 'Priya Nair' }).click();
  await send(mine.frame);
  await mine.frame.getByText(/^Posted, /).waitFor();
  await mine.frame.getByRole('button', { name: 'My chats' }).click();
  await mine.frame.getByText('invited').first().waitFor();
  await mine.close();

  const ticket = await openTicket(house);
  await signIn(ticket);
  await ticket.frame.getByRole('radio', { name: /Into the open chat/ }).first().check();
  await ticket.frame.getByRole('option', { name: 'Priya Nair' }).click();
  await send(ticket.frame);
  await ticket.frame.getByText(/^Posted, /).waitFor();
  assert.deepEqual(await counts(), { keys: before.keys + 2, messages: before.messages + 2 });
  assert.equal((await haloLedger(house)).chat_messages.at(-1).chat_id, 641);
  // The ticket tells of it from now on, whoever opens it.
  await ticket.page.reload();
  await ticket.frame.getByRole('heading', { name: 'Invite posted to the chat' }).waitFor();
  await ticket.close();
});

test('invites_8_refused_a_cross_and_the_reason_and_the_choice_is_kept', async () => {
  await control(house.appliance, 'faults', [{ path: '/api/command', kind: 'cut', times: 50 }]);
  const before = await counts();
  await chat.frame.getByRole('option', { name: 'Zoë' }).click();
  await send(chat.frame);
  await chat.frame.locator('#rs-refused').getByRole('alert').waitFor();
  assert.deepEqual(await counts(), before, 'no key, nothing posted');
  assert.deepEqual(await violations(chat.page), [], 'refused');
  await fetch(`${house.appliance.replace('appliance.localhost', '127.0.0.1')}/control/faults`, { method: 'DELETE' });
  await chat.frame.getByRole('button', { name: 'Try again' }).click();
  await chat.frame.getByText(/^Posted, /).waitFor();
  assert.equal((await applianceLedger(house)).keys.at(-1).queue, 'rep:12');
});

test('invites_9_techunavailable_beside_the_button_and_another_choice_one_click_away', async () => {
  await setting(chat.page, house.proxy, { fallback: false });
  await chat.page.reload();
  const before = await counts();
  await atTheTop(chat.frame);
  await tabTo(chat, (at) => at.role === 'listbox');
  await chat.page.keyboard.press('Home');
  await chat.page.keyboard.press('ArrowDown');
  await tabTo(chat, (at) => at.text === 'Send invite');
  await chat.page.keyboard.press('Enter');
  await chat.frame.locator('#rs-refused').getByText('TECHUNAVAILABLE').waitFor();
  assert.deepEqual(await counts(), before);
  await tabTo(chat, (at) => at.text === 'Send to Service Desk');
  await chat.page.keyboard.press('Enter');
  await chat.frame.getByText(/^Posted, /).waitFor();
  assert.equal((await applianceLedger(house)).keys.at(-1).queue, 'team:3');
});

test('session_24_when_the_session_ends_its_details_are_in_the_chat_for_both_sides', async () => {
  await chat.frame.getByRole('option', { name: 'Priya Nair' }).click();
  await send(chat.frame);
  await chat.frame.getByText(/^Posted, /).waitFor();
  const key = (await applianceLedger(house)).keys.at(-1);
  const script = [{ join: 'rep:7' }, { say: 'May I see your screen?', by: 'rep:7' }, { join: 'rep:12' }, { say: 'Bad disk?', by: 'rep:7', to: 'rep:12' }];
  const { lsid } = await control(house.appliance, 'play', { short_key: key.short_key, script, end: true });
  const told = async () => (await haloLedger(house)).chat_messages.filter((message) => message.text.includes(lsid));
  await until('the details are posted', async () => (await told()).length);
  const [message, ...more] = await told();
  assert.deepEqual(more, [], 'once');
  assert.ok(message.text.includes('May I see your screen?') && !message.text.includes('Bad disk?'), message.text);
  // The agent's pane shows it without a reload; so does the customer's.
  const customer = await openScreen(house, '/portal/chat?id=640');
  for (const page of [chat.page, customer.page]) {
    await until('it is on the screen', async () => {
      const frames = page.frames();
      const texts = await Promise.all(frames.map((frame) => frame.locator('body').innerText().catch(() => '')));
      return texts.some((text) => text.includes('May I see your screen?'));
    });
  }
  await customer.close();
});
