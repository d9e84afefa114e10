//! `cargo xtask check`: everything that can be said about the code without running it.

use crate::{
    install,
    stage::Stages,
    test::TEST_FEATURES,
    workspace::{Workspace, output, run},
};
use anyhow::{Result, bail};
use std::{fs, path::Path};

pub fn check(workspace: &Workspace) -> Result<()> {
    let mut stages = Stages::new();
    let mut failed = Vec::new();
    let mut stage = |name: &str, work: &dyn Fn() -> Result<()>| {
        if let Err(error) = stages.run(name, work) {
            eprintln!("{name}: {error:#}");
            failed.push(name.to_owned());
        }
    };
    stage("format", &|| run(workspace.cargo().args(["fmt", "--all", "--check"])));
    stage("format, fuzz targets", &|| run(workspace.cargo().args(["fmt", "--manifest-path", "fuzz/Cargo.toml", "--check"])));
    stage("links in documents", &|| links(workspace));
    stage("no build output committed", &|| no_build_output(workspace));
    stage("no web crate in the native build", &|| no_web_crate(workspace));
    // The same features as in `cargo xtask test`, so that build scripts run once for both.
    stage("clippy", &|| clippy(workspace, &["--workspace", "--exclude", "xtask", "--all-targets", "--features", TEST_FEATURES]));
    stage("clippy, as shipped", &|| clippy(workspace, &["--package", "remote-support-proxy", "--bins"]));
    stage("clippy, WebAssembly", &|| {
        install::wasm_target(workspace)?;
        clippy(workspace, &["--package", "halo-remote-support", "--lib", "--target", "wasm32-unknown-unknown"])
    });
    stage("clippy, tools", &|| clippy(workspace, &["--package", "xtask", "--all-targets", "--profile", "tool"]));
    stage("documentation", &|| {
        let mut cargo = workspace.cargo();
        run(cargo
            .args(["doc", "--locked", "--no-deps", "--document-private-items", "--features", TEST_FEATURES])
            .env("RUSTDOCFLAGS", "-D warnings -A rustdoc::private_intra_doc_links"))
    });
    println!("\n{}", stages.summary());
    if !failed.is_empty() {
        bail!("failed: {}", failed.join(", "));
    }
    println!("all checks passed");
    Ok(())
}

fn clippy(workspace: &Workspace, what: &[&str]) -> Result<()> {
    run(workspace.cargo().args(["clippy", "--locked"]).args(what).args(["--", "-D", "warnings"]))
}

/// Rules and views must not be able to reach a browser: natively they are built without any crate that could.
fn no_web_crate(workspace: &Workspace) -> Result<()> {
    let host = output(workspace.program("rustc").args(["--print", "host-tuple"]))?;
    let mut tree = workspace.cargo();
    tree.args(["tree", "--locked", "--package", "halo-remote-support", "--edges", "normal", "--prefix", "none", "--target", host.trim()]);
    let web = ["js-sys", "web-sys", "wasm-bindgen", "gloo", "tsify"];
    let found: Vec<_> = output(&mut tree)?
        .lines()
        .filter_map(|line| line.split(' ').next())
        .filter(|name| web.iter().any(|start| name.starts_with(start)))
        .map(str::to_owned)
        .collect();
    if !found.is_empty() {
        bail!(
            "the native build of halo-remote-support contains {}; move it under [target.'cfg(target_arch = \"wasm32\")'.dependencies]",
            found.join(", ")
        );
    }
    Ok(())
}

fn tracked(workspace: &Workspace) -> Result<Vec<String>> {
    Ok(output(workspace.program("git").args(["ls-files"]))?.lines().map(str::to_owned).collect())
}

fn no_build_output(workspace: &Workspace) -> Result<()> {
    let made = ["target/", "pkg/", "node_modules/", ".demo/"];
    let found: Vec<_> = tracked(workspace)?
        .into_iter()
        .filter(|file| made.iter().any(|folder| file.starts_with(folder)) || file.ends_with(".wasm") || file.ends_with(".snap.new"))
        .collect();
    if !found.is_empty() {
        bail!("committed although a build makes them: {}", found.join(", "));
    }
    Ok(())
}

/// Every relative link and image in the documents leads to a file.
fn links(workspace: &Workspace) -> Result<()> {
    let mut dead = Vec::new();
    for document in tracked(workspace)?.into_iter().filter(|file| file.ends_with(".md")) {
        let path = workspace.root.join(&document);
        // A file deleted but not committed as such is not a dead link.
        let Ok(text) = fs::read_to_string(&path) else { continue };
        let folder = path.parent().unwrap_or(Path::new("."));
        dead.extend(targets(&text).filter(|target| !folder.join(target).exists()).map(|target| format!("{document}: {target}")));
    }
    if !dead.is_empty() {
        bail!("links that lead nowhere: {}", dead.join(", "));
    }
    Ok(())
}

/// Targets of `](...)` that are files here, without their anchors.
fn targets(text: &str) -> impl Iterator<Item = &str> {
    let links = text.split("](").skip(1).filter_map(|rest| rest.split([')', ' ', '#']).next());
    links.filter(|target| !target.is_empty() && !target.contains("://") && !target.starts_with("mailto:"))
}

#[cfg(test)]
mod tests {
    #[test]
    fn relative_links_are_found() {
        let text = "[a](docs/A.md#part) ![b](images/b.png \"title\") [c](https://example.org) [d](#here)";
        assert_eq!(super::targets(text).collect::<Vec<_>>(), ["docs/A.md", "images/b.png"]);
    }
}
