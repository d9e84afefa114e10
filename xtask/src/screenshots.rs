//! `cargo xtask screenshots`: what the product looks like now, for people to judge. Compares nothing.

use crate::{
    build, install,
    stage::Stages,
    workspace::{Workspace, run},
};
use anyhow::{Context, Result};
use std::path::PathBuf;

#[derive(clap::Args)]
pub struct Options {
    /// Where to put them
    #[arg(long, default_value = "target/screenshots")]
    out: PathBuf,
}

pub fn take(workspace: &Workspace, options: &Options) -> Result<()> {
    let mut stages = Stages::new();
    let node = install::node(workspace)?.context("Node is missing; install Node 20 or newer")?;
    let browser = install::browser(workspace)?;
    build::plugin(workspace, &mut stages)?;
    build::native(workspace, &mut stages)?;
    stages.run("photograph", || {
        let mut command = workspace.program(&node.program);
        command.arg("tests/pages/screenshots.mjs").arg(workspace.root.join(&options.out));
        run(command.env("CHROMIUM", &browser.chromium).env("XTASK", std::env::current_exe()?).env("CARGO_TARGET_DIR", &workspace.target))
    })
}
