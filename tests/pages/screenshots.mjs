// Photographs the demo for people to judge: each screen wide and narrow, light and dark. Asserts nothing; waits for what it shows.
// Usage: node tests/pages/screenshots.mjs <folder> (by `cargo xtask screenshots`)

import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { argv } from 'node:process';
import { actionsOf, applianceLedger, chooseTab, control, logIn, openHouse, openTicket, ownPage, setting, signIn, until } from './house.mjs';
import { photographPanels } from './panels.mjs';

const folder = argv[2];
const LOOKS = [
  ['wide-light', { viewport: { width: 1280, height: 1300 }, colorScheme: 'light' }],
  ['wide-dark', { viewport: { width: 1280, height: 1300 }, colorScheme: 'dark' }],
  ['narrow-light', { viewport: { width: 320, height: 1600 }, colorScheme: 'light' }],
  ['narrow-dark', { viewport: { width: 320, height: 1600 }, colorScheme: 'dark' }],
];

/** A session as it happens: a hand-over, a file, a note. */
const STORY = [
  { join: 'rep:7' },
  { say: 'Hello Connor, may I see your screen?', by: 'rep:7' },
  { say: 'Yes please, mail stopped this morning.', by: 'customer' },
  { join: 'rep:12' },
  { say: 'Zoë, is this the bad disk again?', by: 'rep:7', to: 'rep:12' },
  { file: 'repair-profile.zip', bytes: 48211, by: 'rep:7' },
  { note: 'Rebuilt the mail profile; mail arrives again.', by: 'rep:7' },
  { leave: 'rep:12' },
];

async function photograph(house, look, options) {
  const ticket = await openTicket(house, options);
  const { page, frame } = ticket;
  await logIn(house, 9, false);
  const shot = async (name, of = page) => {
    await of.screenshot({ path: join(folder, `${name}-${look}.png`), animations: 'disabled' });
    console.log(`  ${name}-${look}.png`);
  };
  const button = (name) => frame.getByRole('button', { name });
  const again = async () => {
    await page.reload();
    await chooseTab(page, 'remote');
    await frame.getByRole('listbox').waitFor();
  };
  await button('Sign in').waitFor();
  await shot('signed-out');
  await signIn(ticket);
  await setting(page, house.proxy, { fallback: true });
  await again();
  await frame.getByRole('option', { name: 'Ann Keller' }).click();
  await frame.getByText('Goes to Service Desk.').waitFor();
  await shot('invite');
  await button('Edit text').click();
  await shot('edit');
  await setting(page, house.proxy, { fallback: false });
  await again();
  await frame.getByRole('option', { name: 'Ann Keller' }).click();
  await button('Send invite').click();
  await button('Send to Service Desk').waitFor();
  await shot('techunavailable');
  await setting(page, house.proxy, { fallback: true });
  await again();
  await frame.getByRole('option', { name: 'Priya Nair' }).click();
  await button('Send invite').click();
  await frame.getByText('Invite sent').waitFor();
  await shot('sent');
  const key = (await applianceLedger(house)).keys.at(-1);
  const customer = await ticket.context.newPage();
  await customer.goto(key.key_url);
  await customer.locator('#join').waitFor();
  await shot('customer', customer);
  await customer.close();
  const { lsid } = await control(house.appliance, 'play', { short_key: key.short_key, script: STORY, end: true });
  const written = await until('the note', async () => (await actionsOf(house, 1161, 'Remote Session')).find((action) => action.note_html.includes(lsid)));
  await chooseTab(page, 'actions');
  await page.locator(`#actions [data-action="${written.id}"]`).waitFor();
  await shot('note');
  await page.getByRole('button', { name: 'Invite to Remote Session' }).click();
  await page.locator('#act-form select').selectOption({ label: 'Service Desk' });
  await shot('action');
  const screens = [['start', '/'], ['tickets', '/tickets'], ['new-ticket', '/new-ticket'], ['chats', '/chats'], ['chat', '/chat?id=641'], ['asset', '/asset?id=5120'], ['portal', '/portal'], ['mailbox', '/mailbox']];
  for (const [name, path] of screens) {
    await page.goto(house.halo + path);
    await page.getByRole('heading', { level: 1 }).waitFor();
    if (['chats', 'chat', 'asset'].includes(name)) await page.frameLocator('.remote iframe').locator('#rs-sign-in, #rs-chats, #rs-form, #rs-launch').first().waitFor();
    if (name === 'mailbox') await page.frameLocator('iframe.letter').getByRole('link').first().waitFor();
    if (name === 'new-ticket') {
      await page.getByLabel('Summary').fill('Outlook does not open');
      await page.getByLabel('Send Remote Session Invitation').check();
      await page.getByLabel('Remote Session Technician/Channel').selectOption({ label: 'Priya Nair' });
    }
    await shot(name);
  }
  await page.goto(house.appliance);
  await page.getByRole('heading', { level: 1 }).waitFor();
  await shot('appliance');
  await ticket.context.close();
}

