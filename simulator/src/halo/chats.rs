//! Live chats: who takes part, what is said, and that an agent may say something. The author of a message is the token's agent, as
//! with actions; what a chat's header calls its fields is published nowhere and assumed from the columns behind it.

use super::{
    State, World,
    access::{Answer, Caller, Module, say},
    lists::{Asked, enveloped, is_asked_for, wants},
    nothing, now,
    tickets::{number, only},
};
use axum::{
    Json,
    extract::{Path, Query, State as Shared},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};
use std::sync::Arc;

/// Participants are numbered through all chats.
const FIRST_PARTICIPANT: u64 = 2201;

/// A message, and whether somebody posted it; the others were there from the start.
pub(crate) struct Message {
    pub(super) fields: Value,
    pub(super) posted: bool,
}

/// An open chat in which nobody is yet.
pub(super) fn blank(id: u32) -> Value {
    json!({
        "id": id, "name": "", "section_id": 3, "istech": false, "isclosed": false, "isassigned": false, "livechatstarted": true, "lastmessageid": 0,
        "lastupdatedate": now(), "participantcount": 0, "ticket_id": 0, "chatprofile_id": "3d0f6a52-91c7-4be8-a6d4-27e5b80c9f13",
        "pageurl": "https://northwind.example/help", "participants": [],
    })
}

/// Puts the chats of the start into an empty list: one without a ticket, one with, a closed one, an anonymous one.
pub(super) fn seed(state: &mut State) {
    for (id, name, ticket, closed, user, unknown) in [
        (640, "Connor Blake", 0, false, 207, ""),
        (641, "Connor Blake", 1161, false, 207, ""),
        (642, "Connor Blake", 0, true, 207, ""),
        (643, "Visitor", 0, false, 0, "5b1e0c7794"),
    ] {
        let mut chat = blank(id);
        chat["name"] = json!(name);
        chat["ticket_id"] = json!(ticket);
        state.chats.push(chat);
        let customer = participant(state, id, 0, user, unknown);
        let user_id = json!({"user_id": user, "unknown_id": unknown, "display_name": name});
        append(state, id, customer, "Hello, is somebody there?", &user_id, false);
        if ticket > 0 {
            append(state, id, 0, "Priya Nair has joined.", &json!({"system_id": 2}), false);
            let agent = participant(state, id, 42, 0, "");
            append(state, id, agent, "Yes, what is the matter?", &json!({"agent_id": 42, "display_name": "Priya Nair"}), false);
        }
        if let Some(chat) = find(state, id) {
            chat["isclosed"] = json!(closed);
        }
    }
}

fn find(state: &mut State, id: u32) -> Option<&mut Value> {
    state.chats.iter_mut().find(|chat| chat["id"] == id)
}

/// The participant's number: that of the agent who is there already, or a new one.
fn participant(state: &mut State, chat: u32, agent: u32, user: u32, unknown: &str) -> u64 {
    let all = || state.chats.iter().filter_map(|chat| chat["participants"].as_array()).flatten();
    let next = all().filter_map(|one| one["id"].as_u64()).max().map_or(FIRST_PARTICIPANT, |last| last + 1);
    let Some(chat) = find(state, chat) else { return 0 };
    let id = chat["id"].clone();
    let Some(present) = chat["participants"].as_array_mut() else { return 0 };
    if let Some(known) = present.iter().find(|one| agent > 0 && one["agent_id"] == agent) {
        return known["id"].as_u64().unwrap_or(0);
    }
    present.push(json!({
        "id": next, "chat_id": id, "agent_id": agent, "user_id": user, "other_name": "", "unknown_id": unknown, "has_left_chat": false,
    }));
    chat["participantcount"] = json!(present.len());
    chat["isassigned"] = json!(agent > 0 || chat["isassigned"] == true);
    next
}

