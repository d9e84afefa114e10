//! What plugin and proxy say to each other over `/api/v1`: requests, answers and the problem document. Shapes only; the
//! decisions are in [`crate::rules`].

pub use crate::rules::lifecycle::{InviteEvent, InviteState, InviteStep};

use crate::rules::{
    disposition::Disposition,
    failure::{Failure, FailureKind},
    routing::Routing,
    settings::Settings,
    template::Values,
    wording::{Language, Message},
    words::{ActionId, AgentId, AssetId, Channel, ChatId, Lsid, TicketId, UnixSeconds, UserId},
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The header every state change must carry, with any value: a foreign form cannot set it.
pub const PLUGIN_HEADER: &str = "x-remote-support";
/// The header with the idempotency key of `POST /invites`: 16 to 64 characters of `[A-Za-z0-9-]`.
pub const IDEMPOTENCY_HEADER: &str = "idempotency-key";

/// `GET /me`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Me {
    /// Who is signed in.
    pub id: AgentId,
    /// The agent's name in Halo.
    pub name: String,
    /// May change settings.
    pub is_administrator: bool,
}

/// `POST /sign-in/exchange`: the one-time code for a cookie. Answers [`Me`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Exchange {
    /// The one-time code, from the pop-up or typed by the person.
    pub code: String,
    /// The nonce the frame made before it opened the pop-up.
    pub nonce: String,
}

/// `GET /channels?ticket=1161` or `?chat=640`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Channels {
    /// Who may be chosen, in the order to show, each with what would happen.
    pub channels: Vec<ChannelOption>,
    /// What would happen without a channel (the default team).
    pub without_channel: Routing,
    /// Age of the presence in seconds; up to 30. `None` when BeyondTrust could not be asked: see `presence_failure`.
    pub presence_age: Option<u32>,
    /// Why presence is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub presence_failure: Option<Problem>,
    /// The ticket the invite is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ticket: Option<TicketSummary>,
    /// The chat the invite is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub chat: Option<ChatSummary>,
    /// The ticket's open chats: an invite can be posted there instead of mailed.
    #[serde(default)]
    pub chats: Vec<ChatSummary>,
    /// Templates, to be edited and previewed.
    pub draft: Draft,
    /// Values for the preview: a sample link and code stand in for the real ones.
    pub preview: Values,
    /// Seconds an invite's key will be valid, when the appliance said so before or a setting names it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_for: Option<u32>,
}

/// `GET /channels/now?ticket=1161` or `?chat=640`: what changes of [`Channels`] while people look at it. Costs no call to Halo.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ChannelsNow {
    /// As in [`Channels`].
    pub channels: Vec<ChannelOption>,
    /// As in [`Channels`].
    pub without_channel: Routing,
    /// As in [`Channels`].
    pub presence_age: Option<u32>,
    /// As in [`Channels`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub presence_failure: Option<Problem>,
}

/// One agent or team that may be chosen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ChannelOption {
    /// Which.
    pub channel: Channel,
    /// Name to show.
    pub name: String,
    /// It is the caller.
    #[serde(default)]
    pub is_me: bool,
    /// It is the default team.
    #[serde(default)]
    pub is_default: bool,
    /// Presence of an agent; always `notApplicable` for a team.
    pub presence: Presence,
    /// What would happen.
    pub forecast: Routing,
}

/// Whether an agent is at the BeyondTrust console.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", tag = "is")]
pub enum Presence {
    /// Logged in.
    LoggedIn {
        /// Running sessions, when told.
        sessions: Option<u32>,
    },
    /// Not logged in.
    LoggedOut,
    /// BeyondTrust could not be asked.
    Unknown,
    /// A team.
    NotApplicable,
}

/// What a screen says about a ticket.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TicketSummary {
    /// Which.
    pub id: TicketId,
    /// Its summary.
    pub summary: String,
    /// Name of its user, when it has one.
    pub user_name: Option<String>,
    /// The user's e-mail address, when known.
    pub email: Option<String>,
}

/// What a screen says about a live chat.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ChatSummary {
    /// Which.
    pub id: ChatId,
    /// Its name, often the customer's; may be empty.
    pub name: String,
    /// Name of its user; nobody in an anonymous chat.
    pub user_name: Option<String>,
    /// The ticket it is linked to.
    pub ticket: Option<TicketId>,
    /// Not closed.
    pub open: bool,
}

/// `GET /chats?ticket=1161`, and `GET /chats` for the caller's own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Chats {
    /// The open chats, the latest first.
    pub chats: Vec<OpenChat>,
    /// Seconds after which a look is worth its price: Halo's calls are few.
    pub look_again: u32,
}

/// A chat an invite can be posted to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OpenChat {
    /// The chat.
    #[serde(flatten)]
    pub chat: ChatSummary,
    /// Its last message, when Halo tells.
    pub changed: Option<UnixSeconds>,
    /// The invite posted last.
    pub invite: Option<Invite>,
}

