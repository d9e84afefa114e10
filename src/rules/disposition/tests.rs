//! What `disposition` promises.

use super::*;
use crate::rules::{
    directory::Agent,
    names::{RepresentativeNames, nfkc},
    report::SessionRepresentative,
    wording::{Language, say},
};
use proptest::prelude::*;

const OURS: &str = "1161.7K3M9QX2DH";
const OUR_CHAT: &str = "chat-640.7K3M9QX2DH";

fn id(id: u32) -> AgentId {
    AgentId::new(id).unwrap()
}
fn ticket(id: u32) -> TicketId {
    TicketId::new(id).unwrap()
}
fn chat(id: u32) -> ChatId {
    ChatId::new(id).unwrap()
}

fn agents() -> Vec<Agent> {
    [
        (42, "Priya Nair", "Priya Nair"),
        (43, "Ann Keller", "Ann K."),
        (44, "Tomás Ødegård", ""),
        (51, "Sam Park", "Sam"),
        (52, "Sam Parker", "sam"),
    ]
    .map(|(number, name, beyondtrust_name)| Agent {
        id: id(number),
        name: name.to_owned(),
        beyondtrust_name: (!beyondtrust_name.is_empty()).then(|| beyondtrust_name.to_owned()),
        invites_enabled: false,
        disabled: false,
        overridden: false,
    })
    .to_vec()
}

/// A representative with this connection number, name and time.
fn representative(gsnumber: u32, name: &str, seconds_involved: u64) -> SessionRepresentative {
    let names = RepresentativeNames { private: Some(name.to_owned()), ..RepresentativeNames::default() };
    SessionRepresentative { gsnumber: Some(gsnumber.to_string()), names, seconds_involved, ..SessionRepresentative::default() }
}

fn session(key: &str, primary: &str, representatives: &[SessionRepresentative]) -> Session<'static> {
    Session {
        external_key: Some(key.to_owned()),
        primary_representative: (!primary.is_empty()).then(|| primary.to_owned()),
        representatives: representatives.to_vec(),
        ..Session::default()
    }
}

fn issued() -> Issued {
    Issued { code: "7K3M9QX2DH".parse().unwrap(), ticket: Some(ticket(1161)), chat: Some(chat(640)) }
}

/// Decides with the code issued here or not, and this chat.
fn decided(session: &Session, settings: &Settings, issued_here: bool, chat: Option<&ChatState>) -> Disposition {
    let (agents, issued) = (agents(), issued());
    decide(session, &Context { agents: &NameIndex::new(&agents, nfkc), settings, issued: issued_here.then_some(&issued), chat, nfkc })
}

fn sentence(disposition: &Disposition) -> String {
    say(Language::En, &disposition.reason)
}

#[test]
fn every_session_goes_where_the_table_says() {
    let ann = [representative(11, "Ann K.", 60)];
    let settings = Settings { ticket_prefix: "NHD".to_owned(), ..Settings::default() };
    let strict = Settings { only_generated: true, ..settings.clone() };
    let manual = Settings { add_automatically: false, ..settings.clone() };
    let state = |open, linked: Option<u32>| ChatState { open, ticket: linked.map(ticket), name: None };
    let (open, closed, linked) = (state(true, None), state(false, None), state(false, Some(1161)));
    let to = |number, typed| Destination::Ticket { ticket: ticket(number), typed };
    use Destination::{Refused, Stored};
    for (key, issued_here, settings, chat_state, expected, reason) in [
        (OURS, true, &strict, None, to(1161, false), "disposition.ticket"),
        ("1170.7K3M9QX2DH", true, &settings, None, to(1170, false), "disposition.ticketMoved"),
        (OURS, false, &settings, None, Stored, "disposition.storedNotIssued"),
        (OURS, false, &strict, None, Refused, "disposition.notIssuedHere"),
        (OURS, true, &manual, None, Stored, "disposition.storedAddingOff"),
        ("2044", false, &settings, None, to(2044, true), "disposition.ticketTyped"),
        ("NHD0002044", true, &settings, None, to(2044, true), "disposition.ticketTyped"),
        ("2044", true, &strict, None, Refused, "disposition.notIssuedHere"),
        ("2044", false, &manual, None, Stored, "disposition.storedAddingOff"),
        (OUR_CHAT, true, &settings, Some(&linked), to(1161, false), "disposition.chatTicket"),
        (OUR_CHAT, true, &manual, Some(&linked), Stored, "disposition.storedAddingOff"),
        (OUR_CHAT, true, &strict, Some(&open), Destination::Chat { chat: chat(640) }, "disposition.chat"),
        (OUR_CHAT, true, &settings, Some(&closed), Stored, "disposition.storedChatEnded"),
        (OUR_CHAT, true, &settings, None, Stored, "disposition.stored"),
        (OUR_CHAT, false, &settings, Some(&open), Stored, "disposition.storedNotIssued"),
        ("PO 12-44", false, &settings, None, Stored, "disposition.stored"),
        ("PO 12-44", false, &strict, None, Refused, "disposition.notIssuedHere"),
        ("", false, &settings, None, Stored, "disposition.stored"),
        ("", false, &strict, None, Refused, "disposition.notIssuedHereNoKey"),
    ] {
        let disposition = decided(&session(key, "11", &ann), settings, issued_here, chat_state);
        assert_eq!((&disposition.destination, disposition.reason.code.as_str()), (&expected, reason), "{key}, issued here: {issued_here}");
        assert!(!sentence(&disposition).starts_with("disposition."));
    }
}

