//! Tickets and their users, as far as an invite or a note needs them.

use super::{HaloError, fault::Call, shape};
use halo_remote_support::rules::{
    likely::Device,
    words::{AgentId, AssetId, ChatId, TicketId, UnixSeconds, UserId},
};
use serde::Deserialize;
use serde_json::Value;

/// A ticket. A text that Halo does not tell is empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ticket {
    /// The API's id.
    pub id: TicketId,
    /// Its summary; text, not HTML.
    pub summary: String,
    /// Its user; `None` when nobody specific is attached.
    pub user_id: Option<UserId>,
    /// Name of its user.
    pub user_name: String,
    /// The user's e-mail address, when Halo gives it with the ticket; otherwise ask for the user.
    pub user_email: String,
    /// Customer.
    pub client_name: String,
    /// Site of the customer.
    pub site_name: String,
    /// The agent it is assigned to.
    pub agent_id: Option<AgentId>,
    /// Name of that agent, when told.
    pub agent_name: String,
    /// Team it is with.
    pub team: String,
    /// Ticket type.
    pub ticket_type: String,
    /// Status, by name when told.
    pub status: String,
    /// Priority, by name when told.
    pub priority: String,
    /// The chat it came from.
    pub chat_id: Option<ChatId>,
    /// The caller may change it (`_canupdate` is not false).
    pub can_update: bool,
    /// It is closed.
    pub closed: bool,
    /// Number of its type.
    pub type_id: Option<u32>,
    /// Custom fields by their number.
    pub fields: Vec<(u32, String)>,
    /// Halo's own "Send Remote Session Invitation" is set.
    pub native_invite: bool,
    /// It was merged into this one. Which field says so is not documented: `halo.merged_field`.
    pub merged_into: Option<TicketId>,
    /// When it was logged.
    pub logged: Option<UnixSeconds>,
    /// When somebody did something on it last.
    pub acted: Option<UnixSeconds>,
    /// When it was closed.
    pub closed_at: Option<UnixSeconds>,
    /// Its assets.
    pub devices: Vec<Device>,
}

impl Ticket {
    /// What a custom field holds.
    #[must_use]
    pub fn field(&self, number: u32) -> Option<&str> {
        self.fields.iter().find(|(id, _)| *id == number).map(|(_, value)| value.as_str())
    }
}

#[derive(Deserialize)]
struct RawTicket {
    #[serde(default, deserialize_with = "shape::id")]
    id: Option<u32>,
    #[serde(default, deserialize_with = "shape::text")]
    summary: Option<String>,
    #[serde(default, deserialize_with = "shape::id")]
    user_id: Option<u32>,
    #[serde(default, deserialize_with = "shape::text")]
    user_name: Option<String>,
    #[serde(default, deserialize_with = "shape::text")]
    user_email: Option<String>,
    #[serde(default, deserialize_with = "shape::text")]
    client_name: Option<String>,
    #[serde(default, deserialize_with = "shape::text")]
    site_name: Option<String>,
    #[serde(default, deserialize_with = "shape::id")]
    agent_id: Option<u32>,
    #[serde(default, deserialize_with = "shape::text")]
    agent_name: Option<String>,
    #[serde(default, deserialize_with = "shape::text")]
    team: Option<String>,
    #[serde(default, deserialize_with = "shape::text")]
    tickettype_name: Option<String>,
    #[serde(default, deserialize_with = "shape::text", alias = "statusname")]
    status_name: Option<String>,
    #[serde(default, deserialize_with = "shape::text", alias = "priorityname")]
    priority_name: Option<String>,
    #[serde(default, deserialize_with = "shape::id")]
    chat_id: Option<u32>,
    #[serde(default, deserialize_with = "shape::flag", rename = "_canupdate")]
    can_update: Option<bool>,
    #[serde(default, deserialize_with = "shape::flag")]
    hasbeenclosed: Option<bool>,
    #[serde(default, deserialize_with = "shape::id")]
    tickettype_id: Option<u32>,
    #[serde(default, deserialize_with = "shape::custom_fields")]
    customfields: Vec<(u32, String)>,
    #[serde(default, deserialize_with = "shape::flag")]
    send_remoteinvite: Option<bool>,
    #[serde(default)]
    dateclosed: Option<Value>,
    #[serde(default, deserialize_with = "shape::time")]
    dateoccurred: Option<UnixSeconds>,
    #[serde(default, deserialize_with = "shape::time")]
    datecreated: Option<UnixSeconds>,
    #[serde(default, deserialize_with = "shape::time")]
    lastactiondate: Option<UnixSeconds>,
    #[serde(default, deserialize_with = "shape::time")]
    last_update: Option<UnixSeconds>,
    #[serde(default)]
    assets: Value,
}

#[derive(Deserialize)]
struct RawAsset {
    #[serde(default, deserialize_with = "shape::id")]
    id: Option<u32>,
    #[serde(default, deserialize_with = "shape::text")]
    inventory_number: Option<String>,
    #[serde(default, deserialize_with = "shape::text")]
    key_field: Option<String>,
    #[serde(default, deserialize_with = "shape::text")]
    key_field2: Option<String>,
    #[serde(default, deserialize_with = "shape::text")]
    key_field3: Option<String>,
}

