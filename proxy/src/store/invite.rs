//! Invites as jobs: their rows and stages.

use super::Fence;
use halo_remote_support::rules::{
    correlation::Code,
    words::{ActionId, AgentId, TicketId, UnixSeconds},
};
use serde::{Deserialize, Serialize};

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
