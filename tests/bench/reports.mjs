// Session reports: from the bytes of a document to the same JavaScript object with every chat line, ours against XML parsers.

import { REPORTS, reportName } from './documents.mjs';
import { race, same } from './measure.mjs';

const PEERS = ['dom', 'fast-xml-parser', 'saxes', 'txml'];
const GOALS = { DOMParser: 12, 'fast-xml-parser': 11, saxes: 3, txml: 2.5 };
/** Below this txml has no goal. */
const TXML_FROM = 100_000;

const decoder = new TextDecoder();

export const notes = [
  'Peers read strings, so each decodes the bytes first; "from a string" leaves that out for them. Ours checks the document as well, theirs do not.',
  'Each peer walks to the same object; the objects are compared before anything is measured.',
];

export default async function* reports(place, count) {
  const ours = await place.ours();
  const peers = await Promise.all(PEERS.filter((name) => name !== 'dom' || globalThis.DOMParser).map(place.peer));
  for (const [size, bytes] of REPORTS) {
    const document = await place.document(reportName(size));
    const text = decoder.decode(document);
    const result = ours.checkSessionReport(document);
    if (!result.ok) throw new Error(`our own report is not sound: ${JSON.stringify(result.problems)}`);
    const contestants = { ours: () => ours.checkSessionReport(document) };
    for (const { name, read } of peers) {
      same(name, result.sessions, read(text));
      contestants[name] = () => read(decoder.decode(document));
    }
    const strings = { 'ours, from a string': () => ours.checkSessionReport(text) };
    for (const { name, read } of peers) strings[`${name}, from a string`] = () => read(text);

    const samples = await race({ ...contestants, ...strings }, count(bytes > 5_000_000 ? 7 : 15));
    const goals = Object.entries(GOALS).filter(([name]) => name in samples && (name !== 'txml' || bytes >= TXML_FROM));
    const events = result.sessions.reduce((sum, session) => sum + session.events.length, 0);
    yield { title: `${size}, ${events} events`, samples, base: 'ours', atLeast: Object.fromEntries(goals) };
  }
}
