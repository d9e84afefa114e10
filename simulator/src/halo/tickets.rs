//! Tickets: unset dates of 1899, 403 for agents who may not see them, `_canupdate`.

use super::{Caller, State, World, for_agent, nothing};
use axum::{
    Json,
    extract::{Path, State as Shared},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};
use std::sync::Arc;

fn ticket(id: u32, summary: &str, user: Option<(u32, &str, &str)>) -> Value {
    let (user_id, user_name, user_email) = user.unwrap_or((0, "General User", ""));
    json!({
        "id": id, "summary": summary, "details": "No mail since 08:30. Error 0x800CCC0E when sending.", "status_id": 2, "status_name": "In Progress",
        "tickettype_id": 1, "tickettype_name": "Incident", "priority_id": 3, "priority_name": "Medium", "client_id": 18,
        "client_name": "Batley Refreshments", "site_id": 33, "site_name": "Reason Avenue", "user_id": user_id, "user_name": user_name,
        "user_email": user_email, "reportedby": null, "team": "1st Line Support", "agent_id": 42, "onhold": false, "hasbeenclosed": false,
        "dateoccurred": "2026-01-05T09:41:00Z", "dateclosed": "1899-12-30T00:00:00", "chat_id": 0, "customfields": [], "assets": [], "_canupdate": true,
    })
}

pub(super) fn seed() -> Vec<Value> {
    let connor = Some((207, "Connor Blake", "connor@batley.example"));
    let mut tickets = vec![
        ticket(1161, "Outlook does not receive mail", connor),
        ticket(1162, "Printer <b>jam</b> $LINKTOREMOTE", Some((208, "<img src=x onerror=alert(1)>", ""))),
        ticket(1163, "Lights in the lobby", None),
        ticket(1164, "Payroll question (read only)", connor),
        ticket(1165, "Keyboard replaced", connor),
    ];
    tickets[3]["_canupdate"] = json!(false);
    tickets[4]["hasbeenclosed"] = json!(true);
    tickets[4]["dateclosed"] = json!("2026-01-06T10:00:00Z");
    tickets[4]["status_id"] = json!(9);
    tickets[4]["status_name"] = json!("Closed");
    tickets
}

pub(super) fn denied(state: &State, agent: u32) -> bool {
    state.settings["deny_agents"].as_array().is_some_and(|denied| denied.contains(&json!(agent)))
}

pub(super) async fn one(Shared(world): Shared<Arc<World>>, Caller(caller): Caller, Path(id): Path<u32>) -> Response {
    let state = world.state();
    if denied(&state, caller) {
        return for_agent(caller, StatusCode::FORBIDDEN);
    }
    let found = state.tickets.iter().find(|ticket| ticket["id"] == id).cloned();
    for_agent(caller, found.map_or_else(nothing, |ticket| Json(ticket).into_response()))
}

pub(super) async fn list(Shared(world): Shared<Arc<World>>, Caller(caller): Caller) -> Response {
    let tickets = world.state().tickets.clone();
    for_agent(caller, Json(json!({"page_no": 1, "page_size": 50, "record_count": tickets.len(), "tickets": tickets})))
}

/// POST is upsert: an object with a known id changes that ticket, one without makes a new one.
pub(super) async fn save(Shared(world): Shared<Arc<World>>, Caller(caller): Caller, Json(body): Json<Value>) -> Response {
    let Some(change) = body.as_array().and_then(|all| all.first()).cloned() else {
        return for_agent(caller, (StatusCode::BAD_REQUEST, Json(json!({"": ["The input was not an array."]}))));
    };
    let mut state = world.state();
    if let Some(known) = state.tickets.iter_mut().find(|ticket| ticket["id"] == change["id"]) {
        crate::merge(known, &change);
        return for_agent(caller, Json(known.clone()));
    }
    let id = 1 + state.tickets.iter().filter_map(|ticket| ticket["id"].as_u64()).max().unwrap_or(0);
    let mut made = ticket(u32::try_from(id).unwrap_or(0), change["summary"].as_str().unwrap_or_default(), None);
    crate::merge(&mut made, &change);
    made["id"] = json!(id);
    state.tickets.push(made.clone());
    for_agent(caller, Json(made))
}
