// The start page of the demo: the "Try this" panel and the walk-throughs; knows nothing of tickets.
import { screen } from "./frame.js";
import { el } from "./page.js";
import { begin } from "./player.js";
import { STORIES } from "./stories.js";
import { tryThis } from "./try-this.js";

const found = await screen("start", { drawer: false });

document.querySelector("#stories").append(
  ...STORIES.map(({ id, title, about }) => {
    const play = el("button", { type: "button", class: "small", "aria-describedby": `story-${id}`, onclick: () => begin(id) }, "Play");
    return el("li", {}, el("div", {}, el("b", { id: `story-${id}` }, title), el("small", {}, about)), play);
  }),
);
tryThis(document.querySelector("#try-this"), found).open();
