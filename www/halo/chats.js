// The list of live chats, beside the product's "My chats"; opening one is a link, nothing is changed here.
import { screen } from "./frame.js";
import { ask, el, follow, keep, say, time } from "./page.js";

const at = (id) => document.getElementById(id);
const { trouble, news, proxy, frame_sandbox: sandbox } = await screen("chats");
document.querySelector(".remote").append(el("iframe", { title: "My chats", src: `${proxy}/embed/chats`, sandbox: sandbox || null }));

const row = ({ id, name, closed, ticket_id: ticket, last, updated }) =>
  el(
    "li",
    {},
    el(
      "a",
      { href: `/chat?id=${encodeURIComponent(id)}` },
      el("span", { class: "number" }, String(id)),
      el("span", { class: "about" }, el("b", {}, name || "Visitor"), el("small", {}, ticket > 0 ? `Ticket ${ticket} · ` : "", time(updated)), last ? el("small", { class: "last" }, last) : null),
      el("span", { class: closed ? "chip done" : "chip" }, closed ? "Closed" : "Open"),
    ),
  );

let seenBefore = false;
follow(
  2000,
  async () => {
    const { chats = [] } = await ask("/demo/chats");
    chats.sort((one, other) => Number(one.closed) - Number(other.closed) || other.id - one.id);
    const fresh = keep(at("chats"), chats, (one) => one.id, row);
    if (seenBefore && fresh.length > 0) news(`New chat: ${fresh.map((one) => one.name).join(", ")}`);
    seenBefore = true;
    const open = chats.filter((one) => !one.closed).length;
    say(at("open"), `${open} open`);
    at("none").hidden = chats.length > 0;
  },
  trouble,
  "The simulated Halo",
);
