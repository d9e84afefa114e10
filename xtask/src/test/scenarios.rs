//! The acceptance scenarios and what this run says about each. Their state is derived here and nowhere written down.

use super::outcome::{Outcome, Outcomes};
use crate::workspace::Workspace;
use anyhow::{Context, Result};
use serde::Deserialize;
use std::{collections::BTreeMap, fmt, fs};

/// One entry of `tests/scenarios.toml`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    /// What a person can do, in a few words.
    title: String,
    /// Tests that prove it, as `suite::name`.
    #[serde(default)]
    tests: Vec<String>,
    /// Parts of the scenario that no test proves.
    #[serde(default)]
    unproved: Vec<String>,
}

/// What the run says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// All its tests passed and nothing of it is unproved.
    Holds,
    /// Something of it has no test.
    NotYet,
    /// A test of it failed, or is named and does not exist.
    Broken,
    /// A test of it was not part of this run.
    NotRun,
}

impl fmt::Display for State {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(match self {
            Self::Holds => "holds",
            Self::NotYet => "not yet",
            Self::Broken => "broken",
            Self::NotRun => "not run",
        })
    }
}

/// Scenarios by name, in the order of their numbers.
pub struct Scenarios(Vec<(String, Scenario)>);

impl Scenarios {
    pub fn read(workspace: &Workspace) -> Result<Self> {
        Self::parse(&fs::read_to_string(workspace.root.join("tests/scenarios.toml"))?).context("tests/scenarios.toml")
    }

    fn parse(text: &str) -> Result<Self> {
        let mut scenarios: Vec<_> = toml::from_str::<BTreeMap<String, Scenario>>(text)?.into_iter().collect();
        scenarios.sort_by_key(|(name, _)| number(name));
        let numbers: Vec<_> = scenarios.iter().filter_map(|(name, _)| number(name)).collect();
        anyhow::ensure!(
            numbers == (1..=40).collect::<Vec<_>>(),
            "the names must carry the numbers 1 to 40, each once, but carry {numbers:?}"
        );
        Ok(Self(scenarios))
    }

    /// The table to print, and the sentences that must not stay: failures and tests that do not exist. `whole` says that
    /// every suite ran, so that a test not seen is a test that does not exist.
    pub fn judge(&self, outcomes: &Outcomes, whole: bool) -> (String, Vec<String>) {
        let mut table = String::from("scenario                                     state    tests  not proved yet\n");
        let mut problems = Vec::new();
        let mut held = 0;
        for (name, scenario) in &self.0 {
            let (state, sentences) = scenario.judge(outcomes, whole);
            held += usize::from(state == State::Holds);
            problems.extend(sentences.into_iter().map(|sentence| format!("{name}: {sentence}")));
            let passed = scenario.tests.iter().filter(|test| outcomes.tests.get(*test) == Some(&Outcome::Passed)).count();
            let tests = if scenario.tests.is_empty() { "-".to_owned() } else { format!("{passed}/{}", scenario.tests.len()) };
            let open = if scenario.tests.is_empty() && scenario.unproved.is_empty() {
                "all of it".to_owned()
            } else {
                scenario.unproved.join("; ")
            };
            table += format!("{name:44} {state:8} {tests:>5}  {open}").trim_end();
            table += "\n";
        }
        (table + &format!("{held} of {} scenarios hold", self.0.len()), problems)
    }
}

impl Scenario {
    fn judge(&self, outcomes: &Outcomes, whole: bool) -> (State, Vec<String>) {
        let mut problems = Vec::new();
        let mut missing = false;
        for test in &self.tests {
            match outcomes.tests.get(test) {
                Some(Outcome::Passed) => {}
                Some(Outcome::Failed) => problems.push(format!("{test} failed")),
                Some(Outcome::Ignored) => missing = true,
                None if whole || suite_ran(test, outcomes) => problems.push(format!("{test} does not exist ({})", self.title)),
                None => missing = true,
            }
        }
        let state = if !problems.is_empty() {
            State::Broken
        } else if self.tests.is_empty() || !self.unproved.is_empty() {
            State::NotYet
        } else if missing {
            State::NotRun
        } else {
            State::Holds
        };
        (state, problems)
    }
}

fn suite_ran(test: &str, outcomes: &Outcomes) -> bool {
    outcomes.suites.iter().any(|suite| test.strip_prefix(suite.as_str()).is_some_and(|rest| rest.starts_with("::")))
}

/// `session_end_22_ticket` is number 22.
fn number(name: &str) -> Option<u32> {
    name.split('_').find_map(|word| word.parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state(tests: &[&str], unproved: &[&str], whole: bool) -> State {
        let outcomes = Outcomes {
            tests: BTreeMap::from([
                ("a::good".to_owned(), Outcome::Passed),
                ("a::bad".to_owned(), Outcome::Failed),
                ("a::off".to_owned(), Outcome::Ignored),
            ]),
            suites: vec!["a".to_owned()],
        };
        let own = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
        Scenario { title: String::new(), tests: own(tests), unproved: own(unproved) }.judge(&outcomes, whole).0
    }

    #[test]
    fn the_state_follows_from_the_run() {
        assert_eq!(state(&["a::good"], &[], true), State::Holds);
        assert_eq!(state(&["a::good"], &["German"], true), State::NotYet);
        assert_eq!(state(&[], &[], true), State::NotYet);
        assert_eq!(state(&["a::good", "a::bad"], &["German"], true), State::Broken);
        assert_eq!(state(&["a::good", "a::off"], &[], true), State::NotRun);
        assert_eq!(state(&["a::gone"], &[], false), State::Broken, "its suite ran");
        assert_eq!(state(&["b::other"], &[], false), State::NotRun);
        assert_eq!(state(&["b::other"], &[], true), State::Broken);
    }

    #[test]
    fn every_number_is_there_once() {
        assert!(Scenarios::parse("[settings_1_connect]\ntitle = \"Connect\"").is_err());
    }
}
