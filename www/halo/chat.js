// An agent's chat window: the conversation, and beside it the product's element, where Halo has its chat details.
import { composer, showMessages } from "./conversation.js";
import { screen } from "./frame.js";
import { NoAnswer, ask, el, explain, follow, say, tell } from "./page.js";

const at = (id) => document.getElementById(id);
const id = new URLSearchParams(location.search).get("id") ?? "640";
say(at("number"), `› ${id}`);
at("customer").href = `/portal/chat?id=${encodeURIComponent(id)}`;

const { trouble, news, proxy, who, frame_sandbox: sandbox } = await screen("chats");
document.querySelector(".remote").append(el("iframe", { title: "Remote Support", src: `${proxy}/embed/chat?chat=${encodeURIComponent(id)}`, sandbox: sandbox || null }));

let seenBefore = false;
let closed = false;
const looking = follow(1200, look, trouble, "The simulated Halo");

async function look() {
  let answer;
  try {
    answer = await ask(`/demo/chat?id=${encodeURIComponent(id)}`);
  } catch (error) {
    if (error.status !== 404) throw error;
    looking.stop();
    throw new NoAnswer(`there is no chat ${id}`, 404, null);
  }
  const { chat, messages } = answer;
  closed = chat.closed;
  say(at("name"), chat.name || "Visitor");
  document.title = `Chat with ${chat.name || "a visitor"}`;
  say(at("state"), closed ? "Closed" : "Open");
  at("state").className = closed ? "chip done" : "chip";
  at("state").hidden = false;
  say(at("close"), closed ? "Open again" : "Close chat");
  at("close").hidden = false;
  at("say-form").hidden = closed;
  at("over").hidden = !closed;
  about(chat);
  const me = who();
  const fresh = showMessages(messages, (message) => message.agent_id === me).filter((message) => !message.own && !message.system);
  if (seenBefore && fresh.length > 0) document.title = `(${fresh.length}) ${document.title}`;
  seenBefore = true;
}

function about({ ticket_id: ticket, participants }) {
  const names = participants.map((one) => one.name).join(", ");
  const text = `In this chat: ${names}${ticket > 0 ? ` · ticket ${ticket}` : " · no ticket"}`;
  if (at("about").textContent === text) return;
  at("about").replaceChildren(`In this chat: ${names} · `, ticket > 0 ? el("a", { href: `/ticket?id=${ticket}` }, `ticket ${ticket}`) : "no ticket");
}

composer({ chat: () => Number(id), agent: who, trouble, sent: () => looking.again() });
window.addEventListener("person", () => looking.again());
at("close").addEventListener("click", async () => {
  try {
    await ask("/demo/chat-close", { chat: Number(id), closed: !closed });
    news(closed ? "Chat opened again" : "Chat closed");
    looking.again();
  } catch (error) {
    tell(trouble, explain(error, "The simulated Halo"));
  }
});
