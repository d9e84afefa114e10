//! Devices that were opened from their asset.

use halo_remote_support::rules::{
    correlation::Code,
    words::{AgentId, AssetId, TicketId, UnixSeconds},
};

/// A launch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LaunchRow {
    /// Its code.
    pub code: Code,
    /// Whose device.
    pub asset: AssetId,
    /// The ticket its session is for.
    pub ticket: Option<TicketId>,
    /// Who opened it.
    pub agent: AgentId,
    /// That agent's name.
    pub name: String,
    /// When.
    pub at: UnixSeconds,
}
