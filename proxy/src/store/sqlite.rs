//! SQLite behind the [`Store`] trait: one writer thread that commits waiting steps together, readers beside it, forward-only
//! migrations. What each step does to the tables is in the neighbouring modules.

use super::{
    Begun, Decision, EventCounts, Fence, Held, InviteRow, NewInvite, Postponed, ReceivedEvent, Result, SessionJob, SessionState,
    SessionSummary, SignIn, Store, StoreProblem, sqlite_invites as invites, sqlite_sessions as sessions, sqlite_sign_in as sign_in,
};
use crate::sign_in::Caller;
use async_trait::async_trait;
use halo_remote_support::{
    api,
    rules::{
        correlation::Code,
        disposition::Issued,
        settings::Settings,
        words::{ActionId, AgentId, Lsid, TicketId, UnixSeconds},
    },
};
use rusqlite::{Connection, OptionalExtension as _, Savepoint, params};
use std::{
    fs::File,
    path::Path,
    sync::{Arc, Mutex, PoisonError, mpsc},
    thread,
};
use tokio::sync::oneshot;

/// The schema this program writes.
pub const SCHEMA_VERSION: i64 = 1;
const MIGRATIONS: [&str; 1] = [include_str!("schema/001.sql")];
/// Steps committed together at most.
const GROUP: usize = 256;

type Finish = Box<dyn FnOnce(std::result::Result<(), String>) + Send>;
type Step = Box<dyn FnOnce(&mut Savepoint<'_>) -> (bool, Finish) + Send>;

/// The store in one SQLite file. Cheap to clone; the last clone closes the writer.
#[derive(Clone)]
pub struct Sqlite {
    writer: mpsc::Sender<Step>,
    reader: Arc<Mutex<Connection>>,
    /// Held while we live: a second proxy on the same file refuses to start.
    _lock: Arc<File>,
}

impl Sqlite {
    /// Opens the file, or makes it, and brings its schema up to date.
    ///
    /// # Errors
    /// When another proxy holds it, it is newer than this program, damaged, or cannot be written.
    pub fn open(path: &Path) -> Result<Self> {
        let name = path.display().to_string();
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).map_err(|error| StoreProblem::File(name.clone(), error))?;
        }
        let lock = File::create(path.with_extension("lock")).map_err(|error| StoreProblem::File(name.clone(), error))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(std::fs::TryLockError::WouldBlock) => return Err(StoreProblem::InUse(name)),
            Err(std::fs::TryLockError::Error(error)) => return Err(StoreProblem::File(name, error)),
        }
        let mut connection = connect(path)?;
        migrate(&mut connection)?;
        let reader = connect(path)?;
        reader.pragma_update(None, "query_only", true)?;
        let (writer, steps) = mpsc::channel();
        thread::Builder::new()
            .name("store-writer".to_owned())
            .spawn(move || write_groups(connection, &steps))
            .map_err(|error| StoreProblem::File(name, error))?;
        Ok(Self { writer, reader: Arc::new(Mutex::new(reader)), _lock: Arc::new(lock) })
    }

    /// Runs a step on the writer; returns after its commit is durable.
    pub(super) async fn write<T: Send + 'static>(&self, step: impl FnOnce(&Connection) -> Result<T> + Send + 'static) -> Result<T> {
        let (tell, told) = oneshot::channel();
        let step: Step = Box::new(move |savepoint| {
            let result = step(savepoint);
            let keep = result.is_ok();
            let finish: Finish = Box::new(move |committed| {
                // The caller may have gone; the step is done all the same.
                let _ = tell.send(match committed {
                    Ok(()) => result,
                    Err(problem) => Err(StoreProblem::Commit(problem)),
                });
            });
            (keep, finish)
        });
        self.writer.send(step).map_err(|_| StoreProblem::Closed)?;
        told.await.map_err(|_| StoreProblem::Closed)?
    }

    /// Runs a query beside the writer.
    pub(super) async fn read<T: Send + 'static>(&self, query: impl FnOnce(&Connection) -> Result<T> + Send + 'static) -> Result<T> {
        let reader = Arc::clone(&self.reader);
        tokio::task::spawn_blocking(move || query(&reader.lock().unwrap_or_else(PoisonError::into_inner)))
            .await
            .map_err(|_| StoreProblem::Closed)?
    }
}

