// The customers' mail: a list, and the chosen mail as a mail program would show it. Sends nothing.
import { screen } from "./frame.js";
import { letter } from "./letter.js";
import { ask, el, follow, keep, say, time } from "./page.js";

const at = (id) => document.getElementById(id);
const { trouble, news, users } = await screen("mailbox");

let mails = [];
let chosen = Number(new URLSearchParams(location.search).get("id")) || null;
const whose = at("whose");
let shown = null;
let seenBefore = false;

follow(
  1500,
  async () => {
    const answer = await ask("/demo/mails");
    mails = [...(answer.mails ?? [])].sort((one, other) => other.id - one.id);
    recipients();
    showAll();
  },
  trouble,
  "The simulated Halo",
);

/** One mailbox for each recipient; the address may name one before there is a mail in it. */
function recipients() {
  const wanted = whose.options.length === 0 ? (new URLSearchParams(location.search).get("to") ?? "") : whose.value;
  const all = [...new Set([...users.map((user) => user.email), ...mails.map((mail) => mail.to), wanted])].filter(Boolean).sort();
  keep(whose, ["", ...all], (to) => to, (to) => el("option", { value: to }, to || "Everybody"));
  if (whose.value !== wanted) whose.value = wanted;
}

whose.addEventListener("change", () => {
  chosen = null;
  showAll();
});

function showAll() {
  const here = mails.filter((mail) => !whose.value || mail.to === whose.value);
  chosen = here.some((mail) => mail.id === chosen) ? chosen : (here[0]?.id ?? null);
  const rows = here.map(({ id, to, subject, at: sent }) => ({ id, to, subject, sent, current: id === chosen }));
  const fresh = keep(at("mails"), rows, (mail) => mail.id, mailRow);
  at("none").hidden = here.length > 0;
  if (seenBefore && fresh.length > 0) news(`New mail: ${fresh.map((mail) => mail.subject).join(", ")}`);
  seenBefore = true;
  const mail = here.find((one) => one.id === chosen);
  at("mail").hidden = !mail;
  if (mail && JSON.stringify(mail) !== shown) {
    shown = JSON.stringify(mail);
    showMail(mail);
  }
}

function mailRow({ id, to, subject, sent, current }, old) {
  if (old) {
    old.firstElementChild.setAttribute("aria-current", String(current));
    return old;
  }
  const choose = () => {
    chosen = id;
    showAll();
    at("mail").focus({ preventScroll: true });
    at("mail").scrollIntoView({ block: "nearest" });
  };
  const button = el("button", { type: "button", "aria-current": String(current), onclick: choose }, el("b", {}, subject || "(no subject)"), el("small", {}, to), time(sent));
  return el("li", { "data-mail": id }, button);
}

function showMail({ id, to, subject, html, at: sent, ticket_id: ticket }) {
  say(at("subject"), subject || "(no subject)");
  const link = ticket ? el("a", { href: `/ticket?id=${encodeURIComponent(ticket)}` }, `ticket ${ticket}`) : null;
  at("envelope").replaceChildren(`To ${to}, `, time(sent), ...(link ? [", from ", link] : []));
  at("letter").replaceChildren(letter(`Mail ${id}: ${subject}`, html ?? "", "/mail.css"));
}
