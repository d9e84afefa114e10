// "What would happen?" as an administrator uses it: the proxy's own page under its strict policy, nothing written anywhere.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { PATIENCE, applianceLedger, haloLedger, openHouse } from './house.mjs';

let house;
before(async () => (house = await openHouse()));
after(() => house.close());

const AXE = new URL('../../node_modules/axe-core/axe.min.js', import.meta.url);
const fixture = (name) => new URL(`../fixtures/reports/${name}`, import.meta.url);

/** The page in a browser of its own; what the console says and the policy refuses is collected. */
async function openCheck(query = '', options = {}) {
  const context = await house.browser.newContext({ viewport: { width: 1280, height: 1000 }, ...options });
  context.setDefaultTimeout(PATIENCE);
  const page = await context.newPage();
  const said = [];
  page.on('console', (message) => ['error', 'warning'].includes(message.type()) && !message.text().includes('401') && said.push(message.text()));
  page.on('pageerror', (error) => said.push(String(error)));
  await page.goto(`${house.proxy}/embed/check${query}`);
  await page.locator('#rs-report').waitFor();
  return { context, page, said };
}

const texts = (page, selector) => page.locator(selector).allInnerTexts();

test('a pasted report says where it would go and why, and the choices change it on the spot', async () => {
  const { context, page, said } = await openCheck();
  await page.locator('#rs-report').fill(await readFile(fixture('linked.xml'), 'utf8'));
  const verdict = page.locator('#rs-verdict');
  await verdict.waitFor();
  assert.match(await verdict.innerText(), /^Refused: no technician of the session is known in Halo\. Seen in the session: Ann Keller/);
  assert.equal(await page.locator('#rs-no-note').count(), 1);
  await page.locator('#rs-agents').fill('Ann Keller = Ann Keller\nPriya Nair');
  await page.getByText('Added to ticket 1161, for which the session was generated.').waitFor();
  assert.match((await texts(page, '#rs-technicians li')).join(), /is Ann Keller in Halo, by the BeyondTrust display name/);
  assert.match(await page.locator('#rs-note').innerText(), /Good morning Connor/);
  assert.match(await page.locator('#rs-source').innerText(), /nothing is saved/);
  await page.locator('#rs-private').uncheck();
  await page.locator('#rs-note').getByText('archive-mail.zip').waitFor();
  assert.doesNotMatch(await page.locator('#rs-note').innerText(), /Users/);
  await page.locator('#rs-issued').uncheck();
  await page.getByText(/^Kept for linking by hand: code .* was not issued here/).waitFor();
  await page.locator('#rs-only').check();
  await page.getByText('Refused: the session was not generated from Halo').waitFor();
  assert.deepEqual(said, []);
  await context.close();
});

test('a broken file names its problems with their lines', async () => {
  const { context, page, said } = await openCheck();
  await page.locator('#rs-file').setInputFiles(fixture('odd.xml').pathname);
  await page.locator('#rs-problems').waitFor();
  const problems = await texts(page, '#rs-problems li');
  assert.match(problems[0], /^Line 3, column 1\. The session has no valid lsid.*\n.*<session lsid="not-an-id"/s);
  assert.match(problems[2], /Entity &nbsp; is not defined/);
  await page.locator('#rs-other').click();
  assert.equal(await page.evaluate(() => document.querySelector('remote-support-check').shadowRoot.activeElement.id), 'rs-report');
  await page.locator('#rs-report').fill('<html><body>Upgrading, please wait</body></html>');
  await page.getByText('This is a web page, not a session report.').waitFor();
  assert.deepEqual(said, []);
  await context.close();
});

test('a file is dropped', async () => {
  const { context, page } = await openCheck();
  const text = await readFile(fixture('several.xml'), 'utf8');
  const transfer = await page.evaluateHandle((text) => {
    const transfer = new DataTransfer();
    transfer.items.add(new File([text], 'several.xml', { type: 'text/xml' }));
    return transfer;
  }, text);
  await page.dispatchEvent('.drop', 'drop', { dataTransfer: transfer });
  await page.locator('#rs-given').getByText('several.xml').waitFor();
  assert.equal(await page.locator('#rs-session option').count(), 2);
  assert.equal(await page.locator('#rs-chat').count(), 1, 'its key names a chat, which can be open or not');
  await page.locator('#rs-session').selectOption('1');
  await page.getByText('Not yet: the session has no end').waitFor();
  await context.close();
});

test('the settings come from the proxy once an administrator signs in', async () => {
  const { context, page, said } = await openCheck();
  await page.locator('#rs-example').click();
  await page.getByText('Refused: no technician').waitFor();
  const [popup] = await Promise.all([context.waitForEvent('page'), page.locator('#rs-sign-in').click()]);
  await popup.getByRole('link', { name: 'Priya Nair' }).click();
  await page.getByText('From the proxy.').waitFor();
  await page.getByText('Added to ticket 1161').waitFor();
  assert.match(await page.locator('#rs-agents').inputValue(), /^Ann Keller = /m);
  assert.deepEqual(said, []);
  // The browser itself reports a refusal on the console, so this comes after.
  const client = await page.evaluate(async () => {
    const { connect } = await import('/embed/pkg/remote-support.js');
    const proxy = connect({ proxy: location.origin });
    const refused = await proxy.invite({ ticket: 1161, email: 'not an address' }).catch(({ code, advice, retryable, status }) => ({ code, advice, retryable, status }));
    return { me: await proxy.me(), channels: await proxy.channels({ ticket: 1161 }), invites: await proxy.invites({ ticket: 1161 }), settings: await proxy.settings(), sessions: await proxy.sessions(), test: await proxy.testSettings(), refused };
  });
  assert.equal(client.me.name, 'Priya Nair');
  assert.ok(client.channels.channels.length > 1 && Array.isArray(client.invites.invites) && client.settings.version > 0 && client.sessions.sessions && client.test.checks.length > 0);
  assert.deepEqual([client.refused.code, client.refused.retryable, client.refused.status], ['email_invalid', false, 422]);
  await context.close();
});

test('nothing is written, whatever is checked', async () => {
  const before = [await haloLedger(house), await applianceLedger(house)].map((ledger) => JSON.stringify(ledger.actions ?? ledger.keys));
  const { context, page } = await openCheck();
  await page.locator('#rs-example').click();
  await page.locator('#rs-verdict').waitFor();
  const now = [await haloLedger(house), await applianceLedger(house)].map((ledger) => JSON.stringify(ledger.actions ?? ledger.keys));
  assert.deepEqual(now, before);
  await context.close();
});

test('by keyboard, in German, dark and 320 px wide, with no violation', async () => {
  const { context, page, said } = await openCheck('?lang=de', { viewport: { width: 320, height: 900 }, colorScheme: 'dark' });
  const focused = () => page.evaluate(() => document.querySelector('remote-support-check').shadowRoot.activeElement?.id);
  for (let presses = 0; (await focused()) !== 'rs-example'; presses++) {
    assert.ok(presses < 12, 'the example is reached');
    await page.keyboard.press('Tab');
  }
  await page.keyboard.press('Enter');
  await page.getByText('Abgelehnt: Kein Techniker der Sitzung ist in Halo bekannt.').waitFor();
  assert.equal(await focused(), 'rs-verdict');
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'nothing is wider than the page');
  await page.evaluate(await readFile(AXE, 'utf8'));
  const { violations } = await page.evaluate(() => axe.run());
  assert.deepEqual(violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' ')}`), []);
  assert.deepEqual(said, []);
  await context.close();
});
