// The same parser as WebAssembly and compiled for this machine, in turns. Compiles nothing.

import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { REPORTS, reportName } from './documents.mjs';
import { rounds } from './measure.mjs';
import node, { made } from './node.mjs';
import * as ways from './parse.mjs';

const GOAL = 1.6;

export const notes = [
  'WebAssembly: from bytes to what crosses into JavaScript, and "whole" to the finished object. Native: from bytes to our own type, dropped again (cargo build --release).',
];

export default async function* native({ chromium, count, reader }) {
  const page = await chromium.newPage();
  const parse = (way, document) => () => page.evaluate((all) => bench.parse(...all), [way, document]);
  for (const [size] of REPORTS) {
    const document = reportName(size);
    const file = join(made, 'documents', document);
    const contestants = { native: () => JSON.parse(execFileSync(reader, [file])).milliseconds };
    for (const [way, label] of [['parseOnly', ''], ['whole', ', whole']]) {
      contestants[chromium.name + label] = parse(way, document);
      await contestants[chromium.name + label]();
      contestants[node.name + label] = await ways[way](node, document);
    }
    const atMost = { [chromium.name]: GOAL, [node.name]: GOAL };
    yield { where: `${chromium.name} and ${node.name}`, title: size, base: 'native', samples: await rounds(contestants, count(11)), atMost };
  }
  await page.context().close();
}