#[test]
fn the_rule_of_ownership_is_applied_and_stated() {
    let (ann, priya, tomas, stranger) = (
        representative(11, "Ann K.", 60),
        representative(21, "Priya Nair", 900),
        representative(31, "Tomás Ødegård", 60),
        representative(41, "Stranger", 999),
    );
    let owning = |representative: &SessionRepresentative| SessionRepresentative { owner: true, ..representative.clone() };
    let guest = SessionRepresentative { invited: true, ..representative(9, "Priya Nair", 2000) };
    for (primary, people, owner, rule) in [
        ("11", vec![ann.clone(), priya.clone()], 43, OwnerRule::Primary),
        ("", vec![owning(&ann), priya.clone()], 43, OwnerRule::Primary),
        ("41", vec![ann.clone(), priya.clone(), stranger.clone()], 42, OwnerRule::MostInvolved),
        ("", vec![ann.clone(), priya.clone()], 42, OwnerRule::MostInvolved),
        ("", vec![tomas.clone(), ann.clone()], 43, OwnerRule::First),
        ("", vec![representative(11, "Ann K.", 0)], 43, OwnerRule::First),
        ("", vec![ann.clone(), representative(12, "Ann K.", 900), priya.clone()], 43, OwnerRule::MostInvolved),
        ("", vec![ann, guest], 43, OwnerRule::MostInvolved),
        ("31", vec![tomas, representative(51, "Sam", 900)], 44, OwnerRule::Primary),
    ] {
        let mut session = session(OURS, primary, &people);
        for order in ["as written", "reversed"] {
            let disposition = decided(&session, &Settings::default(), true, None);
            let told = disposition.owner.as_ref().map(|owner| (owner.agent.get(), owner.rule));
            assert_eq!(told, Some((owner, rule)), "{order}: {people:?}");
            assert!(disposition.trace.iter().any(|step| step.0.code.starts_with("disposition.step.owner.")));
            assert_eq!(disposition.technicians.len(), people.len());
            session.representatives.reverse();
        }
    }
}

#[test]
fn without_a_technician_known_in_halo_it_is_refused_with_the_names() {
    for (people, expected) in [
        (vec![], "Refused: no technician joined the session."),
        (
            vec![representative(1, "Stranger", 1), representative(2, "Prya Nair", 1)],
            "Refused: no technician of the session is known in Halo. Seen in the session: Stranger, Prya Nair. Correct the agent's BeyondTrust display name, then replay the session.",
        ),
        (
            vec![representative(1, "SAM", 1), representative(2, "Priya Nair", 100)],
            "Refused: SAM in the session could be Sam Park, Sam Parker in Halo. Give them different BeyondTrust display names, then replay the session.",
        ),
    ] {
        let disposition = decided(&session(OURS, "1", &people), &Settings::default(), true, None);
        assert_eq!(
            (sentence(&disposition).as_str(), &disposition.destination, &disposition.owner),
            (expected, &Destination::Refused, &None)
        );
    }
}

#[test]
fn the_trace_tells_every_step() {
    let people = [
        representative(11, "Ann Keller", 60),
        representative(12, "Prya Nair", 5),
        representative(13, "Stranger", 5),
        SessionRepresentative { invited: true, ..representative(14, "Guest Expert", 5) },
    ];
    let disposition =
        decided(&session(OUR_CHAT, "11", &people), &Settings::default(), true, Some(&ChatState { open: false, ticket: None, name: None }));
    let steps: Vec<_> = disposition.trace.iter().map(|step| say(Language::En, &step.0)).collect();
    assert_eq!(
        steps,
        [
            "Ann Keller is Ann Keller in Halo, by the Halo name.",
            "Nobody in Halo is called Prya Nair; nearest: Priya Nair.",
            "Nobody in Halo is called Stranger.",
            "Guest Expert is an invited guest without an account.",
            "Ann Keller owns the action: the session's primary representative.",
            "Code 7K3M9QX2DH was issued here.",
            "Chat 640 has ended.",
        ]
    );
}

