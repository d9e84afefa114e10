//! Agents and users. The list of agents leaves out what only the detail shows (`beyondtrust_name`); its outer shape differs
//! between versions of Halo, hence a switch.

use super::{
    World,
    access::{Answer, Caller, Module, say},
    lists::{Asked, enveloped, found, is_asked_for, wants},
    nothing, tickets,
};
use axum::{
    Json,
    extract::{Path, Query, State as Shared},
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};
use std::sync::Arc;

const UNASSIGNED: u32 = 1;
/// Only in the detail.
const DETAILS: [&str; 9] =
    ["beyondtrust_name", "is_admin", "claims", "customfields", "teams", "departments", "roles", "custombuttons", "workday_timezone"];

struct Seed {
    id: u32,
    name: &'static str,
    initials: &'static str,
    email: &'static str,
    invites: bool,
    beyondtrust_name: Option<&'static str>,
    is_admin: bool,
}

#[rustfmt::skip]
const AGENTS: [Seed; 7] = [
    Seed { id: UNASSIGNED, name: "Unassigned", initials: "UN", email: "", invites: false, beyondtrust_name: Some(""), is_admin: false },
    Seed { id: 42, name: "Priya Nair", initials: "PN", email: "priya.nair@northwind.example", invites: true, beyondtrust_name: Some("Priya Nair"), is_admin: true },
    Seed { id: 43, name: "Ann Keller", initials: "AK", email: "ann.keller@northwind.example", invites: true, beyondtrust_name: Some("Ann K."), is_admin: false },
    Seed { id: 44, name: "Tomás Ødegård", initials: "TØ", email: "tomas.odegard@northwind.example", invites: true, beyondtrust_name: Some(""), is_admin: false },
    Seed { id: 45, name: "Kit O'Neill", initials: "KO", email: "kit.oneill@northwind.example", invites: false, beyondtrust_name: Some("Kit"), is_admin: false },
    Seed { id: 46, name: "Zoë Müller-Łukasz", initials: "ZM", email: "zoe@northwind.example", invites: true, beyondtrust_name: Some("Zoë Müller-Łukasz"), is_admin: false },
    Seed { id: 90, name: "Remote Support Service", initials: "RS", email: "", invites: false, beyondtrust_name: None, is_admin: false },
];

pub(super) fn agents() -> Vec<Value> {
    let agent = |seed: Seed| {
        let (first, last) = seed.name.split_once(' ').unwrap_or((seed.name, ""));
        let role = if seed.is_admin { "Administrator" } else { "Agent" };
        json!({
            "id": seed.id, "name": seed.name, "firstname": first, "surname": last, "initials": seed.initials, "email": seed.email, "jobtitle": "Service Desk Engineer",
            "team": "1st Line Support", "is_agent": true, "isdisabled": false, "isapiagent": seed.id == 90, "is_online": seed.id != UNASSIGNED, "onlinestatus": 1,
            "onlinestatus_actual": 1, "lastonline": "1899-12-30T00:00:00", "lastlogindate": "1899-12-30T00:00:00", "agentphotopath": "", "colour": "#3b8ea5",
            "sms": "", "extensionnumber": "", "role_list": role, "use": "agent", "logmeinid": "", "allowbeyondtrustinvites": seed.invites,
            "splashtop_authorized": false, "gotoresolve_authorized": false,
            "beyondtrust_name": seed.beyondtrust_name, "is_admin": seed.is_admin, "workday_timezone": "GMT Standard Time", "claims": null, "customfields": [],
            "teams": [{"team_id": 3, "team_name": "1st Line Support", "department_id": 1, "is_manager": false, "in_section": true}],
            "departments": [{"department_id": 1, "department_name": "Service Desk"}], "roles": [{"name": role}], "custombuttons": [],
        })
    };
    AGENTS.into_iter().map(agent).collect()
}

pub(super) fn users() -> Vec<Value> {
    let user = |id: u32, name: &str, first: &str, last: &str, email: &str| {
        json!({
            "id": id, "name": name, "firstname": first, "surname": last, "initials": "", "site_id": 33.0, "site_id_int": 33, "site_name": "Reason Avenue",
            "client_id": 18, "client_name": "Batley Refreshments", "emailaddress": email, "email2": "", "email3": "", "phonenumber_preferred": null,
            "mobilenumber": "", "login": email, "inactive": false, "neversendemails": false, "isserviceaccount": false, "linked_agent_id": 0,
            "customfields": null, "custombuttons": [], "use": "user",
        })
    };
    vec![
        user(207, "Connor Blake", "Connor", "Blake", "connor@batley.example"),
        user(208, "<img src=x onerror=alert(1)>", "<img", "src=x onerror=alert(1)>", "hostile@batley.example"),
    ]
}

fn in_list(agent: &Value) -> Value {
    let mut agent = agent.clone();
    if let Some(fields) = agent.as_object_mut() {
        fields.retain(|name, _| !DETAILS.contains(&name.as_str()));
    }
    agent
}

pub(super) async fn agent_list(Shared(world): Shared<Arc<World>>, _: Caller, Query(asked): Query<Asked>) -> Response {
    let state = world.state();
    let says_no = |name: &str| asked.get(name).is_some_and(|value| value.eq_ignore_ascii_case("false"));
    let chosen = state.agents.iter().filter(|agent| {
        let invited_to = !wants(&asked, "remoteagents") || agent["allowbeyondtrustinvites"] == true;
        let api = agent["isapiagent"] == false || wants(&asked, "includeapiagents");
        let assigned = agent["id"] != UNASSIGNED || !says_no("includeunassigned");
        let enabled = agent["isdisabled"] == false || wants(&asked, "includedisabled");
        invited_to && api && assigned && enabled && found(&asked, agent, &["name", "email"])
    });
    let list: Vec<Value> = chosen.map(in_list).collect();
    match state.settings.text("agent_list") {
        Some(key @ ("agents" | "results")) => enveloped(&asked, key, list),
        _ => Json(list).into_response(),
    }
}

pub(super) async fn agent(Shared(world): Shared<Arc<World>>, caller: Caller, Path(id): Path<String>) -> Response {
    let id = if id == "me" { caller.agent } else { id.parse().unwrap_or(0) };
    let found = world.state().agents.iter().find(|agent| agent["id"] == id).cloned();
    found.map_or_else(nothing, |agent| Json(agent).into_response())
}

pub(super) async fn user_list(Shared(world): Shared<Arc<World>>, caller: Caller, Query(asked): Query<Asked>) -> Response {
    let state = world.state();
    say(caller.may(&state, Module::Customers, false).map(|()| {
        let users =
            state.users.iter().filter(|user| is_asked_for(&asked, user, "client_id") && found(&asked, user, &["name", "emailaddress"]));
        enveloped(&asked, "users", users.cloned().collect())
    }))
}

pub(super) async fn user(Shared(world): Shared<Arc<World>>, caller: Caller, Path(id): Path<String>) -> Response {
    let state = world.state();
    let answer = || -> Answer {
        caller.may(&state, Module::Customers, false)?;
        let found = state.users.iter().find(|user| user["id"] == tickets::number(&id));
        Ok(found.map_or_else(nothing, |user| Json(user).into_response()))
    };
    say(answer())
}
