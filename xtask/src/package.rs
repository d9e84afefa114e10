//! Lays out `pkg/`: content-hashed names, one stable entry, types, and a manifest with sizes. Works on finished files only.

use crate::{
    compress::{Sizes, sizes},
    plugin::{Bound, MODULES},
    workspace::Workspace,
};
use anyhow::{Context, Result, bail};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::{collections::BTreeMap, fs, path::Path};

/// The one name that never changes.
pub const ENTRY: &str = "remote-support.js";
/// `pkg/manifest.json`.
#[derive(Serialize, Deserialize)]
pub struct Manifest {
    /// Hash of everything the package was made from.
    pub inputs: String,
    /// Whether wasm-opt ran.
    pub optimised: bool,
    /// Logical name to file.
    pub files: BTreeMap<String, File>,
}

/// One file of the package.
#[derive(Serialize, Deserialize)]
pub struct File {
    pub file: String,
    #[serde(flatten)]
    pub sizes: Sizes,
}

impl Manifest {
    pub fn read(workspace: &Workspace) -> Result<Self> {
        let text = fs::read_to_string(workspace.package().join("manifest.json")).context("pkg/ is missing; run `cargo xtask build`")?;
        serde_json::from_str(&text).context("pkg/manifest.json is not of this version; run `cargo xtask build`")
    }
}

/// Writes `pkg/` unless it already holds what these inputs give. Says whether it wrote.
pub fn assemble(workspace: &Workspace, bound: &Bound) -> Result<bool> {
    let sources = sources(workspace, bound)?;
    let inputs =
        sources.iter().fold(Sha256::new_with_prefix(if bound.optimised { "optimised" } else { "plain" }), |hash, (name, bytes)| {
            hash.chain_update(name).chain_update(bytes.len().to_le_bytes()).chain_update(bytes)
        });
    let inputs = hex::encode(inputs.finalize());
    let package = workspace.package();
    if Manifest::read(workspace).is_ok_and(|old| old.inputs == inputs && old.files.values().all(|file| package.join(&file.file).is_file()))
    {
        return Ok(false);
    }
    let mut naming = Naming { sources: &sources, done: BTreeMap::new(), open: Vec::new() };
    for name in sources.keys() {
        naming.name(name)?;
    }
    write(&package, naming.done, inputs, bound.optimised)?;
    Ok(true)
}

/// Everything that ships, by the names the sources use for each other.
fn sources(workspace: &Workspace, bound: &Bound) -> Result<BTreeMap<String, Vec<u8>>> {
    let mut sources = BTreeMap::new();
    for (module, folder) in MODULES.iter().zip(&bound.folders) {
        for name in [module.glue(), module.wasm()] {
            let bytes = fs::read(folder.join(&name))?;
            sources.insert(name, bytes);
        }
    }
    let folder = workspace.root.join("www/plugin");
    for entry in fs::read_dir(&folder).context("www/plugin cannot be read")? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if name.ends_with(".js") || name.ends_with(".d.ts") {
            sources.insert(name, fs::read(path)?);
        }
    }
    if !sources.contains_key(ENTRY) {
        bail!("www/plugin/{ENTRY} is missing");
    }
    sources.insert("idiomorph.js".to_owned(), morphing(workspace)?);
    Ok(sources)
}

/// The morphing library as a module. Its minified build is a plain script, so the export is added; without npm packages the
/// shim finds `undefined` and replaces the whole content instead.
fn morphing(workspace: &Workspace) -> Result<Vec<u8>> {
    let script = workspace.root.join("node_modules/idiomorph/dist/idiomorph.min.js");
    if !script.is_file() {
        return Ok(b"export const Idiomorph = undefined;\n".to_vec());
    }
    let mut module = fs::read(script)?;
    module.extend_from_slice(b"\nexport { Idiomorph };\n");
    Ok(module)
}

/// Gives every file the name of its final content, deepest imports first.
struct Naming<'a> {
    sources: &'a BTreeMap<String, Vec<u8>>,
    /// Logical name to file name and final content.
    done: BTreeMap<String, (String, Vec<u8>)>,
    open: Vec<String>,
}

