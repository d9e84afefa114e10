// The start page of the demo: the "Try this" panel and the walk-throughs; knows nothing of tickets.
import { screen } from "./frame.js";
import { tryThis } from "./try-this.js";

const found = await screen("start", { drawer: false });
tryThis(document.querySelector("#try-this"), found).open();
