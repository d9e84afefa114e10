//! Halo: sign-in, agents, tickets, actions with mail, users, live chats; its odd shapes; and the JSON behind the demo's screens.

mod access;
mod actions;
mod assets;
mod attachments;
mod auth;
mod chats;
mod control;
mod demo;
mod global;
mod lists;
mod lookups;
mod native;
mod pages;
mod people;
mod sign_in;
mod text;
mod tickets;
mod webhooks;

pub(crate) use webhooks::deliver as deliver_webhooks;

use crate::{
    Options, lock, now_ms,
    requests::{self, Ledger, Vendor},
    serve::lower_case_api,
    settings::Settings,
};
use axum::{
    Router,
    extract::DefaultBodyLimit,
    http::{HeaderMap, StatusCode},
    middleware,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use serde_json::{Value, json};
use std::{
    path::Path,
    sync::{Arc, Mutex, MutexGuard},
};

/// Halo: its state behind one lock (nothing here is slow), and what never changes.
pub struct World {
    state: Mutex<State>,
    ledger: Ledger,
    /// A webhook may wait.
    wake: tokio::sync::Notify,
    origin: String,
    appliance_origin: String,
    start: Options,
}

pub(crate) struct State {
    settings: Settings,
    agents: Vec<Value>,
    users: Vec<Value>,
    tickets: Vec<Value>,
    actions: Vec<actions::Action>,
    deleted_actions: Vec<Value>,
    attachments: Vec<attachments::Attachment>,
    mails: Vec<Value>,
    assets: Vec<Value>,
    ticket_types: Vec<Value>,
    webhooks: Vec<webhooks::Delivery>,
    remote_sessions: Vec<Value>,
    chats: Vec<Value>,
    chat_messages: Vec<chats::Message>,
    auth: auth::Auth,
    /// Times of API requests within the rate limit's window, in milliseconds.
    recent: Vec<i64>,
}

impl World {
    pub(crate) fn new(origin: String, appliance_origin: String, options: &Options) -> Arc<Self> {
        let state = Mutex::new(State::new(options));
        Arc::new(Self {
            state,
            ledger: Ledger::default(),
            wake: tokio::sync::Notify::new(),
            origin,
            appliance_origin,
            start: options.clone(),
        })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }

    /// As it was at the start.
    fn reset(&self) {
        *self.state() = State::new(&self.start);
        self.ledger.clear();
    }
}

impl State {
    fn new(options: &Options) -> Self {
        let tickets = tickets::seed();
        let settings = json!({
            "honour_who_agentid": false, "coop": "off", "frame_sandbox": "", "rate_limit": null, "rate_limit_shape": "json", "retry_after": null,
            "token_seconds": 3600, "deny_agents": [], "no_module": [], "gateway_ms": null, "latency_ms": 0, "down": false, "agent_list": "array", "action_reply": "object",
            "closed_refuses": false, "closed_chat_refuses": false, "delete_refused": false, "deny_actions": false, "attachment_limit": null, "builtin_integration": false, "tenant": "northwind", "proxy_origin": options.proxy_origin,
            "webhook_url": options.webhook_url, "webhook_user": null, "webhook_password": null, "webhook_retries": 0,
        });
        let mut state = Self {
            settings: Settings::new(settings),
            agents: people::agents(),
            users: people::users(),
            actions: tickets.iter().map(actions::opening).collect(),
            deleted_actions: Vec::new(),
            attachments: Vec::new(),
            tickets,
            mails: Vec::new(),
            assets: assets::seed(),
            ticket_types: lookups::ticket_types(),
            webhooks: Vec::new(),
            remote_sessions: Vec::new(),
            chats: Vec::new(),
            chat_messages: Vec::new(),
            auth: auth::Auth::default(),
            recent: Vec::new(),
        };
        chats::seed(&mut state);
        state
    }
}

impl Vendor for World {
    fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    fn agent(&self, headers: &HeaderMap) -> Option<u32> {
        self.state().auth.holder(headers).map(|token| token.agent)
    }

    fn is_down(&self) -> bool {
        self.state().settings.is_on("down")
    }

    fn latency_ms(&self) -> u64 {
        self.state().settings.get("latency_ms").as_u64().unwrap_or(0)
    }

    fn gateway_ms(&self) -> Option<u64> {
        self.state().settings.get("gateway_ms").as_u64()
    }
}

/// Halo's 404: a text type and nothing in it.
fn nothing() -> Response {
    (StatusCode::NOT_FOUND, "").into_response()
}

/// `2026-03-10T09:00:00Z`, as Halo writes times.
fn now() -> Value {
    json!(crate::iso(now_ms() / 1000).replace("+00:00", "Z"))
}

/// All routes of Halo. Those of the API are in lower case.
pub(crate) fn router(world: Arc<World>, folder: Option<&Path>) -> Router {
    let routes = Router::new()
        .route("/api/authinfo", get(auth::info))
        .route("/.well-known/openid-configuration", get(auth::openid))
        .route("/auth/.well-known/openid-configuration", get(auth::openid))
        .route("/auth/authorize", get(sign_in::authorize))
        .route("/auth/log-in.css", get(sign_in::style))
        .route("/auth/token", post(auth::token))
        .route("/api/agent", get(people::agent_list))
        .route("/api/agent/{id}", get(people::agent))
        .route("/api/users", get(people::user_list))
        .route("/api/users/{id}", get(people::user))
        .route("/api/tickets", get(tickets::list).post(tickets::save))
        .route("/api/tickets/{id}", get(tickets::one))
        .route("/api/asset", get(assets::list))
        .route("/api/asset/{id}", get(assets::one))
        .route("/api/tickettype", get(lookups::type_list))
        .route("/api/tickettype/{id}", get(lookups::one_type))
        .route("/api/outcome", get(lookups::outcome_list))
        .route("/api/outcome/{id}", get(lookups::one_outcome))
        .route("/api/actions", get(actions::list).post(actions::save))
        .route("/api/actions/{id}", get(actions::one).delete(actions::delete))
        .route("/api/attachment", get(attachments::list))
        .route("/api/attachment/{id}", get(attachments::one))
        .route("/api/chat", get(chats::list))
        .route("/api/chat/{id}", get(chats::one))
        .route("/api/chatmessage", get(chats::messages).post(chats::post))
        .route("/api/control", get(global::settings))
        .merge(native::routes())
        .merge(control::routes())
        .merge(requests::fault_routes())
        .merge(demo::routes())
        .merge(pages::routes(folder, &world))
        // A large file is refused by the setting, not on the way.
        .layer(DefaultBodyLimit::disable())
        .with_state(Arc::clone(&world));
    // Outside the routes, so that the ledger and the faults see a path as it was asked for.
    let any_case = tower::util::MapRequest::new(routes, lower_case_api as fn(axum::extract::Request) -> axum::extract::Request);
    Router::new().fallback_service(any_case).layer(middleware::from_fn_with_state(world, requests::record::<World>))
}
