//! Tickets: unset dates of 1899, 403 for agents who may not see them, `_canupdate`; POST is upsert.

use super::{
    State, World,
    access::{Answer, Caller, Module, Refusal, say},
    actions, assets, chats,
    lists::{Asked, enveloped, found, is_asked_for, wants},
    lookups, nothing, now, webhooks,
};
use crate::settings::merge;
use axum::{
    Json,
    extract::{Path, Query, State as Shared},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};
use std::sync::Arc;

/// What Halo writes for a date that is not set.
pub(super) const NEVER: &str = "1899-12-30T00:00:00";

/// An id as the API takes it; 0 is nobody's.
pub(super) fn number(text: &str) -> u32 {
    text.parse().unwrap_or(0)
}

fn ticket(id: u32, summary: &str, details: &str, user: Option<(u32, &str, &str)>) -> Value {
    let (user_id, user_name, user_email) = user.unwrap_or((0, "General User", ""));
    let mut ticket = json!({
        "id": id, "summary": summary, "details": details, "status_id": 2, "status_name": "In Progress", "tickettype_id": 1, "tickettype_name": "Incident",
        "priority_id": 3, "sla_id": 1, "client_id": 18, "client_name": "Batley Refreshments", "site_id": 33, "site_name": "Reason Avenue",
        "user_id": user_id, "user_name": user_name, "user_email": user_email, "reportedby": null, "emailcclist": "", "team": "1st Line Support",
        "agent_id": 42, "category_1": "", "onhold": false, "hasbeenclosed": false, "dateoccurred": "2026-01-05T09:41:00Z",
        "datecreated": "2026-01-05T09:41:02.517Z", "dateclosed": NEVER, "respondbydate": NEVER, "fixbydate": NEVER, "_canupdate": true,
    });
    let rest = json!({
        "last_update": "2026-01-05T09:41:02.517Z", "inventory_number": "", "chat_id": 0, "chat_count": 0, "open_chat_count": 0,
        "send_remoteinvite": false, "remotetechid": 0, "linkremotesession": false, "remotesessionid": 0, "remotesession_count": 0,
        "third_party_id_string": "", "attachment_count": 0, "use": "ticket", "customfields": [], "assets": [], "attachments": [], "locked": false,
        "is_sensitive": false,
    });
    merge(&mut ticket, &rest);
    ticket
}

pub(super) fn seed() -> Vec<Value> {
    let connor = Some((207, "Connor Blake", "connor@batley.example"));
    let mut tickets = vec![
        ticket(
            1161,
            "Outlook does not receive mail",
            "No mail since 08:30.\nSending works; the status bar says \"Trying to connect\".",
            connor,
        ),
        // The user's address is only with the user here.
        ticket(1162, "Printer <b>jam</b> $LINKTOREMOTE", "Paper <i>stuck</i> & torn.", Some((208, "<img src=x onerror=alert(1)>", ""))),
        ticket(1163, "Call from an unknown number", "Caller hung up before giving a name.", None),
        ticket(1164, "Payroll export fails", "Only the payroll team may change this ticket.", connor),
        ticket(1165, "Keyboard replaced", "Done on site.", connor),
    ];
    for ticket in &mut tickets {
        let change = match ticket["id"].as_u64() {
            Some(1161 | 1162) => json!({"assets": assets::seed().iter().take(1).map(assets::in_list).collect::<Vec<_>>()}),
            Some(1164) => json!({"_canupdate": false}),
            Some(1165) => json!({"hasbeenclosed": true, "dateclosed": "2026-01-06T10:00:00Z", "status_id": 9, "status_name": "Closed"}),
            _ => json!({}),
        };
        merge(ticket, &change);
    }
    tickets
}

/// 403 for an agent who may not see tickets.
pub(super) fn may_see(state: &State, caller: &Caller, write: bool) -> Result<(), Refusal> {
    caller.may(state, Module::Tickets, write)?;
    if state.settings.lists("deny_agents", caller.agent) { Err(StatusCode::FORBIDDEN.into()) } else { Ok(()) }
}

/// A ticket with what it says of its chats.
fn shown(state: &State, ticket: &Value) -> Value {
    let mut ticket = ticket.clone();
    chats::counted(state, &mut ticket);
    ticket
}

/// The single object in the array that every write is; other bodies get what .NET says to them.
pub(super) fn only(body: &Value) -> Result<&Value, Refusal> {
    let refuse = |place: &str, text: &str| -> Refusal { (StatusCode::BAD_REQUEST, Json(json!({place: [text]}))).into() };
    let Some(all) = body.as_array() else {
        return Err(refuse("", "The JSON value could not be converted to a list. Path: $ | LineNumber: 0"));
    };
    let first =
        all.first().filter(|first| first.is_object()).ok_or_else(|| refuse("[0]", "The JSON value could not be converted. Path: $[0]"))?;
    for field in ["id", "ticket_id", "chat_id"] {
        if !first[field].is_null() && first[field].as_u64().is_none() {
            return Err(refuse(
                &format!("[0].{field}"),
                &format!("The JSON value could not be converted to System.Int32. Path: $[0].{field}"),
            ));
        }
    }
    Ok(first)
}

