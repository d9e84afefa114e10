//! The demo's Halo screens and the JSON they live on. Not part of Halo's API.

use super::{State, World};
use axum::{
    Json, Router,
    extract::{Query, State as Shared},
    http::StatusCode,
    routing::{get, get_service},
};
use serde::Deserialize;
use serde_json::{Value, json};
use std::{path::Path, sync::Arc};
use tower_http::services::{ServeDir, ServeFile};

pub(super) fn routes(pages: Option<&Path>) -> Router<Arc<World>> {
    let data = Router::new()
        .route("/demo/config", get(config))
        .route("/demo/tickets", get(tickets))
        .route("/demo/ticket", get(ticket))
        .route("/demo/mails", get(mails));
    let Some(folder) = pages else { return data };
    let page = |name: &str| get_service(ServeFile::new(folder.join(name)));
    data.route("/ticket", page("ticket.html"))
        .route("/tickets", page("tickets.html"))
        .route("/mailbox", page("mailbox.html"))
        .fallback_service(ServeDir::new(folder))
}

async fn config(Shared(world): Shared<Arc<World>>) -> Json<Value> {
    let sandbox = world.state().settings["frame_sandbox"].clone();
    Json(json!({"proxy": world.proxy_origin, "appliance": world.appliance_origin, "frame_sandbox": sandbox}))
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
    let actions: Vec<&Value> = state.actions.iter().filter(|action| action["ticket_id"] == asked.id).rev().collect();
    Ok(Json(json!({"ticket": shown(&state, ticket), "actions": actions})))
}

async fn mails(Shared(world): Shared<Arc<World>>) -> Json<Value> {
    let mails = world.state().mails.iter().rev().cloned().collect::<Vec<_>>();
    Json(json!({"mails": mails}))
}
