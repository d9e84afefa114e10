// What all Halo screens share: the demo's addresses and the "Try this" drawer; the screens' own contents are theirs.
import { ask, explain, tell } from "./page.js";
import { tryThis } from "./try-this.js";

/** The demo's addresses; also fills them into the links that need them. */
export async function config() {
  const found = await ask("/demo/config");
  for (const link of document.querySelectorAll("a[data-console]")) link.href = `${found.appliance}/console`;
  for (const link of document.querySelectorAll("a[data-check]")) link.href = `${found.proxy}/embed/check`;
  return found;
}

const REMEMBERED = "try-this";

/** The same, asked until there is an answer; `banner` says that we wait. */
export async function configured(banner) {
  for (;;) {
    try {
      const found = await config();
      tell(banner, "");
      return found;
    } catch (error) {
      tell(banner, explain(error, "The simulated Halo"));
      await new Promise((resolve) => setTimeout(resolve, 2000));
    }
  }
}

/** Wires the drawer of a page: its button, Escape, and whether it was open on the page before. */
export function drawer(found) {
  const button = document.querySelector("#try-button");
  const aside = document.querySelector("#try-drawer");
  const panel = tryThis(aside.querySelector("#try-this"), found);
  const show = (open) => {
    aside.hidden = !open;
    button.setAttribute("aria-expanded", String(open));
    document.body.classList.toggle("with-drawer", open);
    sessionStorage.setItem(REMEMBERED, open ? "open" : "closed");
    if (open) panel.open();
    else panel.close();
  };
  const close = () => {
    show(false);
    button.focus();
  };
  button.addEventListener("click", () => {
    show(aside.hidden);
    if (!aside.hidden) aside.querySelector("h2").focus();
  });
  aside.querySelector("#try-close").addEventListener("click", close);
  aside.addEventListener("keydown", (event) => {
    if (event.key === "Escape") close();
  });
  if (sessionStorage.getItem(REMEMBERED) === "open") show(true);
}
