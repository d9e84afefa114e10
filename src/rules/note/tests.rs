//! What `note` promises.

use super::*;
use crate::rules::{
    disposition::{Context, Owner, OwnerRule, decide},
    names::{NameIndex, nfkc},
    report::{self, Event, Limits, Party, tests::fixtures},
    routing::Reason,
    settings::Settings,
    words::{AgentId, Queue, TeamQueue, TicketId},
};
use proptest::prelude::*;

fn session(bytes: &[u8]) -> Session<'_> {
    report::read(bytes, &Limits::default()).sessions.remove(0)
}

/// A decision of this kind, owned by Ann or nobody.
fn disposition(session: &Session, typed: bool, owned: bool) -> Disposition {
    let settings = Settings::default();
    let decided = decide(session, &Context { agents: &NameIndex::default(), settings: &settings, issued: None, chat: None, nfkc });
    let owner = Owner { agent: AgentId::new(43).unwrap(), name: "Ann Keller".to_owned(), rule: OwnerRule::Primary };
    Disposition {
        destination: Destination::Ticket { ticket: TicketId::new(1161).unwrap(), typed },
        owner: owned.then_some(owner),
        ..decided
    }
}

/// The note, one element per line, for reading.
fn note(bytes: &[u8], typed: bool, owned: bool, reader: Reader, authorship: Authorship) -> String {
    note_in(Language::En, bytes, typed, owned, reader, authorship)
}

fn note_in(language: Language, bytes: &[u8], typed: bool, owned: bool, reader: Reader, authorship: Authorship) -> String {
    let session = session(bytes);
    let note = session_note(&session, &disposition(&session, typed, owned), Manner { authorship, ..Manner::of(reader) }, language);
    ["<p>", "<ul>", "<li>", "<br>"].iter().fold(note, |note, tag| note.replace(tag, &format!("\n{tag}")))
}

#[test]
fn agents_read_the_whole_story() {
    insta::assert_snapshot!(note(fixtures::LINKED, false, true, Reader::Agents, Authorship::Technician));
}

#[test]
fn a_note_by_somebody_else_names_the_technician_first() {
    insta::assert_snapshot!(note(fixtures::HANDOVER, true, true, Reader::Agents, Authorship::Named));
}

#[test]
fn customers_read_their_part_only() {
    let shown = note(fixtures::LINKED, false, true, Reader::Customers, Authorship::Technician)
        + &note(fixtures::HANDOVER, true, true, Reader::Customers, Authorship::Named);
    for hidden in
        ["session_download", "192.0.2.44", "Users", "/home", "quota full", "could you take", "Mailbox was full", "BR-LT-0148", "Priya Nair"]
    {
        assert!(!shown.contains(hidden), "{hidden} in {shown}");
    }
    insta::assert_snapshot!(shown);
}

#[test]
fn every_note_is_told_in_german_too() {
    use Authorship::{Named, Technician};
    use Reader::{Agents, Customers};
    insta::assert_snapshot!(
        [
            note_in(Language::De, fixtures::LINKED, false, true, Agents, Technician),
            note_in(Language::De, fixtures::HANDOVER, true, true, Agents, Named),
            note_in(Language::De, fixtures::LINKED, false, true, Customers, Technician),
            note_in(Language::De, fixtures::ABANDONED, false, false, Agents, Named),
        ]
        .join("\n\n")
    );
}

#[test]
fn a_hostile_session_stays_text_in_every_note() {
    let mut notes = String::new();
    for language in Language::ALL {
        for reader in [Reader::Agents, Reader::Customers] {
            notes += &note_in(*language, fixtures::HOSTILE, true, false, reader, Authorship::Named);
            notes += "\n\n";
        }
    }
    for markup in ["<img", "<script", "<a href=\"javascript", "onerror=alert(1)>", "\u{202E}"] {
        assert!(!notes.contains(markup), "{markup}");
    }
    insta::assert_snapshot!(notes);
}

#[test]
fn a_session_nobody_took_is_told_too() {
    insta::assert_snapshot!(note(fixtures::ABANDONED, false, false, Reader::Agents, Authorship::Named));
}