/// The invite's text before it is rendered: variables still in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Draft {
    /// Subject template, plain text.
    pub subject: String,
    /// Body template, HTML.
    pub body: String,
    /// Template of the message for a live chat, HTML.
    pub chat: String,
}

/// `POST /invites`: a mail about a ticket (`ticket`, `email`), or a message in a live chat (`chat`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct NewInvite {
    /// The ticket, for a mail.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ticket: Option<TicketId>,
    /// The chat, for a message in it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub chat: Option<ChatId>,
    /// For whom; `None` asks for the default team.
    pub channel: Option<Channel>,
    /// Recipient of the mail.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Subject template, when edited.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// Body template, or the template of the chat's message, when edited.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
    /// The person knows that a colleague has just invited (see `recent_invite`).
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub again: bool,
}

/// The session that began with an invite, once it is over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct InviteSession {
    /// Which.
    pub lsid: Lsid,
    /// Where its details stand.
    pub state: SessionState,
    /// Why.
    pub reason: Option<Message>,
    /// The ticket its note is on.
    pub ticket: Option<TicketId>,
}

/// `GET /invites?ticket=1161` or `?chat=640`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Invites {
    /// Newest first.
    pub invites: Vec<Invite>,
    /// Seconds after which a look is worth its price.
    pub look_again: u32,
}

/// An invite, as `POST /invites` and `GET /invites` answer it. Holds no link and no session code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Invite {
    /// Its code; also its id.
    pub id: String,
    /// The ticket, when it is about one.
    pub ticket: Option<TicketId>,
    /// The chat it was posted to.
    #[serde(default)]
    pub chat: Option<ChatId>,
    /// State.
    pub state: InviteState,
    /// Why it waits or is held back, when it is not sent yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Message>,
    /// What kept it, when that is known: says more than `reason`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<Message>,
    /// Recipient of the mail.
    pub email: Option<String>,
    /// The agent who sent it; the desk's own name when nobody did.
    pub sent_by: String,
    /// What became of it, oldest first.
    #[serde(default)]
    pub steps: Vec<InviteStep>,
    /// The session it led to, once that is over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<InviteSession>,
    /// How it was routed.
    pub routing: Routing,
    /// When it was made.
    pub created: UnixSeconds,
    /// When the key stops working.
    pub expires: Option<UnixSeconds>,
    /// What the person should know, for example `$NAMES` left to Halo.
    #[serde(default)]
    pub warnings: Vec<Message>,
}

/// `POST /invites/{id}/renew`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RenewInvite {
    /// The caller knows that a colleague has just sent one.
    #[serde(default)]
    pub again: bool,
}

/// State of a finished session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SessionState {
    /// The report is not there or not finished.
    AwaitingReport,
    /// Decided; a write to Halo is outstanding.
    Pending,
    /// On its ticket.
    Written,
    /// Kept for linking by hand.
    Stored,
    /// Refused by policy; replayable.
    Refused,
    /// Given up, with a reason; replayable.
    Failed,
}

impl SessionState {
    /// Every state.
    pub const ALL: [Self; 6] = [Self::AwaitingReport, Self::Pending, Self::Written, Self::Stored, Self::Refused, Self::Failed];

    /// Its word, as stored and shown.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::AwaitingReport => "awaiting_report",
            Self::Pending => "pending",
            Self::Written => "written",
            Self::Stored => "stored",
            Self::Refused => "refused",
            Self::Failed => "failed",
        }
    }
}

/// What people look for in a list of sessions. Holds nothing of what was said.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct SessionFacts {
    /// The chat's name, or "Remote Session".
    pub name: String,
    /// The Halo user it is kept under: the session's own, else the Default User.
    pub user: Option<UserId>,
    /// That user's name; `None` while nobody is chosen or Halo did not tell.
    pub user_name: Option<String>,
    /// That user's site.
    pub site: Option<String>,
    /// That user's client.
    pub client: Option<String>,
    /// The customer's name in BeyondTrust.
    pub customer: Option<String>,
    /// The customers' host names.
    pub hosts: Vec<String>,
    /// The asset it was opened from.
    pub asset: Option<AssetId>,
    /// Everybody who took part on our side, by the names in the report.
    pub technicians: Vec<String>,
    /// BeyondTrust teams that took part.
    pub teams: Vec<String>,
    /// The external key as it stood.
    pub external_key: Option<String>,
    /// Beginning.
    pub started: Option<UnixSeconds>,
    /// End.
    pub ended: Option<UnixSeconds>,
    /// Length in seconds.
    pub seconds: Option<u64>,
}

