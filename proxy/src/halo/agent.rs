//! Agents as Halo describes them, and the list of all with their BeyondTrust display names.

use super::{AccessToken, Halo, HaloError, fault::Call, shape};
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use halo_remote_support::rules::{directory, words::AgentId};
use serde::Deserialize;
use serde_json::Value;
use std::collections::HashMap;

/// Halo's limit of requests is small and shared with everybody else's tools.
const AT_ONCE: usize = 4;
/// As many agents that are not enabled for invites are read one by one: a third of that limit.
const OTHERS: usize = 100;

/// An agent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Agent {
    /// Halo's id.
    pub id: AgentId,
    /// Display name.
    pub name: String,
    /// An administrator of Halo.
    pub is_admin: bool,
    /// E-mail address.
    pub email: Option<String>,
    /// "Beyond Trust Display Name".
    pub beyondtrust_name: Option<String>,
    /// "Allow Beyond Trust Session Keys/URLs to be generated for this Agent".
    pub invites_enabled: bool,
    /// The account is disabled.
    pub disabled: bool,
}

#[derive(Deserialize)]
struct Raw {
    #[serde(default, deserialize_with = "shape::id")]
    id: Option<u32>,
    #[serde(default, deserialize_with = "shape::text")]
    name: Option<String>,
    #[serde(default, deserialize_with = "shape::flag")]
    is_admin: Option<bool>,
    #[serde(default, deserialize_with = "shape::text")]
    email: Option<String>,
    #[serde(default, deserialize_with = "shape::text")]
    beyondtrust_name: Option<String>,
    #[serde(default, deserialize_with = "shape::flag")]
    allowbeyondtrustinvites: Option<bool>,
    #[serde(default, deserialize_with = "shape::flag")]
    isdisabled: Option<bool>,
    #[serde(default, deserialize_with = "shape::flag")]
    isapiagent: Option<bool>,
}

impl Raw {
    fn agent(self) -> Option<Agent> {
        let id = AgentId::new(self.id?)?;
        Some(Agent {
            id,
            name: self.name.unwrap_or_else(|| format!("agent {id}")),
            is_admin: self.is_admin.unwrap_or(false),
            email: self.email,
            beyondtrust_name: self.beyondtrust_name,
            invites_enabled: self.allowbeyondtrustinvites.unwrap_or(false),
            disabled: self.isdisabled.unwrap_or(false),
        })
    }

    /// Nobody: tickets without an agent point here.
    fn is_unassigned(&self) -> bool {
        self.id == Some(1) && self.name.as_deref().is_some_and(|name| name.eq_ignore_ascii_case("unassigned"))
    }
}

pub fn one((value, call): (Value, Call)) -> Result<Agent, HaloError> {
    shape::single(value).and_then(|value| serde_json::from_value::<Raw>(value).ok()).and_then(Raw::agent).ok_or(HaloError::Unexpected {
        call,
        what: "an agent without an id",
        accepted: true,
    })
}

/// All agents.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AgentList {
    /// The agents.
    pub agents: Vec<directory::Agent>,
    /// Halo did not tell some BeyondTrust display names just now: whoever is not found may be among those.
    pub partial: bool,
}

pub async fn all(halo: &Halo, token: &AccessToken) -> Result<AgentList, HaloError> {
    let query = [("includeenabled", "true"), ("includedisabled", "true")];
    let (items, _) = halo.list(token, "read agents", "Agent", "agents", &query).await?;
    let mut agents = Vec::new();
    let (mut enabled, mut others) = (Vec::new(), Vec::new());
    for item in items {
        let named = item.get("beyondtrust_name").is_some();
        let Ok(raw) = serde_json::from_value::<Raw>(item) else { continue };
        // Applications log in as API agents; no technician is one.
        if raw.is_unassigned() || raw.isapiagent == Some(true) {
            continue;
        }
        let Some(agent) = raw.agent() else { continue };
        if !named && !agent.disabled {
            if agent.invites_enabled { &mut enabled } else { &mut others }.push(agent.id);
        }
        agents.push(agent);
    }
    let mut names: HashMap<AgentId, Option<String>> = HashMap::new();
    let read = async |id: AgentId| halo.agent(token, id).await.map(|detail| (id, detail.beyondtrust_name));
    let mut details = stream::iter(enabled).map(read).buffer_unordered(AT_ONCE);
    while let Some((id, name)) = details.try_next().await? {
        names.insert(id, name);
    }
    // A session may name anybody, but nobody is invited for these: without their names the rest still works.
    let mut partial = false;
    let beyond = others.len().saturating_sub(OTHERS);
    let mut details = stream::iter(others.into_iter().take(OTHERS)).map(read).buffer_unordered(AT_ONCE);
    loop {
        match details.try_next().await {
            Ok(Some((id, name))) => drop(names.insert(id, name)),
            Ok(None) => break,
            Err(error) => {
                tracing::warn!(%error, "some agents not enabled for invites are known by their Halo names only");
                partial = true;
                break;
            }
        }
    }
    if beyond > 0 {
        tracing::warn!(agents = beyond, "these many agents not enabled for invites are known by their Halo names only");
    }
    let directory = agents.into_iter().map(|agent| directory::Agent {
        beyondtrust_name: names.remove(&agent.id).flatten().or(agent.beyondtrust_name),
        id: agent.id,
        name: agent.name,
        invites_enabled: agent.invites_enabled,
        disabled: agent.disabled,
        overridden: false,
    });
    Ok(AgentList { agents: directory.collect(), partial })
}
