// Runs the benchmark in Chromium and in Node and prints what it measured. A goal that is missed is printed, not an error.
// Usage: node tests/bench/run.mjs [--only WORD] [--quick] [--json FILE] (by `cargo xtask bench`)

import { build } from 'esbuild';
import { mkdir, writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';
import { REPORTS, sessionReport } from './documents.mjs';
import node, { made, root } from './node.mjs';
import { run, sections } from './sections.mjs';
import { serve } from './server.mjs';
import { judged, printed } from './tables.mjs';

const { values: options } = parseArgs({ options: { only: { type: 'string' }, quick: { type: 'boolean' }, json: { type: 'string' } } });
const share = options.quick ? 0.3 : 1;
const measured = [];

/** A bundle for each peer, so that no one's code is optimised for another's data. */
async function bundle() {
  const peers = ['dom', 'fast-xml-parser', 'saxes', 'txml', 'templates'].map((name) => join(import.meta.dirname, 'peers', `${name}.mjs`));
  await build({ entryPoints: peers, outdir: join(made, 'peers'), bundle: true, minify: true, format: 'esm', logLevel: 'warning' });
}

async function writeDocuments() {
  await mkdir(join(made, 'documents'), { recursive: true });
  for (const [size, bytes] of REPORTS) await writeFile(join(made, 'documents', `report ${size}.xml`), sessionReport(bytes));
}

const teller = (section, where) => (table) => {
  const result = judged(table);
  measured.push({ section, where, ...result });
  console.log(`\n${where}: ${printed(result)}`);
};

async function inChromium(chosen) {
  const server = await serve({ pkg: join(root, 'pkg'), bench: import.meta.dirname, made });
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update'] });
  try {
    const page = await browser.newPage();
    page.setDefaultTimeout(0);
    let tell;
    await page.exposeFunction('told', (table) => tell(table));
    await page.goto(server.origin);
    await page.addScriptTag({ url: '/bench/page.mjs', type: 'module' });
    for (const section of chosen) {
      tell = teller(section, `Chromium ${browser.version().split('.')[0]}`);
      await page.evaluate(([section, share]) => bench(section, { share }), [section, share]);
    }
  } finally {
    await browser.close();
    server.close();
  }
}

async function inNode(chosen) {
  for (const section of chosen) await run(section, node, { share }, teller(section, `Node ${process.versions.node.split('.')[0]}`));
}

const chosen = Object.keys(sections).filter((name) => name.includes(options.only ?? ''));
if (!chosen.length) throw new Error(`no section is called ${options.only}; there are ${Object.keys(sections).join(', ')}`);
await bundle();
await writeDocuments();
console.log(`times are medians, ratios the median of each round's; ${cpus().length} processors (${cpus()[0].model})`);
for (const section of chosen) {
  console.log(`\n${section}`);
  for (const note of sections[section].notes) console.log(`  ${note}`);
}
await inChromium(chosen);
await inNode(chosen);
if (options.json) await writeFile(options.json, JSON.stringify({ quick: options.quick ?? false, measured }, null, 2));
