//! Every state of the panel as HTML, and what leads from one to the next.

pub(in crate::views) mod played;

use super::{Draft, Phase, State};
use crate::{
    api::{
        ChannelOption, Channels, ChannelsNow, Invite, InviteEvent, InviteSession, InviteState, InviteStep, Presence, Problem, SessionState,
    },
    rules::{
        failure::{Failure, FailureKind},
        wording::{Language, Message},
        words::TicketId,
    },
    views::panel::{
        Effect, Panel as _, SigningIn, Stage, Tried,
        played::{HOSTILE, NOON, me, posted, short},
    },
};
use played::{DESK, agent, chat, in_chat, invite, list, offered, panel, ready, ready_with, routed};
use serde_json::json;

#[test]
fn before_anybody_is_signed_in() {
    let mut panel = panel();
    assert_eq!(short(&panel.does("start", "")), ["GET me"]);
    insta::assert_snapshot!("loading", panel.html());
    assert_eq!(panel.fails("me", FailureKind::SignedOut), []);
    insta::assert_snapshot!("signed_out", panel.html());

    let effects = panel.does("sign-in", "");
    let [Effect::Open { address, nonce }, Effect::Focus("rs-code")] = effects.as_slice() else { panic!("{effects:?}") };
    assert_eq!(nonce.len(), 43);
    assert_eq!(*address, format!("https://support.example/api/v1/sign-in?nonce={nonce}&origin=https%3A%2F%2Fhalo.example"));
    insta::assert_snapshot!("signing_in", panel.html());
    panel.does("popup-blocked", "");
    panel.does("code", "7k3m9-qx2dh");
    insta::assert_snapshot!("signing_in_blocked", panel.html());

    assert_eq!(posted(&panel.does("code-send", "")).0["code"], "7K3M9QX2DH");
    assert_eq!(panel.does("code-send", ""), [], "one exchange at a time");
    panel.fails("exchange", FailureKind::SignInCode);
    insta::assert_snapshot!("signing_in_wrong_code", panel.html());
    panel.does("cancel", "");
    assert_eq!(panel.state.frame.stage, Stage::SignedOut);
    assert_eq!(short(&panel.does("signed-in-elsewhere", "")), ["GET me"], "another element of the page signed in");
}

#[test]
fn f36_a_cookie_that_is_not_kept_is_told_apart_from_being_signed_out() {
    let mut panel = panel();
    panel.does("sign-in", "");
    panel.does("signed-in", "7K3M9QX2DH");
    assert_eq!(short(&panel.answers("exchange", &me(false))), ["emit remote-support:signed-in", "GET me"]);
    panel.fails("me", FailureKind::SignedOut);
    let stage = &panel.state.frame.stage;
    assert!(matches!(stage, Stage::Failed(failure, Tried::SigningIn) if failure.kind == FailureKind::CookieBlocked));
    insta::assert_snapshot!("cookie_blocked", panel.html());
    panel.does("sign-in", "");
    assert!(matches!(panel.state.frame.stage, Stage::SigningIn(SigningIn { busy: false, .. })));
}

#[test]
fn what_would_happen_is_said_before_it_does() {
    let mut panel = ready_with(&[invite(InviteState::Sent, routed(None, true, "Ann Keller"))]);
    assert_eq!(panel.state.selected, Some(agent(42)), "oneself first");
    insta::assert_snapshot!("ready", panel.html());
    panel.does("channel", "rs-agent-43");
    insta::assert_snapshot!("ready_fallback", panel.html());
    panel.answers("channels", &offered(false, "Ann Keller"));
    insta::assert_snapshot!("ready_unavailable", panel.html());

    let mut unknown = offered(true, "Ann Keller");
    unknown.presence_age = None;
    let failure = Failure::new(FailureKind::ApplianceUnreachable).with("host", "appliance.example");
    unknown.presence_failure = Some(Problem::new(&failure, Language::En));
    for option in unknown.channels.iter_mut().filter(|option| option.channel != DESK) {
        option.presence = Presence::Unknown;
    }
    panel.answers("channels", &unknown);
    insta::assert_snapshot!("ready_presence_unknown", panel.html());
    assert_eq!(short(&panel.does("retry", "")), ["GET channels?ticket=1161"]);
}

