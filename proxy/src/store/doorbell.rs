//! What Halo's webhooks have told of, as jobs.

use super::Fence;
use halo_remote_support::rules::words::{ActionId, TicketId, UnixSeconds};

/// What somebody has rung for: a ticket that was logged, or an action that was added to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Ring {
    /// Which ticket.
    pub ticket: TicketId,
    /// Which action; none for the ticket itself.
    pub action: Option<ActionId>,
}

/// A webhook that could not be read.
#[derive(Clone, Debug)]
pub struct UnreadWebhook {
    /// SHA-256 of the body.
    pub digest: Vec<u8>,
    /// Why.
    pub reason: String,
    /// The body, or its head.
    pub body: Vec<u8>,
}

/// A ring somebody holds.
#[derive(Clone, Copy, Debug)]
pub struct RingJob {
    /// For what.
    pub ring: Ring,
    /// When it came first.
    pub received_at: UnixSeconds,
    /// Failed attempts.
    pub attempts: u32,
    /// Its fence.
    pub fence: Fence,
}
