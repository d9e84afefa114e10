//! What keeps a store in order and watched: windows of time, figures, what may be forgotten.

use super::SessionState;
use halo_remote_support::rules::words::UnixSeconds;
use std::collections::BTreeMap;

/// The time of a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// Now.
    pub now: UnixSeconds,
    /// How long the claim is held.
    pub lease: UnixSeconds,
    /// No wait reaches further than this from now. What claims to has been written by a clock that was set back since, and
    /// is due.
    pub horizon: UnixSeconds,
}

impl Window {
    /// When the lease ends.
    #[must_use]
    pub const fn until(self) -> UnixSeconds {
        self.now + self.lease
    }
}

/// What is to be watched. Counts only: nothing of whom it is about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// Sessions in each state.
    pub sessions: Vec<(SessionState, u64)>,
    /// Since when the oldest session that is neither written nor laid before a person is being tried.
    pub oldest_since: Option<UnixSeconds>,
    /// Writes whose outcome is not known.
    pub in_doubt: u64,
    /// Sessions that somebody holds.
    pub held: u64,
    /// Sessions that no event had announced.
    pub swept: u64,
    /// Events in the inbox.
    pub events: super::EventCounts,
    /// Invites whose mail is outstanding.
    pub invites_outstanding: u64,
    /// Bytes of the store.
    pub bytes: u64,
}

/// What came before these moments may be forgotten.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cuts {
    /// Events in the inbox.
    pub events: UnixSeconds,
    /// Sessions that are written, refused or given up.
    pub sessions: UnixSeconds,
    /// Sessions that wait to be linked by hand.
    pub stored: UnixSeconds,
    /// Invites, launches, and tickets that Halo told of.
    pub invites: UnixSeconds,
    /// Actions that Halo told of: every action of every agent is one.
    pub actions: UnixSeconds,
    /// The audit trail.
    pub audit: UnixSeconds,
    /// Now: sign-ins that have expired.
    pub now: UnixSeconds,
}

/// How much was forgotten of what, by table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pruned(BTreeMap<&'static str, usize>);

impl Pruned {
    /// So many more of this table.
    pub fn add(&mut self, table: &'static str, rows: usize) {
        if rows > 0 {
            *self.0.entry(table).or_default() += rows;
        }
    }

    /// How many of this table.
    #[must_use]
    pub fn of(&self, table: &str) -> usize {
        self.0.get(table).copied().unwrap_or(0)
    }

    /// Nothing was, of whatever table.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
