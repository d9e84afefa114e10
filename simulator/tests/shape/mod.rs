//! The shape of a document: which names and attributes stand where, and of what type a JSON value is. What they say is left out,
//! so that an answer can be held against a sample.

#![allow(dead_code, reason = "each test file uses its part")]

use quick_xml::{Reader, events::Event};
use serde_json::Value;
use std::{collections::BTreeSet, path::Path};

pub fn sample(name: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("samples").join(name))
        .unwrap_or_else(|problem| panic!("{name}: {problem}"))
}

/// `a/b` for elements, `a/b@c` for attributes; events go by their type, permissions by nothing but their name. Panics when the
/// document is not well-formed.
pub fn of_xml(text: &str) -> BTreeSet<String> {
    let mut shape = BTreeSet::new();
    walk(text, |path, attributes, _| {
        shape.insert(path.to_owned());
        shape.extend(attributes.iter().map(|(name, _)| format!("{path}@{name}")));
    });
    shape
}

/// Every value at this place: `a/b` or `a/b@c`. Namespaces are left out.
pub fn values(text: &str, wanted: &str) -> Vec<String> {
    let (place, attribute) = wanted.split_once('@').map_or((wanted, None), |(place, attribute)| (place, Some(attribute)));
    let mut found = Vec::new();
    walk(text, |path, attributes, content| {
        if path == place {
            match attribute {
                Some(wanted) => found.extend(attributes.iter().filter(|(name, _)| name == wanted).map(|(_, value)| value.clone())),
                None => found.push(content.to_owned()),
            }
        }
    });
    found
}

pub fn value(text: &str, wanted: &str) -> String {
    values(text, wanted).pop().unwrap_or_else(|| panic!("no {wanted} in {text}"))
}

type Attributes = Vec<(String, String)>;

fn walk(text: &str, mut visit: impl FnMut(&str, &Attributes, &str)) {
    assert!(text.starts_with("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\n<"), "a declaration and a blank line: {text}");
    let mut reader = Reader::from_str(text);
    let mut open: Vec<(String, Attributes, String)> = Vec::new();
    loop {
        let event = reader.read_event().unwrap_or_else(|problem| panic!("{problem} in {text}"));
        let (start, empty) = match event {
            Event::Start(start) => (start, false),
            Event::Empty(start) => (start, true),
            Event::End(_) => {
                close(&mut open, &mut visit);
                continue;
            }
            Event::Text(part) => {
                if let Some((_, _, content)) = open.last_mut() {
                    content.push_str(&part);
                }
                continue;
            }
            Event::GeneralRef(name) => {
                if let Some((_, _, content)) = open.last_mut() {
                    content.push_str(
                        quick_xml::escape::resolve_xml_entity(&name).unwrap_or_else(|| panic!("{name:?} is not one of the five")),
                    );
                }
                continue;
            }
            Event::Eof => break,
            _ => continue,
        };
        let attributes: Attributes = start
            .attributes()
            .map(|attribute| attribute.unwrap())
            .map(|attribute| {
                let name = attribute.key.as_ref().to_owned();
                (name, quick_xml::escape::unescape(&attribute.value).unwrap().into_owned())
            })
            .filter(|(name, _)| !name.starts_with("xmlns"))
            .collect();
        let mut name = start.name().as_ref().to_owned();
        if let Some((_, kind)) = attributes.iter().find(|(name, _)| name == "event_type") {
            name = format!("{name}[{kind}]");
        }
        open.push((name, attributes, String::new()));
        if empty {
            close(&mut open, &mut visit);
        }
    }
    assert!(open.is_empty(), "elements are left open in {text}");
}

fn close(open: &mut Vec<(String, Attributes, String)>, visit: &mut impl FnMut(&str, &Attributes, &str)) {
    let path = open.iter().map(|(name, _, _)| name.as_str()).collect::<Vec<_>>().join("/");
    if let Some((_, attributes, content)) = open.pop() {
        visit(&path, &attributes, &content);
    }
}

/// `a.b: number`; items of an array go together.
pub fn of_json(value: &Value) -> BTreeSet<String> {
    let mut shape = BTreeSet::new();
    json(value, "", &mut shape);
    shape
}

fn json(value: &Value, place: &str, shape: &mut BTreeSet<String>) {
    let kind = match value {
        Value::Null => "null",
        Value::Bool(_) => "bool",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(items) => {
            for item in items {
                json(item, &format!("{place}[]"), shape);
            }
            "array"
        }
        Value::Object(fields) => {
            for (name, value) in fields {
                json(value, &format!("{place}.{name}"), shape);
            }
            "object"
        }
    };
    shape.insert(format!("{place}: {kind}"));
}

/// Holds an answer against a sample.
pub fn assert_json(answer: &Value, name: &str) {
    let wanted: Value = serde_json::from_str(&sample(name)).unwrap();
    pretty(&of_json(answer), &of_json(&wanted), name);
}

/// Holds an answer against a sample.
pub fn assert_xml(answer: &str, name: &str) {
    pretty(&of_xml(answer), &of_xml(&sample(name)), name);
}

fn pretty(answer: &BTreeSet<String>, sample: &BTreeSet<String>, name: &str) {
    let more: Vec<_> = answer.difference(sample).collect();
    let less: Vec<_> = sample.difference(answer).collect();
    assert!(more.is_empty() && less.is_empty(), "{name}: the answer has more {more:#?} and less {less:#?}");
}
