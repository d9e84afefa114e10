// The technicians' side of the simulated appliance: who is logged in, who is waiting, and one session at a time. A
// stand-in for the vendor's console; anybody may act as any representative.
import { composer, confirmed, showLines } from "./chat.js";
import { roster } from "./roster.js";
import { ask, el, explain, follow, keep, say, tell } from "./page.js";

const WHOM = "The appliance";
const at = (id) => document.getElementById(id);
const trouble = at("trouble");
const refused = at("refused");

let sessions = [];
let chosen = new URLSearchParams(location.search).get("lsid");
let known = null;

const people = roster({ select: at("me"), list: at("representatives"), failed: (error) => tell(refused, explain(error, WHOM)), changed: () => draw() });

const looking = follow(
  1000,
  async () => {
    const [who, what] = await Promise.all([ask("/demo/representatives"), ask("/demo/sessions")]);
    sessions = what.sessions ?? [];
    people.show(who.representatives ?? []);
    draw();
  },
  trouble,
  WHOM,
);

ask("/demo/config").then(
  ({ halo }) => {
    at("halo").href = halo;
    at("halo").hidden = false;
  },
  () => {
    // Only a link back; the console works without it.
  },
);

const RANK = { waiting: 0, active: 1, ended: 2 };

function draw() {
  const rows = sessions
    .map(({ lsid, state, queue, customer, representatives = [] }, age) => ({ lsid, state, queue, customer, names: representatives.map((one) => one.name), current: lsid === chosen, age }))
    .sort((one, other) => (RANK[one.state] ?? 3) - (RANK[other.state] ?? 3) || one.age - other.age)
    .map(({ age, ...row }) => row);
  keep(at("sessions"), rows, (row) => row.lsid, sessionRow);
  at("none").hidden = rows.length > 0;
  const waiting = rows.filter((row) => row.state === "waiting");
  say(at("waiting"), waiting.length > 0 ? `${waiting.length} waiting` : "");
  const title = waiting.length > 0 ? `(${waiting.length}) Technician console` : "Technician console";
  if (document.title !== title) document.title = title;
  const fresh = waiting.filter((row) => known !== null && !known.has(row.lsid));
  if (fresh.length > 0) say(at("news"), `${fresh.map((row) => row.customer || "A customer").join(", ")} is waiting`);
  known = new Set([...(known ?? []), ...rows.map((row) => row.lsid)]);
  drawSession(sessions.find((session) => session.lsid === chosen));
}

const STATES = { waiting: "Waiting", active: "Active", ended: "Ended" };
const chip = (state) => (state === "ended" ? "chip done" : state === "waiting" ? "chip waiting" : "chip");

function sessionRow({ lsid, state, queue, customer, names, current }, old) {
  const button = old?.firstElementChild ?? el("button", { type: "button", onclick: () => choose(lsid) });
  button.setAttribute("aria-current", String(current));
  const about = [queue, ...names].filter(Boolean).join(" · ");
  button.replaceChildren(el("b", {}, customer || "Unknown customer"), el("span", { class: chip(state) }, STATES[state] ?? state), el("small", {}, about));
  return old ?? el("li", { "data-lsid": lsid }, button);
}

function choose(lsid) {
  chosen = lsid;
  draw();
  at("session").scrollIntoView({ block: "nearest" });
  at("lines").scrollTop = at("lines").scrollHeight;
}

