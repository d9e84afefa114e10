//! `/control` of the appliance: what tests and the demo's panel turn, and the ledger. Sessions are played in `play`.

use super::{
    World, events,
    people::{Representative, Team},
    play, sessions,
    shown::{self, View},
    token,
};
use axum::{
    Json, Router,
    extract::{Path, State as Shared},
    http::StatusCode,
    routing::{get, post},
};
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;

pub(super) type Answer = Result<Json<Value>, (StatusCode, Json<Value>)>;

pub(super) fn routes() -> Router<Arc<World>> {
    Router::new()
        .route("/control/ledger", get(ledger))
        .route("/control/settings", get(settings).post(change))
        .route("/control/reset", post(async |Shared(world): Shared<Arc<World>>| world.reset()))
        .route("/control/representatives/{id}", post(representative))
        .route("/control/teams/{id}", post(team))
        .route("/control/play", post(play::play))
        .route("/control/sessions/{lsid}/end", post(end))
        .route("/control/events", post(raw_event))
        .route("/control/idle", get(idle))
}

pub(super) fn conflict(text: String) -> (StatusCode, Json<Value>) {
    (StatusCode::CONFLICT, Json(json!({"error": text})))
}

async fn ledger(Shared(world): Shared<Arc<World>>) -> Json<Value> {
    let state = world.state();
    Json(json!({
        "requests": world.ledger.requests(),
        "tokens": state.tokens.iter().map(token::Token::shown).collect::<Vec<_>>(),
        "keys": state.keys.iter().map(super::keys::Key::shown).collect::<Vec<_>>(),
        "sessions": state.sessions.iter().map(|session| shown::session(session, View::Technician)).collect::<Vec<_>>(),
        "launches": state.launches.iter().map(super::jump::Launch::shown).collect::<Vec<_>>(),
        "events": state.events.iter().map(events::Event::shown).collect::<Vec<_>>(),
    }))
}

async fn settings(Shared(world): Shared<Arc<World>>) -> Json<Value> {
    Json(world.state().settings.all())
}

async fn change(Shared(world): Shared<Arc<World>>, Json(change): Json<Value>) -> Answer {
    let mut state = world.state();
    let secret = state.settings.get("client_secret").clone();
    state.settings.change(&change).map_err(conflict)?;
    if *state.settings.get("client_secret") != secret {
        token::end_all(&mut state);
    }
    world.wake.notify_one();
    Ok(Json(state.settings.all()))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RepresentativeChange {
    logged_in: Option<bool>,
    public: Option<String>,
    private: Option<String>,
    display: Option<String>,
    username: Option<String>,
    #[serde(rename = "type")]
    kind: Option<String>,
}

/// Changes a representative, or makes one.
async fn representative(Shared(world): Shared<Arc<World>>, Path(id): Path<u32>, Json(change): Json<RepresentativeChange>) -> Json<Value> {
    let mut state = world.state();
    let now = state.now();
    let nobody = || {
        let name = change.private.clone().or(change.public.clone()).unwrap_or_else(|| format!("Representative {id}"));
        let username = format!("representative-{id}");
        Representative {
            username,
            display: name.clone(),
            public: name.clone(),
            private: name,
            kind: "Normal".to_owned(),
            logged_in_since: None,
        }
    };
    let one = state.people.representatives.entry(id).or_insert_with(nobody);
    if let Some(here) = change.logged_in {
        one.logged_in_since = here.then(|| one.logged_in_since.unwrap_or(now));
    }
    let fields = [
        (&mut one.public, change.public),
        (&mut one.private, change.private),
        (&mut one.display, change.display),
        (&mut one.username, change.username),
        (&mut one.kind, change.kind),
    ];
    for (field, value) in fields {
        if let Some(value) = value {
            *field = value;
        }
    }
    Json(json!({"id": id, "logged_in": one.logged_in_since.is_some()}))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TeamChange {
    name: Option<String>,
    members: Option<Vec<u32>>,
}

/// Changes a team, or makes one.
async fn team(Shared(world): Shared<Arc<World>>, Path(id): Path<u32>, Json(change): Json<TeamChange>) -> Json<Value> {
    let mut state = world.state();
    let team = state.people.teams.entry(id).or_insert_with(|| Team { name: format!("Team {id}"), members: Vec::new(), issues: Vec::new() });
    team.name = change.name.unwrap_or_else(|| team.name.clone());
    team.members = change.members.unwrap_or_else(|| team.members.clone());
    Json(json!({"id": id, "name": team.name, "members": team.members}))
}

async fn end(Shared(world): Shared<Arc<World>>, Path(lsid): Path<String>) -> Answer {
    let mut state = world.state();
    let now = state.now();
    sessions::end(&mut state, &lsid, now).map_err(conflict)?;
    world.wake.notify_one();
    Ok(Json(json!({"lsid": lsid})))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    body: String,
}

/// An event with any body, well-formed or not.
async fn raw_event(Shared(world): Shared<Arc<World>>, Json(raw): Json<Raw>) -> Json<Value> {
    world.state().events.push(events::Event::raw(raw.body));
    world.wake.notify_one();
    Json(json!({}))
}

async fn idle(Shared(world): Shared<Arc<World>>) -> Json<Value> {
    Json(json!({"idle": !events::outstanding(&world.state())}))
}
