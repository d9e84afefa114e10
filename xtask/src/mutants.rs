//! `cargo xtask mutants`: changes the rules in small ways, one at a time in a copy, and expects a test to go red. Changes
//! that make no difference are excluded in `.cargo/mutants.toml`, each with its reason.

use crate::{
    install,
    workspace::{Workspace, output},
};
use anyhow::{Context, Result, bail};
use std::{
    fs,
    path::{Path, PathBuf},
};

/// The rules; those that read reports are a crate of their own.
const RULES: [&str; 2] = ["src/rules", "report/src"];
const PACKAGES: [&str; 2] = ["halo-remote-support", "remote-support-report"];

#[derive(clap::Args)]
pub struct Options {
    /// These files, whole
    #[arg(value_name = "FILE", conflicts_with_all = ["since", "all"])]
    files: Vec<PathBuf>,
    /// The lines of the rules changed since this commit; by default since the branch left main, on main since the last commit
    #[arg(long, value_name = "REF", conflicts_with = "all")]
    since: Option<String>,
    /// All of the rules; takes hours
    #[arg(long)]
    all: bool,
}

pub fn mutants(workspace: &Workspace, options: &Options) -> Result<()> {
    let folder = workspace.target.join("mutants");
    fs::create_dir_all(&folder)?;
    let program = install::cargo_tool(workspace, "cargo-mutants")?;
    let mut mutants = workspace.program(program);
    // A build folder of its own, kept: only the first run compiles everything.
    mutants.arg("mutants");
    for package in PACKAGES {
        // The tests of either may notice a change in the other.
        mutants.args(["--package", package, "--test-package", package]);
    }
    mutants.arg("--output").arg(&folder).env("CARGO_TARGET_DIR", folder.join("target"));
    if options.all {
        mutants.args(RULES.iter().flat_map(|folder| ["--file".to_owned(), format!("{folder}/**/*.rs")]));
    } else if !options.files.is_empty() {
        mutants.args(options.files.iter().flat_map(|file| [Path::new("--file"), file]));
    } else {
        let changes = changes(workspace, options.since.as_deref())?;
        if changes.is_empty() {
            println!("nothing changed in the rules, so there is nothing to mutate; --all mutates all of it");
            return Ok(());
        }
        let file = folder.join("changes.diff");
        fs::write(&file, changes)?;
        mutants.arg("--in-diff").arg(file);
    }
    let status = mutants.status().context("cannot start cargo-mutants")?;
    match status.code() {
        // 3: some loop without end, which nobody could fail to notice.
        Some(0 | 3) => Ok(()),
        Some(2) => bail!(
            "no test noticed what {}/mutants.out/missed.txt lists; for each, make a test notice it, or exclude it with the reason in .cargo/mutants.toml",
            folder.display()
        ),
        Some(4) => bail!("the tests fail although nothing is changed; `cargo test --package halo-remote-support` says which"),
        _ => bail!("cargo-mutants ended with {status}; what it says stands above"),
    }
}

/// The changes to mutate, uncommitted ones included.
fn changes(workspace: &Workspace, since: Option<&str>) -> Result<String> {
    let diff = |since: &str| output(workspace.program("git").args(["diff", since, "--"]).args(RULES));
    if let Some(since) = since {
        return diff(since);
    }
    let left_main = output(workspace.program("git").args(["merge-base", "main", "HEAD"]))
        .context("there is no branch main to compare with; name a commit with --since")?;
    let changes = diff(left_main.trim())?;
    if changes.is_empty() { diff("HEAD~1") } else { Ok(changes) }
}
