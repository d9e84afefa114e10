// Serves the package, the benchmark and what it made to a browser on this machine, isolated from other origins: a page gets
// a fine clock only then. Nothing is cached.

import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';

const TYPES = { '.html': 'text/html', '.js': 'text/javascript', '.mjs': 'text/javascript', '.wasm': 'application/wasm', '.xml': 'application/xml', '.json': 'application/json' };
const ISOLATED = { 'cross-origin-opener-policy': 'same-origin', 'cross-origin-embedder-policy': 'require-corp', 'cache-control': 'no-store' };

/** Folders by the first part of the path. */
export async function serve(folders) {
  const server = createServer(async (request, response) => {
    const path = decodeURIComponent(new URL(request.url, 'http://localhost').pathname);
    const [, first, ...rest] = normalize(path).split('/');
    try {
      const content = first ? await readFile(join(folders[first] ?? '', ...rest)) : '<!doctype html><title>Benchmark</title>';
      response.writeHead(200, { ...ISOLATED, 'content-type': TYPES[first ? extname(path) : '.html'] ?? 'application/octet-stream' }).end(content);
    } catch {
      response.writeHead(404, ISOLATED).end();
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { origin: `http://127.0.0.1:${server.address().port}`, close: () => server.close() };
}
