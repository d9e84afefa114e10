//! Keeps the decisions and the views pure, and the arrows between the rooms one-way, by reading the sources. What a
//! source does at run time is not judged here; clippy.toml bans the same calls by their real paths.

#![allow(clippy::disallowed_methods, clippy::string_slice, clippy::unwrap_used, missing_docs, reason = "a test that reads files")]

#[path = "rules/sources.rs"]
mod sources;

use sources::files;
use std::collections::BTreeSet;

/// Parts of `std` that reach the world outside.
const IMPURE_STD: &[&str] = &["env", "fs", "io", "net", "os", "process", "thread", "time"];
/// Words that mean the same wherever they stand.
const IMPURE_WORDS: &[&str] = &[
    "SystemTime",
    "Instant",
    "now_utc",
    "now_local",
    "rand",
    "getrandom",
    "RandomState",
    "async",
    "await",
    "Future",
    "tokio",
    "js_sys",
    "web_sys",
    "wasm_bindgen",
    "wasm_bindgen_futures",
    "gloo",
    "tsify",
    "unsafe",
    "println",
    "eprintln",
    "print",
    "eprint",
    "dbg",
    "Mutex",
    "RwLock",
    "thread_local",
    "static_mut",
];

/// Which rooms a source may not name: (folder or file, rooms behind `crate::` or `super::`).
const ARROWS: &[(&str, &[&str])] =
    &[("src/rules", &["views", "browser", "api"]), ("src/views", &["browser"]), ("src/api.rs", &["views", "browser"])];

/// What makes a source impure.
fn impurities(source: &str) -> Vec<String> {
    let code = code(source);
    let mut found: Vec<_> = named_behind(&code, "std")
        .into_iter()
        .filter(|name| IMPURE_STD.contains(&name.as_str()))
        .map(|name| format!("std::{name}"))
        .collect();
    let words = code.split(|c: char| !(c.is_alphanumeric() || c == '_'));
    found.extend(words.filter(|word| IMPURE_WORDS.contains(word)).map(str::to_owned));
    found
}

/// The rooms a source names although it may not.
fn wrong_arrows(source: &str, forbidden: &[&str]) -> BTreeSet<String> {
    let code = code(source);
    ["crate", "super"].iter().flat_map(|root| named_behind(&code, root)).filter(|room| forbidden.contains(&room.as_str())).collect()
}

/// The source without comments and without `cfg_attr` attributes, which may name crates of the browser side.
fn code(source: &str) -> String {
    let lines = source.lines().map(|line| if line.trim_start().starts_with("//") { "" } else { line.split(" // ").next().unwrap() });
    let mut code = lines.collect::<Vec<_>>().join("\n");
    while let Some(from) = code.find("#[cfg_attr(") {
        let to = closing(&code[from + 1..], '[', ']').map_or(code.len(), |length| from + 1 + length);
        code.replace_range(from..to, "");
    }
    code
}

/// What stands directly behind `root::`, also in a group: `use std::{fs, net::TcpStream}` names `fs` and `net`.
fn named_behind(code: &str, root: &str) -> Vec<String> {
    let path = format!("{root}::");
    let behind = code.match_indices(&path).filter(|(at, _)| !code[..*at].ends_with(|c: char| c.is_alphanumeric() || c == '_'));
    behind.flat_map(|(at, _)| heads(&code[at + path.len()..])).collect()
}

fn heads(path: &str) -> Vec<String> {
    let path = path.trim_start();
    if let Some(inner) = path.strip_prefix('{') {
        let group = &inner[..closing(path, '{', '}').map_or(inner.len(), |length| length - 2)];
        let mut depth = 0;
        return group
            .split(|c| {
                depth += i32::from(c == '{') - i32::from(c == '}');
                depth == 0 && c == ','
            })
            .flat_map(heads)
            .collect();
    }
    let name: String = path.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
    if name == "super" { path.strip_prefix("super::").map_or(vec![], heads) } else { vec![name] }
}

/// Length of the text up to and with the bracket that closes the first one.
fn closing(text: &str, open: char, close: char) -> Option<usize> {
    let mut depth = 0;
    for (at, c) in text.char_indices() {
        depth += i32::from(c == open) - i32::from(c == close);
        if depth == 0 && c == close {
            return Some(at + 1);
        }
    }
    None
}

