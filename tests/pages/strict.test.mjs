// Scenario 40: strict policy, keyboard only, axe, German, dark, 320 px, WebAssembly blocked, many mounts.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { applianceLedger, atTheTop, complaints, control, framed, haloLedger, logIn, openHouse, openScreen, openTicket, ownPage, setting, signIn, tabTo, until, violations } from './house.mjs';

let house;
before(async () => {
  house = await openHouse();
});
after(() => house?.close());

test('strict_40_no_policy_is_broken_from_signed_out_to_sent_with_the_keyboard_alone', async () => {
  const ticket = await openTicket(house);
  const complaints = [];
  ticket.page.on('console', (message) => /Content Security Policy|Trusted Type/i.test(message.text()) && complaints.push(message.text()));
  ticket.page.on('pageerror', (error) => complaints.push(String(error)));
  await ticket.page.reload();
  const policy = (await (await fetch(`${house.proxy.replace('support.localhost', '127.0.0.1')}/embed/ticket?ticket=1161`)).headers).get('content-security-policy');
  for (const part of ["script-src 'self' 'wasm-unsafe-eval';", "style-src 'self';", "require-trusted-types-for 'script'"]) assert.ok(policy.includes(part), policy);

  const { keyboard } = ticket.page;
  const signInButton = ticket.frame.getByRole('button', { name: 'Sign in' });
  await signInButton.focus();
  const [popup] = await Promise.all([ticket.context.waitForEvent('page'), keyboard.press('Enter')]);
  const priya = popup.getByRole('link', { name: 'Priya Nair' });
  await priya.focus();
  await popup.keyboard.press('Enter');
  const list = ticket.frame.getByRole('listbox', { name: 'Remote Session Technician/Channel' });
  await list.waitFor();
  await ticket.page.bringToFront();
  // From the top of the frame: only Tab, arrows and Enter from here on.
  await atTheTop(ticket.frame);
  await tabTo(ticket, (at) => at.role === 'listbox' || at.role === 'option');
  await keyboard.press('End');
  await keyboard.press('Home');
  await keyboard.press('ArrowDown');
  await ticket.frame.getByRole('option', { selected: true, name: 'Ann Keller' }).waitFor();
  await tabTo(ticket, (at) => at.text === 'Send invite');
  await keyboard.press('Enter');
  await ticket.frame.getByText('Asked for Ann Keller, sent to Service Desk.').first().waitFor();
  assert.deepEqual(complaints, []);
  await ticket.context.close();
});

for (const [name, options] of [
  ['wide', {}],
  ['narrow', { viewport: { width: 320, height: 900 } }],
  ['dark', { colorScheme: 'dark' }],
  ['narrow_dark', { viewport: { width: 320, height: 900 }, colorScheme: 'dark' }],
]) {
  test(`strict_40_axe_finds_nothing_${name}`, async () => {
    const ticket = await openTicket(house, options);
    await ticket.frame.getByRole('button', { name: 'Sign in' }).waitFor();
    assert.deepEqual(await violations(ticket.page), [], 'signed out');
    await signIn(ticket);
    assert.deepEqual(await violations(ticket.page), [], 'ready');
    await ticket.frame.getByRole('button', { name: 'Edit text' }).click();
    assert.deepEqual(await violations(ticket.page), [], 'editing');
    await ticket.frame.getByRole('option', { name: 'Priya Nair' }).click();
    await ticket.frame.getByRole('button', { name: 'Send invite' }).click();
    await ticket.frame.getByText('Invite sent').waitFor();
    assert.deepEqual(await violations(ticket.page), [], 'sent');
    const overflow = await framed(ticket.page).evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    assert.ok(overflow <= 0, `scrolls sideways by ${overflow} px`);
    await ticket.context.close();
  });
}

