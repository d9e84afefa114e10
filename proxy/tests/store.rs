//! What any store must keep: one suite of business steps, run on SQLite in a real file.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    clippy::string_slice,
    reason = "a test that panics has failed"
)]

use halo_remote_support::rules::{
    correlation::Code,
    disposition::{Destination, Disposition},
    lifecycle::{InviteEvent, InviteStep},
    settings::Settings,
    wording::Message,
    words::{ActionId, AgentId, AssetId, ChatId, Lsid, TicketId},
};
use remote_support_proxy::{
    sign_in::Caller,
    store::{
        About, Begun, ByHand, Cuts, Decision, EventState, Fence, Handled, Held, IntendedNote, IntendedWithdrawal, IntendedWrite,
        InviteStage, InviteStopped, LaunchRow, NewInvite, Outcome, Person, Postponed, ReceivedEvent, Ring, SESSIONS_REPORTED, SessionFacts,
        SessionQuery, SessionState, SignIn, Sqlite, Store, StoreProblem, ToldStep, UnreadWebhook, Window,
    },
};
use std::sync::Arc;

struct Folder {
    store: Arc<dyn Store>,
    folder: tempfile::TempDir,
}

fn sqlite() -> Folder {
    let folder = tempfile::tempdir().unwrap();
    Folder { store: Arc::new(Sqlite::open(&folder.path().join("store.sqlite3")).unwrap()), folder }
}

fn agent() -> AgentId {
    AgentId::new(42).unwrap()
}

fn ticket() -> TicketId {
    TicketId::new(1161).unwrap()
}

fn lsid(digit: char) -> Lsid {
    digit.to_string().repeat(32).parse().unwrap()
}

fn end_of(lsid: &Lsid, digest: u8, at: i64) -> ReceivedEvent {
    ReceivedEvent {
        digest: vec![digest],
        state: EventState::Accepted,
        event: Some("support_conference_end".to_owned()),
        lsid: Some(lsid.clone()),
        reason: None,
        live: false,
        told: None,
        body: b"event=support_conference_end".to_vec(),
        at,
    }
}

fn note(ticket: TicketId) -> IntendedWrite {
    IntendedWrite::Note(IntendedNote { ticket, private: true, remark: None, followed: 0 })
}

/// States in which a session may be claimed.
const BOTH: &[SessionState] = &[SessionState::Pending, SessionState::AwaitingReport];

const fn window(now: i64, lease: i64) -> Window {
    Window { now, lease, horizon: 10_000 }
}

async fn sessions(store: &Arc<dyn Store>, search: &str) -> usize {
    let query = SessionQuery { search: search.to_owned(), limit: 10, ..SessionQuery::default() };
    store.sessions(query).await.unwrap().len()
}

fn decision(state: SessionState) -> Decision {
    let to_ticket = state == SessionState::Pending;
    Decision {
        disposition: Disposition {
            destination: if to_ticket { Destination::Ticket { ticket: ticket(), typed: false } } else { Destination::Refused },
            owner: None,
            technicians: Vec::new(),
            reason: Message::new("disposition.ticket").with("ticket", 1161),
            trace: Vec::new(),
        },
        facts: SessionFacts {
            name: "Remote Session".to_owned(),
            user_name: Some("Änne Fox".to_owned()),
            site: Some("Reason Avenue".to_owned()),
            client: Some("Batley Refreshments".to_owned()),
            customer: Some("Connor BLAKE".to_owned()),
            hosts: vec!["BR-LT-0147".to_owned(), "br-lt-0148.batley.local".to_owned()],
            technicians: vec!["Priya Nair".to_owned()],
            external_key: Some("PO 12-44".to_owned()),
            ..SessionFacts::default()
        },
        writes: to_ticket.then(|| note(ticket())).into_iter().collect(),
        rests_in: if to_ticket { SessionState::Written } else { state },
        report: b"<session_list/>".to_vec(),
        told: None,
        at: 200,
    }
}

#[tokio::test]
async fn an_event_repeated_in_parallel_is_one_session() {
    let Folder { store, folder: _folder } = sqlite();
    let events = (0..50).map(|number| {
        let store = Arc::clone(&store);
        tokio::spawn(async move { store.receive(end_of(&lsid('a'), number % 2, 100)).await })
    });
    for event in events.collect::<Vec<_>>() {
        event.await.unwrap().unwrap();
    }
    assert_eq!(sessions(&store, "").await, 1);
    let counts = store.event_counts().await.unwrap();
    assert_eq!((counts.accepted, counts.last_at), (2, Some(100)));
}

#[tokio::test]
async fn f04_a_session_has_one_holder_at_a_time_and_a_lost_lease_records_nothing() {
    let Folder { store, folder: _folder } = sqlite();
    store.receive(end_of(&lsid('a'), 1, 100)).await.unwrap();
    let first = store.claim_session(window(100, 30), BOTH).await.unwrap().unwrap();
    assert!(store.claim_session(window(129, 21), BOTH).await.unwrap().is_none(), "leased");
    let second = store.claim_session(window(130, 30), BOTH).await.unwrap().expect("the lease is over");
    assert_eq!(store.decided(first.lsid.clone(), first.fence, decision(SessionState::Pending)).await.unwrap(), Held::Lost);
    assert_eq!(store.write_attempted(first.lsid.clone(), first.fence, 1, 131).await.unwrap(), Held::Lost);
    assert_eq!(store.write_done(first.lsid.clone(), first.fence, 1, ActionId::new(9), 131).await.unwrap(), Held::Lost);
    assert_eq!(store.session(lsid('a')).await.unwrap().unwrap().state, SessionState::AwaitingReport);
    assert_eq!(store.decided(second.lsid.clone(), second.fence, decision(SessionState::Pending)).await.unwrap(), Held::Yes);
}

