// The chat of one session: its lines as they arrive, and a field to answer. Who may read which line is the caller's.
import { el, keep, time } from "./page.js";

/**
 * Shows `lines` ({by, role, to, text, at}) in `list`; `mine(line)` says which are one's own, `name(to)` who a private
 * line is for. The list follows the conversation unless somebody has scrolled up to read.
 */
export function showLines(list, lines, { mine, name }) {
  const atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 40;
  const rows = lines.map((line, index) => ({ ...line, index, own: mine(line), privately: line.to ? name(line.to) : "" }));
  const fresh = keep(list, rows, (row) => row.index, lineNode);
  if (fresh.length > 0 && atEnd) list.scrollTop = list.scrollHeight;
}

function lineNode({ by, role, text, at, own, privately }) {
  if (role === "system") return el("div", { class: "system" }, text, " ", time(at));
  return el(
    "div",
    { class: [own ? "own" : role, privately ? "private" : ""].join(" ").trim() },
    el("span", { class: "from" }, own ? "You" : by, privately ? ` privately to ${privately}` : "", " ", time(at)),
    el("span", { class: "bubble" }, text),
  );
}

/** Sends what is typed in `input` when `form` is submitted; the text stays when sending fails, the focus always. */
export function composer(form, input, send) {
  let sending = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const text = input.value.trim();
    if (text === "" || sending) return;
    sending = true;
    input.focus();
    if (await send(text)) {
      // Typed on while it was sent: keep the rest.
      input.value = input.value.trim() === text ? "" : input.value;
    }
    sending = false;
  });
}

/** Asks before something that cannot be taken back: `yes` and `no` are buttons of `dialog`. */
export function confirmed(dialog, yes, no) {
  return new Promise((resolve) => {
    const until = new AbortController();
    let answer = false;
    yes.addEventListener("click", () => ((answer = true), dialog.close()), { signal: until.signal });
    no.addEventListener("click", () => dialog.close(), { signal: until.signal });
    dialog.addEventListener("close", () => (until.abort(), resolve(answer)), { signal: until.signal });
    dialog.showModal();
  });
}