test('strict_40_in_german_dark_and_320_px_wide_7_9_12_and_32_work', async () => {
  const options = { viewport: { width: 320, height: 900 }, colorScheme: 'dark', locale: 'de-DE' };
  await control(house.appliance, 'play', { customer: 'Connor Blake', script: [{ join: 'rep:7' }, { say: 'Hallo', by: 'rep:7' }], end: true });
  await logIn(house, 9, false);
  const ticket = await openTicket(house, options);
  const found = complaints(ticket.page);
  await signIn(ticket);
  await setting(ticket.page, house.proxy, { fallback: true });
  const mails = (await haloLedger(house)).mails.length;
  await ticket.frame.getByRole('option', { name: 'Ann Keller' }).click();
  await ticket.frame.getByRole('button', { name: 'Einladung senden' }).click();
  await until('the mail', async () => (await haloLedger(house)).mails.length === mails + 1);
  await ticket.frame.locator('#rs-sent').getByText('Service Desk').first().waitFor();
  assert.deepEqual(await violations(ticket.page), [], 'sent');
  const link = ticket.frame.locator('remote-support-link');
  await link.getByRole('button', { name: /Connor Blake/ }).first().click();
  await link.getByRole('button', { name: 'Mit Ticket 1161 verknüpfen' }).click();
  await link.getByText('Die Notiz steht auf Ticket 1161.').waitFor();
  assert.deepEqual(await violations(ticket.page), [], 'linked');
  await setting(ticket.page, house.proxy, { fallback: false });
  await ticket.close();

  const chat = await openScreen(house, '/chat?id=640', options);
  found.push(...complaints(chat.page));
  await signIn(chat);
  await chat.frame.getByRole('option', { name: 'Ann Keller' }).click();
  await chat.frame.getByRole('button', { name: 'Einladung senden' }).click();
  await chat.frame.locator('#rs-refused').getByText('TECHUNAVAILABLE').waitFor();
  assert.deepEqual(await violations(chat.page), [], 'refused');
  const keys = (await applianceLedger(house)).keys.length;
  await chat.frame.getByRole('button', { name: 'An Service Desk senden' }).click();
  await chat.frame.getByText(/^Gepostet, /).waitFor();
  assert.equal((await applianceLedger(house)).keys.length, keys + 1);
  for (const { page } of [chat]) {
    const overflow = await framed(page).evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    assert.ok(overflow <= 0, `scrolls sideways by ${overflow} px`);
    assert.equal(await framed(page).evaluate(() => document.documentElement.lang), 'de');
  }
  assert.deepEqual(found, []);
  await setting(chat.page, house.proxy, { fallback: true });
  await chat.close();
});

test('invites_18_hostile_names_stay_text_on_every_page', async () => {
  const hostile = '<img src=x onerror="document.title=1"><b>x</b> $LINKTOREMOTE {{x}}';
  await control(house.halo, 'chats/640', { name: hostile });
  await control(house.halo, 'assets/5120', { key_field: hostile, username: hostile });
  await control(house.appliance, 'play', { customer: hostile, script: [{ join: 'rep:7' }, { say: hostile, by: 'customer' }], end: true });
  for (const [path, settled, title] of [
    ['/ticket?id=1162', '#rs-channels', 'Remote Support'],
    ['/chats', '#rs-chats', 'My chats'],
    ['/asset?id=5120', '#rs-launch', 'Remote Support'],
  ]) {
    const screen = await openScreen(house, path, { title });
    await signIn(screen, 'Priya Nair', settled);
    const seen = () =>
      framed(screen.page).evaluate(() =>
        [...document.querySelectorAll('main > *')].map(({ shadowRoot }) => ({ text: shadowRoot?.textContent ?? '', made: shadowRoot?.querySelectorAll('img, script, iframe, [onerror]').length ?? 0 })));
    await until(`it is shown on ${path}`, async () => (await seen()).some(({ text }) => /<img|<b>/.test(text)));
    if (path.startsWith('/ticket')) {
      await screen.frame.locator('remote-support-link .session').first().click();
      await until('its note is shown', async () => (await seen()).some(({ text }) => text.includes('onerror=')));
    }
    assert.ok((await seen()).every(({ made }) => made === 0), path);
    assert.notEqual(await framed(screen.page).evaluate(() => document.title), '1', path);
    await screen.close();
  }
  await control(house.halo, 'chats/640', { name: 'Connor Blake' });
});

test('strict_40_a_page_of_ones_own_holds_the_panels_under_a_strict_policy', async () => {
  const css = 'body { color-scheme: dark; background: #101418; } remote-support-invite { --rs-accent: #b39dff; }';
  const own = await ownPage(house, '<remote-support-invite ticket="1161"></remote-support-invite><remote-support-chats></remote-support-chats>', { css });
  const found = complaints(own.page);
  await own.open();
  const heard = await own.page.evaluateHandle(() => {
    const names = [];
    for (const name of ['ready', 'signed-in', 'invite-sent']) document.addEventListener(`remote-support:${name}`, () => names.push(name));
    return names;
  });
  const invite = own.page.locator('remote-support-invite');
  await signIn(own);
  // One sign-in does for both.
  await own.page.locator('#rs-chats').waitFor();
  await invite.getByRole('option', { name: 'Ann Keller' }).click();
  await invite.getByRole('button', { name: 'Send invite' }).click();
  await invite.getByText('Invite sent').waitFor();
  await invite.locator('#rs-another').click();
  await until('the accent is the page\'s', () =>
    invite.locator('#rs-send').evaluate((button) => getComputedStyle(button).backgroundColor === 'rgb(179, 157, 255)'));
  assert.ok((await heard.jsonValue()).includes('invite-sent'), String(await heard.jsonValue()));
  assert.deepEqual(found, []);
  await own.close();
});

