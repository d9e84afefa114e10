//! Reads from the runners' own words which tests ran and how they ended. Judges nothing.

use anyhow::{Context, Result, bail};
use serde::Deserialize;
use std::{
    collections::BTreeMap,
    io::{BufRead, BufReader},
    path::Path,
    process::Command,
};

/// How one test ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    Passed,
    Failed,
    Ignored,
}

/// Every test of a run, as `suite::name`; the suite is a library, a file of integration tests, or a file of page tests.
#[derive(Debug, Default)]
pub struct Outcomes {
    pub tests: BTreeMap<String, Outcome>,
    /// Suites that ran, also those without tests.
    pub suites: Vec<String>,
}

impl Outcomes {
    pub fn count(&self, outcome: Outcome) -> usize {
        self.tests.values().filter(|one| **one == outcome).count()
    }

    pub fn add(&mut self, other: Self) {
        self.tests.extend(other.tests);
        self.suites.extend(other.suites);
    }

    fn note(&mut self, suite: &str, name: &str, outcome: Outcome) {
        self.tests.insert(format!("{suite}::{name}"), outcome);
    }
}

/// Runs `cargo test` so that its output is both shown and read. The error says that something failed; the outcomes say what.
pub fn cargo_test(command: &mut Command, outcomes: &mut Outcomes) -> Result<()> {
    let (reader, writer) = std::io::pipe()?;
    command.stdin(std::process::Stdio::null()).stdout(writer.try_clone()?).stderr(writer);
    let mut child = command.spawn().context("cannot start cargo test")?;
    // The parent's ends of the pipe must close, or reading would never end.
    command.stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null());
    let mut suite = String::new();
    for line in BufReader::new(reader).split(b'\n') {
        let line = line?;
        let line = String::from_utf8_lossy(&line);
        println!("{line}");
        read_line(&line, &mut suite, outcomes);
    }
    let status = child.wait()?;
    if !status.success() {
        bail!("cargo test ended with {status}");
    }
    Ok(())
}

/// One line of `cargo test`: `Running <source> (<binary>-<hash>)`, `Doc-tests <crate>`, `test <name> ... <outcome>`.
fn read_line(line: &str, suite: &mut String, outcomes: &mut Outcomes) {
    let line = line.trim();
    if let Some((_, binary)) = line.strip_prefix("Running ").and_then(|rest| rest.rsplit_once('(')) {
        let stem = Path::new(binary.trim_end_matches(')')).file_stem().unwrap_or_default().to_string_lossy();
        *suite = stem.rsplit_once('-').map_or_else(|| stem.to_string(), |(name, _)| name.to_owned());
        outcomes.suites.push(suite.clone());
    } else if let Some(name) = line.strip_prefix("Doc-tests ") {
        *suite = format!("doc::{name}");
        outcomes.suites.push(suite.clone());
    } else if let Some((name, end)) = line.strip_prefix("test ").and_then(|rest| rest.rsplit_once(" ... ")) {
        let outcome = match end.split([' ', ',']).next() {
            Some("ok") => Outcome::Passed,
            Some("FAILED" | "FAIL") => Outcome::Failed,
            Some("ignored") => Outcome::Ignored,
            _ => return,
        };
        outcomes.note(suite, name.trim_end_matches(" - should panic"), outcome);
    }
}

/// One line that `tests/pages/reporter.mjs` wrote.
#[derive(Deserialize)]
struct PageTest {
    suite: String,
    name: String,
    outcome: String,
}

/// Reads what the page tests' reporter left.
pub fn page_tests(report: &Path) -> Result<Outcomes> {
    let text = std::fs::read_to_string(report).context("the page tests left no report")?;
    let mut outcomes = Outcomes::default();
    for line in text.lines() {
        let test: PageTest = serde_json::from_str(line)?;
        if !outcomes.suites.contains(&test.suite) {
            outcomes.suites.push(test.suite.clone());
        }
        let outcome = match test.outcome.as_str() {
            "passed" => Outcome::Passed,
            "skipped" => Outcome::Ignored,
            _ => Outcome::Failed,
        };
        outcomes.note(&test.suite, &test.name, outcome);
    }
    Ok(outcomes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cargo_output_is_read() {
        let output = "   Compiling x v0.1.0
     Running unittests src/lib.rs (target/debug/deps/remote_support_proxy-0a1b2c)
running 3 tests
test vault::opens ... ok
test vault::refuses - should panic ... ok
test vault::slow ... ignored, takes a minute
     Running tests/kill_loop.rs (target/debug/deps/kill_loop-ff00)
test before_commit ... FAILED
test result: FAILED. 0 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s
     Running tests/browser/main.rs (target/wasm32-unknown-unknown/debug/deps/browser-77aa.wasm)
test browser::exports::init ... ok
   Doc-tests halo_remote_support
test src/lib.rs - (line 3) ... ok";
        let (mut suite, mut outcomes) = (String::new(), Outcomes::default());
        output.lines().for_each(|line| read_line(line, &mut suite, &mut outcomes));
        let read: Vec<_> = outcomes.tests.iter().map(|(name, outcome)| (name.as_str(), *outcome)).collect();
        assert_eq!(
            read,
            [
                ("browser::browser::exports::init", Outcome::Passed),
                ("doc::halo_remote_support::src/lib.rs - (line 3)", Outcome::Passed),
                ("kill_loop::before_commit", Outcome::Failed),
                ("remote_support_proxy::vault::opens", Outcome::Passed),
                ("remote_support_proxy::vault::refuses", Outcome::Passed),
                ("remote_support_proxy::vault::slow", Outcome::Ignored),
            ]
        );
        assert_eq!(outcomes.suites.len(), 4);
    }
}
