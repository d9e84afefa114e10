// The same parser as WebAssembly and compiled for this machine, in turns. Compiles nothing.

import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { REPORTS, reportName } from './documents.mjs';
import { rounds } from './measure.mjs';
import node, { made } from './node.mjs';
import { parser } from './parse.mjs';

const GOAL = 1.6;

export const notes = ['WebAssembly: from bytes to the object for the page. Native: from bytes to our own type, dropped again (cargo build --release).'];

export default async function* native({ chromium, count, reader }) {
  const page = await chromium.newPage();
  for (const [size] of REPORTS) {
    const document = reportName(size);
    const file = join(made, 'documents', document);
    const inPage = () => page.evaluate((document) => bench.parse(document), document);
    await inPage();
    const samples = await rounds({
      native: () => JSON.parse(execFileSync(reader, [file])).milliseconds,
      [chromium.name]: inPage,
      [node.name]: await parser(node, document),
    }, count(11));
    yield { where: `${chromium.name} and ${node.name}`, title: size, base: 'native', samples, atMost: { [chromium.name]: GOAL, [node.name]: GOAL } };
  }
  await page.context().close();
}
