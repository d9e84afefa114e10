//! Live chats: their state, their messages, posting one. Halo publishes no schema of a chat's header: `isclosed`, `ticket_id`,
//! `participants` and `lastupdatedate` are read from a sample, and a header that has none of them counts as an open chat without a
//! ticket, of which nobody knows who takes part.

use super::{AccessToken, Halo, HaloError, fault::Call, shape};
use halo_remote_support::rules::{
    disposition::ChatState,
    words::{AgentId, ChatId, TicketId, UnixSeconds, UserId},
};
use serde::Deserialize;
use serde_json::{Value, json};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

/// A chat.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chat {
    /// Which.
    pub id: ChatId,
    /// What decides where a session goes.
    pub state: ChatState,
    /// The customer, unless anonymous.
    pub user: Option<UserId>,
    /// The agents who take part; `None` when Halo does not tell.
    pub agents: Option<Vec<AgentId>>,
    /// When something was said last.
    pub changed: Option<UnixSeconds>,
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
    #[serde(default, deserialize_with = "shape::date")]
    lastupdatedate: Option<String>,
}

#[derive(Deserialize)]
struct Participant {
    #[serde(default, deserialize_with = "shape::id")]
    user_id: Option<u32>,
    #[serde(default, deserialize_with = "shape::id")]
    agent_id: Option<u32>,
    #[serde(default, deserialize_with = "shape::flag")]
    has_left_chat: Option<bool>,
}

pub fn one((value, call): (Value, Call)) -> Result<Chat, HaloError> {
    if value.is_null() {
        return Err(HaloError::NotFound { call });
    }
    let odd = |call| HaloError::Unexpected { call, what: "something else than a chat", accepted: true };
    let Some(raw) = shape::single(value).and_then(|value| serde_json::from_value::<Raw>(value).ok()) else { return Err(odd(call)) };
    read(raw).ok_or(HaloError::NotFound { call })
}

fn read(raw: Raw) -> Option<Chat> {
    let user = raw.participants.iter().flatten().find_map(|one| one.user_id.and_then(UserId::new));
    let agents = raw.participants.map(|all| {
        all.into_iter().filter(|one| one.has_left_chat != Some(true)).filter_map(|one| one.agent_id.and_then(AgentId::new)).collect()
    });
    Some(Chat {
        id: raw.id.and_then(ChatId::new)?,
        state: ChatState { open: raw.isclosed != Some(true), ticket: raw.ticket_id.and_then(TicketId::new), name: raw.name },
        user,
        agents,
        changed: raw.lastupdatedate.as_deref().and_then(moment),
    })
}

/// Halo's dates are UTC, and some do not say so.
fn moment(text: &str) -> Option<UnixSeconds> {
    let read = |text: &str| OffsetDateTime::parse(text, &Rfc3339).ok().map(OffsetDateTime::unix_timestamp);
    read(text).or_else(|| read(&format!("{}Z", text.get(..19)?)))
}

/// Open chats, those of a ticket or all that the caller sees.
pub async fn open(halo: &Halo, token: &AccessToken, ticket: Option<TicketId>) -> Result<Vec<Chat>, HaloError> {
    let asked = ticket.map(|ticket| ticket.to_string());
    let mut query = vec![("ignore_all_closed", "true")];
    query.extend(asked.as_deref().map(|ticket| ("ticket_id", ticket)));
    let (items, call) = halo.list(token, "read chats", "Chat", "chats", &query).await?;
    let chats: Result<Vec<Raw>, _> = items.into_iter().map(serde_json::from_value).collect();
    let chats = chats.map_err(|_| HaloError::Unexpected { call, what: "something else than chats", accepted: true })?;
    // Both filters are documented by their names only: what a chat says of itself goes first.
    let elsewhere = |chat: &Chat| ticket.is_some() && chat.state.ticket.is_some() && chat.state.ticket != ticket;
    let wanted = |chat: &Chat| chat.state.open && !elsewhere(chat);
    let mut chats: Vec<_> = chats.into_iter().filter_map(read).filter(wanted).collect();
    chats.sort_by_key(|chat| std::cmp::Reverse((chat.changed, chat.id)));
    Ok(chats)
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
