//! "My chats": the agent's open chats, each with a way to invite its customer. The invite itself is the invite panel's room.

mod view;

use super::{
    invite::{self, About},
    panel::{Effect, Event, Flow, Frame, Moment, Panel, Stage, Tried, read},
};
use crate::{
    api::{Chats, OpenChat},
    rules::{
        failure::{Failure, FailureKind},
        words::ChatId,
    },
};

/// Everything the panel knows.
#[derive(Clone, Debug)]
pub struct State {
    /// Who is signed in.
    pub frame: Frame,
    /// The chats, once they were listed.
    pub chats: Option<Vec<OpenChat>>,
    /// Seconds until they are worth another look.
    look_again: u32,
    /// The chat whose customer is being invited.
    pub open: Option<Box<invite::State>>,
}

impl Panel for State {
    fn update(&mut self, event: Event, moment: &Moment) -> Vec<Effect> {
        if let Some(effects) = self.open(&event, moment) {
            return effects;
        }
        match self.frame.take(event, moment) {
            Flow::Done(effects) => effects,
            Flow::Begin => vec![Self::look()],
            Flow::Go(Event::Did(action, value)) => self.did(&action, &value, moment),
            Flow::Go(Event::Answered("chats", answer)) => self.listed(read(answer)),
            Flow::Go(Event::Answered(..)) => Vec::new(),
        }
    }

    fn html(&self) -> String {
        self.page()
    }

    fn takes_key(&self, action: &str, key: &str) -> bool {
        self.open.as_ref().is_some_and(|open| open.takes_key(action, key))
    }
}

impl State {
    /// The panel before anything was asked.
    #[must_use]
    pub const fn new(frame: Frame) -> Self {
        Self { frame, chats: None, look_again: 0, open: None }
    }

    fn look() -> Effect {
        Effect::get("chats", "chats")
    }

    /// What is the open chat's, is answered there.
    fn open(&mut self, event: &Event, moment: &Moment) -> Option<Vec<Effect>> {
        let open = self.open.as_mut()?;
        match event {
            Event::Did(action, _) if action == "back" => {
                self.open = None;
                self.frame.follow = true;
                Some(vec![Effect::Focus("rs-heading"), Self::look()])
            }
            Event::Answered("chats", _) => None,
            event => Some(open.update(event.clone(), moment)),
        }
    }

    fn did(&mut self, action: &str, value: &str, moment: &Moment) -> Vec<Effect> {
        match action {
            "tick" if self.frame.stage == Stage::Open => vec![Self::look()],
            "chat" => value.parse().map(|chat| self.choose(chat, moment)).unwrap_or_default(),
            _ => Vec::new(),
        }
    }

    fn choose(&mut self, chat: ChatId, moment: &Moment) -> Vec<Effect> {
        let about = About::Chat(chat);
        let mut frame = self.frame.clone();
        (frame.about, frame.stage, frame.now) = (about.words(self.frame.language), Stage::Loading, moment.now);
        let mut open = invite::State::new(about, frame);
        let effects = open.begin();
        self.open = Some(Box::new(open));
        effects
    }

    fn listed(&mut self, result: Result<Chats, Failure>) -> Vec<Effect> {
        match result {
            Ok(Chats { chats, look_again }) => (self.chats, self.look_again) = (Some(chats), look_again),
            // What is on screen stays useful.
            Err(failure) if self.chats.is_some() && failure.kind != FailureKind::SignedOut => {}
            Err(failure) => return self.frame.fail(failure, Tried::Loading),
        }
        if self.open.is_some() {
            return Vec::new();
        }
        let again = Effect::Again(self.look_again.clamp(3, 60) * 1000, "tick");
        [vec![again], self.frame.open()].concat()
    }
}

#[cfg(test)]
mod tests;
