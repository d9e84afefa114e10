// Photographs each panel in each of its states, as a page of its own: the same in every look and language. Asserts nothing; waits
// for what it shows. Run by screenshots.mjs.

import { join } from 'node:path';
import { PATIENCE, applianceLedger, control, haloLedger, logIn, setting, tellEverything, until } from './house.mjs';

const at = (origin) => origin.replace(/\/\/[a-z]+\.localhost/, '//127.0.0.1');

/** A panel's page, signed in by its own pop-up. */
async function panels(house, options, lang) {
  const context = await house.browser.newContext({ ...options, locale: lang });
  context.setDefaultTimeout(PATIENCE);
  const page = await context.newPage();
  const open = async (path, settled) => {
    await page.goto(`${house.proxy}/embed/${path}`);
    await page.locator(settled).first().waitFor();
  };
  return { context, page, open };
}

const step = (house, lsid, played) =>
  fetch(`${at(house.appliance)}/demo/step`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ lsid, step: played }) });

export async function photographPanels(house, folder, look, options, lang) {
  const { context, page, open } = await panels(house, options, lang);
  const shot = async (name) => {
    await page.evaluate(() => document.activeElement?.blur());
    await page.screenshot({ path: join(folder, `${name}-${look}-${lang.slice(0, 2)}.png`), fullPage: true, animations: 'disabled' });
    console.log(`  ${name}-${look}-${lang.slice(0, 2)}.png`);
  };
  const ledger = () => applianceLedger(house);
  const one = (selector) => page.locator(selector).first();
  const choose = (id) => one(`[data-value="rs-${id}"]`).click();
  await logIn(house, 9, false);
  await tellEverything(house);

  // Before anybody is signed in, and while somebody signs in.
  let held;
  await page.route('**/api/v1/me', (route) => new Promise((resolve) => (held = () => resolve(route.continue()))));
  await open('invite?ticket=1161', '#rs-loading');
  await shot('panel-loading');
  held();
  await page.unroute('**/api/v1/me');
  await one('#rs-sign-in').waitFor();
  await shot('panel-signed-out');
  const [popup] = await Promise.all([context.waitForEvent('page'), one('#rs-sign-in').click()]);
  await shot('panel-signing-in');
  await popup.getByRole('link', { name: 'Priya Nair' }).click();
  await one('#rs-form').waitFor();
  await setting(page, house.proxy, { fallback: true });

  // The ticket's invite.
  await open('invite?ticket=1161', '#rs-form');
  await shot('invite-ready');
  await choose('agent-43');
  await one('#rs-edit').click();
  await one('#rs-body').fill('<p>Hello $USERNAME</p>');
  await one('#rs-nowhere').waitFor();
  await shot('invite-edited');
  await open('invite?ticket=1161', '#rs-form');
  await choose('agent-42');
  await one('#rs-send').click();
  await one('#rs-sent').waitFor();
  await shot('invite-sent');
  const { short_key: key } = (await ledger()).keys.at(-1);
  const { lsid } = await control(house.appliance, 'play', { short_key: key, customer: 'Connor Blake', script: [], end: false });
  await one('.life .now').getByText(/waiting|wartet/).waitFor();
  await shot('invite-waiting');
  await step(house, lsid, { join: 'rep:7' });
  await one('.life .now').getByText('Priya Nair').waitFor();
  await shot('invite-joined');
  await control(house.appliance, `sessions/${lsid}/end`, {});
  await one('.life').getByText(/1161/).waitFor();
  await shot('invite-noted');
  await one('#rs-revoke').waitFor({ state: 'detached' });
  if (await one('#rs-another').isVisible()) await one('#rs-another').click();
  await choose('agent-42');
  await one('#rs-send').click();
  await one('#rs-revoke').click();
  await one('#rs-sure').waitFor();
  await shot('invite-revoke');
  await one('[data-action="revoke-sure"]').click();
  await one('#rs-renew.go').waitFor();
  await shot('invite-revoked');
  const faster = { status: 409, code: 'recent_invite', title: '', detail: '', advice: '', args: { name: 'Ann Keller', seconds: '1' }, retryable: false };
  await page.route('**/renew', (route) => route.fulfill({ status: 409, contentType: 'application/problem+json', body: JSON.stringify(faster) }));
  await one('#rs-renew').click();
  await one('#rs-trouble').waitFor();
  await shot('invite-colleague-faster');
  await page.unroute('**/renew');
  await one('[data-action="renew-keep"]').click();
  await page.route('**/renew', (route) => route.abort());
  await one('#rs-renew').click();
  await one('#rs-trouble').waitFor();
  await shot('invite-renewal-failed');
  await page.unroute('**/renew');
  await control(house.halo, 'faults', [{ path: '/api/Actions', method: 'POST', kind: 'status', status: 400 }]);
  await one('#rs-send').click();
  await one('#rs-alert').waitFor();
  await open('invite?ticket=1161', '#rs-sent');
  await shot('invite-not-sent');
  await control(house.appliance, 'faults', [{ path: '/api/command', kind: 'cut', times: 50 }]);
  await one('#rs-send').click();
  await one('#rs-alert').waitFor();
  await shot('invite-appliance-down');
  await fetch(`${at(house.appliance)}/control/faults`, { method: 'DELETE' });
  await page.route('**/api/v1/channels?*', (route) => route.abort());
  await open('invite?ticket=1161', '#rs-alert');
  await shot('invite-unreachable');
  await page.unroute('**/api/v1/channels?*');
  await open('invite?ticket=1164', '#rs-alert');
  await shot('invite-not-allowed');
  await open('invite?ticket=$FAULTID', '#rs-alert');
  await shot('invite-misaddressed');

  // Chats.
  await open('chats', '#rs-chats');
  await shot('chats');
  await open('chat?chat=640', '#rs-form');
  await shot('chat-ready');
  await choose('agent-42');
  await one('#rs-send').click();
  await one('.posted .tick').waitFor();
  await shot('chat-posted');
  await setting(page, house.proxy, { fallback: false });
  await open('chat?chat=640', '#rs-form');
  await choose('agent-43');
  await one('#rs-send').click();
  await one('#rs-refused').waitFor();
  await shot('chat-refused');
  await setting(page, house.proxy, { fallback: true });

  // Links by hand.
  const said = { script: [{ join: 'rep:7' }, { say: 'Hello Connor, may I see your screen?', by: 'rep:7' }, { note: 'Rebuilt the mail profile.', by: 'rep:7' }], end: true };
  await control(house.appliance, 'play', { customer: 'Connor Blake', ...said });
  await control(house.appliance, 'play', { customer: 'Dana Whitfield', script: [{ join: 'rep:12' }], end: true });
  await control(house.appliance, 'play', { customer: 'Robin Vale', script: [{ join: 'rep:40' }], end: true });
  await until('they are listed', async () => {
    await open('link?ticket=1161', '#rs-link');
    return (await page.locator('.session').count()) >= 2 && (await page.locator('#rs-refused').count()) > 0;
  });
  await one('#rs-refused summary').click();
  await shot('link-listed');
  await one('.session').click();
  await one('#rs-note').waitFor();
  await shot('link-chosen');
  await one('#rs-do-link').click();
  await one('#rs-linked').waitFor();
  await one('[data-action="move"]').waitFor();
  await one('[data-action="move"]').click();
  await shot('link-linked');
  await one('#rs-undo').click();
  await one('#rs-linked').getByText(/Taken back|Zurückgenommen/).waitFor();
  await one('#rs-search').fill('nobody at all');
  await page.locator('.session').first().waitFor({ state: 'detached' });
  await shot('link-nothing');

  // Assets.
  await open('asset?asset=5120', '#rs-launch');
  await shot('asset-ready');
  await page.locator('input[value="1161"]').check();
  await page.evaluate(() => (globalThis.open = () => null));
  await one('#rs-launch').click();
  await one('#rs-launched').waitFor();
  await shot('asset-opened');
  await open('asset?asset=5123', '#rs-pinned');
  await shot('asset-no-tag');
  await open('asset?asset=${ID}', '#rs-alert');
  await shot('asset-misaddressed');
  await open('invite?ticket=1161', '#rs-form');
  await choose('agent-43');
  await one('#rs-send').click();
  await one('#rs-revoke').waitFor();
  await open('ticket?ticket=1161', 'remote-support-link #rs-link');
  await shot('ticket-page');
  await context.close();
  return haloLedger(house);
}
