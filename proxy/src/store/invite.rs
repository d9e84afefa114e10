//! Invites as jobs: their rows and stages, and what events told of them.

use super::Fence;
use halo_remote_support::{
    api::{InviteSession, InviteStep},
    rules::{
        correlation::{Code, ExternalKey},
        wording::Message,
        words::{ActionId, AgentId, ChatId, Lsid, TicketId, UnixSeconds},
    },
};
use serde::{Deserialize, Serialize};

/// What an invite is about: its mail belongs to a ticket, its message to a live chat.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum About {
    /// A ticket; the invite is mailed.
    Ticket(TicketId),
    /// A live chat; the invite is posted to it.
    Chat(ChatId),
}

impl About {
    /// The ticket, when it is one.
    #[must_use]
    pub const fn ticket(self) -> Option<TicketId> {
        match self {
            Self::Ticket(ticket) => Some(ticket),
            Self::Chat(_) => None,
        }
    }

    /// The chat, when it is one.
    #[must_use]
    pub const fn chat(self) -> Option<ChatId> {
        match self {
            Self::Ticket(_) => None,
            Self::Chat(chat) => Some(chat),
        }
    }

    /// The external key of a session for this.
    #[must_use]
    pub fn key(self, code: Code) -> ExternalKey {
        match self {
            Self::Ticket(ticket) => ExternalKey::Ticket { ticket, code },
            Self::Chat(chat) => ExternalKey::Chat { chat, code },
        }
    }
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
    /// For which ticket or chat.
    pub about: About,
    /// The chat's ticket, which tells of it, too.
    pub chat_ticket: Option<TicketId>,
    /// Refused when somebody else has a live one for the same that was begun after this moment.
    pub alone_since: Option<UnixSeconds>,
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
    /// Key made, mail or message outstanding.
    Keyed,
    /// Mailed or posted.
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
    /// For which ticket or chat.
    pub about: About,
    /// Where it stands.
    pub stage: InviteStage,
    /// Sealed payload.
    pub payload: Vec<u8>,
    /// When its mail or message was sent to Halo with unknown outcome.
    pub attempted_at: Option<UnixSeconds>,
    /// The audit action.
    pub action: Option<ActionId>,
    /// When it was made.
    pub created_at: UnixSeconds,
    /// When it goes on by itself; one that is not out and has none waits for a person.
    pub next_at: Option<UnixSeconds>,
    /// Failed attempts.
    pub attempts: u32,
    /// Why it rests or waits.
    pub reason: Option<Message>,
    /// Its fence, valid when the row was claimed.
    pub fence: Fence,
    /// When it was taken back.
    pub revoked_at: Option<UnixSeconds>,
}

/// How an invite stopped that could not go on.
#[derive(Clone, Debug, Default)]
pub struct InviteStopped {
    /// When it goes on by itself; never, when there is none.
    pub next_at: Option<UnixSeconds>,
    /// Why; what was said before stays without one.
    pub reason: Option<Message>,
    /// Nothing of it surely went out.
    pub clear: bool,
    /// It counts as an attempt.
    pub counts: bool,
}

/// Found once an event came from a session that runs: BeyondTrust is set up to tell of these, not only of a session's end.
pub const SESSIONS_REPORTED: &str = "beyondtrust tells of running sessions";

/// What an event tells of an invite.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ToldStep {
    /// The code in the event's key; whether we issued it is not known yet.
    pub code: Code,
    /// What happened.
    pub step: InviteStep,
}

/// What is known of an invite's life.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct InviteLife {
    /// What events told, oldest first, with the session each belongs to.
    pub steps: Vec<(Lsid, InviteStep)>,
    /// The latest of its sessions that is over.
    pub session: Option<InviteSession>,
}

/// What `begin_invite` found.
#[derive(Clone, Debug)]
pub enum Begun {
    /// It is new, and ours.
    New(Fence),
    /// The same key came before, and nobody is at work on it: it is ours now.
    Resumed(InviteRow),
    /// The same key came before and is being worked on, is done, or was taken back.
    Existing(InviteRow),
    /// Somebody else has just begun one for the same: nothing was begun.
    Recent(InviteRow),
}
