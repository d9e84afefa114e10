// A client for the proxy, for pages that go without our elements: JSON there and back, problem documents as errors. Tries
// nothing twice by itself. It works where the page's origin is allowed and an agent is signed in.

function failure({ code, detail, advice, retryable, args }, status) {
  return Object.assign(new Error(detail), { code, advice, retryable, args, status });
}

const UNREACHABLE = { code: 'proxy_unreachable', advice: 'Check your connection and try again.', retryable: true };

/** @param {{ proxy: string, signal?: AbortSignal }} options `proxy`: its origin */
export function connect({ proxy, signal }) {
  const root = `${new URL(proxy).origin}/api/v1/`;

  async function ask(path, body, key) {
    const headers = { accept: 'application/json', 'x-remote-support': '1' };
    if (body !== undefined) headers['content-type'] = 'application/json';
    if (key) headers['idempotency-key'] = key;
    const init = { headers, credentials: 'include', signal, method: body === undefined ? 'GET' : 'POST' };
    if (body !== undefined) init.body = JSON.stringify(body);
    let answer;
    try {
      answer = await fetch(root + path, init);
    } catch (cause) {
      if (signal?.aborted) throw cause;
      throw failure({ ...UNREACHABLE, detail: `${root} cannot be reached.` });
    }
    const text = await answer.text();
    let value;
    try {
      value = text ? JSON.parse(text) : null;
    } catch {
      throw failure({ ...UNREACHABLE, detail: `Something that is not the proxy answered at ${root}.` }, answer.status);
    }
    if (answer.ok) return value;
    throw value?.code ? failure(value, answer.status) : failure({ ...UNREACHABLE, detail: `${root} answered ${answer.status}.` }, answer.status);
  }

  const about = (query) => new URLSearchParams(query).toString();
  return Object.freeze({
    me: () => ask('me'),
    channels: (query) => ask(`channels?${about(query)}`),
    invites: (query) => ask(`invites?${about(query)}`),
    /** A repeated call with the same key sends at most once. */
    invite: (invite, key = crypto.randomUUID()) => ask('invites', invite, key),
    renewInvite: (id, { again = false } = {}, key = crypto.randomUUID()) => ask(`invites/${encodeURIComponent(id)}/renew`, { again }, key),
    revokeInvite: (id) => ask(`invites/${encodeURIComponent(id)}/revoke`, {}),
    chats: (query = {}) => ask(`chats?${about(query)}`),
    launches: (query) => ask(`launches?${about(query)}`),
    launch: (launch) => ask('launches', launch),
    sessions: (query = {}) => ask(`sessions?${about(query)}`),
    linkSession: (lsid, link) => ask(`sessions/${encodeURIComponent(lsid)}/link`, link),
    unlinkSession: (lsid) => ask(`sessions/${encodeURIComponent(lsid)}/unlink`, {}),
    settings: () => ask('settings'),
    testSettings: (settings) => ask('settings/test', settings ?? {}),
  });
}
