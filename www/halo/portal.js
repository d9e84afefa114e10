// The end user's portal: their tickets, and the way to log one. The user never sees the fields about remote sessions.
import { screen } from "./frame.js";
import { ask, el, explain, follow, keep, say, tell } from "./page.js";

const at = (id) => document.getElementById(id);
const { trouble, who, users, tickettypes = [] } = await screen("portal");
at("type").append(...tickettypes.map(({ id, name }) => el("option", { value: id }, name)));

const row = ({ id, summary, tickettype_name: type, status, closed }) =>
  el(
    "li",
    { "data-ticket": id },
    el(
      "div",
      {},
      el("span", { class: "number" }, String(id)),
      el("span", { class: "about" }, el("b", {}, summary || "(no summary)"), el("small", {}, type)),
      el("span", { class: closed ? "chip done" : "chip" }, status || "Open"),
    ),
  );

const looking = follow(
  2500,
  async () => {
    const { tickets = [] } = await ask(`/demo/tickets?user=${who()}`);
    keep(at("tickets"), tickets.reverse(), (one) => one.id, row);
    at("none").hidden = tickets.length > 0;
  },
  trouble,
  "The simulated Halo",
);

function promise() {
  const type = tickettypes.find((one) => String(one.id) === at("type").value);
  say(at("promise"), Number(type?.default_sendremoteinvite) > 0 ? "Tickets of this type come with an invitation to a remote session, by mail." : "");
}
promise();
at("type").addEventListener("change", promise);
window.addEventListener("person", () => looking.again());

at("form").addEventListener("submit", async (event) => {
  event.preventDefault();
  const ticket = { tickettype_id: Number(at("type").value), summary: at("summary").value.trim(), details: at("details").value.trim() };
  try {
    const { id } = await ask("/demo/new-ticket", { user: who(), ticket });
    tell(trouble, "");
    for (const name of ["summary", "details"]) at(name).value = "";
    const to = users.find((one) => one.id === who())?.email;
    at("done").replaceChildren(`Your ticket is ${id}. `, el("a", { href: `/mailbox?to=${encodeURIComponent(to ?? "")}`, target: "_blank", rel: "noopener" }, "Look at your mail"));
    looking.again();
  } catch (error) {
    tell(trouble, explain(error, "The simulated Halo"));
  }
});
