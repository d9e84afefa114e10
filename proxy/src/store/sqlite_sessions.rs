//! The steps of an event and of a session on SQLite's tables.

use super::{
    Decision, EventState, Fence, Held, IntendedWrite, Outcome, Postponed, ReceivedEvent, Result, SessionJob, SessionState, SessionSummary,
    sqlite::{from_json, rows_changed, to_json, word},
};
use halo_remote_support::rules::words::{ActionId, Lsid, TicketId, UnixSeconds};
use rusqlite::{Connection, Row, params};

/// The one kind of write there is so far.
const NOTE: &str = "note";

const STATES: [(SessionState, &str); 6] = [
    (SessionState::AwaitingReport, "awaiting_report"),
    (SessionState::Pending, "pending"),
    (SessionState::Written, "written"),
    (SessionState::Stored, "stored"),
    (SessionState::Refused, "refused"),
    (SessionState::Failed, "failed"),
];

fn state_word(state: SessionState) -> &'static str {
    STATES.iter().find(|(known, _)| *known == state).map_or("failed", |(_, word)| word)
}

fn state_of(text: &str) -> Result<SessionState> {
    word("session state", STATES.iter().find(|(_, word)| *word == text).map(|(state, _)| *state))
}

pub(super) fn receive(connection: &Connection, event: &ReceivedEvent) -> Result<()> {
    let state = match event.state {
        EventState::Accepted => "accepted",
        EventState::Ignored => "ignored",
        EventState::Quarantined => "quarantined",
    };
    let lsid = event.lsid.as_ref().map(Lsid::as_str);
    connection.execute(
        "INSERT INTO events (digest, state, event, lsid, reason, body, received_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
         ON CONFLICT (digest) DO UPDATE SET repeats = repeats + 1",
        params![event.digest, state, event.event, lsid, event.reason, event.body, event.at],
    )?;
    if event.state == EventState::Accepted {
        // A repeated or late event finds the row and leaves it alone, whatever its state.
        connection.execute(
            "INSERT INTO sessions (lsid, state, announced_at, changed_at, next_at) VALUES (?1, 'awaiting_report', ?2, ?2, ?2) ON CONFLICT (lsid) DO NOTHING",
            params![lsid, event.at],
        )?;
    }
    Ok(())
}

pub(super) fn claim(connection: &Connection, now: UnixSeconds, lease_until: UnixSeconds) -> Result<Option<SessionJob>> {
    let mut statement = connection.prepare_cached(
        "UPDATE sessions SET fence = fence + 1, lease_until = ?2, next_at = ?2 WHERE lsid =
         (SELECT lsid FROM sessions WHERE next_at <= ?1 AND (lease_until IS NULL OR lease_until <= ?1) ORDER BY next_at LIMIT 1)
         RETURNING lsid, fence, state, attempts, announced_at, report, disposition",
    )?;
    let mut rows = statement.query(params![now, lease_until])?;
    let Some(row) = rows.next()? else { return Ok(None) };
    let mut job = SessionJob {
        lsid: lsid_of(row, 0)?,
        fence: Fence(row.get(1)?),
        state: state_of(row.get_ref(2)?.as_str().map_err(rusqlite::Error::from)?)?,
        attempts: row.get(3)?,
        announced_at: row.get(4)?,
        report: row.get(5)?,
        disposition: row.get::<_, Option<String>>(6)?.map(|text| from_json("disposition", &text)).transpose()?,
        write: None,
        attempted_at: None,
    };
    drop(rows);
    let mut writes =
        connection.prepare_cached("SELECT payload, attempted_at FROM outbox WHERE lsid = ?1 AND kind = ?2 AND written_at IS NULL")?;
    let mut rows = writes.query(params![job.lsid.as_str(), NOTE])?;
    if let Some(row) = rows.next()? {
        job.write = Some(from_json::<IntendedWrite>("write", row.get_ref(0)?.as_str().map_err(rusqlite::Error::from)?)?);
        job.attempted_at = row.get(1)?;
    }
    Ok(Some(job))
}

fn lsid_of(row: &Row<'_>, column: usize) -> Result<Lsid> {
    word("session id", row.get::<_, String>(column)?.parse().ok())
}

