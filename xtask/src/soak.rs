//! `cargo xtask soak`: the kill loop of `proxy/tests/kill_loop.rs`, which `cargo xtask test` runs for a minute, for long.

use crate::{
    test::TEST_FEATURES,
    workspace::{Workspace, run},
};
use anyhow::Result;

#[derive(clap::Args)]
pub struct Options {
    /// How many times the proxy is killed
    #[arg(long, default_value_t = 200)]
    rounds: u32,
    /// Repeat the plan of an earlier run, which printed its seed
    #[arg(long)]
    seed: Option<u64>,
}

pub fn soak(workspace: &Workspace, options: &Options) -> Result<()> {
    let mut cargo = workspace.cargo();
    cargo.args(["test", "--locked", "--package", "remote-support-proxy", "--features", TEST_FEATURES, "--test", "kill_loop"]);
    // Its progress is what one wants to see.
    cargo.args(["--", "--nocapture", "faults_37"]);
    cargo.env("KILL_ROUNDS", options.rounds.to_string());
    match options.seed {
        Some(seed) => cargo.env("KILL_SEED", seed.to_string()),
        None => cargo.env_remove("KILL_SEED"),
    };
    run(&mut cargo)
}
