//! `/control`: what tests and the demo's panel turn, and the ledger they read.

use super::{Representative, World, events, sessions, sessions::Step};
use crate::merge;
use axum::{
    Json, Router,
    extract::{Path, State as Shared},
    http::StatusCode,
    routing::{get, post},
};
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;

type Answer = Result<Json<Value>, (StatusCode, String)>;

pub(super) fn routes() -> Router<Arc<World>> {
    Router::new()
        .route("/control/ledger", get(ledger))
        .route("/control/settings", get(settings).post(change))
        .route("/control/representatives/{id}", post(representative))
        .route("/control/play", post(play))
        .route("/control/sessions/{lsid}/end", post(end))
        .route("/control/events", post(raw_event))
        .route("/control/idle", get(idle))
}

async fn ledger(Shared(world): Shared<Arc<World>>) -> Json<Value> {
    let state = world.state();
    Json(json!({
        "requests": world.ledger.requests(),
        "tokens": state.tokens.len(),
        "keys": state.keys.iter().map(super::keys::Key::shown).collect::<Vec<_>>(),
        "sessions": state.sessions.iter().map(|session| sessions::shown(&state, session)).collect::<Vec<_>>(),
        "events": state.events.iter().map(events::Event::shown).collect::<Vec<_>>(),
    }))
}

async fn settings(Shared(world): Shared<Arc<World>>) -> Json<Value> {
    Json(world.state().settings.clone())
}

async fn change(Shared(world): Shared<Arc<World>>, Json(change): Json<Value>) -> Json<Value> {
    let mut state = world.state();
    merge(&mut state.settings, &change);
    world.wake.notify_one();
    Json(state.settings.clone())
}

#[derive(Deserialize)]
struct Change {
    logged_in: Option<bool>,
    public: Option<String>,
    private: Option<String>,
    display: Option<String>,
}

async fn representative(Shared(world): Shared<Arc<World>>, Path(id): Path<u32>, Json(change): Json<Change>) -> Json<Value> {
    let mut state = world.state();
    let nobody =
        || Representative { public: String::new(), private: String::new(), display: String::new(), kind: "Normal", logged_in: false };
    let one = state.representatives.entry(id).or_insert_with(nobody);
    let Change { logged_in, public, private, display } = change;
    one.logged_in = logged_in.unwrap_or(one.logged_in);
    for (field, value) in [(&mut one.public, public), (&mut one.private, private), (&mut one.display, display)] {
        if let Some(value) = value {
            *field = value;
        }
    }
    Json(json!({"id": id, "logged_in": one.logged_in}))
}

#[derive(Deserialize)]
struct Play {
    short_key: Option<String>,
    external_key: Option<String>,
    #[serde(default)]
    script: Vec<Step>,
    #[serde(default)]
    end: bool,
}

/// Plays a session without anybody at the pages.
async fn play(Shared(world): Shared<Arc<World>>, Json(play): Json<Play>) -> Answer {
    let refuse = |text: String| (StatusCode::CONFLICT, text);
    let mut state = world.state();
    let lsid = match play.short_key {
        Some(short_key) => super::pages::use_key(&mut state, |key| key.short_key == short_key).map_err(refuse)?,
        None => sessions::start(&mut state, &play.external_key.unwrap_or_default(), "General", "Connor Blake"),
    };
    for step in play.script {
        sessions::step(&mut state, &lsid, step).map_err(refuse)?;
    }
    if play.end {
        sessions::end(&mut state, &lsid).map_err(refuse)?;
    }
    world.wake.notify_one();
    Ok(Json(json!({"lsid": lsid})))
}

async fn end(Shared(world): Shared<Arc<World>>, Path(lsid): Path<String>) -> Answer {
    sessions::end(&mut world.state(), &lsid).map_err(|text| (StatusCode::CONFLICT, text))?;
    world.wake.notify_one();
    Ok(Json(json!({"lsid": lsid})))
}

#[derive(Deserialize)]
struct RawEvent {
    body: String,
}

async fn raw_event(Shared(world): Shared<Arc<World>>, Json(event): Json<RawEvent>) {
    world.state().events.push(events::Event::raw(event.body));
    world.wake.notify_one();
}

async fn idle(Shared(world): Shared<Arc<World>>) -> Json<Value> {
    Json(json!({"idle": !events::outstanding(&world.state())}))
}
