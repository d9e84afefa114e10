// The "Try this" panel: switches that change the two simulated vendors and the product while the demo runs. It decides
// nothing itself: each switch shows what its owner stores.
import { ask, el, explain, follow, keep, tell, toggle } from "./page.js";

const PRODUCT = [
  ["fallback", "Fall back to the default team", "when the chosen technician is not available"],
  ["inviteForOthers", "Invite for other agents", "otherwise only yourself and teams can be chosen"],
  ["quickInvites", "Quick invites from the ticket", "to the default team, with one click"],
  ["addAutomatically", "Add session details by themselves", "a note on the ticket when a session ends"],
  ["onlyGenerated", "Only sessions invited from Halo", "others are kept, but not put on tickets"],
  ["privateNotes", "Session notes are private", "the customer does not see them in Halo"],
];

const SANDBOXES = [
  ["", "No sandbox attribute"],
  ["allow-scripts allow-same-origin allow-forms allow-popups allow-popups-to-escape-sandbox", "Sandboxed, pop-ups allowed"],
  ["allow-scripts allow-same-origin allow-forms", "Sandboxed, no pop-ups"],
];

const EVENTS = [
  ["support_conference_begin", "when a session starts", "the invite shows that somebody is waiting"],
  ["support_conference_member_added", "when somebody joins", "the invite shows who took it"],
  ["support_conference_member_departed", "when somebody leaves", ""],
];
const LIFETIMES = [
  [86_400, "24 hours"],
  [3600, "One hour"],
  [60, "One minute"],
  [15, "15 seconds, to see one expire"],
];

const SIGN_IN = "Sign in as Priya Nair (administrator) in the Remote Support tab first.";

/** Builds the panel into `place`. `open()` starts looking at the owners, `close()` stops. */
export function tryThis(place, { proxy, appliance, fields = {}, outcomes = [] }) {
  const parts = [representatives(appliance), product(proxy, picked(fields, outcomes)), vendor(appliance), halo()];
  place.classList.add("try");
  place.append(
    ...parts.map((part) => part.node),
    el(
      "p",
      { class: "links" },
      el("a", { href: `${appliance}/console`, target: "_blank", rel: "noopener" }, "Technician console"),
      el("a", { href: "/mailbox" }, "Mailbox"),
      el("a", { href: "/ticket?id=1161" }, "Ticket 1161"),
    ),
  );
  let running = [];
  return {
    open() {
      if (running.length === 0) running = parts.map((part) => part.start());
    },
    close() {
      for (const one of running) one.stop();
      running = [];
    },
  };
}

function group(title, hint) {
  const trouble = el("p", { class: "cast bad", role: "alert", hidden: true });
  const rows = el("div", { class: "rows" });
  const node = el("fieldset", {}, el("legend", {}, title), hint ? el("p", { class: "hint" }, hint) : null, trouble, rows);
  return { node, rows, trouble };
}

function representatives(appliance) {
  const { node, rows, trouble } = group("Logged in at the appliance");
  const failed = (error) => tell(trouble, explain(error, "The simulated appliance"));
  const switches = new Map();
  const build = (representative, old) => {
    const { id, public: name, private: own, type, logged_in: on } = representative;
    // The name may change while the demo runs: then the row is made anew.
    const label = own && own !== name ? `${own} (shown as ${name})` : name;
    const known = switches.get(id);
    if (old && known?.label === label) {
      known.shown.show(on);
      return old;
    }
    const change = async (logged_in) => {
      await ask(`${appliance}/control/representatives/${encodeURIComponent(id)}`, { logged_in });
      tell(trouble, "");
    };
    const shown = toggle(label, type && type !== "Normal" ? type : "", on, change, failed);
    switches.set(id, { label, shown });
    return shown.node;
  };
  const look = async () => {
    const answer = await ask(`${appliance}/demo/representatives`);
    keep(rows, answer.representatives ?? [], (one) => one.id, build);
  };
  return { node, start: () => follow(2500, look, trouble, "The simulated appliance") };
}

/** What an administrator picks so that tickets and actions send invites by themselves. */
function picked(fields, outcomes) {
  const invites = outcomes.filter((one) => one.outcome === "Invite to Remote Session").map((one) => one.id);
  return {
    on: { sendField: fields.ticket_send?.id ?? null, channelField: fields.ticket_channel?.id ?? null, actionChannelField: fields.action_channel?.id ?? null, inviteOutcomes: invites },
    off: { sendField: null, channelField: null, actionChannelField: null, inviteOutcomes: [] },
  };
}

