// The place of a benchmark that runs in Node: where our package, the peers and the documents come from there.

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

export const root = join(import.meta.dirname, '../..');
/** What the benchmark makes for itself. */
export const made = join(process.env.CARGO_TARGET_DIR ?? join(root, 'target'), 'bench');

/** The bindings themselves: the package's entry fetches its files, and Node fetches none from a folder. */
async function bindings() {
  const { files } = JSON.parse(await readFile(join(root, 'pkg/manifest.json'), 'utf8'));
  const file = (name) => join(root, 'pkg', files[name].file);
  const glue = await import(pathToFileURL(file('glue.js')).href);
  const exports = glue.initSync({ module: await readFile(file('glue_bg.wasm')) });
  return { glue, exports };
}

/** How results from here are headed. */
const name = `Node ${process.versions.node.split('.')[0]}`;

export default {
  name,
  ours: async () => (await bindings()).glue,
  /** Bytes of our module's own memory. */
  memory: async () => (await bindings()).exports.memory.buffer.byteLength,
  peer: (name) => import(pathToFileURL(join(made, 'peers', `${name}.js`)).href),
  document: async (name) => new Uint8Array(await readFile(join(made, 'documents', name))),
};
