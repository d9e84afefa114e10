//! `cargo xtask fuzz`: looks for inputs that break a promise of `fuzz/src`. Those found before are run by
//! `cargo xtask test`, without any of this.

use crate::{
    install,
    stage::Stages,
    workspace::{Workspace, run},
};
use anyhow::{Context, Result, bail};
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

#[derive(clap::Args)]
pub struct Options {
    /// Only this target; all of fuzz/fuzz_targets by default
    target: Option<String>,
    /// How long each target is tried
    #[arg(long, default_value_t = 60, value_name = "SECONDS")]
    seconds: u32,
}

pub fn fuzz(workspace: &Workspace, options: &Options) -> Result<()> {
    let targets = targets(workspace, options.target.as_deref())?;
    let mut stages = Stages::new();
    let fuzzer = stages.run("tools", || Fuzzer::new(workspace))?;
    stages.run("compile", || run(fuzzer.command("build").args(targets.first().filter(|_| targets.len() == 1))))?;
    let mut broken = Vec::new();
    for target in &targets {
        if let Some(input) = stages.run(target, || fuzzer.broken(target, options.seconds))? {
            println!(
                "{target} is broken by {}\n  to keep it and to see it fail again:\n  cp {} fuzz/corpus/{target}/<what it holds>\n  cargo test --package remote-support-proxy --test corpus",
                input.display(),
                input.display()
            );
            broken.push(target.as_str());
        }
    }
    println!("\n{}", stages.summary());
    if !broken.is_empty() {
        bail!("not every promise holds: {}", broken.join(", "));
    }
    println!("no input was found that breaks a promise");
    Ok(())
}

fn targets(workspace: &Workspace, wanted: Option<&str>) -> Result<Vec<String>> {
    let mut targets = Vec::new();
    for entry in fs::read_dir(workspace.root.join("fuzz/fuzz_targets"))? {
        targets.extend(entry?.path().file_stem().map(|name| name.to_string_lossy().into_owned()));
    }
    targets.sort();
    let Some(wanted) = wanted else { return Ok(targets) };
    if !targets.iter().any(|target| target == wanted) {
        bail!("there is no target {wanted}; there are {}", targets.join(", "));
    }
    Ok(vec![wanted.to_owned()])
}

/// cargo-fuzz with what it needs, and a folder of its own for all that it makes.
struct Fuzzer<'a> {
    workspace: &'a Workspace,
    program: PathBuf,
    folder: PathBuf,
}

impl<'a> Fuzzer<'a> {
    fn new(workspace: &'a Workspace) -> Result<Self> {
        install::nightly(workspace)?;
        Ok(Self { workspace, program: install::cargo_tool(workspace, "cargo-fuzz")?, folder: workspace.target.join("fuzz") })
    }

    fn command(&self, action: &str) -> Command {
        let mut command = self.workspace.program(&self.program);
        // Ours is the compiler of rust-toolchain.toml, and its cargo.
        command.env("RUSTUP_TOOLCHAIN", "nightly").env_remove("CARGO").env("CARGO_TARGET_DIR", &self.folder);
        // Nothing of it is unsafe code: the sanitizer would find nothing, at half the speed.
        command.args([action, "--sanitizer", "none"]);
        command
    }

    /// Tries inputs for a while; gives the one that breaks a promise.
    fn broken(&self, target: &str, seconds: u32) -> Result<Option<PathBuf>> {
        let corpus = self.folder.join("corpus").join(target);
        fs::create_dir_all(&corpus)?;
        let input = self.folder.join(format!("{target}.input"));
        let _ = fs::remove_file(&input);
        let mut command = self.command("run");
        // What is found new goes into the first folder; the second is committed and stays as it is.
        command.arg(target).arg(&corpus).arg(Path::new("fuzz/corpus").join(target)).arg("--");
        command.arg(format!("-max_total_time={seconds}")).arg(format!("-exact_artifact_path={}", input.display()));
        command.args(["-timeout=10", "-rss_limit_mb=2048", "-verbosity=0", "-print_final_stats=1"]);
        let status = command.status().context("cannot start cargo-fuzz")?;
        match (status.success(), input.is_file()) {
            (true, _) => Ok(None),
            (false, true) => Ok(Some(input)),
            (false, false) => bail!("cargo-fuzz ended with {status} and left no input; what it says stands above"),
        }
    }
}