#[test]
fn the_list_is_searched_and_walked_by_keyboard() {
    let mut panel = ready();
    for (keys, expected) in [("ArrowDown", 43), ("ArrowUp", 42), ("ArrowUp", 42), ("End", 3), ("ArrowDown", 3), ("Home", 42)] {
        assert!(panel.state.takes_key("channels:keydown", keys));
        panel.does("channels:keydown", keys);
        let selected = panel.state.selected;
        assert_eq!(selected, Some(if expected == 3 { DESK } else { agent(expected) }), "{keys}");
    }
    assert!(!panel.state.takes_key("channels:keydown", "Tab") && !panel.state.takes_key("search:keydown", "Home"));
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
    let mut earlier = invite(InviteState::Joined, routed(None, true, HOSTILE));
    (earlier.sent_by, earlier.email) = (HOSTILE.to_owned(), Some(HOSTILE.to_owned()));
    earlier.steps = vec![InviteStep { is: InviteEvent::Joined, at: NOON, name: Some(HOSTILE.to_owned()) }];
    let older = Invite { id: "8K3M9QX2DH".to_owned(), ..earlier.clone() };
    let mut panel = ready_with(&[earlier, older]);
    panel.does("another", "");
    let mut offer = offered(true, HOSTILE);
    offer.preview.named.insert("USERNAME".to_owned(), format!("{HOSTILE}$SYMPTOM2"));
    offer.chats = vec![crate::api::ChatSummary { name: HOSTILE.to_owned(), ..chat(640) }];
    if let Some(ticket) = &mut offer.ticket {
        ticket.email = Some(HOSTILE.to_owned());
    }
    panel.answers("channels", &offer);
    panel.does("channel", "rs-agent-43");
    panel.does("edit", "");
    panel.does("subject", &format!("$USERNAME $SIGNATURE {HOSTILE}"));
    panel.does("body", &format!("</textarea><script>alert(1)</script><p style=\"color:red\" onclick='x'>{HOSTILE}$USERNAME</p>"));
    assert_eq!(short(&panel.does("send", "")), ["focus rs-email"]);
    let html = panel.html();
    insta::assert_snapshot!("hostile", html);
    for forbidden in ["<img", "<script", "onclick='", "style=\"", "\u{202e}"] {
        assert!(!html.contains(forbidden), "{forbidden}");
    }
}

#[test]
fn the_text_is_edited_beside_its_preview() {
    let mut panel = ready();
    assert_eq!(short(&panel.does("edit", "")), ["focus rs-subject"]);
    panel.does("body", "<p title=$USERNAME>Hello</p>");
    insta::assert_snapshot!("editing_refused", panel.html());
    assert_eq!(short(&panel.does("send", "")), ["focus rs-subject"], "nothing is sent");
    panel.does("body", "<h2>Hello</h2><ul><li>one<li>two</ul>$SIGNATURE");
    insta::assert_snapshot!("editing", panel.html());
    assert!(panel.html().contains("rs-nowhere"), "neither link nor code");
    panel.does("body", "Enter $REMOTESESSIONCODE");
    assert!(!panel.html().contains("rs-nowhere"));
    panel.does("reset-text", "");
    assert!(panel.state.draft.body.is_none() && !panel.state.draft.editing);
}

