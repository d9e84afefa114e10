// The walk-throughs that the demo can play: for each step a screen, a place on it, a sentence, and what the simulated side
// does, or what to wait for. They know the simulators and no part of the product.

const TICKET = "/ticket?id=1161";
const PRIYA = { agent: 42, representative: 7 };
const ANN = 9;
const CONNOR = 207;

/** The secret half of the invite's link in somebody's HTML. */
const secret = (html) => /[?&](?:amp;)?ak=([0-9a-f]+)/i.exec(html ?? "")?.[1] ?? null;

/** Waits for a mail that was not there when the story began. */
const mailed = async ({ mails }, { mailsBefore }) => {
  const mail = (await mails()).find((one) => one.id > mailsBefore && secret(one.html));
  return mail ? { mail: mail.id, ak: secret(mail.html), to: mail.to } : null;
};

const newestMail = async ({ mails }) => ({ mailsBefore: Math.max(0, ...(await mails()).map((one) => one.id)) });
const newestAction = async ({ halo }, ticket) => Math.max(0, ...(await halo(`/demo/ticket?id=${ticket}`)).actions.map((one) => one.id));

/** The customer follows the link; who is to take the session, is what the key says. */
const joins = async ({ on, ledger }, { ak }) => {
  const { lsid } = await on("/demo/join-customer", { ak });
  const queue = (await ledger()).keys.find((key) => secret(key.key_url) === ak)?.queue ?? "";
  return { lsid, taker: queue.startsWith("rep:") ? queue : `rep:${PRIYA.representative}` };
};

const accepts = async ({ step }, { lsid, taker }) => step(lsid, { join: taker });
const says = (who, text) => async ({ step }, { lsid, taker }) => {
  await step(lsid, { say: text, by: who === "customer" ? "customer" : taker });
};
const works = async ({ step }, { lsid, taker }) => {
  await step(lsid, { file: "repair-profile.zip", bytes: 48211, by: taker });
  await step(lsid, { note: "Rebuilt the mail profile; mail arrives again.", by: taker });
};
const ends = async ({ on }, { lsid }) => {
  await on("/demo/end", { lsid });
};

/** Waits for the note about this session. */
const noted = (ticket) => async ({ halo }, kept) => {
  const { actions } = await halo(`/demo/ticket?id=${ticket(kept)}`);
  const note = actions.find((one) => one.id > kept.actionsBefore && String(one.note_html).includes(kept.lsid));
  return note ? { note: note.id } : null;
};

/** Customer and technician in a session, from joining to its end, seen from `page`. */
const session = (page, at, tab) => [
  { page, at, tab, say: "The technician accepts the session in the BeyondTrust console.", act: accepts },
  { page, at, tab, say: "“Hello Connor, may I see your screen?”", act: says("technician", "Hello Connor, may I see your screen?") },
  { page, at, tab, say: "“Yes please, mail stopped this morning.”", act: says("customer", "Yes please, mail stopped this morning.") },
  { page, at, tab, say: "The technician sends a repair file and writes a note that only technicians see.", act: works },
  { page, at, tab, say: "The problem is solved, and the technician ends the session. BeyondTrust tells the product that it ended, and nothing else.", act: ends },
];

const NOTE = "#actions li:first-child";