/** A desk's own page, with its own colours. */
async function photographOwnPage(house, look, options) {
  const css = `body { margin: 0; padding: 24px; color-scheme: ${options.colorScheme}; background: light-dark(#f7f5fb, #14121c); font: 15px/1.5 Georgia, serif; color: light-dark(#241c3a, #eae6f5); }
    h1 { font-size: 24px; } main { max-width: 60rem; margin: auto; }
    main > * { --rs-accent: light-dark(#6a3fd0, #b39dff); --rs-accent-strong: light-dark(#5a31bd, #c6b5ff); --rs-accent-soft: light-dark(#f0eafd, #2a2145); --rs-radius: 4px; --rs-font: Georgia, serif; }`;
  const own = await ownPage(house, '<h1>Front desk</h1><remote-support-invite ticket="1161"></remote-support-invite>', { css, ...options });
  await own.open();
  await signIn(own);
  await own.page.locator('#rs-preview, #rs-send').first().waitFor();
  await own.page.screenshot({ path: join(folder, `own-page-${look}.png`), fullPage: true, animations: 'disabled' });
  console.log(`  own-page-${look}.png`);
  await own.close();
}

/** The check of administrators: empty, an example, a broken report. */
async function photographCheck(house, look, options) {
  const context = await house.browser.newContext(options);
  const page = await context.newPage();
  const shot = async (name) => {
    await page.screenshot({ path: join(folder, `${name}-${look}.png`), fullPage: true, animations: 'disabled' });
    console.log(`  ${name}-${look}.png`);
  };
  await page.goto(`${house.proxy}/embed/check${look.startsWith('narrow') ? '?lang=de' : ''}`);
  await page.locator('#rs-empty').waitFor();
  await shot('check-empty');
  await page.locator('#rs-agents').fill('Ann Keller = Ann Keller\nPriya Nair = Priya N.');
  await page.locator('#rs-example').click();
  await page.locator('#rs-note').waitFor();
  await shot('check');
  await page.locator('#rs-other').click();
  await page.locator('#rs-file').setInputFiles('tests/fixtures/reports/odd.xml');
  await page.locator('#rs-problems').waitFor();
  await shot('check-problems');
  await context.close();
}

/** A demo of its own for each kind of picture: what one leaves behind would stand in the other's. */
async function inHouse(photograph) {
  const house = await openHouse();
  try {
    for (const [look, options] of LOOKS) await photograph(house, look, options);
  } finally {
    await house.close();
  }
}

await mkdir(folder, { recursive: true });
await inHouse(async (house, look, options) => {
  await photographCheck(house, look, options);
  await photographOwnPage(house, look, options);
  await photograph(house, look, options);
});
for (const lang of ['en-GB', 'de-DE']) await inHouse((house, look, options) => photographPanels(house, folder, look, options, lang));
