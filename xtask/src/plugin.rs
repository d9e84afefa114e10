//! Compiles the plugin to WebAssembly, makes its JavaScript bindings and optimises it. Names and layout of what ships are
//! the package's business.

use crate::{
    install::{self, Node},
    stage::Stages,
    workspace::{Workspace, run},
};
use anyhow::{Context, Result, bail};
use sha2::{Digest, Sha256};
use std::{
    fs,
    path::{Path, PathBuf},
};

/// One of the plugin's modules: the cargo feature it is made of, and the name of its bindings.
pub struct Module(&'static str);

/// See the features in Cargo.toml.
pub const MODULES: [Module; 3] = [Module("panels"), Module("check"), Module("functions")];

impl Module {
    /// The bindings.
    pub fn glue(&self) -> String {
        format!("{}.js", self.0)
    }

    /// The WebAssembly module, as the bindings write its name.
    pub fn wasm(&self) -> String {
        format!("{}_bg.wasm", self.0)
    }
}

/// Bindings and modules in one folder each.
pub struct Bound {
    pub folders: Vec<PathBuf>,
    pub optimised: bool,
}

/// Makes the bindings of every module, or finds those made earlier from the same code.
pub fn bind(workspace: &Workspace, node: Option<&Node>, stages: &mut Stages) -> Result<Bound> {
    install::wasm_target(workspace)?;
    if node.is_none() {
        eprintln!(
            "    Node is missing: the plugin stays unoptimised and without DOM morphing; install Node 20 or newer from https://nodejs.org or your system's packages"
        );
    }
    let folders = MODULES.iter().map(|module| bind_one(module, workspace, node, stages)).collect::<Result<_>>()?;
    Ok(Bound { folders, optimised: node.is_some() })
}

fn bind_one(module: &Module, workspace: &Workspace, node: Option<&Node>, stages: &mut Stages) -> Result<PathBuf> {
    let name = module.0;
    let compiled = stages.run(&format!("compile the {name}"), || compile(module, workspace))?;
    let all = workspace.target.join("plugin").join(name);
    let folder = all.join(key(&fs::read(&compiled)?, node)?);
    if folder.join(module.wasm()).is_file() {
        return Ok(folder);
    }
    if all.exists() {
        fs::remove_dir_all(&all)?;
    }
    let fresh = all.join("fresh");
    stages.run(&format!("bind the {name}"), || generate(name, &compiled, &fresh))?;
    if let Some(node) = node {
        stages.run(&format!("optimise the {name}"), || optimise(workspace, node, &fresh.join(module.wasm())))?;
    }
    fs::rename(&fresh, &folder)?;
    Ok(folder)
}

/// With both library types at once cargo drops link-time optimisation, so the one we want is named.
fn compile(module: &Module, workspace: &Workspace) -> Result<PathBuf> {
    let mut cargo = workspace.cargo();
    cargo.args(["rustc", "--locked", "--package", "halo-remote-support", "--lib", "--crate-type", "cdylib"]);
    cargo.args(["--no-default-features", "--features", module.0]);
    run(cargo.args(["--target", "wasm32-unknown-unknown", "--profile", "wasm"]))?;
    Ok(workspace.target.join("wasm32-unknown-unknown/wasm/halo_remote_support.wasm"))
}

fn key(module: &[u8], node: Option<&Node>) -> Result<String> {
    let mut hash = Sha256::new_with_prefix(module);
    hash.update(env!("CARGO_PKG_VERSION"));
    if let Some(node) = node {
        hash.update(fs::read(node.modules.join("binaryen/package.json"))?);
    }
    Ok(hex::encode(&hash.finalize()[..8]))
}

fn generate(name: &str, module: &Path, folder: &Path) -> Result<()> {
    let words = ["wasm-bindgen", "--target", "web", "--no-typescript", "--remove-producers-section", "--out-name", name, "--out-dir"];
    wasm_bindgen_cli::wasm_bindgen::run_cli_with_args(words.iter().map(Path::new).chain([folder, module]))?;
    if folder.join("snippets").exists() {
        bail!("the plugin uses inline JavaScript (wasm-bindgen snippets), which the package does not carry; put it into www/plugin");
    }
    Ok(())
}

fn optimise(workspace: &Workspace, node: &Node, module: &Path) -> Result<()> {
    let better = module.with_extension("better");
    let mut tool = workspace.program(&node.program);
    run(tool.arg(node.modules.join("binaryen/bin/wasm-opt")).arg("-O3").arg(module).arg("-o").arg(&better))
        .context("wasm-opt could not optimise the plugin")?;
    fs::rename(better, module)?;
    Ok(())
}
