//! The native proxy: holds the BeyondTrust secret and makes the calls that need it, receives session-end events, writes
//! to Halo, and remembers what happened. It decides nothing that [`halo_remote_support::rules`] can decide.

pub mod access;
pub mod app;
pub mod beyondtrust;
pub mod cli;
pub mod clock;
pub mod config;
pub mod delegation;
pub mod halo;
pub mod http;
pub mod intake;
pub mod invites;
pub mod outbound;
pub mod sign_in;
pub mod store;
pub mod telemetry;
pub mod token_source;
pub mod vault;
pub mod worker;
