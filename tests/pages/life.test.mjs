// What becomes of an invite, as agents see it: scenarios 20, 21 and the way from sent to the note.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { applianceLedger, complaints, control, haloLedger, logIn, openHouse, openTicket, setting, signIn, tellEverything, until, violations } from './house.mjs';

let house;
before(async () => {
  house = await openHouse();
  await tellEverything(house);
});
after(() => house?.close());

const keys = async () => (await applianceLedger(house)).keys;
const mails = async () => (await haloLedger(house)).mails.length;
const card = (ticket) => ticket.frame.locator('#rs-sent');

async function send(ticket, agent = 'Priya Nair') {
  await ticket.frame.getByRole('option', { name: agent }).click();
  await ticket.frame.getByRole('button', { name: 'Send invite' }).click();
}

test('ticket_12_the_way_from_sent_over_waiting_and_joined_to_the_note_is_told_live', async () => {
  const ticket = await openTicket(house);
  const found = complaints(ticket.page);
  await signIn(ticket);
  await send(ticket);
  await card(ticket).getByText('Invite sent to connor@batley.example').waitFor();
  const key = (await keys()).at(-1);
  // The customer comes by the mail's link and waits; a technician takes the session.
  const customer = await ticket.context.newPage();
  await customer.goto(key.key_url);
  await customer.locator('#join').click();
  await card(ticket).getByText('Customer is waiting', { exact: true }).waitFor();
  assert.deepEqual(await violations(ticket.page), [], 'waiting');
  const lsid = (await applianceLedger(house)).sessions.at(-1).lsid;
  const demo = (path, body) =>
    fetch(`${house.appliance.replace('appliance.localhost', '127.0.0.1')}${path}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
  assert.ok((await demo('/demo/step', { lsid, step: { join: 'rep:7' } })).ok);
  await card(ticket).getByText('Priya Nair joined').waitFor();
  await control(house.appliance, `sessions/${lsid}/end`, {});
  await card(ticket).getByText('Note on ticket 1161').waitFor();
  assert.deepEqual(await violations(ticket.page), [], 'noted');
  assert.deepEqual(found, []);
  await ticket.close();
});

test('invites_20_the_second_of_two_agents_is_told_and_may_confirm', async () => {
  await logIn(house, 9, true);
  const [ann, priya] = [await openTicket(house, { ticket: 1163 }), await openTicket(house, { ticket: 1163 })];
  await signIn(ann, 'Ann Keller');
  await signIn(priya);
  for (const { frame } of [ann, priya]) await frame.getByRole('textbox', { name: 'E-mail' }).fill('desk@batley.example');
  const before = await mails();
  await send(ann, 'Ann Keller');
  await card(ann).waitFor();
  await send(priya);
  await priya.frame.getByText(/Ann Keller sent one \d+ s ago/).waitFor();
  assert.equal(await mails(), before + 1);
  assert.deepEqual(await violations(priya.page), [], 'asking');
  // Everything typed is still there.
  assert.equal(await priya.frame.getByRole('textbox', { name: 'E-mail' }).inputValue(), 'desk@batley.example');
  await priya.frame.getByRole('button', { name: 'Send another' }).click();
  await until('the second is sent', async () => (await mails()) === before + 2);
  await card(priya).getByText(/^You, /).waitFor();
  await ann.close();
  await priya.close();
});

test('invites_20_a_double_click_is_one_invite', async () => {
  const ticket = await openTicket(house, { ticket: 1162 });
  await signIn(ticket);
  await setting(ticket.page, house.proxy, { fallback: true });
  const before = await mails();
  await ticket.frame.getByRole('option', { name: 'Priya Nair' }).click();
  await ticket.frame.getByRole('button', { name: 'Send invite' }).dblclick();
  await card(ticket).waitFor();
  assert.equal(await mails(), before + 1);
  await ticket.close();
});

test('invites_21_expired_and_renewed_with_one_click_and_revoked_for_good', async () => {
  const ticket = await openTicket(house, { ticket: 1165 });
  await signIn(ticket);
  await control(house.appliance, 'settings', { key_ttl_seconds: 2 });
  await send(ticket);
  await card(ticket).getByText('Invite has expired').waitFor();
  assert.deepEqual(await violations(ticket.page), [], 'expired');
  await control(house.appliance, 'settings', { key_ttl_seconds: 86400 });
  const before = await mails();
  await ticket.frame.getByRole('button', { name: 'Send a new one' }).click();
  await card(ticket).getByText('Invite sent to').waitFor();
  assert.equal(await mails(), before + 1);

  await ticket.frame.getByRole('button', { name: 'Revoke' }).click();
  assert.deepEqual(await violations(ticket.page), [], 'sure?');
  await ticket.frame.getByRole('button', { name: 'Revoke invite' }).click();
  await card(ticket).getByText('Invite was revoked').waitFor();
  // The customer opens the link all the same: the session is ended at once.
  const key = (await keys()).at(-1);
  const customer = await ticket.context.newPage();
  await customer.goto(key.key_url);
  await customer.locator('#join').click();
  await until('BeyondTrust was asked to end it', async () => (await applianceLedger(house)).requests.some(({ action }) => action === 'terminate_session'));
  await ticket.page.reload();
  await card(ticket).getByText('Invite was revoked').waitFor();
  await ticket.close();
});

test('ticket_12_composed_text_is_heard_and_what_is_folded_out_stays_so', async () => {
  const ticket = await openTicket(house);
  await signIn(ticket);
  for (let sent = 0; sent < 2; sent += 1) {
    await send(ticket);
    await ticket.frame.locator('#rs-another').click();
  }
  const earlier = ticket.frame.locator('#rs-earlier');
  await earlier.locator('summary').click();
  await ticket.frame.getByRole('button', { name: 'Edit text' }).click();
  const field = ticket.frame.getByRole('textbox', { name: 'Subject' });
  await field.fill('Caf');
  // As input methods and dead keys write: all that is said of it is said while it is composed.
  await field.evaluate((input) => {
    input.dispatchEvent(new CompositionEvent('compositionstart', { bubbles: true, composed: true }));
    input.value = 'Café';
    input.dispatchEvent(new InputEvent('input', { bubbles: true, composed: true, isComposing: true, data: 'é' }));
    input.dispatchEvent(new CompositionEvent('compositionend', { bubbles: true, composed: true, data: 'é' }));
  });
  // Rendered anew by something else.
  await ticket.frame.getByRole('option', { name: 'Service Desk' }).click();
  assert.equal(await field.inputValue(), 'Café');
  assert.equal(await earlier.evaluate(({ open }) => open), true);
  const sent = await mails();
  await ticket.frame.getByRole('button', { name: 'Send invite' }).click();
  await until('the mail', async () => (await mails()) === sent + 1);
  assert.equal((await haloLedger(house)).mails.at(-1).subject, 'Café');
  await ticket.close();
});
