//! A failure as people see it: what happened, what to do, and the buttons that do it. Which buttons those are, the panel says.

use super::{Frame, Tried};
use crate::rules::{
    failure::{Failure, FailureKind},
    wording::{Language, Message},
};

/// A failure in words.
pub(in crate::views) struct Told {
    pub(in crate::views) title: String,
    pub(in crate::views) detail: String,
    pub(in crate::views) advice: String,
}

impl Told {
    pub(in crate::views) fn new(failure: &Failure, language: Language) -> Self {
        Self { title: failure.title(language), detail: failure.detail(language), advice: failure.advice(language) }
    }
}

/// A button.
pub(in crate::views) struct Button {
    pub(in crate::views) action: &'static str,
    pub(in crate::views) label: String,
}

/// The failure's view; the first button stands out.
pub(in crate::views) struct FailedView {
    /// Its place, where the focus goes.
    pub(in crate::views) place: &'static str,
    pub(in crate::views) told: Told,
    /// TECHUNAVAILABLE is Halo's own word for it and stands out.
    pub(in crate::views) literal: bool,
    pub(in crate::views) buttons: Vec<Button>,
    pub(in crate::views) hint: Option<String>,
    /// They are on the clipboard.
    pub(in crate::views) copied: bool,
    /// They are shown, as the browser does not let us copy.
    pub(in crate::views) details: Option<String>,
}

impl FailedView {
    pub(in crate::views) fn new(frame: &Frame, failure: &Failure) -> Self {
        Self {
            place: "rs-alert",
            told: Told::new(failure, frame.language),
            literal: failure.kind == FailureKind::TechUnavailable,
            buttons: Vec::new(),
            hint: None,
            copied: frame.copied == Some(true),
            details: (frame.copied == Some(false)).then(|| frame.details(failure)),
        }
    }

    pub(in crate::views) fn with(mut self, action: &'static str, label: String) -> Self {
        self.buttons.push(Button { action, label });
        self
    }

    /// The way on when loading or signing in failed.
    pub(in crate::views) fn of_frame(frame: &Frame, failure: &Failure, tried: Tried) -> Self {
        let sign_in = tried == Tried::SigningIn || failure.kind == FailureKind::CookieBlocked;
        let (action, label) = if sign_in { ("sign-in", "ui.action.signIn") } else { ("retry", "ui.action.retry") };
        Self::new(frame, failure).with(action, frame.say(&Message::new(label)))
    }
}
