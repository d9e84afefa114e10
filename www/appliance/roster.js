// The representatives of the simulated appliance: who is logged in, and as whom this window acts. Nothing about sessions.
import { ask, el, keep, toggle } from "./page.js";

const REMEMBERED = "representative";

/** Wires the choice of oneself (`select`) and the log-in switches (`list`). `changed()` is called on another choice. */
export function roster({ select, list, failed, changed }) {
  let all = [];
  const switches = new Map();

  select.addEventListener("change", () => {
    sessionStorage.setItem(REMEMBERED, select.value);
    changed();
  });

  const row = ({ id, name, type, logged_in: on }, old) => {
    const known = switches.get(id);
    if (old && known?.name === name) {
      known.shown.show(on);
      return old;
    }
    const change = (logged_in) => ask(`/control/representatives/${encodeURIComponent(id)}`, { logged_in });
    const shown = toggle(name, type && type !== "Normal" ? type : "", on, change, failed);
    switches.set(id, { name, shown });
    return shown.node;
  };

  return {
    /** Shows the list as the appliance has it now. */
    show(representatives) {
      all = representatives.map((one) => ({ ...one, name: one.private || one.public }));
      const names = all.map(({ id, name, public: shown }) => [String(id), name === shown ? name : `${name} (customers see ${shown})`]);
      const text = JSON.stringify(names);
      if (select.dataset.offers !== text) {
        const before = select.value || sessionStorage.getItem(REMEMBERED);
        select.dataset.offers = text;
        select.replaceChildren(...names.map(([value, label]) => el("option", { value }, label)));
        if (names.some(([value]) => value === before)) select.value = before;
      }
      keep(list, all, (one) => one.id, row);
    },
    all: () => all,
    me: () => all.find((one) => String(one.id) === select.value) ?? null,
  };
}
