//! Halo's own BeyondTrust integration, as far as it leaves traces beside what we write: the action it adds when a session ends, and
//! the remote sessions it keeps.

use super::{
    World,
    access::{Answer, Caller, say},
    actions,
    lists::{Asked, enveloped, found, wants},
    now,
    tickets::may_see,
};
use axum::{
    Json, Router,
    extract::{Query, State as Shared},
    http::StatusCode,
    response::Response,
    routing::{get, post},
};
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;

/// Who writes for the integration; not one of the agents that are listed.
const SYSTEM_AGENT: (u32, &str) = (2, "Halo Integrator");
/// The chat log that becomes the action's note. Nothing in it names the session.
const CHAT_LOG: [&str; 3] =
    ["10:02 Priya Nair: Good morning, may I see your screen?", "10:03 Connor Blake: Please do.", "10:19 Priya Nair: That should be all."];
const FIRST_SESSION: usize = 301;

pub(super) fn routes() -> Router<Arc<World>> {
    Router::new().route("/api/remotesession", get(sessions)).route("/control/native-note", post(note))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Ended {
    /// Without one the session is stored, linked to nothing.
    ticket: Option<u32>,
    lsid: String,
    /// The technician who took it; without one the integration itself is the author.
    agent: Option<u32>,
}

/// What Halo does of itself when the event of a session's end reaches it.
async fn note(Shared(world): Shared<Arc<World>>, Json(ended): Json<Ended>) -> Result<Json<Value>, (StatusCode, Json<Value>)> {
    let mut state = world.state();
    let id = ended.ticket.unwrap_or(0);
    let ticket = state.tickets.iter().find(|ticket| ticket["id"] == id).cloned();
    if ended.ticket.is_some() && ticket.is_none() {
        return Err((StatusCode::CONFLICT, Json(json!({"error": format!("there is no ticket {id}")}))));
    }
    let ticket = ticket.unwrap_or_else(|| json!({"id": 0, "client_name": "", "site_name": "", "user_name": "General User"}));
    let named = ended.agent.and_then(|id| state.agents.iter().find(|agent| agent["id"] == id)).map(|agent| agent["name"].clone());
    let (author, name) = match (ended.agent, named) {
        (Some(id), Some(name)) => (id, name),
        _ => (SYSTEM_AGENT.0, json!(SYSTEM_AGENT.1)),
    };
    let log = CHAT_LOG.join("\n");
    let action = if id > 0 { actions::add_native(&mut state, id, author, &name, &log) } else { Value::from(0) };
    if let Some(known) = state.tickets.iter_mut().find(|known| known["id"] == id) {
        known["remotesession_count"] = json!(1 + known["remotesession_count"].as_u64().unwrap_or(0));
    }
    let number = FIRST_SESSION + state.remote_sessions.len();
    state.remote_sessions.push(json!({
        "id": number, "thirdpartyid": ended.lsid, "ticket_id": id, "actionnumber": action, "calllogid": 0, "customername": ticket["client_name"],
        "sitename": ticket["site_name"], "username": ticket["user_name"], "emailaddress": ticket["user_email"].as_str().unwrap_or_default(),
        "sessionstate": 0, "sessionfinished": true, "unum": author, "uname": name, "queuedate": now(), "leftqueuedate": now(),
        "sessionstartdate": now(), "sessionenddate": now(), "matchedclient": ticket["client_id"].as_u64().unwrap_or(0),
        "matchedsite": ticket["site_id"].as_u64().unwrap_or(0), "matcheduser": ticket["user_name"], "outcome": 0, "phonenumber": "", "notes": log,
        "summary": "Remote Session", "resolved": false, "isnewreq": false, "userid": ticket["user_id"].as_u64().unwrap_or(0), "livechatid": 0,
        "clientid": ticket["client_id"].as_u64().unwrap_or(0), "siteid": ticket["site_id"].as_u64().unwrap_or(0), "time_taken": 0.28,
        "agent_url": "", "module_id": 0, "recording_url": "",
    }));
    Ok(Json(json!({"action_id": action, "remotesession_id": number})))
}

/// Those that are on no ticket yet, unless the others are asked for, too. That this is what `includelinked` means, and that reading
/// tickets is the right it takes, is assumed.
async fn sessions(Shared(world): Shared<Arc<World>>, caller: Caller, Query(asked): Query<Asked>) -> Response {
    let state = world.state();
    let answer = || -> Answer {
        may_see(&state, &caller, false)?;
        let chosen = state.remote_sessions.iter().filter(|session| {
            let unlinked = session["ticket_id"] == 0 || wants(&asked, "includelinked");
            unlinked && found(&asked, session, &["thirdpartyid", "username", "notes"])
        });
        Ok(enveloped(&asked, "remotesessions", chosen.cloned().collect()))
    };
    say(answer())
}
