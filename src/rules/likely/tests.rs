use super::*;
use crate::rules::{
    names::{ByName, Match, nfkc},
    wording::{Language, say},
};
use proptest::prelude::*;

const NOW: UnixSeconds = 1_000_000_000;
const HOUR: UnixSeconds = 3600;
const DAY: UnixSeconds = 24 * HOUR;

fn agent(id: u32) -> AgentId {
    AgentId::new(id).unwrap()
}

fn technician(name: &str, agent: Option<AgentId>) -> Technician {
    let matched = match agent {
        Some(agent) => Match::Matched { agent, by: ByName::HaloName },
        None => Match::None { nearest: Vec::new() },
    };
    Technician { name: name.to_owned(), matched }
}

fn devices() -> Vec<Device> {
    let device = |id, tag: &str, name: &str| Device { id: AssetId::new(id), tag: tag.to_owned(), names: vec![name.to_owned()] };
    vec![device(5120, "BR LT/0148 #2", "br-lt-0148"), device(5121, "PRN-3", ""), device(5122, "10.1.2.3", "")]
}

fn wanted(devices: &[Device]) -> Wanted<'_> {
    Wanted {
        ticket: TicketId::new(1161).unwrap(),
        user: UserId::new(207),
        user_name: "Connor Blake",
        client: "Batley Refreshments",
        agent: Some(agent(43)),
        devices,
        logged: Some(NOW - 30 * DAY),
        acted: Some(NOW - 10 * DAY),
        closed: None,
        caller: agent(42),
        default_user: UserId::new(1),
        prefix: "NHD",
        now: NOW,
        nfkc,
    }
}

/// Codes of the reasons, without `likely.`.
fn told(wanted: &Wanted<'_>, session: &Candidate<'_>) -> String {
    let reasons = likely(wanted, session).map(|likely| likely.reasons).unwrap_or_default();
    reasons.iter().map(|reason| reason.code.trim_start_matches("likely.")).collect::<Vec<_>>().join(" ")
}

#[test]
fn each_reason_is_found_and_told_strongest_first() {
    let devices = devices();
    let wanted = wanted(&devices);
    let (ann, priya, guest) = (technician("Ann K.", Some(agent(43))), technician("Priya", Some(agent(42))), technician("Guest", None));
    let host = |name: &str| vec![name.to_owned()];
    let hosts = ["BR-LT-0148", "Br-Lt-0148.batley.local", "prn-3", "10.1.2.3", "10.1.2.4", "10", "PC-9"].map(host);
    let then = Candidate { started: Some(NOW - 5 * DAY), ended: Some(NOW - 5 * DAY + HOUR), ..Candidate::default() };
    let just_now = Candidate { started: Some(NOW - HOUR), ended: Some(NOW - 60), ..Candidate::default() };
    let (both, others) = ([priya.clone(), ann.clone()], [guest]);
    for (session, expected) in [
        (Candidate::default(), ""),
        (just_now, ""),
        (then, ""),
        (Candidate { external_key: Some("#1161"), ..then }, "key whileOpen"),
        (Candidate { external_key: Some("NHD0001161"), ..just_now }, "key recent"),
        (Candidate { external_key: Some("1161.7K3M9QX2DH"), ..Candidate::default() }, "key"),
        (Candidate { external_key: Some("1162"), ..just_now }, ""),
        (Candidate { external_key: Some("PO 1161"), ..just_now }, ""),
        (Candidate { hosts: &hosts[0], ..just_now }, "device recent"),
        (Candidate { hosts: &hosts[1], ..Candidate::default() }, "device"),
        (Candidate { hosts: &hosts[2], ..Candidate::default() }, "device"),
        (Candidate { hosts: &hosts[3], ..Candidate::default() }, "device"),
        (Candidate { hosts: &hosts[4], ..Candidate::default() }, ""),
        (Candidate { hosts: &hosts[5], ..Candidate::default() }, ""),
        (Candidate { hosts: &hosts[6], ..Candidate::default() }, ""),
        (Candidate { asset: AssetId::new(5121), ..Candidate::default() }, "device"),
        (Candidate { user: UserId::new(207), customer: Some("Connor Blake"), ..then }, "user whileOpen"),
        (Candidate { user: UserId::new(1), customer: Some("connor  BLAKE"), ..then }, "customer whileOpen"),
        (Candidate { user: UserId::new(208), customer: Some("Connor"), ..then }, ""),
        (Candidate { technicians: &both, ..just_now }, "agent caller recent"),
        (Candidate { technicians: &both, ..then }, ""),
        (Candidate { technicians: &both[..1], ended: Some(NOW - 30 * DAY - HOUR), ..Candidate::default() }, "caller logged"),
        (Candidate { technicians: &both[1..], ended: Some(NOW - 10 * DAY), ..Candidate::default() }, "agent acted"),
        (Candidate { technicians: &others, ..just_now }, ""),
        (Candidate { user: UserId::new(208), client: Some("batley refreshments"), ..just_now }, "client recent"),
        (Candidate { user: UserId::new(1), client: Some("Batley Refreshments"), ..just_now }, ""),
        (
            Candidate {
                external_key: Some("1161"),
                hosts: &hosts[0],
                user: UserId::new(207),
                client: Some("Batley Refreshments"),
                technicians: &both,
                ..just_now
            },
            "key device user agent caller client recent",
        ),
    ] {
        assert_eq!(told(&wanted, &session), expected, "{session:?}");
    }
}

