//! Whose queue an invite goes to, and what if nobody is there. Whether the caller may ask for that channel is
//! `directory`'s question; making the key is the proxy's.

use super::{
    directory::Directory,
    names::{Nfkc, RepresentativeNames},
    settings::Settings,
    wording::Message,
    words::{Channel, Queue},
};
use serde::{Deserialize, Serialize};

/// Somebody logged in to the BeyondTrust console (`get_logged_in_reps`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Representative {
    /// Permanent id.
    pub id: u32,
    /// The names.
    #[serde(flatten)]
    pub names: RepresentativeNames,
    /// `Invited` representatives cannot take our invites.
    #[serde(default)]
    pub invited: bool,
    /// Running sessions, when told.
    #[serde(default)]
    pub sessions: Option<u32>,
}

/// Why the invite goes where it goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Reason {
    /// The agent asked for is logged in.
    AgentAvailable,
    /// The team asked for is enabled.
    TeamAsked,
    /// No channel was asked for: the default team.
    NoChannel,
    /// The agent asked for is away: the default team.
    Fallback,
    /// `TECHUNAVAILABLE`: the agent is away and the fallback is off.
    TechUnavailable,
    /// There is no default team.
    NoDefaultTeam,
    /// The default team is not enabled.
    DefaultTeamDisabled,
    /// The agent is not enabled for invites.
    AgentNotEnabled,
    /// The team is not enabled.
    TeamNotEnabled,
    /// The agent has no BeyondTrust display name.
    AgentWithoutName,
    /// Two different representatives have the agent's name.
    AmbiguousRepresentative,
    /// The channel is not known (any more).
    UnknownChannel,
}

/// One step of a decision, in order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step(pub Message);

/// The decision.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Routing {
    /// Where the key is made for; `None` means no key, see `reason`.
    pub queue: Option<Queue>,
    /// The channel that takes it in the end (the default team after a fallback).
    pub channel: Option<Channel>,
    /// Name of that channel, for people.
    pub name: Option<String>,
    /// Name of the channel that was asked for, when another takes it.
    pub asked: Option<String>,
    /// Why.
    pub reason: Reason,
    /// The same as a sentence.
    pub message: Message,
    /// The steps that led there.
    pub trace: Vec<Step>,
}

/// Decides the queue.
#[must_use]
pub fn route(channel: Option<Channel>, directory: &Directory, logged_in: &[Representative], settings: &Settings, nfkc: Nfkc) -> Routing {
    let _ = (channel, directory, logged_in, settings, nfkc);
    Routing {
        queue: None,
        channel: None,
        name: None,
        asked: None,
        reason: Reason::NoDefaultTeam,
        message: Message::new("routing.noDefaultTeam"),
        trace: Vec::new(),
    }
}

/// Decides again after the appliance said `available="0"` for this representative's fresh key: treated as not logged in.
#[must_use]
pub fn route_without(
    representative: u32,
    channel: Option<Channel>,
    directory: &Directory,
    logged_in: &[Representative],
    settings: &Settings,
    nfkc: Nfkc,
) -> Routing {
    let rest: Vec<_> = logged_in.iter().filter(|other| other.id != representative).cloned().collect();
    route(channel, directory, &rest, settings, nfkc)
}
