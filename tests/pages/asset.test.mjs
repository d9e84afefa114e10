// The asset button, as agents see it: scenario 19, and that its sessions count as generated (26).

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { actionsOf, applianceLedger, atTheTop, complaints, control, framed, openHouse, openScreen, setting, signIn, tabTo, until, violations } from './house.mjs';

let house;
before(async () => {
  house = await openHouse();
});
after(() => house?.close());

const at = (origin) => origin.replace(/\/\/[a-z]+\.localhost/, '//127.0.0.1');

test('invites_19_the_device_opens_for_one_of_the_assets_tickets_and_the_session_links_itself', async () => {
  const asset = await openScreen(house, '/asset?id=5120');
  const found = complaints(asset.page);
  await signIn(asset, 'Priya Nair', '#rs-launch');
  await asset.frame.getByRole('heading', { name: 'BR LT/0148 #2' }).waitFor();
  // BeyondTrust finds parts: the tag of another asset holds this one.
  await asset.frame.getByText('BR LT/0148 #21').waitFor();
  assert.deepEqual(await violations(asset.page), [], 'ready');
  await asset.frame.getByRole('radio', { name: /^1161 / }).check();
  const [opened] = await Promise.all([asset.context.waitForEvent('page'), asset.frame.getByRole('button', { name: 'Open device' }).click()]);
  await asset.frame.getByText('Recorded. BeyondTrust opens in a new tab.').waitFor();
  assert.deepEqual(await violations(asset.page), [], 'opened');
  const link = new URL(await asset.frame.getByRole('link', { name: /Open the device/ }).getAttribute('href'));
  assert.equal(link.origin, house.appliance);
  assert.match(link.search, /^\?type=rep&operation=generate&action=start_jump_item_session&jump\.method=pinned&search_string=BR%20LT%2F0148%20%232&session\.custom\.external_key=1161\.[0-9A-Z]{10}$/);
  assert.equal(opened.url(), link.href, 'the tab has the same link');

  // The technician starts the session from the console, and ends it: the note is on the ticket.
  await setting(asset.page, house.proxy, { onlyGenerated: true });
  await opened.locator('#devices button').first().click();
  const launch = await until('the session', async () => (await applianceLedger(house)).sessions.at(-1));
  await fetch(`${at(house.appliance)}/demo/step`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ lsid: launch.lsid, step: { join: 'rep:7' } }) });
  await control(house.appliance, `sessions/${launch.lsid}/end`, {});
  await until('the note', async () => (await actionsOf(house, 1161, 'Remote Session')).find((action) => action.note_html.includes(launch.lsid)));
  await setting(asset.page, house.proxy, { onlyGenerated: false });
  assert.deepEqual(found, []);
  await asset.close();
});

test('invites_19_by_keyboard_alone_and_without_a_ticket_the_link_has_a_key_of_its_own', async () => {
  const asset = await openScreen(house, '/asset?id=5122');
  await signIn(asset, 'Priya Nair', '#rs-launch');
  await asset.page.bringToFront();
  await atTheTop(asset.frame);
  await tabTo(asset, (at) => at.text === 'Open device');
  await asset.page.keyboard.press('Enter');
  const link = asset.frame.getByRole('link', { name: /Open the device/ });
  await link.waitFor();
  const { searchParams } = new URL(await link.getAttribute('href'));
  assert.equal(searchParams.get('search_string'), 'Kühl & Söhne PC');
  assert.match(searchParams.get('session.custom.external_key'), /^asset-5122\.[0-9A-Z]{10}$/);
  assert.ok(framed(asset.page));
  await asset.close();
});

test('invites_19_an_empty_tag_and_a_variable_that_was_not_filled_in_give_a_message_and_no_link', async () => {
  const empty = await openScreen(house, '/asset?id=5123');
  await signIn(empty, 'Priya Nair', '#rs-pinned');
  await empty.frame.getByText('No asset tag').waitFor();
  assert.equal(await empty.frame.getByRole('button', { name: 'Open device' }).count(), 0);
  assert.deepEqual(await violations(empty.page), [], 'no tag');
  await empty.close();

  const context = await house.browser.newContext();
  const page = await context.newPage();
  for (const [value, sentence] of [['$ID', '$ID'], ['${ID}', '${ID}'], ['{$ID}', '{$ID}'], ['', 'names no ticket, chat or asset']]) {
    await page.goto(`${house.proxy}/embed/asset?asset=${value}`);
    await page.getByRole('alert').getByText(sentence).waitFor();
    assert.equal(await page.getByRole('link').count(), 0);
  }
  await context.close();
});
