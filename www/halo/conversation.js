// A live chat's conversation, as both sides see it: messages as they arrive, and a field to answer. Whose side it is, is the
// page's to say.
import { letter } from "./letter.js";
import { ask, el, explain, keep, tell, time } from "./page.js";

const at = (id) => document.getElementById(id);

/** Shows a chat's messages; `mine(message)` says which stand on one's own side. Answers those that are new. */
export function showMessages(messages, mine) {
  const list = at("lines");
  const atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 60;
  const rows = messages.map(({ id, text, timestamp, display_name: name, system_id: system, agent_id: agent }) => ({
    id, text, timestamp, name, system: system > 0, agent: agent > 0, own: mine({ agent_id: agent }),
  }));
  const fresh = keep(list, rows, (row) => row.id, messageNode);
  if (fresh.length > 0 && atEnd) {
    list.scrollTop = list.scrollHeight;
    // Frames grow when they have loaded.
    setTimeout(() => (list.scrollTop = list.scrollHeight), 300);
  }
  return fresh;
}

function messageNode({ id, text, timestamp, name, system, agent, own }) {
  if (system) return el("div", { class: "system", "data-message": id }, text, " ", time(timestamp));
  // Halo keeps messages as HTML, and what is in it is somebody else's.
  const plain = !/[<&]/.test(text);
  const bubble = plain ? el("span", { class: "bubble" }, text) : el("span", { class: "bubble framed" }, letter(`Message ${id} of ${name}`, text, "/note.css"));
  return el("div", { class: own ? "own" : agent ? "agent" : "user", "data-message": id }, el("span", { class: "from" }, own ? "You" : name || "Visitor", " ", time(timestamp)), bubble);
}

/** Sends what is typed, as `agent()` or, where that answers nothing, as the customer. */
export function composer({ chat, agent, trouble, sent }) {
  let sending = false;
  at("say-form").addEventListener("submit", async (event) => {
    event.preventDefault();
    const input = at("say");
    const text = input.value.trim();
    if (text === "" || sending) return;
    sending = true;
    input.focus();
    try {
      await ask("/demo/chat-message", { chat: chat(), text, agent: agent() });
      tell(trouble, "");
      // Typed on while it was sent: keep the rest.
      if (input.value.trim() === text) input.value = "";
      sent();
    } catch (error) {
      tell(trouble, explain(error, "The simulated Halo"));
    }
    sending = false;
  });
}
