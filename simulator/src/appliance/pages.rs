//! The pages on which a person plays customer and technician, and the JSON they live on. No vendor's API.

use super::{
    State, World,
    control::{Answer, conflict},
    jump,
    keys::Key,
    play::CUSTOMER,
    sessions::{self, Step},
    shown::{self, View},
};
use axum::{
    Json, Router,
    extract::{Query, State as Shared},
    http::{HeaderName, HeaderValue, StatusCode},
    routing::{get, get_service, post},
};
use serde::Deserialize;
use serde_json::{Value, json};
use std::{path::Path, sync::Arc};
use tower_http::{
    services::{ServeDir, ServeFile},
    set_header::SetResponseHeaderLayer,
};

/// The customer page behind `/?ak=`, the console, and their files. `folder` holds Halo's screens; the appliance's are beside it.
pub(super) fn files(folder: Option<&Path>, halo_origin: &str) -> Router<Arc<World>> {
    let Some(folder) = folder.map(|folder| folder.with_file_name("appliance")) else { return jump::page(None) };
    let policy = format!(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors {halo_origin}"
    );
    let pages = Router::new()
        .route("/", get_service(ServeFile::new(folder.join("customer.html"))))
        .route("/console", get_service(ServeFile::new(folder.join("console.html"))))
        // One reading of the JSON for both vendors' screens.
        .route("/page.js", get_service(ServeFile::new(folder.with_file_name("halo").join("page.js"))))
        .merge(jump::page(Some(folder.join("jump.html"))))
        .fallback_service(ServeDir::new(folder));
    let policy = HeaderValue::from_str(&policy).ok();
    let pages =
        pages.layer(SetResponseHeaderLayer::overriding(HeaderName::from_static("cache-control"), HeaderValue::from_static("no-cache")));
    pages.layer(SetResponseHeaderLayer::overriding(HeaderName::from_static("content-security-policy"), policy))
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
    let all = state.people.representatives.iter().map(|(id, one)| {
        json!({"id": id, "public": one.public, "private": one.private, "type": one.kind, "logged_in": one.logged_in_since.is_some()})
    });
    Json(json!({"representatives": all.collect::<Vec<_>>()}))
}

/// By the link's secret, or by the code a customer types.
#[derive(Deserialize)]
struct Asked {
    ak: Option<String>,
    short_key: Option<String>,
}

impl Asked {
    fn find(&self, state: &State) -> Result<usize, (StatusCode, Json<Value>)> {
        let wanted = |key: &Key| match (&self.ak, &self.short_key) {
            (Some(ak), _) => key.ak == *ak,
            (None, Some(code)) => key.short_key == *code,
            (None, None) => false,
        };
        state
            .keys
            .iter()
            .position(wanted)
            .ok_or_else(|| (StatusCode::NOT_FOUND, Json(json!({"error": "This session key does not exist."}))))
    }
}

/// What the customer page shows for a key.
async fn session(Shared(world): Shared<Arc<World>>, Query(asked): Query<Asked>) -> Answer {
    let state = world.state();
    let key = &state.keys[asked.find(&state)?];
    let begun = key.lsid.as_ref().and_then(|lsid| state.sessions.iter().find(|session| session.lsid == *lsid));
    let mut shown = match begun {
        Some(begun) => shown::session(begun, View::Customer),
        None => {
            let stage = if key.expires <= state.now() { "expired" } else { "unused" };
            json!({"state": stage, "lsid": null, "queue": state.people.queue_name(&key.queue), "customer": "", "lines": [], "representatives": []})
        }
    };
    shown["ak"] = json!(key.ak);
    shown["short_key"] = json!(key.short_key);
    Ok(Json(shown))
}

async fn all_sessions(Shared(world): Shared<Arc<World>>) -> Json<Value> {
    let state = world.state();
    let newest_first = state.sessions.iter().rev().map(|session| shown::session(session, View::Technician));
    Json(json!({"sessions": newest_first.collect::<Vec<_>>()}))
}

async fn join(Shared(world): Shared<Arc<World>>, Json(asked): Json<Asked>) -> Answer {
    let mut state = world.state();
    let (key, now) = (asked.find(&state)?, state.now());
    let lsid = sessions::use_key(&mut state, key, CUSTOMER, now).map_err(conflict)?;
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
    let mut state = world.state();
    let now = state.now();
    sessions::step(&mut state, &played.lsid, &played.step, now).map_err(conflict)?;
    world.wake.notify_one();
    Ok(Json(json!({"lsid": played.lsid})))
}

async fn end(Shared(world): Shared<Arc<World>>, Json(played): Json<Played>) -> Answer {
    let mut state = world.state();
    let now = state.now();
    sessions::end(&mut state, &played.lsid, now).map_err(conflict)?;
    world.wake.notify_one();
    Ok(Json(json!({"lsid": played.lsid})))
}
