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
use std::collections::BTreeMap;

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
    pub open: Option<ChatId>,
    /// It, and others with something in them that is not sent yet.
    invites: BTreeMap<ChatId, invite::State>,
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
            Flow::Go(Event::Answered(_, answer)) => self.listed(read(answer)),
        }
    }

    fn html(&self) -> String {
        self.page()
    }

    fn takes_key(&self, action: &str, key: &str) -> bool {
        self.invite().is_some_and(|open| open.takes_key(action, key))
    }
}

impl State {
    /// The panel before anything was asked.
    #[must_use]
    pub const fn new(frame: Frame) -> Self {
        Self { frame, chats: None, look_again: 0, open: None, invites: BTreeMap::new() }
    }

    fn look() -> Effect {
        Effect::get("chats", "chats")
    }

    /// The open chat's invite.
    pub(super) fn invite(&self) -> Option<&invite::State> {
        self.invites.get(&self.open?)
    }

    /// What is an invite's, is answered there, be its chat open by now or not.
    fn open(&mut self, event: &Event, moment: &Moment) -> Option<Vec<Effect>> {
        let open = self.open;
        match event {
            Event::Did(action, _) if action == "back" => {
                let chat = self.open.take()?;
                // What was written stays, and so does what is under way.
                if self.invites.get(&chat).is_some_and(invite::State::is_at_rest) {
                    self.invites.remove(&chat);
                }
                self.frame.follow = true;
                Some(vec![Effect::Focus("rs-heading"), Self::look()])
            }
            Event::Answered(asked, _) if asked.name == "chats" => None,
            Event::Answered(asked, _) if matches!(asked.name, "me" | "exchange") => {
                Some(self.invites.get_mut(&open?)?.update(event.clone(), moment))
            }
            Event::Answered(asked, _) => {
                let found = self.invites.iter_mut().find(|(_, invite)| invite.has_asked(asked));
                let Some((chat, invite)) = found else { return Some(Vec::new()) };
                let mut effects = invite.update(event.clone(), moment);
                if Some(*chat) != open {
                    // Nobody sees it: it takes no focus and has no clock.
                    effects.retain(|effect| matches!(effect, Effect::Emit(..) | Effect::Ask(..)));
                }
                Some(effects)
            }
            event @ Event::Did(..) => Some(self.invites.get_mut(&open?)?.update(event.clone(), moment)),
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
        self.open = Some(chat);
        let about = About::Chat(chat);
        let invite = self.invites.entry(chat).or_insert_with(|| {
            let mut frame = self.frame.clone();
            (frame.about, frame.stage) = (about.words(self.frame.language), Stage::Loading);
            invite::State::new(about, frame)
        });
        invite.frame.now = moment.now;
        if invite.frame.stage != Stage::Open {
            (invite.frame.stage, invite.frame.me) = (Stage::Loading, self.frame.me.clone());
        }
        let clock = (invite.frame.stage == Stage::Open).then(|| invite.life.clock());
        invite.begin().into_iter().chain(clock).collect()
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
