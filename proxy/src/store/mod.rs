//! What the proxy remembers. Each method is one whole business step in one transaction; nothing here talks to a vendor
//! or decides anything. SQLite is the only implementation so far; `tests/store.rs` is the suite another must pass.

mod sqlite;
mod sqlite_invites;
mod sqlite_sessions;
mod sqlite_sign_in;

pub use sqlite::{SCHEMA_VERSION, Sqlite};

use crate::sign_in::Caller;
use async_trait::async_trait;
use halo_remote_support::{
    api::Connection,
    rules::{
        correlation::Code,
        disposition::{Disposition, Issued},
        settings::Settings,
        wording::Message,
        words::{ActionId, AgentId, Lsid, TicketId, UnixSeconds},
    },
};
use serde::{Deserialize, Serialize};

/// Why a step could not be done.
#[derive(Debug, thiserror::Error)]
pub enum StoreProblem {
    /// SQLite refused.
    #[error("the store cannot be used: {0}")]
    Sqlite(#[from] rusqlite::Error),
    /// The commit failed; nothing of the step was kept.
    #[error("the store cannot be written: {0}; check disk space and permissions of the data folder")]
    Commit(String),
    /// A row does not read.
    #[error("a stored {0} cannot be read: {1}; it was written by another version or is damaged")]
    Payload(&'static str, String),
    /// The schema is newer than this program.
    #[error(
        "the store was written by a newer version (schema {found}, this program knows {known}); start the newer version, the store is untouched"
    )]
    Newer {
        /// In the file.
        found: i64,
        /// Known here.
        known: i64,
    },
    /// Another process has it open.
    #[error("another proxy is running on {0}; stop it first: two writers would send notes twice")]
    InUse(String),
    /// The file system said no.
    #[error("the store {0} cannot be opened: {1}")]
    File(String, std::io::Error),
    /// The writer is gone: the process is shutting down.
    #[error("the store is closed")]
    Closed,
}

/// Shorthand.
pub type Result<T> = std::result::Result<T, StoreProblem>;

/// What a claimed row is held by: later steps succeed only while the fence is still ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fence(pub i64);

/// Somebody else holds the row now; whatever we did must not be recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Held {
    /// The step was recorded.
    Yes,
    /// The lease was lost; nothing was recorded.
    Lost,
}

/// State of an event in the inbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EventState {
    /// A session's end: its session row exists.
    Accepted,
    /// A type we do not need.
    Ignored,
    /// Unreadable or too large.
    Quarantined,
}

/// An event as it came.
#[derive(Clone, Debug)]
pub struct ReceivedEvent {
    /// SHA-256 of its sorted fields.
    pub digest: Vec<u8>,
    /// What it is.
    pub state: EventState,
    /// `event` field.
    pub event: Option<String>,
    /// `lsid` field, when it is one.
    pub lsid: Option<Lsid>,
    /// Why it was quarantined.
    pub reason: Option<String>,
    /// The raw body (its head, when it was too large).
    pub body: Vec<u8>,
    /// When it came.
    pub at: UnixSeconds,
}

/// State of a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
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
    /// Given up, with a reason.
    Failed,
}

/// A claimed session.
#[derive(Clone, Debug)]
pub struct SessionJob {
    /// Which.
    pub lsid: Lsid,
    /// Its fence.
    pub fence: Fence,
    /// Where it stands.
    pub state: SessionState,
    /// Failed attempts in this state.
    pub attempts: u32,
    /// When the first event came.
    pub announced_at: UnixSeconds,
    /// The report, once decided.
    pub report: Option<Vec<u8>>,
    /// The decision.
    pub disposition: Option<Disposition>,
    /// The outstanding write.
    pub write: Option<IntendedWrite>,
    /// When that write was last sent to Halo with unknown outcome.
    pub attempted_at: Option<UnixSeconds>,
}

/// An intended note on a ticket. Versioned: see `Versioned`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct IntendedWrite {
    /// Where.
    pub ticket: TicketId,
    /// Agents only.
    pub private: bool,
}

/// A session as people see it in a list.
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
    /// The decision with its trace.
    pub disposition: Option<Disposition>,
    /// The action in Halo.
    pub action: Option<ActionId>,
    /// When the first event came.
    pub announced_at: UnixSeconds,
    /// Last change.
    pub changed_at: UnixSeconds,
    /// When it will be tried next.
    pub next_at: Option<UnixSeconds>,
}

/// What to do with a session that could not go on.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// Try again then.
    Later(UnixSeconds),
    /// Leave the work; the state and reason stay for people.
    Rest(SessionState),
}

