// The whole demo for a page test: started by xtask on free ports, driven in Debian's Chromium. Proof is read from the
// simulators' ledgers, never from our own API.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import { chromium } from 'playwright-core';

/** Anything that takes longer is a failure. */
export const PATIENCE = 30_000;

// As most people's browsers will be: a frame of another site keeps only cookies of its own partition.
const COOKIES = '--test-third-party-cookie-phaseout';
const QUIET = [COOKIES, '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];

/** Starts the demo and a browser; `close` stops both. */
export async function openHouse() {
  const demo = spawn(process.env.XTASK, ['demo', '--ephemeral', '--json', '--no-build'], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: demo.stdout });
  const first = await Promise.race([once(lines, 'line'), once(demo, 'exit').then(() => null)]);
  if (!first) throw new Error('the demo did not start');
  const house = JSON.parse(first[0]);
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: QUIET });
  return {
    ...house,
    browser,
    /** Stops the proxy and starts it again on its store; events that come meanwhile are sent again. */
    restartProxy: () => demo.stdin.write('restart proxy\n'),
    async close() {
      await browser.close();
      demo.stdin.end();
      await once(demo, 'exit');
    },
  };
}

/** One of Halo's screens in a browser of its own, with the frame of our page in it. */
export async function openScreen(house, path, { title = 'Remote Support', ...options } = {}) {
  const context = await house.browser.newContext({ viewport: { width: 1280, height: 1000 }, ...options });
  context.setDefaultTimeout(PATIENCE);
  const page = await context.newPage();
  await page.goto(`${house.halo}${path}`);
  return { context, page, frame: page.frameLocator(`iframe[title="${title}"]`), close: () => context.close() };
}

/** A ticket's screen. */
export async function openTicket(house, { ticket = 1161, ...options } = {}) {
  const opened = await openScreen(house, `/ticket?id=${ticket}`, options);
  await chooseTab(opened.page, 'remote');
  return opened;
}

/** The page of ours that is framed there. */
export const framed = (page, path = '/embed/') => page.frames().find((one) => one.url().includes(path));

const axe = readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** What axe finds inside our frame; it is handed in by the debugger, which no policy stops. */
export async function violations(page, path) {
  const frame = framed(page, path);
  await frame.evaluate(await axe);
  const { violations: found } = await frame.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations'] }));
  return found.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target.join(' ')).join(', ')}`);
}

/** Presses Tab until the focused element is the wanted one. */
export async function tabTo({ page }, wanted, path) {
  const seen = [];
  for (let presses = 0; presses < 40; presses += 1) {
    await page.keyboard.press('Tab');
    const at = await framed(page, path).evaluate(() => {
      let element = document.activeElement;
      while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
      return { role: element?.getAttribute('role'), text: element?.textContent?.trim(), name: element?.tagName, id: element?.id };
    });
    if (wanted(at)) return;
    seen.push(`${at.name} ${at.role ?? at.text?.slice(0, 20) ?? ''}`);
  }
  throw new Error(`never reached by Tab; passed ${seen.join(', ')}`);
}

/** Puts the focus at the top of our frame: from there on the keyboard goes. */
export const atTheTop = (frame) => frame.locator('#rs-heading').first().evaluate((heading) => heading.focus());

/** What a page's console says that no page of ours should. */
export function complaints(page) {
  const found = [];
  page.on('pageerror', (error) => found.push(String(error)));
  page.on('console', (message) => ['error', 'warning'].includes(message.type()) && found.push(message.text()));
  return found;
}

/** Chooses one of the ticket's tabs (`actions`, `remote`) where there is room for one panel only. */
export async function chooseTab(page, name) {
  // The frame is made after the page has decided whether it needs tabs.
  await page.locator('iframe[title="Remote Support"]').waitFor({ state: 'attached' });
  const tab = page.locator(`#tab-${name}`);
  if (await tab.isVisible()) await tab.click();
}