impl Naming<'_> {
    fn name(&mut self, logical: &str) -> Result<String> {
        if let Some((file, _)) = self.done.get(logical) {
            return Ok(file.clone());
        }
        if self.open.iter().any(|open| open == logical) {
            bail!("{} import each other in a circle; only {ENTRY} may be imported back", self.open.join(" and "));
        }
        let bytes = self.sources.get(logical).with_context(|| format!("./{logical} is imported but does not exist"))?;
        self.open.push(logical.to_owned());
        let content =
            if logical.ends_with(".wasm") { bytes.clone() } else { self.rewrite(logical, std::str::from_utf8(bytes)?)?.into_bytes() };
        self.open.pop();
        let file = match logical {
            ENTRY | "remote-support.d.ts" => logical.to_owned(),
            _ => hashed(logical, &content),
        };
        self.done.insert(logical.to_owned(), (file.clone(), content));
        Ok(file)
    }

    /// Replaces each quoted `./name` (or bare module name, as the bindings write it) by the file's final name.
    fn rewrite(&mut self, logical: &str, text: &str) -> Result<String> {
        let mut text = text.to_owned();
        for name in self.sources.keys().filter(|name| !name.ends_with(".d.ts")) {
            for quote in ['"', '\''] {
                for written in [format!("{quote}./{name}{quote}"), format!("{quote}{name}{quote}")] {
                    let code = written.contains("./") || name.ends_with(".wasm");
                    if code && name != logical && text.contains(&written) {
                        let file = if name == ENTRY { ENTRY.to_owned() } else { self.name(name)? };
                        text = text.replace(&written, &format!("{quote}./{file}{quote}"));
                    }
                }
            }
        }
        Ok(text)
    }
}

/// `element.js` to `element-1f2e3d4c5b.js`.
fn hashed(name: &str, content: &[u8]) -> String {
    let hash = hex::encode(&Sha256::digest(content)[..5]);
    let (stem, end) = name.split_once('.').unwrap_or((name, "js"));
    format!("{stem}-{hash}.{end}")
}

/// Hashed files first, the entry after them, leftovers of older builds last: a page that loads meanwhile finds one whole set.
fn write(package: &Path, named: BTreeMap<String, (String, Vec<u8>)>, inputs: String, optimised: bool) -> Result<()> {
    fs::create_dir_all(package)?;
    let mut order: Vec<_> = named.iter().collect();
    order.sort_by_key(|(logical, _)| logical.as_str() == ENTRY);
    for (_, (file, content)) in order {
        fs::write(package.join(file), content)?;
    }
    let files = named.into_iter().map(|(logical, (file, content))| (logical, File { file, sizes: sizes(&content) })).collect();
    let manifest = Manifest { inputs, optimised, files };
    fs::write(package.join("package.json"), serde_json::to_string_pretty(&description())?)?;
    fs::write(package.join("manifest.json"), serde_json::to_string_pretty(&manifest)?)?;
    for entry in fs::read_dir(package)? {
        let entry = entry?;
        let name = entry.file_name();
        let current = name == "package.json" || name == "manifest.json" || manifest.files.values().any(|file| name == file.file.as_str());
        if !current && entry.file_type()?.is_file() {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

fn description() -> serde_json::Value {
    serde_json::json!({
        "name": "halo-remote-support",
        "version": env!("CARGO_PKG_VERSION"),
        "description": "BeyondTrust Remote Support inside Halo",
        "license": "MIT OR Apache-2.0",
        "type": "module",
        "main": format!("./{ENTRY}"),
        "types": "./remote-support.d.ts",
        "exports": { ".": { "types": "./remote-support.d.ts", "default": format!("./{ENTRY}") } },
        "sideEffects": false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(files: &[(&str, &str)]) -> Result<BTreeMap<String, (String, Vec<u8>)>> {
        let sources: BTreeMap<_, _> = files.iter().map(|(name, text)| ((*name).to_owned(), text.as_bytes().to_vec())).collect();
        let mut naming = Naming { sources: &sources, done: BTreeMap::new(), open: Vec::new() };
        for name in sources.keys() {
            naming.name(name)?;
        }
        Ok(naming.done)
    }

    const GLUE: (&str, &str) = ("glue.js", "new URL('glue_bg.wasm', import.meta.url)");
    const MODULE: &str = "glue_bg.wasm";

    #[test]
    fn imports_name_the_content_they_get() {
        let files = named(&[
            GLUE,
            (MODULE, "module"),
            ("element.js", "import init from \"./glue.js\";"),
            (ENTRY, "import './element.js'; // not element.js"),
        ])
        .unwrap();
        let element = String::from_utf8(files["element.js"].1.clone()).unwrap();
        assert_eq!(element, format!("import init from \"./{}\";", files["glue.js"].0));
        let entry = String::from_utf8(files[ENTRY].1.clone()).unwrap();
        assert_eq!(entry, format!("import './{}'; // not element.js", files["element.js"].0));
        assert_eq!(files[ENTRY].0, ENTRY);
        assert!(String::from_utf8_lossy(&files["glue.js"].1).contains("./glue_bg-"));
    }

    #[test]
    fn another_module_gives_its_importers_another_name() {
        let one = named(&[GLUE, (MODULE, "one")]).unwrap();
        let two = named(&[GLUE, (MODULE, "two")]).unwrap();
        assert_ne!(one["glue.js"].0, two["glue.js"].0);
    }

    #[test]
    fn a_circle_is_named() {
        let error = named(&[("one.js", "import './two.js'"), ("two.js", "import './one.js'")]).unwrap_err();
        assert!(error.to_string().contains("one.js and two.js"), "{error}");
    }
}
