//! Live chats: their state, their messages, posting one. Halo publishes no schema of a chat's header: `isclosed`, `ticket_id`
//! and `participants` are read from a sample, and a header that has none of them counts as an open chat without a ticket.

use super::{AccessToken, Halo, HaloError, fault::Call, shape};
use halo_remote_support::rules::{
    disposition::ChatState,
    words::{ChatId, TicketId, UserId},
};
use serde::Deserialize;
use serde_json::{Value, json};

/// A chat.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chat {
    /// What decides where a session goes.
    pub state: ChatState,
    /// The customer, unless anonymous.
    pub user: Option<UserId>,
}

/// A message of a chat.
#[derive(Clone, Debug, Deserialize)]
pub struct ChatMessage {
    #[serde(default, deserialize_with = "shape::text")]
    text: Option<String>,
}

impl ChatMessage {
    /// The message holds this marker.
    #[must_use]
    pub fn holds(&self, marker: &str) -> bool {
        self.text.as_ref().is_some_and(|text| text.contains(marker))
    }
}

#[derive(Deserialize)]
struct Raw {
    #[serde(default, deserialize_with = "shape::id")]
    id: Option<u32>,
    #[serde(default, deserialize_with = "shape::text")]
    name: Option<String>,
    #[serde(default, deserialize_with = "shape::flag")]
    isclosed: Option<bool>,
    #[serde(default, deserialize_with = "shape::id")]
    ticket_id: Option<u32>,
    #[serde(default)]
    participants: Option<Vec<Participant>>,
}

#[derive(Deserialize)]
struct Participant {
    #[serde(default, deserialize_with = "shape::id")]
    user_id: Option<u32>,
}

pub fn one((value, call): (Value, Call)) -> Result<Chat, HaloError> {
    if value.is_null() {
        return Err(HaloError::NotFound { call });
    }
    let odd = |call| HaloError::Unexpected { call, what: "something else than a chat", accepted: true };
    let Some(raw) = shape::single(value).and_then(|value| serde_json::from_value::<Raw>(value).ok()) else { return Err(odd(call)) };
    if raw.id.is_none() {
        return Err(HaloError::NotFound { call });
    }
    Ok(Chat {
        state: ChatState { open: raw.isclosed != Some(true), ticket: raw.ticket_id.and_then(TicketId::new), name: raw.name },
        user: raw.participants.unwrap_or_default().into_iter().find_map(|one| one.user_id.and_then(UserId::new)),
    })
}

pub async fn messages(halo: &Halo, token: &AccessToken, chat: ChatId) -> Result<Vec<ChatMessage>, HaloError> {
    let chat = chat.to_string();
    let (items, call) = halo.list(token, "read this chat's messages", "ChatMessage", "messages", &[("chat_id", chat.as_str())]).await?;
    let read: Result<_, _> = items.into_iter().map(serde_json::from_value).collect();
    read.map_err(|_| HaloError::Unexpected { call, what: "something else than messages", accepted: true })
}

pub async fn post(halo: &Halo, token: &AccessToken, chat: ChatId, html: &str) -> Result<(), HaloError> {
    // Who speaks is left to the token: a chat's sender ids are not documented.
    let message = json!({"chat_id": chat.get(), "text": html});
    halo.post(token, "post into this chat", "ChatMessage", message).await.map(drop)
}
