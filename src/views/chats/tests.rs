//! Every state of "My chats" as HTML, and what leads from one to the next.

use super::State;
use crate::{
    api::{ChatSummary, Chats, OpenChat},
    rules::{
        failure::FailureKind,
        words::{ChatId, TicketId},
    },
    views::panel::played::{HOSTILE, NOON, Played, frame, me, short},
};

fn chat(id: u32, name: &str, ticket: Option<u32>) -> OpenChat {
    let chat = ChatSummary {
        id: ChatId::new(id).unwrap(),
        name: name.to_owned(),
        user_name: None,
        ticket: ticket.and_then(TicketId::new),
        open: true,
    };
    OpenChat { chat, changed: Some(NOON - 40), invite: None }
}

fn panel(chats: &[OpenChat]) -> Played<State> {
    let mut panel = Played::new(State::new(frame("")));
    panel.does("start", "");
    assert_eq!(short(&panel.answers("me", &me(false))), ["GET chats"]);
    panel.answers("chats", &Chats { chats: chats.to_vec(), look_again: 15 });
    panel
}

#[test]
fn invites_7_my_chats_lead_to_the_invite_and_back() {
    let mut panel = panel(&[chat(640, "Connor Blake", None), chat(643, "", Some(1161))]);
    insta::assert_snapshot!("listed", panel.html());
    assert_eq!(short(&panel.does("tick", "")), ["GET chats"]);
    assert_eq!(short(&panel.does("chat", "640")), ["GET channels?chat=640", "GET invites?chat=640"]);
    insta::assert_snapshot!("opening", panel.html());
    assert!(panel.does("chat", "nonsense").is_empty());
    assert_eq!(panel.answers("chats", &Chats { chats: Vec::new(), look_again: 15 }), [], "the open chat has the clock");
    assert_eq!(short(&panel.does("back", "")), ["focus rs-heading", "GET chats"]);
    assert!(panel.html().contains("You have no open chat"));
}

#[test]
fn what_fails_is_told_and_what_is_on_screen_stays() {
    let mut panel = panel(&[chat(640, HOSTILE, None)]);
    assert!(!panel.html().contains("<img"));
    assert_eq!(panel.fails("chats", FailureKind::HaloBusy).len(), 1, "looked at again");
    panel.fails("chats", FailureKind::SignedOut);
    insta::assert_snapshot!("signed_out", panel.html());
}
