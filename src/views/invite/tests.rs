//! Every state of the panel as HTML, and what leads from one to the next.

mod played;

use super::{Effect, Event, Moment, Phase, SigningIn, State, Tried};
use crate::{
    api::{Invite, InviteState, Presence, Problem},
    rules::{
        failure::{Failure, FailureKind},
        wording::Language,
    },
};
use played::{DESK, HOSTILE, NOON, Panel, agent, invite, me, offered, routed};

#[test]
fn before_anybody_is_signed_in() {
    let mut panel = Panel::new();
    assert_eq!(panel.does("start", ""), [Effect::GetMe]);
    insta::assert_snapshot!("loading", panel.html());
    assert_eq!(panel.takes(Event::Me(Err(Failure::new(FailureKind::SignedOut)))), []);
    insta::assert_snapshot!("signed_out", panel.html());

    let effects = panel.does("sign-in", "");
    let [Effect::Open { address, nonce }, Effect::Focus("rs-code")] = effects.as_slice() else { panic!("{effects:?}") };
    assert_eq!(nonce.len(), 43);
    assert_eq!(*address, format!("https://support.example/api/v1/sign-in?nonce={nonce}&origin=https%3A%2F%2Fhalo.example"));
    insta::assert_snapshot!("signing_in", panel.html());
    panel.does("popup-blocked", "");
    panel.does("code", "7k3m9-qx2dh");
    insta::assert_snapshot!("signing_in_blocked", panel.html());

    let effects = panel.does("code-send", "");
    assert!(matches!(effects.as_slice(), [Effect::Exchange { code, .. }] if code == "7K3M9QX2DH"), "{effects:?}");
    assert_eq!(panel.does("code-send", ""), [], "one exchange at a time");
    panel.takes(Event::Exchanged(Err(Failure::new(FailureKind::SignInCode))));
    insta::assert_snapshot!("signing_in_wrong_code", panel.html());
    panel.does("cancel", "");
    assert_eq!(panel.state.phase, Phase::SignedOut);
}

#[test]
fn f36_a_cookie_that_is_not_kept_is_told_apart_from_being_signed_out() {
    let mut panel = Panel::new();
    panel.does("sign-in", "");
    panel.does("signed-in", "7K3M9QX2DH");
    assert_eq!(panel.takes(Event::Exchanged(Ok(me()))), [Effect::GetMe]);
    panel.takes(Event::Me(Err(Failure::new(FailureKind::SignedOut))));
    assert!(matches!(&panel.state.phase, Phase::Failed(failure, Tried::SigningIn) if failure.kind == FailureKind::CookieBlocked));
    insta::assert_snapshot!("cookie_blocked", panel.html());
    panel.does("sign-in", "");
    assert!(matches!(panel.state.phase, Phase::SigningIn(SigningIn { busy: false, .. })));
}

#[test]
fn what_would_happen_is_said_before_it_does() {
    let mut panel = Panel::ready();
    assert_eq!(panel.state.selected, Some(agent(42)), "oneself first");
    panel.takes(Event::Invites(Ok(vec![invite(InviteState::Sent, routed(None, true, "Ann Keller"))])));
    insta::assert_snapshot!("ready", panel.html());
    panel.does("channel", "rs-agent-43");
    insta::assert_snapshot!("ready_fallback", panel.html());
    panel.takes(Event::Channels(Box::new(Ok(offered(false, "Ann Keller")))));
    insta::assert_snapshot!("ready_unavailable", panel.html());

    let mut unknown = offered(true, "Ann Keller");
    unknown.presence_age = None;
    let failure = Failure::new(FailureKind::ApplianceUnreachable).with("host", "appliance.example");
    unknown.presence_failure = Some(Problem::new(&failure, Language::En));
    for option in unknown.channels.iter_mut().filter(|option| option.channel != DESK) {
        option.presence = Presence::Unknown;
    }
    panel.takes(Event::Channels(Box::new(Ok(unknown))));
    insta::assert_snapshot!("ready_presence_unknown", panel.html());
    assert_eq!(panel.does("retry", ""), [Effect::GetChannels]);
}

