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
    settings::Settings,
    wording::Message,
    words::{ActionId, AgentId, Lsid, TicketId},
};
use remote_support_proxy::{
    sign_in::Caller,
    store::{
        Begun, Decision, EventState, Fence, Held, IntendedWrite, InviteStage, NewInvite, Outcome, Postponed, ReceivedEvent, SessionState,
        SignIn, Sqlite, Store, StoreProblem,
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
        body: b"event=support_conference_end".to_vec(),
        at,
    }
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
        state,
        write: to_ticket.then(|| IntendedWrite { ticket: ticket(), private: true }),
        report: Some(b"<session_list/>".to_vec()),
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
    assert_eq!(store.sessions(None, None, 10).await.unwrap().len(), 1);
    let counts = store.event_counts().await.unwrap();
    assert_eq!((counts.accepted, counts.last_at), (2, Some(100)));
}

#[tokio::test]
async fn a_session_has_one_holder_at_a_time_and_a_lost_lease_records_nothing() {
    let Folder { store, folder: _folder } = sqlite();
    store.receive(end_of(&lsid('a'), 1, 100)).await.unwrap();
    let first = store.claim_session(100, 130).await.unwrap().unwrap();
    assert!(store.claim_session(129, 150).await.unwrap().is_none(), "leased");
    let second = store.claim_session(130, 160).await.unwrap().expect("the lease is over");
    assert_eq!(store.decided(first.lsid.clone(), first.fence, decision(SessionState::Pending)).await.unwrap(), Held::Lost);
    assert_eq!(store.note_attempted(first.lsid.clone(), first.fence, 131).await.unwrap(), Held::Lost);
    assert_eq!(store.note_written(first.lsid.clone(), first.fence, ActionId::new(9), 131).await.unwrap(), Held::Lost);
    assert_eq!(store.session(lsid('a')).await.unwrap().unwrap().state, SessionState::AwaitingReport);
    assert_eq!(store.decided(second.lsid.clone(), second.fence, decision(SessionState::Pending)).await.unwrap(), Held::Yes);
}

#[tokio::test]
async fn a_decided_session_carries_its_write_until_it_is_written() {
    let Folder { store, folder: _folder } = sqlite();
    store.receive(end_of(&lsid('a'), 1, 100)).await.unwrap();
    let job = store.claim_session(100, 130).await.unwrap().unwrap();
    assert_eq!((job.state, job.write, job.attempted_at), (SessionState::AwaitingReport, None, None));
    store.decided(job.lsid, job.fence, decision(SessionState::Pending)).await.unwrap();

    let job = store.claim_session(200, 230).await.unwrap().unwrap();
    assert_eq!(
        (job.state, job.write.clone(), job.attempted_at),
        (SessionState::Pending, Some(IntendedWrite { ticket: ticket(), private: true }), None)
    );
    assert_eq!(job.report.as_deref(), Some(&b"<session_list/>"[..]));
    store.note_attempted(job.lsid.clone(), job.fence, 201).await.unwrap();

    let again = store.claim_session(230, 260).await.unwrap().unwrap();
    assert_eq!(again.attempted_at, Some(201), "whoever comes next sees that the outcome is unknown");
    store.note_written(again.lsid.clone(), again.fence, ActionId::new(5), 231).await.unwrap();
    let session = store.session(lsid('a')).await.unwrap().unwrap();
    assert_eq!((session.state, session.action, session.next_at), (SessionState::Written, ActionId::new(5), None));
    // A late repetition of the event opens nothing again.
    store.receive(end_of(&lsid('a'), 2, 300)).await.unwrap();
    assert!(store.claim_session(1_000, 1_030).await.unwrap().is_none());
}

