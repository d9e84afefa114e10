// The plugin as a package: packed and installed in Node, from a plain static folder in a browser, and what it does with
// arguments that are wrong.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { chromium } from 'playwright-core';

const run = promisify(execFile);
const root = new URL('../../', import.meta.url).pathname;

let folder;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'remote-support-package-'));
  const { stdout } = await run('npm', ['pack', '--silent', '--pack-destination', folder], { cwd: join(root, 'pkg') });
  await writeFile(join(folder, 'package.json'), '{ "private": true, "type": "module" }');
  await run('npm', ['install', '--offline', '--no-audit', '--no-fund', '--silent', `./${stdout.trim()}`], { cwd: folder });
  await cp(join(root, 'examples'), folder, { recursive: true, filter: (path) => !path.endsWith('.rs') });
});
after(() => rm(folder, { recursive: true, force: true }));

test('every example runs from the installed package and prints what it says', async () => {
  const examples = (await readdir(folder)).filter((name) => extname(name) === '.mjs');
  assert.ok(examples.length >= 7);
  for (const name of examples) {
    const said = (await readFile(join(folder, name), 'utf8')).split('// Prints:\n')[1].replace(/^\/\/ /gm, '');
    const { stdout } = await run(process.execPath, [name], { cwd: folder });
    assert.equal(stdout.normalize(), said.normalize(), name);
  }
});

test('the package knows its types', async () => {
  const text = 'import init, { checkSessionReport } from "halo-remote-support";\nawait init();\nconst count: number = checkSessionReport("").sessions.length;\nexport { count };\n';
  await writeFile(join(folder, 'use.mts'), text);
  const options = ['--noEmit', '--strict', '--skipLibCheck', '--target', 'es2022', '--module', 'nodenext', '--lib', 'es2022,dom', '--types', '', 'use.mts'];
  await run(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), ...options], { cwd: folder }).catch(({ stdout }) => assert.fail(stdout));
});

test('it works from a plain static folder', async () => {
  const types = { '.js': 'text/javascript', '.wasm': 'application/wasm' };
  const server = createServer(async (request, response) => {
    const path = new URL(request.url, 'http://x').pathname;
    if (path === '/') return response.setHeader('content-type', 'text/html').end('<!doctype html><title>x</title>');
    const bytes = await readFile(join(root, 'pkg', path)).catch(() => null);
    if (!bytes) return response.writeHead(404).end();
    return response.setHeader('content-type', types[extname(path)] ?? 'text/plain').end(bytes);
  }).listen(0, '127.0.0.1');
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox'] });
  try {
    const page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${server.address().port}/`);
    const told = await page.evaluate(async () => {
      const plugin = await import('/remote-support.js');
      await plugin.default();
      return [plugin.checkSessionReport('<session_list/>').ok, performance.getEntriesByType('resource').map((one) => one.name.split('/').pop())];
    });
    assert.equal(told[0], true);
    assert.ok(!told[1].some((name) => /^(element|panels|check)/.test(name)), `${told[1]}: whoever wants the functions loads nothing else`);
  } finally {
    await browser.close();
    server.close();
  }
});

test('wrong arguments are errors with code, message, advice and retryable, and cost no memory', async () => {
  const plugin = await import(join(root, 'pkg/remote-support.js'));
  await plugin.default();
  const circle = {};
  circle.self = circle;
  const wrong = [
    () => plugin.checkSessionReport(7),
    () => plugin.checkSessionReport('<session_list/>', { lsid: 'seven' }),
    () => plugin.matchAgents([{ private: 7 }], []),
    () => plugin.matchAgents([], [{ name: 'no id' }]),
    () => plugin.routeInvite({ technician: 1 }, { agents: [], teams: [] }, []),
    () => plugin.renderInvite('$FAULTID', { named: { FAULTID: 1161 } }),
    () => plugin.renderInvite('$LINKTOREMOTE', { link: 'javascript:alert(1)' }),
    () => plugin.renderInvite('x', {}, { format: 'pdf' }),
    () => plugin.decideDisposition({ events: 'many' }, {}),
    () => plugin.pinnedSessionUrl('ftp://support.example.com', 'x'),
    () => plugin.pinnedSessionUrl('https://support.example.com', ' '),
  ];
  for (const call of wrong) {
    assert.throws(call, (error) => error instanceof Error && error.code && error.message && error.advice && error.retryable === false, String(call));
  }
  assert.throws(() => plugin.matchAgents(circle, []));
  const { files } = JSON.parse(await readFile(join(root, 'pkg/manifest.json'), 'utf8'));
  // The bindings are loaded already, and hand out the module they have.
  const { memory: pages } = await (await import(join(root, 'pkg', files['functions.js'].file))).default();
  const big = `<session_list>${'<a>'.repeat(40)}`.padEnd(200_000, ' x');
  const memory = () => {
    for (const call of wrong) assert.throws(call);
    plugin.checkSessionReport(big);
    plugin.renderInvite(`{{{${Math.random()}}}}`, {});
    return pages.buffer.byteLength;
  };
  for (let round = 0; round < 200; round++) memory();
  const settled = memory();
  for (let round = 0; round < 2000; round++) memory();
  assert.equal(memory(), settled, 'what was rejected is given back');
  // The measure itself: what is held on purpose is seen.
  const agents = Array.from({ length: 2000 }, (_, place) => ({ id: place + 2, name: `Agent ${place}` }));
  const held = Array.from({ length: 20 }, () => plugin.agentDirectory(agents));
  assert.ok(memory() > settled, 'the measure sees what is held');
  for (const directory of held) directory.free();
});
