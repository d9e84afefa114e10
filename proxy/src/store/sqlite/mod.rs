//! SQLite behind the [`Store`](super::Store) trait: one writer thread that commits waiting steps together, readers beside it,
//! forward-only migrations. What each step does to the tables is in the modules below.

mod by_hand;
mod doorbells;
mod events;
mod invites;
mod launches;
mod lives;
mod sessions;
mod sign_in;
mod steps;
mod upkeep;

use super::{Result, StoreProblem};
use rusqlite::{Connection, ErrorCode, Savepoint};
use std::{
    fs::File,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError, mpsc},
    thread,
};
use tokio::sync::oneshot;

/// The schema this program writes.
pub const SCHEMA_VERSION: i64 = 5;
const MIGRATIONS: [&str; 5] = [
    include_str!("../schema/001.sql"),
    include_str!("../schema/002.sql"),
    include_str!("../schema/003.sql"),
    include_str!("../schema/004.sql"),
    include_str!("../schema/005.sql"),
];
/// Steps committed together at most.
const GROUP: usize = 256;
/// Pages in the log (32 MB) before they are moved into the file, which whoever commits then has to wait for. SQLite's own 1000
/// are a hundred events: one in a hundred would wait.
const LOG_PAGES: i64 = 8000;

type Finish = Box<dyn FnOnce(std::result::Result<(), String>) + Send>;
type Step = Box<dyn FnOnce(&mut Savepoint<'_>) -> (bool, Finish) + Send>;

/// The store in one SQLite file. Cheap to clone; the last clone closes the writer.
#[derive(Clone)]
pub struct Sqlite {
    path: Arc<PathBuf>,
    writer: mpsc::Sender<Step>,
    reader: Arc<Mutex<Connection>>,
    /// Held while we live: a second proxy on the same file refuses to start.
    _lock: Option<Arc<File>>,
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
        make_private(path).map_err(|error| StoreProblem::File(name.clone(), error))?;
        let damaged = |problem: StoreProblem| if_damaged(&name, problem);
        let mut connection = connect(path).map_err(damaged)?;
        whole(&connection, &name).map_err(damaged)?;
        migrate(&mut connection).map_err(damaged)?;
        // We are alone on this file: whoever held a row is dead, and nobody has to wait for the end of its lease.
        connection
            .execute_batch(
                "UPDATE sessions SET deaths = deaths + 1, lease_until = NULL, next_at = 0 WHERE lease_until IS NOT NULL;
                 UPDATE invites SET lease_until = NULL, next_at = 0 WHERE lease_until IS NOT NULL AND next_at = lease_until;
                 UPDATE doorbells SET lease_until = NULL, next_at = 0 WHERE lease_until IS NOT NULL;",
            )
            .map_err(|error| damaged(error.into()))?;
        Self::start(path, connection, Some(lock))
    }

    /// Opens the file beside a proxy that may be running on it, for a command: nothing is made or migrated.
    ///
    /// # Errors
    /// When there is no store, or not one of this program's schema.
    pub fn beside(path: &Path) -> Result<Self> {
        let name = path.display().to_string();
        if !path.is_file() {
            return Err(StoreProblem::Missing(name));
        }
        let connection = connect(path).map_err(|problem| if_damaged(&name, problem))?;
        match version(&connection).map_err(|problem| if_damaged(&name, problem))? {
            SCHEMA_VERSION => Self::start(path, connection, None),
            found if found > SCHEMA_VERSION => Err(StoreProblem::Newer { found, known: SCHEMA_VERSION }),
            found => Err(StoreProblem::Older { found, known: SCHEMA_VERSION }),
        }
    }

    fn start(path: &Path, connection: Connection, lock: Option<File>) -> Result<Self> {
        let reader = connect(path)?;
        reader.pragma_update(None, "query_only", true)?;
        let (writer, steps) = mpsc::channel();
        thread::Builder::new()
            .name("store-writer".to_owned())
            .spawn(move || write_groups(connection, &steps))
            .map_err(|error| StoreProblem::File(path.display().to_string(), error))?;
        Ok(Self { path: Arc::new(path.to_owned()), writer, reader: Arc::new(Mutex::new(reader)), _lock: lock.map(Arc::new) })
    }

    /// Runs a step on the writer; returns after its commit is durable.
    async fn write<T: Send + 'static>(&self, step: impl FnOnce(&Connection) -> Result<T> + Send + 'static) -> Result<T> {
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
    async fn read<T: Send + 'static>(&self, query: impl FnOnce(&Connection) -> Result<T> + Send + 'static) -> Result<T> {
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
    connection.pragma_update(None, "wal_autocheckpoint", LOG_PAGES)?;
    // What a step would have to undo. A file would be made for every larger group, where the system keeps such files.
    connection.pragma_update(None, "temp_store", "memory")?;
    Ok(connection)
}

/// What the store holds is for the proxy's user alone.
fn make_private(path: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::OpenOptionsExt as _;
    std::fs::OpenOptions::new().create(true).append(true).mode(0o600).open(path).map(drop)
}

fn version(connection: &Connection) -> Result<i64> {
    Ok(connection.pragma_query_value(None, "user_version", |row| row.get(0))?)
}

/// A damaged file is refused before anything is written to it.
fn whole(connection: &Connection, name: &str) -> Result<()> {
    let verdict: String = connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
    if verdict == "ok" { Ok(()) } else { Err(StoreProblem::Damaged(name.to_owned(), verdict)) }
}

fn if_damaged(name: &str, problem: StoreProblem) -> StoreProblem {
    match &problem {
        StoreProblem::Sqlite(error) if matches!(error.sqlite_error_code(), Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase)) => {
            StoreProblem::Damaged(name.to_owned(), error.to_string())
        }
        _ => problem,
    }
}

fn migrate(connection: &mut Connection) -> Result<()> {
    let found = version(connection)?;
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
struct Versioned<T> {
    v: u32,
    payload: T,
}

fn to_json<T: serde::Serialize>(what: &'static str, payload: T) -> Result<String> {
    serde_json::to_string(&Versioned { v: 1, payload }).map_err(|error| StoreProblem::Payload(what, error.to_string()))
}

fn from_json<T: serde::de::DeserializeOwned>(what: &'static str, text: &str) -> Result<T> {
    let versioned: Versioned<T> = serde_json::from_str(text).map_err(|error| StoreProblem::Payload(what, error.to_string()))?;
    if versioned.v == 1 { Ok(versioned.payload) } else { Err(StoreProblem::Payload(what, format!("version {}", versioned.v))) }
}

/// A column that must hold one of the field's own words.
fn word<T>(what: &'static str, value: Option<T>) -> Result<T> {
    value.ok_or_else(|| StoreProblem::Payload(what, "not a valid value".to_owned()))
}

fn rows_changed(changed: usize) -> super::Held {
    if changed == 0 { super::Held::Lost } else { super::Held::Yes }
}
