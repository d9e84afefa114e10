//! A panel at noon in London, played by its tests: what a person does, what the proxy answers, and what comes of it.

use super::{Effect, Event, Frame, Intl, Moment, Panel, Question};
use crate::{
    api::Me,
    rules::{
        failure::{Failure, FailureKind},
        wording::Language,
        words::{AgentId, UnixSeconds},
    },
};
use serde::Serialize;

pub(in crate::views) const NOON: UnixSeconds = 1_767_268_800;
pub(in crate::views) const HOSTILE: &str = "<img src=x onerror=alert(1)> \"q\" 'a' {{x}} \u{202e}live";

/// Plain words instead of the browser's.
const INTL: Intl = Intl {
    moment: |at, now, _| match at - now {
        0 => "12:00".to_owned(),
        seconds => format!("12:00 {}{} min", if seconds > 0 { "+" } else { "-" }, seconds.abs() / 60),
    },
    ago: |seconds, _| format!("{seconds} s ago"),
    span: |seconds, _| format!("{} min", seconds / 60),
    number: |number, _| number.to_string(),
    plural: |number, _| if number == 1 { "one" } else { "other" },
    without_case: crate::rules::names::without_case,
};

pub(in crate::views) fn frame(about: &str) -> Frame {
    Frame::new(about.to_owned(), Language::En, "https://support.example".to_owned(), "https://halo.example".to_owned(), INTL)
}

pub(in crate::views) fn me(administrator: bool) -> Me {
    Me { id: AgentId::new(42).unwrap(), name: "Priya Nair".to_owned(), is_administrator: administrator }
}

/// A panel with what it was told so far.
pub(in crate::views) struct Played<P> {
    pub(in crate::views) state: P,
    pub(in crate::views) now: UnixSeconds,
    chance: u8,
    /// What was asked last under each name.
    asked: Vec<Question>,
}

impl<P: Panel> Played<P> {
    pub(in crate::views) fn new(state: P) -> Self {
        Self { state, now: NOON, chance: 0, asked: Vec::new() }
    }
    pub(in crate::views) fn takes(&mut self, event: Event) -> Vec<Effect> {
        self.chance += 1;
        let effects = self.state.update(event, &Moment { now: self.now, random: [self.chance; 32] });
        for effect in &effects {
            if let Effect::Ask(question) = effect {
                self.asked.push(question.clone());
            }
        }
        effects
    }
    /// The last question of that name.
    pub(in crate::views) fn asked(&self, name: &'static str) -> Question {
        let found = self.asked.iter().rev().find(|question| question.name == name);
        found.cloned().unwrap_or_else(|| panic!("{name} was never asked for"))
    }
    pub(in crate::views) fn does(&mut self, action: &str, value: &str) -> Vec<Effect> {
        self.takes(Event::Did(action.to_owned(), value.to_owned()))
    }
    pub(in crate::views) fn answers(&mut self, name: &'static str, answer: &impl Serialize) -> Vec<Effect> {
        let asked = self.asked(name);
        self.answers_to(asked, answer)
    }
    /// The answer to a question that need not be the last one.
    pub(in crate::views) fn answers_to(&mut self, asked: Question, answer: &impl Serialize) -> Vec<Effect> {
        self.takes(Event::Answered(asked, Ok(serde_json::to_string(answer).unwrap())))
    }
    pub(in crate::views) fn refuses(&mut self, name: &'static str, failure: Failure) -> Vec<Effect> {
        let asked = self.asked(name);
        self.takes(Event::Answered(asked, Err(failure)))
    }
    pub(in crate::views) fn fails(&mut self, name: &'static str, kind: FailureKind) -> Vec<Effect> {
        let failure = Failure::new(kind).with("asked", "Ann Keller").with("host", "support.example");
        self.refuses(name, failure)
    }
    /// The HTML, one element a line.
    pub(in crate::views) fn html(&self) -> String {
        let html = self.state.html().replace("><", ">\n<");
        assert!(!html.contains("went wrong on our side"), "{html}");
        for code in ["ui.", "failure."] {
            assert!(!html.contains(&format!(">{code}")), "a text is not in the catalogue: {html}");
        }
        html
    }
    /// The labels of the buttons that can be pressed.
    pub(in crate::views) fn buttons(&self) -> Vec<String> {
        let html = self.html();
        html.lines()
            .filter_map(|line| Some(line.strip_prefix("<button")?.strip_suffix("</button>")?.split('>').nth(1)?.to_owned()))
            .collect()
    }
}

/// The effects in short: `GET me`, `POST invites`, `focus rs-done`, `again 5000 tick`, `emit …`.
pub(in crate::views) fn short(effects: &[Effect]) -> Vec<String> {
    let one = |effect: &Effect| match effect {
        Effect::Ask(question) => format!("{} {}", if question.body.is_some() { "POST" } else { "GET" }, question.path),
        Effect::Open { .. } => "open".to_owned(),
        Effect::Visit(address) => format!("visit {address}"),
        Effect::Focus(id) => format!("focus {id}"),
        Effect::Copy(_) => "copy".to_owned(),
        Effect::Emit(name, _) => format!("emit {name}"),
        Effect::Again(milliseconds, action) => format!("again {milliseconds} {action}"),
    };
    effects.iter().map(one).collect()
}

/// The body and idempotency key of the change among the effects.
pub(in crate::views) fn posted(effects: &[Effect]) -> (serde_json::Value, Option<String>) {
    let found = effects.iter().find_map(|effect| match effect {
        Effect::Ask(question) => Some((serde_json::from_str(question.body.as_ref()?).unwrap(), question.key.clone())),
        _ => None,
    });
    found.unwrap_or_else(|| panic!("nothing is changed: {effects:?}"))
}
