// The representative console as a client-script link opens it: which devices fit, and a session on the chosen one. A
// stand-in; the vendor's is a program that the browser starts.
import { ask, el, explain, keep, say, tell } from "./page.js";

const WHOM = "The appliance";
const at = (id) => document.getElementById(id);
const trouble = at("trouble");
const query = location.search.slice(1);

const NAMES = {
  search_string: "Search in host name, comments and addresses",
  "client.hostname": "Host name",
  "client.comments": "Comments",
  "client.tag": "Tag",
};

try {
  const [link, { representatives }] = await Promise.all([ask(`/demo/jump?${query}`), ask("/demo/representatives")]);
  const here = representatives.filter((one) => one.logged_in && one.type === "Normal");
  at("me").replaceChildren(...here.map((one) => el("option", { value: `rep:${one.id}` }, one.private)));
  show(link);
} catch (error) {
  tell(trouble, explain(error, WHOM));
}

function show({ problem, action, search, external_key: key, devices }) {
  tell(trouble, problem ?? "");
  const rows = [
    ["Command", action || "none"],
    ...Object.entries(search).map(([name, value]) => [NAMES[name] ?? name, value]),
    ["External key", key || "none: the session will not find its ticket by itself"],
  ];
  at("said").replaceChildren(...rows.map(([name, value]) => el("div", {}, el("dt", {}, name), el("dd", {}, value))));
  say(at("count"), problem ? "" : `${devices.length} found`);
  at("none").hidden = Boolean(problem) || devices.length > 0;
  keep(at("devices"), devices, (one) => one.id, deviceRow);
}

function deviceRow(device) {
  const { id, hostname, comments, tag, private_ip: address } = device;
  const place = el("p", { class: "hint" });
  const button = el("button", { type: "button", class: "go", "aria-label": `Start session on ${hostname}` }, "Start session");
  button.addEventListener("click", async () => {
    button.disabled = true;
    try {
      const { lsid } = await ask("/demo/jump", { query, device: id, by: at("me").value });
      tell(trouble, "");
      const link = el("a", { href: `/console?lsid=${lsid}` }, "Go to the session");
      place.replaceChildren("Session started. ", link);
      button.hidden = true;
      link.focus();
    } catch (error) {
      button.disabled = false;
      tell(trouble, explain(error, WHOM));
    }
  });
  return el(
    "li",
    { "data-device": id },
    el("div", { class: "about" }, el("b", {}, hostname), el("small", {}, comments), el("small", {}, [tag, address].filter(Boolean).join(" · ")), place),
    button,
  );
}
