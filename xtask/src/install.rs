//! Makes sure that a tool is there: installs it, or names it with its remedy. Never upgrades what a person installed.

use crate::workspace::{Workspace, find_program, output, run};
use anyhow::{Context, Result, bail};
use sha2::{Digest, Sha256};
use std::{
    env, fs,
    path::{Path, PathBuf},
};

/// What Node offers here.
pub struct Node {
    pub program: PathBuf,
    pub modules: PathBuf,
}

/// The WebAssembly standard library. Called explicitly: rustup does not install by itself where `RUSTUP_AUTO_INSTALL=0`.
pub fn wasm_target(workspace: &Workspace) -> Result<()> {
    let mut rustc = workspace.program("rustc");
    let sysroot = output(rustc.args(["--print", "sysroot"])).context("rustc is missing; install Rust from https://rustup.rs")?;
    if Path::new(sysroot.trim()).join("lib/rustlib/wasm32-unknown-unknown/lib").is_dir() {
        return Ok(());
    }
    run(workspace.program("rustup").args(["target", "add", "wasm32-unknown-unknown"]))
        .context("the target wasm32-unknown-unknown is missing; run `rustup target add wasm32-unknown-unknown`")
}

/// Node with the locked npm packages; `None` without Node, which the build can do without.
pub fn node(workspace: &Workspace) -> Result<Option<Node>> {
    let (Some(program), Some(npm)) = (find_program("node"), find_program("npm")) else { return Ok(None) };
    let modules = workspace.root.join("node_modules");
    let wanted = hex::encode(Sha256::digest(fs::read(workspace.root.join("package-lock.json"))?));
    let stamp = modules.join(".installed-lock");
    if fs::read_to_string(&stamp).is_ok_and(|installed| installed == wanted) {
        return Ok(Some(Node { program, modules }));
    }
    eprintln!("    installing npm packages (binaryen, playwright-core, ...)");
    run(workspace.program(npm).args(["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]))
        .context("npm could not install the locked packages; is the npm registry reachable?")?;
    fs::write(&stamp, wanted)?;
    Ok(Some(Node { program, modules }))
}

/// Chromium and its driver, for browser and page tests.
pub struct Browser {
    pub chromium: PathBuf,
    pub driver: PathBuf,
}

/// The browser on this machine: `CHROMIUM` and `CHROMEDRIVER` win, then the PATH, then Debian's packages.
pub fn browser(workspace: &Workspace) -> Result<Browser> {
    if let Some(browser) = find_browser() {
        return Ok(browser);
    }
    let root = output(workspace.program("id").arg("-u")).is_ok_and(|id| id.trim() == "0");
    if !(root && find_program("apt-get").is_some()) {
        bail!(
            "Chromium and ChromeDriver are missing; on Debian: `sudo apt-get install chromium chromium-driver`, elsewhere set CHROMIUM and CHROMEDRIVER to their paths"
        );
    }
    eprintln!("    installing Debian's chromium and chromium-driver");
    let apt = || {
        let mut apt = workspace.program("apt-get");
        apt.env("DEBIAN_FRONTEND", "noninteractive").stdin(std::process::Stdio::null()).stdout(std::process::Stdio::null());
        apt
    };
    run(apt().args(["update", "-q"]))?;
    run(apt().args(["install", "-y", "-q", "--no-install-recommends", "chromium", "chromium-driver"]))?;
    find_browser().context("chromium and chromium-driver were installed but are not on the PATH")
}

fn find_browser() -> Option<Browser> {
    let named = |variable: &str| env::var_os(variable).map(PathBuf::from).filter(|file| file.is_file());
    let chromium =
        named("CHROMIUM").or_else(|| ["chromium", "chromium-browser", "google-chrome"].iter().find_map(|name| find_program(name)))?;
    let driver = named("CHROMEDRIVER").or_else(|| find_program("chromedriver"))?;
    Some(Browser { chromium, driver })
}

/// Firefox's driver, when both it and Firefox are here.
pub fn firefox() -> Option<PathBuf> {
    find_program("firefox").or_else(|| find_program("firefox-esr"))?;
    env::var_os("GECKODRIVER").map(PathBuf::from).filter(|file| file.is_file()).or_else(|| find_program("geckodriver"))
}

/// The compiler that can build fuzz targets; of any age.
pub fn nightly(workspace: &Workspace) -> Result<()> {
    let installed = output(workspace.program("rustup").args(["toolchain", "list"]))
        .context("rustup is missing, and fuzzing needs its nightly toolchain; install rustup from https://rustup.rs")?;
    if !installed.lines().any(|toolchain| toolchain.starts_with("nightly")) {
        bail!("the nightly toolchain is missing, and fuzzing needs it; run `rustup toolchain install nightly`");
    }
    Ok(())
}

/// A tool of cargo's: the one on the PATH, else one of our own in the build folder.
pub fn cargo_tool(workspace: &Workspace, name: &str) -> Result<PathBuf> {
    let folder = workspace.target.join("tools");
    let own = folder.join("bin").join(format!("{name}{}", env::consts::EXE_SUFFIX));
    if let Some(program) = find_program(name).or_else(|| own.is_file().then(|| own.clone())) {
        return Ok(program);
    }
    eprintln!("    installing {name} into {}", folder.display());
    run(workspace.cargo().args(["install", "--locked", "--root"]).arg(&folder).arg(name))
        .with_context(|| format!("{name} could not be installed; is crates.io reachable?"))?;
    Ok(own)
}
