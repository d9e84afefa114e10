//! A text is a code with arguments; the catalogue of the reader's language makes the sentence. Dates and numbers arrive
//! as arguments already worded; nothing is escaped here.

use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, sync::LazyLock};

/// A text as code and arguments, for example `routing.fallback` with `asked` and `name`.
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
    /// German.
    De,
}

impl Language {
    /// Every language, for tables and tests.
    pub const ALL: &'static [Self] = &[Self::En, Self::De];

    /// The language's own tag: `en`, `de`.
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::De => "de",
        }
    }

    /// The first of these tags, such as `de-AT`, that the catalogue has; English when it has none.
    pub fn first_of<'a>(tags: impl IntoIterator<Item = &'a str>) -> Self {
        let known = |tag: &str| {
            let primary = tag.split(['-', '_']).next().unwrap_or_default();
            Self::ALL.iter().copied().find(|language| language.tag().eq_ignore_ascii_case(primary))
        };
        tags.into_iter().find_map(known).unwrap_or_default()
    }

    fn catalogue(self) -> &'static Catalogue {
        static EN: LazyLock<Catalogue> = LazyLock::new(|| Catalogue::read(include_str!("wording/en.txt")));
        static DE: LazyLock<Catalogue> = LazyLock::new(|| Catalogue::read(include_str!("wording/de.txt")));
        match self {
            Self::En => &EN,
            Self::De => &DE,
        }
    }
}

/// The sentences of one language. They stay where they are in the embedded file, and are searched in its order: sorted.
struct Catalogue(Vec<(&'static str, &'static str)>);

impl Catalogue {
    /// Reads `code = sentence` lines; blank lines and lines that begin with `#` are for people.
    fn read(file: &'static str) -> Self {
        Self(file.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.split_once(" = ")).collect())
    }

    fn sentence(&self, code: &str) -> Option<&'static str> {
        let place = self.0.binary_search_by_key(&code, |(code, _)| code).ok()?;
        self.0.get(place).map(|(_, sentence)| *sentence)
    }
}

/// Every code of the language's catalogue, sorted.
pub fn codes(language: Language) -> impl Iterator<Item = &'static str> {
    language.catalogue().0.iter().map(|(code, _)| *code)
}

/// The sentence for a message; an unknown code is shown as it is rather than hidden.
#[must_use]
pub fn say(language: Language, message: &Message) -> String {
    let catalogue = language.catalogue();
    match catalogue.sentence(&message.code) {
        Some(sentence) => fill(catalogue, sentence, &message.args),
        None => message.code.clone(),
    }
}

