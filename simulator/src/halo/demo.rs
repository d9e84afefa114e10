//! The JSON behind the demo's Halo screens, and what people do on them. Whatever a person does goes through the functions of the
//! API, in that person's name: what the API makes happen, happens here, too.

use super::{
    State, World,
    access::Caller,
    actions, assets, chats, lookups, nothing,
    tickets::{self, LoggedBy, number, only},
};
use crate::{escape, settings::merge};
use axum::{
    Json, Router,
    extract::{Query, State as Shared},
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;

type Here = Shared<Arc<World>>;

pub(super) fn routes() -> Router<Arc<World>> {
    Router::new()
        .route("/demo/config", get(config))
        .route("/demo/people", get(people))
        .route("/demo/tickets", get(tickets))
        .route("/demo/ticket", get(ticket))
        .route("/demo/new-ticket", post(new_ticket))
        .route("/demo/assets", get(all_assets))
        .route("/demo/asset", get(asset))
        .route("/demo/mails", get(mails))
        .route("/demo/chats", get(all_chats).post(open_chat))
        .route("/demo/chat", get(chat))
        .route("/demo/chat-message", post(chat_message))
        .route("/demo/chat-close", post(chat_close))
        .route("/demo/action", post(action))
}

async fn config(Shared(world): Here) -> Json<Value> {
    let state = world.state();
    Json(json!({
        "proxy": state.settings.get("proxy_origin"), "appliance": world.appliance_origin, "frame_sandbox": state.settings.get("frame_sandbox"),
    }))
}

/// The teams in the drop-down of the desk's field "Remote Session Technician/Channel"; an administrator typed them in.
const TEAMS: [&str; 2] = ["Service Desk", "Network Team"];

/// Who may be chosen on the screens: agents who can log in, and users; and what forms offer.
async fn people(Shared(world): Here) -> Json<Value> {
    let state = world.state();
    let agents = state.agents.iter().filter(|agent| agent["isapiagent"] == false && agent["id"] != 1);
    let agents = agents.map(|agent| json!({"id": agent["id"], "name": agent["name"], "email": agent["email"]}));
    let users = state.users.iter().map(|user| json!({"id": user["id"], "name": user["name"], "email": user["emailaddress"]}));
    let invited = state.agents.iter().filter(|agent| agent["allowbeyondtrustinvites"] == true).map(|agent| agent["name"].clone());
    let channels = invited.chain(TEAMS.into_iter().map(|team| json!(team)));
    Json(json!({
        "agents": agents.collect::<Vec<_>>(), "users": users.collect::<Vec<_>>(), "channels": channels.collect::<Vec<_>>(),
        "tickettypes": state.ticket_types, "outcomes": lookups::outcomes(), "fields": lookups::on_screen(),
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

#[derive(Deserialize)]
struct Asked {
    id: Option<u32>,
    user: Option<u32>,
}

impl Asked {
    /// Whether it is this user's, or nobody asked whose.
    fn is_of(&self, record: &Value) -> bool {
        self.user.is_none_or(|user| record["user_id"] == user)
    }
}

async fn tickets(Shared(world): Here, Query(asked): Query<Asked>) -> Json<Value> {
    let state = world.state();
    let list = state.tickets.iter().filter(|ticket| asked.is_of(ticket)).map(|ticket| shown(&state, ticket));
    Json(json!({"tickets": list.collect::<Vec<_>>()}))
}

/// A ticket with its actions, newest first, and its chats.
async fn ticket(Shared(world): Here, Query(asked): Query<Asked>) -> Result<Json<Value>, StatusCode> {
    let state = world.state();
    let id = asked.id.unwrap_or(0);
    let ticket = state.tickets.iter().find(|ticket| ticket["id"] == id).ok_or(StatusCode::NOT_FOUND)?;
    let newest_first = state.actions.iter().rev().map(|action| &action.fields).filter(|action| action["ticket_id"] == id);
    let chats = state.chats.iter().filter(|chat| chat["ticket_id"] == id).map(|chat| chats::on_screen(&state, chat));
    Ok(Json(json!({
        "ticket": shown(&state, ticket), "actions": newest_first.collect::<Vec<_>>(), "chats": chats.collect::<Vec<_>>(), "assets": ticket["assets"],
    })))
}

async fn mails(Shared(world): Here) -> Json<Value> {
    let state = world.state();
    let newest_first: Vec<_> = state.mails.iter().rev().collect();
    Json(json!({"mails": newest_first}))
}

async fn all_chats(Shared(world): Here, Query(asked): Query<Asked>) -> Json<Value> {
    let state = world.state();
    let list = state.chats.iter().rev().map(|chat| chats::on_screen(&state, chat)).filter(|chat| asked.is_of(chat));
    Json(json!({"chats": list.collect::<Vec<_>>()}))
}

/// A chat with everything that was said in it.
async fn chat(Shared(world): Here, Query(asked): Query<Asked>) -> Result<Json<Value>, StatusCode> {
    let state = world.state();
    let id = asked.id.unwrap_or(0);
    let chat = state.chats.iter().find(|chat| chat["id"] == id).ok_or(StatusCode::NOT_FOUND)?;
    let messages = state.chat_messages.iter().map(|message| &message.fields).filter(|message| message["chat_id"] == id);
    Ok(Json(json!({"chat": chats::on_screen(&state, chat), "messages": messages.collect::<Vec<_>>()})))
}

#[derive(Deserialize)]
struct OpenChat {
    user: u32,
    text: String,
}

/// A user begins a chat on the portal.
async fn open_chat(Shared(world): Here, Json(new): Json<OpenChat>) -> Response {
    let mut state = world.state();
    let Some(name) = state.users.iter().find(|user| user["id"] == new.user).map(|user| user["name"].clone()) else { return nothing() };
    let id = chats::begin(&mut state, new.user, &name, &new.text);
    Json(json!({"id": id})).into_response()
}

#[derive(Deserialize)]
struct Said {
    chat: u32,
    text: String,
    /// Who says it; without one it is the chat's customer.
    agent: Option<u32>,
}

/// An agent's words are HTML to Halo, as they come from its editor; a customer's are what was typed.
async fn chat_message(Shared(world): Here, Json(said): Json<Said>) -> Response {
    let html = escape(said.text.trim()).replace('\n', "<br>");
    match said.agent {
        Some(agent) => {
            let body = json!([{"chat_id": said.chat, "text": html}]);
            chats::post(Shared(world), Caller::on_screen(agent), Json(body)).await
        }
        None => chats::customer_says(&mut world.state(), said.chat, &html),
    }
}

#[derive(Deserialize)]
struct Closed {
    chat: u32,
    /// Whether it is to be closed, or opened again.
    closed: bool,
}

async fn chat_close(Shared(world): Here, Json(change): Json<Closed>) -> Response {
    let mut state = world.state();
    let Some(chat) = state.chats.iter_mut().find(|chat| chat["id"] == change.chat) else { return nothing() };
    merge(chat, &json!({"isclosed": change.closed}));
    Json(json!({})).into_response()
}

/// An agent runs one of the action buttons: the body is an action as the API takes it.
#[derive(Deserialize)]
struct Act {
    agent: u32,
    action: Value,
}

async fn action(Shared(world): Here, Json(act): Json<Act>) -> Response {
    let may = {
        let state = world.state();
        let body = json!([act.action]);
        let id = only(&body).map_or(0, |action| number(&action["ticket_id"].to_string()));
        state.tickets.iter().find(|ticket| ticket["id"] == id).is_none_or(|ticket| ticket["_canupdate"] != false)
    };
    if !may {
        return (StatusCode::FORBIDDEN, Json(json!({"error": "you may not change this ticket"}))).into_response();
    }
    actions::save(Shared(world), Caller::on_screen(act.agent), Json(json!([act.action]))).await
}

/// Somebody logs a ticket: an agent, or a user on the portal. The body is a ticket as the API takes it.
#[derive(Deserialize)]
struct Logged {
    agent: Option<u32>,
    user: Option<u32>,
    ticket: Value,
}

async fn new_ticket(Shared(world): Here, Json(new): Json<Logged>) -> Response {
    if let Some(agent) = new.agent {
        return tickets::save(Shared(world), Caller::on_screen(agent), Json(json!([new.ticket]))).await;
    }
    let mut ticket = new.ticket;
    merge(&mut ticket, &json!({"user_id": new.user}));
    let made = tickets::log(&mut world.state(), &ticket, LoggedBy::User);
    world.wake.notify_one();
    Json(made).into_response()
}

async fn all_assets(Shared(world): Here) -> Json<Value> {
    Json(json!({"assets": world.state().assets.iter().map(assets::in_list).collect::<Vec<_>>()}))
}

/// An asset with the open tickets it is on.
async fn asset(Shared(world): Here, Query(asked): Query<Asked>) -> Result<Json<Value>, StatusCode> {
    let state = world.state();
    let id = asked.id.unwrap_or(0);
    let asset = state.assets.iter().find(|asset| asset["id"] == id).ok_or(StatusCode::NOT_FOUND)?;
    let is_on = |ticket: &&Value| ticket["assets"].as_array().into_iter().flatten().any(|one| one["id"] == id);
    let open = state.tickets.iter().filter(|ticket| ticket["hasbeenclosed"] == false).filter(is_on).map(|ticket| shown(&state, ticket));
    Ok(Json(json!({"asset": asset, "tickets": open.collect::<Vec<_>>()})))
}
