// The whole journey by hand, on every page a person meets: ticket, mailbox, customer page, technician console, ticket again.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { actionsOf, applianceLedger, logIn, openHouse, openTicket, signIn, until } from './house.mjs';

let house;
before(async () => {
  house = await openHouse();
});
after(() => house?.close());

/** Presses a link and gives the tab it opens. */
async function opened(context, link) {
  const [page] = await Promise.all([context.waitForEvent('page'), link.click()]);
  return page;
}

test('session_22_from_the_invite_over_mailbox_and_console_to_the_note', async () => {
  const ticket = await openTicket(house);
  const { context, page, frame } = ticket;
  await signIn(ticket);
  await frame.getByRole('option', { name: 'Priya Nair' }).click();
  await frame.getByRole('button', { name: 'Send invite' }).click();
  await frame.getByText('Invite sent to connor@batley.example').waitFor();

  const mailbox = await context.newPage();
  await mailbox.goto(`${house.halo}/mailbox`);
  const link = mailbox.frameLocator('iframe.letter').getByRole('link', { name: 'Click here' });
  const customer = await opened(context, link);
  await customer.getByRole('button', { name: 'Join the session' }).click();
  await customer.getByRole('heading', { name: 'You are in the queue' }).waitFor();

  const console = await opened(context, mailbox.getByRole('link', { name: 'Technician console' }));
  await console.getByLabel('You are').selectOption({ label: 'Priya Nair' });
  await console.locator('#sessions button').first().click();
  await console.getByRole('button', { name: 'Join as Priya Nair' }).click();
  await customer.getByRole('heading', { name: 'You are connected' }).waitFor();
  const write = async (on, field, text, button) => {
    await on.getByLabel(field, { exact: true }).fill(text);
    await on.getByRole('button', { name: button, exact: true }).click();
  };
  await write(console, 'Message', 'Hello Connor, may I see your screen?', 'Send');
  await customer.getByText('may I see your screen?').waitFor();
  await write(customer, 'Your message', 'Yes please, it is <b>urgent</b>.', 'Send');
  await console.getByText('Yes please, it is <b>urgent</b>.').waitFor();
  await console.getByLabel('Bring in another technician').selectOption({ label: 'Zoë Müller-Łukasz' });
  await console.getByRole('button', { name: 'Bring in' }).click();
  await console.getByLabel('To', { exact: true }).selectOption({ label: 'Only Zoë Müller-Łukasz' });
  await write(console, 'Message', 'Is this the bad disk again?', 'Send');
  await console.locator('#lines').getByText('Is this the bad disk again?').waitFor();
  await console.getByRole('button', { name: 'Send file' }).click();
  await console.getByText('outlook-repair.zip').first().waitFor();
  await write(console, 'Session note', 'Rebuilt the mail profile.', 'Add note');
  await console.locator('#notes').getByText('Rebuilt the mail profile.').waitFor();
  assert.equal(await customer.getByText('bad disk').count(), 0, 'what technicians say to each other is not for the customer');
  await console.getByRole('button', { name: 'End session' }).first().click();
  await console.locator('#sure').getByRole('button', { name: 'End session' }).click();
  await customer.getByRole('heading', { name: 'The session has ended' }).waitFor();

  // On the ticket, by itself, in the technician's name.
  await page.bringToFront();
  await page.locator('#actions').getByText('Remote Session', { exact: true }).waitFor();
  const [note, ...others] = await actionsOf(house, 1161, 'Remote Session');
  assert.deepEqual(others, []);
  assert.equal(note.who, 'Priya Nair');
  const { lsid } = (await applianceLedger(house)).sessions.at(-1);
  for (const part of [lsid, 'Zoë Müller-Łukasz', 'it is &lt;b&gt;urgent&lt;/b&gt;', 'bad disk', 'outlook-repair.zip', 'Rebuilt the mail profile.']) {
    assert.ok(note.note_html.includes(part), `${part} in ${note.note_html}`);
  }
  await context.close();
});

test('session_22_without_a_sign_in_the_notes_first_line_names_the_technician', async () => {
  // Zoë never signed in, so nothing can be written in her name; Halo ignores who_agentid unless it is told otherwise.
  await logIn(house, 12, true);
  const ticket = await openTicket(house);
  await signIn(ticket);
  await ticket.frame.getByRole('option', { name: 'Zoë Müller-Łukasz' }).click();
  await ticket.frame.getByRole('button', { name: 'Send invite' }).click();
  await ticket.frame.getByText('Invite sent').waitFor();
  const key = (await applianceLedger(house)).keys.at(-1);
  const customer = await ticket.context.newPage();
  await customer.goto(key.key_url);
  await customer.getByRole('button', { name: 'Join the session' }).click();
  const console = await ticket.context.newPage();
  await console.goto(`${house.appliance}/console`);
  await console.getByLabel('You are').selectOption({ label: 'Zoë Müller-Łukasz' });
  await console.locator('#sessions button').filter({ hasText: 'Waiting' }).click();
  await console.getByRole('button', { name: 'Join as Zoë Müller-Łukasz' }).click();
  await console.getByRole('button', { name: 'End session' }).first().click();
  await console.locator('#sure').getByRole('button', { name: 'End session' }).click();
  await ticket.page.bringToFront();
  const note = await until('the note', async () => {
    const { lsid } = (await applianceLedger(house)).sessions.at(-1);
    return (await actionsOf(house, 1161, 'Remote Session')).find((action) => action.note_html.includes(lsid));
  });
  await ticket.page.locator(`#actions [data-action="${note.id}"]`).waitFor();
  assert.notEqual(note.who, 'Zoë Müller-Łukasz');
  assert.match(note.note_html.replace(/<[^>]+>/g, '\n').trim().split('\n')[0], /Zoë Müller-Łukasz/);
  await ticket.context.close();
});
