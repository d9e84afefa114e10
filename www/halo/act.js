// The action buttons of a ticket and the form behind each, as Halo's: what is filled in is posted as one action.
import { ask, el, explain, tell } from "./page.js";

/** Text as the HTML that Halo's editor would make of it. */
const html = (text) => {
  const place = document.createElement("p");
  place.textContent = text.trim();
  return `<p>${place.innerHTML.replaceAll("\n", "<br>")}</p>`;
};

const ACTIONS = [
  { outcome: "Email User", mail: true, label: "Mail", go: "Send" },
  { outcome: "Private Note", hidden: true, label: "Note", go: "Save" },
  {
    // The desk's own; "Remote Session Invite" is the action that the product writes when it has sent one.
    outcome: "Invite to Remote Session",
    channel: true,
    label: "Text of the invite",
    go: "Save action",
    hint: "Halo runs this action; the product hears of it and sends the invite, with this text, for the queue chosen here.",
    text: "Please join us in a remote session: $LINKTOREMOTE\nThe code is $REMOTESESSIONCODE.",
  },
];

/**
 * Puts the buttons into `bar` and a form into `place`. `found` is what the screen knows, `ticket()` the ticket as it is
 * now, `done(outcome)` is called after an action was taken.
 */
export function actionButtons({ bar, place, found, ticket, done }) {
  let open = null;
  const buttons = ACTIONS.map((action) =>
    el("button", { type: "button", class: "small", "aria-expanded": "false", "aria-controls": place.id, onclick: () => choose(open === action ? null : action) }, action.outcome),
  );
  bar.append(...buttons);
  const choose = (action) => {
    const before = open;
    open = action;
    ACTIONS.forEach((one, index) => buttons[index].setAttribute("aria-expanded", String(one === action)));
    place.hidden = !action;
    place.replaceChildren(...(action ? [form(action)] : []));
    if (action) place.querySelector("input, select, textarea").focus();
    else if (before) buttons[ACTIONS.indexOf(before)].focus();
  };

  function form(action) {
    const trouble = el("p", { class: "cast bad", role: "alert", hidden: true });
    const text = el("textarea", { class: "field", rows: "4", required: true, maxlength: "8000" });
    text.value = action.text ?? "";
    const to = action.mail ? el("input", { class: "field", type: "email", required: true, value: ticket().user_email ?? "" }) : null;
    const channel = action.channel ? channels(found) : null;
    const button = el("button", { class: "go" }, action.go);
    const send = async (event) => {
      event.preventDefault();
      button.disabled = true;
      try {
        await ask("/demo/action", { agent: found.who(), action: body(action, text.value, to?.value, channel?.value) });
        choose(null);
        done(action.outcome);
      } catch (error) {
        tell(trouble, explain(error, "The simulated Halo"));
      }
      button.disabled = false;
    };
    return el(
      "form",
      { class: "act", "aria-label": action.outcome, onsubmit: send, onkeydown: (event) => event.key === "Escape" && choose(null) },
      trouble,
      action.hint ? el("p", { class: "hint" }, action.hint) : null,
      channel ? el("label", { class: "labelled" }, el("span", {}, "Remote Session Technician/Channel"), channel) : null,
      to ? el("label", { class: "labelled" }, el("span", {}, "To"), to) : null,
      el("label", { class: "labelled" }, el("span", {}, action.label), text),
      el("p", { class: "row" }, button, el("button", { type: "button", onclick: () => choose(null) }, "Cancel")),
    );
  }

  function body(action, text, to, channel) {
    const { id, summary } = ticket();
    const made = { ticket_id: id, outcome: action.outcome, note_html: html(text), hiddenfromuser: action.hidden === true };
    const outcome = (found.outcomes ?? []).find((one) => one.outcome === action.outcome);
    if (outcome) made.outcome_id = outcome.id;
    if (to) Object.assign(made, { sendemail: true, emailto: to, emailsubject: `${summary} [${id}]`, emailbody_html: html(text) });
    if (channel !== undefined && found.fields?.action_channel) made.customfields = [{ ...found.fields.action_channel, value: channel }];
    return made;
  }
}

/** Halo's field: nobody in particular, an agent, or a team. */
export function channels({ channels: offered = [] }, attributes = {}) {
  return el("select", { class: "field", ...attributes }, el("option", { value: "" }, "(blank)"), ...offered.map((name) => el("option", { value: name }, name)));
}