function product(proxy, picks) {
  const { node, rows, trouble } = group("Product settings");
  const signIn = el("p", { class: "cast", hidden: true });
  const again = el("button", { type: "button", class: "small", onclick: () => look() }, "Check again");
  signIn.append(el("span", {}, SIGN_IN), again);
  rows.before(signIn);
  const url = `${proxy}/api/v1/settings`;
  const request = { credentials: "include", headers: { "x-remote-support": "1" } };
  const read = () => ask(url, undefined, request);
  const refused = (error) => error.status === 401 || error.status === 403;
  const failed = (error) => {
    signIn.hidden = !refused(error);
    rows.hidden = refused(error);
    tell(trouble, refused(error) ? "" : explain(error, "The product"));
  };
  const save = async (changed) => {
    // Somebody else may have saved since: the version must be the one in force.
    const { version, settings } = await read();
    await ask(url, { version, settings: { ...settings, ...changed(settings) }, connection: {} }, { ...request, method: "PUT" });
    tell(trouble, "");
  };
  const change = (name) => (on) => save(() => ({ [name]: on }));
  const switches = new Map(PRODUCT.map(([name, label, hint]) => [name, toggle(label, hint, false, change(name), failed)]));
  const setUp = (on) => save(({ automatic }) => ({ automatic: { ...automatic, ...(on ? picks.on : picks.off) } }));
  const automatic = toggle("Invites by themselves are set up", "the fields and the action of this Halo are picked", false, setUp, failed);
  rows.append(...[...switches.values()].map((one) => one.node), automatic.node);
  rows.hidden = true;
  let asking = false;
  let askedAt = 0;
  const look = async () => {
    if (asking) return;
    asking = true;
    askedAt = Date.now();
    try {
      const { settings } = await read();
      for (const [name, one] of switches) one.show(settings?.[name] === true);
      automatic.show(settings?.automatic?.inviteOutcomes?.length > 0);
      automatic.node.hidden = !settings?.automatic;
      signIn.hidden = true;
      rows.hidden = false;
      tell(trouble, "");
    } catch (error) {
      failed(error);
    }
    asking = false;
  };
  // Signing in happens in another frame: coming back to this panel is the moment to look again.
  const comeBack = () => {
    if (Date.now() - askedAt > 1500) look();
  };
  return {
    node,
    start() {
      const until = new AbortController();
      for (const [target, event] of [[node, "pointerenter"], [node, "focusin"], [window, "focus"]]) {
        target.addEventListener(event, comeBack, { signal: until.signal });
      }
      look();
      return { stop: () => until.abort() };
    },
  };
}

/** The appliance's own settings: what it tells the product, how long keys last, whether it answers. */
function vendor(appliance) {
  const { node, rows, trouble } = group("Appliance");
  const failed = (error) => tell(trouble, explain(error, "The simulated appliance"));
  const url = `${appliance}/control/settings`;
  const change = async (settings) => {
    await ask(url, settings);
    tell(trouble, "");
  };
  const down = toggle("The appliance is down", "nothing of its API answers", false, (on) => change({ down: on }), failed);
  const events = EVENTS.map(([name, label, hint]) => {
    const tells = async (on) => {
      // The end of a session is always told: the product lives on it.
      const others = (await ask(url)).events_to_send.filter((one) => one !== name);
      await change({ events_to_send: on ? [...others, name] : others });
    };
    return [name, toggle(`Tells ${label}`, hint, false, tells, failed)];
  });
  const life = choice("New session keys last", LIFETIMES, (value) => change({ key_ttl_seconds: Number(value) }), failed);
  rows.append(down.node, ...events.map(([, one]) => one.node), life.node);
  const look = async () => {
    const settings = await ask(url);
    down.show(settings.down === true);
    for (const [name, one] of events) one.show(settings.events_to_send.includes(name));
    life.show(String(settings.key_ttl_seconds), (value) => `${value} seconds`);
  };
  return { node, start: () => follow(4000, look, trouble, "The simulated appliance") };
}

/** A labelled choice that shows what is stored, also when it is none of those offered. */
function choice(label, offered, change, failed) {
  const select = el("select", { class: "field" }, ...offered.map(([value, text]) => el("option", { value }, text)));
  let stored = null;
  select.addEventListener("change", () => change(select.value).then(() => (stored = select.value), (error) => {
    select.value = stored;
    failed(error);
  }));
  return {
    node: el("label", { class: "labelled" }, el("span", { class: "name" }, label), select),
    show(now, name) {
      if (now === stored) return;
      stored = now;
      if (![...select.options].some((option) => option.value === now)) select.append(el("option", { value: now }, name(now)));
      select.value = now;
    },
  };
}

function halo() {
  const { node, rows, trouble } = group("Halo");
  const failed = (error) => tell(trouble, explain(error, "The simulated Halo"));
  const change = async (settings) => {
    await ask("/control/settings", settings);
    tell(trouble, "");
    window.dispatchEvent(new CustomEvent("halo-settings"));
  };
  const author = toggle(
    "The service may write in an agent's name",
    "honours who_agentid; otherwise the note says who it was",
    false,
    (on) => change({ honour_who_agentid: on }),
    failed,
  );
  const coop = toggle(
    "The sign-in window is cut off",
    "Cross-Origin-Opener-Policy: same-origin; it then shows a code to type",
    false,
    (on) => change({ coop: on ? "same-origin" : "off" }),
    failed,
  );
  const down = toggle("Halo is down", "nothing of its API answers; these screens do", false, (on) => change({ down: on }), failed);
  const frame = choice("Frame of the Remote Support tab", SANDBOXES, (value) => change({ frame_sandbox: value }), failed);
  rows.append(down.node, author.node, coop.node, frame.node);
  const look = async () => {
    const settings = await ask("/control/settings");
    author.show(settings.honour_who_agentid === true);
    coop.show(settings.coop === "same-origin");
    down.show(settings.down === true);
    frame.show(settings.frame_sandbox ?? "", (value) => `Sandboxed: ${value}`);
  };
  return { node, start: () => follow(5000, look, trouble, "The simulated Halo") };
}