#[test]
fn the_same_content_goes_out_under_the_same_key() {
    let mut panel = ready();
    let first = posted(&panel.does("send", "")).1.unwrap();
    assert!(first.len() == 64 && first.bytes().all(|byte| byte.is_ascii_hexdigit()));
    assert_eq!(panel.does("send", ""), [], "one at a time");
    insta::assert_snapshot!("sending", panel.html());
    panel.fails("send", FailureKind::ProxyUnreachable);
    insta::assert_snapshot!("failed_unsure", panel.html());
    assert_eq!(posted(&panel.does("retry", "")).1.as_ref(), Some(&first));
    panel.fails("send", FailureKind::SignedOut);
    panel.does("sign-in", "");
    panel.does("signed-in", "K7XQ-M2PD");
    panel.answers("exchange", &me(false));
    panel.answers("me", &me(false));
    panel.answers("channels", &offered(true, "Ann Keller"));
    assert_eq!(posted(&panel.does("send", "")).1.as_ref(), Some(&first));
    panel.fails("send", FailureKind::HaloTimeout);
    panel.does("choose", "");
    panel.does("email", "other@batley.example");
    let second = posted(&panel.does("send", "")).1.unwrap();
    assert_ne!(second, first, "another content");
    panel.answers("send", &invite(InviteState::Sent, routed(Some(DESK), true, "Ann Keller")));
    panel.does("another", "");
    panel.does("email", "other@batley.example");
    assert_ne!(posted(&panel.does("send", "")).1.unwrap(), second, "another invite");
}

#[test]
fn tech_unavailable_offers_the_default_team() {
    let mut panel = ready();
    panel.does("channel", "rs-agent-43");
    panel.does("email", "typed@batley.example");
    panel.does("send", "");
    panel.fails("send", FailureKind::TechUnavailable);
    insta::assert_snapshot!("failed_tech_unavailable", panel.html());
    assert!(panel.does("copy", "").iter().any(|effect| matches!(effect, Effect::Copy(text) if text.contains("tech_unavailable"))));
    let (sent, _) = posted(&panel.does("send-default", ""));
    assert_eq!(sent, json!({"ticket": 1161, "channel": null, "email": "typed@batley.example"}));
}

#[test]
fn each_failure_has_its_own_way_on() {
    for (kind, buttons) in [
        (FailureKind::HaloTimeout, &["Try again", "Choose again", "Copy details"][..]),
        (FailureKind::ChannelNotEnabled, &["Choose again", "Copy details"]),
        (FailureKind::TechUnavailable, &["Send to Service Desk", "Choose again", "Try again", "Copy details"]),
        (FailureKind::TemplateRefused, &["Edit text", "Choose again", "Copy details"]),
        (FailureKind::CookieBlocked, &["Sign in", "Copy details"]),
        (FailureKind::SignedOut, &["Sign in"]),
    ] {
        let mut panel = ready();
        panel.does("send", "");
        panel.fails("send", kind);
        assert_eq!(panel.buttons(), buttons, "{kind:?}");
    }
}

#[test]
fn sent_says_where_it_went() {
    let mut panel = ready();
    panel.does("channel", "rs-agent-43");
    panel.does("send", "");
    let effects = panel.answers("send", &invite(InviteState::Sent, routed(Some(agent(43)), true, "Ann Keller")));
    assert_eq!(short(&effects), ["emit remote-support:invite-sent", "focus rs-done", "again 2000 tick"]);
    insta::assert_snapshot!("done", panel.html());
}

#[test]
fn in_doubt_is_asked_until_it_is_known() {
    let mut panel = ready();
    panel.does("send", "");
    let doubtful = || invite(InviteState::Draft, routed(None, true, "Ann Keller"));
    assert_eq!(short(&panel.answers("send", &doubtful())), ["focus rs-alert", "again 2000 poll"]);
    insta::assert_snapshot!("in_doubt", panel.html());
    assert_eq!(short(&panel.does("poll", "")), ["GET invites?ticket=1161"]);
    assert_eq!(short(&panel.answers("invites", &list(&[doubtful()]))), ["again 2000 poll"]);
    assert_eq!(short(&panel.fails("invites", FailureKind::ProxyUnreachable)), ["again 10000 poll"]);
    panel.answers("invites", &list(&[Invite { state: InviteState::Sent, ..doubtful() }]));
    assert!(panel.state.phase == Phase::Ready && panel.state.life.fresh.is_some());
}

/// What changes of it while people look.
fn now(offered: Channels) -> ChannelsNow {
    let Channels { channels, without_channel, presence_age, presence_failure, .. } = offered;
    ChannelsNow { channels, without_channel, presence_age, presence_failure }
}

