//! Moments, spans and numbers as people write them in their language. The browser's `Intl` knows how; it is handed in, so that
//! nothing here depends on it.

use crate::rules::{
    wording::{Language, Message},
    words::UnixSeconds,
};

/// What the browser knows of languages, as far as panels need it: its `Intl`, and upper and lower case.
#[derive(Clone, Copy, Debug)]
pub struct Intl {
    /// A moment, seen from now: `12:02`, `tomorrow, 12:02`, `4 Mar 2026, 12:02`.
    pub moment: fn(UnixSeconds, UnixSeconds, Language) -> String,
    /// How many seconds ago: `5 min ago`.
    pub ago: fn(i64, Language) -> String,
    /// A span of seconds: `24 h`.
    pub span: fn(u64, Language) -> String,
    /// A number.
    pub number: fn(u64, Language) -> String,
    /// The plural's category: `one`, `other`.
    pub plural: fn(u64, Language) -> &'static str,
    /// A text without regard to case, for searching: the tables for that are large, and the browser has them.
    pub without_case: fn(&str) -> String,
}

impl Intl {
    /// The sentence `code.<category>` for so many.
    #[must_use]
    pub fn count(&self, code: &str, count: u64, language: Language) -> Message {
        Message::new(&format!("{code}.{}", (self.plural)(count, language))).with("count", (self.number)(count, language))
    }
}