/// A new invite, before anything was asked of a vendor.
#[derive(Clone, Debug)]
pub struct NewInvite {
    /// Its code.
    pub code: Code,
    /// Who sends it.
    pub agent: AgentId,
    /// From the request.
    pub idempotency_key: String,
    /// SHA-256 of the request.
    pub request: Vec<u8>,
    /// For which ticket.
    pub ticket: TicketId,
    /// Sealed payload.
    pub payload: Vec<u8>,
    /// Now.
    pub at: UnixSeconds,
    /// Until then it is ours.
    pub lease_until: UnixSeconds,
}

/// State of an invite as stored: the lifecycle after `sent` comes from events.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InviteStage {
    /// Being made.
    Draft,
    /// Key made, mail outstanding.
    Keyed,
    /// Mailed.
    Sent,
}

/// An invite's row.
#[derive(Clone, Debug)]
pub struct InviteRow {
    /// Its code.
    pub code: Code,
    /// Who sends it.
    pub agent: AgentId,
    /// SHA-256 of the request.
    pub request: Vec<u8>,
    /// For which ticket.
    pub ticket: TicketId,
    /// Where it stands.
    pub stage: InviteStage,
    /// Sealed payload.
    pub payload: Vec<u8>,
    /// When its mail was sent to Halo with unknown outcome.
    pub attempted_at: Option<UnixSeconds>,
    /// The audit action.
    pub action: Option<ActionId>,
    /// When it was made.
    pub created_at: UnixSeconds,
    /// Failed attempts.
    pub attempts: u32,
    /// Its fence, valid when the row was claimed.
    pub fence: Fence,
}

/// What `begin_invite` found.
#[derive(Clone, Debug)]
pub enum Begun {
    /// It is new, and ours.
    New(Fence),
    /// The same key came before, and nobody is at work on it: it is ours now.
    Resumed(InviteRow),
    /// The same key came before and is being worked on, or is done.
    Existing(InviteRow),
}

/// A sign-in under way. Hashes and sealed secrets only.
#[derive(Clone, Debug)]
pub struct SignIn {
    /// SHA-256 of the state.
    pub state: Vec<u8>,
    /// SHA-256 of the pop-up's cookie.
    pub browser: Vec<u8>,
    /// Sealed: PKCE verifier and the frame's nonce.
    pub secrets: Vec<u8>,
    /// The frame's origin.
    pub origin: String,
    /// When.
    pub started_at: UnixSeconds,
}