/// One more message; ids count per chat, which is a guess.
fn append(state: &mut State, id: u32, sender: u64, text: &str, by: &Value, posted: bool) -> Value {
    let of_chat = state.chat_messages.iter().filter(|message| message.fields["chat_id"] == id);
    let number = 1 + of_chat.filter_map(|message| message.fields["id"].as_u64()).max().unwrap_or(0);
    let mut message = json!({
        "id": number, "chat_id": id, "sender_id": sender, "text": text, "timestamp": now(), "system_id": 0, "ticket_id": 0, "user_id": 0, "agent_id": 0,
        "unknown_id": "", "display_name": "", "value_int": 0, "attachment_ids": [], "attachment_id": 0, "chat_image_type": 0,
    });
    crate::settings::merge(&mut message, by);
    if let Some(chat) = find(state, id) {
        message["ticket_id"] = chat["ticket_id"].clone();
        chat["lastmessageid"] = json!(number);
        chat["lastupdatedate"] = now();
    }
    state.chat_messages.push(Message { fields: message.clone(), posted });
    message
}

/// What a ticket says of its chats; the newest is the one it names.
pub(super) fn counted(state: &State, ticket: &mut Value) {
    let linked = || state.chats.iter().filter(|chat| chat["ticket_id"] == ticket["id"]);
    let (count, open) = (linked().count(), linked().filter(|chat| chat["isclosed"] != true).count());
    if let Some(newest) = linked().next_back().map(|chat| chat["id"].clone()) {
        ticket["chat_id"] = newest;
        ticket["chat_count"] = json!(count);
        ticket["open_chat_count"] = json!(open);
    }
}

pub(super) async fn list(Shared(world): Shared<Arc<World>>, caller: Caller, Query(asked): Query<Asked>) -> Response {
    let state = world.state();
    let fits = |chat: &&Value| is_asked_for(&asked, chat, "ticket_id") && !(wants(&asked, "ignore_all_closed") && chat["isclosed"] == true);
    let chosen = || state.chats.iter().filter(fits).cloned().collect();
    say(caller.may(&state, Module::Chats, false).map(|()| enveloped(&asked, "chats", chosen())))
}

pub(super) async fn one(Shared(world): Shared<Arc<World>>, caller: Caller, Path(id): Path<String>) -> Response {
    let state = world.state();
    let answer = || -> Answer {
        caller.may(&state, Module::Chats, false)?;
        let found = state.chats.iter().find(|chat| chat["id"] == number(&id));
        Ok(found.map_or_else(nothing, |chat| Json(chat).into_response()))
    };
    say(answer())
}

/// The messages after `last_id`, up to `max_id`, oldest first and without an envelope.
pub(super) async fn messages(Shared(world): Shared<Arc<World>>, caller: Caller, Query(asked): Query<Asked>) -> Response {
    let state = world.state();
    let asked_number = |name: &str| asked.get(name).and_then(|text| text.parse::<u64>().ok());
    let answer = || -> Answer {
        caller.may(&state, Module::Chats, false)?;
        let chat = number(asked.get("chat_id").map(String::as_str).unwrap_or_default());
        if !state.chats.iter().any(|known| known["id"] == chat) {
            return Ok(nothing());
        }
        let (after, until) = (asked_number("last_id").unwrap_or(0), asked_number("max_id").unwrap_or(u64::MAX));
        let chosen = state.chat_messages.iter().map(|message| &message.fields).filter(|message| {
            let id = message["id"].as_u64().unwrap_or(0);
            message["chat_id"] == chat && id > after && id <= until
        });
        Ok(Json(chosen.collect::<Vec<_>>()).into_response())
    };
    say(answer())
}

