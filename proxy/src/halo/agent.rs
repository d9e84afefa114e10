//! Agents as Halo describes them, and the list of all with their BeyondTrust display names.

use super::{AccessToken, Halo, HaloError, fault::Call, shape};
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use halo_remote_support::rules::{directory, words::AgentId};
use serde::Deserialize;
use serde_json::Value;

/// Halo's limit of requests is small and shared with everybody else's tools.
const AT_ONCE: usize = 4;

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

pub async fn all(halo: &Halo, token: &AccessToken) -> Result<Vec<directory::Agent>, HaloError> {
    let query = [("includeenabled", "true"), ("includedisabled", "true")];
    let (items, _) = halo.list(token, "read agents", "Agent", "agents", &query).await?;
    let listed = items.into_iter().filter_map(|item| {
        let named = item.get("beyondtrust_name").is_some();
        let raw: Raw = serde_json::from_value(item).ok()?;
        // Applications log in as API agents; no technician is one.
        if raw.is_unassigned() || raw.isapiagent == Some(true) {
            return None;
        }
        Some((raw.agent()?, named))
    });
    stream::iter(listed)
        .map(async |(agent, named)| {
            if agent.invites_enabled && !named {
                halo.agent(token, agent.id).await.map(|detail| detailed(agent, detail))
            } else {
                Ok(agent)
            }
        })
        .buffered(AT_ONCE)
        .map_ok(|agent| directory::Agent {
            id: agent.id,
            name: agent.name,
            beyondtrust_name: agent.beyondtrust_name,
            invites_enabled: agent.invites_enabled,
            disabled: agent.disabled,
            overridden: false,
        })
        .try_collect()
        .await
}

/// The list decides who may be invited for; the detail only adds the name that the list does not have.
fn detailed(listed: Agent, detail: Agent) -> Agent {
    Agent { beyondtrust_name: detail.beyondtrust_name, ..listed }
}