/// Puts the arguments into a sentence, once: an argument that itself holds `{name}` is left alone. A state is said in the
/// sentence's language.
fn fill(catalogue: &Catalogue, sentence: &str, args: &BTreeMap<String, String>) -> String {
    let mut out = String::with_capacity(sentence.len() + 32);
    let mut rest = sentence;
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        match after.split_once('}') {
            Some((name, behind)) if is_name(name) => {
                let arg = args.get(name).map_or("…", String::as_str);
                let state = (name == "state").then(|| catalogue.sentence(&format!("state.{arg}"))).flatten();
                out.push_str(state.unwrap_or(arg));
                rest = behind;
            }
            _ => {
                out.push('{');
                rest = after;
            }
        }
    }
    out.push_str(rest);
    out
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphabetic() || b == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::failure::{Failure, FailureKind};
    use std::collections::BTreeSet;

    #[test]
    fn arguments_are_filled_in_by_name_and_only_once() {
        let args = BTreeMap::from([("a".to_owned(), "{b}".to_owned()), ("b".to_owned(), "two".to_owned())]);
        for (sentence, expected) in [
            ("no arguments", "no arguments"),
            ("{a} and {b}", "{b} and two"),
            ("{{b}}", "{two}"),
            ("{{ without }} stays", "{{ without }} stays"),
            ("{missing} is dotted", "… is dotted"),
            ("open {", "open {"),
            ("{}", "{}"),
        ] {
            assert_eq!(fill(Language::En.catalogue(), sentence, &args), expected);
        }
    }

    #[test]
    fn a_state_is_said_in_the_language_of_its_sentence_and_whatever_else_as_it_is() {
        let told = |args: &[(&str, &str)]| {
            let message = args.iter().fold(Message::new("failure.session_not_now.detail"), |message, (name, arg)| message.with(name, arg));
            say(Language::De, &message)
        };
        assert!(told(&[("state", "awaiting_report")]).contains("wartet auf den Bericht"));
        assert!(told(&[("state", "unheard of")]).contains("unheard of"));
        let named = Message::new("ui.life.lineChat").with("name", "written").with("state", "posted");
        let named = say(Language::De, &named);
        assert!(named.contains("written in Chat") && named.ends_with("eingeladen"), "{named}");
    }

    #[test]
    fn the_first_tag_that_the_catalogue_has_decides() {
        for (tags, language) in [
            (&["de-AT", "en"][..], Language::De),
            (&["fr", "DE_ch", "en"], Language::De),
            (&["en-GB", "de"], Language::En),
            (&["deu", "", "*"], Language::En),
            (&[], Language::En),
        ] {
            assert_eq!(Language::first_of(tags.iter().copied()), language, "{tags:?}");
        }
    }

    #[test]
    fn an_unknown_code_is_shown_rather_than_hidden() {
        assert_eq!(say(Language::En, &Message::new("no.such.code")), "no.such.code");
    }

    #[test]
    fn every_line_of_every_catalogue_is_read_and_no_code_stands_twice() {
        for (language, file) in [(Language::En, include_str!("wording/en.txt")), (Language::De, include_str!("wording/de.txt"))] {
            let lines = file.lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty()).count();
            assert_eq!(codes(language).count(), lines, "a line has no ` = `");
            let read: Vec<_> = codes(language).collect();
            for pair in read.windows(2) {
                assert!(pair[0] < pair[1], "{} stands twice or too late", pair[1]);
            }
            for (code, sentence) in &language.catalogue().0 {
                assert_eq!(sentence.trim(), *sentence, "{code} has white space around it");
                assert!(!sentence.is_empty(), "{code} is empty");
            }
        }
    }

    /// The arguments a sentence fills in, each once.
    fn arguments(sentence: &str) -> BTreeSet<&str> {
        let named = sentence.split('{').skip(1).filter_map(|rest| rest.split_once('}'));
        named.map(|(name, _)| name).filter(|name| is_name(name)).collect()
    }

    #[test]
    fn every_language_has_the_same_codes_and_arguments() {
        let english = &Language::En.catalogue().0;
        for language in Language::ALL {
            let theirs = codes(*language).collect::<Vec<_>>();
            assert_eq!(theirs, codes(Language::En).collect::<Vec<_>>(), "{language:?}");
            for ((code, original), (_, sentence)) in english.iter().zip(&language.catalogue().0) {
                assert_eq!(arguments(sentence), arguments(original), "{code} in {language:?}");
            }
        }
    }

    #[test]
    fn every_failure_has_title_detail_and_advice_in_every_language() {
        for language in Language::ALL {
            for kind in FailureKind::ALL {
                let failure = Failure::new(*kind);
                for text in [failure.title(*language), failure.detail(*language), failure.advice(*language)] {
                    assert!(!text.starts_with("failure."), "{text} is not in the catalogue");
                }
            }
            let known: Vec<_> = FailureKind::ALL.iter().map(|kind| format!("failure.{}.", kind.code())).collect();
            for code in codes(*language).filter(|code| code.starts_with("failure.")) {
                assert!(known.iter().any(|prefix| code.starts_with(prefix)), "{code} belongs to no failure");
            }
        }
    }
}
