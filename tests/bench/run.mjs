// Runs the benchmark in Chromium, in Node and before the proxy and prints what it measured. A goal that is missed is printed,
// not an error.
// Usage: node tests/bench/run.mjs [--only WORD] [--quick] [--json FILE] [--reader PROGRAM] [--proxy PROGRAM --pipeline PROGRAM]
// (by `cargo xtask bench`)

import { build } from 'esbuild';
import { mkdir, writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openChromium } from './chromium.mjs';
import { REPORTS, reportName, sessionReport } from './documents.mjs';
import * as memory from './memory.mjs';
import * as native from './native.mjs';
import node, { made } from './node.mjs';
import * as panels from './panels.mjs';
import * as proxy from './proxy.mjs';
import { inside, run } from './sections.mjs';
import * as startup from './startup.mjs';
import { judged, printed } from './tables.mjs';

const text = { type: 'string' };
const OPTIONS = { only: { ...text, default: '' }, quick: { type: 'boolean', default: false }, json: text, reader: text, proxy: text, pipeline: text };
const { values: options } = parseArgs({ options: OPTIONS });
const share = options.quick ? 0.3 : 1;

/** Driven from here; the others run in their place. */
const outside = { startup, memory, native, panels, proxy };
const READERS = ['dom', 'fast-xml-parser', 'saxes', 'txml'];

/** A bundle for each peer, so that no one's code is optimised for another's data. */
function bundle() {
  const entryPoints = [...READERS, 'templates', 'startup'].map((name) => join(import.meta.dirname, 'peers', `${name}.mjs`));
  return build({ entryPoints, outdir: join(made, 'peers'), bundle: true, minify: true, format: 'esm', logLevel: 'warning' });
}

async function writeDocuments() {
  await mkdir(join(made, 'documents'), { recursive: true });
  for (const [size, bytes] of REPORTS) await writeFile(join(made, 'documents', reportName(size)), sessionReport(bytes));
}

const measured = [];
function tell(section, where, table) {
  const result = judged(table);
  measured.push({ section, where, ...result });
  console.log(`\n  ${where}: ${printed(result).replaceAll('\n', '\n  ')}`);
}

async function measure(name, chromium) {
  const section = inside[name] ?? outside[name];
  console.log(`\n${[name.toUpperCase(), ...section.notes].join('\n  ')}`);
  if (name in inside) {
    await chromium.run(name, share, (table) => tell(name, chromium.name, table));
    await run(name, node, share, (table) => tell(name, node.name, table));
    return;
  }
  const count = (usual) => Math.max(3, Math.round(usual * share));
  for await (const table of section.default({ chromium, count, readers: READERS, ...options })) tell(name, table.where, table);
}

const chosen = Object.keys({ ...inside, ...outside }).filter((name) => name.includes(options.only));
if (!chosen.length) throw new Error(`no section is called ${options.only}; there are ${Object.keys({ ...inside, ...outside }).join(', ')}`);
console.log(`Times are medians, ratios the median of each round's ratios. ${cpus().length} processors, ${cpus()[0].model}.`);
let chromium;
if (chosen.some((name) => outside[name]?.needsBrowser ?? true)) {
  await bundle();
  await writeDocuments();
  chromium = await openChromium();
}
try {
  for (const name of chosen) await measure(name, chromium);
} finally {
  await chromium?.close();
}
if (options.json) await writeFile(options.json, JSON.stringify({ quick: options.quick, measured }, null, 2));
