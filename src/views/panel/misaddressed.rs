//! A panel whose element or page does not say what it is about: Halo left its variable as it was, or somebody mistyped. It says
//! so, and asks nothing.

use super::{Effect, Event, FailedView, Flow, Frame, FrameView, Moment, Panel, Stage, Tried};
use crate::{
    rules::failure::{Failure, FailureKind},
    views::pages::{self, Words},
};
use askama::Template;

/// The panel.
#[derive(Clone, Debug)]
pub struct Misaddressed {
    frame: Frame,
    /// The group of the texts of the panel that was meant.
    room: &'static str,
    failure: Failure,
}

impl Misaddressed {
    /// For a panel whose ticket, chat or asset (`unknown` says which) is this text.
    #[must_use]
    pub fn new(room: &'static str, text: &str, unknown: FailureKind, frame: Frame) -> Self {
        let text = text.trim();
        let kind = match text {
            "" => FailureKind::AboutMissing,
            _ if text.contains(['$', '{', '}']) => FailureKind::SearchUnsubstituted,
            _ => unknown,
        };
        let failure = ["text", "ticket", "chat", "asset"].into_iter().fold(Failure::new(kind), |failure, name| failure.with(name, text));
        Self { frame, room, failure }
    }
}

impl Panel for Misaddressed {
    fn update(&mut self, event: Event, moment: &Moment) -> Vec<Effect> {
        if matches!(&event, Event::Did(action, _) if action == "start") {
            return self.frame.fail(self.failure.clone(), Tried::Doing);
        }
        match self.frame.take(event, moment) {
            Flow::Done(effects) => effects,
            Flow::Begin | Flow::Go(_) => Vec::new(),
        }
    }

    fn html(&self) -> String {
        let mut frame = FrameView::new(&self.frame, self.room, false);
        if let Stage::Failed(failure, _) = &self.frame.stage {
            frame.failed = Some(FailedView::new(&self.frame, failure));
        }
        pages::html(&Page { words: Words(self.frame.language), frame }, self.frame.language)
    }
}

#[derive(Template)]
#[template(path = "panel/misaddressed.html")]
struct Page {
    words: Words,
    frame: FrameView,
}