fn connect(path: &Path) -> Result<Connection> {
    let connection = Connection::open(path)?;
    connection.busy_timeout(std::time::Duration::from_secs(5))?;
    connection.pragma_update(None, "journal_mode", "wal")?;
    // Our 200 is a promise: a commit is on the disk, power loss included.
    connection.pragma_update(None, "synchronous", "full")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    Ok(connection)
}

fn migrate(connection: &mut Connection) -> Result<()> {
    let found: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let done = usize::try_from(found).unwrap_or(usize::MAX);
    let Some(outstanding) = MIGRATIONS.get(done..) else {
        return Err(StoreProblem::Newer { found, known: SCHEMA_VERSION });
    };
    for (migration, version) in outstanding.iter().zip(found + 1..) {
        let transaction = connection.transaction()?;
        transaction.execute_batch(migration)?;
        transaction.pragma_update(None, "user_version", version)?;
        transaction.commit()?;
    }
    Ok(())
}

fn write_groups(mut connection: Connection, steps: &mpsc::Receiver<Step>) {
    while let Ok(first) = steps.recv() {
        let group = std::iter::once(first).chain(steps.try_iter().take(GROUP - 1));
        let mut finishes = Vec::new();
        let committed = write_group(&mut connection, group, &mut finishes).map_err(|error| error.to_string());
        for finish in finishes {
            finish(committed.clone());
        }
    }
}

fn write_group(connection: &mut Connection, group: impl Iterator<Item = Step>, finishes: &mut Vec<Finish>) -> rusqlite::Result<()> {
    let mut transaction = connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    for step in group {
        let mut savepoint = transaction.savepoint()?;
        let (keep, finish) = step(&mut savepoint);
        finishes.push(finish);
        if keep {
            savepoint.commit()?;
        } else {
            savepoint.finish()?;
        }
    }
    transaction.commit()
}

/// JSON columns carry the version of their shape, so that a later program still reads them.
#[derive(serde::Serialize, serde::Deserialize)]
pub(super) struct Versioned<T> {
    v: u32,
    payload: T,
}

pub(super) fn to_json<T: serde::Serialize>(what: &'static str, payload: T) -> Result<String> {
    serde_json::to_string(&Versioned { v: 1, payload }).map_err(|error| StoreProblem::Payload(what, error.to_string()))
}

pub(super) fn from_json<T: serde::de::DeserializeOwned>(what: &'static str, text: &str) -> Result<T> {
    let versioned: Versioned<T> = serde_json::from_str(text).map_err(|error| StoreProblem::Payload(what, error.to_string()))?;
    if versioned.v == 1 { Ok(versioned.payload) } else { Err(StoreProblem::Payload(what, format!("version {}", versioned.v))) }
}

/// A column that must hold one of the field's own words.
pub(super) fn word<T>(what: &'static str, value: Option<T>) -> Result<T> {
    value.ok_or_else(|| StoreProblem::Payload(what, "not a valid value".to_owned()))
}

pub(super) fn rows_changed(changed: usize) -> super::Held {
    if changed == 0 { super::Held::Lost } else { super::Held::Yes }
}

pub(super) fn event_counts(connection: &Connection) -> Result<EventCounts> {
    let mut counts = EventCounts {
        last_at: connection.query_row("SELECT max(received_at) FROM events", [], |row| row.get(0)).optional()?.flatten(),
        ..EventCounts::default()
    };
    let mut statement = connection.prepare_cached("SELECT state, count(*) FROM events GROUP BY state")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let count = u64::try_from(row.get::<_, i64>(1)?).unwrap_or(0);
        match row.get_ref(0)?.as_str().map_err(rusqlite::Error::from)? {
            "accepted" => counts.accepted = count,
            "ignored" => counts.ignored = count,
            _ => counts.quarantined = count,
        }
    }
    Ok(counts)
}