#[test]
fn the_list_is_searched_and_walked_by_keyboard() {
    let mut panel = Panel::ready();
    for (keys, expected) in [("ArrowDown", 43), ("ArrowUp", 42), ("ArrowUp", 42), ("End", 3), ("ArrowDown", 3), ("Home", 42)] {
        assert!(State::takes_key("channels:keydown", keys));
        panel.does("channels:keydown", keys);
        let selected = panel.state.selected;
        assert_eq!(selected, Some(if expected == 3 { DESK } else { agent(expected) }), "{keys}");
    }
    assert!(!State::takes_key("channels:keydown", "Tab") && !State::takes_key("search:keydown", "Home"));
    panel.does("search", "  kell AN ");
    assert_eq!(panel.state.shown_channels(), [agent(43)]);
    panel.does("search:keydown", "ArrowDown");
    assert_eq!(panel.state.selected, Some(agent(43)));
    panel.does("search", HOSTILE);
    panel.does("search:keydown", "ArrowDown");
    insta::assert_snapshot!("ready_nobody_fits", panel.html());
}

#[test]
fn hostile_names_texts_and_values_stay_text() {
    let mut panel = Panel::ready();
    let mut offer = offered(true, HOSTILE);
    offer.preview.named.insert("USERNAME".to_owned(), format!("{HOSTILE}$SYMPTOM2"));
    if let Some(ticket) = &mut offer.ticket {
        ticket.email = Some(HOSTILE.to_owned());
    }
    panel.takes(Event::Channels(Box::new(Ok(offer))));
    panel.does("channel", "rs-agent-43");
    panel.does("edit", "");
    panel.does("subject", &format!("$USERNAME $SIGNATURE {HOSTILE}"));
    panel.does("body", &format!("</textarea><script>alert(1)</script><p style=\"color:red\" onclick='x'>{HOSTILE}$USERNAME</p>"));
    assert_eq!(panel.does("send", ""), [Effect::Focus("rs-email")]);
    let html = panel.html();
    insta::assert_snapshot!("hostile", html);
    for forbidden in ["<img", "<script", "onclick='", "style=\"", "\u{202e}"] {
        assert!(!html.contains(forbidden), "{forbidden}");
    }
}

#[test]
fn the_text_is_edited_beside_its_preview() {
    let mut panel = Panel::ready();
    assert_eq!(panel.does("edit", ""), [Effect::Focus("rs-subject")]);
    panel.does("body", "<p title=$USERNAME>Hello</p>");
    insta::assert_snapshot!("editing_refused", panel.html());
    assert_eq!(panel.does("send", ""), [Effect::Focus("rs-subject")], "nothing is sent");
    panel.does("body", "<h2>Hello</h2><ul><li>one<li>two</ul>$SIGNATURE");
    insta::assert_snapshot!("editing", panel.html());
    panel.does("reset-text", "");
    assert!(panel.state.draft.body.is_none() && !panel.state.draft.editing);
}

#[test]
fn the_same_content_goes_out_under_the_same_key() {
    let mut panel = Panel::ready();
    let first = panel.sends("send");
    assert!(first.len() == 64 && first.bytes().all(|byte| byte.is_ascii_hexdigit()));
    assert_eq!(panel.does("send", ""), [], "one at a time");
    insta::assert_snapshot!("sending", panel.html());
    panel.answered(Err(Failure::new(FailureKind::ProxyUnreachable).with("host", "support.example")));
    insta::assert_snapshot!("failed_unsure", panel.html());
    assert_eq!(panel.sends("retry"), first);
    panel.answered(Err(Failure::new(FailureKind::SignedOut)));
    panel.takes(Event::Me(Ok(me())));
    panel.state.phase = Phase::Ready;
    assert_eq!(panel.sends("send"), first);
    panel.answered(Err(Failure::new(FailureKind::HaloTimeout)));
    panel.does("choose", "");
    panel.does("email", "other@batley.example");
    let second = panel.sends("send");
    assert_ne!(second, first, "another content");
    panel.answered(Ok(invite(InviteState::Sent, routed(Some(DESK), true, "Ann Keller"))));
    panel.does("another", "");
    panel.does("email", "other@batley.example");
    assert_ne!(panel.sends("send"), second, "another invite");
}

