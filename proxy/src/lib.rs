//! The native proxy: holds the BeyondTrust secret and makes the calls that need it, receives session-end events, writes
//! to Halo, and remembers what happened. It decides nothing that [`halo_remote_support::rules`] can decide.

pub mod access;
pub mod app;
pub mod automatic;
pub mod beyondtrust;
pub mod chats;
pub mod check;
pub mod cli;
pub mod clock;
pub mod config;
pub mod delegation;
pub mod doorbell;
pub mod halo;
pub mod http;
pub mod intake;
pub mod invites;
pub mod launches;
pub mod line;
pub mod linking;
pub mod metrics;
pub mod outbound;
pub mod reconcile;
pub mod roster;
pub mod sign_in;
pub mod store;
pub mod telemetry;
pub mod token_source;
pub mod upkeep;
pub mod vault;
pub mod worker;

/// Names of the points where a test may stop the process: at commit boundaries and after writes to Halo.
#[cfg(feature = "fail-points")]
pub const FAIL_POINTS: [&str; 8] = [
    "intake_before_commit",
    "intake_before_answer",
    "step_begins",
    "note_after_write",
    "message_after_write",
    "withdrawal_after_write",
    "invite_after_write",
    "sweep_before_commit",
];

/// Makes the process announce the fail point named in `STOP_AT` on standard output and stand still there, so that a test
/// can kill it at just that place.
#[cfg(feature = "fail-points")]
pub fn stop_at_fail_points() {
    let Ok(wanted) = std::env::var("STOP_AT") else { return };
    for point in FAIL_POINTS.into_iter().filter(|point| *point == wanted) {
        let stop = move || {
            use std::io::Write as _;
            let _ = writeln!(std::io::stdout(), "fail point {point}");
            loop {
                std::thread::park();
            }
        };
        if fail::cfg_callback(point, stop).is_err() {
            tracing::error!(point, "the fail point cannot be set");
        }
    }
}
