//! The view model of "My chats".

use super::State;
use crate::{
    api::{InviteState, OpenChat},
    rules::wording::Message,
    views::{
        pages::{self, Words},
        panel::FrameView,
    },
};
use askama::Template;

impl State {
    pub(super) fn page(&self) -> String {
        match self.invite() {
            Some(open) => open.page(Some(self.frame.say(&Message::new("ui.chats.heading")))),
            None => pages::html(&Panel::new(self), self.frame.language),
        }
    }
}

#[derive(Template)]
#[template(path = "chats/panel.html")]
struct Panel {
    words: Words,
    frame: FrameView,
    chats: Vec<Row>,
}

struct Row {
    id: String,
    name: String,
    /// Ticket, last message.
    facts: String,
    /// What became of its last invite: `done`, `todo`, and the words.
    invite: Option<(&'static str, String)>,
}

impl Panel {
    fn new(state: &State) -> Self {
        Self {
            words: Words(state.frame.language),
            frame: FrameView::new(&state.frame, "chats", false),
            chats: state.chats.iter().flatten().map(|chat| Row::new(state, chat)).collect(),
        }
    }
}

impl Row {
    fn new(state: &State, OpenChat { chat, changed, invite }: &OpenChat) -> Self {
        let frame = &state.frame;
        let number = || frame.say(&Message::new("ui.invite.chat").with("chat", chat.id));
        let name = Some(chat.name.clone()).filter(|name| !name.is_empty()).or_else(|| chat.user_name.clone());
        let ticket = chat.ticket.map_or_else(
            || frame.say(&Message::new("ui.chats.noTicket")),
            |ticket| frame.say(&Message::new("ui.invite.ticket").with("ticket", ticket)),
        );
        let ago = changed.map(|at| (frame.intl.ago)(frame.now - at, frame.language));
        let invite = invite.as_ref().map(|invite| {
            let (tone, code) = match super::invite::standing(invite, frame.now) {
                InviteState::Draft if super::invite::rests(invite) => ("bad", "state.rests"),
                InviteState::Draft => ("todo", "state.draft"),
                InviteState::Sent | InviteState::Unreported => ("done", "state.posted"),
                InviteState::Waiting => ("done", "state.waiting"),
                InviteState::Joined => ("done", "state.joined"),
                InviteState::Ended => ("done", "state.ended"),
                InviteState::Expired => ("bad", "state.expired"),
                InviteState::Revoked => ("bad", "state.revoked"),
            };
            (tone, frame.say(&Message::new(code)))
        });
        Self {
            id: chat.id.to_string(),
            name: name.unwrap_or_else(number),
            facts: std::iter::once(ticket).chain(ago).collect::<Vec<_>>().join(" · "),
            invite,
        }
    }
}
