// The place of a benchmark that runs in Node: where our package, the peers and the documents come from there.

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

export const root = join(import.meta.dirname, '../..');
/** What the benchmark makes for itself. */
export const made = join(process.env.CARGO_TARGET_DIR ?? join(root, 'target'), 'bench');

const packaged = (file) => pathToFileURL(join(root, 'pkg', file)).href;

/** How results from here are headed. */
const name = `Node ${process.versions.node.split('.')[0]}`;

export default {
  name,
  async ours() {
    const ours = await import(packaged('remote-support.js'));
    await ours.default();
    return ours;
  },
  /** What the package's entry calls itself: see parse.mjs. */
  async bindings() {
    const { files } = JSON.parse(await readFile(join(root, 'pkg/manifest.json'), 'utf8'));
    return import(packaged(files['functions.js'].file));
  },
  peer: (name) => import(pathToFileURL(join(made, 'peers', `${name}.js`)).href),
  document: async (name) => new Uint8Array(await readFile(join(made, 'documents', name))),
};
