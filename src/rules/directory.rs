//! Which agents and teams exist, and who of them may be chosen by whom. Who is logged in is routing's question.

use super::{
    failure::Failure,
    settings::Settings,
    words::{AgentId, Channel, TeamQueue},
};
use serde::{Deserialize, Serialize};

/// The agents and teams that are known, with local overrides applied.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Directory {
    /// Halo's agents (disabled ones too: a session may still name them).
    pub agents: Vec<Agent>,
    /// The administrator's teams.
    pub teams: Vec<Team>,
}

/// A Halo agent as far as remote support goes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Agent {
    /// Halo's id.
    pub id: AgentId,
    /// Halo's display name.
    pub name: String,
    /// "Beyond Trust Display Name" (`beyondtrust_name`), when filled.
    #[serde(default)]
    pub beyondtrust_name: Option<String>,
    /// "Allow Beyond Trust Session Keys/URLs to be generated for this Agent" (`allowbeyondtrustinvites`).
    #[serde(default)]
    pub invites_enabled: bool,
    /// The agent's account is disabled in Halo.
    #[serde(default)]
    pub disabled: bool,
    /// A local override is in force.
    #[serde(default)]
    pub overridden: bool,
}

/// A BeyondTrust team as the administrator set it up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Team {
    /// Its queue.
    pub queue: TeamQueue,
    /// Its name at BeyondTrust.
    pub name: String,
    /// The name agents see; empty means `name`.
    #[serde(default)]
    pub display_name: String,
    /// Takes invites without a channel, and those whose technician is away.
    #[serde(default)]
    pub is_default: bool,
    /// May be used at all.
    #[serde(default)]
    pub enabled: bool,
}

impl Team {
    /// The name people see.
    #[must_use]
    pub fn shown_name(&self) -> &str {
        if self.display_name.trim().is_empty() { &self.name } else { &self.display_name }
    }
}

impl Directory {
    /// The agent with this id.
    #[must_use]
    pub fn agent(&self, id: AgentId) -> Option<&Agent> {
        self.agents.iter().find(|agent| agent.id == id)
    }

    /// The team with this queue.
    #[must_use]
    pub fn team(&self, queue: TeamQueue) -> Option<&Team> {
        self.teams.iter().find(|team| team.queue == queue)
    }

    /// The default team, whether enabled or not.
    #[must_use]
    pub fn default_team(&self) -> Option<&Team> {
        self.teams.iter().find(|team| team.is_default)
    }

    /// Halo's agents with the administrator's overrides applied, and the administrator's teams.
    #[must_use]
    pub fn new(agents: Vec<Agent>, settings: &Settings) -> Self {
        let _ = (agents, settings);
        Self::default()
    }

    /// The channels this caller may choose, the caller first, then agents by name, then teams.
    #[must_use]
    pub fn choosable(&self, caller: AgentId, settings: &Settings) -> Vec<Channel> {
        let _ = (caller, settings);
        Vec::new()
    }

    /// Whether the caller may invite for this channel; `None` asks for the default team, which everybody may.
    ///
    /// # Errors
    /// The failure names the agent or team and the setting that forbids it.
    pub fn may_choose(&self, channel: Option<Channel>, caller: AgentId, settings: &Settings) -> Result<(), Failure> {
        let _ = (channel, caller, settings);
        Ok(())
    }
}
