// The list of assets; opening one is a link, nothing is changed here.
import { screen } from "./frame.js";
import { ask, el, follow, keep } from "./page.js";

const { trouble } = await screen("assets");

const row = ({ id, inventory_number: tag, key_field2: model, assettype_name: type, username, client_name: client }) =>
  el(
    "li",
    {},
    el(
      "a",
      { href: `/asset?id=${encodeURIComponent(id)}` },
      el("span", { class: "number" }, String(id)),
      el("span", { class: "about" }, el("b", {}, tag || "(no tag)"), el("small", {}, [model, username, client].filter(Boolean).join(", "))),
      el("span", { class: "chip" }, type || "Asset"),
    ),
  );

follow(
  4000,
  async () => {
    const { assets = [] } = await ask("/demo/assets");
    keep(document.querySelector("#assets"), assets, (one) => one.id, row);
    document.querySelector("#none").hidden = assets.length > 0;
  },
  trouble,
  "The simulated Halo",
);