#[test]
fn presence_is_refreshed_before_it_is_stale_and_never_overwrites_what_was_typed() {
    let mut panel = ready();
    assert_eq!(short(&panel.does("tick", "")), ["again 5000 tick"]);
    panel.does("email", "typed@batley.example");
    panel.does("channel", "rs-agent-43");
    panel.now += 19;
    assert_eq!(short(&panel.does("tick", "")), ["again 5000 tick", "GET invites?ticket=1161", "GET channels/now?ticket=1161"]);
    assert_eq!(panel.answers("now", &now(offered(false, "Ann Keller"))), []);
    assert_eq!(panel.state.selected, Some(agent(43)));
    assert!(panel.html().contains("value=\"typed@batley.example\""));
    assert_eq!(panel.fails("now", FailureKind::HaloBusy), [], "what is on screen stays");
}

#[test]
fn invites_20_a_colleagues_invite_is_told_and_may_be_confirmed() {
    let mut panel = ready();
    let first = posted(&panel.does("send", ""));
    let recent = Failure::new(FailureKind::RecentInvite).with("name", "Ann Keller").with("seconds", 1);
    assert_eq!(short(&panel.refuses("send", recent.clone())), ["focus rs-asking", "GET invites?ticket=1161"]);
    insta::assert_snapshot!("asking", panel.html());
    assert_eq!(short(&panel.does("keep", "")), ["focus rs-heading"]);
    assert!(!panel.html().contains("rs-asking"));
    panel.does("send", "");
    panel.refuses("send", recent);
    let (sent, key) = posted(&panel.does("send-again", ""));
    assert_eq!(sent["again"], true);
    assert_ne!(key, first.1);
}

#[test]
fn invites_21_an_invites_life_is_told_step_by_step() {
    let step = |is, seconds, name: Option<&str>| InviteStep { is, at: NOON + seconds, name: name.map(str::to_owned) };
    let expired = Invite { expires: Some(NOON - 60), ..invite(InviteState::Sent, routed(None, true, "Ann Keller")) };
    let with = |state, steps: &[InviteStep], session: Option<(SessionState, Option<u32>)>| Invite {
        steps: steps.to_vec(),
        session: session.map(|(state, ticket)| InviteSession {
            lsid: "0123456789abcdef0123456789abcdef".parse().unwrap(),
            state,
            reason: Some(Message::new("disposition.noTechnicianAtAll")),
            ticket: ticket.and_then(TicketId::new),
        }),
        ..invite(state, routed(None, true, "Ann Keller"))
    };
    let waiting = step(InviteEvent::Waiting, 0, None);
    let joined = step(InviteEvent::Joined, 60, Some("Ann Keller"));
    let ended = step(InviteEvent::Ended, 900, None);
    let all = [waiting.clone(), joined.clone(), ended];
    for (name, invite, buttons) in [
        ("life_unreported", with(InviteState::Unreported, &[], None), &["Send again", "Revoke"][..]),
        ("life_waiting", with(InviteState::Waiting, std::slice::from_ref(&waiting), None), &["Revoke", "Send another"]),
        ("life_joined", with(InviteState::Joined, &[waiting, joined], None), &["Send another"]),
        ("life_ended", with(InviteState::Ended, &all, None), &[]),
        ("life_written", with(InviteState::Ended, &all, Some((SessionState::Written, Some(1161)))), &[]),
        ("life_refused", with(InviteState::Ended, &all, Some((SessionState::Refused, None))), &[]),
        ("life_expired", expired, &["Send a new one"]),
        ("life_revoked", with(InviteState::Revoked, &[], None), &["Send a new one"]),
    ] {
        let panel = ready_with(&[invite]);
        let html = panel.html();
        let labels: Vec<_> = panel.buttons().into_iter().filter(|label| !matches!(label.as_str(), "Send invite" | "Edit text")).collect();
        assert_eq!(labels, buttons, "{name}");
        insta::assert_snapshot!(name, html.split("<form").next().unwrap_or_default());
    }
}

