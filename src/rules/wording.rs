//! A text is a code with arguments; the catalogue of the reader's language makes the sentence. Dates and numbers arrive
//! as arguments already worded.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A text as code and arguments, for example `routing.fallback` with `asked` and `team`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// Stable; a key of the catalogue.
    pub code: String,
    /// What the sentence fills in by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub args: BTreeMap<String, String>,
}

impl Message {
    /// The text with this code, no arguments yet.
    #[must_use]
    pub fn new(code: &str) -> Self {
        Self { code: code.to_owned(), args: BTreeMap::new() }
    }

    /// The same text with one argument more.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl ToString) -> Self {
        self.args.insert(name.to_owned(), value.to_string());
        self
    }
}

/// A language the catalogue has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// English.
    #[default]
    En,
}

/// The sentence for a message; an unknown code is shown as it is rather than hidden.
#[must_use]
pub fn say(language: Language, message: &Message) -> String {
    let _ = language;
    message.code.clone()
}
