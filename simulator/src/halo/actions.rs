//! Actions: POST is upsert, ids count per ticket, the author is the token's agent whatever the body says (unless the switch is
//! on), `sendemail` puts a mail into the mailbox, and what is deleted is gone from the ticket.

use super::{
    State, World,
    access::{Answer, Caller, Refusal, say},
    attachments,
    lists::{Asked, enveloped, wants},
    lookups, nothing, now, text,
    tickets::{may_see, number, only},
    webhooks,
};
use crate::{escape, random_hex, settings::merge};
use axum::{
    Json,
    extract::{Path, Query, State as Shared},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};
use std::sync::Arc;

/// Larger than Halo takes for `emailto`.
const LONGEST_RECIPIENT: usize = 4000;

/// An action, and whether somebody posted it; the others were there from the start.
pub(crate) struct Action {
    pub(super) fields: Value,
    pub(super) posted: bool,
}

impl Action {
    /// Whether it has this ticket and id.
    fn is(&self, other: &Value) -> bool {
        self.fields["ticket_id"] == other["ticket_id"] && self.fields["id"] == other["id"]
    }
}

/// What a ticket begins with.
pub(super) fn opening(ticket: &Value) -> Action {
    let note = ticket["details"].as_str().unwrap_or_default();
    let mut fields = blank(ticket["id"].clone(), 1);
    let change = json!({
        "outcome": "First User Email", "who": ticket["user_name"], "who_type": 0, "actionby_user_id": ticket["user_id"], "emaildirection": "I",
        "datetime": ticket["dateoccurred"], "note": note, "note_html": format!("<p>{}</p>", escape(note).replace('\n', "<br>")),
    });
    merge(&mut fields, &change);
    Action { fields, posted: false }
}

/// The first action of a ticket that is logged now: its user's, or the agent's who typed it in.
pub(super) fn open(state: &mut State, ticket: &Value, author: Option<&Value>) {
    let mut action = opening(ticket);
    if let Some(agent) = author {
        let change = json!({
            "outcome": "Opened", "who": agent["name"], "who_type": 1, "who_agentid": agent["id"], "who_initials": agent["initials"],
            "actionby_agent_id": agent["id"], "actionby_user_id": 0, "emaildirection": "",
        });
        merge(&mut action.fields, &change);
    }
    state.actions.push(action);
}

/// Halo's own integration mails its invite to the ticket's user, and keeps no action of it that we could read (not documented).
pub(super) fn native_invite(state: &mut State, ticket: &Value) {
    state.mails.push(json!({
        "id": state.mails.len() + 1, "to": ticket["user_email"], "cc": "", "subject": "Remote session", "html": "<p>Halo's own invite</p>", "at": now(),
        "ticket_id": ticket["id"], "action_id": 0, "native": true,
    }));
}

fn blank(ticket: Value, id: u64) -> Value {
    json!({
        "ticket_id": ticket, "id": id, "outcome": "", "outcome_id": 0, "action_systemid": 0, "who": "", "who_type": 1, "who_agentid": 0, "who_initials": "",
        "who_colour": "#3b8ea5", "datetime": now(), "last_updated": now(), "note": "", "note_html": "", "emaildirection": "", "emailto": "", "emailcc": "",
        "emailsubject": "", "emailbody_html": "", "hiddenfromuser": false, "important": false, "timetaken": 0.0, "nonbilltime": 0.0, "old_status": 2,
        "new_status": 2, "new_status_name": "In Progress", "attachment_count": 0, "actionby_agent_id": 0, "actionby_user_id": 0, "on_behalf_of": 0,
        "chatid": 0, "remotetechid": 0, "customfields": [], "guid": random_hex(16), "_warning": null,
    })
}

fn leave_out(mut action: Value, fields: &[&str]) -> Value {
    if let Some(all) = action.as_object_mut() {
        all.retain(|name, _| !fields.contains(&name.as_str()));
    }
    action
}

pub(super) async fn list(Shared(world): Shared<Arc<World>>, caller: Caller, Query(asked): Query<Asked>) -> Response {
    let state = world.state();
    let answer = || -> Answer {
        may_see(&state, &caller, false)?;
        let ticket = number(asked.get("ticket_id").map(String::as_str).unwrap_or_default());
        if !state.tickets.iter().any(|known| known["id"] == ticket) {
            return Ok(nothing());
        }
        // Custom fields are in the detail only, as far as anybody has seen.
        let mut without = vec!["customfields"];
        without.extend((!wants(&asked, "includehtmlnote")).then_some("note_html"));
        without.extend((!wants(&asked, "includehtmlemail")).then_some("emailbody_html"));
        let chosen = state.actions.iter().rev().map(|action| &action.fields).filter(|action| {
            let outcome = asked.get("actoutcome").is_none_or(|outcome| action["outcome"] == outcome.as_str());
            let private = !wants(&asked, "excludeprivate") || action["hiddenfromuser"] == false;
            let by_agent = !wants(&asked, "agentonly") || action["who_type"] == 1;
            action["ticket_id"] == ticket && outcome && private && by_agent
        });
        Ok(enveloped(&asked, "actions", chosen.map(|action| leave_out(action.clone(), &without)).collect()))
    };
    say(answer())
}