/// An agent says something; whoever was not in the chat joins it so.
pub(super) async fn post(Shared(world): Shared<Arc<World>>, caller: Caller, Json(body): Json<Value>) -> Response {
    let mut state = world.state();
    let save = |state: &mut State| -> Answer {
        caller.may(state, Module::Chats, true)?;
        let new = only(&body)?;
        let id = new["chat_id"].as_u64().and_then(|id| u32::try_from(id).ok()).unwrap_or(0);
        let Some(chat) = find(state, id) else { return Ok(nothing()) };
        // Whether Halo takes a message to a closed chat is not documented, hence a switch.
        let closed = chat["isclosed"] == true;
        if closed && state.settings.is_on("closed_chat_refuses") {
            return Err((StatusCode::BAD_REQUEST, "This chat has been closed.").into());
        }
        let text = new["text"].as_str().unwrap_or_default();
        if text.trim().is_empty() {
            return Err((StatusCode::BAD_REQUEST, Json(json!({"Message": "Please enter a message."}))).into());
        }
        let name = state.agents.iter().find(|agent| agent["id"] == caller.agent).map(|agent| agent["name"].clone()).unwrap_or_default();
        let sender = participant(state, id, caller.agent, 0, "");
        Ok(Json(append(state, id, sender, text, &json!({"agent_id": caller.agent, "display_name": name}), true)).into_response())
    };
    say(save(&mut state))
}

/// A chat as the screens show it: with the names of those in it, and its user.
pub(super) fn on_screen(state: &State, chat: &Value) -> Value {
    let named = |one: &Value| {
        let agent = state.agents.iter().find(|agent| one["agent_id"] != 0 && agent["id"] == one["agent_id"]);
        let user = state.users.iter().find(|user| one["user_id"] != 0 && user["id"] == one["user_id"]);
        let name = agent.or(user).map_or_else(|| chat["name"].clone(), |person| person["name"].clone());
        json!({"id": one["id"], "name": name, "agent": agent.is_some(), "user_id": one["user_id"]})
    };
    let present: Vec<Value> = chat["participants"].as_array().into_iter().flatten().map(named).collect();
    let last = state.chat_messages.iter().rev().find(|message| message.fields["chat_id"] == chat["id"]);
    json!({
        "id": chat["id"], "name": chat["name"], "closed": chat["isclosed"], "ticket_id": chat["ticket_id"], "updated": chat["lastupdatedate"],
        "user_id": present.iter().find(|one| one["agent"] == false).map_or(json!(0), |one| one["user_id"].clone()),
        "last": last.map(|message| crate::halo::text::of_html(message.fields["text"].as_str().unwrap_or_default())), "participants": present,
    })
}

/// A user begins a chat; answers its id.
pub(super) fn begin(state: &mut State, user: u32, name: &Value, text: &str) -> u32 {
    let newest = state.chats.iter().filter_map(|chat| chat["id"].as_u64()).max().unwrap_or(0);
    let id = u32::try_from(newest + 1).unwrap_or(u32::MAX);
    let mut chat = blank(id);
    chat["name"] = name.clone();
    state.chats.push(chat);
    let sender = participant(state, id, 0, user, "");
    append(state, id, sender, &crate::escape(text), &json!({"user_id": user, "display_name": name}), false);
    id
}

/// The chat's customer says something; a closed chat takes nothing from them.
pub(super) fn customer_says(state: &mut State, id: u32, html: &str) -> Response {
    let Some(chat) = find(state, id) else { return nothing() };
    if chat["isclosed"] == true {
        return (StatusCode::CONFLICT, Json(json!({"error": "this chat has been closed"}))).into_response();
    }
    if html.is_empty() {
        return (StatusCode::BAD_REQUEST, Json(json!({"error": "there is nothing to say"}))).into_response();
    }
    let customer = chat["participants"].as_array().into_iter().flatten().find(|one| one["agent_id"] == 0).cloned().unwrap_or_default();
    let by = json!({"user_id": customer["user_id"], "unknown_id": customer["unknown_id"], "display_name": chat["name"]});
    Json(append(state, id, customer["id"].as_u64().unwrap_or(0), html, &by, false)).into_response()
}
