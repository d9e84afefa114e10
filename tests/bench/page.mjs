// The place of a benchmark that runs in a browser's page: where our package, the peers and the documents come from there.

import { run } from './sections.mjs';

const place = {
  async ours() {
    const ours = await import('/pkg/remote-support.js');
    await ours.default();
    return ours;
  },
  peer: (name) => import(`/made/peers/${name}.js`),
  async document(name) {
    const answer = await fetch(`/made/documents/${name}`);
    if (!answer.ok) throw new Error(`${name}: ${answer.status}`);
    return new Uint8Array(await answer.arrayBuffer());
  },
};

/** Runs one section here; each table is handed to `told` as soon as it is there. */
globalThis.bench = (section, options) => run(section, place, options, globalThis.told);
