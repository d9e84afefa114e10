//! Actions on tickets: reading all of them, adding one. An action cannot be added twice by accident here: nothing is
//! repeated, and what is unclear is said to be unclear.

use super::{AccessToken, Halo, HaloError, shape};
use crate::config::AttachmentForm;
use base64::{Engine as _, prelude::BASE64_STANDARD};
use halo_remote_support::rules::words::{ActionId, AgentId, TicketId, UnixSeconds};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

/// More than any ticket has; Halo's default is not documented.
const COUNT: &str = "10000";

/// An action as Halo keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Action {
    /// Unique within its ticket.
    pub id: ActionId,
    /// Name of the action.
    pub outcome: Option<String>,
    /// The note as text.
    pub note: Option<String>,
    /// The note as HTML.
    pub note_html: Option<String>,
    /// Author's name.
    pub who: Option<String>,
    /// Author, when an agent.
    pub who_agent: Option<AgentId>,
    /// An end user's, not an agent's.
    pub by_user: bool,
    /// Number of its outcome.
    pub outcome_id: Option<u32>,
    /// Custom fields by their number.
    pub fields: Vec<(u32, String)>,
    /// Recipients of its mail.
    pub email_to: Option<String>,
    /// What Halo remarked although it accepted the action; may name people.
    pub warning: Option<String>,
}

impl Action {
    /// What a custom field holds.
    #[must_use]
    pub fn field(&self, number: u32) -> Option<&str> {
        self.fields.iter().find(|(id, _)| *id == number).map(|(_, value)| value.as_str())
    }

    /// The note holds this marker.
    #[must_use]
    pub fn holds(&self, marker: &str) -> bool {
        [&self.note, &self.note_html].into_iter().flatten().any(|note| note.contains(marker))
    }
}

/// An action to add.
#[derive(Clone, Debug, PartialEq)]
pub struct NewAction {
    /// Where.
    pub ticket: TicketId,
    /// Name of the action as displayed in Halo.
    pub outcome: String,
    /// The note.
    pub note_html: String,
    /// Private: end users do not see it.
    pub hidden_from_user: bool,
    /// A mail for Halo to send with it.
    pub email: Option<Mail>,
    /// The author we ask for (`who_agentid`); Halo may ignore it, so read it back.
    pub who_agent: Option<AgentId>,
    /// Begin of the work.
    pub started: Option<UnixSeconds>,
    /// End of the work.
    pub ended: Option<UnixSeconds>,
    /// Time taken, in hours.
    pub timetaken: Option<f64>,
    /// A text file to go with it.
    pub file: Option<TextFile>,
}

/// A text file.
#[derive(Clone, PartialEq, Eq)]
pub struct TextFile {
    /// Its name.
    pub name: String,
    /// What is in it.
    pub text: String,
}

impl std::fmt::Debug for TextFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TextFile").field("bytes", &self.text.len()).finish_non_exhaustive()
    }
}

impl NewAction {
    /// A private note without a mail.
    #[must_use]
    pub const fn new(ticket: TicketId, outcome: String, note_html: String) -> Self {
        Self {
            ticket,
            outcome,
            note_html,
            hidden_from_user: true,
            email: None,
            who_agent: None,
            started: None,
            ended: None,
            timetaken: None,
            file: None,
        }
    }
}

/// A mail.
#[derive(Clone, PartialEq, Eq)]
pub struct Mail {
    /// Recipient.
    pub to: String,
    /// Subject, text.
    pub subject: String,
    /// Body, HTML.
    pub body_html: String,
}

impl std::fmt::Debug for Mail {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The body holds the session's link.
        f.debug_struct("Mail").finish_non_exhaustive()
    }
}

#[derive(Deserialize)]
struct Raw {
    #[serde(default, deserialize_with = "shape::id")]
    id: Option<u32>,
    #[serde(default, deserialize_with = "shape::text")]
    outcome: Option<String>,
    #[serde(default, deserialize_with = "shape::text")]
    note: Option<String>,
    #[serde(default, deserialize_with = "shape::text")]
    note_html: Option<String>,
    #[serde(default, deserialize_with = "shape::text")]
    who: Option<String>,
    #[serde(default, deserialize_with = "shape::id")]
    who_agentid: Option<u32>,
    #[serde(default, deserialize_with = "shape::id")]
    actionby_user_id: Option<u32>,
    #[serde(default, deserialize_with = "shape::id")]
    outcome_id: Option<u32>,
    #[serde(default, deserialize_with = "shape::custom_fields")]
    customfields: Vec<(u32, String)>,
    #[serde(default, deserialize_with = "shape::text")]
    emailto: Option<String>,
    #[serde(default, deserialize_with = "shape::text")]
    emailtonew: Option<String>,
    #[serde(default, deserialize_with = "shape::text", rename = "_warning")]
    warning: Option<String>,
}

