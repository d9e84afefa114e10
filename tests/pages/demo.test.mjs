// The demo's own screens: each opens without a complaint and passes axe, wide and narrow, light and dark; the ticket's menu and
// dialog work by keyboard alone; both sides of a chat hear each other; an asset's link opens the device.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { after, before, test } from 'node:test';
import { PATIENCE, applianceLedger, control, haloLedger, openHouse, until } from './house.mjs';

const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const LINK = '/api/client_script?type=rep&operation=generate&action=start_jump_item_session&jump.method=pinned&search_string=BR%20LT%2F0148%20%232&session.custom.external_key=1161.7K3M9QX2DH';

let house;
before(async () => {
  house = await openHouse();
});
after(() => house?.close());

/** A page of a browser of its own, which notes what it is complained about. The product's frames are the product's tests. */
async function open(path, options = {}, origin = house.halo) {
  const context = await house.browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  context.setDefaultTimeout(PATIENCE);
  const page = await context.newPage();
  const complaints = [];
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error' && !message.location().url.startsWith(house.proxy)) complaints.push(message.text());
  });
  await page.goto(`${origin}${path}`);
  return { context, page, complaints, close: () => context.close() };
}

async function violations(page) {
  await page.evaluate(axe);
  const { violations: found } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations'], iframes: false }));
  return found.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target.join(' ')).join(', ')}`);
}

const SCREENS = [
  ['/', '#stories li'],
  ['/tickets', '#tickets li'],
  ['/ticket?id=1161', '#actions li'],
  ['/ticket?id=1162', '#actions li'],
  ['/chats', '#chats li'],
  ['/chat?id=641', '#lines div'],
  ['/portal', '#tickets li'],
  ['/portal/chat?id=641', '#lines div'],
  ['/assets', '#assets li'],
  ['/asset?id=5120', '#details div'],
  ['/new-ticket', '#type option'],
  ['/mailbox', '#whose option'],
];
const LOOKS = [
  ['wide', {}],
  ['narrow', { viewport: { width: 320, height: 900 } }],
  ['dark', { colorScheme: 'dark' }],
  ['narrow_dark', { viewport: { width: 320, height: 900 }, colorScheme: 'dark' }],
];

for (const [look, options] of LOOKS) {
  test(`demo_screens_open_without_a_complaint_${look}`, async () => {
    for (const [path, settled] of [...SCREENS, [LINK, '#devices li']]) {
      const { page, complaints, close } = await open(path, options, path === LINK ? house.appliance : house.halo);
      await page.locator(settled).first().waitFor({ state: 'attached' });
      assert.deepEqual(await violations(page), [], path);
      assert.deepEqual(complaints, [], path);
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      assert.ok(overflow <= 0, `${path} scrolls sideways by ${overflow} px`);
      await close();
    }
  });
}

test('demo_the_menu_and_its_dialog_by_keyboard', async () => {
  const { page, close } = await open('/ticket?id=1161');
  const { keyboard } = page;
  const button = page.getByRole('button', { name: 'More' });
  await button.focus();
  await keyboard.press('Enter');
  const first = page.getByRole('menuitem', { name: 'Send Beyond Trust Invite' });
  const last = page.getByRole('menuitem', { name: 'Link Remote Session' });
  const focused = (item) => item.evaluate((node) => node === document.activeElement);
  assert.ok(await focused(first));
  await keyboard.press('ArrowDown');
  assert.ok(await focused(last));
  await keyboard.press('ArrowDown');
  assert.ok(await focused(first), 'it goes round');
  await keyboard.press('l');
  assert.ok(await focused(last));
  assert.deepEqual(await violations(page), []);
  await keyboard.press('Escape');
  assert.ok(await focused(button));
  await keyboard.press('ArrowUp');
  await keyboard.press('Enter');
  const dialog = page.getByRole('dialog', { name: 'Link Remote Session' });
  await dialog.waitFor();
  assert.equal(await dialog.locator('iframe').getAttribute('src'), `${house.proxy}/embed/link?ticket=1161`);
  assert.ok(await dialog.evaluate((node) => node.contains(document.activeElement)), 'the focus goes in');
  assert.deepEqual(await violations(page), []);
  await keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
  assert.ok(await focused(button), 'and comes back');
  await close();
});

test('demo_an_action_button_writes_in_the_chosen_agents_name', async () => {
  const { page, close } = await open('/ticket?id=1163');
  await page.getByLabel('Logged in as').selectOption({ label: 'Ann Keller' });
  await page.getByRole('button', { name: 'Private Note' }).click();
  await page.getByLabel('Note', { exact: true }).fill('Called <back>\nat noon.');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.locator('#actions li.new').waitFor();
  const action = (await haloLedger(house)).actions.at(-1);
  assert.deepEqual(
    { ticket: action.ticket_id, who: action.who, hidden: action.hiddenfromuser, note: action.note_html },
    { ticket: 1163, who: 'Ann Keller', hidden: true, note: '<p>Called &lt;back&gt;<br>at noon.</p>' },
  );
  // The tab remembers who it is.
  await page.reload();
  await page.locator('#person option').first().waitFor({ state: 'attached' });
  assert.equal(await page.getByLabel('Logged in as').inputValue(), '43');
  await close();
});

test('demo_both_sides_of_a_chat_hear_each_other', async () => {
  const agent = await open('/chat?id=640');
  const customer = await open('/portal/chat?id=640');
  const say = async ({ page }, text) => {
    await page.locator('#lines div').first().waitFor();
    await page.getByLabel('Your message').fill(text);
    await page.keyboard.press('Enter');
  };
  await say(customer, 'My mail has <b>stopped</b>');
  // What a customer types is text, and is shown as text.
  await agent.page.locator('.user .framed').last().waitFor();
  await agent.page.frameLocator('.user .framed iframe').last().getByText('My mail has <b>stopped</b>').waitFor();
  await say(agent, 'I am with you');
  await customer.page.locator('.agent').getByText('I am with you').waitFor();
  assert.equal((await haloLedger(house)).chat_messages.at(-1).agent_id, 42);
  await agent.page.getByRole('button', { name: 'Close chat' }).click();
  await customer.page.getByText('This chat is closed.').waitFor();
  assert.deepEqual([...agent.complaints, ...customer.complaints], []);
  await agent.close();
  await customer.close();
});

test('demo_a_ticket_from_the_agents_screen_says_what_was_chosen', async () => {
  const { page, complaints, close } = await open('/new-ticket');
  const invite = page.getByRole('switch', { name: /Send Remote Session Invitation/ });
  assert.equal(await invite.isChecked(), false);
  await page.getByRole('combobox', { name: 'Ticket type' }).selectOption({ label: 'Service Request' });
  assert.equal(await invite.isChecked(), true, 'the type has it on');
  await page.getByRole('combobox', { name: 'Remote Session Technician/Channel' }).selectOption({ label: 'Ann Keller' });
  await page.getByLabel('Summary').fill('A second screen');
  await page.getByRole('button', { name: 'Log ticket' }).click();
  await page.waitForURL('**/ticket?id=*');
  await page.getByRole('heading', { name: 'A second screen' }).waitFor();
  const id = Number(new URL(page.url()).searchParams.get('id'));
  const { webhooks } = await haloLedger(house);
  assert.equal(webhooks.filter((hook) => hook.ticket_id === id && hook.event === 'New Ticket Logged').length, 1);
  assert.deepEqual(complaints, []);
  await close();
});

test('demo_a_ticket_from_the_portal_is_its_users', async () => {
  const { page, complaints, close } = await open('/portal');
  await page.getByRole('combobox', { name: 'What is it about?' }).selectOption({ label: 'Service Request' });
  await page.getByText('come with an invitation').waitFor();
  await page.getByLabel('Summary').fill('My mouse is lost');
  await page.getByRole('button', { name: 'Log ticket' }).click();
  await page.locator('#tickets').getByText('My mouse is lost').waitFor();
  assert.equal(await page.getByRole('link', { name: 'Look at your mail' }).getAttribute('href'), '/mailbox?to=connor%40batley.example');
  assert.deepEqual(complaints, []);
  await close();
});

test('demo_the_buttons_of_an_asset_hand_over_its_number_or_the_variable_as_it_is', async () => {
  const { page, close } = await open('/asset?id=5120');
  const address = (name) => page.getByRole('link', { name }).getAttribute('href');
  assert.equal(await address('Open in BeyondTrust'), `${house.proxy}/embed/asset?asset=5120`);
  assert.equal(await address('Open, wrong variable'), `${house.proxy}/embed/asset?asset=$ASSETID`);
  await close();
});

test('demo_the_link_of_an_asset_opens_the_device_and_starts_its_session', async () => {
  const { page, close } = await open(LINK, {}, house.appliance);
  await page.getByRole('button', { name: 'Start session on LT-0148', exact: true }).click();
  await page.getByRole('link', { name: 'Go to the session' }).click();
  await page.getByText('key 1161.7K3M9QX2DH').waitFor();
  const { launches, sessions } = await applianceLedger(house);
  const launch = launches.at(-1);
  assert.equal(launch.external_key, '1161.7K3M9QX2DH');
  assert.deepEqual(launch.search, { search_string: 'BR LT/0148 #2' });
  const session = sessions.find((one) => one.lsid === launch.lsid);
  assert.equal(session.external_key, '1161.7K3M9QX2DH');
  assert.deepEqual(session.representatives, [{ id: 7, name: 'Priya Nair' }]);
  await close();
});

test('demo_an_appliance_that_is_down_answers_nothing_and_comes_back', async () => {
  const { page, close } = await open('/tickets');
  await page.getByRole('button', { name: 'Try this' }).click();
  const down = page.getByRole('switch', { name: /The appliance is down/ });
  await down.check();
  const api = `${house.appliance.replace('appliance.localhost', '127.0.0.1')}/api/command?action=check_health`;
  await until('it is down', () => fetch(api).then(() => false, () => true));
  await down.uncheck();
  await until('it is back', () => fetch(api).then(() => true, () => false));
  await page.getByRole('switch', { name: /Tells when somebody joins/ }).check();
  await page.getByLabel('New session keys last').selectOption({ label: 'One minute' });
  const wanted = { down: false, events: ['support_conference_end', 'support_conference_member_added'], seconds: 60 };
  await until('all is stored', async () => {
    const { down, events_to_send: events, key_ttl_seconds: seconds } = await control(house.appliance, 'settings');
    return JSON.stringify({ down, events: events.toSorted(), seconds }) === JSON.stringify(wanted);
  });
  await close();
});

test('demo_a_story_plays_itself_and_can_be_paused_and_stopped', async () => {
  const { page, complaints, close } = await open('/', { reducedMotion: 'reduce' });
  await page.getByRole('button', { name: 'Play', description: 'An invite in a live chat' }).click();
  const player = page.getByRole('region', { name: 'Walk-through' });
  await player.getByText('Connor Blake opens a chat').waitFor();
  await player.getByRole('button', { name: 'Pause' }).click();
  await page.reload();
  await player.getByRole('button', { name: 'Go on' }).click();
  await player.getByRole('button', { name: 'Next' }).click();
  await page.waitForURL('**/chat?id=*');
  await player.getByText('Your turn').waitFor();
  assert.ok(await page.locator('.remote.lit').isVisible());
  assert.deepEqual(await violations(page), []);
  await page.locator('#lines').getByText('Good morning Connor').waitFor();
  await player.getByRole('button', { name: 'Stop' }).click();
  await player.waitFor({ state: 'detached' });
  await page.reload();
  await page.locator('#lines div').first().waitFor();
  assert.equal(await player.count(), 0);
  assert.deepEqual(complaints, []);
  await close();
});
