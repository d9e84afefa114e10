//! The inbox on SQLite's tables.

use super::super::{EventCounts, EventState, EventSummary, ReceivedEvent, Result, Source};
use super::{lives, sessions, word};
use halo_remote_support::rules::{correlation::Code, words::Lsid};
use rusqlite::{Connection, OptionalExtension as _, params};

pub(super) fn receive(connection: &Connection, event: &ReceivedEvent) -> Result<Option<Code>> {
    let lsid = event.lsid.as_ref().map(Lsid::as_str);
    let mut statement = connection.prepare_cached(
        "INSERT INTO events (digest, state, event, lsid, reason, body, received_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
         ON CONFLICT (digest) DO UPDATE SET repeats = repeats + 1",
    )?;
    statement.execute(params![event.digest, event.state.word(), event.event, lsid, event.reason, event.body, event.at])?;
    if let (EventState::Accepted, Some(lsid)) = (event.state, &event.lsid) {
        sessions::announce(connection, lsid, Source::Event, event.at)?;
    }
    if event.live {
        lives::reported(connection, event.at)?;
    }
    match (&event.told, &event.lsid) {
        (Some(told), Some(lsid)) => lives::keep(connection, told, lsid),
        _ => Ok(None),
    }
}

pub(super) fn list(connection: &Connection, state: Option<EventState>, limit: u32) -> Result<Vec<EventSummary>> {
    let mut statement = connection.prepare_cached(
        "SELECT lower(hex(substr(digest, 1, 6))), state, event, lsid, reason, length(body), received_at, repeats FROM events
         WHERE (?1 IS NULL OR state = ?1) ORDER BY rowid DESC LIMIT ?2",
    )?;
    let mut rows = statement.query(params![state.map(EventState::word), limit])?;
    let mut events = Vec::new();
    while let Some(row) = rows.next()? {
        let stored: String = row.get(1)?;
        events.push(EventSummary {
            id: row.get(0)?,
            state: word("event state", EventState::ALL.into_iter().find(|state| state.word() == stored))?,
            event: row.get(2)?,
            lsid: row.get(3)?,
            reason: row.get(4)?,
            bytes: count(row.get(5)?),
            received_at: row.get(6)?,
            repeats: count(row.get(7)?),
        });
    }
    Ok(events)
}

pub(super) fn counts(connection: &Connection) -> Result<EventCounts> {
    let mut counts = EventCounts {
        last_at: connection.query_row("SELECT received_at FROM events ORDER BY rowid DESC LIMIT 1", [], |row| row.get(0)).optional()?,
        ..EventCounts::default()
    };
    let mut statement = connection.prepare_cached("SELECT state, count(*) FROM events GROUP BY state")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let number = count(row.get(1)?);
        match row.get::<_, String>(0)?.as_str() {
            "accepted" => counts.accepted = number,
            "ignored" => counts.ignored = number,
            _ => counts.quarantined = number,
        }
    }
    Ok(counts)
}

pub(super) fn count(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(0)
}