#[test]
fn what_is_kept_under_the_default_user_and_tickets_of_nobody_say_nothing_of_people() {
    let session = Candidate { user: UserId::new(207), customer: Some("General User"), ended: Some(NOW), ..Candidate::default() };
    let ours = wanted(&[]);
    assert_eq!(told(&Wanted { default_user: UserId::new(207), ..ours }, &session), "");
    assert_eq!(told(&Wanted { user: None, user_name: "General User", ..ours }, &session), "");
}

#[test]
fn after_the_ticket_was_closed_or_before_it_was_logged_it_was_not_open() {
    let ours = wanted(&[]);
    let session = |ended| Candidate { external_key: Some("1161"), started: Some(ended - HOUR), ended: Some(ended), ..Candidate::default() };
    let closed = Wanted { closed: Some(NOW - 9 * DAY), ..ours };
    for (wanted, ended, expected) in [
        (ours, NOW - 20 * DAY, "key whileOpen"),
        (ours, NOW - 40 * DAY, "key"),
        (closed, NOW - 5 * DAY, "key"),
        (closed, NOW - 20 * DAY, "key whileOpen"),
        (ours, NOW + DAY, "key whileOpen"),
    ] {
        assert_eq!(told(&wanted, &session(ended)), expected, "{ended}");
    }
}

#[test]
fn every_reason_is_a_sentence() {
    for code in ["acted", "agent", "caller", "client", "customer", "device", "key", "logged", "recent", "user", "whileOpen"] {
        for language in Language::ALL {
            let code = format!("likely.{code}");
            assert_ne!(say(*language, &Message::new(&code)), code);
        }
    }
}

prop_compose! {
    fn session_parts()(
        hosts in prop::collection::vec(prop::sample::select(vec!["br-lt-0148", "PRN-3.batley.local", "pc-9", "10.1.2.3", ""]), 0..4),
        people in prop::collection::vec((0_u32..4, "[A-C]"), 0..4),
        user in 0_u32..3,
        hours in 0_i64..1000,
    ) -> (Vec<String>, Vec<Technician>, u32, i64) {
        let technicians = people.iter().map(|(id, name)| technician(name, AgentId::new(if *id == 0 { 0 } else { 41 + id }))).collect();
        (hosts.into_iter().map(str::to_owned).collect(), technicians, 206 + user, hours)
    }
}

proptest! {
    #[test]
    fn no_order_matters_and_each_session_is_judged_by_itself((hosts, technicians, user, hours) in session_parts()) {
        let devices = devices();
        let mut turned_devices = devices.clone();
        turned_devices.reverse();
        let (mut turned_hosts, mut turned_technicians) = (hosts.clone(), technicians.clone());
        turned_hosts.reverse();
        turned_technicians.reverse();
        let ended = Some(NOW - hours * HOUR);
        let session = Candidate { hosts: &hosts, technicians: &technicians, user: UserId::new(user), ended, ..Candidate::default() };
        let turned = Candidate { hosts: &turned_hosts, technicians: &turned_technicians, ..session };
        let found = likely(&wanted(&devices), &session);
        prop_assert_eq!(&found, &likely(&wanted(&turned_devices), &turned));
        // A ticket that shares nothing with the session finds nothing, whenever it was.
        let stranger = Wanted { user: None, agent: None, devices: &[], client: "", caller: agent(999), ..wanted(&devices) };
        prop_assert_eq!(likely(&stranger, &session), None);
        // One reason more never makes a session less likely.
        let typed = likely(&wanted(&devices), &Candidate { external_key: Some("1161"), ..session });
        prop_assert!(typed.map(|likely| likely.rank) > found.map(|likely| likely.rank));
    }
}
