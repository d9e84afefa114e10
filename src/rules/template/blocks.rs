//! Decides with Handlebars which branches of a template are shown. The texts are filled in and escaped before, and reach
//! it as data only: it sees the skeleton of blocks, never a value.

use super::{TemplateProblem, scan::Tag};
use crate::rules::wording::Message;
use handlebars::Handlebars;
use serde_json::json;
use std::{borrow::Cow, collections::BTreeMap, fmt::Write};

/// A part of a template with its values.
pub(super) enum Filled<'t> {
    Text(Cow<'t, str>),
    Tag(Tag<'t>),
}

impl Filled<'_> {
    pub(super) fn text(&self) -> &str {
        match self {
            Self::Text(text) => text,
            Self::Tag(_) => "",
        }
    }
}

/// The text of all branches that are shown.
pub(super) fn evaluate(parts: &[Filled<'_>], says_something: impl Fn(&str) -> bool) -> Result<String, Vec<TemplateProblem>> {
    let mut skeleton = String::new();
    let mut shown = BTreeMap::new();
    for (place, part) in parts.iter().enumerate() {
        let _ = match part {
            Filled::Text(_) => write!(skeleton, "{{{{{{texts.[{place}]}}}}}}"),
            Filled::Tag(tag) => write!(skeleton, "{}", tag.typed(|name| _ = shown.insert(name, says_something(name)))),
        };
    }
    let texts: Vec<_> = parts.iter().map(Filled::text).collect();
    Handlebars::new().render_template(&skeleton, &json!({ "texts": texts, "shown": shown })).map_err(|error| {
        // The scan lets only balanced blocks through, so this is a fault of ours; still a sentence, not a panic.
        vec![TemplateProblem { message: Message::new("template.broken").with("text", error), refused: true, line: 1, column: 1 }]
    })
}

impl<'t> Tag<'t> {
    fn typed(self, mut name_used: impl FnMut(&'t str)) -> String {
        if let Self::If(name) | Self::Unless(name) | Self::ElseIf(name) = self {
            name_used(name);
        }
        match self {
            Self::If(name) => format!("{{{{#if shown.{name}}}}}"),
            Self::Unless(name) => format!("{{{{#unless shown.{name}}}}}"),
            Self::ElseIf(name) => format!("{{{{else if shown.{name}}}}}"),
            Self::Else => "{{else}}".to_owned(),
            Self::EndIf => "{{/if}}".to_owned(),
            Self::EndUnless => "{{/unless}}".to_owned(),
        }
    }
}
