//! What all views share: the words of the reader's language, the escaping of every value, and a view's way to HTML. What
//! stands in a view model is decided elsewhere.

use crate::rules::{
    failure::{Failure, FailureKind},
    template::escape,
    wording::{Language, Message, say},
};
use askama::{Template, filters::Escaper};
use std::fmt;

/// The texts of the catalogue, for templates: `{{ words.say("ui.x") }}`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Words(pub(super) Language);

impl Words {
    pub(super) fn say(self, code: &str) -> String {
        say(self.0, &Message::new(code))
    }

    #[cfg(feature = "panels")]
    pub(super) fn with(self, code: &str, name: &str, value: impl ToString) -> String {
        say(self.0, &Message::new(code).with(name, value))
    }
}

/// Escapes what a template puts in (see askama.toml).
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Escaped;

impl Escaper for Escaped {
    fn write_escaped_str<W: fmt::Write>(&self, mut out: W, text: &str) -> fmt::Result {
        out.write_str(&escape(text))
    }
}

/// The HTML of a view. One that fails is a fault of ours and shown as one, never as an empty box.
pub(super) fn html(view: &impl Template, language: Language) -> String {
    view.render().unwrap_or_else(|error| broken(&error, language))
}

fn broken(error: &askama::Error, language: Language) -> String {
    let failure = Failure::new(FailureKind::Internal).with("reference", error);
    let [title, detail] = [failure.title(language), failure.detail(language)].map(|text| escape(&text));
    format!("<section class=\"panel\"><div class=\"body\" role=\"alert\"><h3>{title}</h3><p>{detail}</p></div></section>")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_view_that_fails_says_so() {
        let html = broken(&askama::Error::Fmt, Language::En);
        assert!(html.contains("role=\"alert\"") && html.contains("<h3>"), "{html}");
    }
}
