// A process of its own that reads reports and prints the memory it then has, as JSON.
// Usage: node --expose-gc tests/bench/memory_in_node.mjs <reader> <document> <times>

import { argv, memoryUsage } from 'node:process';
import { readMany } from './leftovers.mjs';
import node from './node.mjs';

const [, , reader, document, times] = argv;
const module = await readMany(node, reader, document, Number(times));
const held = memoryUsage.rss();
gc();
// Buffers are let go in the background.
await new Promise((resolve) => setTimeout(resolve, 200));
gc();
const { heapUsed, external } = memoryUsage();
console.log(JSON.stringify({ process: held, 'JavaScript and compiled code in use': heapUsed + external - module, WebAssembly: module }));