#[test]
fn an_invite_names_recipient_route_code_expiry_and_its_marker_but_never_the_link() {
    let team = Queue::Team { queue: TeamQueue::Team(3) };
    let routing = |queue: Option<Queue>, asked: Option<&str>, reason, message: Message| Routing {
        name: queue.as_ref().map(|_| "Service Desk".to_owned()),
        queue,
        channel: None,
        asked: asked.map(str::to_owned),
        reason,
        message,
        trace: Vec::new(),
    };
    let code: Code = "7K3M9QX2DH".parse().unwrap();
    for (routing, session_code, expected) in [
        (
            routing(Some(team.clone()), Some("Ann Keller"), Reason::Fallback, Message::new("routing.fallback")),
            Some("7041993"),
            "<p>To: connor@batley.example</p><p>Asked for Ann Keller, sent to Service Desk.</p><p>Session code 7041993.</p><p>Valid until 2026-06-11 10:00:00 UTC.</p><p>Invite 7K3M9QX2DH</p>",
        ),
        (
            routing(Some(team), None, Reason::NoChannel, Message::new("routing.noChannel")),
            None,
            "<p>To: connor@batley.example</p><p>Session for Service Desk.</p><p>Valid until 2026-06-11 10:00:00 UTC.</p><p>Invite 7K3M9QX2DH</p>",
        ),
        (
            routing(None, None, Reason::NoDefaultTeam, Message::new("routing.noDefaultTeam")),
            None,
            "<p>To: connor@batley.example</p><p>Sent without link and code. No link: there is no default team.</p><p>Valid until 2026-06-11 10:00:00 UTC.</p><p>Invite 7K3M9QX2DH</p>",
        ),
    ] {
        let invite =
            InviteNote { email: "connor@batley.example", routing: &routing, code: &code, session_code, expires: Some(1_781_172_000) };
        assert_eq!(invite_note(&invite, Language::En), expected);
    }
}

#[test]
fn a_long_transcript_is_cut_and_says_so() {
    let mut session = session(fixtures::LINKED);
    let line = Event { kind: "Chat Message".into(), by: Some(Party::default()), body: Some("x".repeat(1000).into()), ..Event::default() };
    session.events = vec![line; 1000];
    let note = session_note(&session, &disposition(&session, false, true), Manner::of(Reader::Agents), Language::En);
    assert!(note.len() < LONGEST_TRANSCRIPT + 2000);
    assert!(note.contains("<p>Lines left out: "));
    assert!(note.contains(&session_marker(session.lsid.as_ref().unwrap())));
    let attached = Manner { attached: true, ..Manner::of(Reader::Agents) };
    assert!(session_note(&session, &disposition(&session, false, true), attached, Language::En).contains("is attached as a file."));
    let file = transcript_file(&session, Reader::Agents, Language::En).unwrap();
    assert_eq!(file.lines().count(), 1000, "the file is whole");
    session.events.truncate(150);
    assert_eq!(transcript_file(&session, Reader::Agents, Language::En), None, "what fits into the note is not attached");
}

#[test]
fn durations_and_sizes_are_worded_for_people() {
    for (seconds, expected) in
        [(0, "0 s"), (59, "59 s"), (925, "15 min 25 s"), (93_600, "26 h 0 min"), (u64::MAX, "5124095576030431 h 0 min")]
    {
        assert_eq!(words::duration(seconds, Language::En), expected);
    }
    for (bytes, expected) in
        [(730, "a (730 bytes), b"), (48_211, "a (47.0 KB), b"), (5 << 20, "a (5.0 MB), b"), (u64::MAX, "a (17179869183.9 GB), b")]
    {
        let file = transcript::FileLine { at: None, by: "b".to_owned(), name: "a".to_owned(), bytes: Some(bytes) };
        assert_eq!(words::file(&file, Language::En), expected);
    }
}

/// The tags of a note; a value could add none.
fn tags(html: &str) -> Vec<&str> {
    html.split('<').skip(1).map(|chunk| chunk.split_once('>').unwrap().0).collect()
}

proptest! {
    #[test]
    fn no_value_adds_a_tag(text: String, at in prop::option::of(any::<i64>()), reader in prop::sample::select(vec![Reader::Agents, Reader::Customers])) {
        let mut session = session(fixtures::LINKED);
        session.start = at;
        session.primary_customer = Some(text.clone());
        session.teams = vec![text.clone()];
        session.chat_url = Some(text.clone());
        for representative in &mut session.representatives {
            representative.names.public = Some(text.clone());
            representative.names.private = Some(text.clone());
        }
        for event in &mut session.events {
            event.at = at;
            event.body = Some(text.clone().into());
            event.files.iter_mut().for_each(|(name, _)| *name = text.clone().into());
            event.by.iter_mut().for_each(|by| by.name = text.clone().into());
        }
        let note = session_note(
            &session,
            &disposition(&session, true, false),
            Manner { authorship: Authorship::Named, ..Manner::of(reader) },
            Language::En,
        );
        for tag in tags(&note) {
            prop_assert!(["p", "/p", "b", "/b", "br", "ul", "/ul", "li", "/li", "/a"].contains(&tag) || tag.starts_with("a href=\"https://"), "{}", tag);
        }
        prop_assert_eq!(note.matches('>').count(), note.matches('<').count());
    }
}
