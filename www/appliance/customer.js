// What a customer sees after following an invite's link: join, wait, chat, end. A stand-in for the vendor's client; it
// shares no screen and installs nothing.
import { composer, confirmed, showLines } from "./chat.js";
import { ask, explain, follow, say, tell } from "./page.js";

const WHOM = "The support portal";
const at = (id) => document.getElementById(id);
const trouble = at("trouble");
const key = new URLSearchParams(location.search).get("ak") ?? "";

let lsid = null;
let state = null;
let looking = null;

const WORDS = {
  unused: () => ["We are ready when you are", "Join, and a technician will be with you shortly. You see everything they do and can end the session at any time."],
  waiting: () => ["You are in the queue", "A technician will be with you shortly. Please keep this page open."],
  active: () => ["You are connected", "You can chat below, and end the session at any time."],
  ended: () => ["The session has ended", "Thank you. You can close this page now."],
  expired: () => ["This invitation has expired", "Please ask your service desk for a new one."],
  unknown: () => ["This invitation is not known", "Please use the newest link from your mail, or type the code."],
  none: () => ["Join a support session", "Type the code from your invitation."],
};

function show(now, session = {}) {
  const changed = now !== state;
  const focused = document.activeElement;
  state = now;
  const [headline, advice] = (WORDS[now] ?? WORDS.unknown)();
  say(at("headline"), headline);
  say(at("advice"), advice);
  if (changed) document.title = headline;
  document.body.dataset.state = now;
  const going = now === "waiting" || now === "active";
  tell(at("queue"), session.queue && now !== "ended" ? session.queue : "");
  tell(at("with"), now === "active" && session.representatives?.length > 0 ? `With ${session.representatives.join(" and ")}` : "");
  tell(at("key"), now === "unused" && session.short_key ? `Session code ${session.short_key}` : "");
  at("join").hidden = now !== "unused";
  at("code-form").hidden = now !== "none" && now !== "unknown";
  const lines = (session.lines ?? []).filter((line) => !line.to || line.to === "customer");
  at("chat").hidden = !going && lines.length === 0;
  at("say-form").hidden = !going;
  at("end").hidden = !going;
  showLines(at("lines"), lines, { mine: (line) => line.role === "customer", name: () => "you" });
  // The button that was pressed is gone: do not leave the keyboard nowhere.
  if (focused?.closest("[hidden]")) at("headline").focus();
}

async function look() {
  let session;
  try {
    session = await ask(`/demo/session?ak=${encodeURIComponent(key)}`);
  } catch (error) {
    if (error.status !== 404) throw error;
    looking?.stop();
    show("unknown");
    return;
  }
  lsid = session.lsid ?? lsid;
  show(session.state, session);
}

/** Does something and looks at once; says so when it failed. */
async function attempt(what) {
  try {
    const answer = await what();
    tell(trouble, "");
    looking?.again();
    return answer ?? true;
  } catch (error) {
    tell(trouble, explain(error, WHOM));
    return false;
  }
}

let joining = false;
at("join").addEventListener("click", async () => {
  if (joining) return;
  joining = true;
  say(at("join"), "Joining…");
  await attempt(async () => {
    const answer = await ask("/demo/join-customer", { ak: key });
    lsid = answer.lsid ?? lsid;
  });
  say(at("join"), "Join the session");
  joining = false;
});

composer(at("say-form"), at("say"), (text) => attempt(() => ask("/demo/step", { lsid, step: { say: text, by: "customer" } })));

at("end").addEventListener("click", async () => {
  if (await confirmed(at("sure"), at("sure-yes"), at("sure-no"))) await attempt(() => ask("/demo/end", { lsid }));
});

at("code-form").addEventListener("submit", async (event) => {
  event.preventDefault();
  const code = at("code").value.replace(/\s+/g, "");
  try {
    const { ak } = await ask(`/demo/session?short_key=${encodeURIComponent(code)}`);
    location.assign(`/?ak=${encodeURIComponent(ak)}`);
  } catch (error) {
    tell(trouble, error.status === 404 ? "This code is not known. Please check it against your mail." : explain(error, WHOM));
    at("code").focus();
  }
});

if (key === "") show("none");
else looking = follow(1000, look, trouble, WHOM);
