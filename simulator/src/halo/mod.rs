//! Halo: sign-in, agents, tickets, actions with mail, users; its odd shapes; and the JSON behind the demo's screens.

mod actions;
mod auth;
mod pages;
mod people;
mod tickets;

use crate::{Options, faults, lock, merge};
use axum::{
    Json, Router,
    extract::{FromRequestParts, State as Shared},
    http::{StatusCode, header, request::Parts},
    middleware,
    response::{IntoResponse, Response},
    routing::get,
};
use serde_json::{Value, json};
use std::{
    path::Path,
    sync::{Arc, Mutex, MutexGuard},
};

/// Halo's state, behind one lock: nothing here is slow.
pub struct World {
    state: Mutex<State>,
    ledger: Arc<faults::Ledger>,
    origin: String,
    appliance_origin: String,
    proxy_origin: String,
}

pub(crate) struct State {
    settings: Value,
    agents: Vec<Value>,
    users: Vec<Value>,
    tickets: Vec<Value>,
    actions: Vec<Value>,
    mails: Vec<Value>,
    codes: Vec<auth::Code>,
    tokens: Vec<auth::Token>,
    refreshes: Vec<auth::Refresh>,
    refresh_log: Vec<Value>,
    sign_ins: Vec<Value>,
    /// Times of API requests within the rate limit's window.
    recent: Vec<i64>,
}

impl World {
    pub(crate) fn new(origin: String, appliance_origin: String, options: &Options) -> Arc<Self> {
        let state = State {
            settings: json!({
                "honour_who_agentid": false, "coop": "off", "frame_sandbox": "", "rate_limit": null, "token_seconds": 3600, "deny_agents": [],
            }),
            agents: people::agents(),
            users: people::users(),
            tickets: tickets::seed(),
            actions: Vec::new(),
            mails: Vec::new(),
            codes: Vec::new(),
            tokens: Vec::new(),
            refreshes: Vec::new(),
            refresh_log: Vec::new(),
            sign_ins: Vec::new(),
            recent: Vec::new(),
        };
        let proxy_origin = options.proxy_origin.clone();
        Arc::new(Self { state: Mutex::new(state), ledger: Arc::default(), origin, appliance_origin, proxy_origin })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }
}

/// The caller of an API request, by its bearer token; within the rate limit.
struct Caller(u32);

impl FromRequestParts<Arc<World>> for Caller {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, world: &Arc<World>) -> Result<Self, Response> {
        let presented =
            parts.headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()).and_then(|value| value.strip_prefix("Bearer "));
        let mut state = world.state();
        let now = crate::now_ms();
        state.recent.retain(|at| *at > now - 300_000);
        if let Some(limit) = state.settings["rate_limit"].as_u64().filter(|limit| state.recent.len() as u64 >= *limit) {
            let body = json!({"Message": format!("Rate Limit Reached - {limit} Requests per rolling 5 minute window")});
            return Err((StatusCode::TOO_MANY_REQUESTS, Json(body)).into_response());
        }
        state.recent.push(now);
        let token = state.tokens.iter().find(|token| Some(token.token.as_str()) == presented && token.expires_ms > now);
        let refused = || (StatusCode::UNAUTHORIZED, [(header::WWW_AUTHENTICATE, "Bearer error=\"invalid_token\"")]).into_response();
        token.map(|token| Self(token.agent)).ok_or_else(refused)
    }
}

/// An answer, noted in the ledger as this agent's.
fn for_agent(agent: u32, answer: impl IntoResponse) -> Response {
    let mut response = answer.into_response();
    response.extensions_mut().insert(faults::ForAgent(agent));
    response
}

/// Halo's 404: a text type and nothing in it.
fn nothing() -> Response {
    (StatusCode::NOT_FOUND, "").into_response()
}

/// All routes of Halo.
pub(crate) fn router(world: Arc<World>, pages: Option<&Path>) -> Router {
    let ledger = Arc::clone(&world.ledger);
    Router::new()
        .route("/api/authinfo", get(auth::info))
        .route("/auth/authorize", get(auth::authorize))
        .route("/auth/token", axum::routing::post(auth::token))
        .route("/api/agent", get(people::agent_list))
        .route("/api/agent/{id}", get(people::agent))
        .route("/api/users", get(people::user_list))
        .route("/api/users/{id}", get(people::user))
        .route("/api/tickets", get(tickets::list).post(tickets::save))
        .route("/api/tickets/{id}", get(tickets::one))
        .route("/api/actions", get(actions::list).post(actions::save))
        .route("/api/actions/{id}", get(actions::one))
        .route("/control/ledger", get(read_ledger))
        .route("/control/settings", get(settings).post(change))
        .merge(pages::routes(pages))
        .with_state(world)
        .merge(faults::routes(Arc::clone(&ledger)))
        .layer(middleware::from_fn_with_state(ledger, faults::middleware))
}

async fn read_ledger(Shared(world): Shared<Arc<World>>) -> Json<Value> {
    let state = world.state();
    Json(json!({
        "requests": world.ledger.requests(), "actions": state.actions, "mails": state.mails, "refreshes": state.refresh_log, "sign_ins": state.sign_ins,
    }))
}

async fn settings(Shared(world): Shared<Arc<World>>) -> Json<Value> {
    Json(world.state().settings.clone())
}

async fn change(Shared(world): Shared<Arc<World>>, Json(change): Json<Value>) -> Json<Value> {
    let mut state = world.state();
    merge(&mut state.settings, &change);
    Json(state.settings.clone())
}
