// The entry: loads the WebAssembly module, says plainly why it could not, and registers the elements. Knows no view.

export { connect } from './connect.js';
import { renderTemplate } from './invite-template.js';
import { sessionReport } from './session-report.js';

/** The modules: the panels of agents, the check of administrators, the rules as functions. */
const PANELS = { glue: new URL('./panels.js', import.meta.url).href, wasm: new URL('./panels_bg.wasm', import.meta.url).href };
const CHECK = { glue: new URL('./check.js', import.meta.url).href, wasm: new URL('./check_bg.wasm', import.meta.url).href };
const FUNCTIONS = { glue: new URL('./functions.js', import.meta.url).href, wasm: new URL('./functions_bg.wasm', import.meta.url).href };

/** Whether trying again may help; the words are `plain.js`'s, for people, and English here, for programs. */
const FAULTS = {
  module_missing: ['A file of the plugin could not be loaded.', 'Try again. If it stays, the files of the plugin are incomplete: an administrator can build or copy them again.', true],
  module_type: ['A file of the plugin was delivered with the wrong type.', 'The server must deliver .wasm files as application/wasm. An administrator can change that.', true],
  module_blocked: ['This page does not allow WebAssembly.', "The page's Content-Security-Policy must allow 'wasm-unsafe-eval' in script-src. An administrator can change that.", false],
  module_network: ['The files of the plugin cannot be reached from this browser.', 'Check your connection and try again.', true],
};

function fault(code, cause) {
  const [message, advice, retryable] = FAULTS[code];
  return Object.assign(new Error(message, { cause }), { code, advice, retryable });
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

/** Node fetches no files. */
async function fromDisk({ glue, wasm }) {
  const { readFile } = await import('node:fs/promises');
  const bindings = await import(glue);
  await bindings.default({ module_or_path: await readFile(new URL(wasm)) });
  return bindings;
}

async function fromNetwork({ glue, wasm }, attempt) {
  // Some browsers remember that an import failed; another address is another import.
  const again = attempt ? `?attempt=${attempt}` : '';
  const module = file(wasm + again, /^application\/wasm\b/i);
  module.catch(() => {}); // told below, where it is awaited
  let bindings;
  try {
    bindings = await import(glue + again);
  } catch (cause) {
    await file(glue + again, /javascript/i);
    throw fault('module_missing', cause);
  }
  const response = await module;
  try {
    await bindings.default({ module_or_path: response });
  } catch (cause) {
    if (/content.security|unsafe-eval|csp|disallowed|blocked/i.test(String(cause))) throw fault('module_blocked', cause);
    throw fault(cause instanceof WebAssembly.CompileError ? 'module_type' : 'module_missing', cause);
  }
  return bindings;
}

/** Loads a module once; a failed load can be tried again. */
function loader(module) {
  let loading; // the attempt under way, or the one that succeeded
  let attempts = 0;
  return () => {
    loading ??= (module.wasm.startsWith('file:') ? fromDisk(module) : fromNetwork(module, attempts++)).catch((error) => {
      loading = undefined;
      throw error;
    });
    return loading;
  };
}

const panels = loader(PANELS);
const check = loader(CHECK);
const functions = loader(FUNCTIONS);
let loaded; // the functions, once they run

/** Loads the functions; a failed load can be tried again. */
export default async function init() {
  loaded = await functions();
}

/** Registers the elements, which load what they need when they are used; harmless twice, and when a name is taken. */
export async function defineElements() {
  // Whoever wants the functions alone loads nothing of the elements.
  const { define } = await import('./elements.js');
  define({ panels, check });
}

function ready() {
  if (loaded) return loaded;
  throw Object.assign(new Error('The module is not loaded yet.'), { code: 'not_ready', advice: 'Await init() first.', retryable: true });
}

function wrong(message) {
  return Object.assign(new TypeError(message), { code: 'argument_invalid', advice: 'Pass the argument as remote-support.d.ts describes it.', retryable: false });
}

/** `xml` as UTF-8: bytes as they came are read fastest. */
function bytes(xml) {
  if (typeof xml === 'string') return new TextEncoder().encode(xml);
  if (xml instanceof Uint8Array) return xml;
  throw wrong('xml: a string or Uint8Array is expected');
}

export const checkSessionReport = (xml, options) => sessionReport(ready().readSessionReport(bytes(xml), options));
export const matchAgents = (representatives, agents, options) => ready().matchAgents(representatives, agents, options);
export const agentDirectory = (agents) => new (ready().AgentDirectory)(agents);
export const routeInvite = (channel, directory, loggedIn, options) => ready().routeInvite(channel, directory, loggedIn, options);
export const renderInvite = (template, values, options) => renderTemplate(ready().InviteTemplate, template, values, options ?? {}, wrong);
export const lintTemplate = (template, options) => ready().lintTemplate(template, options);
export const decideDisposition = (session, context, options) => ready().decideDisposition(session, context, options);
export const pinnedSessionUrl = (site, search, options) => ready().pinnedSessionUrl(site, search, options);
