// The chat as the end user sees it on the portal; without an `id` in the address, their open one, or the way to begin one.
import { composer, showMessages } from "./conversation.js";
import { screen } from "./frame.js";
import { ask, explain, follow, say, tell } from "./page.js";

const at = (id) => document.getElementById(id);
const asked = Number(new URLSearchParams(location.search).get("id")) || null;
const { trouble, who } = await screen("portal-chat");

let id = asked;
const looking = follow(1200, look, trouble, "The simulated Halo");

async function look() {
  if (id === null) {
    const { chats = [] } = await ask(`/demo/chats?user=${who()}`);
    id = chats.find((chat) => !chat.closed)?.id ?? null;
  }
  const none = id === null;
  document.querySelector(".conversation").hidden = none;
  at("begin").hidden = !none;
  at("state").hidden = none;
  say(at("about"), none ? "Nobody is in the chat yet." : "");
  if (none) return;
  const { chat, messages } = await ask(`/demo/chat?id=${id}`);
  const agents = chat.participants.filter((one) => one.agent).map((one) => one.name);
  say(at("about"), agents.length > 0 ? `You are talking to ${agents.join(" and ")}.` : "Somebody will be with you shortly.");
  say(at("state"), chat.closed ? "Closed" : "Open");
  at("state").className = chat.closed ? "chip done" : "chip";
  at("say-form").hidden = chat.closed;
  at("over").hidden = !chat.closed;
  showMessages(messages, (message) => message.agent_id === 0);
}

composer({ chat: () => id, agent: () => undefined, trouble, sent: () => looking.again() });
at("begin").addEventListener("submit", async (event) => {
  event.preventDefault();
  try {
    ({ id } = await ask("/demo/chats", { user: who(), text: at("first").value.trim() }));
    at("first").value = "";
    await looking.again();
    at("say").focus();
  } catch (error) {
    tell(trouble, explain(error, "The simulated Halo"));
  }
});
window.addEventListener("person", () => {
  if (asked !== null) return;
  id = null;
  looking.again();
});
