//! `cargo xtask bench`: how fast the plugin is beside what people would otherwise use. Nothing is measured here, and a goal
//! that is missed is no failure.

use crate::{
    build, install,
    stage::Stages,
    workspace::{Workspace, run},
};
use anyhow::{Context, Result};
use std::path::PathBuf;

#[derive(clap::Args)]
pub struct Options {
    /// Only the sections whose name contains this word
    #[arg(long)]
    only: Option<String>,
    /// Fewer rounds: for a first impression
    #[arg(long)]
    quick: bool,
    /// Write everything measured to this file, too
    #[arg(long)]
    json: Option<PathBuf>,
}

pub fn measure(workspace: &Workspace, options: &Options) -> Result<()> {
    let mut stages = Stages::new();
    let node = install::node(workspace)?.context("Node is missing; install Node 20 or newer")?;
    let browser = install::browser(workspace)?;
    build::plugin(workspace, &mut stages)?;
    let mut command = workspace.program(&node.program);
    command.arg("tests/bench/run.mjs").env("CHROMIUM", &browser.chromium).env("CARGO_TARGET_DIR", &workspace.target);
    if let Some(word) = &options.only {
        command.arg("--only").arg(word);
    }
    if options.only.as_ref().is_none_or(|word| "native".contains(word)) {
        command.arg("--reader").arg(reader(workspace, &mut stages)?);
    }
    if options.quick {
        command.arg("--quick");
    }
    if let Some(file) = &options.json {
        command.arg("--json").arg(std::path::absolute(file)?);
    }
    stages.run("measure", || run(&mut command))
}

/// The report's reader compiled for this machine, as the proxy has it.
fn reader(workspace: &Workspace, stages: &mut Stages) -> Result<PathBuf> {
    stages.run("compile the native reader", || {
        run(workspace.cargo().args(["build", "--locked", "--release", "--package", "remote-support-report", "--example", "read_report"]))
    })?;
    Ok(workspace.target.join("release/examples").join(format!("read_report{}", std::env::consts::EXE_SUFFIX)))
}
