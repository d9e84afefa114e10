// What all Halo screens share: header, side navigation, who is using them, the demo's addresses and the "Try this" drawer;
// the screens' own contents are theirs.
import { ask, el, explain, keep, say, tell } from "./page.js";
import { player } from "./player.js";
import { tryThis } from "./try-this.js";

const AGENTS = [
  ["start", "Start", "/"],
  ["tickets", "Tickets", "/tickets"],
  ["new-ticket", "New ticket", "/new-ticket"],
  ["chats", "Chats", "/chats"],
  ["assets", "Assets", "/assets"],
  ["mailbox", "Mailbox", "/mailbox"],
  ["portal", "User portal", "/portal", "tab"],
  ["console", "Technician console", "/", "console"],
];
const USERS = [
  ["portal", "My tickets", "/portal"],
  ["portal-chat", "Chat", "/portal/chat"],
  ["mailbox", "My mail", "/mailbox", "tab"],
];

/**
 * Puts what is around a screen around `main`, and answers when the demo is there: its addresses, and `who()`, the id of
 * the agent (or, on the portal, the user) who uses this tab.
 */
export async function screen(name, { drawer = true } = {}) {
  const portal = name.startsWith("portal");
  const main = document.querySelector("main");
  const trouble = el("p", { id: "trouble", class: "cast bad", role: "alert", hidden: true });
  const news = el("p", { id: "news", class: "unseen", role: "status" });
  (main.querySelector(".title") ?? main.firstElementChild).after(trouble, news);
  const person = el("select", { id: "person", class: "field" });
  const button = el("button", { id: "try-button", type: "button", "aria-expanded": "false", "aria-controls": "try-drawer" }, "Try this");
  const aside = drawer && !portal ? drawerNode() : null;
  const app = el("div", { class: "app", "data-page": name }, navigation(portal ? USERS : AGENTS, name));
  main.replaceWith(app);
  app.append(main, ...(aside ? [aside] : []));
  document.body.prepend(
    el("a", { class: "skip", href: "#main" }, "Skip to content"),
    el(
      "header",
      { class: portal ? "top users" : "top" },
      el("a", { class: "brand", href: portal ? "/portal" : "/" }, el("span", { class: "mark", "aria-hidden": "true" }), portal ? "Support portal" : "Service desk"),
      el("span", { class: "simulated" }, "Simulated", el("span", { class: "wide" }, " Halo")),
      el("label", { class: "person" }, el("span", {}, portal ? "You are" : "Logged in as"), person),
      aside ? button : null,
    ),
  );
  app.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest", inline: "nearest" });
  const found = await configured(trouble);
  const who = persons(person, portal ? "user" : "agent", found[portal ? "users" : "agents"]);
  if (aside) wire(button, aside, found);
  if (!portal) player(found);
  return { ...found, who, trouble, news: announcer(news) };
}

function navigation(places, current) {
  const links = places.map(([name, label, href, kind]) => {
    const away = kind ? { target: "_blank", rel: "noopener" } : {};
    return el("a", { href, "data-console": kind === "console", "aria-current": name === current ? "page" : null, ...away }, label);
  });
  return el("nav", { class: "side", "aria-label": "Main" }, ...links);
}

function drawerNode() {
  return el(
    "aside",
    { id: "try-drawer", class: "drawer", "aria-labelledby": "try-title", hidden: true },
    el("header", {}, el("h2", { id: "try-title", tabindex: "-1" }, "Try this"), el("button", { id: "try-close", type: "button", class: "small" }, "Close")),
    el("div", { id: "try-this" }),
  );
}

/** The demo's addresses; also fills them into the links that need them. */
export async function config() {
  const found = await ask("/demo/config");
  for (const link of document.querySelectorAll("a[data-console]")) link.href = `${found.appliance}/console`;
  for (const link of document.querySelectorAll("a[data-check]")) link.href = `${found.proxy}/embed/check`;
  return found;
}

/** The same, and who there is, asked until there is an answer; `banner` says that we wait. */
async function configured(banner) {
  for (;;) {
    try {
      const [found, people] = await Promise.all([config(), ask("/demo/people")]);
      tell(banner, "");
      return { ...found, ...people };
    } catch (error) {
      tell(banner, explain(error, "The simulated Halo"));
      await new Promise((resolve) => setTimeout(resolve, 2000));
    }
  }
}

/** The switch of who uses this tab; answers a function that tells the id. Another tab may be somebody else. */
function persons(select, kind, people) {
  keep(select, people, (one) => one.id, ({ id, name }) => el("option", { value: id }, name));
  const remembered = sessionStorage.getItem(kind);
  if (people.some((one) => String(one.id) === remembered)) select.value = remembered;
  select.addEventListener("change", () => {
    sessionStorage.setItem(kind, select.value);
    window.dispatchEvent(new CustomEvent("person"));
  });
  return () => Number(select.value);
}

/** Says things to those who do not see the screen; the same words twice are read twice. */
function announcer(place) {
  return (words) => {
    say(place, "");
    setTimeout(() => say(place, words), 50);
  };
}

const REMEMBERED = "try-this";

/** Wires the drawer of a page: its button, Escape, and whether it was open on the page before. */
function wire(button, aside, found) {
  const panel = tryThis(aside.querySelector("#try-this"), found);
  const show = (open) => {
    aside.hidden = !open;
    button.setAttribute("aria-expanded", String(open));
    document.body.classList.toggle("with-drawer", open);
    sessionStorage.setItem(REMEMBERED, open ? "open" : "closed");
    if (open) panel.open();
    else panel.close();
  };
  const close = () => {
    show(false);
    button.focus();
  };
  button.addEventListener("click", () => {
    show(aside.hidden);
    if (!aside.hidden) aside.querySelector("h2").focus();
  });
  aside.querySelector("#try-close").addEventListener("click", close);
  aside.addEventListener("keydown", (event) => {
    if (event.key === "Escape") close();
  });
  if (sessionStorage.getItem(REMEMBERED) === "open") show(true);
}