pub(super) async fn one(Shared(world): Shared<Arc<World>>, caller: Caller, Path(id): Path<String>) -> Response {
    let state = world.state();
    let answer = || -> Answer {
        may_see(&state, &caller, false)?;
        let found = state.tickets.iter().find(|ticket| ticket["id"] == number(&id));
        Ok(found.map_or_else(nothing, |ticket| Json(shown(&state, ticket)).into_response()))
    };
    say(answer())
}

pub(super) async fn list(Shared(world): Shared<Arc<World>>, caller: Caller, Query(asked): Query<Asked>) -> Response {
    let state = world.state();
    let fits = |ticket: &&Value| {
        let open = ticket["hasbeenclosed"] == false || !wants(&asked, "open_only");
        let closed = ticket["hasbeenclosed"] == true || !wants(&asked, "closed_only");
        let asset = asked
            .get("asset_id")
            .is_none_or(|id| ticket["assets"].as_array().is_some_and(|all| all.iter().any(|one| one["id"] == number(id))));
        ["agent_id", "client_id", "user_id"].iter().all(|field| is_asked_for(&asked, ticket, field))
            && asset
            && open
            && closed
            && found(&asked, ticket, &["summary", "details"])
    };
    say(may_see(&state, &caller, false)
        .map(|()| enveloped(&asked, "tickets", state.tickets.iter().filter(fits).map(|ticket| shown(&state, ticket)).collect())))
}

/// An object with an id changes that ticket, one without makes a new one.
pub(super) async fn save(Shared(world): Shared<Arc<World>>, caller: Caller, Json(body): Json<Value>) -> Response {
    let mut state = world.state();
    let save = |state: &mut State| -> Answer {
        may_see(state, &caller, true)?;
        let new = only(&body)?;
        if !new["id"].is_null() {
            let Some(known) = state.tickets.iter_mut().find(|ticket| ticket["id"] == new["id"]) else { return Ok(nothing()) };
            if known["_canupdate"] == false {
                return Err(StatusCode::FORBIDDEN.into());
            }
            let fields = lookups::custom_fields(&known["customfields"], &new["customfields"]);
            merge(known, new);
            known["customfields"] = fields;
            known["last_update"] = now();
            return Ok(Json(&*known).into_response());
        }
        Ok(Json(log(state, new, LoggedBy::Agent(caller.agent))).into_response())
    };
    let answer = say(save(&mut state));
    world.wake.notify_one();
    answer
}

/// Who logs a ticket.
#[derive(Clone, Copy)]
pub(super) enum LoggedBy {
    Agent(u32),
    /// On the portal: the ticket's user.
    User,
}

/// Logs a ticket: its fields by name, its first action, Halo's own invite when that integration is connected, the webhook. That
/// the portal always applies the type's default, and the agent's screen sends what the agent left in the field, is documented.
pub(super) fn log(state: &mut State, new: &Value, by: LoggedBy) -> Value {
    let id = 1 + state.tickets.iter().filter_map(|ticket| ticket["id"].as_u64()).max().unwrap_or(0);
    let user = state.users.iter().find(|user| user["id"] == new["user_id"]).cloned().unwrap_or_default();
    let mut made = ticket(0, "", "", None);
    if !user.is_null() {
        merge(&mut made, &json!({"user_name": user["name"], "user_email": user["emailaddress"]}));
    }
    merge(&mut made, new);
    let kind = state.ticket_types.iter().find(|kind| kind["id"] == made["tickettype_id"]).cloned().unwrap_or_default();
    let (reported_by, agent) = match by {
        LoggedBy::Agent(agent) => (json!(""), agent),
        LoggedBy::User => (made["user_name"].clone(), 1),
    };
    let ours = json!({
        "id": id, "dateoccurred": now(), "datecreated": now(), "last_update": now(), "reportedby": reported_by, "tickettype_name": kind["name"],
        "customfields": lookups::custom_fields(&json!([]), &new["customfields"]),
    });
    merge(&mut made, &ours);
    if new["agent_id"].is_null() {
        made["agent_id"] = json!(agent);
    }
    if matches!(by, LoggedBy::User) {
        made["send_remoteinvite"] = json!(kind["default_sendremoteinvite"] == 1);
    }
    state.tickets.push(made.clone());
    let author = match by {
        LoggedBy::Agent(agent) => state.agents.iter().find(|known| known["id"] == agent).cloned(),
        LoggedBy::User => None,
    };
    actions::open(state, &made, author.as_ref());
    if made["send_remoteinvite"] == true && state.settings.is_on("builtin_integration") {
        actions::native_invite(state, &made);
    }
    webhooks::ticket_logged(state, &made);
    made
}
