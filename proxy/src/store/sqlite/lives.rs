//! What BeyondTrust's events told of invites, on SQLite's tables: kept to be shown. Nothing is decided by it.

use super::super::{InviteLife, Result, SESSIONS_REPORTED, ToldStep};
use super::{from_json, sessions, word};
use halo_remote_support::{
    api::{InviteEvent, InviteSession, InviteStep},
    rules::{
        correlation::Code,
        words::{Lsid, TicketId, UnixSeconds},
    },
};
use rusqlite::{Connection, OptionalExtension as _, params};

/// Remembers it, once.
pub(super) fn reported(connection: &Connection, at: UnixSeconds) -> Result<()> {
    connection
        .prepare_cached("INSERT OR IGNORE INTO findings (name, value, found_at) VALUES (?1, '', ?2)")?
        .execute(params![SESSIONS_REPORTED, at])?;
    Ok(())
}

/// Keeps a step of an invite that we issued; answers its code when it was taken back.
pub(super) fn keep(connection: &Connection, told: &ToldStep, lsid: &Lsid) -> Result<Option<Code>> {
    let ToldStep { code, step } = told;
    let revoked: Option<bool> = connection
        .prepare_cached("SELECT revoked_at IS NOT NULL FROM invites WHERE code = ?1")?
        .query_row([code.as_str()], |row| row.get(0))
        .optional()?;
    let Some(revoked) = revoked else { return Ok(None) };
    // A session begins and ends once, though several events say so: the earliest counts, whichever comes first.
    let once = matches!(step.is, InviteEvent::Waiting | InviteEvent::Ended);
    let known = once
        && connection
            .prepare_cached("UPDATE invite_steps SET at = min(at, ?4) WHERE code = ?1 AND lsid = ?2 AND step = ?3")?
            .execute(params![code.as_str(), lsid.as_str(), step.is.word(), step.at])?
            > 0;
    if !known {
        connection
            .prepare_cached("INSERT OR IGNORE INTO invite_steps (code, lsid, step, name, at) VALUES (?1, ?2, ?3, ?4, ?5)")?
            .execute(params![code.as_str(), lsid.as_str(), step.is.word(), step.name.as_deref().unwrap_or_default(), step.at])?;
    }
    Ok(revoked.then(|| code.clone()))
}

pub(super) fn of(connection: &Connection, code: &Code) -> Result<InviteLife> {
    let mut statement = connection.prepare_cached("SELECT lsid, step, name, at FROM invite_steps WHERE code = ?1")?;
    let mut rows = statement.query([code.as_str()])?;
    let mut steps: Vec<(Lsid, InviteStep)> = Vec::new();
    while let Some(row) = rows.next()? {
        let (lsid, stored, name): (String, String, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
        let step = InviteStep {
            is: word("invite step", InviteEvent::ALL.into_iter().find(|event| event.word() == stored))?,
            at: row.get(3)?,
            name: Some(name).filter(|name| !name.is_empty()),
        };
        steps.push((word("lsid", lsid.parse().ok())?, step));
    }
    steps.sort_by_key(|(_, step)| (step.at, step.is));
    let session = session(connection, code)?;
    Ok(InviteLife { steps, session })
}

/// The latest session of this invite that was announced as ended.
fn session(connection: &Connection, code: &Code) -> Result<Option<InviteSession>> {
    let mut statement = connection.prepare_cached(
        "SELECT s.lsid, s.state, s.reason, s.ticket FROM sessions AS s WHERE s.lsid IN (SELECT lsid FROM invite_steps WHERE code = ?1)
         ORDER BY s.announced_at DESC, s.rowid DESC LIMIT 1",
    )?;
    let mut rows = statement.query([code.as_str()])?;
    let Some(row) = rows.next()? else { return Ok(None) };
    let (lsid, state, reason): (String, String, Option<String>) = (row.get(0)?, row.get(1)?, row.get(2)?);
    Ok(Some(InviteSession {
        lsid: word("lsid", lsid.parse().ok())?,
        state: sessions::state_of(&state)?,
        reason: reason.map(|text| from_json("reason", &text)).transpose()?,
        ticket: row.get::<_, Option<u32>>(3)?.and_then(TicketId::new),
    }))
}
