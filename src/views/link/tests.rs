//! Every state of the link panel as HTML, and what leads from one to the next.

use super::State;
use crate::{
    api::{NotePreview, SessionFacts, SessionState, SessionSummary},
    rules::{
        failure::{Failure, FailureKind},
        wording::{Language, Message},
        words::{ActionId, TicketId},
    },
    views::panel::{
        Effect,
        played::{HOSTILE, NOON, Played, frame, me, posted, short},
    },
};
use serde_json::json;

const FIRST: &str = "00000000000000000000000000000001";

fn session(number: u32, state: SessionState, name: &str) -> SessionSummary {
    SessionSummary {
        lsid: format!("{number:032x}").parse().unwrap(),
        state,
        reason: None,
        ticket: None,
        facts: Some(SessionFacts {
            name: name.to_owned(),
            client: Some("Batley Refreshments".to_owned()),
            site: Some("Reason Avenue".to_owned()),
            user_name: Some("Connor Blake".to_owned()),
            technicians: vec!["Ann Keller".to_owned()],
            ended: Some(NOON - 600),
            seconds: Some(840),
            ..SessionFacts::default()
        }),
        disposition: None,
        action: None,
        swept: false,
        announced_at: NOON - 540,
        changed_at: NOON - 540,
        next_at: None,
        likely: Vec::new(),
    }
}

fn likely(name: &str) -> SessionSummary {
    let likely = vec![Message::new("likely.user").with("name", "Connor Blake")];
    SessionSummary { likely, ..session(1, SessionState::Stored, name) }
}

fn panel(administrator: bool, stored: &[SessionSummary]) -> Played<State> {
    let mut panel = Played::new(State::new(TicketId::new(1161).unwrap(), frame("Ticket 1161")));
    panel.does("start", "");
    panel.answers("me", &me(administrator));
    panel.answers("stored", &json!({"sessions": stored}));
    panel.answers("here", &json!({"sessions": []}));
    panel
}

fn note() -> NotePreview {
    NotePreview {
        html: "<p>Remote session, <b>14 min</b></p><p>Ann: hello</p>".to_owned(),
        private: true,
        owner: Some("Ann Keller".to_owned()),
    }
}

#[test]
fn link_32_likely_sessions_come_first_with_the_reason() {
    let mut panel = Played::new(State::new(TicketId::new(1161).unwrap(), frame("Ticket 1161")));
    panel.does("start", "");
    insta::assert_snapshot!("loading", panel.html());
    let asked = panel.answers("me", &me(true));
    assert_eq!(
        short(&asked),
        ["GET sessions?state=stored&linkTo=1161&search=", "GET sessions?ticket=1161", "GET sessions?state=refused&linkTo=1161"]
    );
    panel.answers("stored", &json!({"sessions": [likely("Mail does not arrive"), session(2, SessionState::Stored, "Remote Session")]}));
    insta::assert_snapshot!("listed", panel.html());
    assert_eq!(short(&panel.does("search", "ann & co")), ["again 250 look"]);
    assert_eq!(short(&panel.does("look", "")), ["GET sessions?state=stored&linkTo=1161&search=ann%20%26%20co"]);
    panel.answers("stored", &json!({"sessions": []}));
    insta::assert_snapshot!("nothing_found", panel.html());
}

#[test]
fn link_32_one_confirm_links_and_the_page_is_told() {
    let mut panel = panel(false, &[likely("Mail does not arrive")]);
    assert_eq!(
        short(&panel.does("session", FIRST)),
        [format!("GET sessions/{FIRST}/note?ticket=1161"), "focus rs-chosen-title".to_owned()]
    );
    insta::assert_snapshot!("choosing", panel.html());
    panel.answers("note", &note());
    insta::assert_snapshot!("chosen", panel.html());
    let effects = panel.does("link", "");
    assert_eq!(posted(&effects).0, json!({"ticket": 1161}));
    assert_eq!(panel.does("link", ""), [], "one at a time");
    let linked = SessionSummary {
        ticket: TicketId::new(1161),
        action: ActionId::new(5),
        ..session(1, SessionState::Written, "Mail does not arrive")
    };
    let effects = panel.answers("deed", &linked);
    let looks = ["GET sessions?state=stored&linkTo=1161&search=", "GET sessions?ticket=1161"];
    assert_eq!(short(&effects), [&["emit remote-support:session-linked", "focus rs-done"][..], &looks].concat());
    panel.answers("stored", &json!({"sessions": []}));
    panel.answers("here", &json!({"sessions": [linked]}));
    insta::assert_snapshot!("linked", panel.html());

    assert_eq!(short(&panel.does("unlink", FIRST)), [format!("POST sessions/{FIRST}/unlink")]);
    let effects = panel.answers("deed", &session(1, SessionState::Stored, "Mail does not arrive"));
    assert_eq!(short(&effects), [&["focus rs-done"][..], &looks].concat());
    assert!(panel.html().contains("Taken back"));
}

#[test]
fn link_32_a_colleague_who_was_faster_is_told() {
    let mut panel = panel(false, &[likely("Mail does not arrive")]);
    panel.does("session", FIRST);
    panel.does("link", "");
    let effects = panel.refuses("deed", Failure::new(FailureKind::SessionLinked).with("ticket", 1161));
    assert_eq!(short(&effects)[..2], ["emit remote-support:failed", "focus rs-alert"]);
    insta::assert_snapshot!("faster", panel.html());
    assert!(panel.does("copy", "").iter().any(|effect| matches!(effect, Effect::Copy(_))));
    assert_eq!(panel.does("retry", "").len(), 2);
}

