// What 100 MB of reports leave behind in memory, in a page and in a process that do nothing else.

import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { reportName } from './documents.mjs';
import node from './node.mjs';

const LOADS = [
  ['1 MB', 100],
  ['10 MB', 10],
];

export const notes = ['"held" is what the page had when it was done, "in use" what was left of it after a collection. A WebAssembly memory never shrinks: it is as large as the largest report made it.'];

async function inPage(chromium, reader, size, times) {
  const page = await chromium.newPage();
  const browser = await page.context().newCDPSession(page);
  const WebAssembly = await page.evaluate((all) => bench.readMany(...all), [reader, reportName(size), times]);
  const held = await browser.send('Runtime.getHeapUsage');
  await browser.send('HeapProfiler.collectGarbage');
  const used = await browser.send('Runtime.getHeapUsage');
  await page.context().close();
  return {
    'JavaScript and DOM held': held.totalSize + held.embedderHeapUsedSize + held.backingStorageSize,
    'in use': used.usedSize + used.embedderHeapUsedSize + used.backingStorageSize,
    WebAssembly,
  };
}

const inNode = (reader, size, times) =>
  JSON.parse(execFileSync(process.execPath, ['--expose-gc', join(import.meta.dirname, 'memory_in_node.mjs'), reader, reportName(size), times]));

export default async function* memory({ chromium, readers }) {
  for (const [size, times] of LOADS) {
    const title = `after ${times} reports of ${size}`;
    const facts = {};
    for (const reader of ['ours', ...readers]) facts[reader] = await inPage(chromium, reader, size, times);
    yield { where: chromium.name, title, facts };
  }
  for (const [size, times] of LOADS) {
    const title = `after ${times} reports of ${size}`;
    const facts = {};
    for (const reader of ['ours', ...readers]) if (reader !== 'dom') facts[reader] = inNode(reader, size, times);
    yield { where: node.name, title, facts };
  }
}
