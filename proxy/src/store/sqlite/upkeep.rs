//! Figures, forgetting and copying, on SQLite's tables.

use super::super::{Cuts, Figures, Pruned, Result, SessionState, StoreProblem};
use super::{connect, events, sessions};
use rusqlite::Connection;
use std::path::Path;

/// Rows forgotten in one step: writers wait no longer than that takes.
const AT_ONCE: u32 = 2000;

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

pub(super) fn prune(connection: &Connection, cuts: Cuts) -> Result<Pruned> {
    let delete = |table: &str, condition: &str, values: &[i64]| -> Result<usize> {
        let sql = format!("DELETE FROM {table} WHERE rowid IN (SELECT rowid FROM {table} WHERE {condition} LIMIT {AT_ONCE})");
        Ok(connection.prepare_cached(&sql)?.execute(rusqlite::params_from_iter(values))?)
    };
    let resting = "(state IN ('written', 'refused', 'failed') AND changed_at < ?1 OR state = 'stored' AND changed_at < ?2)";
    let pruned = Pruned {
        sessions: delete("sessions", resting, &[cuts.sessions, cuts.stored])?,
        // They lie in the order in which they came: only the oldest need be looked at.
        events: delete(
            "events",
            &format!("rowid IN (SELECT rowid FROM events ORDER BY rowid LIMIT {AT_ONCE}) AND received_at < ?1"),
            &[cuts.events],
        )?,
        invites: delete("invites", "created_at < ?1 AND next_at IS NULL", &[cuts.invites])?,
        audit: delete("audit", "at < ?1", &[cuts.audit])?,
    };
    delete("doorbells", "received_at < ?1 AND next_at IS NULL", &[cuts.invites])?;
    delete("launches", "at < ?1", &[cuts.invites])?;
    delete("unread_webhooks", "received_at < ?1", &[cuts.events])?;
    delete("cookies", "expires_at < ?1", &[cuts.now])?;
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
