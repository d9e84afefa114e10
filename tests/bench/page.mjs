// The place of a benchmark that runs in a browser's page: where our package, the peers and the documents come from there.

import { readMany } from './leftovers.mjs';
import { parser } from './parse.mjs';
import { run } from './sections.mjs';

const place = {
  async ours() {
    const ours = await import('/pkg/remote-support.js');
    await ours.default();
    return ours;
  },
  /** Bytes of our module's own memory. */
  async memory() {
    const bindings = await (await import('/pkg/remote-support.js')).default();
    return (await bindings.default()).memory.buffer.byteLength;
  },
  peer: (name) => import(`/made/peers/${name}.js`),
  async document(name) {
    const answer = await fetch(`/made/documents/${name}`);
    if (!answer.ok) throw new Error(`${name}: ${answer.status}`);
    return new Uint8Array(await answer.arrayBuffer());
  },
};

const parsers = {};
/** What can be asked of this page from outside; `told` gets each table of a section. */
globalThis.bench = {
  run: (section, share) => run(section, place, share, globalThis.told),
  parse: async (document) => (parsers[document] ??= await parser(place, document))(),
  readMany: (reader, document, times) => readMany(place, reader, document, times),
};