#[async_trait]
impl Store for Sqlite {
    async fn ready(&self) -> Result<()> {
        self.write(|c| Ok(c.execute("UPDATE findings SET name = name WHERE false", []).map(drop)?)).await
    }
    async fn settings(&self) -> Result<Option<(u64, Settings, api::Connection)>> {
        self.read(sign_in::settings).await
    }
    async fn save_settings(
        &self,
        read: u64,
        settings: Settings,
        connection: api::Connection,
        by: Option<AgentId>,
        at: UnixSeconds,
    ) -> Result<Option<u64>> {
        self.write(move |c| sign_in::save_settings(c, read, settings, connection, by, at)).await
    }
    async fn secret(&self, name: &'static str) -> Result<Option<Vec<u8>>> {
        self.read(move |c| Ok(c.query_row("SELECT sealed FROM secrets WHERE name = ?1", [name], |row| row.get(0)).optional()?)).await
    }
    async fn save_secret(&self, name: &'static str, sealed: Vec<u8>, at: UnixSeconds) -> Result<()> {
        self.write(move |c| {
            c.execute("INSERT OR REPLACE INTO secrets (name, sealed, saved_at) VALUES (?1, ?2, ?3)", params![name, sealed, at])?;
            Ok(())
        })
        .await
    }
    async fn finding(&self, name: &'static str) -> Result<Option<String>> {
        self.read(move |c| Ok(c.query_row("SELECT value FROM findings WHERE name = ?1", [name], |row| row.get(0)).optional()?)).await
    }
    async fn save_finding(&self, name: &'static str, value: String, at: UnixSeconds) -> Result<()> {
        self.write(move |c| {
            c.execute("INSERT OR REPLACE INTO findings (name, value, found_at) VALUES (?1, ?2, ?3)", params![name, value, at])?;
            Ok(())
        })
        .await
    }

    async fn begin_sign_in(&self, begun: SignIn, forget_before: UnixSeconds) -> Result<()> {
        self.write(move |c| sign_in::begin(c, &begun, forget_before)).await
    }
    async fn take_sign_in(&self, state: Vec<u8>, begun_after: UnixSeconds) -> Result<Option<SignIn>> {
        self.write(move |c| sign_in::take(c, &state, begun_after)).await
    }
    async fn finish_sign_in(&self, caller: Caller, refresh: Option<Vec<u8>>, code: Vec<u8>, nonce: Vec<u8>, at: UnixSeconds) -> Result<()> {
        self.write(move |c| sign_in::finish(c, &caller, refresh, &code, &nonce, at)).await
    }
    async fn exchange(
        &self,
        code: Vec<u8>,
        nonce: Vec<u8>,
        made_after: UnixSeconds,
        cookie: Vec<u8>,
        expires_at: UnixSeconds,
    ) -> Result<Option<Caller>> {
        self.write(move |c| sign_in::exchange(c, &code, &nonce, made_after, &cookie, expires_at)).await
    }
    async fn caller(&self, cookie: Vec<u8>, now: UnixSeconds) -> Result<Option<Caller>> {
        self.read(move |c| sign_in::caller(c, &cookie, now)).await
    }
    async fn sign_out(&self, cookie: Vec<u8>) -> Result<()> {
        self.write(move |c| Ok(c.execute("DELETE FROM cookies WHERE cookie = ?1", [cookie]).map(drop)?)).await
    }
    async fn refresh_token(&self, agent: AgentId) -> Result<Option<Vec<u8>>> {
        self.read(move |c| {
            Ok(c.query_row("SELECT refresh FROM agent_tokens WHERE agent = ?1", [agent.get()], |row| row.get(0)).optional()?)
        })
        .await
    }
    async fn save_refresh_token(&self, agent: AgentId, sealed: Option<Vec<u8>>, at: UnixSeconds) -> Result<()> {
        self.write(move |c| sign_in::save_refresh_token(c, agent, sealed, at)).await
    }