#[test]
fn invites_21_an_invite_is_revoked_and_renewed() {
    let sent = invite(InviteState::Sent, routed(None, true, "Ann Keller"));
    let mut panel = ready_with(std::slice::from_ref(&sent));
    assert_eq!(short(&panel.does("revoke", &sent.id)), ["focus rs-sure"]);
    insta::assert_snapshot!("sure", panel.html());
    assert_eq!(short(&panel.does("revoke-keep", "")), ["focus rs-done"]);
    panel.does("revoke", &sent.id);
    assert_eq!(short(&panel.does("revoke-sure", &sent.id)), ["POST invites/7K3M9QX2DH/revoke"]);
    assert_eq!(panel.does("renew", &sent.id), [], "one thing at a time");
    let effects = panel.answers("revoke", &Invite { state: InviteState::Revoked, ..sent.clone() });
    assert_eq!(short(&effects), ["focus rs-done", "GET invites?ticket=1161"]);
    assert!(panel.html().contains("Invite was revoked"));

    let (_, key) = posted(&panel.does("renew", &sent.id));
    panel.fails("renew", FailureKind::ApplianceTimeout);
    assert!(panel.html().contains("rs-trouble"));
    assert_eq!(short(&panel.does("copy", "rs-trouble")), ["copy"]);
    let (_, again) = posted(&panel.does("renew", &sent.id));
    assert_eq!(key, again, "the same renewal is tried again");
    let renewed = Invite { id: "8K3M9QX2DH".to_owned(), ..sent };
    let effects = panel.answers("renew", &renewed);
    assert_eq!(short(&effects), ["emit remote-support:invite-sent", "focus rs-done", "GET invites?ticket=1161"]);
}

#[test]
fn invites_20_renewing_asks_when_a_colleague_was_faster() {
    let expired = Invite { expires: Some(NOON - 60), ..invite(InviteState::Sent, routed(None, true, "Ann Keller")) };
    let mut panel = ready_with(std::slice::from_ref(&expired));
    let (sent, first) = posted(&panel.does("renew", &expired.id));
    assert_eq!(sent, json!({"again": false}));
    let recent = Failure::new(FailureKind::RecentInvite).with("name", "Ann Keller").with("seconds", 1);
    panel.refuses("renew", recent.clone());
    // The list is asked for with it, and has the colleague's first.
    let faster = Invite { id: "9K3M9QX2DH".to_owned(), ..invite(InviteState::Sent, routed(None, true, "Ann Keller")) };
    panel.answers("invites", &list(&[faster, expired.clone()]));
    insta::assert_snapshot!("renew_asking", panel.html().split("<form").next().unwrap_or_default());
    assert_eq!(short(&panel.does("renew-keep", "")), ["focus rs-done"]);
    assert!(!panel.html().contains("renew-again"));
    panel.does("renew", &expired.id);
    panel.refuses("renew", recent);
    let (sent, key) = posted(&panel.does("renew-again", &expired.id));
    assert_eq!(sent, json!({"again": true}));
    assert_ne!(key, first);
}

#[test]
fn faults_37_a_doubt_ends_with_what_became_of_it_whatever_that_is() {
    let draft = Invite { reason: Some(Message::new("invite.inDoubt")), ..invite(InviteState::Draft, routed(None, true, "Ann Keller")) };
    for (name, reason, cause, button) in [
        ("life_not_sent", "invite.notSent", Some("failure.signed_out.detail"), "Send again"),
        ("life_unknown", "invite.unknown", Some("failure.halo_permission.detail"), "Send again"),
    ] {
        let mut panel = ready();
        panel.does("email", "typed@batley.example");
        panel.does("send", "");
        assert_eq!(short(&panel.answers("send", &draft)), ["focus rs-alert", "again 2000 poll"]);
        assert_eq!(short(&panel.answers("invites", &list(std::slice::from_ref(&draft)))), ["again 2000 poll"]);
        let settled = Invite { reason: Some(Message::new(reason)), cause: cause.map(Message::new), ..draft.clone() };
        assert_eq!(short(&panel.answers("invites", &list(&[settled]))), ["focus rs-done", "again 5000 tick"]);
        let html = panel.html();
        assert!(html.contains(button) && html.contains("value=\"typed@batley.example\""), "{html}");
        insta::assert_snapshot!(name, html.split("<form").next().unwrap_or_default());
    }
}

