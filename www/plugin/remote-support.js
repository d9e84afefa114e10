// The entry: loads the WebAssembly module, says plainly why it could not, and registers the elements. Knows no view.

import { define } from './element.js';

const GLUE = new URL('./glue.js', import.meta.url).href;
const MODULE = new URL('./glue_bg.wasm', import.meta.url).href;

/** What a person is told before there is a catalogue to look the words up in. */
const FAULTS = {
  module_missing: ['Plugin not found', 'A file of the plugin could not be loaded.',
    'Try again. If it stays, the files of the plugin are incomplete: an administrator can build or copy them again.', true],
  module_type: ['Plugin delivered wrongly', 'A file of the plugin was delivered with the wrong type.',
    'The server must deliver .wasm files as application/wasm. An administrator can change that.', true],
  module_blocked: ['WebAssembly is blocked', 'This page does not allow WebAssembly.',
    "The page's Content-Security-Policy must allow 'wasm-unsafe-eval' in script-src. An administrator can change that.", false],
  module_network: ['No connection', 'The files of the plugin cannot be reached from this browser.',
    'Check your connection and try again.', true],
};

function fault(code, cause) {
  const [title, message, advice, retryable] = FAULTS[code];
  return Object.assign(new Error(message, { cause }), { code, title, advice, retryable });
}

/** Fetches a file and checks that it is one: a missing module and one of the wrong type fail alike in `import()`. */
async function file(address, type) {
  let response;
  try {
    response = await fetch(address);
  } catch (cause) {
    throw fault('module_network', cause);
  }
  if (!response.ok) throw fault('module_missing', new Error(`${address}: ${response.status}`));
  if (!type.test(response.headers.get('content-type') ?? '')) throw fault('module_type', new Error(address));
  return response;
}

let glue; // the bindings, once the module runs
let loading; // the attempt under way, or the one that succeeded
let attempts = 0;

async function load() {
  // Some browsers remember that an import failed; another address is another import.
  const again = attempts++ ? `?attempt=${attempts}` : '';
  const module = file(MODULE + again, /^application\/wasm\b/i);
  module.catch(() => {}); // told below, where it is awaited
  let bindings;
  try {
    bindings = await import(GLUE + again);
  } catch (cause) {
    await file(GLUE + again, /javascript/i);
    throw fault('module_missing', cause);
  }
  const response = await module;
  try {
    await bindings.default({ module_or_path: response });
  } catch (cause) {
    if (/content.security|unsafe-eval|csp|disallowed|blocked/i.test(String(cause))) throw fault('module_blocked', cause);
    throw fault(cause instanceof WebAssembly.CompileError ? 'module_type' : 'module_missing', cause);
  }
  glue = bindings;
  return bindings;
}

/** Loads the module once; a failed load can be tried again. */
export default function init() {
  loading ??= load().catch((error) => {
    loading = undefined;
    throw error;
  });
  return loading;
}

/** Registers the elements; harmless twice, and when a name is taken. */
export function defineElements() {
  define(init);
}

function ready() {
  if (glue) return glue;
  throw Object.assign(new Error('The module is not loaded yet.'), { code: 'not_ready', advice: 'Await init() first.', retryable: true });
}

export const matchAgents = (representatives, agents) => ready().matchAgents(representatives, agents);
export const routeInvite = (channel, directory, loggedIn, settings) => ready().routeInvite(channel, directory, loggedIn, settings);
export const renderInvite = (template, values, options) => ready().renderInvite(template, values, options);
export const lintTemplate = (template) => ready().lintTemplate(template);
