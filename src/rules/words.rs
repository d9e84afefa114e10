//! The field's own words as types that cannot be wrong: ids of tickets, agents, users and chats, the session's lsid,
//! the queue. Parsing only; what may be done with them is decided elsewhere.

pub use remote_support_report::{Lsid, UnixSeconds};
use serde::{Deserialize, Serialize};
use std::{fmt, num::NonZeroU32, str::FromStr};

macro_rules! halo_id {
    ($(#[$doc:meta])* $name:ident, $what:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(NonZeroU32);

        impl $name {
            /// The id, or `None` for 0, which Halo uses for "nobody".
            #[must_use]
            pub const fn new(id: u32) -> Option<Self> {
                match NonZeroU32::new(id) { Some(id) => Some(Self(id)), None => None }
            }
            /// The number Halo uses in its API.
            #[must_use]
            pub const fn get(self) -> u32 { self.0.get() }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { self.0.fmt(f) }
        }
        impl FromStr for $name {
            type Err = WrongWord;
            fn from_str(text: &str) -> Result<Self, WrongWord> {
                if text.bytes().all(|b| b.is_ascii_digit()) {
                    if let Ok(id) = text.parse() { return Ok(Self(id)); }
                }
                Err(WrongWord { what: $what })
            }
        }
    };
}

halo_id!(
    /// A Halo ticket (the API's integer, not the displayed `NHD0001161`).
    TicketId, "ticket id");
halo_id!(
    /// A Halo agent.
    AgentId, "agent id");
halo_id!(
    /// A Halo end user.
    UserId, "user id");
halo_id!(
    /// A Halo live chat.
    ChatId, "chat id");
halo_id!(
    /// A Halo asset.
    AssetId, "asset id");
halo_id!(
    /// A Halo action; unique within its ticket only.
    ActionId, "action id");

/// A text that is not the id or name it should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WrongWord {
    /// What was expected, for example `ticket id`.
    pub what: &'static str,
}
impl fmt::Display for WrongWord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "this is not a {}", self.what)
    }
}
impl std::error::Error for WrongWord {}

/// A team's queue at BeyondTrust, in the words of `generate_session_key`: `general` or `team:3`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum TeamQueue {
    /// The general queue.
    General,
    /// The team with this id in `get_support_teams`.
    Team(u32),
}
impl FromStr for TeamQueue {
    type Err = WrongWord;
    fn from_str(text: &str) -> Result<Self, WrongWord> {
        match text.strip_prefix("team:").map(str::parse) {
            Some(Ok(id)) => Ok(Self::Team(id)),
            None if text == "general" => Ok(Self::General),
            _ => Err(WrongWord { what: "team queue (`general` or `team:3`)" }),
        }
    }
}
impl TryFrom<String> for TeamQueue {
    type Error = WrongWord;
    fn try_from(text: String) -> Result<Self, WrongWord> {
        text.parse()
    }
}
impl From<TeamQueue> for String {
    fn from(queue: TeamQueue) -> Self {
        queue.to_string()
    }
}
impl fmt::Display for TeamQueue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::General => f.write_str("general"),
            Self::Team(id) => write!(f, "team:{id}"),
        }
    }
}

/// What an invite is for: Halo's "Remote Session Technician/Channel".
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Channel {
    /// One agent's private queue: `{"agent": 43}`.
    Agent(AgentId),
    /// A team's queue: `{"team": "team:3"}`.
    Team(TeamQueue),
}

/// The queue a session key is made for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Queue {
    /// A representative who is logged in.
    Representative {
        /// The permanent representative id.
        id: u32,
    },
    /// A team, or the general queue.
    Team {
        /// Which.
        queue: TeamQueue,
    },
}
impl fmt::Display for Queue {
    /// The value of `queue_id` in `generate_session_key`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Representative { id } => write!(f, "rep:{id}"),
            Self::Team { queue } => queue.fmt(f),
        }
    }
}
