//! `cargo xtask bench`: how fast the plugin is beside what people would otherwise use, and the proxy beside a bare loop of inserts.
//! Nothing is measured here, and a goal that is missed is no failure.

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

/// The section that needs the demo.
const PANELS: &str = "panels";
/// The section that needs neither the plugin nor a browser.
const PROXY: &str = "proxy";

pub fn measure(workspace: &Workspace, options: &Options) -> Result<()> {
    let mut stages = Stages::new();
    let chosen = |section: &str| options.only.as_ref().is_none_or(|word| section.contains(word));
    let node = install::node(workspace)?.context("Node is missing; install Node 20 or newer")?;
    let mut command = workspace.program(&node.program);
    command.arg("tests/bench/run.mjs").env("CARGO_TARGET_DIR", &workspace.target);
    if options.only.as_deref() != Some(PROXY) {
        command.env("CHROMIUM", &install::browser(workspace)?.chromium);
        build::plugin(workspace, &mut stages)?;
    }
    if chosen(PANELS) {
        command.env("XTASK", std::env::current_exe()?);
        build::native(workspace, &mut stages)?;
    }
    if let Some(word) = &options.only {
        command.arg("--only").arg(word);
    }
    if chosen("native") {
        command.arg("--reader").arg(reader(workspace, &mut stages)?);
    }
    if chosen(PROXY) {
        let (proxy, pipeline) = proxy(workspace, &mut stages)?;
        command.arg("--proxy").arg(proxy).arg("--pipeline").arg(pipeline);
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
    Ok(released(workspace, "examples/read_report"))
}

/// The proxy as it is released, and what measures it.
fn proxy(workspace: &Workspace, stages: &mut Stages) -> Result<(PathBuf, PathBuf)> {
    let package = ["--locked", "--release", "--package", "remote-support-proxy"];
    // In two goes: together they would share features that only the measuring program needs.
    stages.run("compile the proxy", || run(workspace.cargo().arg("build").args(package).arg("--bins")))?;
    stages.run("compile what measures it", || run(workspace.cargo().arg("build").args(package).args(["--example", "pipeline"])))?;
    Ok((released(workspace, "remote-support-proxy"), released(workspace, "examples/pipeline")))
}

fn released(workspace: &Workspace, name: &str) -> PathBuf {
    workspace.target.join("release").join(format!("{name}{}", std::env::consts::EXE_SUFFIX))
}
