//! The pages on which a person plays customer and technician, and the JSON they live on.

use super::{State, World, keys::Key, sessions, sessions::Step};
use crate::now_ms;
use axum::{
    Json, Router,
    extract::{Query, State as Shared},
    http::StatusCode,
    routing::{get, get_service, post},
};
use serde::Deserialize;
use serde_json::{Value, json};
use std::{path::Path, sync::Arc};
use tower_http::services::{ServeDir, ServeFile};

type Answer = Result<Json<Value>, (StatusCode, String)>;

/// The customer page behind `/?ak=`, the console, and their files.
pub(super) fn files(pages: Option<&Path>) -> Router<Arc<World>> {
    let Some(folder) = pages.map(|pages| pages.with_file_name("appliance")) else { return Router::new() };
    Router::new()
        .route("/", get_service(ServeFile::new(folder.join("customer.html"))))
        .route("/console", get_service(ServeFile::new(folder.join("console.html"))))
        .fallback_service(ServeDir::new(folder))
}

pub(super) fn endpoints() -> Router<Arc<World>> {
    Router::new()
        .route("/demo/config", get(config))
        .route("/demo/representatives", get(representatives))
        .route("/demo/session", get(session))
        .route("/demo/sessions", get(all_sessions))
        .route("/demo/join-customer", post(join))
        .route("/demo/step", post(step))
        .route("/demo/end", post(end))
}

async fn config(Shared(world): Shared<Arc<World>>) -> Json<Value> {
    Json(json!({"halo": world.halo_origin}))
}

async fn representatives(Shared(world): Shared<Arc<World>>) -> Json<Value> {
    let state = world.state();
    let all = state
        .representatives
        .iter()
        .map(|(id, one)| json!({"id": id, "public": one.public, "private": one.private, "type": one.kind, "logged_in": one.logged_in}));
    Json(json!({"representatives": all.collect::<Vec<_>>()}))
}

/// A customer uses a key; a key works once.
pub(super) fn use_key(state: &mut State, wanted: impl Fn(&Key) -> bool) -> Result<String, String> {
    let key = state.keys.iter().find(|key| wanted(key)).ok_or("This session key does not exist.")?;
    if let Some(lsid) = &key.lsid {
        return Ok(lsid.clone());
    }
    if key.expires <= now_ms() / 1000 {
        return Err("This session key has expired.".to_owned());
    }
    let (external_key, queue, short_key) = (key.external_key.clone(), queue_name(state, &key.queue), key.short_key.clone());
    let lsid = sessions::start(state, &external_key, &queue, "Connor Blake");
    if let Some(key) = state.keys.iter_mut().find(|key| key.short_key == short_key) {
        key.lsid = Some(lsid.clone());
    }
    Ok(lsid)
}

fn queue_name(state: &State, queue: &str) -> String {
    let id = |prefix| queue.strip_prefix(prefix).and_then(|id| id.parse::<u32>().ok());
    id("rep:")
        .and_then(|id| state.representatives.get(&id).map(|one| one.public.clone()))
        .or_else(|| id("team:").and_then(|id| state.teams.iter().find(|(team, _)| *team == id).map(|(_, name)| (*name).to_owned())))
        .unwrap_or_else(|| "General".to_owned())
}

#[derive(Deserialize)]
struct Asked {
    #[serde(default)]
    ak: String,
    /// The code a customer types instead of following the link.
    short_key: Option<String>,
}

async fn session(Shared(world): Shared<Arc<World>>, Query(asked): Query<Asked>) -> Answer {
    let state = world.state();
    if let Some(typed) = asked.short_key {
        let key = state.keys.iter().find(|key| key.short_key == typed);
        return key.map(|key| Json(json!({"ak": key.ak}))).ok_or((StatusCode::NOT_FOUND, "This session key does not exist.".to_owned()));
    }
    let key =
        state.keys.iter().find(|key| key.ak == asked.ak).ok_or((StatusCode::NOT_FOUND, "This session key does not exist.".to_owned()))?;
    let running = key.lsid.as_ref().and_then(|lsid| state.sessions.iter().find(|session| session.lsid == *lsid));
    let Some(running) = running else {
        let stage = if key.expires <= now_ms() / 1000 { "expired" } else { "unused" };
        return Ok(Json(json!({
            "state": stage, "short_key": key.short_key, "queue": queue_name(&state, &key.queue), "customer": "", "lines": [], "representatives": [], "lsid": null,
        })));
    };
    let mut shown = sessions::shown(&state, running);
    shown["short_key"] = json!(key.short_key);
    let names: Vec<Value> = shown["representatives"].as_array().into_iter().flatten().map(|one| one["name"].clone()).collect();
    shown["representatives"] = json!(names);
    // A customer does not see what representatives say to each other.
    if let Some(lines) = shown["lines"].as_array_mut() {
        let customer = running.customer.clone();
        lines.retain(|line| line["role"] == "customer" || line["to"].is_null() || line["to"] == json!(customer));
    }
    if let Some(fields) = shown.as_object_mut() {
        fields.remove("notes");
        fields.remove("external_key");
    }
    Ok(Json(shown))
}

async fn all_sessions(Shared(world): Shared<Arc<World>>) -> Json<Value> {
    let state = world.state();
    Json(json!({"sessions": state.sessions.iter().rev().map(|session| sessions::shown(&state, session)).collect::<Vec<_>>()}))
}

async fn join(Shared(world): Shared<Arc<World>>, Json(asked): Json<Asked>) -> Answer {
    let lsid = use_key(&mut world.state(), |key| key.ak == asked.ak).map_err(|text| (StatusCode::CONFLICT, text))?;
    world.wake.notify_one();
    Ok(Json(json!({"lsid": lsid})))
}

#[derive(Deserialize)]
struct Played {
    lsid: String,
    #[serde(default)]
    step: Step,
}

async fn step(Shared(world): Shared<Arc<World>>, Json(played): Json<Played>) -> Answer {
    sessions::step(&mut world.state(), &played.lsid, played.step).map_err(|text| (StatusCode::CONFLICT, text))?;
    world.wake.notify_one();
    Ok(Json(json!({"lsid": played.lsid})))
}

async fn end(Shared(world): Shared<Arc<World>>, Json(played): Json<Played>) -> Answer {
    sessions::end(&mut world.state(), &played.lsid).map_err(|text| (StatusCode::CONFLICT, text))?;
    world.wake.notify_one();
    Ok(Json(json!({"lsid": played.lsid})))
}