    async fn begin_invite(&self, invite: NewInvite) -> Result<Begun> {
        self.write(move |c| invites::begin(c, &invite)).await
    }
    async fn claim_invite(&self, now: UnixSeconds, lease_until: UnixSeconds) -> Result<Option<InviteRow>> {
        self.write(move |c| invites::claim(c, now, lease_until)).await
    }
    async fn invite_keyed(&self, code: Code, fence: Fence, payload: Vec<u8>) -> Result<Held> {
        self.write(move |c| invites::keyed(c, &code, fence, &payload)).await
    }
    async fn invite_attempted(&self, code: Code, fence: Fence, at: UnixSeconds) -> Result<Held> {
        self.write(move |c| invites::attempted(c, &code, fence, at)).await
    }
    async fn invite_sent(&self, code: Code, fence: Fence, action: Option<ActionId>) -> Result<Held> {
        self.write(move |c| invites::sent(c, &code, fence, action)).await
    }
    async fn invite_postponed(&self, code: Code, fence: Fence, next_at: Option<UnixSeconds>, clear: bool) -> Result<Held> {
        self.write(move |c| invites::postponed(c, &code, fence, next_at, clear)).await
    }
    async fn abandon_invite(&self, code: Code, fence: Fence) -> Result<Held> {
        self.write(move |c| invites::abandon(c, &code, fence)).await
    }
    async fn invite(&self, code: Code) -> Result<Option<InviteRow>> {
        self.read(move |c| invites::one(c, &code)).await
    }
    async fn invites_of(&self, ticket: TicketId, limit: u32) -> Result<Vec<InviteRow>> {
        self.read(move |c| invites::of_ticket(c, ticket, limit)).await
    }
    async fn issued(&self, code: Code) -> Result<Option<Issued>> {
        self.read(move |c| invites::issued(c, &code)).await
    }

    async fn receive(&self, event: ReceivedEvent) -> Result<()> {
        self.write(move |c| {
            sessions::receive(c, &event)?;
            // Only the end of a session is a promise worth killing for.
            if event.state == super::EventState::Accepted {
                fail::fail_point!("intake_before_commit");
            }
            Ok(())
        })
        .await
    }
    async fn claim_session(&self, now: UnixSeconds, lease_until: UnixSeconds) -> Result<Option<SessionJob>> {
        self.write(move |c| sessions::claim(c, now, lease_until)).await
    }
    async fn decided(&self, lsid: Lsid, fence: Fence, decision: Decision) -> Result<Held> {
        self.write(move |c| sessions::decided(c, &lsid, fence, &decision)).await
    }
    async fn note_attempted(&self, lsid: Lsid, fence: Fence, at: UnixSeconds) -> Result<Held> {
        self.write(move |c| sessions::attempted(c, &lsid, fence, at)).await
    }
    async fn note_written(&self, lsid: Lsid, fence: Fence, action: Option<ActionId>, at: UnixSeconds) -> Result<Held> {
        self.write(move |c| sessions::written(c, &lsid, fence, action, at)).await
    }
    async fn session_postponed(&self, lsid: Lsid, fence: Fence, postponed: Postponed) -> Result<Held> {
        self.write(move |c| sessions::postponed(c, &lsid, fence, &postponed)).await
    }
    async fn session(&self, lsid: Lsid) -> Result<Option<SessionSummary>> {
        self.read(move |c| Ok(sessions::list(c, Some(&lsid), None, None, 1)?.pop())).await
    }
    async fn sessions(&self, state: Option<SessionState>, ticket: Option<TicketId>, limit: u32) -> Result<Vec<SessionSummary>> {
        self.read(move |c| sessions::list(c, None, state, ticket, limit)).await
    }
    async fn event_counts(&self) -> Result<EventCounts> {
        self.read(event_counts).await
    }
}
