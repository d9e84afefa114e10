// The asset screen: its fields, its open tickets, Halo's custom buttons, and the product's page as the asset's tab.
import { screen } from "./frame.js";
import { NoAnswer, ask, el, follow, keep, say } from "./page.js";

const at = (id) => document.getElementById(id);
const id = new URLSearchParams(location.search).get("id") ?? "5120";
say(at("number"), `› ${id}`);
const { trouble, proxy, frame_sandbox: sandbox } = await screen("assets");
document.querySelector(".remote").append(el("iframe", { title: "Remote Support", src: `${proxy}/embed/asset?asset=${encodeURIComponent(id)}`, sandbox: sandbox || null }));

// Halo puts the number where the variable stands, and does not encode it; a name it does not know stays as it is.
const BUTTONS = [
  { label: "Open in BeyondTrust", url: "/embed/asset?asset=$ID", about: "with the asset's number, as it should be" },
  { label: "Open, wrong variable", url: "/embed/asset?asset=$ASSETID", about: "a name that Halo does not know, so that it stays in the address" },
];
const filled = (url) => url.replace(/\$ID\b/, id);

at("buttons").append(
  ...BUTTONS.map(({ label, url, about }) =>
    el(
      "li",
      {},
      el("div", {}, el("code", {}, `…${url}`), el("small", {}, about)),
      el("a", { class: "button", href: `${proxy}${filled(url)}`, target: "_blank", rel: "noopener" }, label),
    ),
  ),
);

const DETAILS = [
  ["Tag", "inventory_number"],
  ["Model", "key_field2"],
  ["Serial number", "key_field3"],
  ["User", "username"],
  ["Client", "client_name"],
  ["Site", "site_name"],
  ["Status", "status_name"],
];

const looking = follow(4000, look, trouble, "The simulated Halo");

async function look() {
  let answer;
  try {
    answer = await ask(`/demo/asset?id=${encodeURIComponent(id)}`);
  } catch (error) {
    if (error.status !== 404) throw error;
    looking.stop();
    throw new NoAnswer(`there is no asset ${id}`, 404, null);
  }
  const { asset, tickets = [] } = answer;
  const name = asset.inventory_number || `Asset ${id}`;
  say(at("tag"), name);
  document.title = `Asset ${name}`;
  say(at("kind"), asset.assettype_name || "Asset");
  at("kind").hidden = false;
  const own = (asset.fields ?? []).map((field) => ({ label: field.name, value: field.value }));
  const rows = [...DETAILS.map(([label, field]) => ({ label, value: asset[field] })), ...own].filter(({ value }) => value !== undefined && value !== null && value !== "");
  const known = new Map(rows.map((row) => [row.label, row]));
  keep(at("details"), [...known.values()], (row) => row.label, ({ label, value }) => el("div", {}, el("dt", {}, label), el("dd", {}, String(value))));
  at("linked").hidden = tickets.length === 0;
  keep(at("links"), tickets, (one) => one.id, (one) => el("li", {}, el("a", { href: `/ticket?id=${one.id}` }, `${one.id} ${one.summary}`)));
}