/// The business steps.
#[async_trait]
pub trait Store: Send + Sync + 'static {
    /// Can be written.
    async fn ready(&self) -> Result<()>;

    // Settings
    /// The stored settings and connection with their version; `None` before the first save.
    async fn settings(&self) -> Result<Option<(u64, Settings, Connection)>>;
    /// Saves when the version is still the one given (0 for the first save); answers the new version, or `None` on conflict.
    async fn save_settings(
        &self,
        read: u64,
        settings: Settings,
        connection: Connection,
        by: Option<AgentId>,
        at: UnixSeconds,
    ) -> Result<Option<u64>>;
    /// A sealed secret.
    async fn secret(&self, name: &'static str) -> Result<Option<Vec<u8>>>;
    /// Saves a sealed secret.
    async fn save_secret(&self, name: &'static str, sealed: Vec<u8>, at: UnixSeconds) -> Result<()>;
    /// Something learned about a vendor.
    async fn finding(&self, name: &'static str) -> Result<Option<String>>;
    /// Remembers something learned.
    async fn save_finding(&self, name: &'static str, value: String, at: UnixSeconds) -> Result<()>;

    // Sign-in
    /// Begins a sign-in, and forgets those begun before `forget_before`.
    async fn begin_sign_in(&self, sign_in: SignIn, forget_before: UnixSeconds) -> Result<()>;
    /// Takes a sign-in away: it works once.
    async fn take_sign_in(&self, state: Vec<u8>, begun_after: UnixSeconds) -> Result<Option<SignIn>>;
    /// Ends a sign-in: keeps the sealed refresh token (if any) and the one-time code in one step.
    async fn finish_sign_in(&self, caller: Caller, refresh: Option<Vec<u8>>, code: Vec<u8>, nonce: Vec<u8>, at: UnixSeconds) -> Result<()>;
    /// Exchanges a one-time code for a cookie; the code is spent even when the nonce is wrong.
    async fn exchange(
        &self,
        code: Vec<u8>,
        nonce: Vec<u8>,
        made_after: UnixSeconds,
        cookie: Vec<u8>,
        expires_at: UnixSeconds,
    ) -> Result<Option<Caller>>;
    /// Who has this cookie.
    async fn caller(&self, cookie: Vec<u8>, now: UnixSeconds) -> Result<Option<Caller>>;
    /// Forgets a cookie.
    async fn sign_out(&self, cookie: Vec<u8>) -> Result<()>;
    /// An agent's sealed refresh token.
    async fn refresh_token(&self, agent: AgentId) -> Result<Option<Vec<u8>>>;
    /// Keeps a rotated token; `None` forgets it.
    async fn save_refresh_token(&self, agent: AgentId, sealed: Option<Vec<u8>>, at: UnixSeconds) -> Result<()>;

    // Invites
    /// Begins an invite, or finds the one with the same idempotency key.
    async fn begin_invite(&self, invite: NewInvite) -> Result<Begun>;
    /// Claims an invite that is due.
    async fn claim_invite(&self, now: UnixSeconds, lease_until: UnixSeconds) -> Result<Option<InviteRow>>;
    /// The key is made; the mail is what remains.
    async fn invite_keyed(&self, code: Code, fence: Fence, payload: Vec<u8>) -> Result<Held>;
    /// The mail is about to be sent.
    async fn invite_attempted(&self, code: Code, fence: Fence, at: UnixSeconds) -> Result<Held>;
    /// The mail is out.
    async fn invite_sent(&self, code: Code, fence: Fence, action: Option<ActionId>) -> Result<Held>;
    /// It could not go on: tried again at `next_at`, or never by itself. `clear` tells that the mail surely did not go out.
    async fn invite_postponed(&self, code: Code, fence: Fence, next_at: Option<UnixSeconds>, clear: bool) -> Result<Held>;
    /// Nothing was made: the invite never was.
    async fn abandon_invite(&self, code: Code, fence: Fence) -> Result<Held>;
    /// One invite.
    async fn invite(&self, code: Code) -> Result<Option<InviteRow>>;
    /// Invites of a ticket, newest first.
    async fn invites_of(&self, ticket: TicketId, limit: u32) -> Result<Vec<InviteRow>>;
    /// What we issued under this code.
    async fn issued(&self, code: Code) -> Result<Option<Issued>>;

    // Sessions
    /// Puts an event into the inbox and, when it ends a session, makes the session's row. Durable when it returns.
    async fn receive(&self, event: ReceivedEvent) -> Result<()>;
    /// Claims a session that is due and whose lease is over.
    async fn claim_session(&self, now: UnixSeconds, lease_until: UnixSeconds) -> Result<Option<SessionJob>>;
    /// The decision and the intended write, in one transaction. Without a write the session rests in `state`.
    async fn decided(&self, lsid: Lsid, fence: Fence, decision: Decision) -> Result<Held>;
    /// The note is about to be sent.
    async fn note_attempted(&self, lsid: Lsid, fence: Fence, at: UnixSeconds) -> Result<Held>;
    /// The note stands on its ticket.
    async fn note_written(&self, lsid: Lsid, fence: Fence, action: Option<ActionId>, at: UnixSeconds) -> Result<Held>;
    /// It could not go on. `clear` tells that the note surely was not written; `report` keeps an unreadable report.
    async fn session_postponed(&self, lsid: Lsid, fence: Fence, postponed: Postponed) -> Result<Held>;
    /// One session.
    async fn session(&self, lsid: Lsid) -> Result<Option<SessionSummary>>;
    /// Sessions, newest first.
    async fn sessions(&self, state: Option<SessionState>, ticket: Option<TicketId>, limit: u32) -> Result<Vec<SessionSummary>>;
    /// How many events are in each state, and when the last one came.
    async fn event_counts(&self) -> Result<EventCounts>;
}

/// A decision to record.
#[derive(Clone, Debug)]
pub struct Decision {
    /// What the rules decided.
    pub disposition: Disposition,
    /// `Pending` with a write; `Stored` or `Refused` without.
    pub state: SessionState,
    /// The intended write.
    pub write: Option<IntendedWrite>,
    /// The report; dropped when the session was refused.
    pub report: Option<Vec<u8>>,
    /// Now.
    pub at: UnixSeconds,
}

/// Why and for how long a session waits.
#[derive(Clone, Debug)]
pub struct Postponed {
    /// What happens next.
    pub outcome: Outcome,
    /// Why.
    pub reason: Message,
    /// The attempt surely wrote nothing.
    pub clear: bool,
    /// A report that could not be used, to be looked at.
    pub report: Option<Vec<u8>>,
    /// Now.
    pub at: UnixSeconds,
}

/// Events by state.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct EventCounts {
    /// Ends of sessions.
    pub accepted: u64,
    /// Types we do not need.
    pub ignored: u64,
    /// Unreadable or too large.
    pub quarantined: u64,
    /// When the last one came.
    pub last_at: Option<UnixSeconds>,
}
