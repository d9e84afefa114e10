// The ticket screen: details, the actions as they arrive, and the Remote Support tab as an iframe of the product's own
// page. It knows nothing of what happens inside that frame.
import { configured, config, drawer } from "./frame.js";
import { letter } from "./letter.js";
import { NoAnswer, ask, el, follow, keep, say, tell, time } from "./page.js";

const at = (id) => document.getElementById(id);
const id = new URLSearchParams(location.search).get("id") ?? "1161";
const trouble = at("trouble");

say(at("number"), `› ${id}`);
const found = await configured(trouble);
drawer(found);
tabs();
frame(found);

const DETAILS = [
  ["User", "user_name"],
  ["E-mail", "user_email"],
  ["Client", "client_name"],
  ["Site", "site_name"],
  ["Agent", "agent_name"],
  ["Status", "status"],
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
  showTicket(answer.ticket ?? {});
  showActions(answer.actions ?? []);
}

function showTicket(ticket) {
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

function showActions(actions) {
  const fresh = keep(at("actions"), actions, (action) => action.id, actionNode);
  say(at("count"), actions.length === 0 ? "" : `${actions.length}`);
  at("none").hidden = actions.length > 0;
  if (seenBefore && fresh.length > 0) {
    // The same words twice would not be read again: the place is emptied first.
    say(at("news"), "");
    const words = `New action: ${fresh.map((action) => action.outcome || "Note").join(", ")}`;
    setTimeout(() => say(at("news"), words), 50);
  }
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
function frame({ proxy, frame_sandbox: sandbox }) {
  const panel = at("panel-remote");
  const make = (value) => {
    panel.querySelector("iframe")?.remove();
    const made = el("iframe", {
      title: "Remote Support",
      sandbox: value ? value : null,
      src: `${proxy}/embed/ticket?ticket=${encodeURIComponent(id)}`,
    });
    panel.append(made);
  };
  let shown = sandbox ?? "";
  make(shown);
  window.addEventListener("halo-settings", async () => {
    try {
      const now = (await config()).frame_sandbox ?? "";
      if (now !== shown) make((shown = now));
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
