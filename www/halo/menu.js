// A menu behind a button: arrow keys, Home and End, first letters, Escape. What its entries do is the page's.
import { el } from "./page.js";

/** Makes `button` open a menu of `entries` ([label, what to do]). The focus is back on the button before anything is done. */
export function menu(button, entries) {
  const id = `${button.id}-menu`;
  const items = entries.map(([label, act]) => el("button", { type: "button", role: "menuitem", tabindex: "-1", onclick: () => (close(), act()) }, label));
  const list = el("div", { id, class: "menu", role: "menu", "aria-labelledby": button.id, hidden: true }, ...items);
  button.setAttribute("aria-haspopup", "menu");
  button.setAttribute("aria-expanded", "false");
  button.setAttribute("aria-controls", id);
  button.after(list);
  const open = (place) => {
    list.hidden = false;
    button.setAttribute("aria-expanded", "true");
    items.at(place).focus();
  };
  const close = (focus = true) => {
    list.hidden = true;
    button.setAttribute("aria-expanded", "false");
    if (focus) button.focus();
  };
  button.addEventListener("click", () => (list.hidden ? open(0) : close()));
  button.addEventListener("keydown", (event) => {
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    event.preventDefault();
    open(event.key === "ArrowDown" ? 0 : -1);
  });
  list.addEventListener("keydown", (event) => {
    const at = items.indexOf(document.activeElement);
    const to = {
      ArrowDown: (at + 1) % items.length,
      ArrowUp: at - 1,
      Home: 0,
      End: -1,
    }[event.key] ?? starting(event.key, at);
    if (event.key === "Escape") close();
    else if (event.key === "Tab") close(false);
    else if (to !== null) items.at(to).focus();
    else return;
    if (event.key !== "Tab") event.preventDefault();
  });
  const starting = (key, at) => {
    if (key.length !== 1 || key === " ") return null;
    const order = [...items.slice(at + 1), ...items.slice(0, at + 1)];
    const found = order.find((item) => item.textContent.toLowerCase().startsWith(key.toLowerCase()));
    return found ? items.indexOf(found) : null;
  };
  document.addEventListener("pointerdown", (event) => {
    if (!list.hidden && !list.contains(event.target) && !button.contains(event.target)) close(false);
  });
}