#[test]
fn rules_and_views_have_no_outside_world() {
    for folder in ["src/rules", "src/views", "report/src"] {
        let files = files(folder, &["rs"]);
        assert!(!files.is_empty(), "{folder} was not found");
        for (path, source) in files {
            assert_eq!(impurities(&source), Vec::<String>::new(), "{} is not pure", path.display());
        }
    }
}

#[test]
fn no_view_switches_escaping_off_or_needs_a_lax_policy() {
    let templates = files("src/views", &["html"]);
    assert!(templates.len() >= 10);
    for (path, source) in templates {
        for word in ["|safe", "| safe", "|e(", "autoescape", "style=", "<script", "javascript:"] {
            assert!(!source.contains(word), "{} has {word}", path.display());
        }
    }
}

#[test]
fn arrows_run_one_way() {
    for (place, forbidden) in ARROWS {
        for (path, source) in files(place, &["rs"]) {
            assert_eq!(wrong_arrows(&source, forbidden), BTreeSet::new(), "{} uses a room it must not know", path.display());
        }
    }
}

/// The lines of a table of a Cargo.toml.
fn table<'t>(manifest: &'t str, name: &str) -> Vec<&'t str> {
    let lines = manifest.lines().map(str::trim).skip_while(|line| *line != format!("[{name}]")).skip(1);
    lines.take_while(|line| !line.starts_with('[')).filter(|line| !line.is_empty() && !line.starts_with('#')).collect()
}

#[test]
fn crates_depend_one_way() {
    let manifest = |path: &str| files(path, &["toml"]).remove(0).1;
    for dependency in table(&manifest("Cargo.toml"), "dependencies") {
        let name = dependency.split([' ', '=', '.']).next().unwrap();
        let web_or_io = ["wasm-bindgen", "js-sys", "web-sys", "tokio", "reqwest", "rand", "getrandom", "rusqlite", "axum"];
        assert!(!web_or_io.contains(&name), "the plugin's native build must not know {name}");
    }
    let product =
        |path: &str| manifest(path).lines().filter(|line| line.starts_with("halo-remote-support ")).map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(product("simulator/Cargo.toml"), Vec::<String>::new(), "the simulator shares no type with the product");
    for line in product("proxy/Cargo.toml") {
        assert!(line.contains("default-features = false") && !line.contains("views"), "the proxy is built without views: {line}");
    }
}

#[test]
fn each_kind_of_offence_is_caught() {
    for (source, expected) in [
        ("use std::fs;", vec!["std::fs"]),
        ("use std::{collections::BTreeMap, env};", vec!["std::env"]),
        ("use std::{\n    net::{Ipv4Addr, TcpStream},\n    fmt,\n};", vec!["std::net"]),
        ("let t = std::time::SystemTime::now();", vec!["std::time", "SystemTime"]),
        ("let t = time::OffsetDateTime::now_utc();", vec!["now_utc"]),
        ("pub async fn load() { fetch().await }", vec!["async", "await"]),
        ("use wasm_bindgen::prelude::*;", vec!["wasm_bindgen"]),
        ("let n: u64 = rand::random();", vec!["rand"]),
        ("#[cfg(target_arch = \"wasm32\")]\nfn f() { js_sys::Date::now(); }", vec!["js_sys"]),
        ("println!(\"{x}\");", vec!["println"]),
        ("#[cfg_attr(target_arch = \"wasm32\", derive(tsify::Tsify))]\nstruct A; fn f() { web_sys::window(); }", vec!["web_sys"]),
        // Harmless:
        ("// std::fs is not used here\nuse core::net::Ipv4Addr;", vec![]),
        ("use std::{fmt::{self, Write}, sync::LazyLock};", vec![]),
        ("#[cfg_attr(\n    target_arch = \"wasm32\",\n    derive(tsify::Tsify)\n)]\nstruct A;", vec![]),
        ("let operand = a; mystd::fs();", vec![]),
    ] {
        assert_eq!(impurities(source), expected, "{source}");
    }
    for (source, expected) in [
        ("use crate::views::invite;", vec!["views"]),
        ("use crate::{rules::words, browser::client};", vec!["browser"]),
        ("use super::super::views;", vec!["views"]),
        ("crate::api::Me", vec!["api"]),
        ("use super::{names::Nfkc, words::AgentId};", vec![]),
        ("//! What [`crate::views`] show.", vec![]),
    ] {
        let expected: BTreeSet<_> = expected.into_iter().map(str::to_owned).collect();
        assert_eq!(wrong_arrows(source, &["views", "browser", "api"]), expected, "{source}");
    }
}