/** Signs in by the pop-up, the way an agent does. */
export async function signIn({ context, frame }, agent = 'Priya Nair', settled = '#rs-channels') {
  const [popup] = await Promise.all([context.waitForEvent('page'), frame.locator('[data-action="sign-in"]').first().click()]);
  await popup.getByRole('link', { name: agent }).click();
  await frame.locator(settled).first().waitFor();
}

export async function control(origin, path, body) {
  const answer = await fetch(`${origin.replace(/\/\/[a-z]+\.localhost/, '//127.0.0.1')}/control/${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { 'content-type': 'application/json' },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  const text = await answer.text();
  return text ? JSON.parse(text) : null;
}

export const haloLedger = (house) => control(house.halo, 'ledger');
export const applianceLedger = (house) => control(house.appliance, 'ledger');
/** BeyondTrust tells of a session's beginning, and of who comes and goes. */
export const tellEverything = (house) =>
  control(house.appliance, 'settings', {
    events_to_send: ['support_conference_begin', 'support_conference_member_added', 'support_conference_member_departed', 'support_conference_end'],
  });
export const logIn = (house, id, logged_in) => control(house.appliance, `representatives/${id}`, { logged_in });

/** Asks until there is an answer. */
export async function until(what, question) {
  const end = Date.now() + PATIENCE;
  for (;;) {
    const answer = await question();
    if (answer) return answer;
    if (Date.now() > end) throw new Error(`gave up waiting: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

export const actionsOf = async (house, ticket, outcome) => (await haloLedger(house)).actions.filter((action) => action.ticket_id === ticket && action.outcome === outcome);

/** Switches one of the product's settings on the page, as an administrator does in the demo's panel. */
export async function setting(page, proxy, change) {
  await page.evaluate(
    async ([proxy, change]) => {
      const call = async (method, body) => {
        const answer = await fetch(`${proxy}/api/v1/settings`, {
          method,
          credentials: 'include',
          headers: { 'x-remote-support': '1', ...(body && { 'content-type': 'application/json' }) },
          body: body && JSON.stringify(body),
        });
        if (!answer.ok) throw new Error(`${method} settings: ${answer.status} ${await answer.text()}`);
        return answer.json();
      };
      const { version, settings } = await call('GET');
      await call('PUT', { version, settings: { ...settings, ...change }, connection: {} });
    },
    [proxy, change],
  );
}

/** A page of somebody's own on Halo's site, as strict as EMBEDDING.md asks for, with panels of ours right in it. */
export async function ownPage(house, content, { css = '', ...options } = {}) {
  // What is handed in below counts as a page from elsewhere, and the proxy of a test is on this machine.
  const permissions = ['local-network-access'];
  const context = await house.browser.newContext({ viewport: { width: 1280, height: 1000 }, permissions, ...options });
  context.setDefaultTimeout(PATIENCE);
  const page = await context.newPage();
  const policy = `default-src 'none'; script-src 'self' ${house.proxy} 'wasm-unsafe-eval'; style-src 'self'; connect-src ${house.proxy}; img-src data:; require-trusted-types-for 'script'; trusted-types remote-support`;
  const script = `import { defineElements } from '${house.proxy}/embed/pkg/remote-support.js';\ndefineElements();\n`;
  const files = {
    '/own/': ['text/html', `<!doctype html><html lang="en"><meta charset="utf-8"><title>Our desk</title><link rel="icon" href="data:,"><link rel="stylesheet" href="own.css"><script type="module" src="own.js"></script><main>${content}</main></html>`],
    '/own/own.css': ['text/css', css],
    '/own/own.js': ['text/javascript', script],
  };
  await page.route(`${house.halo}/own/**`, (route) => {
    const [contentType, body] = files[new URL(route.request().url()).pathname] ?? ['text/plain', ''];
    return route.fulfill({ contentType, body, headers: { 'content-security-policy': policy } });
  });
  return { context, page, frame: page, open: () => page.goto(`${house.halo}/own/`), close: () => context.close() };
}
