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

/// Bindings and module: `glue.js`, `glue.d.ts`, `glue_bg.wasm`.
pub struct Bound {
    pub folder: PathBuf,
    pub optimised: bool,
}

/// Makes the bindings, or finds those made earlier from the same module.
pub fn bind(workspace: &Workspace, node: Option<&Node>, stages: &mut Stages) -> Result<Bound> {
    install::wasm_target(workspace)?;
    let module = stages.run("compile the plugin", || compile(workspace))?;
    let key = key(&fs::read(&module)?, node)?;
    let all = workspace.target.join("plugin");
    let bound = Bound { folder: all.join(&key), optimised: node.is_some() };
    if bound.folder.join("glue_bg.wasm").is_file() {
        return Ok(bound);
    }
    if all.exists() {
        fs::remove_dir_all(&all)?;
    }
    let fresh = all.join("fresh");
    stages.run("make the bindings", || generate(&module, &fresh))?;
    match node {
        Some(node) => stages.run("optimise", || optimise(workspace, node, &fresh))?,
        None => eprintln!(
            "    Node is missing: the plugin stays unoptimised and without DOM morphing; install Node 20 or newer from https://nodejs.org or your system's packages"
        ),
    }
    fs::rename(&fresh, &bound.folder)?;
    Ok(bound)
}

/// With both library types at once cargo drops link-time optimisation, so the one we want is named.
fn compile(workspace: &Workspace) -> Result<PathBuf> {
    let mut cargo = workspace.cargo();
    cargo.args(["rustc", "--locked", "--package", "halo-remote-support", "--lib", "--crate-type", "cdylib"]);
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

fn generate(module: &Path, folder: &Path) -> Result<()> {
    let words = ["wasm-bindgen", "--target", "web", "--out-name", "glue", "--remove-producers-section", "--out-dir"].map(PathBuf::from);
    wasm_bindgen_cli::wasm_bindgen::run_cli_with_args(words.iter().map(PathBuf::as_path).chain([folder, module]))?;
    if folder.join("snippets").exists() {
        bail!("the plugin uses inline JavaScript (wasm-bindgen snippets), which the package does not carry; put it into www/plugin");
    }
    Ok(())
}

fn optimise(workspace: &Workspace, node: &Node, folder: &Path) -> Result<()> {
    let module = folder.join("glue_bg.wasm");
    let smaller = folder.join("smaller.wasm");
    let mut tool = workspace.program(&node.program);
    run(tool.arg(node.modules.join("binaryen/bin/wasm-opt")).arg("-O3").arg(&module).arg("-o").arg(&smaller))
        .context("wasm-opt could not optimise the plugin")?;
    fs::rename(smaller, module)?;
    Ok(())
}
