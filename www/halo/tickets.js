// The list of tickets; opening one is a link, nothing is changed here.
import { screen } from "./frame.js";
import { ask, el, follow, keep } from "./page.js";

const { trouble } = await screen("tickets");

const row = ({ id, summary, user_name, client_name, status, closed }) =>
  el(
    "li",
    {},
    el(
      "a",
      { href: `/ticket?id=${encodeURIComponent(id)}` },
      el("span", { class: "number" }, String(id)),
      el("span", { class: "about" }, el("b", {}, summary || "(no summary)"), el("small", {}, [user_name, client_name].filter(Boolean).join(", "))),
      el("span", { class: closed ? "chip done" : "chip" }, status || (closed ? "Closed" : "Open")),
    ),
  );

follow(
  3000,
  async () => {
    const { tickets = [] } = await ask("/demo/tickets");
    keep(document.querySelector("#tickets"), tickets, (one) => one.id, row);
    document.querySelector("#none").hidden = tickets.length > 0;
  },
  trouble,
  "The simulated Halo",
);
