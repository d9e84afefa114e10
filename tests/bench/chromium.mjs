// Chromium with a page for the benchmark, and fresh ones for what must not have run before. Measures nothing.

import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { made, root } from './node.mjs';
import { serve } from './server.mjs';

const QUIET = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];

export async function openChromium() {
  const server = await serve({ pkg: join(root, 'pkg'), bench: import.meta.dirname, made });
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: QUIET });

  /** A page in a browser context of its own, with one module loaded. */
  async function newPage(module = '/bench/page.mjs') {
    const page = await (await browser.newContext()).newPage();
    page.setDefaultTimeout(0);
    await page.goto(server.origin);
    await page.evaluate((module) => import(module), module);
    return page;
  }

  return {
    /** How results from here are headed. */
    name: `Chromium ${browser.version().split('.')[0]}`,
    server,
    newPage,
    async run(section, share, told) {
      const page = await newPage();
      await page.exposeFunction('told', told);
      await page.evaluate((all) => bench.run(...all), [section, share]);
      await page.context().close();
    },
    async close() {
      await browser.close();
      server.close();
    },
  };
}
