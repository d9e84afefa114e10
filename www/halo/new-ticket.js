// An agent logs a ticket, with Halo's two fields about remote sessions. What is filled in is posted as one ticket.
import { channels } from "./act.js";
import { screen } from "./frame.js";
import { ask, el, explain, tell, toggle } from "./page.js";

const at = (id) => document.getElementById(id);
const found = await screen("new-ticket");
const { trouble, users, tickettypes = [], fields = {} } = found;

at("type").append(...tickettypes.map(({ id, name }) => el("option", { value: id }, name)));
at("user").append(...users.map(({ id, name }) => el("option", { value: id }, name)), el("option", { value: 0 }, "General User"));
const channel = channels(found);
at("channel-place").append(el("label", { class: "labelled" }, el("span", {}, "Remote Session Technician/Channel"), channel));

// The type has the last word until the agent has changed it.
let send = byType();
const invite = toggle("Send Remote Session Invitation", "the ticket type says what is chosen at first", send, (on) => (send = on), () => {});
at("invite").append(invite.node);
at("type").addEventListener("change", () => invite.show((send = byType())));

function byType() {
  return sends(tickettypes.find((one) => String(one.id) === at("type").value));
}

function sends(type) {
  return Number(type?.default_sendremoteinvite ?? 0) > 0;
}

at("form").addEventListener("submit", async (event) => {
  event.preventDefault();
  const button = at("form").querySelector("button.go");
  button.disabled = true;
  const customfields = [fields.ticket_send && { ...fields.ticket_send, value: send }, fields.ticket_channel && { ...fields.ticket_channel, value: channel.value }].filter(Boolean);
  const ticket = { tickettype_id: Number(at("type").value), user_id: Number(at("user").value), summary: at("summary").value.trim(), details: at("details").value.trim(), customfields };
  try {
    const { id } = await ask("/demo/new-ticket", { agent: found.who(), ticket });
    location.assign(`/ticket?id=${id}`);
  } catch (error) {
    tell(trouble, explain(error, "The simulated Halo"));
    trouble.scrollIntoView({ block: "nearest" });
    button.disabled = false;
  }
});
