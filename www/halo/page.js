// Reads the simulator's JSON and builds elements from it as text; never makes elements out of HTML.

/** An answer that is not 2xx. `status` is 0 when there was no answer at all. */
export class NoAnswer extends Error {
  constructor(message, status, body) {
    super(message);
    this.status = status;
    this.body = body;
  }
}

/** Asks for JSON: a GET, or a POST when there is something to say. */
export async function ask(url, say, options = {}) {
  const request = { cache: "no-store", signal: AbortSignal.timeout(10_000), ...options };
  if (say !== undefined) {
    request.method ??= "POST";
    request.headers = { "content-type": "application/json", ...request.headers };
    request.body = JSON.stringify(say);
  }
  let response;
  let text;
  try {
    response = await fetch(url, request);
    text = await response.text();
  } catch {
    throw new NoAnswer("No answer", 0, null);
  }
  let body = null;
  let words = null;
  try {
    body = text === "" ? null : JSON.parse(text);
  } catch {
    if (response.ok) throw new NoAnswer("The answer was not JSON", response.status, null);
    if (text.length < 200 && !text.includes("<")) words = text;
  }
  if (!response.ok) {
    const reason = body?.detail ?? body?.title ?? body?.error ?? body?.message ?? body?.Message ?? words;
    throw new NoAnswer(typeof reason === "string" ? reason.replace(/\.$/, "") : `Answer ${response.status}`, response.status, body);
  }
  return body ?? {};
}

/** What to tell a person about a failed request to `whom`. */
export function explain(error, whom) {
  if (error instanceof NoAnswer && error.status !== 0) return `${whom} refused: ${error.message}.`;
  if (error instanceof NoAnswer) return `${whom} cannot be reached. Is the demo still running?`;
  return `Something went wrong on this page: ${error.message}`;
}

/**
 * Calls `look` now and then `every` milliseconds after it finished. While it fails, `banner` (an element with
 * role="alert") says so and the pace slows; `again()` of the answer looks at once.
 */
export function follow(every, look, banner, whom) {
  let timer = 0;
  let busy = false;
  let wanted = false;
  let failures = 0;
  let stopped = false;
  const round = async () => {
    clearTimeout(timer);
    if (busy) {
      wanted = true;
      return;
    }
    busy = true;
    try {
      await look();
      failures = 0;
      if (banner) tell(banner, "");
    } catch (error) {
      failures += 1;
      // One lost request is not worth an alarm.
      if (banner && (failures > 1 || error.status !== 0)) tell(banner, explain(error, whom));
    }
    busy = false;
    if (!stopped) timer = setTimeout(round, wanted ? 0 : every * Math.min(failures + 1, 4));
    wanted = false;
  };
  round();
  return {
    again: round,
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}

/** Shows a message in a place made for it, and hides the place when there is none. */
export function tell(place, text) {
  say(place, text);
  place.hidden = text === "";
}

/** Sets text only where it differs, so that selections and screen readers are left alone. */
export function say(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

/** An element: attributes by name, listeners as `onclick`, children as nodes or text. */
export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : String(value));
  }
  node.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

const lists = new WeakMap();

/**
 * Makes the children of `parent` follow `items`: untouched where the item is unchanged. `build(item, old)` makes a
 * node, or brings `old` up to date and returns it. Answers the items that were not there before.
 */
export function keep(parent, items, keyOf, build) {
  const before = lists.get(parent) ?? new Map();
  const keys = new Set(items.map(keyOf));
  for (const [key, { node }] of before) if (!keys.has(key)) node.remove();
  const after = new Map();
  const fresh = [];
  let place = parent.firstElementChild;
  for (const item of items) {
    const key = keyOf(item);
    const text = JSON.stringify(item);
    const known = before.get(key);
    let node = known?.node;
    if (!known) {
      fresh.push(item);
      node = build(item, null);
    } else if (known.text !== text) {
      node = build(item, known.node);
      if (node !== known.node) {
        if (place === known.node) place = node;
        known.node.replaceWith(node);
      }
    }
    if (node === place) place = place.nextElementSibling;
    else parent.insertBefore(node, place);
    after.set(key, { node, text });
  }
  lists.set(parent, after);
  return fresh;
}

const sameDay = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const otherDay = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });
const full = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "medium" });

/** A time as people write it: only hours and minutes when it is today. */
export function time(iso) {
  const at = new Date(iso);
  if (Number.isNaN(at.getTime())) return el("time", {}, String(iso ?? ""));
  const today = at.toDateString() === new Date().toDateString();
  return el("time", { datetime: at.toISOString(), title: full.format(at) }, (today ? sameDay : otherDay).format(at));
}

/** A labelled on/off switch. `change(on)` may fail: the switch goes back and `failed(error)` is told. */
export function toggle(label, hint, on, change, failed) {
  const input = el("input", { type: "checkbox", role: "switch" });
  input.checked = on;
  let pending = 0;
  input.addEventListener("change", async () => {
    const wanted = input.checked;
    pending += 1;
    try {
      await change(wanted);
    } catch (error) {
      input.checked = !wanted;
      failed(error);
    }
    pending -= 1;
  });
  const words = el("span", { class: "words" }, el("span", { class: "name" }, label), hint ? el("small", {}, hint) : null);
  const node = el("label", { class: "switch" }, input, words);
  return {
    node,
    /** Shows what is stored, unless a change is under way. */
    show(stored) {
      if (pending === 0 && input.checked !== stored) input.checked = stored;
    },
  };
}