#[test]
fn tech_unavailable_offers_the_default_team() {
    let mut panel = Panel::ready();
    panel.does("channel", "rs-agent-43");
    panel.does("email", "typed@batley.example");
    panel.fails(FailureKind::TechUnavailable);
    insta::assert_snapshot!("failed_tech_unavailable", panel.html());
    assert!(panel.does("copy", "").iter().any(|effect| matches!(effect, Effect::Copy(text) if text.contains("tech_unavailable"))));
    let effects = panel.does("send-default", "");
    let [Effect::Send(sent, _)] = effects.as_slice() else { panic!("{effects:?}") };
    assert_eq!((sent.channel, sent.email.as_deref()), (None, Some("typed@batley.example")));
}

#[test]
fn each_failure_has_its_own_way_on() {
    for (kind, buttons) in [
        (FailureKind::HaloTimeout, &["Try again", "Choose again", "Copy details"][..]),
        (FailureKind::ChannelNotEnabled, &["Choose again", "Copy details"]),
        (FailureKind::TechUnavailable, &["Send to Service Desk", "Choose again", "Try again", "Copy details"]),
        (FailureKind::TemplateRefused, &["Edit text", "Choose again", "Copy details"]),
        (FailureKind::SignedOut, &["Sign in"]),
    ] {
        let mut panel = Panel::ready();
        panel.fails(kind);
        let html = panel.html();
        let found: Vec<_> =
            html.lines().filter_map(|line| line.strip_prefix("<button")?.strip_suffix("</button>")?.split('>').nth(1)).collect();
        assert_eq!(found, buttons, "{kind:?}");
    }
}

#[test]
fn sent_says_where_it_went() {
    let mut panel = Panel::ready();
    panel.does("channel", "rs-agent-43");
    panel.does("send", "");
    let effects = panel.answered(Ok(invite(InviteState::Sent, routed(Some(agent(43)), true, "Ann Keller"))));
    assert!(matches!(effects.as_slice(), [Effect::EmitSent(_), Effect::Focus("rs-done")]), "{effects:?}");
    insta::assert_snapshot!("done", panel.html());
}

#[test]
fn in_doubt_is_asked_until_it_is_known() {
    let mut panel = Panel::ready();
    panel.does("send", "");
    let doubtful = || invite(InviteState::Draft, routed(None, true, "Ann Keller"));
    assert_eq!(panel.answered(Ok(doubtful())), [Effect::Focus("rs-alert"), Effect::Again(2000, "poll")]);
    insta::assert_snapshot!("in_doubt", panel.html());
    assert_eq!(panel.does("poll", ""), [Effect::GetInvites]);
    assert_eq!(panel.takes(Event::Invites(Ok(vec![doubtful()]))), [Effect::Again(2000, "poll")]);
    assert_eq!(panel.takes(Event::Invites(Err(Failure::new(FailureKind::ProxyUnreachable)))), [Effect::Again(2000, "poll")]);
    panel.takes(Event::Invites(Ok(vec![Invite { state: InviteState::Sent, ..doubtful() }])));
    assert!(matches!(panel.state.phase, Phase::Done(_)));
}

#[test]
fn presence_is_refreshed_before_it_is_stale_and_never_overwrites_what_was_typed() {
    let mut panel = Panel::ready();
    assert_eq!(panel.does("tick", ""), [Effect::Again(5000, "tick")]);
    panel.does("email", "typed@batley.example");
    panel.does("channel", "rs-agent-43");
    let later = Moment { now: NOON + 19, random: [0; 32] };
    let effects = panel.state.update(Event::Did("tick".to_owned(), String::new()), &later);
    assert_eq!(effects, [Effect::Again(5000, "tick"), Effect::GetChannels]);
    assert_eq!(panel.takes(Event::Channels(Box::new(Ok(offered(false, "Ann Keller"))))), []);
    assert_eq!(panel.state.selected, Some(agent(43)));
    assert!(panel.html().contains("value=\"typed@batley.example\""));
    assert_eq!(panel.takes(Event::Channels(Box::new(Err(Failure::new(FailureKind::HaloBusy))))), [], "what is on screen stays");
}
