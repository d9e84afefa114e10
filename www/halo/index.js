// The start page of the demo: fills in addresses and opens the "Try this" panel; knows nothing of tickets.
import { configured } from "./frame.js";
import { tryThis } from "./try-this.js";

const found = await configured(document.querySelector("#trouble"));
tryThis(document.querySelector("#try-this"), found).open();
