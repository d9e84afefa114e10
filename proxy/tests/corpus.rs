//! The inputs of `fuzz/corpus` against what must hold for any input. Looking for further ones is `cargo xtask fuzz`'s
//! business.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that panics has failed")]

#[path = "../../fuzz/src/lib.rs"]
mod properties;

use std::{
    collections::BTreeSet,
    fs,
    panic::catch_unwind,
    path::{Path, PathBuf},
};

/// What lies in a folder of `fuzz/`.
fn folder(name: &str) -> BTreeSet<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz").join(name);
    fs::read_dir(&folder).unwrap_or_else(|_| panic!("there is no {}", folder.display())).map(|entry| entry.unwrap().path()).collect()
}

#[test]
fn every_input_of_the_corpus_keeps_every_promise() {
    let mut broken = Vec::new();
    for (target, holds) in properties::TARGETS {
        broken.extend(folder(&format!("corpus/{target}")).into_iter().filter(|input| {
            let bytes = fs::read(input).unwrap();
            catch_unwind(|| holds(&bytes)).is_err()
        }));
    }
    assert!(broken.is_empty(), "broken by {broken:#?}");
}

#[test]
fn no_target_is_forgotten() {
    let stems = |name| folder(name).iter().map(|path| path.file_stem().unwrap().to_string_lossy().into_owned()).collect::<BTreeSet<_>>();
    let targets = properties::TARGETS.map(|(target, _)| target.to_owned()).into();
    assert_eq!((stems("fuzz_targets"), stems("corpus")), (BTreeSet::clone(&targets), targets));
}
