//! The invite panel, for a ticket or a live chat: its states. What happens in them is `update`'s and `send`'s business, what
//! became of earlier invites `life`'s, what is seen `view`'s.

mod draft;
mod form;
mod life;
mod send;
mod update;
mod view;

use super::panel::{Effect, Event, Flow, Frame, Moment, Panel};
use crate::{
    api::{Channels, Invite},
    rules::{
        failure::Failure,
        wording::{Language, Message, say},
        words::{Channel, ChatId, TicketId, UnixSeconds},
    },
};
pub use draft::Draft;
pub use life::Life;
pub(super) use life::{rests, standing};

/// What an invite is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum About {
    /// A ticket: by mail, or into one of its open chats.
    Ticket(TicketId),
    /// A live chat.
    Chat(ChatId),
}

impl About {
    /// As a query of the proxy.
    fn query(self) -> String {
        match self {
            Self::Ticket(ticket) => format!("ticket={ticket}"),
            Self::Chat(chat) => format!("chat={chat}"),
        }
    }

    /// As people read it.
    #[must_use]
    pub fn words(self, language: Language) -> String {
        match self {
            Self::Ticket(ticket) => say(language, &Message::new("ui.invite.ticket").with("ticket", ticket)),
            Self::Chat(chat) => say(language, &Message::new("ui.invite.chat").with("chat", chat)),
        }
    }
}

/// Everything the panel knows.
#[derive(Clone, Debug)]
pub struct State {
    /// Who is signed in.
    pub frame: Frame,
    /// What the invite is about.
    pub about: About,
    /// What is going on, once the frame is open.
    pub phase: Phase,
    /// What the proxy offers, and when it said so.
    pub channels: Option<(Channels, UnixSeconds)>,
    /// What was typed into the search box.
    pub query: String,
    /// Who is to take the session.
    pub selected: Option<Channel>,
    /// The chat to post to; none: a mail.
    pub place: Option<ChatId>,
    /// Recipient and text; kept until the invite is sent.
    pub draft: Draft,
    /// Earlier invites and what became of them.
    pub life: Life,
}

/// What is going on.
#[derive(Clone, Debug, PartialEq)]
pub enum Phase {
    /// Everything can be chosen.
    Ready,
    /// The proxy is at it.
    Sending,
    /// The proxy is finding out whether it went out.
    InDoubt(Box<Invite>),
    /// A colleague has just invited: shall another go out?
    Asking(Failure),
    /// It could not be posted: told beside the button, with everything as it was.
    Refused(Failure),
}

impl Panel for State {
    fn update(&mut self, event: Event, moment: &Moment) -> Vec<Effect> {
        match self.frame.take(event, moment) {
            Flow::Done(effects) => effects,
            Flow::Begin => self.begin(),
            Flow::Go(Event::Did(action, value)) => self.did(&action, value, moment),
            Flow::Go(Event::Answered(asked, answer)) => self.answered(&asked, answer),
        }
    }

    fn html(&self) -> String {
        self.page(None)
    }

    fn takes_key(&self, action: &str, key: &str) -> bool {
        match action {
            "channels:keydown" => matches!(key, "ArrowDown" | "ArrowUp" | "Home" | "End"),
            // Enter would send to whoever is chosen, seen or not.
            "search:keydown" => matches!(key, "ArrowDown" | "ArrowUp" | "Enter"),
            _ => false,
        }
    }
}

#[cfg(test)]
pub(super) mod tests;
