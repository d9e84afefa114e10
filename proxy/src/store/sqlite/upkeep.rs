//! Figures, forgetting and copying, on SQLite's tables.

use super::super::{Cuts, Figures, Pruned, Result, SessionState, StoreProblem};
use super::{connect, events, sessions};
use rusqlite::Connection;
use std::path::Path;

/// Rows forgotten in one step: writers wait no longer than that takes.
const AT_ONCE: u32 = 2000;
/// What Halo told of, in the words of its index by age.
const LOOKED_AT: &str = "received_at < ?1 AND next_at IS NULL";
const ACTIONS_LOOKED_AT: &str = "received_at < ?1 AND next_at IS NULL AND action <> 0";

pub(super) fn figures(connection: &Connection) -> Result<Figures> {
    let number = |sql: &str| -> Result<u64> { Ok(events::count(connection.prepare_cached(sql)?.query_row([], |row| row.get(0))?)) };
    let mut by_state: Vec<(SessionState, u64)> = SessionState::ALL.map(|state| (state, 0)).to_vec();
    let mut statement = connection.prepare_cached("SELECT state, count(*) FROM sessions GROUP BY state")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let state = sessions::state_of(&row.get::<_, String>(0)?)?;
        if let Some((_, count)) = by_state.iter_mut().find(|(known, _)| *known == state) {
            *count = events::count(row.get(1)?);
        }
    }
    Ok(Figures {
        sessions: by_state,
        oldest_since: connection
            .prepare_cached("SELECT min(since) FROM sessions WHERE state IN ('awaiting_report', 'pending')")?
            .query_row([], |row| row.get(0))?,
        in_doubt: number("SELECT count(*) FROM outbox WHERE attempted_at IS NOT NULL AND written_at IS NULL")?,
        held: number("SELECT count(*) FROM sessions WHERE lease_until IS NOT NULL")?,
        swept: number("SELECT count(*) FROM sessions WHERE source = 'sweep'")?,
        events: events::counts(connection)?,
        invites_outstanding: number("SELECT count(*) FROM invites WHERE next_at IS NOT NULL")?,
        bytes: number("SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()")?,
    })
}

fn deletion(table: &str, condition: &str) -> String {
    format!("DELETE FROM {table} WHERE rowid IN (SELECT rowid FROM {table} WHERE {condition} LIMIT {AT_ONCE})")
}

pub(super) fn prune(connection: &Connection, cuts: Cuts) -> Result<Pruned> {
    let mut pruned = Pruned::default();
    // Nothing is forgotten without being counted: what is counted says whether there may be more.
    let mut forget = |table: &'static str, condition: &str, values: &[i64]| -> Result<()> {
        let rows = connection.prepare_cached(&deletion(table, condition))?.execute(rusqlite::params_from_iter(values))?;
        pruned.add(table, rows);
        Ok(())
    };
    let resting = "(state IN ('written', 'refused', 'failed') AND changed_at < ?1 OR state = 'stored' AND changed_at < ?2)";
    forget("sessions", resting, &[cuts.sessions, cuts.stored])?;
    // They lie in the order in which they came: only the oldest need be looked at.
    let oldest = format!("rowid IN (SELECT rowid FROM events ORDER BY rowid LIMIT {AT_ONCE}) AND received_at < ?1");
    forget("events", &oldest, &[cuts.events])?;
    forget("invites", "created_at < ?1 AND next_at IS NULL", &[cuts.invites])?;
    forget("audit", "at < ?1", &[cuts.audit])?;
    forget("doorbells", ACTIONS_LOOKED_AT, &[cuts.actions])?;
    forget("doorbells", LOOKED_AT, &[cuts.invites])?;
    forget("launches", "at < ?1", &[cuts.invites])?;
    forget("unread_webhooks", "received_at < ?1", &[cuts.events])?;
    forget("cookies", "expires_at < ?1", &[cuts.now])?;
    Ok(pruned)
}

/// A whole copy, made while everything goes on; it must not exist yet.
pub(super) fn backup(from: &Path, to: &Path) -> Result<()> {
    use std::os::unix::fs::OpenOptionsExt as _;
    let name = || to.display().to_string();
    std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(to).map_err(|error| StoreProblem::File(name(), error))?;
    connect(from)?.execute("VACUUM INTO ?1", [name()])?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_halo_told_of_is_forgotten_by_its_index() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("store.sqlite3");
        drop(super::super::Sqlite::open(&file).unwrap());
        let connection = Connection::open(&file).unwrap();
        for condition in [LOOKED_AT, ACTIONS_LOOKED_AT] {
            let mut statement = connection.prepare(&format!("EXPLAIN QUERY PLAN {}", deletion("doorbells", condition))).unwrap();
            let plan: Vec<String> = statement.query_map([0], |row| row.get(3)).unwrap().collect::<rusqlite::Result<_>>().unwrap();
            assert!(plan.iter().any(|step| step.contains("doorbells_by_age (received_at<?)")), "{plan:?}");
        }
    }
}