#[test]
fn invites_7_a_chat_gets_its_invite_and_a_tick() {
    let mut panel = in_chat();
    insta::assert_snapshot!("chat", panel.html());
    let (sent, _) = posted(&panel.does("send", ""));
    assert_eq!(sent, json!({"chat": 640, "channel": {"agent": 42}}));
    let posted_one = Invite { chat: Some(chat(640).id), ticket: None, email: None, ..invite(InviteState::Sent, routed(None, true, "Ann")) };
    let effects = panel.answers("send", &posted_one);
    assert_eq!(short(&effects), ["emit remote-support:invite-sent", "focus rs-send", "again 2000 tick"]);
    insta::assert_snapshot!("chat_posted", panel.html());
}

#[test]
fn invites_8_a_refused_chat_invite_shows_a_cross_and_keeps_the_choice() {
    let mut panel = in_chat();
    panel.does("channel", "rs-agent-43");
    panel.does("edit", "");
    panel.does("body", "Come: $LINKTOREMOTE");
    let (_, key) = posted(&panel.does("send", ""));
    panel.fails("send", FailureKind::TechUnavailable);
    insta::assert_snapshot!("chat_refused", panel.html());
    assert_eq!((panel.state.selected, panel.state.draft.chat.as_deref()), (Some(agent(43)), Some("Come: $LINKTOREMOTE")));
    assert_eq!(posted(&panel.does("retry", "")).1, key, "unchanged, it is the same request");
    panel.fails("send", FailureKind::TechUnavailable);
    panel.does("channel", "rs-agent-42");
    panel.does("body", "Please come: $LINKTOREMOTE");
    let (sent, other) = posted(&panel.does("retry", ""));
    assert_eq!(sent, json!({"chat": 640, "channel": {"agent": 42}, "body": "Please come: $LINKTOREMOTE"}), "what is on the screen");
    assert_ne!(other, key);
    panel.fails("send", FailureKind::TechUnavailable);
    let (sent, by_default) = posted(&panel.does("send-default", ""));
    assert!(sent["channel"].is_null(), "{sent}");
    panel.fails("send", FailureKind::HaloBusy);
    assert_eq!(posted(&panel.does("retry", "")).1, by_default, "the default team is asked for as before, not by name");
}

#[test]
fn invites_12_enter_in_the_search_box_chooses_and_does_not_send() {
    let mut panel = ready();
    panel.does("search", "Ann");
    assert!(panel.state.takes_key("search:keydown", "Enter"), "or the browser would submit the form");
    assert_eq!(panel.does("search:keydown", "Enter"), []);
    assert_eq!(panel.state.selected, Some(agent(43)), "the first that fits");
    panel.does("search", "");
    panel.does("search:keydown", "Enter");
    assert_eq!(panel.state.selected, Some(agent(43)), "who is seen and chosen stays");
}

#[test]
fn ticket_12_the_original_text_comes_back_for_the_mail_or_the_chat_and_not_for_both() {
    let mut panel = ready();
    panel.answers("channels", &Channels { chats: vec![chat(640)], ..offered(true, "Ann Keller") });
    panel.does("edit", "");
    panel.does("body", "<p>Mail $LINKTOREMOTE</p>");
    panel.does("subject", "Mine");
    panel.does("place", "640");
    panel.does("edit", "");
    panel.does("body", "<p>Chat $LINKTOREMOTE</p>");
    panel.does("reset-text", "");
    let Draft { subject, body, chat, .. } = &panel.state.draft;
    assert_eq!((subject.as_deref(), body.as_deref(), chat.as_deref()), (Some("Mine"), Some("<p>Mail $LINKTOREMOTE</p>"), None));
}

