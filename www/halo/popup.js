// A window of Halo's with a page of the product in it. What happens inside that frame is not known here.
import { el } from "./page.js";

/** Opens `url` in a dialog; when it is closed the focus is where it was, and `closed` is called. */
export function popup(title, url, sandbox, closed) {
  const close = el("button", { type: "button", class: "small", onclick: () => dialog.close() }, "Close");
  const dialog = el(
    "dialog",
    { class: "popup", "aria-labelledby": "popup-title" },
    el("div", { class: "head" }, el("h2", { id: "popup-title" }, title), close),
    el("iframe", { title, src: url, sandbox: sandbox || null }),
  );
  dialog.addEventListener("close", () => {
    dialog.remove();
    closed?.();
  });
  // A press beside the dialog closes it, too; the dialog itself is covered by what is in it.
  dialog.addEventListener("pointerdown", (event) => {
    if (event.target === dialog) dialog.close();
  });
  document.body.append(dialog);
  dialog.showModal();
}