#[tokio::test]
async fn a_postponed_session_waits_and_keeps_its_reason() {
    let Folder { store, folder: _folder } = sqlite();
    store.receive(end_of(&lsid('a'), 1, 100)).await.unwrap();
    let job = store.claim_session(100, 130).await.unwrap().unwrap();
    let reason = Message::new("session.reportUnfinished");
    let later = Postponed { outcome: Outcome::Later(110), reason: reason.clone(), clear: true, report: None, at: 101 };
    store.session_postponed(job.lsid, job.fence, later).await.unwrap();
    assert!(store.claim_session(109, 139).await.unwrap().is_none());
    let job = store.claim_session(110, 140).await.unwrap().unwrap();
    assert_eq!(job.attempts, 1);
    let rest = Postponed {
        outcome: Outcome::Rest(SessionState::Failed),
        reason: reason.clone(),
        clear: true,
        report: Some(b"<cut".to_vec()),
        at: 111,
    };
    store.session_postponed(job.lsid, job.fence, rest).await.unwrap();
    let session = store.session(lsid('a')).await.unwrap().unwrap();
    assert_eq!((session.state, session.reason, session.next_at), (SessionState::Failed, Some(reason), None));
    assert!(store.claim_session(10_000, 10_030).await.unwrap().is_none());
}

#[tokio::test]
async fn a_refused_session_keeps_no_transcript() {
    let Folder { store, folder } = sqlite();
    store.receive(end_of(&lsid('a'), 1, 100)).await.unwrap();
    let job = store.claim_session(100, 130).await.unwrap().unwrap();
    store.decided(job.lsid, job.fence, decision(SessionState::Refused)).await.unwrap();
    let reader = rusqlite::Connection::open(folder.path().join("store.sqlite3")).unwrap();
    let report: Option<Vec<u8>> = reader.query_row("SELECT report FROM sessions", [], |row| row.get(0)).unwrap();
    assert_eq!(report, None);
}

fn new_invite(code: u64, key: &str, request: u8, at: i64) -> NewInvite {
    NewInvite {
        code: Code::from_bits(code),
        agent: agent(),
        idempotency_key: key.to_owned(),
        request: vec![request],
        ticket: ticket(),
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
    assert_eq!(store.invite_sent(row.code.clone(), Fence(1), ActionId::new(4)).await.unwrap(), Held::Lost);
    assert_eq!(store.invite_sent(row.code.clone(), row.fence, ActionId::new(4)).await.unwrap(), Held::Yes);
    let Begun::Existing(row) = store.begin_invite(new_invite(4, "key", 1, 500)).await.unwrap() else { panic!("it is done") };
    assert_eq!((row.stage, row.action), (InviteStage::Sent, ActionId::new(4)));
    assert!(matches!(store.begin_invite(new_invite(5, "other key", 1, 500)).await.unwrap(), Begun::New(_)));
    assert_eq!(store.invites_of(ticket(), 10).await.unwrap().len(), 2);
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
    let row = store.claim_invite(131, 160).await.unwrap().expect("its lease is over");
    assert_eq!((row.stage, row.payload), (InviteStage::Keyed, b"with link".to_vec()));
}

#[tokio::test]
async fn an_invite_whose_person_was_told_is_left_alone() {
    let Folder { store, folder: _folder } = sqlite();
    store.begin_invite(new_invite(1, "key", 1, 100)).await.unwrap();
    store.invite_attempted(Code::from_bits(1), Fence(1), 101).await.unwrap();
    store.invite_postponed(Code::from_bits(1), Fence(1), None, true).await.unwrap();
    assert!(store.claim_invite(9_999, 10_000).await.unwrap().is_none());
    let row = store.invite(Code::from_bits(1)).await.unwrap().unwrap();
    assert_eq!(row.attempted_at, None);
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
async fn commits_are_on_the_disk_before_they_are_answered() {
    let Folder { store, folder } = sqlite();
    store.ready().await.unwrap();
    let raw = rusqlite::Connection::open(folder.path().join("store.sqlite3")).unwrap();
    assert_eq!(raw.pragma_query_value(None, "journal_mode", |row| row.get::<_, String>(0)).unwrap(), "wal");
    store.receive(end_of(&lsid('a'), 1, 100)).await.unwrap();
    assert_eq!(raw.query_row("SELECT count(*) FROM events", [], |row| row.get::<_, i64>(0)).unwrap(), 1);
}
