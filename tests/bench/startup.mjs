// How soon a page has its first result that has never seen us before, and what it has to load for that.

import { REPORTS, reportName } from './documents.mjs';
import { LETTERS, VALUES, forHandlebars, letter } from './letters.mjs';
import { rounds, same } from './measure.mjs';

const THEIRS = 'fast-xml-parser and handlebars.js, one bundle';
const GOAL = 0.7;

export const notes = ['From import to the first report (10 KB) and the first mail (2 KB), in a browser context of its own each time. From this machine: the network costs nothing here.'];

export default async function* startup({ chromium, count }) {
  const document = `/made/documents/${reportName(REPORTS[0][0])}`;
  const template = letter(LETTERS[0][1], false);
  let loaded;

  /** One page's life. */
  async function once(side, template) {
    const page = await chromium.newPage('/bench/first.mjs');
    chromium.server.sent();
    const result = await page.evaluate((all) => first(...all), [side, document, template, VALUES]);
    loaded = chromium.server.sent().filter(({ path }) => path !== document);
    await page.context().close();
    return result;
  }
  const ours = () => once('ours', template);
  const theirs = () => once('theirs', forHandlebars(template));

  const bytes = {};
  const results = [];
  for (const [name, side] of [[THEIRS, theirs], ['ours', ours]]) {
    const { sessions, output } = await side();
    results.push({ sessions, output });
    bytes[name] = { brotli: loaded.reduce((sum, { bytes }) => sum + bytes, 0), files: loaded.length };
  }
  same(THEIRS, results[1], results[0]);
  const samples = await rounds({
    [THEIRS]: async () => (await theirs()).milliseconds,
    ours: async () => (await ours()).milliseconds,
  }, count(15));
  yield { where: chromium.name, title: 'first result', base: THEIRS, samples, atMost: { ours: GOAL } };
  yield { where: chromium.name, title: 'over the wire', facts: bytes };
}
