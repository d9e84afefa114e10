//! Events in the inbox: their states and shapes.

use super::ToldStep;
use halo_remote_support::rules::words::{Lsid, UnixSeconds};
use serde::{Deserialize, Serialize};

/// State of an event in the inbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EventState {
    /// A session's end: its session row exists.
    Accepted,
    /// A type that is no work; some tell of an invite.
    Ignored,
    /// Unreadable or too large.
    Quarantined,
}

impl EventState {
    /// Every state.
    pub const ALL: [Self; 3] = [Self::Accepted, Self::Ignored, Self::Quarantined];

    /// Its word, as stored and shown.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Ignored => "ignored",
            Self::Quarantined => "quarantined",
        }
    }
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
    /// It comes from a session that runs: BeyondTrust is set up to tell of these.
    pub live: bool,
    /// What it tells of an invite.
    pub told: Option<ToldStep>,
    /// The raw body (its head, when it was too large).
    pub body: Vec<u8>,
    /// When it came.
    pub at: UnixSeconds,
}

/// An event in the inbox, as people see it in a list. Its body is not shown: it may hold anything.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct EventSummary {
    /// Beginning of its digest: enough to tell it from others.
    pub id: String,
    /// Where it stands.
    pub state: EventState,
    /// `event` field.
    pub event: Option<String>,
    /// The session it ends.
    pub lsid: Option<String>,
    /// Why it was quarantined.
    pub reason: Option<String>,
    /// Bytes kept of its body.
    pub bytes: u64,
    /// When it came first.
    pub received_at: UnixSeconds,
    /// How often it came again.
    pub repeats: u64,
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
