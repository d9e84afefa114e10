//! `cargo xtask guard`: breaks each promise on purpose, in a copy, and expects its test to go red. A test that stays green
//! protects nothing.

use crate::{
    stage::seconds,
    workspace::{Workspace, output, run},
};
use anyhow::{Context, Result, bail};
use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Instant,
};

/// One file of `tests/breaks/`: a header, then a patch.
struct Break {
    name: String,
    patch: PathBuf,
    /// The promise it breaks, for people.
    promise: String,
    /// What is run after `cargo`, for example `test --package remote-support-proxy --lib access`.
    test: Vec<String>,
}

pub fn guard(workspace: &Workspace, word: Option<&str>) -> Result<()> {
    let breaks: Vec<_> =
        read(&workspace.root.join("tests/breaks"))?.into_iter().filter(|one| word.is_none_or(|word| one.name.contains(word))).collect();
    if breaks.is_empty() {
        bail!("no patch in tests/breaks{}", word.map(|word| format!(" has {word} in its name")).unwrap_or_default());
    }
    let copy = Copy::new(workspace)?;
    copy.refresh(workspace)?;
    let mut wrong = Vec::new();
    // Red proves something only where it was green before.
    for test in breaks.iter().map(|one| &one.test).collect::<BTreeSet<_>>() {
        eprintln!("==> as it stands: cargo {}", test.join(" "));
        if !copy.passes(test)? {
            wrong.push(format!("cargo {}: red although nothing is broken", test.join(" ")));
        }
    }
    for one in &breaks {
        let started = Instant::now();
        eprintln!("==> {}: {}", one.name, one.promise);
        let verdict = copy.broken(workspace, one)?;
        println!(
            "{:8} {:34} {:>8}  {}",
            if verdict.is_none() { "red" } else { "WRONG" },
            one.name,
            seconds(started.elapsed()),
            verdict.as_deref().unwrap_or(&one.promise)
        );
        wrong.extend(verdict.map(|sentence| format!("{}: {sentence}", one.name)));
    }
    if !wrong.is_empty() {
        bail!("not every promise is guarded:\n  {}", wrong.join("\n  "));
    }
    println!("{} promises are guarded", breaks.len());
    Ok(())
}

fn read(folder: &Path) -> Result<Vec<Break>> {
    let mut breaks = Vec::new();
    for entry in fs::read_dir(folder)? {
        let patch = entry?.path();
        if patch.extension().is_none_or(|end| end != "patch") {
            continue;
        }
        let name = patch.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let text = fs::read_to_string(&patch)?;
        let header = |key: &str| {
            text.lines()
                .take_while(|line| !line.starts_with("--- "))
                .find_map(|line| line.strip_prefix(key))
                .map(str::trim)
                .map(str::to_owned)
        };
        let promise = header("Promise:").with_context(|| format!("{name}.patch has no line `Promise: ...` above its patch"))?;
        let test = header("Test:").with_context(|| format!("{name}.patch has no line `Test: ...` above its patch"))?;
        breaks.push(Break { name, patch, promise, test: test.split_whitespace().map(str::to_owned).collect() });
    }
    breaks.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(breaks)
}

/// A copy of the sources with a build folder of its own, kept between runs so that only changes are compiled.
struct Copy {
    tree: PathBuf,
    target: PathBuf,
}

impl Copy {
    fn new(workspace: &Workspace) -> Result<Self> {
        let folder = workspace.target.join("guard");
        let copy = Self { tree: folder.join("tree"), target: folder.join("target") };
        fs::create_dir_all(&copy.tree)?;
        Ok(copy)
    }

    /// Makes the copy equal to the working tree, uncommitted changes included. Only what differs is written, so that
    /// cargo compiles only that.
    fn refresh(&self, workspace: &Workspace) -> Result<()> {
        let listed = output(workspace.program("git").args(["ls-files", "--cached", "--others", "--exclude-standard"]))?;
        let wanted: BTreeSet<PathBuf> = listed.lines().map(PathBuf::from).filter(|file| workspace.root.join(file).is_file()).collect();
        for file in &wanted {
            let (source, copy) = (fs::read(workspace.root.join(file))?, self.tree.join(file));
            if fs::read(&copy).ok().as_ref() != Some(&source) {
                fs::create_dir_all(copy.parent().unwrap_or(&self.tree))?;
                fs::write(copy, source)?;
            }
        }
        remove_others(&self.tree, Path::new(""), &wanted)
    }

    /// `None` when the test went red, otherwise what is wrong.
    fn broken(&self, workspace: &Workspace, one: &Break) -> Result<Option<String>> {
        // Without the ceiling git would take the copy for an ignored folder of the repository and apply nothing.
        let mut git = Command::new("git");
        git.args(["apply", "--whitespace=nowarn"])
            .arg(&one.patch)
            .current_dir(&self.tree)
            .env("GIT_CEILING_DIRECTORIES", self.tree.parent().unwrap_or(&self.tree));
        if run(&mut git).is_err() {
            return Ok(Some("its patch no longer applies; make it again for the code as it is".to_owned()));
        }
        let compiles = self.cargo(&one.test, true).status()?.success();
        let passes = compiles && self.passes(&one.test)?;
        self.refresh(workspace)?;
        Ok(match (compiles, passes) {
            (false, _) => Some("the broken code does not compile, so no test saw it".to_owned()),
            (true, true) => Some(format!("cargo {} stays green", one.test.join(" "))),
            (true, false) => None,
        })
    }

    fn passes(&self, test: &[String]) -> Result<bool> {
        let output = self.cargo(test, false).output()?;
        let text = String::from_utf8_lossy(&output.stdout);
        if output.status.success() && !text.lines().any(|line| line.starts_with("test ")) {
            bail!("cargo {} runs no test", test.join(" "));
        }
        Ok(output.status.success())
    }

    fn cargo(&self, test: &[String], only_compile: bool) -> Command {
        let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        cargo.current_dir(&self.tree).env("CARGO_TARGET_DIR", &self.target).stdin(Stdio::null());
        cargo.args(test.first());
        cargo.args(["--locked", "--quiet"]).args(only_compile.then_some("--no-run"));
        cargo.args(test.iter().skip(1));
        cargo
    }
}

fn remove_others(tree: &Path, folder: &Path, wanted: &BTreeSet<PathBuf>) -> Result<()> {
    for entry in fs::read_dir(tree.join(folder))? {
        let entry = entry?;
        let name = folder.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            remove_others(tree, &name, wanted)?;
        } else if !wanted.contains(&name) {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}
