//! Whose queue an invite goes to, and what if nobody is there. Whether the caller may ask for that channel is
//! `directory`'s question; making the key is the proxy's.

use super::{
    directory::{Agent, Directory, Team},
    failure::{Failure, FailureKind},
    names::{FoldedName, Nfkc, RepresentativeNames},
    settings::Settings,
    wording::Message,
    words::{Channel, Queue},
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

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

impl Representative {
    /// The name to show.
    #[must_use]
    pub fn shown(&self) -> &str {
        self.names.shown().unwrap_or("?")
    }
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

impl Routing {
    /// Why there is no key, as a failure; `None` when there is a queue.
    #[must_use]
    pub fn failure(&self) -> Option<Failure> {
        let kind = match self.reason {
            Reason::AgentAvailable | Reason::TeamAsked | Reason::NoChannel | Reason::Fallback => return None,
            Reason::TechUnavailable => FailureKind::TechUnavailable,
            Reason::NoDefaultTeam => FailureKind::NoDefaultTeam,
            Reason::DefaultTeamDisabled => FailureKind::DefaultTeamDisabled,
            Reason::AgentNotEnabled | Reason::TeamNotEnabled => FailureKind::ChannelNotEnabled,
            Reason::AgentWithoutName => FailureKind::AgentWithoutName,
            Reason::AmbiguousRepresentative => FailureKind::AmbiguousRepresentative,
            Reason::UnknownChannel => FailureKind::ChannelUnknown,
        };
        Some(Failure { kind, args: self.message.args.clone() })
    }
}

/// Decides the queue.
#[must_use]
pub fn route(channel: Option<Channel>, directory: &Directory, logged_in: &[Representative], settings: &Settings, nfkc: Nfkc) -> Routing {
    let mut decision = Decision { directory, trace: Vec::new() };
    match channel {
        None => {
            decision.step(Message::new("routing.step.noChannel"));
            decision.default_team(None)
        }
        Some(Channel::Team(queue)) => match directory.team(queue) {
            Some(team) => decision.team_asked(team),
            None => decision.unknown(),
        },
        Some(Channel::Agent(id)) => match directory.agent(id) {
            Some(agent) => decision.agent_asked(agent, logged_in, settings, nfkc),
            None => decision.unknown(),
        },
    }
}

/// A decision on its way: what was considered so far.
struct Decision<'a> {
    directory: &'a Directory,
    trace: Vec<Step>,
}

impl Decision<'_> {
    fn step(&mut self, message: Message) {
        self.trace.push(Step(message));
    }

    /// It goes there.
    fn goes_to(self, queue: Queue, channel: Channel, name: &str, asked: Option<&str>, reason: Reason, message: Message) -> Routing {
        let (name, asked) = (Some(name.to_owned()), asked.map(str::to_owned));
        Routing { queue: Some(queue), channel: Some(channel), name, asked, reason, message, trace: self.trace }
    }

    /// It goes nowhere.
    fn no_key(self, asked: Option<&str>, reason: Reason, message: Message) -> Routing {
        Routing { queue: None, channel: None, name: None, asked: asked.map(str::to_owned), reason, message, trace: self.trace }
    }

    fn unknown(mut self) -> Routing {
        self.step(Message::new("routing.step.unknown"));
        self.no_key(None, Reason::UnknownChannel, Message::new("routing.unknownChannel"))
    }

    fn team_asked(mut self, team: &Team) -> Routing {
        let name = team.shown_name();
        self.step(Message::new("routing.step.teamAsked").with("asked", name));
        if !team.enabled {
            self.step(Message::new("routing.step.notEnabled").with("asked", name));
            return self.no_key(Some(name), Reason::TeamNotEnabled, Message::new("routing.teamNotEnabled").with("asked", name));
        }
        let message = Message::new("routing.teamAsked").with("name", name);
        self.goes_to(Queue::Team { queue: team.queue }, Channel::Team(team.queue), name, None, Reason::TeamAsked, message)
    }

    fn agent_asked(mut self, agent: &Agent, logged_in: &[Representative], settings: &Settings, nfkc: Nfkc) -> Routing {
        let asked = agent.name.as_str();
        self.step(Message::new("routing.step.agentAsked").with("asked", asked));
        if !agent.takes_invites() {
            self.step(Message::new("routing.step.notEnabled").with("asked", asked));
            return self.no_key(Some(asked), Reason::AgentNotEnabled, Message::new("routing.agentNotEnabled").with("asked", asked));
        }
        let wanted = agent.beyondtrust_name.as_deref().and_then(|name| Some((name, FoldedName::new(name, nfkc)?)));
        let Some((name, folded)) = wanted else {
            self.step(Message::new("routing.step.withoutName").with("asked", asked));
            return self.no_key(Some(asked), Reason::AgentWithoutName, Message::new("routing.agentWithoutName").with("asked", asked));
        };
        let (guests, fitting): (Vec<_>, Vec<_>) = logged_in
            .iter()
            .filter(|representative| FoldedName::all(&representative.names, nfkc).contains(&folded))
            .partition(|one| one.invited);
        for guest in guests {
            self.step(Message::new("routing.step.invitedLeftOut").with("names", guest.shown()));
        }
        // One representative at two consoles is listed twice.
        let mut once = BTreeMap::new();
        for representative in fitting {
            once.insert(representative.id, representative);
        }
        match once.len() {
            0 => {
                self.step(Message::new("routing.step.notLoggedIn").with("name", name));
                self.agent_away(asked, settings.fallback)
            }
            1 => {
                let id = once.into_keys().next().unwrap_or_default();
                self.step(Message::new("routing.step.loggedIn").with("name", name).with("id", id));
                let message = Message::new("routing.agentAvailable").with("name", asked);
                self.goes_to(Queue::Representative { id }, Channel::Agent(agent.id), asked, None, Reason::AgentAvailable, message)
            }
            _ => {
                let names = once.values().map(|one| format!("{} ({})", one.shown(), one.id)).collect::<Vec<_>>().join(", ");
                self.step(Message::new("routing.step.ambiguous").with("names", &names));
                let message = Message::new("routing.ambiguousRepresentative").with("asked", asked).with("names", names);
                self.no_key(Some(asked), Reason::AmbiguousRepresentative, message)
            }
        }
    }

    fn agent_away(mut self, asked: &str, fallback: bool) -> Routing {
        if fallback {
            self.step(Message::new("routing.step.fallbackOn"));
            return self.default_team(Some(asked));
        }
        self.step(Message::new("routing.step.fallbackOff"));
        self.no_key(Some(asked), Reason::TechUnavailable, Message::new("routing.techUnavailable").with("asked", asked))
    }

    /// The default team takes it, also for the agent who was asked for; or says why it cannot.
    fn default_team(mut self, asked: Option<&str>) -> Routing {
        let about = |alone: &str, instead: &str| match asked {
            Some(asked) => Message::new(instead).with("asked", asked),
            None => Message::new(alone),
        };
        let Some(team) = self.directory.default_team() else {
            self.step(Message::new("routing.step.noDefaultTeam"));
            return self.no_key(asked, Reason::NoDefaultTeam, about("routing.noDefaultTeam", "routing.fallbackNoDefaultTeam"));
        };
        let name = team.shown_name();
        if !team.enabled {
            self.step(Message::new("routing.step.defaultTeamDisabled").with("team", name));
            let message = about("routing.defaultTeamDisabled", "routing.fallbackDefaultTeamDisabled").with("team", name);
            return self.no_key(asked, Reason::DefaultTeamDisabled, message);
        }
        self.step(Message::new("routing.step.defaultTeam").with("team", name));
        let message = about("routing.noChannel", "routing.fallback").with("name", name);
        let reason = if asked.is_some() { Reason::Fallback } else { Reason::NoChannel };
        self.goes_to(Queue::Team { queue: team.queue }, Channel::Team(team.queue), name, asked, reason, message)
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

#[cfg(test)]
mod tests;
