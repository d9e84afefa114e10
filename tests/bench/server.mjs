// Serves the package, the benchmark and what it made to a browser on this machine, isolated from other origins: a page gets
// a fine clock only then. Nothing may be cached; what is code is sent compressed.

import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { brotliCompressSync } from 'node:zlib';

const TYPES = { '.js': 'text/javascript', '.mjs': 'text/javascript', '.wasm': 'application/wasm', '.json': 'application/json', '.xml': 'application/xml' };
const ISOLATED = { 'cross-origin-opener-policy': 'same-origin', 'cross-origin-embedder-policy': 'require-corp', 'cache-control': 'no-store' };

/** Folders by the first part of the path; what is none of theirs is an empty page. */
export async function serve(folders) {
  const ready = new Map();
  const sent = [];

  async function load(path) {
    const [, first, ...rest] = normalize(path).split('/');
    if (!(first in folders)) return { type: 'text/html', body: '<!doctype html><title>Benchmark</title><link rel="icon" href="data:,">' };
    const body = await readFile(join(folders[first], ...rest));
    const type = TYPES[extname(path)];
    return type === TYPES['.xml'] ? { type, body } : { type, body: brotliCompressSync(body), encoding: 'br' };
  }

  const server = createServer(async (request, response) => {
    const path = decodeURIComponent(request.url);
    try {
      if (!ready.has(path)) ready.set(path, await load(path));
      const { type, body, encoding } = ready.get(path);
      sent.push({ path, bytes: body.length });
      response.writeHead(200, { ...ISOLATED, 'content-type': type, ...(encoding && { 'content-encoding': encoding }) }).end(body);
    } catch (error) {
      response.writeHead(404, ISOLATED).end(String(error));
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    origin: `http://127.0.0.1:${server.address().port}`,
    /** What was sent since the last question. */
    sent: () => sent.splice(0),
    close: () => server.close(),
  };
}