pub(super) fn decided(connection: &Connection, lsid: &Lsid, fence: Fence, decision: &Decision) -> Result<Held> {
    let next_at = decision.write.as_ref().map(|_| decision.at);
    // What was refused keeps names, time and lsid, not the transcript.
    let report = decision.report.as_deref().filter(|_| decision.state != SessionState::Refused);
    let changed = connection.execute(
        "UPDATE sessions SET state = ?3, reason = ?4, disposition = ?5, ticket = ?6, report = ?7, changed_at = ?8, next_at = ?9, attempts = 0, lease_until = NULL
         WHERE lsid = ?1 AND fence = ?2",
        params![
            lsid.as_str(),
            fence.0,
            state_word(decision.state),
            to_json("reason", &decision.disposition.reason)?,
            to_json("disposition", &decision.disposition)?,
            decision.write.as_ref().map(|write| write.ticket.get()),
            report,
            decision.at,
            next_at
        ],
    )?;
    if let (1, Some(write)) = (changed, &decision.write) {
        connection.execute(
            "INSERT INTO outbox (lsid, kind, payload) VALUES (?1, ?2, ?3) ON CONFLICT (lsid, kind) DO UPDATE SET payload = ?3",
            params![lsid.as_str(), NOTE, to_json("write", write)?],
        )?;
    }
    Ok(rows_changed(changed))
}

pub(super) fn attempted(connection: &Connection, lsid: &Lsid, fence: Fence, at: UnixSeconds) -> Result<Held> {
    let changed = connection.execute(
        "UPDATE outbox SET attempted_at = ?3 WHERE lsid = ?1 AND kind = ?4 AND EXISTS (SELECT 1 FROM sessions WHERE lsid = ?1 AND fence = ?2)",
        params![lsid.as_str(), fence.0, at, NOTE],
    )?;
    Ok(rows_changed(changed))
}

pub(super) fn written(connection: &Connection, lsid: &Lsid, fence: Fence, action: Option<ActionId>, at: UnixSeconds) -> Result<Held> {
    // The report has done its duty: the note is the record now.
    let changed = connection.execute(
        "UPDATE sessions SET state = 'written', report = NULL, changed_at = ?3, next_at = NULL, lease_until = NULL WHERE lsid = ?1 AND fence = ?2",
        params![lsid.as_str(), fence.0, at],
    )?;
    if changed == 1 {
        connection.execute(
            "UPDATE outbox SET action = ?2, written_at = ?3 WHERE lsid = ?1 AND kind = ?4",
            params![lsid.as_str(), action.map(ActionId::get), at, NOTE],
        )?;
    }
    Ok(rows_changed(changed))
}

pub(super) fn postponed(connection: &Connection, lsid: &Lsid, fence: Fence, postponed: &Postponed) -> Result<Held> {
    let (next_at, state) = match &postponed.outcome {
        Outcome::Later(at) => (Some(*at), None),
        Outcome::Rest(state) => (None, Some(state_word(*state))),
    };
    let changed = connection.execute(
        "UPDATE sessions SET next_at = ?3, state = coalesce(?4, state), reason = ?5, report = coalesce(?6, report), changed_at = ?7,
         attempts = attempts + 1, lease_until = NULL WHERE lsid = ?1 AND fence = ?2",
        params![lsid.as_str(), fence.0, next_at, state, to_json("reason", &postponed.reason)?, postponed.report, postponed.at],
    )?;
    if changed == 1 && postponed.clear {
        connection.execute("UPDATE outbox SET attempted_at = NULL WHERE lsid = ?1 AND kind = ?2", params![lsid.as_str(), NOTE])?;
    }
    Ok(rows_changed(changed))
}

pub(super) fn list(
    connection: &Connection,
    lsid: Option<&Lsid>,
    state: Option<SessionState>,
    ticket: Option<TicketId>,
    limit: u32,
) -> Result<Vec<SessionSummary>> {
    let mut statement = connection.prepare_cached(
        "SELECT s.lsid, s.state, s.reason, s.ticket, s.disposition, o.action, s.announced_at, s.changed_at, s.next_at
         FROM sessions s LEFT JOIN outbox o ON o.lsid = s.lsid AND o.kind = ?1
         WHERE (?2 IS NULL OR s.lsid = ?2) AND (?3 IS NULL OR s.state = ?3) AND (?4 IS NULL OR s.ticket = ?4)
         ORDER BY s.announced_at DESC, s.rowid DESC LIMIT ?5",
    )?;
    let mut rows = statement.query(params![NOTE, lsid.map(Lsid::as_str), state.map(state_word), ticket.map(TicketId::get), limit])?;
    let mut sessions = Vec::new();
    while let Some(row) = rows.next()? {
        sessions.push(SessionSummary {
            lsid: lsid_of(row, 0)?,
            state: state_of(row.get_ref(1)?.as_str().map_err(rusqlite::Error::from)?)?,
            reason: row.get::<_, Option<String>>(2)?.map(|text| from_json("reason", &text)).transpose()?,
            ticket: row.get::<_, Option<u32>>(3)?.and_then(TicketId::new),
            disposition: row.get::<_, Option<String>>(4)?.map(|text| from_json("disposition", &text)).transpose()?,
            action: row.get::<_, Option<u32>>(5)?.and_then(ActionId::new),
            announced_at: row.get(6)?,
            changed_at: row.get(7)?,
            next_at: row.get(8)?,
        });
    }
    Ok(sessions)
}
