//! What the proxy remembers. Each method is one whole business step in one transaction; nothing here talks to a vendor
//! or decides anything. SQLite is the only implementation so far; `tests/store.rs` is the suite another must pass.

mod doorbell;
mod event;
mod invite;
mod launch;
mod session;
mod sqlite;
mod upkeep;

pub use doorbell::{Ring, RingJob, UnreadWebhook};
pub use event::{EventCounts, EventState, EventSummary, ReceivedEvent};
pub use halo_remote_support::api::{SessionFacts, SessionState, SessionSummary};
pub use invite::{About, Begun, InviteLife, InviteRow, InviteStage, InviteStopped, NewInvite, SESSIONS_REPORTED, ToldStep};
pub use launch::LaunchRow;
pub use session::{
    ByHand, Decision, Handled, IntendedMessage, IntendedNote, IntendedWithdrawal, IntendedWrite, Outcome, OutstandingWrite, Person,
    Postponed, SessionJob, SessionQuery, Source,
};
pub use sqlite::{SCHEMA_VERSION, Sqlite};
pub use upkeep::{Cuts, Figures, Pruned, Window};

use crate::sign_in::Caller;
use async_trait::async_trait;
use halo_remote_support::{
    api::Connection,
    rules::{
        correlation::Code,
        disposition::Issued,
        settings::Settings,
        wording::Message,
        words::{ActionId, AgentId, AssetId, Lsid, TicketId, UnixSeconds},
    },
};
use std::path::PathBuf;

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
    /// The file is not whole.
    #[error(
        "the store {0} is damaged: {1}; keep the file, put the latest backup in its place and start again (docs/OPERATIONS.md, \"The store is damaged\")"
    )]
    Damaged(String, String),
    /// A command meets a store that the proxy has not brought up to date.
    #[error("the store has schema {found} and this program writes {known}; start `serve` once to bring it up to date")]
    Older {
        /// In the file.
        found: i64,
        /// Known here.
        known: i64,
    },
    /// A command finds no store.
    #[error("there is no store at {0}; does server.data name the right folder, and has `serve` been started once?")]
    Missing(String),
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
    /// Begins an invite, or finds the one with the same idempotency key, or somebody else's that was begun just before.
    async fn begin_invite(&self, invite: NewInvite) -> Result<Begun>;
    /// Claims an invite that is due.
    async fn claim_invite(&self, window: Window) -> Result<Option<InviteRow>>;
    /// The key is made; the mail is what remains.
    async fn invite_keyed(&self, code: Code, fence: Fence, payload: Vec<u8>) -> Result<Held>;
    /// The mail is about to be sent.
    async fn invite_attempted(&self, code: Code, fence: Fence, at: UnixSeconds) -> Result<Held>;
    /// The mail is out, or for a held one the warning.
    async fn invite_sent(&self, code: Code, fence: Fence, action: Option<ActionId>, held: bool) -> Result<Held>;
    /// It could not go on.
    async fn invite_stopped(&self, code: Code, fence: Fence, stopped: InviteStopped) -> Result<Held>;
    /// Nothing was made: the invite never was.
    async fn abandon_invite(&self, code: Code, fence: Fence) -> Result<Held>;
    /// One invite.
    async fn invite(&self, code: Code) -> Result<Option<InviteRow>>;
    /// Invites of a ticket, those posted to its chats among them, or of a chat; newest first.
    async fn invites_of(&self, about: About, limit: u32) -> Result<Vec<InviteRow>>;
    /// What events told of these invites, in their order.
    async fn invite_lives(&self, codes: Vec<Code>) -> Result<Vec<InviteLife>>;
    /// Takes an invite back for good, with its line in the audit trail: whoever holds it loses it.
    async fn revoke_invite(&self, code: Code, by: Person, at: UnixSeconds) -> Result<Option<InviteRow>>;
    /// What we issued under this code.
    async fn issued(&self, code: Code) -> Result<Option<Issued>>;

    // Launches
    /// Records that a device is opened.
    async fn add_launch(&self, launch: LaunchRow) -> Result<()>;
    /// Launches of an asset, newest first.
    async fn launches_of(&self, asset: AssetId, limit: u32) -> Result<Vec<LaunchRow>>;

    // Webhooks of Halo
    /// Keeps what a webhook told of: each ticket or action is looked at once, however often it is told. Durable when it returns.
    async fn ring(&self, rings: Vec<Ring>, at: UnixSeconds) -> Result<()>;
    /// Keeps a webhook that could not be read.
    async fn unread_webhook(&self, webhook: UnreadWebhook, at: UnixSeconds) -> Result<()>;
    /// Claims what was told and is due.
    async fn claim_ring(&self, window: Window) -> Result<Option<RingJob>>;
    /// It was looked at; this came of it.
    async fn ring_done(&self, ring: Ring, fence: Fence, reason: Message) -> Result<Held>;
    /// It could not be looked at: tried again at `next_at`, or never by itself.
    async fn ring_postponed(&self, ring: Ring, fence: Fence, next_at: Option<UnixSeconds>, reason: Message) -> Result<Held>;

    // Sessions
    /// Puts an event into the inbox; when it ends a session, makes the session's row; when it tells of an invite, keeps that.
    /// Durable when it returns. Answers the invite it tells of, when that was taken back.
    async fn receive(&self, event: ReceivedEvent) -> Result<Option<Code>>;
    /// Makes rows for those sessions that have none: no event announced them. Answers which these are.
    async fn announce(&self, lsids: Vec<Lsid>, at: UnixSeconds) -> Result<Vec<Lsid>>;
    /// Claims a session that is due, in one of these states, and whose lease is over.
    async fn claim_session(&self, window: Window, states: &'static [SessionState]) -> Result<Option<SessionJob>>;
    /// The decision and the intended writes, in one transaction.
    async fn decided(&self, lsid: Lsid, fence: Fence, decision: Decision) -> Result<Held>;
    /// The write is about to be sent.
    async fn write_attempted(&self, lsid: Lsid, fence: Fence, write: i64, at: UnixSeconds) -> Result<Held>;
    /// The write is done. The session goes on with the next one, or rests.
    async fn write_done(&self, lsid: Lsid, fence: Fence, write: i64, action: Option<ActionId>, at: UnixSeconds) -> Result<Held>;
    /// The note goes on another ticket than was intended: the first one was merged into it.
    async fn write_redirected(
        &self,
        lsid: Lsid,
        fence: Fence,
        write: i64,
        note: IntendedNote,
        reason: Message,
        at: UnixSeconds,
    ) -> Result<Held>;
    /// Somebody else has put the session on this ticket: it rests as written, and nothing of ours can be taken back.
    async fn written_elsewhere(&self, lsid: Lsid, fence: Fence, ticket: TicketId, reason: Message, at: UnixSeconds) -> Result<Held>;
    /// It could not go on. `clear` tells that the write surely was not done; `report` keeps an unreadable report.
    async fn session_postponed(&self, lsid: Lsid, fence: Fence, postponed: Postponed) -> Result<Held>;
    /// A holder died on it, and lives to tell: it is due again.
    async fn session_died(&self, lsid: Lsid, fence: Fence, at: UnixSeconds) -> Result<Held>;
    /// What somebody wants done with a session, with its line in the audit trail, in one transaction.
    async fn by_hand(&self, lsid: Lsid, wish: ByHand, by: Person, at: UnixSeconds) -> Result<Handled>;
    /// One session.
    async fn session(&self, lsid: Lsid) -> Result<Option<SessionSummary>>;
    /// A session's report, while it is kept.
    async fn report(&self, lsid: Lsid) -> Result<Option<Vec<u8>>>;
    /// Sessions, newest first.
    async fn sessions(&self, query: SessionQuery) -> Result<Vec<SessionSummary>>;

    // Upkeep
    /// Events in the inbox, newest first.
    async fn events(&self, state: Option<EventState>, limit: u32) -> Result<Vec<EventSummary>>;
    /// How many events are in each state, and when the last one came.
    async fn event_counts(&self) -> Result<EventCounts>;
    /// What is to be watched.
    async fn figures(&self) -> Result<Figures>;
    /// Forgets what is older than it may be; at most some thousand rows of each kind, so that nothing waits for it long.
    async fn prune(&self, cuts: Cuts) -> Result<Pruned>;
    /// Copies the store to this file while everything goes on.
    async fn backup(&self, to: PathBuf) -> Result<()>;
}
