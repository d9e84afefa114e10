//! In the making.
use halo_remote_support::rules::words::AgentId;
use serde::{Deserialize, Serialize};

/// Who is calling: an agent whom Halo signed in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Caller {
    /// Halo's id.
    pub agent: AgentId,
    /// Halo's name.
    pub name: String,
    /// `is_admin` when the agent signed in.
    pub is_administrator: bool,
}
