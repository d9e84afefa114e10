//! Which agents and teams exist, and who of them may be chosen by whom. Who is logged in is routing's question.

use super::{
    failure::{Failure, FailureKind},
    names::without_case,
    settings::{AgentOverride, Settings},
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

/// Halo's agent "Unassigned", who is nobody.
const UNASSIGNED: u32 = 1;

impl Agent {
    /// Halo's placeholder for "nobody", not a person.
    #[must_use]
    pub const fn is_unassigned(&self) -> bool {
        self.id.get() == UNASSIGNED
    }

    /// Keys may be made for this agent, as far as Halo and the administrator say.
    #[must_use]
    pub const fn takes_invites(&self) -> bool {
        self.invites_enabled && !self.disabled && !self.is_unassigned()
    }

    /// The agent as the administrator corrected it; a blank BeyondTrust name is none.
    fn overridden_by(mut self, settings: &Settings) -> Self {
        if let Some(AgentOverride { invites_enabled, beyondtrust_name }) = settings.agents.get(&self.id) {
            self.overridden = invites_enabled.is_some() || beyondtrust_name.is_some();
            self.invites_enabled = invites_enabled.unwrap_or(self.invites_enabled);
            self.beyondtrust_name = beyondtrust_name.clone().or(self.beyondtrust_name);
        }
        self.beyondtrust_name = self.beyondtrust_name.filter(|name| !name.trim().is_empty());
        self
    }
}

impl Team {
    /// The name people see.
    #[must_use]
    pub fn shown_name(&self) -> &str {
        if self.display_name.trim().is_empty() { &self.name } else { &self.display_name }
    }
}

/// The administrator's teams after asking BeyondTrust for its own (*Get teams*): a renamed team keeps its display name and
/// its place, a new one is enabled, and one that BeyondTrust has no longer stays until somebody deletes it. Asking twice
/// changes nothing; at most one team is the default.
#[must_use]
pub fn import_teams(known: &[Team], fetched: &[(TeamQueue, String)]) -> Vec<Team> {
    let mut teams: Vec<Team> = Vec::with_capacity(known.len() + fetched.len());
    for team in known {
        if teams.iter().any(|earlier| earlier.queue == team.queue) {
            continue;
        }
        let name = fetched.iter().find(|(queue, _)| *queue == team.queue).map_or(&team.name, |(_, name)| name);
        let is_default = team.is_default && !teams.iter().any(|earlier| earlier.is_default);
        teams.push(Team { name: name.clone(), is_default, ..team.clone() });
    }
    for (queue, name) in fetched {
        if !teams.iter().any(|team| team.queue == *queue) {
            teams.push(Team { queue: *queue, name: name.clone(), display_name: String::new(), is_default: false, enabled: true });
        }
    }
    teams
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
        let agents = agents.into_iter().map(|agent| agent.overridden_by(settings)).collect();
        Self { agents, teams: settings.teams.clone() }
    }

    /// The channels this caller may choose, the caller first, then agents by name, then teams as the administrator
    /// ordered them.
    #[must_use]
    pub fn choosable(&self, caller: AgentId, settings: &Settings) -> Vec<Channel> {
        let mut agents: Vec<_> = self.agents.iter().map(|agent| (agent.id != caller, without_case(&agent.name), agent.id)).collect();
        agents.sort_unstable();
        let agents = agents.into_iter().map(|(.., id)| Channel::Agent(id));
        let teams = self.teams.iter().map(|team| Channel::Team(team.queue));
        agents.chain(teams).filter(|channel| self.may_choose(Some(*channel), caller, settings).is_ok()).collect()
    }

    /// Whether the caller may invite for this channel; `None` asks for the default team, which everybody may.
    ///
    /// # Errors
    /// The failure names the agent or team and the setting that forbids it.
    pub fn may_choose(&self, channel: Option<Channel>, caller: AgentId, settings: &Settings) -> Result<(), Failure> {
        let Some(channel) = channel else { return Ok(()) };
        let asked = self.name_of(channel).ok_or(Failure::new(FailureKind::ChannelUnknown))?;
        let refuse = |kind| Err(Failure::new(kind).with("asked", asked));
        if !settings.invite_for_others && channel != Channel::Agent(caller) {
            return refuse(FailureKind::OtherAgentsOff);
        }
        match channel {
            Channel::Agent(id) => match self.agent(id) {
                Some(agent) if !agent.takes_invites() => refuse(FailureKind::ChannelNotEnabled),
                Some(agent) if agent.beyondtrust_name.is_none() => refuse(FailureKind::AgentWithoutName),
                _ => Ok(()),
            },
            Channel::Team(queue) if self.team(queue).is_some_and(|team| team.enabled) => Ok(()),
            Channel::Team(_) => refuse(FailureKind::ChannelNotEnabled),
        }
    }

    /// The name people see for a channel, when it exists.
    #[must_use]
    pub fn name_of(&self, channel: Channel) -> Option<&str> {
        match channel {
            Channel::Agent(id) => self.agent(id).map(|agent| agent.name.as_str()),
            Channel::Team(queue) => self.team(queue).map(Team::shown_name),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::settings::AgentOverride;

    fn agent(id: u32, name: &str, beyondtrust_name: &str, invites_enabled: bool, disabled: bool) -> Agent {
        let beyondtrust_name = Some(beyondtrust_name.to_owned());
        Agent { id: id_of(id), name: name.to_owned(), beyondtrust_name, invites_enabled, disabled, overridden: false }
    }
    fn id_of(id: u32) -> AgentId {
        AgentId::new(id).unwrap()
    }
    fn team(id: u32, enabled: bool) -> Team {
        Team { queue: TeamQueue::Team(id), name: format!("Team {id}"), display_name: " ".to_owned(), is_default: id == 3, enabled }
    }
    fn settings() -> Settings {
        let change = |invites_enabled, name: Option<&str>| AgentOverride { invites_enabled, beyondtrust_name: name.map(str::to_owned) };
        Settings {
            teams: vec![team(4, true), team(3, true), team(5, false)],
            agents: [(id_of(47), change(Some(true), Some("Lee"))), (id_of(48), change(None, Some(" "))), (id_of(42), change(None, None))]
                .into(),
            ..Settings::default()
        }
    }
    fn directory() -> Directory {
        let agents = vec![
            agent(46, "zoë", "Zoë", true, false),
            agent(43, "Ann", "Ann K.", true, false),
            agent(44, "Tomás", "", true, false),
            agent(45, "Kit", "Kit", false, false),
            agent(42, "Priya", "Priya", true, false),
            agent(47, "Lee", "", false, false),
            agent(48, "Robin", "Robin", true, false),
            agent(49, "Gone", "Gone", true, true),
            agent(1, "Unassigned", "Unassigned", true, false),
        ];
        Directory::new(agents, &settings())
    }

    #[test]
    fn importing_teams_twice_or_after_a_rename_makes_no_duplicates_and_keeps_what_was_chosen() {
        let chosen = |team: Team| Team { display_name: "Desk".to_owned(), ..team };
        let known = [chosen(team(3, true)), team(4, false), team(3, true), Team { is_default: true, ..team(5, true) }];
        let fetched = [
            (TeamQueue::Team(3), "Renamed".to_owned()),
            (TeamQueue::General, "General".to_owned()),
            (TeamQueue::Team(3), "Again".to_owned()),
        ];
        let once = import_teams(&known, &fetched);
        let told: Vec<_> = once.iter().map(|team| (team.queue.to_string(), team.shown_name(), team.is_default, team.enabled)).collect();
        assert_eq!(
            told.iter().map(|(queue, name, default, enabled)| (queue.as_str(), *name, *default, *enabled)).collect::<Vec<_>>(),
            [
                ("team:3", "Desk", true, true),
                ("team:4", "Team 4", false, false),
                ("team:5", "Team 5", false, true),
                ("general", "General", false, true)
            ]
        );
        assert_eq!(once[0].name, "Renamed");
        assert_eq!(import_teams(&once, &fetched), once);
        assert!(import_teams(&[], &[]).is_empty());
    }

    #[test]
    fn an_override_replaces_what_halo_says_and_shows_as_one() {
        let directory = directory();
        for (id, enabled, name, overridden) in
            [(47, true, Some("Lee"), true), (48, true, None, true), (42, true, Some("Priya"), false), (44, true, None, false)]
        {
            let agent = directory.agent(id_of(id)).unwrap();
            assert_eq!((agent.invites_enabled, agent.beyondtrust_name.as_deref(), agent.overridden), (enabled, name, overridden), "{id}");
        }
    }

    #[test]
    fn the_picker_offers_the_caller_first_then_agents_by_name_then_teams() {
        let agents = |ids: &[u32]| ids.iter().map(|id| Channel::Agent(id_of(*id))).collect::<Vec<_>>();
        let teams = [Channel::Team(TeamQueue::Team(4)), Channel::Team(TeamQueue::Team(3))];
        assert_eq!(directory().choosable(id_of(46), &settings()), [agents(&[46, 43, 47, 42]), teams.to_vec()].concat());
    }

    #[test]
    fn without_invite_for_others_the_picker_offers_oneself_only() {
        let settings = Settings { invite_for_others: false, ..settings() };
        assert_eq!(directory().choosable(id_of(43), &settings), [Channel::Agent(id_of(43))]);
        assert_eq!(directory().choosable(id_of(45), &settings), []);
    }

    #[test]
    fn a_refusal_names_whom_it_concerns_and_why() {
        use FailureKind::{AgentWithoutName, ChannelNotEnabled, ChannelUnknown, OtherAgentsOff};
        let (open, own) = (settings(), Settings { invite_for_others: false, ..settings() });
        let (agent, team) = (|id| Channel::Agent(id_of(id)), |id| Channel::Team(TeamQueue::Team(id)));
        for (channel, settings, expected) in [
            (agent(43), &open, None),
            (agent(43), &own, Some((OtherAgentsOff, "Ann"))),
            (team(3), &own, Some((OtherAgentsOff, "Team 3"))),
            (agent(45), &open, Some((ChannelNotEnabled, "Kit"))),
            (agent(49), &open, Some((ChannelNotEnabled, "Gone"))),
            (agent(1), &open, Some((ChannelNotEnabled, "Unassigned"))),
            (agent(44), &open, Some((AgentWithoutName, "Tomás"))),
            (team(5), &open, Some((ChannelNotEnabled, "Team 5"))),
            (agent(99), &open, Some((ChannelUnknown, ""))),
            (team(9), &own, Some((ChannelUnknown, ""))),
        ] {
            let refused = directory().may_choose(Some(channel), id_of(42), settings).err();
            let refused = refused.as_ref().map(|failure| (failure.kind, failure.args.get("asked").map_or("", String::as_str)));
            assert_eq!(refused, expected, "{channel:?}");
        }
        assert_eq!(directory().may_choose(None, id_of(42), &own), Ok(()));
    }
}