fn read(value: Value) -> Option<Action> {
    let raw: Raw = serde_json::from_value(value).ok()?;
    Some(Action {
        id: ActionId::new(raw.id?)?,
        outcome: raw.outcome,
        note: raw.note,
        note_html: raw.note_html,
        who: raw.who,
        who_agent: raw.who_agentid.and_then(AgentId::new),
        by_user: raw.actionby_user_id.is_some(),
        outcome_id: raw.outcome_id,
        fields: raw.customfields,
        email_to: raw.emailto.or(raw.emailtonew),
        warning: raw.warning,
    })
}

pub async fn all(halo: &Halo, token: &AccessToken, ticket: TicketId) -> Result<Vec<Action>, HaloError> {
    let ticket = ticket.to_string();
    let query = [("ticket_id", ticket.as_str()), ("includehtmlnote", "true"), ("count", COUNT)];
    let (items, call) = halo.list(token, "read this ticket's actions", "Actions", "actions", &query).await?;
    let count = items.len();
    let actions: Vec<_> = items.into_iter().filter_map(read).collect();
    if actions.len() == count { Ok(actions) } else { Err(HaloError::Unexpected { call, what: "an action without an id", accepted: true }) }
}

pub async fn one(halo: &Halo, token: &AccessToken, ticket: TicketId, action: ActionId) -> Result<Action, HaloError> {
    let ticket = ticket.to_string();
    let query = [("ticket_id", ticket.as_str()), ("includedetails", "true"), ("includehtmlnote", "true")];
    let (value, call) = halo.get(token, "read an action", &format!("Actions/{action}"), &query).await?;
    shape::single(value).and_then(read).ok_or(HaloError::NotFound { call })
}

pub async fn add(halo: &Halo, token: &AccessToken, new: &NewAction) -> Result<Action, HaloError> {
    let (value, call) = halo.post(token, "add an action to this ticket", "Actions", body(new, halo.0.attachment_form)).await?;
    shape::single(value).and_then(read).ok_or(HaloError::Unexpected { call, what: "an action without an id", accepted: true })
}

pub async fn remove(halo: &Halo, token: &AccessToken, ticket: TicketId, action: ActionId) -> Result<(), HaloError> {
    halo.delete(token, "take an action back", &format!("Actions/{action}"), &[("ticket_id", &ticket.to_string())]).await
}

fn body(new: &NewAction, form: AttachmentForm) -> Value {
    let mut fields = Map::new();
    let mut set = |name: &str, value: Value| fields.insert(name.to_owned(), value);
    set("ticket_id", json!(new.ticket.get()));
    set("outcome", json!(new.outcome));
    set("note_html", json!(new.note_html));
    // Always said: the action's own defaults may say otherwise.
    set("hiddenfromuser", json!(new.hidden_from_user));
    set("sendemail", json!(new.email.is_some()));
    if let Some(mail) = &new.email {
        set("emailto", json!(mail.to));
        set("emailsubject", json!(mail.subject));
        set("emailbody_html", json!(mail.body_html));
    }
    if let Some(file) = &new.file {
        let data = BASE64_STANDARD.encode(&file.text);
        let data = match form {
            AttachmentForm::DataUrl => format!("data:text/plain;charset=utf-8;base64,{data}"),
            AttachmentForm::Base64 => data,
        };
        let private = new.hidden_from_user;
        set("attachments", json!([{"filename": file.name, "content_type": "text/plain", "data_base64": data, "showforusers": !private}]));
    }
    for (name, value) in [
        ("who_agentid", new.who_agent.map(|agent| json!(agent.get()))),
        ("actionarrivaldate", new.started.and_then(utc)),
        ("actioncompletiondate", new.ended.and_then(utc)),
        ("timetaken", new.timetaken.map(|hours| json!(hours))),
    ] {
        if let Some(value) = value {
            set(name, value);
        }
    }
    Value::Object(fields)
}

fn utc(seconds: UnixSeconds) -> Option<Value> {
    OffsetDateTime::from_unix_timestamp(seconds).ok()?.format(&Rfc3339).ok().map(Value::String)
}