#[tokio::test]
async fn a_decided_session_carries_its_write_until_it_is_written() {
    let Folder { store, folder: _folder } = sqlite();
    store.receive(end_of(&lsid('a'), 1, 100)).await.unwrap();
    let job = store.claim_session(window(100, 30), BOTH).await.unwrap().unwrap();
    assert_eq!((job.state, job.write), (SessionState::AwaitingReport, None));
    store.decided(job.lsid, job.fence, decision(SessionState::Pending)).await.unwrap();

    let job = store.claim_session(window(200, 30), BOTH).await.unwrap().unwrap();
    let write = job.write.clone().unwrap();
    assert_eq!((job.state, write.intended, write.attempted_at), (SessionState::Pending, note(ticket()), None));
    assert_eq!(job.report.as_deref(), Some(&b"<session_list/>"[..]));
    store.write_attempted(job.lsid.clone(), job.fence, write.id, 201).await.unwrap();

    let again = store.claim_session(window(230, 30), BOTH).await.unwrap().unwrap();
    assert_eq!(again.write.unwrap().attempted_at, Some(201), "whoever comes next sees that the outcome is unknown");
    store.write_done(again.lsid.clone(), again.fence, write.id, ActionId::new(5), 231).await.unwrap();
    let session = store.session(lsid('a')).await.unwrap().unwrap();
    assert_eq!((session.state, session.action, session.next_at), (SessionState::Written, ActionId::new(5), None));
    // A late repetition of the event opens nothing again.
    store.receive(end_of(&lsid('a'), 2, 300)).await.unwrap();
    assert!(store.claim_session(window(1_000, 30), BOTH).await.unwrap().is_none());
}

#[tokio::test]
async fn a_postponed_session_waits_and_keeps_its_reason() {
    let Folder { store, folder: _folder } = sqlite();
    store.receive(end_of(&lsid('a'), 1, 100)).await.unwrap();
    let job = store.claim_session(window(100, 30), BOTH).await.unwrap().unwrap();
    let reason = Message::new("session.reportUnfinished");
    let later = Postponed { outcome: Outcome::Later(110), reason: reason.clone(), clear: true, counts: true, report: None, at: 101 };
    store.session_postponed(job.lsid, job.fence, later).await.unwrap();
    assert!(store.claim_session(window(109, 30), BOTH).await.unwrap().is_none());
    let job = store.claim_session(window(110, 30), BOTH).await.unwrap().unwrap();
    assert_eq!(job.attempts, 1);
    let rest = Postponed {
        outcome: Outcome::Rest(SessionState::Failed),
        reason: reason.clone(),
        clear: true,
        counts: true,
        report: Some(b"<cut".to_vec()),
        at: 111,
    };
    store.session_postponed(job.lsid, job.fence, rest).await.unwrap();
    let session = store.session(lsid('a')).await.unwrap().unwrap();
    assert_eq!((session.state, session.reason, session.next_at), (SessionState::Failed, Some(reason), None));
    assert!(store.claim_session(window(10_000, 30), BOTH).await.unwrap().is_none());
}

#[tokio::test]
async fn a_refused_session_keeps_no_transcript() {
    let Folder { store, folder } = sqlite();
    store.receive(end_of(&lsid('a'), 1, 100)).await.unwrap();
    let job = store.claim_session(window(100, 30), BOTH).await.unwrap().unwrap();
    store.decided(job.lsid, job.fence, decision(SessionState::Refused)).await.unwrap();
    let reader = rusqlite::Connection::open(folder.path().join("store.sqlite3")).unwrap();
    let reports: i64 = reader.query_row("SELECT count(*) FROM reports", [], |row| row.get(0)).unwrap();
    assert_eq!(reports, 0);
}

/// A session that is written on the ticket as action 5.
async fn written(store: &Arc<dyn Store>, lsid: &Lsid) {
    store.receive(end_of(lsid, 1, 100)).await.unwrap();
    let job = store.claim_session(window(100, 30), BOTH).await.unwrap().unwrap();
    store.decided(job.lsid, job.fence, decision(SessionState::Pending)).await.unwrap();
    let job = store.claim_session(window(200, 30), BOTH).await.unwrap().unwrap();
    store.write_done(job.lsid, job.fence, job.write.unwrap().id, ActionId::new(5), 201).await.unwrap();
}

fn person() -> Person {
    Person { agent: Some(agent()), name: "Priya Nair".to_owned() }
}