function drawSession(session) {
  at("open").hidden = !session;
  at("choose").hidden = Boolean(session);
  if (!session) return;
  const focused = document.activeElement;
  const { state, queue, customer, external_key: key, representatives = [], lines = [], files = [], notes = [] } = session;
  const me = people.me();
  const inside = representatives.some((one) => String(one.id) === String(me?.id));
  const over = state === "ended";
  say(at("customer"), customer || "Unknown customer");
  say(at("about"), [queue, key ? `key ${key}` : "no key from Halo"].filter(Boolean).join(" · "));
  say(at("state"), STATES[state] ?? state);
  at("state").className = chip(state);
  keep(at("present"), representatives, (one) => one.id, ({ name }) => el("li", {}, name));
  at("join").hidden = over || inside;
  at("join").disabled = !me?.logged_in;
  say(at("join"), me ? `Join as ${me.name}` : "Join");
  at("leave").hidden = over || !inside;
  at("end").hidden = over;
  tell(at("why"), over ? "" : me && !me.logged_in ? `${me.name} is not logged in. Log in on the left to join.` : inside ? "" : "Join to chat, send files and add notes.");
  at("say-form").hidden = over || !inside;
  at("tools").hidden = over || !inside;
  const others = representatives.filter((one) => String(one.id) !== String(me?.id));
  options(at("to"), [["", "Everyone"], ...others.map((one) => [`rep:${one.id}`, `Only ${one.name}`])]);
  const absent = people.all().filter((one) => one.logged_in && !representatives.some((here) => String(here.id) === String(one.id)));
  options(at("second"), absent.map((one) => [`rep:${one.id}`, one.name]), "Nobody else is logged in");
  const named = (to) => (to === "customer" ? customer : (representatives.concat(people.all()).find((one) => `rep:${one.id}` === to)?.name ?? to));
  const mine = (line) => line.role === "representative" && Boolean(me) && (line.by === me.name || line.by === me.public || line.by === `rep:${me.id}`);
  showLines(at("lines"), lines, { mine, name: named });
  keepOrNone(at("files"), files, ({ name, bytes, by }) => [el("b", {}, name), ` ${size(bytes)}, by ${named(by)}`], "No files yet.");
  keepOrNone(at("notes"), notes, ({ text, by }) => [text, el("small", {}, ` ${named(by)}`)], "No notes yet.");
  // What had the focus is gone now: go on where the work is, not at the top of the page.
  if (focused?.closest("[hidden]")) at(at("say-form").hidden ? "session" : "say").focus();
}

function keepOrNone(list, items, parts, none) {
  const rows = items.length > 0 ? items.map((item, index) => ({ ...item, index })) : [{ index: -1 }];
  keep(list, rows, (row) => row.index, (row) => (row.index < 0 ? el("li", { class: "hint" }, none) : el("li", {}, ...parts(row))));
}

const numbers = new Intl.NumberFormat();
const size = (bytes) => `${numbers.format(bytes ?? 0)} bytes`;

/** Makes a select offer `pairs`, keeping the choice and, while nothing changed, the open list. */
function options(select, pairs, none) {
  const wanted = pairs.length > 0 ? pairs : [["", none]];
  const text = JSON.stringify(wanted);
  if (select.dataset.offers === text) return;
  const before = select.value;
  select.dataset.offers = text;
  select.replaceChildren(...wanted.map(([value, label]) => el("option", { value }, label)));
  if (wanted.some(([value]) => value === before)) select.value = before;
}

/** Performs a step of the chosen session; answers whether it worked. */
async function step(what) {
  return attempt(() => ask("/demo/step", { lsid: chosen, step: what }));
}

async function attempt(what) {
  try {
    await what();
    tell(refused, "");
    looking.again();
    return true;
  } catch (error) {
    tell(refused, explain(error, WHOM));
    return false;
  }
}

const myself = () => `rep:${people.me()?.id}`;

at("join").addEventListener("click", () => step({ join: myself() }));
at("leave").addEventListener("click", () => step({ leave: myself() }));
at("end").addEventListener("click", async () => {
  const lsid = chosen;
  if (await confirmed(at("sure"), at("sure-yes"), at("sure-no"))) await attempt(() => ask("/demo/end", { lsid }));
});
composer(at("say-form"), at("say"), (text) => {
  const to = at("to").value;
  return step({ say: text, by: myself(), ...(to ? { to } : {}) });
});
at("second-form").addEventListener("submit", (event) => {
  event.preventDefault();
  if (at("second").value) step({ join: at("second").value });
});
at("file-form").addEventListener("submit", (event) => {
  event.preventDefault();
  step({ file: at("file").value.trim(), bytes: Number(at("bytes").value), by: myself() });
});
composer(at("note-form"), at("note"), (text) => step({ note: text, by: myself() }));
