// The place of a benchmark that runs in a browser's page: where our package, the peers and the documents come from there.

import { readMany } from './leftovers.mjs';
import * as ways from './parse.mjs';
import { run } from './sections.mjs';

const place = {
  async ours() {
    const ours = await import('/pkg/remote-support.js');
    await ours.default();
    return ours;
  },
  /** What the package's entry calls itself: see parse.mjs. */
  async bindings() {
    const { files } = await (await fetch('/pkg/manifest.json')).json();
    return import(`/pkg/${files['functions.js'].file}`);
  },
  peer: (name) => import(`/made/peers/${name}.js`),
  async document(name) {
    const answer = await fetch(`/made/documents/${name}`);
    if (!answer.ok) throw new Error(`${name}: ${answer.status}`);
    return new Uint8Array(await answer.arrayBuffer());
  },
};

const samplers = new Map();
/** What can be asked of this page from outside; `told` gets each table of a section. */
globalThis.bench = {
  run: (section, share) => run(section, place, share, globalThis.told),
  /** Takes a sample of one way to read a document. */
  async parse(way, document) {
    const key = `${way} ${document}`;
    if (!samplers.has(key)) samplers.set(key, await ways[way](place, document));
    return samplers.get(key)();
  },
  readMany: (reader, document, times) => readMany(place, reader, document, times),
};