#[tokio::test]
async fn a_move_is_a_new_note_first_and_the_old_one_taken_back_after() {
    let Folder { store, folder: _folder } = sqlite();
    written(&store, &lsid('a')).await;
    let other = TicketId::new(1170).unwrap();
    let moved = ByHand::Link { seen: Some(ticket()), ticket: other, private: true };
    assert_eq!(store.by_hand(lsid('a'), moved.clone(), person(), 300).await.unwrap(), Handled::Taken);
    assert_eq!(store.by_hand(lsid('a'), moved.clone(), person(), 300).await.unwrap(), Handled::Busy(SessionState::Pending));
    let job = store.claim_session(window(300, 30), BOTH).await.unwrap().unwrap();
    let write = job.write.unwrap();
    assert!(matches!(&write.intended, IntendedWrite::Note(note) if note.ticket == other) && job.moves, "{write:?}");
    store.write_done(job.lsid, job.fence, write.id, ActionId::new(9), 301).await.unwrap();
    let job = store.claim_session(window(301, 30), BOTH).await.unwrap().unwrap();
    let write = job.write.unwrap();
    let old = IntendedWithdrawal { ticket: ticket(), action: ActionId::new(5).unwrap() };
    assert_eq!(write.intended, IntendedWrite::Withdrawal(old));
    store.write_done(job.lsid, job.fence, write.id, None, 302).await.unwrap();
    let session = store.session(lsid('a')).await.unwrap().unwrap();
    assert_eq!((session.state, session.ticket, session.action), (SessionState::Written, Some(other), ActionId::new(9)));
    assert_eq!(
        store.by_hand(lsid('a'), moved, person(), 303).await.unwrap(),
        Handled::Busy(SessionState::Written),
        "it is on another ticket than was seen"
    );
    let again = ByHand::Link { seen: Some(other), ticket: other, private: true };
    assert_eq!(store.by_hand(lsid('a'), again, person(), 303).await.unwrap(), Handled::Linked(other));
}

#[tokio::test]
async fn what_people_may_do_goes_by_the_sessions_state() {
    let Folder { store, folder: _folder } = sqlite();
    let link = ByHand::Link { seen: None, ticket: ticket(), private: true };
    let handle = async |session: char, wish: &ByHand| store.by_hand(lsid(session), wish.clone(), person(), 400).await.unwrap();
    for wish in [&link, &ByHand::Unlink { seen: None }, &ByHand::Replay] {
        assert_eq!(handle('f', wish).await, Handled::Unknown);
    }
    store.receive(end_of(&lsid('a'), 1, 100)).await.unwrap();
    assert_eq!(handle('a', &link).await, Handled::Busy(SessionState::AwaitingReport));
    let job = store.claim_session(window(400, 30), BOTH).await.unwrap().unwrap();
    assert_eq!(handle('a', &ByHand::Replay).await, Handled::Busy(SessionState::AwaitingReport), "somebody holds it");
    store.decided(job.lsid, job.fence, decision(SessionState::Refused)).await.unwrap();
    assert_eq!(handle('a', &link).await, Handled::NotNow(SessionState::Refused));
    assert_eq!(handle('a', &ByHand::Unlink { seen: None }).await, Handled::NotNow(SessionState::Refused));
    assert_eq!(handle('a', &ByHand::Replay).await, Handled::Taken);
    let job = store.claim_session(window(400, 30), BOTH).await.unwrap().expect("it is due again");
    assert_eq!((job.state, job.since, job.attempts), (SessionState::AwaitingReport, 400, 0));
    store.decided(job.lsid, job.fence, decision(SessionState::Stored)).await.unwrap();
    assert_eq!(handle('a', &ByHand::Unlink { seen: None }).await, Handled::NotNow(SessionState::Stored));
    assert_eq!(handle('a', &link).await, Handled::Taken);
    written(&store, &lsid('b')).await;
    assert_eq!(handle('b', &ByHand::Replay).await, Handled::NotNow(SessionState::Written));
}

#[tokio::test]
async fn f26_after_the_clock_was_set_back_nothing_waits_for_the_old_future() {
    let Folder { store, folder: _folder } = sqlite();
    store.receive(end_of(&lsid('a'), 1, 100_000)).await.unwrap();
    store.claim_session(window(100_000, 30), BOTH).await.unwrap().unwrap();
    assert!(store.claim_session(window(100_010, 30), BOTH).await.unwrap().is_none(), "leased");
    let job = store.claim_session(window(50_000, 30), BOTH).await.unwrap().expect("no lease is that long");
    let later = Postponed {
        outcome: Outcome::Later(50_100),
        reason: Message::new("session.reportUnfinished"),
        clear: true,
        counts: true,
        report: None,
        at: 50_000,
    };
    store.session_postponed(job.lsid, job.fence, later).await.unwrap();
    assert!(store.claim_session(window(49_000, 30), BOTH).await.unwrap().is_none(), "within the horizon it is a wait");
    assert!(store.claim_session(window(30_000, 30), BOTH).await.unwrap().is_some(), "beyond it, it is due");
}

#[tokio::test]
async fn how_often_a_holder_died_on_a_session_is_known_to_the_next_and_forgotten_with_the_first_step() {
    let Folder { store, folder } = sqlite();
    store.receive(end_of(&lsid('a'), 1, 100)).await.unwrap();
    let job = store.claim_session(window(100, 30), BOTH).await.unwrap().unwrap();
    assert_eq!(store.session_died(job.lsid, job.fence, 110).await.unwrap(), Held::Yes);
    let job = store.claim_session(window(110, 30), BOTH).await.unwrap().unwrap();
    assert_eq!(job.deaths, 1, "it panicked");
    // The process dies with it: the next one needs not wait for the lease.
    drop(store);
    let store: Arc<dyn Store> = Arc::new(Sqlite::open(&folder.path().join("store.sqlite3")).unwrap());
    let job = store.claim_session(window(111, 30), BOTH).await.unwrap().unwrap();
    assert_eq!(job.deaths, 2);
    store.decided(job.lsid, job.fence, decision(SessionState::Pending)).await.unwrap();
    assert_eq!(store.claim_session(window(1_000, 30), BOTH).await.unwrap().unwrap().deaths, 0);
    // Being slower than one's lease is no death.
    assert_eq!(store.claim_session(window(2_000, 30), BOTH).await.unwrap().unwrap().deaths, 0);
}