pub(super) async fn one(Shared(world): Shared<Arc<World>>, caller: Caller, Path(id): Path<String>, Query(asked): Query<Asked>) -> Response {
    let state = world.state();
    let answer = || -> Answer {
        may_see(&state, &caller, false)?;
        let ticket = number(asked.get("ticket_id").map(String::as_str).unwrap_or_default());
        let found = state.actions.iter().find(|action| action.fields["ticket_id"] == ticket && action.fields["id"] == number(&id));
        Ok(found.map_or_else(nothing, |action| Json(&action.fields).into_response()))
    };
    say(answer())
}

/// Takes an action away. What is answered to it, and that a ticket's `_canupdate` counts here too, is not documented.
pub(super) async fn delete(
    Shared(world): Shared<Arc<World>>,
    caller: Caller,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> Response {
    let mut state = world.state();
    let delete = |state: &mut State| -> Answer {
        may_see(state, &caller, true)?;
        if state.settings.is_on("delete_refused") {
            return Err(StatusCode::FORBIDDEN.into());
        }
        let Some(ticket) = asked.get("ticket_id").map(|ticket| number(ticket)) else {
            return Err((StatusCode::BAD_REQUEST, Json(json!({"Message": "A ticket_id is required to delete an action."}))).into());
        };
        let same = |action: &Action| action.fields["ticket_id"] == ticket && action.fields["id"] == number(&id);
        let Some(index) = state.actions.iter().position(same) else { return Ok(nothing()) };
        if state.tickets.iter().any(|known| known["id"] == ticket && known["_canupdate"] == false) {
            return Err(StatusCode::FORBIDDEN.into());
        }
        let gone = state.actions.remove(index).fields;
        attachments::drop_those_of(state, &gone);
        state.deleted_actions.push(gone.clone());
        Ok(Json(gone).into_response())
    };
    say(delete(&mut state))
}

/// A serialised .NET exception, as Halo shows those of its own rules.
fn exception(message: &str) -> Refusal {
    let body = json!({
        "ClassName": "System.Exception", "Message": message, "Data": null, "InnerException": null, "HelpURL": null, "StackTraceString": null,
        "RemoteStackTraceString": null, "HResult": -2_146_233_088_i64, "Source": "NetHelpDesk_API",
    });
    (StatusCode::BAD_REQUEST, Json(body)).into()
}

pub(super) async fn save(Shared(world): Shared<Arc<World>>, caller: Caller, Json(body): Json<Value>) -> Response {
    let mut state = world.state();
    let save = |state: &mut State| -> Answer {
        may_see(state, &caller, true)?;
        if state.settings.is_on("deny_actions") {
            return Err(StatusCode::FORBIDDEN.into());
        }
        let new = only(&body)?;
        let Some(place) = state.tickets.iter().position(|ticket| ticket["id"] == new["ticket_id"]) else { return Ok(nothing()) };
        takes_actions(state, &state.tickets[place])?;
        let files = attachments::read(state, new)?;
        let new = leave_out(new.clone(), &["attachments"]);
        let ticket = &mut state.tickets[place];
        ticket["last_update"] = now();
        let user_email = ticket["user_email"].clone();
        let (is_new, any) = (new["id"].as_u64().unwrap_or(0) == 0, !files.is_empty());
        let mut stored = if is_new { create(state, &caller, &new, &user_email)? } else { change(state, &new)? };
        if any {
            stored["attachment_count"] = json!(attachments::keep(state, &stored, files));
            if let Some(known) = state.actions.iter_mut().find(|action| action.is(&stored)) {
                known.fields["attachment_count"] = stored["attachment_count"].clone();
            }
        }
        let reply = if state.settings.text("action_reply") == Some("array") { json!([stored]) } else { stored };
        Ok(Json(reply).into_response())
    };
    let answer = say(save(&mut state));
    world.wake.notify_one();
    answer
}

/// What a ticket's actions depend on.
fn takes_actions(state: &State, ticket: &Value) -> Result<(), Refusal> {
    if ticket["_canupdate"] == false {
        return Err(StatusCode::FORBIDDEN.into());
    }
    // The field's name is an assumption, and so is the sentence: nothing published says how a merged ticket looks.
    if ticket["merged_into_id"].as_u64().is_some_and(|into| into > 0) {
        return Err((StatusCode::BAD_REQUEST, "This ticket has been merged into another ticket.").into());
    }
    if ticket["hasbeenclosed"] == true && state.settings.is_on("closed_refuses") {
        return Err((StatusCode::BAD_REQUEST, "This ticket is closed and cannot be updated.").into());
    }
    Ok(())
}

/// An id: that action, changed.
fn change(state: &mut State, new: &Value) -> Result<Value, Refusal> {
    let known = state.actions.iter_mut().find(|action| action.is(new)).ok_or_else(|| exception("The action does not exist."))?;
    merge(&mut known.fields, new);
    settle_note(&mut known.fields, new);
    known.fields["last_updated"] = now();
    Ok(known.fields.clone())
}

/// No id: one more action, and its mail.
fn create(state: &mut State, caller: &Caller, new: &Value, user_email: &Value) -> Result<Value, Refusal> {
    let blank_text = |field: &str| new[field].as_str().is_none_or(|text| text.trim().is_empty());
    if blank_text("outcome") && new["outcome_id"].as_u64().unwrap_or(0) == 0 {
        return Err(exception("Please choose an Outcome."));
    }
    if ["note", "note_html", "emailbody", "emailbody_html"].into_iter().all(blank_text) {
        return Err((StatusCode::BAD_REQUEST, Json(json!({"Message": "Please enter a note."}))).into());
    }
    if new["emailto"].as_str().is_some_and(|to| to.len() > LONGEST_RECIPIENT) {
        return Err((StatusCode::BAD_REQUEST, "String or binary data would be truncated.").into());
    }
    let asked = new["who_agentid"].as_u64().and_then(|id| u32::try_from(id).ok());
    let asked = asked.filter(|id| state.settings.is_on("honour_who_agentid") && state.agents.iter().any(|agent| agent["id"] == *id));
    let author = asked.unwrap_or(caller.agent);
    let person = state.agents.iter().find(|agent| agent["id"] == author).cloned().unwrap_or_default();
    let id = next_id(state, &new["ticket_id"]);
    let mut action = blank(new["ticket_id"].clone(), id);
    merge(&mut action, new);
    action["customfields"] = lookups::custom_fields(&json!([]), &new["customfields"]);
    // The name and the number of an outcome follow each other.
    if let Some(number) = new["outcome"].as_str().and_then(lookups::outcome_id) {
        action["outcome_id"] = number;
    } else if let (true, Some(name)) = (blank_text("outcome"), lookups::outcome_name(&new["outcome_id"])) {
        action["outcome"] = name;
    }
    let ours = json!({
        "id": id, "who": person["name"], "who_type": 1, "who_agentid": author, "who_initials": person["initials"], "actionby_agent_id": caller.agent,
        "attachment_count": 0,
    });
    merge(&mut action, &ours);
    settle_note(&mut action, new);
    if new["sendemail"] == true {
        send(state, &mut action, user_email);
    }
    webhooks::action_added(state, &action);
    state.actions.push(Action { fields: action.clone(), posted: true });
    Ok(action)
}

/// What Halo's own integration writes: nobody posted it, and no marker of ours is in it. Answers its id.
pub(super) fn add_native(state: &mut State, ticket: u32, author: u32, name: &Value, note: &str) -> Value {
    let id = next_id(state, &json!(ticket));
    let mut fields = blank(json!(ticket), id);
    let change = json!({"outcome": "Remote Session", "who": name, "who_agentid": author, "actionby_agent_id": author, "note": note});
    merge(&mut fields, &change);
    settle_note(&mut fields, &change);
    state.actions.push(Action { fields, posted: false });
    json!(id)
}

/// A number that no action of this ticket has or had: that Halo never gives one out again is assumed.
fn next_id(state: &State, ticket: &Value) -> u64 {
    let all = state.actions.iter().map(|action| &action.fields).chain(&state.deleted_actions);
    1 + all.filter(|action| action["ticket_id"] == *ticket).filter_map(|action| action["id"].as_u64()).max().unwrap_or(0)
}

/// Plain and HTML note follow each other where only one was given.
fn settle_note(action: &mut Value, new: &Value) {
    if let (Some(html), None) = (new["note_html"].as_str(), new["note"].as_str()) {
        action["note"] = json!(text::of_html(html));
    } else if let (None, Some(note)) = (new["note_html"].as_str(), new["note"].as_str()) {
        action["note_html"] = json!(format!("<p>{}</p>", escape(note).replace('\n', "<br>")));
    }
}

fn send(state: &mut State, action: &mut Value, user_email: &Value) {
    if action["emailto"].as_str().is_none_or(str::is_empty) {
        action["emailto"] = user_email.clone();
    }
    action["emaildirection"] = json!("O");
    let html = match action["emailbody_html"].as_str() {
        Some("") | None => format!("<p>{}</p>", escape(action["emailbody"].as_str().unwrap_or_default()).replace('\n', "<br>")),
        Some(html) => html.to_owned(),
    };
    state.mails.push(json!({
        "id": state.mails.len() + 1, "to": action["emailto"], "cc": action["emailcc"], "subject": action["emailsubject"], "html": html, "at": action["datetime"],
        "ticket_id": action["ticket_id"], "action_id": action["id"],
    }));
}
