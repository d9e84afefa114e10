//! The demo's Halo screens and the JSON they live on. Not part of Halo's API.

use super::{State, World};
use axum::{
    Json, Router,
    extract::{Query, State as Shared},
    http::{HeaderName, HeaderValue, StatusCode},
    routing::{get, get_service},
};
use serde::Deserialize;
use serde_json::{Value, json};
use std::{path::Path, sync::Arc};
use tower_http::{
    services::{ServeDir, ServeFile},
    set_header::SetResponseHeaderLayer,
};

pub(super) fn routes(folder: Option<&Path>, world: &World) -> Router<Arc<World>> {
    let data = Router::new()
        .route("/demo/config", get(config))
        .route("/demo/tickets", get(tickets))
        .route("/demo/ticket", get(ticket))
        .route("/demo/mails", get(mails));
    let Some(folder) = folder else { return data };
    let page = |name: &str| get_service(ServeFile::new(folder.join(name)));
    // Notes and mails are somebody else's HTML: style attributes are let through for them, scripts never are.
    let (proxy, appliance) = (&world.start.proxy_origin, &world.appliance_origin);
    let policy = format!(
        "default-src 'none'; script-src 'self'; style-src 'self'; style-src-attr 'unsafe-inline'; img-src 'self' data:; \
         connect-src 'self' {proxy} {appliance}; frame-src 'self' {proxy}; base-uri 'self'; form-action 'none'; frame-ancestors 'none'"
    );
    let pages = Router::new()
        .route("/ticket", page("ticket.html"))
        .route("/tickets", page("tickets.html"))
        .route("/mailbox", page("mailbox.html"))
        .fallback_service(ServeDir::new(folder));
    let pages =
        pages.layer(SetResponseHeaderLayer::overriding(HeaderName::from_static("cache-control"), HeaderValue::from_static("no-cache")));
    let policy = HeaderValue::from_str(&policy).ok();
    data.merge(pages.layer(SetResponseHeaderLayer::overriding(HeaderName::from_static("content-security-policy"), policy)))
}

async fn config(Shared(world): Shared<Arc<World>>) -> Json<Value> {
    let state = world.state();
    Json(json!({
        "proxy": state.settings.get("proxy_origin"), "appliance": world.appliance_origin, "frame_sandbox": state.settings.get("frame_sandbox"),
    }))
}

fn shown(state: &State, ticket: &Value) -> Value {
    let agent = state.agents.iter().find(|agent| agent["id"] == ticket["agent_id"]);
    let mut shown = ticket.clone();
    shown["status"] = ticket["status_name"].clone();
    shown["closed"] = ticket["hasbeenclosed"].clone();
    shown["agent_name"] = agent.map(|agent| agent["name"].clone()).unwrap_or_default();
    shown
}

async fn tickets(Shared(world): Shared<Arc<World>>) -> Json<Value> {
    let state = world.state();
    Json(json!({"tickets": state.tickets.iter().map(|ticket| shown(&state, ticket)).collect::<Vec<_>>()}))
}

#[derive(Deserialize)]
struct Asked {
    id: u32,
}

async fn ticket(Shared(world): Shared<Arc<World>>, Query(asked): Query<Asked>) -> Result<Json<Value>, StatusCode> {
    let state = world.state();
    let ticket = state.tickets.iter().find(|ticket| ticket["id"] == asked.id).ok_or(StatusCode::NOT_FOUND)?;
    let newest_first = state.actions.iter().rev().map(|action| &action.fields).filter(|action| action["ticket_id"] == asked.id);
    Ok(Json(json!({"ticket": shown(&state, ticket), "actions": newest_first.collect::<Vec<_>>()})))
}

async fn mails(Shared(world): Shared<Arc<World>>) -> Json<Value> {
    let state = world.state();
    let newest_first: Vec<_> = state.mails.iter().rev().collect();
    Json(json!({"mails": newest_first}))
}