#[tokio::test]
async fn only_states_that_were_asked_for_are_claimed_and_what_was_begun_goes_first() {
    let Folder { store, folder: _folder } = sqlite();
    for (digit, number) in [('a', 1), ('b', 2)] {
        store.receive(end_of(&lsid(digit), number, 100)).await.unwrap();
    }
    let job = store.claim_session(window(100, 30), BOTH).await.unwrap().unwrap();
    store.decided(job.lsid.clone(), job.fence, decision(SessionState::Pending)).await.unwrap();
    assert!(store.claim_session(window(150, 30), &[SessionState::Pending]).await.unwrap().is_none(), "its write is due from 200 on");
    assert_eq!(store.claim_session(window(200, 30), BOTH).await.unwrap().unwrap().lsid, job.lsid);
    assert!(store.claim_session(window(201, 30), &[SessionState::Pending]).await.unwrap().is_none());
}

#[tokio::test]
async fn sessions_are_found_by_what_people_look_for() {
    let Folder { store, folder: _folder } = sqlite();
    store.receive(end_of(&lsid('a'), 1, 100)).await.unwrap();
    let job = store.claim_session(window(100, 30), BOTH).await.unwrap().unwrap();
    store.decided(job.lsid, job.fence, decision(SessionState::Stored)).await.unwrap();
    for (search, found) in [
        ("", 1),
        ("blake REMOTE", 1),
        ("connor aaaa", 1),
        ("connor bbbb", 0),
        ("änne", 1),
        ("REASON av", 1),
        ("batley refresh", 1),
        ("br-LT-0148", 1),
        ("priya po", 1),
        ("br-lt-0149", 0),
        ("%", 0),
        ("\"", 0),
    ] {
        assert_eq!(sessions(&store, search).await, found, "{search}");
    }
    assert_eq!(store.report(lsid('a')).await.unwrap().as_deref(), Some(b"<session_list/>".as_slice()));
    assert_eq!(store.report(lsid('b')).await.unwrap(), None);
}

#[tokio::test]
async fn the_sweep_makes_rows_for_what_is_not_known_and_leaves_the_rest_alone() {
    let Folder { store, folder: _folder } = sqlite();
    written(&store, &lsid('a')).await;
    assert_eq!(store.announce(vec![lsid('a'), lsid('b')], 300).await.unwrap(), [lsid('b')]);
    assert_eq!(store.announce(vec![lsid('a'), lsid('b')], 300).await.unwrap(), []);
    assert!(store.session(lsid('b')).await.unwrap().unwrap().swept);
    assert_eq!(store.session(lsid('a')).await.unwrap().unwrap().state, SessionState::Written);
    assert_eq!(store.figures().await.unwrap().swept, 1);
}

#[tokio::test]
async fn only_what_is_old_enough_and_at_rest_is_forgotten() {
    let Folder { store, folder: _folder } = sqlite();
    written(&store, &lsid('a')).await;
    store.receive(end_of(&lsid('b'), 2, 100)).await.unwrap();
    let cuts = |at| Cuts { events: at, sessions: at, stored: at, invites: at, actions: at, audit: at, now: at };
    assert!(store.prune(cuts(100)).await.unwrap().is_empty());
    let pruned = store.prune(cuts(10_000)).await.unwrap();
    assert_eq!((pruned.of("events"), pruned.of("sessions")), (2, 1), "the one that waits for its report stays");
    assert!(store.session(lsid('a')).await.unwrap().is_none() && store.session(lsid('b')).await.unwrap().is_some());
    assert!(store.prune(cuts(10_000)).await.unwrap().is_empty());
}

#[tokio::test]
async fn whatever_is_forgotten_counts_and_an_action_that_was_looked_at_goes_before_its_ticket() {
    let Folder { store, folder } = sqlite();
    let kept = Cuts { events: 0, sessions: 0, stored: 0, invites: 0, actions: 0, audit: 0, now: 0 };
    let ring = |action: u32| Ring { ticket: ticket(), action: ActionId::new(action) };
    store.ring(vec![ring(0), ring(1), ring(2)], 100).await.unwrap();
    for _ in 0..2 {
        let job = store.claim_ring(window(100, 10)).await.unwrap().unwrap();
        store.ring_done(job.ring, job.fence, Message::new("automatic.otherAction")).await.unwrap();
    }
    let raw = rusqlite::Connection::open(folder.path().join("store.sqlite3")).unwrap();
    let told = || {
        let mut statement = raw.prepare("SELECT action FROM doorbells ORDER BY action").unwrap();
        statement.query_map([], |row| row.get(0)).unwrap().collect::<Result<Vec<u32>, _>>().unwrap()
    };
    assert_eq!(store.prune(Cuts { actions: 101, ..kept }).await.unwrap().of("doorbells"), 1);
    assert_eq!(told(), [0, 2], "the ticket stays, and so does what was not looked at yet");
    assert_eq!(store.prune(Cuts { invites: 101, ..kept }).await.unwrap().of("doorbells"), 1);
    assert_eq!(told(), [2]);

    let asset = AssetId::new(5120).unwrap();
    let launch = LaunchRow { code: Code::from_bits(1), asset, ticket: None, agent: agent(), name: "Ann".to_owned(), at: 100 };
    store.add_launch(launch).await.unwrap();
    store.unread_webhook(UnreadWebhook { digest: vec![1], reason: String::new(), body: Vec::new() }, 100).await.unwrap();
    raw.execute("INSERT INTO cookies (cookie, caller, expires_at) VALUES (x'01', '{}', 100)", []).unwrap();
    let cuts = [Cuts { invites: 101, ..kept }, Cuts { events: 101, ..kept }, Cuts { now: 101, ..kept }];
    for (table, cuts) in ["launches", "unread_webhooks", "cookies"].into_iter().zip(cuts) {
        let pruned = store.prune(cuts).await.unwrap();
        assert_eq!((pruned.of(table), pruned.is_empty()), (1, false), "{table}");
        assert!(store.prune(cuts).await.unwrap().is_empty(), "{table}");
    }
}