test('strict_40_with_webassembly_blocked_it_says_so', async () => {
  const context = await house.browser.newContext();
  const page = await context.newPage();
  // A page whose policy lacks 'wasm-unsafe-eval': the same files, one word less.
  await page.route('**/embed/ticket?*', async (route) => {
    const answer = await route.fetch({ url: route.request().url().replace('support.localhost', '127.0.0.1') });
    const policy = answer.headers()['content-security-policy'].replace(" 'wasm-unsafe-eval'", '');
    await route.fulfill({ response: answer, headers: { ...answer.headers(), 'content-security-policy': policy } });
  });
  await page.goto(`${house.proxy}/embed/ticket?ticket=1161`);
  const alert = page.getByRole('alert');
  await alert.waitFor();
  assert.match(await alert.textContent(), /WebAssembly|wasm/i);
  await page.getByRole('button', { name: 'Try again' }).waitFor();
  await context.close();
});

test('strict_40_a_missing_module_says_so_and_can_be_tried_again', async () => {
  const context = await house.browser.newContext();
  const page = await context.newPage();
  let missing = true;
  await page.route('**/*.wasm', (route) => (missing ? route.fulfill({ status: 404, body: '' }) : route.continue()));
  await page.goto(`${house.proxy}/embed/ticket?ticket=1161`);
  await page.getByRole('alert').waitFor();
  missing = false;
  await page.getByRole('button', { name: 'Try again' }).click();
  await page.getByRole('button', { name: 'Sign in' }).waitFor();
  await context.close();
});

test('strict_40_500_mounts_and_unmounts_level_off', async () => {
  const context = await house.browser.newContext();
  await context.addInitScript(() => {
    const instantiate = WebAssembly.instantiateStreaming;
    WebAssembly.instantiateStreaming = async (...args) => {
      const made = await instantiate.call(WebAssembly, ...args);
      globalThis.panelsMemory = made.instance.exports.memory;
      return made;
    };
  });
  const page = await context.newPage();
  await page.goto(`${house.proxy}/embed/ticket?ticket=1161`);
  await page.getByRole('button', { name: 'Sign in' }).waitFor();
  const client = await context.newCDPSession(page);
  await client.send('HeapProfiler.enable');
  const measure = async () => {
    await client.send('HeapProfiler.collectGarbage');
    const { metrics } = await client.send('Performance.getMetrics');
    const of = (name) => metrics.find((metric) => metric.name === name).value;
    const memory = await page.evaluate(() => globalThis.panelsMemory.buffer.byteLength);
    return { nodes: of('Nodes'), listeners: of('JSEventListeners'), heap: of('JSHeapUsedSize'), memory };
  };
  await client.send('Performance.enable');
  const mount = (times) =>
    page.evaluate(async (times) => {
      for (let time = 0; time < times; time += 1) {
        const [name, about, value] = [['invite', 'ticket', '1161'], ['invite', 'chat', '640'], ['link', 'ticket', '1161'], ['pinned', 'asset', '5120'], ['chats', 'lang', 'de']][time % 5];
        const element = document.createElement(`remote-support-${name}`);
        element.setAttribute(about, value);
        document.body.append(element);
        // Its controller has begun; every tenth has its answer, too.
        const settled = time % 50 < 5 ? '#rs-sign-in' : '#rs-heading';
        for (let turns = 0; !element.shadowRoot.querySelector(settled); turns += 1) {
          if (turns > 2000) throw new Error(`${name} never showed ${settled}`);
          await new Promise((resolve) => setTimeout(resolve, 1));
        }
        element.remove();
      }
    }, times);
  await mount(100);
  const early = await measure();
  await mount(400);
  const late = await measure();
  assert.ok(late.nodes <= early.nodes + 200, `nodes ${early.nodes} -> ${late.nodes}`);
  assert.ok(late.listeners <= early.listeners + 50, `listeners ${early.listeners} -> ${late.listeners}`);
  assert.ok(late.memory <= early.memory, `the module's memory ${early.memory} -> ${late.memory}`);
  assert.ok(late.heap <= early.heap * 1.5 + 2e6, `heap ${early.heap} -> ${late.heap}`);
  await context.close();
});