#[test]
fn the_trace_says_what_the_key_is() {
    for (key, issued_here, step) in [
        (OURS, true, "codeIssued"),
        (OURS, false, "codeUnknown"),
        ("1170.7K3M9QX2DH", true, "codeMoved"),
        ("1161.0000000000", true, "codeUnknown"),
        (OUR_CHAT, true, "codeIssued"),
        (OUR_CHAT, false, "codeUnknown"),
        ("chat-641.7K3M9QX2DH", true, "codeMoved"),
        ("2044", false, "keyTyped"),
        ("PO 12-44", false, "keyOther"),
        ("", false, "keyEmpty"),
    ] {
        let disposition = decided(&session(key, "", &[]), &Settings::default(), issued_here, None);
        let steps: Vec<_> = disposition.trace.iter().map(|step| step.0.code.as_str()).collect();
        assert_eq!(steps, [format!("disposition.step.{step}")], "{key}, issued here: {issued_here}");
    }
}

#[test]
fn what_is_kept_belongs_to_its_user_or_the_default_user_and_is_named_after_its_chat() {
    let user = |id| UserId::new(id).unwrap();
    let settings = Settings { default_user: Some(user(9)), ..Settings::default() };
    let named = |name: &str| ChatState { open: false, ticket: None, name: Some(name.to_owned()) };
    let (chat, blank) = (named("Printer question"), named(" "));
    for (who, chat, settings, expected, name) in [
        (Some(user(7)), None, &settings, Some(user(7)), "Remote Session"),
        (None, None, &settings, Some(user(9)), "Remote Session"),
        (None, Some(&chat), &settings, Some(user(9)), "Printer question"),
        (Some(user(7)), Some(&blank), &settings, Some(user(7)), "Remote Session"),
        (None, None, &Settings::default(), None, "Remote Session"),
    ] {
        assert_eq!(kept_as(who, chat, settings), KeptAs { user: expected, name: name.to_owned() });
    }
}

proptest! {
    #[test]
    fn any_session_is_decided_and_order_makes_no_difference(
        key in ".{0,20}",
        people in prop::collection::vec((0u32..4, prop::sample::select(vec!["Ann K.", "Priya Nair", "Sam", "Stranger", "", "Tomás Ødegård"]), 0u64..3, any::<bool>()), 0..6),
        issued_here: bool,
        only_generated: bool,
    ) {
        let people: Vec<_> = people
            .into_iter()
            .map(|(gsnumber, name, seconds, owner)| SessionRepresentative { owner, ..representative(gsnumber, name, seconds) })
            .collect();
        let settings = Settings { only_generated, ..Settings::default() };
        let mut session = session(&key, "", &people);
        let one = decided(&session, &settings, issued_here, None);
        session.representatives.reverse();
        let other = decided(&session, &settings, issued_here, None);
        prop_assert_eq!((one.destination, one.owner), (other.destination, other.owner));
    }

    #[test]
    fn no_session_reaches_a_ticket_that_its_key_does_not_name(
        key in prop_oneof![".{0,20}", "[0-9]{1,5}", "#?[0-9]{1,4}", Just(OURS.to_owned()), Just(OUR_CHAT.to_owned()), "NHD0*[0-9]{1,4}", "[0-9]{1,4}\\.7K3M9QX2DH"],
        issued_here: bool,
        linked in prop::option::of(1u32..5000),
        open: bool,
    ) {
        let settings = Settings { ticket_prefix: "NHD".to_owned(), ..Settings::default() };
        let state = ChatState { open, ticket: linked.map(ticket), name: None };
        let disposition = decided(&session(&key, "11", &[representative(11, "Ann K.", 60)]), &settings, issued_here, Some(&state));
        match disposition.destination {
            Destination::Ticket { ticket, .. } => {
                let digits = ticket.to_string();
                let named = key.split(|c: char| !c.is_ascii_digit()).any(|run| run.trim_start_matches('0') == digits);
                prop_assert!(named || (key == OUR_CHAT && issued_here && linked == Some(ticket.get())), "{key} reached ticket {ticket}");
            }
            Destination::Chat { chat } => prop_assert!(issued_here && key == OUR_CHAT && open && linked.is_none() && chat.get() == 640),
            Destination::Stored | Destination::Refused => {}
        }
    }
}

#[test]
fn other_teams_sessions_are_left_out_unless_they_were_generated_here() {
    let settings = Settings { session_teams: vec!["Service Desk".to_owned(), "Network".to_owned()], ..Settings::default() };
    let ann = representative(11, "Ann K.", 60);
    for (teams, issued_here, expected, reason) in [
        (vec!["service  DESK"], false, true, "disposition.ticketTyped"),
        (vec!["Payroll", "Network"], false, true, "disposition.ticketTyped"),
        (vec!["Payroll"], false, false, "disposition.otherTeam"),
        (vec![], false, false, "disposition.noTeam"),
        (vec!["Payroll"], true, true, "disposition.ticket"),
    ] {
        let mut session = session(if issued_here { OURS } else { "1161" }, "11", std::slice::from_ref(&ann));
        session.teams = teams.iter().map(ToString::to_string).collect();
        let decided = decided(&session, &settings, issued_here, None);
        assert_eq!(matches!(decided.destination, Destination::Ticket { .. }), expected, "{teams:?}");
        assert_eq!(decided.reason.code, reason, "{teams:?}");
    }
}