fn new_invite(code: u64, key: &str, request: u8, at: i64) -> NewInvite {
    NewInvite {
        chat_ticket: None,
        code: Code::from_bits(code),
        agent: agent(),
        idempotency_key: key.to_owned(),
        request: vec![request],
        about: About::Ticket(ticket()),
        alone_since: None,
        payload: b"sealed".to_vec(),
        at,
        lease_until: at + 30,
    }
}

#[tokio::test]
async fn an_idempotency_key_is_one_invite() {
    let Folder { store, folder: _folder } = sqlite();
    assert!(matches!(store.begin_invite(new_invite(1, "key", 1, 100)).await.unwrap(), Begun::New(Fence(1))));
    let Begun::Existing(row) = store.begin_invite(new_invite(2, "key", 1, 101)).await.unwrap() else { panic!("it is being worked on") };
    assert_eq!(row.code, Code::from_bits(1));
    let Begun::Resumed(row) = store.begin_invite(new_invite(3, "key", 1, 130)).await.unwrap() else { panic!("its holder is gone") };
    assert_eq!((row.code.clone(), row.fence), (Code::from_bits(1), Fence(2)));
    assert_eq!(store.invite_sent(row.code.clone(), Fence(1), ActionId::new(4), false).await.unwrap(), Held::Lost);
    assert_eq!(store.invite_sent(row.code.clone(), row.fence, ActionId::new(4), false).await.unwrap(), Held::Yes);
    let Begun::Existing(row) = store.begin_invite(new_invite(4, "key", 1, 500)).await.unwrap() else { panic!("it is done") };
    assert_eq!((row.stage, row.action), (InviteStage::Sent, ActionId::new(4)));
    assert!(matches!(store.begin_invite(new_invite(5, "other key", 1, 500)).await.unwrap(), Begun::New(_)));
    assert_eq!(store.invites_of(About::Ticket(ticket()), 10).await.unwrap().len(), 2);
    assert_eq!(store.issued(Code::from_bits(1)).await.unwrap().unwrap().ticket, Some(ticket()));
    assert_eq!(store.issued(Code::from_bits(77)).await.unwrap(), None);
}

#[tokio::test]
async fn an_abandoned_invite_never_was_and_a_keyed_one_cannot_be_abandoned() {
    let Folder { store, folder: _folder } = sqlite();
    store.begin_invite(new_invite(1, "key", 1, 100)).await.unwrap();
    store.abandon_invite(Code::from_bits(1), Fence(1)).await.unwrap();
    assert!(matches!(store.begin_invite(new_invite(2, "key", 2, 101)).await.unwrap(), Begun::New(_)));
    store.invite_keyed(Code::from_bits(2), Fence(1), b"with link".to_vec()).await.unwrap();
    assert_eq!(store.abandon_invite(Code::from_bits(2), Fence(1)).await.unwrap(), Held::Lost);
    let row = store.claim_invite(window(131, 29)).await.unwrap().expect("its lease is over");
    assert_eq!((row.stage, row.payload), (InviteStage::Keyed, b"with link".to_vec()));
}

#[tokio::test]
async fn what_halo_told_of_is_looked_at_once_by_one_holder() {
    let Folder { store, folder: _folder } = sqlite();
    let new = Ring { ticket: ticket(), action: None };
    let added = Ring { ticket: ticket(), action: ActionId::new(5) };
    store.ring(vec![new, added], 100).await.unwrap();
    let first = store.claim_ring(window(100, 29)).await.unwrap().unwrap();
    let second = store.claim_ring(window(100, 29)).await.unwrap().unwrap();
    assert_eq!(([first.ring, second.ring].contains(&new), [first.ring, second.ring].contains(&added)), (true, true));
    assert!(store.claim_ring(window(100, 29)).await.unwrap().is_none());
    let reason = Message::new("automatic.ours");
    assert_eq!(store.ring_done(first.ring, first.fence, reason.clone()).await.unwrap(), Held::Yes);
    let again = store.claim_ring(window(130, 29)).await.unwrap().expect("the second one's lease is over");
    assert_eq!(store.ring_done(second.ring, second.fence, reason.clone()).await.unwrap(), Held::Lost);
    assert_eq!(store.ring_postponed(again.ring, again.fence, Some(140), reason.clone()).await.unwrap(), Held::Yes);
    assert!(store.claim_ring(window(139, 29)).await.unwrap().is_none());
    let last = store.claim_ring(window(140, 29)).await.unwrap().unwrap();
    assert_eq!((last.attempts, last.received_at), (1, 100));
    store.ring_done(last.ring, last.fence, reason).await.unwrap();
    store.ring(vec![new, added], 150).await.unwrap();
    assert!(store.claim_ring(window(9_999, 1)).await.unwrap().is_none(), "told again, it is the same");
}