#[test]
fn link_33_a_note_is_moved_to_another_ticket() {
    let mut panel = panel(false, &[]);
    let here = SessionSummary { ticket: TicketId::new(1161), ..session(1, SessionState::Written, "Mail does not arrive") };
    panel.answers("here", &json!({"sessions": [here]}));
    assert_eq!(short(&panel.does("move", FIRST)), ["focus rs-move-to"]);
    insta::assert_snapshot!("moving", panel.html());
    for wrong in ["", "x", "1161"] {
        panel.does("move-to", wrong);
        assert_eq!(short(&panel.does("move-sure", "")), ["focus rs-move-to"], "{wrong}");
    }
    panel.does("move-to", " #1163 ");
    assert_eq!(posted(&panel.does("move-sure", "")).0, json!({"ticket": 1163, "from": 1161}));
    let moved = SessionSummary { ticket: TicketId::new(1163), ..session(1, SessionState::Written, "Mail does not arrive") };
    panel.answers("deed", &moved);
    assert!(panel.html().contains("The note is on ticket 1163."));
}

#[test]
fn session_27_a_refused_session_is_played_again_by_those_who_may() {
    let mut panel = panel(true, &[]);
    let refused = SessionSummary { reason: Some(Message::new("disposition.noTechnicianAtAll")), ..session(1, SessionState::Refused, "") };
    panel.answers("refused", &json!({"sessions": [refused]}));
    insta::assert_snapshot!("refused", panel.html());
    assert_eq!(short(&panel.does("replay", FIRST)), [format!("POST sessions/{FIRST}/replay")]);
    panel.answers("deed", &refused);
    assert!(panel.html().contains("Replayed."));
}

#[test]
fn a_note_on_its_way_is_looked_after() {
    let mut panel = panel(false, &[]);
    let effects = panel.answers("here", &json!({"sessions": [session(1, SessionState::Pending, "Mail")]}));
    assert_eq!(short(&effects), ["again 2000 poll"]);
    assert_eq!(panel.does("poll", "").len(), 2);

    // Halo is slow: what was linked by hand is told as under way, and then as done.
    panel.answers("stored", &json!({"sessions": [likely("Mail")]}));
    panel.does("session", FIRST);
    panel.does("link", "");
    panel.answers("deed", &session(1, SessionState::Pending, "Mail"));
    assert!(panel.html().contains("It is being done"));
    let written = SessionSummary { ticket: TicketId::new(1161), ..session(1, SessionState::Written, "Mail") };
    panel.answers("here", &json!({"sessions": [written]}));
    assert!(panel.html().contains("The note is on ticket 1161.") && panel.html().contains("rs-undo"));
}

#[test]
fn hostile_names_stay_text_and_german_is_complete() {
    let mut hostile = likely(HOSTILE);
    if let Some(facts) = &mut hostile.facts {
        (facts.client, facts.technicians) = (Some(HOSTILE.to_owned()), vec![HOSTILE.to_owned()]);
    }
    let mut panel = panel(true, &[hostile]);
    panel.state.frame.language = Language::De;
    panel.does("search", HOSTILE);
    panel.does("session", FIRST);
    panel.answers("note", &NotePreview { html: format!("<p onclick=x>{HOSTILE}</p><script>1</script>"), ..note() });
    let html = panel.html();
    insta::assert_snapshot!("hostile", html);
    for forbidden in ["<img", "<script", "onclick", "\u{202e}"] {
        assert!(!html.contains(forbidden), "{forbidden}");
    }
}

#[test]
fn what_fails_is_told_in_its_place() {
    let mut panel = panel(false, &[likely("Mail")]);
    panel.fails("stored", FailureKind::HaloBusy);
    assert!(panel.html().contains("rs-alert") && panel.html().contains("rs-search"), "what is on screen stays");
    panel.fails("stored", FailureKind::SignedOut);
    assert_eq!(panel.buttons(), ["Sign in"]);
}

#[test]
fn link_32_a_slow_answer_to_what_was_asked_before_changes_nothing() {
    let (alpha, beta) = (session(1, SessionState::Stored, "Alpha"), session(2, SessionState::Stored, "Beta"));
    let mut panel = panel(false, &[alpha.clone(), beta.clone()]);
    panel.does("session", &alpha.lsid.to_string());
    let slow = panel.asked("note");
    panel.does("session", &beta.lsid.to_string());
    let of = |words: &str| NotePreview { html: format!("<p>{words}</p>"), ..note() };
    panel.answers("note", &of("Note of BETA"));
    panel.answers_to(slow, &of("Note of ALPHA"));
    let html = panel.html();
    assert!(html.contains("Note of BETA") && !html.contains("Note of ALPHA"), "{html}");

    panel.does("search", "a");
    panel.does("look", "");
    let slow = panel.asked("stored");
    panel.does("search", "be");
    panel.does("look", "");
    panel.answers("stored", &json!({"sessions": [beta]}));
    panel.answers_to(slow, &json!({"sessions": [alpha]}));
    assert!(panel.state.chosen.is_some(), "what was chosen stays");
    assert_eq!(panel.state.stored.as_ref().map(|stored| stored[0].lsid.clone()), Some(beta.lsid.clone()));
}

#[test]
fn link_32_what_is_on_its_way_is_followed_even_when_a_look_fails() {
    let mut panel = panel(false, &[]);
    panel.answers("here", &json!({"sessions": [session(1, SessionState::Pending, "Alpha")]}));
    panel.does("poll", "");
    assert_eq!(short(&panel.fails("here", FailureKind::HaloBusy)), ["again 2000 poll"]);
}