/// A finished session, as `GET /sessions` answers it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SessionSummary {
    /// Which.
    pub lsid: Lsid,
    /// Where it stands.
    pub state: SessionState,
    /// Why.
    pub reason: Option<Message>,
    /// The ticket it belongs to.
    pub ticket: Option<TicketId>,
    /// What people look for; `None` until the report was read.
    pub facts: Option<SessionFacts>,
    /// The decision with its trace.
    pub disposition: Option<Disposition>,
    /// The action in Halo.
    pub action: Option<ActionId>,
    /// No event announced it: our sweep over BeyondTrust's reports found it.
    pub swept: bool,
    /// When it was first heard of.
    pub announced_at: UnixSeconds,
    /// Last change.
    pub changed_at: UnixSeconds,
    /// When it will be tried next.
    pub next_at: Option<UnixSeconds>,
    /// Why it is likely the one for the ticket it is looked for, the strongest reason first.
    #[serde(default)]
    pub likely: Vec<Message>,
}

/// `GET /sessions/{lsid}/note?ticket=1161`: the note as it would be written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NotePreview {
    /// HTML.
    pub html: String,
    /// Customers will not see it.
    pub private: bool,
    /// In whose name.
    pub owner: Option<String>,
}

/// `POST /sessions/{lsid}/link`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct LinkSession {
    /// The ticket to put the session's note on.
    pub ticket: TicketId,
    /// The ticket it is moved from, as the person saw it; nothing for a session that was seen stored.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<TicketId>,
}

/// What a screen says about an asset.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AssetSummary {
    /// Which.
    pub id: AssetId,
    /// Its tag (`inventory_number`).
    pub tag: String,
    /// What it is called besides, often a host name.
    pub name: Option<String>,
    /// Its type.
    pub kind: Option<String>,
    /// Whose it is: customer, site, user, as far as Halo tells.
    pub owner: Vec<String>,
}

/// `GET /launches?asset=5120`: what a device can be opened with, and for which ticket.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LaunchOptions {
    /// The asset.
    pub asset: AssetSummary,
    /// Its open tickets, the latest first.
    pub tickets: Vec<TicketSummary>,
    /// What the person should know, for example that the tag fits several devices.
    pub warnings: Vec<Message>,
    /// Earlier launches, newest first.
    pub launches: Vec<Launch>,
}

/// `POST /launches`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewLaunch {
    /// The asset whose device is opened.
    pub asset: AssetId,
    /// The ticket its session is for.
    #[serde(default)]
    pub ticket: Option<TicketId>,
}

/// A device that was opened, or can be now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Launch {
    /// Its code.
    pub id: String,
    /// The link; only in the answer of `POST /launches`. It holds no secret: the console asks who one is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// The ticket its session is for.
    pub ticket: Option<TicketId>,
    /// Who opened it.
    pub by: String,
    /// When.
    pub at: UnixSeconds,
}

/// `GET /settings` and, without `has_*`, `PUT /settings`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StoredSettings {
    /// Version; a `PUT` must carry the one it was read with.
    pub version: u64,
    /// The choices.
    pub settings: Settings,
    /// The connection to BeyondTrust.
    pub connection: Connection,
}

/// The connection to BeyondTrust. The secret goes in and never comes out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Connection {
    /// "Application URL".
    pub application_url: String,
    /// OAuth client id.
    pub client_id: String,
    /// Only in a `PUT`: the new secret; absent keeps the old one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_secret: Option<String>,
    /// Only in answers: whether a secret is set.
    pub has_secret: bool,
}

/// `POST /settings/test`: what was tried, in order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ConnectionTest {
    /// Every check passed.
    pub ok: bool,
    /// The checks.
    pub checks: Vec<Check>,
}

/// One check of the connection.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Check {
    /// `token`, `perm_command`, `perm_reporting_support`, `perm_configuration`, `clock`.
    pub name: String,
    /// Passed.
    pub ok: bool,
    /// In words.
    pub message: Message,
    /// What is wrong and what to do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<Problem>,
}

/// An RFC 9457 problem document (`application/problem+json`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Problem {
    /// `about:blank`: the `code` is what to look at.
    #[serde(rename = "type")]
    pub kind: String,
    /// HTTP status.
    pub status: u16,
    /// A few words.
    pub title: String,
    /// What happened.
    pub detail: String,
    /// What to do.
    pub advice: String,
    /// Stable code.
    pub code: FailureKind,
    /// Trying again may help.
    pub retryable: bool,
    /// What the sentences were filled with, to word them in another language.
    #[serde(default)]
    pub args: BTreeMap<String, String>,
    /// Where an already decided route is part of the failure (TECHUNAVAILABLE): the decision.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub routing: Option<Routing>,
}

impl Problem {
    /// The document for a failure.
    #[must_use]
    pub fn new(failure: &Failure, language: Language) -> Self {
        Self {
            kind: "about:blank".to_owned(),
            status: failure.kind.status(),
            title: failure.title(language),
            detail: failure.detail(language),
            advice: failure.advice(language),
            code: failure.kind,
            retryable: failure.kind.retryable(),
            args: failure.args.clone(),
            routing: None,
        }
    }
    /// The failure the document tells of.
    #[must_use]
    pub fn failure(&self) -> Failure {
        Failure { kind: self.code, args: self.args.clone() }
    }
}