#[tokio::test]
async fn a_launch_is_issued_here() {
    let Folder { store, folder: _folder } = sqlite();
    let asset = AssetId::new(5120).unwrap();
    let launch = |bits, ticket, at| LaunchRow { code: Code::from_bits(bits), asset, ticket, agent: agent(), name: "Ann".to_owned(), at };
    let (with, without) = (launch(1, Some(ticket()), 100), launch(2, None, 101));
    store.add_launch(with.clone()).await.unwrap();
    store.add_launch(without.clone()).await.unwrap();
    assert_eq!(store.launches_of(asset, 9).await.unwrap(), [without, with]);
    let issued = async |bits| store.issued(Code::from_bits(bits)).await.unwrap().map(|issued| issued.ticket);
    assert_eq!((issued(1).await, issued(2).await, issued(3).await), (Some(Some(ticket())), Some(None), None));
}

#[tokio::test]
async fn an_invite_whose_person_was_told_is_left_alone() {
    let Folder { store, folder: _folder } = sqlite();
    store.begin_invite(new_invite(1, "key", 1, 100)).await.unwrap();
    store.invite_attempted(Code::from_bits(1), Fence(1), 101).await.unwrap();
    store
        .invite_stopped(Code::from_bits(1), Fence(1), InviteStopped { clear: true, counts: true, ..InviteStopped::default() })
        .await
        .unwrap();
    assert!(store.claim_invite(window(9_999, 1)).await.unwrap().is_none());
    let row = store.invite(Code::from_bits(1)).await.unwrap().unwrap();
    assert_eq!(row.attempted_at, None);
}

#[tokio::test]
async fn an_invite_is_about_a_ticket_or_about_a_chat() {
    let Folder { store, folder: _folder } = sqlite();
    let chat = About::Chat(ChatId::new(1161).unwrap());
    store.begin_invite(new_invite(1, "key", 1, 100)).await.unwrap();
    store.begin_invite(NewInvite { about: chat, ..new_invite(2, "other key", 1, 101) }).await.unwrap();
    for (about, code) in [(About::Ticket(ticket()), 1), (chat, 2)] {
        let rows = store.invites_of(about, 10).await.unwrap();
        assert_eq!(rows.iter().map(|row| (row.code.clone(), row.about)).collect::<Vec<_>>(), [(Code::from_bits(code), about)]);
        let issued = store.issued(Code::from_bits(code)).await.unwrap().unwrap();
        assert_eq!((issued.ticket, issued.chat), (about.ticket(), about.chat()));
    }
}

#[tokio::test]
async fn a_ticket_tells_of_what_was_posted_to_its_chats_and_a_chat_only_of_itself() {
    let Folder { store, folder: _folder } = sqlite();
    let chat = About::Chat(ChatId::new(640).unwrap());
    store.begin_invite(new_invite(1, "mailed", 1, 100)).await.unwrap();
    store.begin_invite(NewInvite { about: chat, chat_ticket: Some(ticket()), ..new_invite(2, "posted", 1, 101) }).await.unwrap();
    let codes = async |about| store.invites_of(about, 10).await.unwrap().into_iter().map(|row| row.code).collect::<Vec<_>>();
    assert_eq!(codes(About::Ticket(ticket())).await, [Code::from_bits(2), Code::from_bits(1)]);
    assert_eq!(codes(chat).await, [Code::from_bits(2)]);
    let row = store.invite(Code::from_bits(2)).await.unwrap().unwrap();
    assert_eq!(row.about, chat, "it stays the chat's");
    let colleague = NewInvite { agent: AgentId::new(43).unwrap(), alone_since: Some(0), ..new_invite(3, "hers", 1, 102) };
    let Begun::Recent(recent) = store.begin_invite(colleague).await.unwrap() else { panic!("the customer has an invite") };
    assert_eq!(recent.code, Code::from_bits(2));
}

#[tokio::test]
async fn invites_20_what_somebody_else_has_just_begun_is_found_in_the_step_that_would_begin_another() {
    let Folder { store, folder: _folder } = sqlite();
    let colleague = AgentId::new(43).unwrap();
    let asks = async |code: u64, at: i64, about: About| {
        let invite = NewInvite { agent: colleague, about, alone_since: Some(at - 120), ..new_invite(code, &format!("key {code}"), 1, at) };
        store.begin_invite(invite).await.unwrap()
    };
    let chat = About::Chat(ChatId::new(640).unwrap());
    store.begin_invite(new_invite(1, "key", 1, 100)).await.unwrap();
    let Begun::Recent(row) = asks(2, 101, About::Ticket(ticket())).await else { panic!("it is being made") };
    assert_eq!((row.code, row.agent), (Code::from_bits(1), agent()));
    assert!(matches!(asks(3, 101, chat).await, Begun::New(_)), "about something else");
    // Her own, and one that knows of it, are not held up.
    let own = NewInvite { alone_since: Some(0), ..new_invite(4, "her second", 1, 101) };
    assert!(matches!(store.begin_invite(own).await.unwrap(), Begun::New(_)));
    store.abandon_invite(Code::from_bits(4), Fence(1)).await.unwrap();
    assert!(matches!(asks(5, 220, About::Ticket(ticket())).await, Begun::New(_)), "two minutes later it is no news");
    store.abandon_invite(Code::from_bits(5), Fence(1)).await.unwrap();
    // One whose sender was told that it could not be sent is nobody's news.
    store
        .invite_stopped(Code::from_bits(1), Fence(1), InviteStopped { clear: true, counts: true, ..InviteStopped::default() })
        .await
        .unwrap();
    assert!(matches!(asks(6, 102, About::Ticket(ticket())).await, Begun::New(_)));
    let known = NewInvite { agent: colleague, alone_since: None, ..new_invite(7, "knows", 1, 103) };
    assert!(matches!(store.begin_invite(known).await.unwrap(), Begun::New(_)));
}

