//! `/control` of Halo: what tests and the demo's panel turn, and the ledger.

use super::{World, attachments, chats, tickets, webhooks};
use crate::settings::merge;
use axum::{
    Json, Router,
    extract::{Path, State as Shared},
    http::StatusCode,
    routing::{get, post},
};
use serde_json::{Value, json};
use std::sync::Arc;

type Answer = Result<Json<Value>, (StatusCode, Json<Value>)>;

pub(super) fn routes() -> Router<Arc<World>> {
    Router::new()
        .route("/control/ledger", get(ledger))
        .route("/control/settings", get(settings).post(change))
        .route("/control/reset", post(async |Shared(world): Shared<Arc<World>>| world.reset()))
        .route("/control/agents/{id}", post(agent))
        .route("/control/tickets/{id}", post(ticket).delete(delete_ticket))
        .route("/control/chats/{id}", post(chat))
        .route("/control/ticket-types/{id}", post(ticket_type))
        .route("/control/assets/{id}", post(asset))
        .route("/control/portal-tickets", post(portal_ticket))
}

/// Actions are those that were posted, not those that tickets begin with.
async fn ledger(Shared(world): Shared<Arc<World>>) -> Json<Value> {
    let state = world.state();
    Json(json!({
        "requests": world.ledger.requests(),
        "actions": state.actions.iter().filter(|action| action.posted).map(|action| &action.fields).collect::<Vec<_>>(),
        "deleted_actions": state.deleted_actions,
        "attachments": state.attachments.iter().map(attachments::Attachment::shown).collect::<Vec<_>>(),
        "mails": state.mails,
        "webhooks": state.webhooks.iter().map(webhooks::Delivery::shown).collect::<Vec<_>>(),
        "chat_messages": state.chat_messages.iter().filter(|message| message.posted).map(|message| &message.fields).collect::<Vec<_>>(),
        "refreshes": state.auth.refresh_log,
        "sign_ins": state.auth.sign_ins,
    }))
}

async fn settings(Shared(world): Shared<Arc<World>>) -> Json<Value> {
    Json(world.state().settings.all())
}

async fn change(Shared(world): Shared<Arc<World>>, Json(change): Json<Value>) -> Answer {
    let mut state = world.state();
    state.settings.change(&change).map_err(|text| (StatusCode::CONFLICT, Json(json!({"error": text}))))?;
    Ok(Json(state.settings.all()))
}

fn patch(records: &mut Vec<Value>, id: u32, change: &Value) -> Value {
    match records.iter_mut().find(|record| record["id"] == id) {
        Some(record) => {
            merge(record, change);
            record.clone()
        }
        None => {
            let mut made = records.first().cloned().unwrap_or_default();
            merge(&mut made, &json!({"id": id}));
            merge(&mut made, change);
            records.push(made.clone());
            made
        }
    }
}

/// Changes an agent's fields, or makes one.
async fn agent(Shared(world): Shared<Arc<World>>, Path(id): Path<u32>, Json(change): Json<Value>) -> Json<Value> {
    Json(patch(&mut world.state().agents, id, &change))
}

/// Changes a ticket's fields, or makes one.
async fn ticket(Shared(world): Shared<Arc<World>>, Path(id): Path<u32>, Json(change): Json<Value>) -> Json<Value> {
    Json(patch(&mut world.state().tickets, id, &change))
}

/// Changes a ticket type's fields, or makes one.
async fn ticket_type(Shared(world): Shared<Arc<World>>, Path(id): Path<u32>, Json(change): Json<Value>) -> Json<Value> {
    Json(patch(&mut world.state().ticket_types, id, &change))
}

/// Changes an asset's fields, or makes one.
async fn asset(Shared(world): Shared<Arc<World>>, Path(id): Path<u32>, Json(change): Json<Value>) -> Json<Value> {
    Json(patch(&mut world.state().assets, id, &change))
}

/// A user logs a ticket on the portal.
async fn portal_ticket(Shared(world): Shared<Arc<World>>, Json(new): Json<Value>) -> Json<Value> {
    let made = tickets::log(&mut world.state(), &new, tickets::LoggedBy::User);
    world.wake.notify_one();
    Json(made)
}

async fn delete_ticket(Shared(world): Shared<Arc<World>>, Path(id): Path<u32>) {
    world.state().tickets.retain(|ticket| ticket["id"] != id);
}

/// Changes a chat's fields, or makes one: open, without a ticket, and with nobody in it.
async fn chat(Shared(world): Shared<Arc<World>>, Path(id): Path<u32>, Json(change): Json<Value>) -> Json<Value> {
    let mut state = world.state();
    if !state.chats.iter().any(|chat| chat["id"] == id) {
        state.chats.push(chats::blank(id));
    }
    Json(patch(&mut state.chats, id, &change))
}
