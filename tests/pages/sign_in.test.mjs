// Signing in from inside a foreign page: by the pop-up, and where the pop-up cannot talk to the frame, by the code it shows.

import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { control, openHouse, openTicket, signIn } from './house.mjs';

let house;
before(async () => {
  house = await openHouse();
});
after(() => house?.close());
beforeEach(() => control(house.halo, 'settings', { coop: 'off', frame_sandbox: '' }));

test('sign_in_by_the_pop_up_lands_the_cookie_in_the_frames_partition', async () => {
  const ticket = await openTicket(house);
  await signIn(ticket);
  const cookies = (await ticket.context.cookies(house.proxy)).filter((cookie) => cookie.name === '__Host-remote-support');
  assert.equal(cookies.length, 1);
  assert.deepEqual([cookies[0].httpOnly, cookies[0].secure, cookies[0].sameSite], [true, true, 'None']);
  await ticket.page.reload();
  await ticket.frame.getByRole('listbox').waitFor();
  // Nothing a script of the frame could read holds a token or the cookie.
  const frame = ticket.page.frames().find((one) => one.url().includes('/embed/ticket'));
  const readable = await frame.evaluate(() => {
    // In a third party's frame the browser may refuse storage altogether.
    const stored = (name) => {
      try {
        return Object.keys(window[name]);
      } catch {
        return [];
      }
    };
    return [document.cookie, ...stored('localStorage'), ...stored('sessionStorage')];
  });
  assert.deepEqual(readable, ['']);
  await ticket.context.close();
});

test('sign_in_by_the_typed_code_where_the_opener_is_lost', async () => {
  await control(house.halo, 'settings', { coop: 'same-origin' });
  const ticket = await openTicket(house);
  const [popup] = await Promise.all([ticket.context.waitForEvent('page'), ticket.frame.getByRole('button', { name: 'Sign in' }).click()]);
  await popup.getByRole('link', { name: 'Priya Nair' }).click();
  const shown = await popup.getByText(/[0-9A-Z]{5}-[0-9A-Z]{5}/).first().textContent();
  const code = shown.match(/[0-9A-Z]{5}-[0-9A-Z]{5}/)[0];
  await ticket.frame.getByLabel('Code').fill(code.toLowerCase());
  await ticket.frame.getByLabel('Code').press('Enter');
  await ticket.frame.getByRole('listbox').waitFor();
  await ticket.context.close();
});

test('sign_in_speaks_the_language_the_browser_asks_for_and_copies_the_code', async () => {
  await control(house.halo, 'settings', { coop: 'same-origin' });
  const ticket = await openTicket(house, { locale: 'de-AT', permissions: ['clipboard-read', 'clipboard-write'] });
  const [popup] = await Promise.all([ticket.context.waitForEvent('page'), ticket.frame.getByRole('button', { name: 'Anmelden' }).click()]);
  await popup.getByRole('link', { name: 'Priya Nair' }).click();
  await popup.getByRole('heading', { name: 'Angemeldet' }).waitFor();
  const typed = popup.getByRole('region', { name: 'Anmeldecode' });
  await typed.getByRole('button', { name: 'Kopieren' }).click();
  await typed.getByText('Kopiert.').waitFor();
  assert.equal(await popup.evaluate(() => navigator.clipboard.readText()), await typed.locator('output').textContent());
  assert.equal(await popup.evaluate(() => document.documentElement.lang), 'de');

  await popup.goto(`${house.proxy}/api/v1/sign-in?nonce=short&origin=https://elsewhere.example`);
  assert.equal(await popup.evaluate(() => document.documentElement.lang), 'de');
  await ticket.context.close();
});

test('sign_in_in_a_sandboxed_frame_without_pop_ups_offers_the_address_and_the_code_field', async () => {
  await control(house.halo, 'settings', { frame_sandbox: 'allow-scripts allow-same-origin allow-forms' });
  const ticket = await openTicket(house);
  await ticket.frame.getByRole('button', { name: 'Sign in' }).click();
  const link = ticket.frame.getByRole('link').first();
  const address = await link.getAttribute('href');
  assert.match(address, /\/api\/v1\/sign-in\?/);
  const popup = await ticket.context.newPage();
  await popup.goto(new URL(address, house.proxy).href);
  await popup.getByRole('link', { name: 'Ann Keller' }).click();
  const shown = await popup.getByText(/[0-9A-Z]{5}-[0-9A-Z]{5}/).first().textContent();
  await ticket.frame.getByLabel('Code').fill(shown.match(/[0-9A-Z]{5}-[0-9A-Z]{5}/)[0]);
  await ticket.frame.getByLabel('Code').press('Enter');
  await ticket.frame.getByRole('listbox').waitFor();
  await ticket.context.close();
});

test('a_code_that_is_wrong_says_so_and_can_be_typed_again', async () => {
  await control(house.halo, 'settings', { coop: 'same-origin' });
  const ticket = await openTicket(house);
  await Promise.all([ticket.context.waitForEvent('page'), ticket.frame.getByRole('button', { name: 'Sign in' }).click()]);
  const popup = ticket.context.pages().at(-1);
  const code = ticket.frame.getByLabel('Code');
  await code.fill('00000-00000');
  await code.press('Enter');
  await ticket.frame.getByRole('alert').waitFor();
  await popup.getByRole('link', { name: 'Ann Keller' }).click();
  await code.fill((await popup.getByText(/[0-9A-Z]{5}-[0-9A-Z]{5}/).first().textContent()).match(/[0-9A-Z]{5}-[0-9A-Z]{5}/)[0]);
  await code.press('Enter');
  await ticket.frame.getByRole('listbox').waitFor();
  await ticket.context.close();
});

test('f36_where_the_browser_keeps_no_cookie_the_panel_explains_it_and_offers_to_sign_in', async () => {
  const ticket = await openTicket(house);
  // The cookie never comes back: to the proxy the frame is signed out, although the code was just exchanged.
  await ticket.context.route('**/api/v1/me', (route) => route.fulfill({ status: 204 }));
  const [popup] = await Promise.all([ticket.context.waitForEvent('page'), ticket.frame.getByRole('button', { name: 'Sign in' }).click()]);
  await popup.getByRole('link', { name: 'Priya Nair' }).click();
  await ticket.frame.getByRole('heading', { name: 'The browser blocks the sign-in cookie' }).waitFor();
  await ticket.context.unroute('**/api/v1/me');
  await signIn(ticket);
  await ticket.frame.getByRole('listbox').waitFor();
  await ticket.context.close();
});