#[test]
fn ticket_12_whoever_is_signed_out_is_told_whatever_was_being_done_and_finds_it_again() {
    let sent = invite(InviteState::Sent, routed(None, true, "Ann Keller"));
    for (action, value, name) in [("renew", sent.id.as_str(), "renew"), ("tick", "", "invites"), ("tick", "", "now")] {
        let mut panel = ready_with(std::slice::from_ref(&sent));
        panel.does("another", "");
        panel.does("email", "typed@batley.example");
        panel.now += 40;
        panel.does(action, value);
        panel.fails(name, FailureKind::SignedOut);
        assert_eq!(panel.buttons(), ["Sign in"], "{name}");
        panel.does("sign-in", "");
        panel.does("signed-in", "K7XQ-M2PD");
        panel.answers("exchange", &me(false));
        panel.answers("me", &me(false));
        panel.answers("invites", &list(std::slice::from_ref(&sent)));
        panel.answers("channels", &offered(true, "Ann Keller"));
        assert!(panel.html().contains("value=\"typed@batley.example\""), "{name}");
        assert!(panel.buttons().contains(&"Send again".to_owned()), "nothing is busy any more: {name}");
    }
}

#[test]
fn ticket_12_the_clock_goes_on_whatever_fails() {
    let mut panel = ready();
    panel.does("send", "");
    assert_eq!(short(&panel.does("tick", "")), ["again 5000 tick"], "while it is sent");
    panel.fails("send", FailureKind::TechUnavailable);
    assert_eq!(short(&panel.does("tick", "")), ["again 5000 tick"], "and while it is told that it was not");
}

#[test]
fn ticket_12_the_form_does_not_fold_away_under_somebodys_fingers() {
    for (typed, folded) in [(false, true), (true, false)] {
        let mut panel = panel();
        panel.does("start", "");
        panel.answers("me", &me(false));
        panel.answers("channels", &offered(true, "Ann Keller"));
        if typed {
            panel.does("email", "typed@batley.example");
        }
        panel.answers("invites", &list(&[invite(InviteState::Waiting, routed(None, true, "Ann Keller"))]));
        assert_eq!(panel.state.life.folded, folded, "{typed}");
    }
}

#[test]
fn invites_7_a_tickets_open_chat_is_another_way_to_send() {
    let mut panel = ready();
    panel.answers("channels", &Channels { chats: vec![chat(640)], ..offered(true, "Ann Keller") });
    assert!(panel.html().contains("Into the open chat: Connor Blake"));
    panel.does("place", "640");
    assert!(!panel.html().contains("rs-email"));
    assert_eq!(posted(&panel.does("send", "")).0, json!({"chat": 640, "channel": {"agent": 42}}));
}

#[test]
fn every_text_is_there_in_german() {
    let mut panel = ready_with(&[invite(InviteState::Expired, routed(None, true, "Ann Keller"))]);
    panel.state.frame.language = Language::De;
    panel.answers("channels", &Channels { chats: vec![chat(640)], ..offered(true, "Ann Keller") });
    insta::assert_snapshot!("german", panel.html());
}

#[test]
fn a_picker_of_two_thousand_is_searched_in_one_pass() {
    let mut panel = ready();
    let mut many = offered(true, "Ann Keller");
    let some = many.channels[0].clone();
    many.channels = (1..=2000).map(|id| ChannelOption { channel: agent(id), name: format!("Agent {id}"), ..some.clone() }).collect();
    panel.answers("channels", &many);
    assert_eq!(panel.html().matches("role=\"option\"").count(), 60);
    assert!(panel.html().contains("1940 more"));
    panel.state.selected = Some(agent(2000));
    assert_eq!(panel.html().matches("role=\"option\"").count(), 61, "the chosen one is always there");
    panel.does("search", "agent 1999");
    assert_eq!(panel.state.shown_channels(), [agent(1999)]);
    let State { channels, .. } = &panel.state;
    assert_eq!(channels.as_ref().unwrap().0.channels.len(), 2000);
}