/// The assets of a ticket, as far as they read: they only help to find things.
fn devices(assets: Value) -> Vec<Device> {
    let Value::Array(assets) = assets else { return Vec::new() };
    let raw = assets.into_iter().filter_map(|asset| serde_json::from_value::<RawAsset>(asset).ok());
    let device = |raw: RawAsset| Device {
        id: raw.id.and_then(AssetId::new),
        tag: raw.inventory_number.unwrap_or_default(),
        names: [raw.key_field, raw.key_field2, raw.key_field3].into_iter().flatten().collect(),
    };
    raw.map(device).collect()
}

pub fn ticket((value, call): (Value, Call), merged_field: &str) -> Result<Ticket, HaloError> {
    // A ticket that is gone has also been answered with `null` or an object with id 0.
    if value.is_null() {
        return Err(HaloError::NotFound { call });
    }
    let odd = |call| HaloError::Unexpected { call, what: "something else than a ticket", accepted: true };
    let Some(value) = shape::single(value) else { return Err(odd(call)) };
    let merged_into = value.get(merged_field).and_then(|id| shape::id(id).ok().flatten());
    let Ok(raw) = serde_json::from_value::<RawTicket>(value) else { return Err(odd(call)) };
    let Some(id) = raw.id.and_then(TicketId::new) else { return Err(HaloError::NotFound { call }) };
    // `hasbeenclosed` stays set after a ticket was opened again; the date does not.
    let closed = match &raw.dateclosed {
        Some(date) => shape::date(date).ok().flatten().is_some(),
        None => raw.hasbeenclosed.unwrap_or(false),
    };
    let closed_at = raw.dateclosed.as_ref().and_then(|date| shape::time(date).ok().flatten());
    Ok(Ticket {
        id,
        summary: raw.summary.unwrap_or_default(),
        user_id: raw.user_id.and_then(UserId::new),
        user_name: raw.user_name.unwrap_or_default(),
        user_email: raw.user_email.unwrap_or_default(),
        client_name: raw.client_name.unwrap_or_default(),
        site_name: raw.site_name.unwrap_or_default(),
        agent_id: raw.agent_id.and_then(AgentId::new),
        agent_name: raw.agent_name.unwrap_or_default(),
        team: raw.team.unwrap_or_default(),
        ticket_type: raw.tickettype_name.unwrap_or_default(),
        status: raw.status_name.unwrap_or_default(),
        priority: raw.priority_name.unwrap_or_default(),
        chat_id: raw.chat_id.and_then(ChatId::new),
        can_update: raw.can_update.unwrap_or(true),
        closed,
        type_id: raw.tickettype_id,
        fields: raw.customfields,
        native_invite: raw.send_remoteinvite.unwrap_or(false),
        merged_into: merged_into.and_then(TicketId::new).filter(|into| *into != id),
        logged: raw.dateoccurred.or(raw.datecreated),
        acted: raw.lastactiondate.or(raw.last_update),
        closed_at,
        devices: devices(raw.assets),
    })
}

/// Whether tickets of this type send an invite by default.
pub fn type_sends_invite(value: Value) -> bool {
    #[derive(Deserialize)]
    struct Kind {
        #[serde(default, deserialize_with = "shape::flag")]
        default_sendremoteinvite: Option<bool>,
    }
    let kind = shape::single(value).and_then(|value| serde_json::from_value::<Kind>(value).ok());
    kind.and_then(|kind| kind.default_sendremoteinvite).unwrap_or(false)
}

/// An end user. A text that Halo does not tell is empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    /// Halo's id.
    pub id: UserId,
    /// Display name.
    pub name: String,
    /// First name.
    pub first_name: String,
    /// Last name.
    pub last_name: String,
    /// E-mail address.
    pub email: String,
    /// Site of the client.
    pub site_name: String,
    /// Client.
    pub client_name: String,
    /// "Never send emails" is set: Halo will not deliver to this person.
    pub never_send_emails: bool,
}

#[derive(Deserialize)]
struct RawUser {
    #[serde(default, deserialize_with = "shape::id")]
    id: Option<u32>,
    #[serde(default, deserialize_with = "shape::text")]
    name: Option<String>,
    #[serde(default, deserialize_with = "shape::text")]
    firstname: Option<String>,
    #[serde(default, deserialize_with = "shape::text")]
    surname: Option<String>,
    #[serde(default, deserialize_with = "shape::text")]
    emailaddress: Option<String>,
    #[serde(default, deserialize_with = "shape::text")]
    email2: Option<String>,
    #[serde(default, deserialize_with = "shape::text")]
    site_name: Option<String>,
    #[serde(default, deserialize_with = "shape::text")]
    client_name: Option<String>,
    #[serde(default, deserialize_with = "shape::flag")]
    neversendemails: Option<bool>,
}

pub fn user((value, call): (Value, Call)) -> Result<User, HaloError> {
    let raw = shape::single(value).and_then(|value| serde_json::from_value::<RawUser>(value).ok());
    let Some((id, raw)) = raw.and_then(|raw| Some((UserId::new(raw.id?)?, raw))) else {
        return Err(HaloError::Unexpected { call, what: "a user without an id", accepted: true });
    };
    Ok(User {
        id,
        name: raw.name.unwrap_or_else(|| format!("user {id}")),
        first_name: raw.firstname.unwrap_or_default(),
        last_name: raw.surname.unwrap_or_default(),
        email: raw.emailaddress.or(raw.email2).unwrap_or_default(),
        site_name: raw.site_name.unwrap_or_default(),
        client_name: raw.client_name.unwrap_or_default(),
        never_send_emails: raw.neversendemails.unwrap_or(false),
    })
}
