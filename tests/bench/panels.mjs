// How soon an agent can use the panels in a frame of the demo, what the browser loads for them, and what a key costs in a long list.

import { openHouse, setting } from '../pages/house.mjs';

export const notes = [
  'The pages as the proxy serves them, in a browser of their own beside the demo on the same processors; proxy as built for development. Cold: nothing in',
  'the browser\'s cache. Usable: the invite can be sent. Slowed down: the browser has a quarter of the processor.',
];
export const needsBrowser = false;

const PANELS = { invite: ['invite?ticket=1161', '#rs-send'], link: ['link?ticket=1161', '#rs-link'], chat: ['chat?chat=640', '#rs-send'], 'my chats': ['chats', '#rs-chats'], asset: ['asset?asset=5120', '#rs-launch'] };
const MANY = 2000;

/** Milliseconds from navigation until it is there, by the page's own clock. */
async function until(page, address, selector) {
  await page.addInitScript((selector) => {
    const seen = () => {
      const place = document.getElementById('place')?.lastElementChild?.shadowRoot?.querySelector(selector);
      if (place && !place.disabled) globalThis.usableAt ??= performance.now();
      else requestAnimationFrame(seen);
    };
    requestAnimationFrame(seen);
    globalThis.shifted = 0;
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) if (!entry.hadRecentInput) globalThis.shifted += entry.value;
    }).observe({ type: 'layout-shift', buffered: true });
  }, selector);
  await page.goto(address);
  await page.waitForFunction(() => globalThis.usableAt);
  return page.evaluate(() => globalThis.usableAt);
}

export default async function* panels({ count }) {
  const house = await openHouse();
  const context = await house.browser.newContext({ viewport: { width: 900, height: 1200 } });
  const where = 'Chromium, demo';
  try {
    const first = await context.newPage();
    await first.goto(`${house.proxy}/embed/invite?ticket=1161`);
    const [popup] = await Promise.all([context.waitForEvent('page'), first.locator('#rs-sign-in').click()]);
    await popup.getByRole('link', { name: 'Priya Nair' }).click();
    await first.locator('#rs-form').waitFor();
    await setting(first, house.proxy, { fallback: true });
    await first.close();

    /** One visit in a page of its own. */
    const visit = async (panel, { cold, slow }) => {
      const [path, selector] = PANELS[panel];
      const page = await context.newPage();
      const devtools = await context.newCDPSession(page);
      await devtools.send('Network.enable');
      if (cold) await devtools.send('Network.clearBrowserCache');
      if (slow) await devtools.send('Emulation.setCPUThrottlingRate', { rate: 4 });
      let bytes = 0;
      let files = 0;
      devtools.on('Network.loadingFinished', ({ encodedDataLength }) => {
        bytes += encodedDataLength;
        files += 1;
      });
      const milliseconds = await until(page, `${house.proxy}/embed/${path}`, selector);
      await page.waitForTimeout(300);
      const shifted = await page.evaluate(() => globalThis.shifted);
      await page.close();
      return { milliseconds, bytes, files, shifted };
    };

    const loads = {};
    const shifts = {};
    for (const panel of Object.keys(PANELS)) {
      const [cold, warm] = [await visit(panel, { cold: true }), await visit(panel, { cold: false })];
      loads[panel] = { cold: cold.bytes, requests: cold.files, warm: warm.bytes };
      shifts[panel] = [cold.shifted, warm.shifted];
    }
    yield { where, title: 'over the wire', facts: loads };
    yield { where, title: 'layout shift (goal 0)', unit: 'shift', samples: shifts };

    const samples = { warm: [], cold: [], 'warm, slowed down 4x': [], 'cold, slowed down 4x': [] };
    for (let round = 0; round < count(9); round += 1) {
      samples.warm.push((await visit('invite', {})).milliseconds);
      samples.cold.push((await visit('invite', { cold: true })).milliseconds);
      samples['warm, slowed down 4x'].push((await visit('invite', { slow: true })).milliseconds);
      samples['cold, slowed down 4x'].push((await visit('invite', { cold: true, slow: true })).milliseconds);
    }
    yield { where, title: 'from navigation to a usable invite', base: 'warm', samples };

    const page = await context.newPage();
    await page.addInitScript((many) => {
      const real = globalThis.fetch;
      globalThis.fetch = async (input, init) => {
        const answer = await real(input, init);
        if (!String(input).includes('/channels?')) return answer;
        const offered = await answer.json();
        const [one] = offered.channels;
        offered.channels = Array.from({ length: many }, (_, place) => ({ ...one, isMe: false, name: `Agent ${place} ${one.name}`, channel: { agent: place + 2 } }));
        return new Response(JSON.stringify(offered), answer);
      };
    }, MANY);
    await page.goto(`${house.proxy}/embed/invite?ticket=1161`);
    await page.locator('#rs-search').waitFor();
    const keys = { 'work for the key': [], 'until it is painted': [] };
    for (const text of ['a', 'ag', 'age', 'agen', 'agent', 'agent 1', 'agent 19', 'agent 199', 'agent 1999', 'agent 199', 'agent 1', 'a'].slice(0, count(12))) {
      const [work, painted] = await page.locator('#rs-search').evaluate(
        (field, text) =>
          new Promise((resolve) => {
            const start = performance.now();
            field.value = text;
            field.dispatchEvent(new Event('input', { bubbles: true, composed: true }));
            const work = performance.now() - start;
            requestAnimationFrame(() => setTimeout(() => resolve([work, performance.now() - start])));
          }),
        text,
      );
      keys['work for the key'].push(work);
      keys['until it is painted'].push(painted);
    }
    yield { where, title: `a key in a list of ${MANY}`, samples: keys };
  } finally {
    await house.close();
  }
}
