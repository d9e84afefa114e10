// The proxy as released, measured by a program of its own (proxy/examples/pipeline). Measures nothing itself.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { made } from './node.mjs';

export const notes = [
  'Over HTTP on this machine, with the vendors\' simulators and whoever posts on the same processors; the log goes nowhere. Store and bare loop (a row as long as an event\'s, a commit each, SQLite with WAL and synchronous=FULL) are on the disk of the build folder. The quicker that disk, the more HTTP and the store\'s indexes count beside it.',
];
export const needsBrowser = false;

export default async function* proxy({ proxy, pipeline, quick }) {
  await mkdir(made, { recursive: true });
  const program = spawn(pipeline, [proxy, ...(quick ? ['--quick'] : [])], { stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, TMPDIR: made } });
  const ended = once(program, 'exit');
  for await (const line of createInterface(program.stdout)) yield { where: 'proxy', ...JSON.parse(line) };
  const [code, signal] = await ended;
  if (code !== 0) throw new Error(`${pipeline} ended with ${code ?? signal}`);
}
