//! Measures the released proxy for `cargo xtask bench`: events kept beside a bare loop of inserts, the way from event to note,
//! memory and start-up. Prints each table as a line of JSON for `tests/bench/tables.mjs`, which judges.
//! Usage: `pipeline <remote-support-proxy> [--quick]`
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a tool that measures by the real clock and stops at whatever goes wrong"
)]

mod bare;
mod events;
#[path = "../../tests/house/mod.rs"]
mod house;
mod load;
mod notes;
mod program;
mod size;
mod table;

use std::{env, path::PathBuf};
use tokio::runtime::Runtime;

/// Where and how long.
struct Bench {
    /// Runs the simulators.
    runtime: Runtime,
    proxy: PathBuf,
    quick: bool,
}

impl Bench {
    /// Fewer of something, for a first impression.
    const fn count(&self, usual: usize, quick: usize) -> usize {
        if self.quick { quick } else { usual }
    }
}

fn main() {
    let arguments: Vec<_> = env::args().skip(1).collect();
    let bench = Bench {
        runtime: Runtime::new().unwrap(),
        proxy: arguments.iter().find(|argument| !argument.starts_with("--")).expect("the proxy's program").into(),
        quick: arguments.iter().any(|argument| argument == "--quick"),
    };
    events::measure(&bench);
    notes::measure(&bench);
    size::measure(&bench);
}
