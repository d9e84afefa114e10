//! Holds the package against `size-budget.toml`. Measures nothing itself; the build did.

use crate::{compress::Sizes, package::Manifest, workspace::Workspace};
use anyhow::{Context, Result, bail};
use serde::Deserialize;
use std::{collections::BTreeMap, fs};

/// Below this share of its budget a part should get a tighter one.
const TIGHTEN_BELOW: f64 = 0.9;

#[derive(Deserialize)]
struct Budget {
    part: BTreeMap<String, Part>,
}

/// Files by logical name, and what they may weigh together.
#[derive(Deserialize)]
struct Part {
    files: Vec<String>,
    /// Bytes after brotli -q 11, each file by itself.
    brotli: usize,
}

/// Prints the table; an error when a part is over its budget.
pub fn check(workspace: &Workspace) -> Result<()> {
    let manifest = Manifest::read(workspace)?;
    let budget: Budget =
        toml::from_str(&fs::read_to_string(workspace.root.join("size-budget.toml"))?).context("size-budget.toml cannot be read")?;
    println!("{:34} {:>9} {:>9} {:>9} {:>9}", "size in bytes", "raw", "gzip", "brotli", "budget");
    let mut over = Vec::new();
    let mut slack = Vec::new();
    for (name, part) in &budget.part {
        let total = part_sizes(&manifest, name, part)?;
        println!("{name:34} {:>9} {:>9} {:>9} {:>9}", total.raw, total.gzip, total.brotli, part.brotli);
        if total.brotli > part.brotli {
            over.push(format!("{name} is {} bytes over its budget", total.brotli - part.brotli));
        } else if (total.brotli as f64) < part.brotli as f64 * TIGHTEN_BELOW {
            slack.push(format!("{name} could have a budget of {}", total.brotli.div_ceil(500) * 500));
        }
    }
    for sentence in slack {
        println!("size-budget.toml: {sentence}");
    }
    if !manifest.optimised {
        println!("not held against the budget: built without Node, so not optimised");
    } else if !over.is_empty() {
        bail!("{}; make it smaller, or raise the budget in size-budget.toml and say why in the commit", over.join(", "));
    }
    Ok(())
}

fn part_sizes(manifest: &Manifest, name: &str, part: &Part) -> Result<Sizes> {
    let file = |logical: &String| {
        manifest.files.get(logical).map(|file| file.sizes).with_context(|| format!("size-budget.toml, part {name}: pkg/ has no {logical}"))
    };
    part.files.iter().map(file).sum()
}
