//! Every text the product says is in the catalogue, and nothing else is: code and catalogue are read side by side. Whether
//! a sentence is a good one is for people to say.

#![allow(clippy::disallowed_methods, clippy::string_slice, clippy::unwrap_used, missing_docs, reason = "a test that reads files")]

#[path = "rules/sources.rs"]
mod sources;

use halo_remote_support::{
    api::SessionState,
    rules::wording::{Language, codes},
};
use sources::files;
use std::collections::BTreeSet;

/// The string literals of a source, as far as they are one line without escapes.
fn literals(source: &str) -> impl Iterator<Item = &str> {
    source.lines().filter(|line| !line.trim_start().starts_with("//")).flat_map(|line| line.split('"').skip(1).step_by(2))
}

/// Whether a literal such as `settings.{which}.refused` can become this code.
fn makes(literal: &str, code: &str) -> bool {
    let mut fixed = literal.split('{').flat_map(|part| part.split('}').next_back());
    let mut rest = code;
    fixed.next().is_some_and(|first| rest.strip_prefix(first).map(|behind| rest = behind).is_some())
        && fixed.all(|part| rest.find(part).map(|at| rest = &rest[at + part.len()..]).is_some())
        && (rest.is_empty() || literal.ends_with('}'))
}

/// `routing.fallback`, `settings.{which}.refused`.
fn is_code_of(group: &str, literal: &str) -> bool {
    let behind = literal.strip_prefix(group).and_then(|rest| rest.strip_prefix('.'));
    behind.is_some_and(|behind| {
        !behind.is_empty() && !behind.ends_with('.') && behind.chars().all(|c| c.is_alphanumeric() || "._{}".contains(c))
    })
}

#[test]
fn every_code_that_rules_use_is_in_the_catalogue() {
    let known: Vec<_> = codes(Language::En).collect();
    for (path, source) in [files("src/rules", &["rs"]), files("report/src", &["rs"])].concat() {
        for literal in literals(&source) {
            if ["disposition", "names", "note", "report", "routing", "settings", "template"].iter().any(|group| is_code_of(group, literal))
            {
                assert!(known.iter().any(|code| makes(literal, code)), "{literal} in {} is not in the catalogue", path.display());
            }
        }
    }
}

#[test]
fn every_text_of_a_view_is_in_the_catalogue() {
    let known: Vec<_> = codes(Language::En).collect();
    for (path, source) in files("src/views", &["html"]) {
        for code in source.split("words.").skip(1).filter_map(|call| call.split('"').nth(1)) {
            assert!(known.contains(&code), "{code} in {} is not in the catalogue", path.display());
        }
    }
}

#[test]
fn every_code_in_the_catalogue_is_used() {
    let sources = [files("src", &["rs", "html"]), files("report/src", &["rs"]), files("proxy/src", &["rs"])].concat();
    let used: BTreeSet<_> = sources.iter().flat_map(|(_, source)| literals(source)).filter(|literal| literal.contains('.')).collect();
    // `failure.` and `ui.` have owners with tests of their own.
    let own = |code: &&str| !code.starts_with("failure.") && !code.starts_with("ui.");
    let group = |code: &str| code.split('.').next().unwrap().to_owned();
    let is_used = |code: &&str| used.iter().any(|literal| is_code_of(&group(code), literal) && makes(literal, code));
    let unused: Vec<_> = codes(Language::En).filter(own).filter(|code| !is_used(code)).collect();
    assert_eq!(unused, Vec::<&str>::new());
}

#[test]
fn every_state_of_a_session_has_a_word() {
    for state in SessionState::ALL {
        assert!(codes(Language::En).any(|code| code.strip_prefix("state.") == Some(state.word())), "{state:?}");
    }
}

#[test]
fn a_pattern_makes_what_it_says_and_no_more() {
    for (literal, code, expected) in [
        ("routing.fallback", "routing.fallback", true),
        ("routing.fallback", "routing.fallbackOff", false),
        ("settings.{which}.{what}", "settings.mail.refused", true),
        ("settings.{which}.noLink", "settings.mail.noLink", true),
        ("settings.{which}.noLink", "settings.mail.refused", false),
    ] {
        assert_eq!(makes(literal, code), expected, "{literal} / {code}");
    }
}