fn told(code: u64, is: InviteEvent, at: i64, name: Option<&str>) -> ToldStep {
    ToldStep { code: Code::from_bits(code), step: InviteStep { is, at, name: name.map(str::to_owned) } }
}

/// An event of a session that runs, or of its end.
fn tells(lsid: &Lsid, digest: u8, told: ToldStep) -> ReceivedEvent {
    let end = told.step.is == InviteEvent::Ended;
    let state = if end { EventState::Accepted } else { EventState::Ignored };
    ReceivedEvent { state, live: !end, told: Some(told), ..end_of(lsid, digest, 100) }
}

#[tokio::test]
async fn what_events_tell_of_an_invite_is_kept_once_in_their_order_whenever_they_come() {
    use InviteEvent::{Ended, Joined, Left, Waiting};
    let Folder { store, folder: _folder } = sqlite();
    store.begin_invite(new_invite(1, "key", 1, 100)).await.unwrap();
    assert_eq!(store.finding(SESSIONS_REPORTED).await.unwrap(), None);
    let events = [
        told(1, Ended, 50, None),
        told(1, Left, 40, Some("Ann")),
        told(1, Waiting, 12, None),
        told(1, Joined, 20, Some("Ann")),
        told(1, Waiting, 10, None),
        told(1, Joined, 20, Some("Ann")),
        told(1, Ended, 55, None),
        told(2, Waiting, 10, None),
    ];
    for (digest, event) in (10..).zip(events) {
        assert_eq!(store.receive(tells(&lsid('a'), digest, event)).await.unwrap(), None);
    }
    let lives = store.invite_lives(vec![Code::from_bits(2), Code::from_bits(1)]).await.unwrap();
    assert!(lives[0].steps.is_empty(), "nothing is kept of what we did not issue");
    let steps: Vec<_> = lives[1].steps.iter().map(|(of, step)| (of.clone(), step.is, step.at)).collect();
    let of_a = |is, at| (lsid('a'), is, at);
    assert_eq!(steps, [of_a(Waiting, 10), of_a(Joined, 20), of_a(Left, 40), of_a(Ended, 50)]);
    assert_eq!(lives[1].session.as_ref().map(|session| session.state), Some(SessionState::AwaitingReport));
    assert!(store.finding(SESSIONS_REPORTED).await.unwrap().is_some());
    // The decided report names the code, too: no second end, and an end when no event told of it.
    for digit in ['a', 'b'] {
        store.announce(vec![lsid(digit)], 100).await.unwrap();
        let job = store.claim_session(window(100, 30), BOTH).await.unwrap().unwrap();
        let decision = Decision { told: Some(told(1, Ended, 60, None)), ..decision(SessionState::Stored) };
        store.decided(job.lsid, job.fence, decision).await.unwrap();
    }
    let life = store.invite_lives(vec![Code::from_bits(1)]).await.unwrap().remove(0);
    let ends: Vec<_> = life.steps.iter().filter(|(_, step)| step.is == Ended).map(|(of, step)| (of.clone(), step.at)).collect();
    assert_eq!(ends, [(lsid('a'), 50), (lsid('b'), 60)]);
    assert_eq!(life.session.map(|session| (session.lsid, session.state)), Some((lsid('b'), SessionState::Stored)));
}

#[tokio::test]
async fn invites_21_a_revoked_invite_is_lost_to_whoever_holds_it_and_named_when_it_is_used() {
    let Folder { store, folder } = sqlite();
    store.begin_invite(new_invite(1, "key", 1, 100)).await.unwrap();
    let revoke = async |code: u64| store.revoke_invite(Code::from_bits(code), person(), 110).await.unwrap();
    assert!(revoke(2).await.is_none());
    for _ in 0..2 {
        let Some(row) = revoke(1).await else { panic!("it is there") };
        assert_eq!(row.revoked_at, Some(110));
    }
    assert_eq!(store.invite_keyed(Code::from_bits(1), Fence(1), Vec::new()).await.unwrap(), Held::Lost);
    assert_eq!(store.invite_attempted(Code::from_bits(1), Fence(1), 111).await.unwrap(), Held::Lost);
    let again = store.begin_invite(new_invite(3, "key", 1, 9_000)).await.unwrap();
    assert!(matches!(again, Begun::Existing(_)), "the same request finds it dead");
    assert!(store.claim_invite(window(9_000, 1)).await.unwrap().is_none());
    let used = store.receive(tells(&lsid('a'), 9, told(1, InviteEvent::Waiting, 120, None))).await.unwrap();
    assert_eq!(used, Some(Code::from_bits(1)));
    let raw = rusqlite::Connection::open(folder.path().join("store.sqlite3")).unwrap();
    let lines: (i64, String) = raw
        .query_row("SELECT count(*), min(code) FROM audit WHERE what = 'invite_revoked'", [], |row| Ok((row.get(0)?, row.get(1)?)))
        .unwrap();
    assert_eq!(lines, (1, Code::from_bits(1).to_string()));
    // What is forgotten takes its steps along.
    let cuts = Cuts { events: 0, sessions: 0, stored: 0, invites: 10_000, actions: 0, audit: 0, now: 0 };
    assert_eq!(store.prune(cuts).await.unwrap().of("invites"), 1);
    assert_eq!(raw.query_row("SELECT count(*) FROM invite_steps", [], |row| row.get::<_, i64>(0)).unwrap(), 0);
}