export const STORIES = [
  {
    id: "invite",
    title: "An agent invites, the customer joins, the session ends",
    about: "From the ticket to the mail, the session and the note on the ticket.",
    steps: [
      {
        page: TICKET,
        at: ".details",
        say: "Connor Blake's mail has stopped arriving. Priya Nair has opened his ticket.",
        act: async (world) => {
          await world.on(`/control/representatives/${PRIYA.representative}`, { logged_in: true });
          return { ...(await newestMail(world)), actionsBefore: await newestAction(world, 1161) };
        },
      },
      {
        page: TICKET,
        at: "#panel-remote",
        tab: "#tab-remote",
        say: "Your turn, in the Remote Support panel: sign in as Priya Nair if it asks, choose who takes the session, and press Send invite. I wait for the mail.",
        until: mailed,
        hint: "Nothing has been sent yet.",
      },
      { page: TICKET, at: NOTE, tab: "#tab-actions", say: "The mail went out, and the ticket says so: an action in the agent's name, with the recipient and the queue." },
      { page: ({ mail }) => `/mailbox?id=${mail}`, at: "#mail", say: ({ to }) => `This is what ${to} gets. Connor follows the link and waits in the queue.`, act: joins },
      ...session(TICKET, "#panel-remote", "#tab-remote"),
      { page: TICKET, at: "#panel-actions", tab: "#tab-actions", say: "The product fetches the session's report and decides where it belongs.", until: noted(() => 1161), hint: "If it takes long, look at “Add session details by themselves” in Try this." },
      { page: TICKET, at: NOTE, tab: "#tab-actions", say: "Here is the note: who took part and how long, what was said, the file, and links to chat and recording." },
    ],
    end: "That was the whole way. One session, one note, on the right ticket.",
  },
  {
    id: "chat",
    title: "An invite in a live chat",
    about: "A customer chats on the portal; the link is posted into the conversation, and so is what was said.",
    steps: [
      {
        page: "/chats",
        at: "#chats",
        say: "Connor Blake opens a chat on the portal.",
        act: async ({ halo, on }) => {
          await on(`/control/representatives/${PRIYA.representative}`, { logged_in: true });
          return { chat: (await halo("/demo/chats", { user: CONNOR, text: "Hello, my mail has stopped again." })).id };
        },
      },
      {
        page: ({ chat }) => `/chat?id=${chat}`,
        at: ".conversation",
        say: "Priya Nair answers.",
        act: async ({ halo }, { chat }) => {
          await halo("/demo/chat-message", { chat, agent: PRIYA.agent, text: "Good morning Connor. I would like to have a look at it with you." });
        },
      },
      {
        page: ({ chat }) => `/chat?id=${chat}`,
        at: ".remote",
        say: "Your turn, in the Remote Support panel: sign in as Priya Nair if it asks, choose who takes the session, and press the button that sends the invite. I wait for the link in the conversation.",
        until: async ({ halo }, { chat }) => {
          const { messages } = await halo(`/demo/chat?id=${chat}`);
          const ak = messages.map((message) => secret(message.text)).find(Boolean);
          return ak ? { ak, messagesBefore: messages.length } : null;
        },
        hint: "No link has been posted yet.",
      },
      { page: ({ chat }) => `/chat?id=${chat}`, at: ".conversation", say: "The link is in the conversation. Connor follows it and waits.", act: joins },
      ...session(({ chat }) => `/chat?id=${chat}`, ".conversation"),
      {
        page: ({ chat }) => `/chat?id=${chat}`,
        at: ".conversation",
        say: "The chat is open and has no ticket. What was said is to be posted here, for both sides.",
        until: async ({ halo }, { chat, messagesBefore }) => {
          const { messages } = await halo(`/demo/chat?id=${chat}`);
          return messages.length > messagesBefore ? {} : null;
        },
      },
    ],
    end: "The conversation holds the transcript, without what technicians said among themselves. It is also kept for linking to a ticket.",
  },
  {
    id: "fallback",
    title: "The chosen technician is not there",
    about: "Ann Keller is logged out: with the fallback on, the default team takes it, and everything says so.",
    steps: [
      {
        page: TICKET,
        at: ".details",
        say: "Ann Keller logs out of the BeyondTrust console.",
        act: async (world) => {
          await world.on(`/control/representatives/${ANN}`, { logged_in: false });
          return newestMail(world);
        },
      },
      {
        page: TICKET,
        at: "#panel-remote",
        tab: "#tab-remote",
        say: "Your turn: choose Ann Keller in the Remote Support panel. It says before you send where the invite goes. Then press Send invite. I wait for the mail.",
        until: mailed,
        hint: "If it says TECHUNAVAILABLE, the fallback is off: switch it on in Try this, or choose the team.",
      },
      { page: TICKET, at: NOTE, tab: "#tab-actions", say: "The action on the ticket says whom you asked for, and where the invite went." },
    ],
    end: "Try it with the fallback off: then no key is made, and nothing is sent.",
  },
  {
    id: "portal",
    title: "A user logs a ticket, and the invite comes with it",
    about: "The ticket type says so: nobody at the desk has to press anything.",
    steps: [
      {
        page: "/tickets",
        at: "#tickets",
        say: "Connor Blake logs a service request on the portal. For this ticket type, “Send Remote Session Invitation” is on.",
        act: async (world) => {
          const before = await newestMail(world);
          const { id } = await world.halo("/demo/new-ticket", { user: CONNOR, ticket: { tickettype_id: 3, summary: "A second screen, please", details: "For the office in Reason Avenue." } });
          return { ...before, ticket: id };
        },
      },
      {
        page: ({ ticket }) => `/ticket?id=${ticket}`,
        at: "#panel-actions",
        tab: "#tab-actions",
        say: "Halo tells the product of the new ticket. It asks for a key of the default team and sends the mail. I wait for it.",
        until: mailed,
        hint: "Nothing has come: see in Try this whether invites by themselves are set up.",
      },
      { page: ({ ticket }) => `/ticket?id=${ticket}`, at: NOTE, tab: "#tab-actions", say: "The invite is on the ticket, and not in any agent's name: nobody pressed anything." },
      { page: ({ mail }) => `/mailbox?id=${mail}`, at: "#mail", say: "And it is in Connor's mailbox." },
    ],
    end: "On the agents' screen the same two fields can be changed for each ticket: look at New ticket.",
  },
  {
    id: "asset",
    title: "From an asset to its device",
    about: "Halo's custom button opens the device's pinned session, with the ticket's key.",
    steps: [
      {
        page: "/asset?id=5120",
        at: ".details",
        say: "This is Connor's laptop. Its tag has blanks, a stroke and a hash in it, which Halo would hand over as they are.",
        act: async (world) => {
          await world.on(`/control/representatives/${PRIYA.representative}`, { logged_in: true });
          return { launchesBefore: (await world.ledger()).launches.length, actionsBefore: await newestAction(world, 1161) };
        },
      },
      {
        page: "/asset?id=5120",
        at: "#buttons",
        say: "Your turn: press Open in BeyondTrust, choose ticket 1161 on the page that opens, follow its link, and start the session on LT-0148. I wait for the session.",
        until: async ({ ledger }, { launchesBefore }) => {
          const launch = (await ledger()).launches.slice(launchesBefore).find((one) => one.lsid);
          return launch ? { lsid: launch.lsid, taker: `rep:${PRIYA.representative}`, key: launch.external_key } : null;
        },
        hint: "The wrong variable beside it shows what is said when Halo did not fill in the number.",
      },
      { page: TICKET, at: "#panel-actions", tab: "#tab-actions", say: "The technician repairs the device and writes a note.", act: works },
      { page: TICKET, at: "#panel-actions", tab: "#tab-actions", say: "The session ends.", act: ends },
      {
        page: TICKET,
        at: "#panel-actions",
        tab: "#tab-actions",
        say: "The link carried the ticket's key, so that the session comes back here. I wait for its note.",
        until: noted(() => 1161),
        hint: "If no ticket was chosen, the session is kept for linking: ⋯, Link Remote Session.",
      },
      { page: TICKET, at: NOTE, tab: "#tab-actions", say: "Here it is." },
    ],
    end: "A session that was launched from the asset counts as one of Halo's own.",
  },
];
