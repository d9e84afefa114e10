//! Every state of "My chats" as HTML, and what leads from one to the next.

use super::State;
use crate::{
    api::{Channels, ChatSummary, Chats, OpenChat},
    rules::{
        failure::{Failure, FailureKind},
        words::{ChatId, TicketId},
    },
    views::invite::tests::played::offered as of_ticket,
    views::panel::{
        Event,
        played::{HOSTILE, NOON, Played, frame, me, short},
    },
};
use serde_json::json;

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

/// What there is to choose from in a chat.
fn offered(id: u32) -> Channels {
    Channels { ticket: None, chat: Some(chat(id, "Connor Blake", None).chat), ..of_ticket(true, "Ann Keller") }
}

#[test]
fn invites_7_each_answer_reaches_the_chat_it_was_asked_for() {
    let mut panel = panel(&[chat(640, "Connor Blake", None), chat(643, "Mia", None)]);
    panel.does("chat", "640");
    let (first, sent) = (panel.asked("channels"), panel.asked("invites"));
    panel.does("back", "");
    panel.does("chat", "643");
    let before = panel.html();
    assert_eq!(panel.answers_to(first, &offered(640)), []);
    assert_eq!(panel.answers_to(sent, &json!({"invites": [], "lookAgain": 15})), []);
    assert_eq!(panel.html(), before, "the other chat's answers are not this one's");
}

#[test]
fn invites_7_what_was_written_or_is_under_way_survives_the_way_back_to_the_list() {
    let mut panel = panel(&[chat(640, "Connor Blake", None), chat(643, "Mia", None)]);
    panel.does("chat", "640");
    panel.answers("channels", &offered(640));
    panel.does("edit", "");
    panel.does("body", "Please come: $LINKTOREMOTE");
    panel.does("send", "");
    let sending = panel.asked("send");
    panel.does("back", "");
    panel.does("chat", "643");
    panel.answers("channels", &offered(643));
    let told = panel.takes(Event::Answered(sending, Err(Failure::new(FailureKind::TechUnavailable).with("asked", "Ann Keller"))));
    assert_eq!(short(&told), ["emit remote-support:failed"], "no focus is taken");
    assert!(!panel.html().contains("TECHUNAVAILABLE"));
    panel.does("back", "");
    panel.does("chat", "640");
    let html = panel.html();
    assert!(html.contains("TECHUNAVAILABLE") && html.contains("Please come: "), "{html}");
}