#[tokio::test]
async fn settings_are_saved_once_per_version() {
    let Folder { store, folder: _folder } = sqlite();
    assert_eq!(store.settings().await.unwrap(), None);
    let mut settings = Settings::default();
    settings
        .agents
        .insert(agent(), halo_remote_support::rules::settings::AgentOverride { invites_enabled: Some(false), beyondtrust_name: None });
    let connection = halo_remote_support::api::Connection { client_secret: Some("bt-secret-1".to_owned()), ..Default::default() };
    assert_eq!(store.save_settings(0, settings.clone(), connection.clone(), Some(agent()), 1).await.unwrap(), Some(1));
    assert_eq!(store.save_settings(0, settings.clone(), connection.clone(), Some(agent()), 2).await.unwrap(), None, "somebody was faster");
    assert_eq!(store.save_settings(1, settings.clone(), connection, Some(agent()), 3).await.unwrap(), Some(2));
    let (version, stored, connection) = store.settings().await.unwrap().unwrap();
    assert_eq!((version, stored, connection.client_secret), (2, settings, None));
}

#[tokio::test]
async fn a_sign_in_and_its_code_work_once() {
    let Folder { store, folder: _folder } = sqlite();
    let caller = Caller { agent: agent(), name: "Priya Nair".to_owned(), is_administrator: true };
    let sign_in =
        SignIn { state: vec![1], browser: vec![2], secrets: vec![3], origin: "http://support.localhost".to_owned(), started_at: 100 };
    store.begin_sign_in(sign_in.clone(), 0).await.unwrap();
    assert!(store.take_sign_in(vec![1], 0).await.unwrap().is_some());
    assert!(store.take_sign_in(vec![1], 0).await.unwrap().is_none());
    store.begin_sign_in(sign_in, 0).await.unwrap();
    assert!(store.take_sign_in(vec![1], 101).await.unwrap().is_none(), "too old");

    let finish = |code: u8| store.finish_sign_in(caller.clone(), Some(vec![9]), vec![code], vec![7], 100);
    finish(1).await.unwrap();
    finish(2).await.unwrap();
    finish(3).await.unwrap();
    assert_eq!(store.exchange(vec![1], vec![7], 100, vec![5], 500).await.unwrap(), Some(caller.clone()));
    assert_eq!(store.exchange(vec![1], vec![7], 100, vec![6], 500).await.unwrap(), None, "spent");
    assert_eq!(store.exchange(vec![2], vec![8], 100, vec![6], 500).await.unwrap(), None, "another frame's nonce");
    assert_eq!(store.exchange(vec![2], vec![7], 100, vec![6], 500).await.unwrap(), None, "spent by the wrong nonce");
    assert_eq!(store.exchange(vec![3], vec![7], 101, vec![6], 500).await.unwrap(), None, "too old");
    assert_eq!(store.caller(vec![5], 499).await.unwrap(), Some(caller));
    assert_eq!(store.caller(vec![5], 500).await.unwrap(), None, "expired");
    store.sign_out(vec![5]).await.unwrap();
    assert_eq!(store.caller(vec![5], 1).await.unwrap(), None);
    assert_eq!(store.refresh_token(agent()).await.unwrap(), Some(vec![9]));
    store.save_refresh_token(agent(), None, 1).await.unwrap();
    assert_eq!(store.refresh_token(agent()).await.unwrap(), None);
}

#[test]
fn a_second_proxy_on_one_file_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.sqlite3");
    let first = Sqlite::open(&path).unwrap();
    let Err(problem @ StoreProblem::InUse(_)) = Sqlite::open(&path) else { panic!("it must be refused") };
    assert!(problem.to_string().contains("another proxy is running"), "{problem}");
    drop(first);
    Sqlite::open(&path).unwrap();
}

#[test]
fn a_newer_store_is_refused_and_left_untouched() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.sqlite3");
    drop(Sqlite::open(&path).unwrap());
    let raw = rusqlite::Connection::open(&path).unwrap();
    raw.pragma_update(None, "user_version", 99).unwrap();
    assert!(matches!(Sqlite::open(&path), Err(StoreProblem::Newer { found: 99, .. })));
    assert_eq!(raw.pragma_query_value(None, "user_version", |row| row.get::<_, i64>(0)).unwrap(), 99);
}

#[tokio::test]
async fn f05_commits_are_on_the_disk_before_they_are_answered() {
    let Folder { store, folder } = sqlite();
    store.ready().await.unwrap();
    let raw = rusqlite::Connection::open(folder.path().join("store.sqlite3")).unwrap();
    assert_eq!(raw.pragma_query_value(None, "journal_mode", |row| row.get::<_, String>(0)).unwrap(), "wal");
    store.receive(end_of(&lsid('a'), 1, 100)).await.unwrap();
    assert_eq!(raw.query_row("SELECT count(*) FROM events", [], |row| row.get::<_, i64>(0)).unwrap(), 1);
}
