// The ticket screen: details, the actions as they arrive, Halo's action buttons and "⋯" menu, and the Remote Support tab as
// an iframe of the product's own page. It knows nothing of what happens inside the product's frames.
import { actionButtons } from "./act.js";
import { config, screen } from "./frame.js";
import { letter } from "./letter.js";
import { menu } from "./menu.js";
import { NoAnswer, ask, el, follow, keep, say, time } from "./page.js";
import { popup } from "./popup.js";

const at = (id) => document.getElementById(id);
const id = new URLSearchParams(location.search).get("id") ?? "1161";
const product = (page) => `${found.proxy}/embed/${page}?ticket=${encodeURIComponent(id)}`;

say(at("number"), `› ${id}`);
tabs();
const found = await screen("tickets");
const { trouble, news } = found;
let ticket = { id: Number(id) };
let sandbox = found.frame_sandbox ?? "";
frame();
const popped = (title, page) => [title, () => popup(title, product(page), sandbox, () => looking.again())];
menu(at("more"), [popped("Send Beyond Trust Invite", "invite"), popped("Link Remote Session", "link")]);
actionButtons({ bar: at("act"), place: at("act-form"), found, ticket: () => ticket, done: () => looking.again() });

const DETAILS = [
  ["User", "user_name"],
  ["E-mail", "user_email"],
  ["Client", "client_name"],
  ["Site", "site_name"],
  ["Agent", "agent_name"],
  ["Priority", "priority_name"],
];

let seenBefore = false;
const looking = follow(1500, look, trouble, "The simulated Halo");

async function look() {
  let answer;
  try {
    answer = await ask(`/demo/ticket?id=${encodeURIComponent(id)}`);
  } catch (error) {
    if (error.status !== 404) throw error;
    looking.stop();
    throw new NoAnswer(`there is no ticket ${id}`, 404, null);
  }
  ticket = answer.ticket ?? ticket;
  showTicket();
  showLinks(answer);
  showActions(answer.actions ?? []);
}

function showTicket() {
  say(at("summary"), ticket.summary || "(no summary)");
  const title = `${ticket.id ?? id} ${ticket.summary ?? ""}`;
  if (document.title !== title) document.title = title;
  const status = at("status");
  say(status, ticket.status || (ticket.closed ? "Closed" : "Open"));
  status.className = ticket.closed ? "chip done" : "chip";
  status.hidden = false;
  const rows = DETAILS.map(([label, name]) => ({ label, value: ticket[name] })).filter(({ value }) => value !== undefined && value !== null);
  if (ticket.details) rows.push({ label: "Description", value: ticket.details });
  keep(at("details"), rows, (row) => row.label, ({ label, value }) => el("div", { class: label === "Description" ? "long" : null }, el("dt", {}, label), el("dd", {}, String(value) || "none")));
}

/** What hangs on the ticket: its chats, and the devices of its user. */
function showLinks({ chats = [], assets = [] }) {
  const rows = [
    ...chats.map(({ id, name, closed }) => ({ href: `/chat?id=${id}`, label: `Chat with ${name}`, about: closed ? "closed" : "open" })),
    ...assets.map(({ id, inventory_number: tag, key_field2: model }) => ({ href: `/asset?id=${id}`, label: tag || `Asset ${id}`, about: model })),
  ];
  at("linked").hidden = rows.length === 0;
  keep(at("links"), rows, (row) => row.href, ({ href, label, about }) => el("li", {}, el("a", { href }, label), about ? el("small", {}, ` ${about}`) : null));
}

function showActions(actions) {
  const fresh = keep(at("actions"), actions, (action) => action.id, actionNode);
  say(at("count"), actions.length === 0 ? "" : `${actions.length}`);
  at("none").hidden = actions.length > 0;
  if (seenBefore && fresh.length > 0) news(`New action: ${fresh.map((action) => action.outcome || "Note").join(", ")}`);
  seenBefore = true;
}

function actionNode(action, old) {
  const { outcome, who, datetime, note_html: note, hiddenfromuser: hidden, emailto, emailsubject } = action;
  const recipient = emailto
    ? el("p", { class: "recipient" }, "To ", el("b", {}, emailto), emailsubject ? `: ${emailsubject}` : "")
    : null;
  return el(
    "li",
    { class: seenBefore && !old ? "new" : null, "data-action": action.id },
    el("span", { class: "face", "aria-hidden": "true" }, initials(who)),
    el(
      "article",
      {},
      el(
        "header",
        {},
        el("h3", {}, outcome || "Note"),
        action.who_type === 2 ? el("span", { class: "badge system" }, "System") : null,
        el("span", { class: hidden ? "badge private" : "badge" }, hidden ? "Private" : "Visible to user"),
        el("span", { class: "by" }, who || "Unknown", " ", time(datetime)),
      ),
      recipient,
      note ? letter(`Note of action ${action.id}`, note, "/note.css") : el("p", { class: "hint" }, "No note."),
    ),
  );
}

function initials(name) {
  const words = String(name ?? "").trim().split(/\s+/).filter(Boolean);
  return [words[0], words.length > 1 ? words.at(-1) : ""].map((word) => [...(word ?? "")][0] ?? "").join("").toUpperCase() || "?";
}

/** The product's page for this ticket, framed as Halo's custom tab does it. */
function frame() {
  const panel = at("panel-remote");
  const make = () => {
    panel.querySelector("iframe")?.remove();
    panel.append(el("iframe", { title: "Remote Support", sandbox: sandbox || null, src: product("ticket") }));
  };
  make();
  window.addEventListener("halo-settings", async () => {
    try {
      const now = (await config()).frame_sandbox ?? "";
      if (now === sandbox) return;
      sandbox = now;
      make();
    } catch {
      // The panel that changed it says so already.
    }
  });
}

/** Two tabs where there is room for one panel, two panels side by side where there is room for both. */
function tabs() {
  const names = ["actions", "remote"];
  let chosen = location.hash === "#remote" ? "remote" : "actions";
  let beside = null;
  const show = () => {
    at("tabs").hidden = beside;
    for (const name of names) {
      const tab = at(`tab-${name}`);
      const panel = at(`panel-${name}`);
      tab.setAttribute("aria-selected", String(name === chosen));
      tab.tabIndex = name === chosen ? 0 : -1;
      if (beside) panel.removeAttribute("role");
      else panel.setAttribute("role", "tabpanel");
      panel.hidden = !beside && name !== chosen;
    }
  };
  for (const name of names) {
    at(`tab-${name}`).addEventListener("click", () => {
      chosen = name;
      show();
    });
  }
  at("tabs").addEventListener("keydown", (event) => {
    if (!["ArrowLeft", "ArrowRight", "Home", "End"].includes(event.key)) return;
    event.preventDefault();
    const other = names[(names.indexOf(chosen) + 1) % 2];
    chosen = event.key === "Home" ? names[0] : event.key === "End" ? names[1] : other;
    show();
    at(`tab-${chosen}`).focus();
  });
  const ticket = at("ticket");
  new ResizeObserver(([{ contentRect }]) => {
    const room = contentRect.width >= 820;
    if (room === beside) return;
    beside = room;
    ticket.classList.toggle("beside", beside);
    show();
  }).observe(ticket);
}
