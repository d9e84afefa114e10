//! Actions: POST is upsert, ids count per ticket, the author is the token's agent whatever the body says (unless the switch is
//! on), and `sendemail` puts a mail into the mailbox.

use super::{Caller, World, for_agent, nothing, tickets};
use crate::{iso, now_ms};
use axum::{
    Json,
    extract::{Path, Query, State as Shared},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};
use std::{collections::HashMap, sync::Arc};

type Asked = Query<HashMap<String, String>>;

pub(super) async fn list(Shared(world): Shared<Arc<World>>, Caller(caller): Caller, Query(query): Asked) -> Response {
    let ticket: u64 = query.get("ticket_id").and_then(|id| id.parse().ok()).unwrap_or(0);
    let with_html = query.get("includehtmlnote").is_some_and(|value| value == "true");
    let state = world.state();
    if !state.tickets.iter().any(|known| known["id"] == ticket) {
        return for_agent(caller, nothing());
    }
    let mut actions: Vec<Value> = state.actions.iter().filter(|action| action["ticket_id"] == ticket).rev().cloned().collect();
    let total = actions.len();
    if let Some(count) = query.get("count").or(query.get("page_size")).and_then(|count| count.parse::<usize>().ok()) {
        actions.truncate(count.min(100));
    }
    for action in &mut actions {
        if let (false, Some(fields)) = (with_html, action.as_object_mut()) {
            fields.remove("note_html");
            fields.remove("emailbody_html");
        }
    }
    for_agent(caller, Json(json!({"record_count": total, "actions": actions})))
}

pub(super) async fn one(Shared(world): Shared<Arc<World>>, Caller(caller): Caller, Path(id): Path<u64>, Query(query): Asked) -> Response {
    let ticket: u64 = query.get("ticket_id").and_then(|id| id.parse().ok()).unwrap_or(0);
    let found = world.state().actions.iter().find(|action| action["ticket_id"] == ticket && action["id"] == id).cloned();
    for_agent(caller, found.map_or_else(nothing, |action| Json(action).into_response()))
}

fn refuse(caller: u32, message: &str) -> Response {
    let body = json!({
        "ClassName": "System.Exception", "Message": message, "Data": null, "InnerException": null, "HelpURL": null, "StackTraceString": null, "HResult": -2_146_233_088_i64,
        "Source": "NetHelpDesk_API",
    });
    for_agent(caller, (StatusCode::BAD_REQUEST, Json(body)))
}

pub(super) async fn save(Shared(world): Shared<Arc<World>>, Caller(caller): Caller, Json(body): Json<Value>) -> Response {
    let Some(new) = body.as_array().and_then(|all| all.first()).cloned() else {
        return for_agent(
            caller,
            (StatusCode::BAD_REQUEST, Json(json!({"": ["The JSON value could not be converted to a list. Path: $"]}))),
        );
    };
    let mut state = world.state();
    if tickets::denied(&state, caller) {
        return for_agent(caller, StatusCode::FORBIDDEN);
    }
    let Some(ticket) = state.tickets.iter().find(|ticket| ticket["id"] == new["ticket_id"]).cloned() else {
        return for_agent(caller, nothing());
    };
    if ticket["locked"] == true {
        return refuse(caller, "This ticket is locked.");
    }
    if let Some(known) = state
        .actions
        .iter_mut()
        .find(|action| new["id"].is_number() && action["id"] == new["id"] && action["ticket_id"] == new["ticket_id"])
    {
        crate::merge(known, &new);
        return for_agent(caller, Json(known.clone()));
    }
    if new["outcome"].as_str().unwrap_or_default().is_empty() && !new["outcome_id"].is_number() {
        return refuse(caller, "Please choose an Outcome.");
    }
    let asked = new["who_agentid"].as_u64().and_then(|id| u32::try_from(id).ok()).filter(|_| state.settings["honour_who_agentid"] == true);
    let author = asked.unwrap_or(caller);
    let name = state.agents.iter().find(|agent| agent["id"] == author).map(|agent| agent["name"].clone()).unwrap_or_default();
    let id = 1 + state
        .actions
        .iter()
        .filter(|action| action["ticket_id"] == new["ticket_id"])
        .filter_map(|action| action["id"].as_u64())
        .max()
        .unwrap_or(0);
    let mut action = json!({
        "note": "", "note_html": "", "hiddenfromuser": false, "important": false, "timetaken": 0.0, "emaildirection": "", "emailto": "", "emailsubject": "",
        "attachment_count": 0, "chatid": 0, "on_behalf_of": 0, "_warning": null,
    });
    crate::merge(&mut action, &new);
    action["id"] = json!(id);
    action["who"] = name;
    action["who_type"] = json!(1);
    action["who_agentid"] = json!(author);
    action["actionby_agent_id"] = json!(caller);
    action["datetime"] = json!(iso(now_ms() / 1000).replace("+00:00", "Z"));
    if new["sendemail"] == true {
        action["emaildirection"] = json!("O");
        let mail = json!({
            "id": state.mails.len() + 1, "to": new["emailto"], "subject": new["emailsubject"], "html": new["emailbody_html"], "at": action["datetime"],
            "ticket_id": new["ticket_id"], "action_id": id,
        });
        state.mails.push(mail);
    }
    state.actions.push(action.clone());
    for_agent(caller, Json(action))
}
