// "Play it for me": goes through a story step by step, across the screens of this tab. It does what the simulated sides do;
// where a person has to press something in the product, it says so and waits until the simulators show the effect.
import { ask, el, explain, say, tell } from "./page.js";
import { STORIES } from "./stories.js";

const REMEMBERED = "walk-through";
const calm = matchMedia("(prefers-reduced-motion: reduce)");

/** What is remembered from screen to screen: the story, the step, whether it is paused, and what the steps keep. */
const stored = () => JSON.parse(sessionStorage.getItem(REMEMBERED) ?? "null");
const store = (walk) => sessionStorage.setItem(REMEMBERED, JSON.stringify(walk));

/** Begins a story; goes to its first screen. */
export function begin(story) {
  store({ story, step: 0, acted: -1, paused: false, kept: {} });
  location.assign(address(STORIES.find((one) => one.id === story).steps[0], {}));
}

const address = (step, kept) => (typeof step.page === "function" ? step.page(kept) : step.page);

/** Goes on with the story of this tab, if there is one. */
export function player(found) {
  const walk = stored();
  const story = STORIES.find((one) => one.id === walk?.story);
  if (!story) return;
  const world = simulators(found);
  const parts = bar(story.title);
  document.querySelector("header.top").after(parts.node);
  document.body.classList.add("playing");
  // A step that is interrupted (stopped, paused, passed over) must not go on behind the next one.
  let until = new AbortController();

  const stop = () => {
    until.abort();
    sessionStorage.removeItem(REMEMBERED);
    light(null);
    parts.node.remove();
    document.body.classList.remove("playing");
    document.querySelector("main").focus();
  };
  const pause = () => {
    walk.paused = !walk.paused;
    store(walk);
    say(parts.pause, walk.paused ? "Go on" : "Pause");
    parts.node.classList.toggle("paused", walk.paused);
    if (walk.paused) until.abort();
    else play();
  };
  const next = () => {
    until.abort();
    walk.hurry = true;
    play();
  };
  const again = () => begin(story.id);
  for (const [button, act] of [[parts.stop, stop], [parts.pause, pause], [parts.next, next], [parts.again, again]]) button.addEventListener("click", act);

  // One at a time: what a step has begun is finished before the story goes on.
  let running = Promise.resolve();
  function play() {
    until = new AbortController();
    const { signal } = until;
    running = running.then(() => go(signal));
  }

  async function go(signal) {
    tell(parts.trouble, "");
    try {
      while (walk.step < story.steps.length && !signal.aborted) {
        const step = story.steps[walk.step];
        if (!isHere(address(step, walk.kept))) {
          location.assign(address(step, walk.kept));
          return;
        }
        await one(step, signal);
        if (signal.aborted) return;
        walk.step += 1;
        walk.hurry = false;
        store(walk);
      }
      if (!signal.aborted) over();
    } catch (error) {
      if (signal.aborted) return;
      tell(parts.trouble, `${explain(error, "The simulated side")} Press Pause and Go on to try again.`);
    }
  }

  async function one(step, signal) {
    const words = typeof step.say === "function" ? step.say(walk.kept) : step.say;
    say(parts.count, `Step ${walk.step + 1} of ${story.steps.length}`);
    say(parts.words, words);
    parts.node.classList.toggle("waiting", Boolean(step.until));
    parts.next.hidden = Boolean(step.until);
    parts.pause.hidden = false;
    parts.again.hidden = true;
    light(step);
    if (!step.until && !walk.hurry) await rest(1800 + words.length * 42, signal);
    if (signal.aborted) return;
    // What was done is not done again after a reload or a pause.
    if (step.act && walk.acted < walk.step) {
      Object.assign(walk.kept, await step.act(world, walk.kept));
      walk.acted = walk.step;
      store(walk);
    }
    for (let looks = 0; step.until && !signal.aborted; looks += 1) {
      const seen = await step.until(world, walk.kept);
      if (seen) {
        Object.assign(walk.kept, seen);
        return;
      }
      if (looks === 20 && step.hint) say(parts.words, `${words} ${step.hint}`);
      await rest(1000, signal);
    }
  }

  function over() {
    say(parts.count, "The end");
    say(parts.words, story.end);
    for (const button of [parts.pause, parts.next]) button.hidden = true;
    parts.again.hidden = false;
    say(parts.stop, "Close");
    parts.node.classList.remove("waiting");
  }

  say(parts.pause, walk.paused ? "Go on" : "Pause");
  parts.node.classList.toggle("paused", walk.paused);
  if (!walk.paused) play();
  else say(parts.words, "Paused.");
}

function bar(title) {
  const parts = {
    count: el("span", { class: "hint" }),
    words: el("p", { class: "words", role: "status" }),
    trouble: el("p", { class: "cast bad", role: "alert", hidden: true }),
    pause: el("button", { type: "button", class: "small" }, "Pause"),
    next: el("button", { type: "button", class: "small" }, "Next"),
    again: el("button", { type: "button", class: "small", hidden: true }, "Play again"),
    stop: el("button", { type: "button", class: "small" }, "Stop"),
  };
  const buttons = el("p", { class: "row" }, parts.pause, parts.next, parts.again, parts.stop);
  parts.node = el("section", { class: "player", "aria-label": "Walk-through" }, el("p", { class: "story" }, el("b", {}, title), " ", parts.count), parts.words, parts.trouble, buttons);
  return parts;
}

const isHere = (page) => location.pathname + location.search === page.split("#")[0];

/** Waits, until the time is over or somebody pressed something. */
function rest(milliseconds, signal) {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener("abort", () => (clearTimeout(timer), resolve()), { once: true });
  });
}

let looking = 0;

/** Marks the place a step is about; it may appear only after the screen has read its data. */
function light(step) {
  clearTimeout(looking);
  for (const lit of document.querySelectorAll(".lit")) lit.classList.remove("lit");
  if (!step?.at) return;
  const tab = step.tab && document.querySelector(step.tab);
  if (tab && tab.getAttribute("aria-selected") === "false") tab.click();
  const place = document.querySelector(step.at);
  if (!place || place.hidden) {
    looking = setTimeout(() => light(step), 400);
    return;
  }
  place.classList.add("lit");
  // Above the bar, and below the head of the page: only moved when it is not there.
  const { top, bottom } = place.getBoundingClientRect();
  const room = innerHeight - 210;
  if (top < 56 || (bottom > room && top > room / 2)) place.scrollIntoView({ block: "start", behavior: calm.matches ? "auto" : "smooth" });
}

/** What the stories may do and see: the simulators' own data, nothing of the product's. */
function simulators({ appliance }) {
  const on = (path, body) => ask(`${appliance}${path}`, body);
  return {
    appliance,
    halo: ask,
    on,
    mails: async () => (await ask("/demo/mails")).mails,
    ledger: () => on("/control/ledger"),
    step: (lsid, step) => on("/demo/step", { lsid, step }),
  };
}
