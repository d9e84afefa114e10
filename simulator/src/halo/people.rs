//! Agents and users. The list of agents leaves out what only the detail shows (`beyondtrust_name`).

use super::{Caller, World, for_agent, nothing};
use axum::{
    Json,
    extract::{Path, Query, State as Shared},
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};
use std::{collections::HashMap, sync::Arc};

fn one_agent(id: u32, name: &str, invites: bool, beyondtrust_name: Value, is_admin: bool) -> Value {
    let (first, last) = name.split_once(' ').unwrap_or((name, ""));
    json!({
        "id": id, "name": name, "firstname": first, "surname": last, "email": format!("{}@northwind.example", first.to_lowercase()),
        "team": "1st Line Support", "is_agent": true, "isdisabled": false, "isapiagent": id == 90, "is_online": true, "colour": "#3b8ea5",
        "role_list": if is_admin { "Administrator" } else { "Agent" }, "use": "agent", "logmeinid": "", "allowbeyondtrustinvites": invites,
        "lastonline": "1899-12-30T00:00:00", "beyondtrust_name": beyondtrust_name, "is_admin": is_admin, "customfields": [], "claims": null,
    })
}

pub(super) fn agents() -> Vec<Value> {
    vec![
        one_agent(1, "Unassigned", false, json!(""), false),
        one_agent(42, "Priya Nair", true, json!("Priya Nair"), true),
        one_agent(43, "Ann Keller", true, json!("Ann K."), false),
        one_agent(44, "Tomás Ødegård", true, json!(""), false),
        one_agent(45, "Kit O'Neill", false, json!("Kit"), false),
        one_agent(46, "Zoë Müller-Łukasz", true, json!("Zoë Müller-Łukasz"), false),
        one_agent(90, "Remote Support Service", false, Value::Null, false),
    ]
}

pub(super) fn users() -> Vec<Value> {
    let user = |id: u32, name: &str, first: &str, last: &str, email: &str| {
        json!({
            "id": id, "name": name, "firstname": first, "surname": last, "site_id": 33.0, "site_id_int": 33, "site_name": "Reason Avenue", "client_id": 18,
            "client_name": "Batley Refreshments", "emailaddress": email, "email2": "", "inactive": false, "customfields": null, "use": "user",
        })
    };
    vec![
        user(207, "Connor Blake", "Connor", "Blake", "connor@batley.example"),
        user(208, "<img src=x onerror=alert(1)>", "<img", "onerror=alert(1)>", "hostile@batley.example"),
    ]
}

fn in_list(agent: &Value) -> Value {
    let mut agent = agent.clone();
    if let Some(fields) = agent.as_object_mut() {
        for detail in ["beyondtrust_name", "is_admin", "claims", "customfields"] {
            fields.remove(detail);
        }
    }
    agent
}

pub(super) async fn agent_list(
    Shared(world): Shared<Arc<World>>,
    Caller(caller): Caller,
    Query(query): Query<HashMap<String, String>>,
) -> Response {
    let enabled_only = query.get("remoteagents").is_some_and(|value| value == "true");
    let with_api_agents = query.get("includeapiagents").is_some_and(|value| value == "true");
    let state = world.state();
    let chosen = state
        .agents
        .iter()
        .filter(|agent| (!enabled_only || agent["allowbeyondtrustinvites"] == true) && (with_api_agents || agent["isapiagent"] == false));
    // A bare array here; other versions wrap it.
    for_agent(caller, Json(chosen.map(in_list).collect::<Vec<_>>()))
}

pub(super) async fn agent(Shared(world): Shared<Arc<World>>, Caller(caller): Caller, Path(id): Path<String>) -> Response {
    let id = if id.eq_ignore_ascii_case("me") { caller } else { id.parse().unwrap_or(0) };
    let found = world.state().agents.iter().find(|agent| agent["id"] == id).cloned();
    for_agent(caller, found.map_or_else(nothing, |agent| Json(agent).into_response()))
}

pub(super) async fn user_list(Shared(world): Shared<Arc<World>>, Caller(caller): Caller) -> Response {
    let users = world.state().users.clone();
    for_agent(caller, Json(json!({"record_count": users.len(), "users": users})))
}

pub(super) async fn user(Shared(world): Shared<Arc<World>>, Caller(caller): Caller, Path(id): Path<u32>) -> Response {
    let found = world.state().users.iter().find(|user| user["id"] == id).cloned();
    for_agent(caller, found.map_or_else(nothing, |user| Json(user).into_response()))
}
