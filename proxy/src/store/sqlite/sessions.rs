//! The steps of a session on SQLite's tables: claimed, decided, written, postponed, listed. What people do to sessions by hand
//! is `by_hand`'s business.

use super::super::{
    Decision, Fence, Held, IntendedMessage, IntendedNote, IntendedWithdrawal, IntendedWrite, Outcome, OutstandingWrite, Postponed, Result,
    SessionFacts, SessionJob, SessionQuery, SessionState, SessionSummary, Source, StoreProblem, Window,
};
use super::{from_json, lives, rows_changed, to_json, word};
use halo_remote_support::rules::{
    names::without_case,
    wording::Message,
    words::{ActionId, Lsid, TicketId, UnixSeconds},
};
use rusqlite::{Connection, OptionalExtension as _, Row, params};

pub(super) fn state_of(text: &str) -> Result<SessionState> {
    word("session state", SessionState::ALL.into_iter().find(|state| state.word() == text))
}

fn lsid_of(row: &Row<'_>, column: usize) -> Result<Lsid> {
    word("session id", row.get::<_, String>(column)?.parse().ok())
}

fn text(row: &Row<'_>, column: usize) -> rusqlite::Result<String> {
    row.get(column)
}

/// A row for a session that has none yet; whether it is new.
pub(super) fn announce(connection: &Connection, lsid: &Lsid, source: Source, at: UnixSeconds) -> Result<bool> {
    let source = match source {
        Source::Event => "event",
        Source::Sweep => "sweep",
    };
    // A repeated or late event finds the row and leaves it alone, whatever its state.
    let mut statement = connection.prepare_cached(
        "INSERT INTO sessions (lsid, state, source, announced_at, since, changed_at, next_at) VALUES (?1, 'awaiting_report', ?2, ?3, ?3, ?3, ?3)
         ON CONFLICT (lsid) DO NOTHING",
    )?;
    Ok(statement.execute(params![lsid.as_str(), source, at])? == 1)
}

/// States in the order given: what was begun goes before what is new. A row that does not read is laid before a person and does
/// not hold up the others.
pub(super) fn claim(connection: &Connection, window: Window, states: &[SessionState]) -> Result<Option<SessionJob>> {
    for state in states {
        // What is due; then what a clock that was set back since has put off for too long.
        for due in [(UnixSeconds::MIN, window.now), (window.now + window.horizon, UnixSeconds::MAX)] {
            while let Some(lsid) = take(connection, window, *state, due)? {
                match read_job(connection, &lsid) {
                    Ok(job) => return Ok(Some(job)),
                    Err(StoreProblem::Payload(what, problem)) => {
                        let reason = Message::new("session.rowUnreadable").with("what", what).with("problem", problem);
                        connection.execute(
                            "UPDATE sessions SET state = 'failed', reason = ?2, disposition = NULL, facts = NULL, changed_at = ?3, next_at = NULL,
                             lease_until = NULL WHERE lsid = ?1",
                            params![lsid, to_json("reason", reason)?, window.now],
                        )?;
                        // Should one of them have been sent: it is looked for before anything is written again.
                        connection.execute("DELETE FROM outbox WHERE lsid = ?1 AND written_at IS NULL", [&lsid])?;
                    }
                    Err(problem) => return Err(problem),
                }
            }
        }
    }
    Ok(None)
}

/// Raises the fence of one session that is due, and holds it.
fn take(connection: &Connection, window: Window, state: SessionState, due: (UnixSeconds, UnixSeconds)) -> Result<Option<String>> {
    let mut statement = connection.prepare_cached(
        "UPDATE sessions SET fence = fence + 1, lease_until = ?2, next_at = ?2 WHERE lsid =
         (SELECT lsid FROM sessions WHERE state = ?4 AND next_at > ?5 AND next_at <= ?6
          AND (lease_until IS NULL OR lease_until <= ?1 OR lease_until > ?1 + ?3) ORDER BY next_at LIMIT 1)
         RETURNING lsid",
    )?;
    let mut rows = statement.query(params![window.now, window.until(), window.lease, state.word(), due.0, due.1])?;
    Ok(rows.next()?.map(|row| row.get(0)).transpose()?)
}

fn read_job(connection: &Connection, lsid: &str) -> Result<SessionJob> {
    let mut statement = connection.prepare_cached(
        "SELECT lsid, fence, state, attempts, deaths, since, rests_in, disposition, since > announced_at FROM sessions WHERE lsid = ?1",
    )?;
    let mut rows = statement.query([lsid])?;
    let Some(row) = rows.next()? else { return Err(StoreProblem::Payload("session", "it is gone".to_owned())) };
    let state = state_of(&text(row, 2)?)?;
    let lsid = lsid_of(row, 0)?;
    let pending = state == SessionState::Pending;
    Ok(SessionJob {
        fence: Fence(row.get(1)?),
        state,
        attempts: row.get(3)?,
        deaths: row.get(4)?,
        since: row.get(5)?,
        rests_in: state_of(&text(row, 6)?)?,
        disposition: row.get::<_, Option<String>>(7)?.map(|text| from_json("disposition", &text)).transpose()?,
        by_hand: row.get(8)?,
        report: if pending { report_of(connection, &lsid)? } else { None },
        write: first_outstanding(connection, &lsid)?,
        moves: pending
            && connection
                .prepare_cached("SELECT EXISTS (SELECT 1 FROM outbox WHERE lsid = ?1 AND kind = 'withdrawal' AND written_at IS NULL)")?
                .query_row([lsid.as_str()], |row| row.get(0))?,
        lsid,
    })
}

pub(super) fn report_of(connection: &Connection, lsid: &Lsid) -> Result<Option<Vec<u8>>> {
    let mut statement = connection.prepare_cached("SELECT body FROM reports WHERE lsid = ?1")?;
    Ok(statement.query_row([lsid.as_str()], |row| row.get(0)).optional()?)
}

/// Keeps a report, or forgets it.
pub(super) fn keep_report(connection: &Connection, lsid: &Lsid, report: Option<&[u8]>) -> Result<()> {
    match report {
        Some(body) => connection.execute("INSERT OR REPLACE INTO reports (lsid, body) VALUES (?1, ?2)", params![lsid.as_str(), body])?,
        None => connection.execute("DELETE FROM reports WHERE lsid = ?1", [lsid.as_str()])?,
    };
    Ok(())
}

fn first_outstanding(connection: &Connection, lsid: &Lsid) -> Result<Option<OutstandingWrite>> {
    let mut statement = connection
        .prepare_cached("SELECT id, kind, payload, attempted_at FROM outbox WHERE lsid = ?1 AND written_at IS NULL ORDER BY id LIMIT 1")?;
    let mut rows = statement.query([lsid.as_str()])?;
    let Some(row) = rows.next()? else { return Ok(None) };
    let payload = text(row, 2)?;
    let intended = match text(row, 1)?.as_str() {
        "note" => IntendedWrite::Note(from_json::<IntendedNote>("write", &payload)?),
        "message" => IntendedWrite::Message(from_json::<IntendedMessage>("write", &payload)?),
        _ => IntendedWrite::Withdrawal(from_json::<IntendedWithdrawal>("write", &payload)?),
    };
    Ok(Some(OutstandingWrite { id: row.get(0)?, intended, attempted_at: row.get(3)? }))
}

/// Puts a write into the outbox.
pub(super) fn intend(connection: &Connection, lsid: &Lsid, write: &IntendedWrite) -> Result<()> {
    let (kind, payload) = match write {
        IntendedWrite::Note(note) => ("note", to_json("write", note)?),
        IntendedWrite::Message(message) => ("message", to_json("write", message)?),
        IntendedWrite::Withdrawal(withdrawal) => ("withdrawal", to_json("write", withdrawal)?),
    };
    connection.execute("INSERT INTO outbox (lsid, kind, payload) VALUES (?1, ?2, ?3)", params![lsid.as_str(), kind, payload])?;
    Ok(())
}

/// What was not written will not be.
pub(super) fn forget_outstanding(connection: &Connection, lsid: &Lsid) -> Result<()> {
    connection.execute("DELETE FROM outbox WHERE lsid = ?1 AND written_at IS NULL", [lsid.as_str()])?;
    Ok(())
}

pub(super) fn decided(connection: &Connection, lsid: &Lsid, fence: Fence, decision: &Decision) -> Result<Held> {
    let at_once = decision.writes.is_empty();
    let state = if at_once { decision.rests_in } else { SessionState::Pending };
    let ticket = decision.writes.iter().find_map(|write| match write {
        IntendedWrite::Note(note) => Some(note.ticket.get()),
        _ => None,
    });
    // What was refused keeps names, time and lsid, not the transcript.
    let needed = !at_once || decision.rests_in == SessionState::Stored;
    let changed = connection.execute(
        "UPDATE sessions SET state = ?3, rests_in = ?4, reason = ?5, disposition = ?6, facts = ?7, sought = ?8, ticket = ?9,
         changed_at = ?10, next_at = ?11, attempts = 0, deaths = 0, lease_until = NULL WHERE lsid = ?1 AND fence = ?2",
        params![
            lsid.as_str(),
            fence.0,
            state.word(),
            decision.rests_in.word(),
            to_json("reason", &decision.disposition.reason)?,
            to_json("disposition", &decision.disposition)?,
            to_json("facts", &decision.facts)?,
            sought(lsid, &decision.facts),
            ticket,
            decision.at,
            (!at_once).then_some(decision.at),
        ],
    )?;
    if changed == 1 {
        keep_report(connection, lsid, needed.then_some(decision.report.as_slice()))?;
        forget_outstanding(connection, lsid)?;
        if let Some(told) = &decision.told {
            lives::keep(connection, told, lsid)?;
        }
        for write in &decision.writes {
            intend(connection, lsid, write)?;
        }
    }
    Ok(rows_changed(changed))
}

/// The facts without case, for searching.
fn sought(lsid: &Lsid, facts: &SessionFacts) -> String {
    let told = [&facts.user_name, &facts.site, &facts.client, &facts.customer, &facts.external_key];
    let texts = [lsid.as_str(), facts.name.as_str()].into_iter().chain(told.into_iter().flatten().map(String::as_str));
    let texts = texts.chain(facts.technicians.iter().chain(&facts.hosts).map(String::as_str));
    without_case(&texts.collect::<Vec<_>>().join("\n"))
}

pub(super) fn attempted(connection: &Connection, lsid: &Lsid, fence: Fence, write: i64, at: UnixSeconds) -> Result<Held> {
    let changed = connection.execute(
        "UPDATE outbox SET attempted_at = ?3 WHERE id = ?4 AND lsid = ?1 AND EXISTS (SELECT 1 FROM sessions WHERE lsid = ?1 AND fence = ?2)",
        params![lsid.as_str(), fence.0, at, write],
    )?;
    Ok(rows_changed(changed))
}

pub(super) fn done(
    connection: &Connection,
    lsid: &Lsid,
    fence: Fence,
    write: i64,
    action: Option<ActionId>,
    at: UnixSeconds,
) -> Result<Held> {
    let held = connection
        .query_row("SELECT rests_in FROM sessions WHERE lsid = ?1 AND fence = ?2", params![lsid.as_str(), fence.0], |row| text(row, 0))
        .optional()?;
    let Some(rests_in) = held else { return Ok(Held::Lost) };
    connection.execute(
        "UPDATE outbox SET action = ?2, written_at = ?3 WHERE id = ?1 AND lsid = ?4",
        params![write, action.map(ActionId::get), at, lsid.as_str()],
    )?;
    forget_withdrawn(connection, lsid)?;
    if first_outstanding(connection, lsid)?.is_some() {
        connection.execute(
            "UPDATE sessions SET changed_at = ?2, next_at = ?2, attempts = 0, deaths = 0, lease_until = NULL WHERE lsid = ?1",
            params![lsid.as_str(), at],
        )?;
        return Ok(Held::Yes);
    }
    // On its ticket the report has done its duty: the note is the record now. What was taken back has no ticket.
    connection.execute(
        "UPDATE sessions SET state = rests_in, ticket = CASE WHEN ?3 THEN ticket END, changed_at = ?2, next_at = NULL, attempts = 0, deaths = 0,
         lease_until = NULL WHERE lsid = ?1",
        params![lsid.as_str(), at, rests_in == SessionState::Written.word()],
    )?;
    if rests_in == SessionState::Written.word() {
        keep_report(connection, lsid, None)?;
    }
    Ok(Held::Yes)
}

pub(super) fn redirected(
    connection: &Connection,
    lsid: &Lsid,
    fence: Fence,
    write: i64,
    note: &IntendedNote,
    reason: &Message,
    at: UnixSeconds,
) -> Result<Held> {
    let changed = connection.execute(
        "UPDATE sessions SET ticket = ?3, reason = ?4, changed_at = ?5, next_at = ?5, deaths = 0, lease_until = NULL WHERE lsid = ?1 AND fence = ?2",
        params![lsid.as_str(), fence.0, note.ticket.get(), to_json("reason", reason)?, at],
    )?;
    if changed == 1 {
        connection.execute(
            "UPDATE outbox SET payload = ?3, attempted_at = NULL WHERE id = ?2 AND lsid = ?1",
            params![lsid.as_str(), write, to_json("write", note)?],
        )?;
        // Moved onto what its old ticket was merged into, or back: the old note is the note, and stays.
        connection.execute(
            "DELETE FROM outbox WHERE lsid = ?1 AND kind = 'withdrawal' AND written_at IS NULL AND payload ->> '$.payload.ticket' = ?2",
            params![lsid.as_str(), note.ticket.get()],
        )?;
    }
    Ok(rows_changed(changed))
}

pub(super) fn written_elsewhere(
    connection: &Connection,
    lsid: &Lsid,
    fence: Fence,
    ticket: TicketId,
    reason: &Message,
    at: UnixSeconds,
) -> Result<Held> {
    let changed = connection.execute(
        "UPDATE sessions SET state = 'written', ticket = ?3, reason = ?4, changed_at = ?5, next_at = NULL, attempts = 0, deaths = 0,
         lease_until = NULL WHERE lsid = ?1 AND fence = ?2",
        params![lsid.as_str(), fence.0, ticket.get(), to_json("reason", reason)?, at],
    )?;
    if changed == 1 {
        keep_report(connection, lsid, None)?;
        forget_outstanding(connection, lsid)?;
    }
    Ok(rows_changed(changed))
}

/// A note that was taken back, and the taking back, are no writes any more; the audit trail knows of both.
fn forget_withdrawn(connection: &Connection, lsid: &Lsid) -> Result<()> {
    connection.execute(
        "DELETE FROM outbox WHERE lsid = ?1 AND kind = 'note' AND EXISTS (SELECT 1 FROM outbox AS w WHERE w.lsid = ?1 AND w.kind = 'withdrawal'
         AND w.written_at IS NOT NULL AND w.payload ->> '$.payload.action' = outbox.action AND w.payload ->> '$.payload.ticket' = outbox.payload ->> '$.payload.ticket')",
        [lsid.as_str()],
    )?;
    connection.execute("DELETE FROM outbox WHERE lsid = ?1 AND kind = 'withdrawal' AND written_at IS NOT NULL", [lsid.as_str()])?;
    Ok(())
}

pub(super) fn postponed(connection: &Connection, lsid: &Lsid, fence: Fence, postponed: &Postponed) -> Result<Held> {
    let (next_at, state) = match &postponed.outcome {
        Outcome::Later(at) => (Some(*at), None),
        Outcome::Rest(state) => (None, Some(*state)),
    };
    let changed = connection.execute(
        "UPDATE sessions SET next_at = ?3, state = coalesce(?4, state), reason = ?5, changed_at = ?6,
         attempts = attempts + ?7, deaths = 0, lease_until = NULL, ticket = CASE ?4 WHEN 'stored' THEN NULL WHEN 'written' THEN
         (SELECT payload ->> '$.payload.ticket' FROM outbox o WHERE o.lsid = ?1 AND o.kind = 'note' AND o.written_at IS NOT NULL
          ORDER BY o.id DESC LIMIT 1) ELSE ticket END
         WHERE lsid = ?1 AND fence = ?2",
        params![
            lsid.as_str(),
            fence.0,
            next_at,
            state.map(SessionState::word),
            to_json("reason", &postponed.reason)?,
            postponed.at,
            postponed.counts,
        ],
    )?;
    if changed == 1 {
        if let Some(report) = &postponed.report {
            keep_report(connection, lsid, Some(report))?;
        }
        if postponed.clear {
            connection.execute("UPDATE outbox SET attempted_at = NULL WHERE lsid = ?1 AND written_at IS NULL", [lsid.as_str()])?;
        }
        if state.is_some() {
            forget_outstanding(connection, lsid)?;
        }
    }
    Ok(rows_changed(changed))
}

/// A holder died on it: it is due again at once, by itself.
pub(super) fn died(connection: &Connection, lsid: &Lsid, fence: Fence, at: UnixSeconds) -> Result<Held> {
    let changed = connection.execute(
        "UPDATE sessions SET deaths = deaths + 1, lease_until = NULL, next_at = ?3 WHERE lsid = ?1 AND fence = ?2",
        params![lsid.as_str(), fence.0, at],
    )?;
    Ok(rows_changed(changed))
}

pub(super) fn one(connection: &Connection, lsid: &Lsid) -> Result<Option<SessionSummary>> {
    Ok(list(connection, Some(lsid), &SessionQuery { limit: 1, ..SessionQuery::default() })?.pop())
}

pub(super) fn list(connection: &Connection, lsid: Option<&Lsid>, asked: &SessionQuery) -> Result<Vec<SessionSummary>> {
    // Conditions that are not asked for are left out, so that each question finds its index.
    let mut conditions =
        vec!["NOT EXISTS (SELECT 1 FROM json_each(?3) AS w WHERE instr(coalesce(s.sought, s.lsid), w.value) = 0)".to_owned()];
    conditions.extend(lsid.map(|_| "s.lsid = ?1".to_owned()));
    conditions.extend(asked.ticket.map(|_| "s.ticket = ?2".to_owned()));
    conditions.extend(asked.state.map(|state| format!("s.state = '{}'", state.word())));
    let mut statement = connection.prepare_cached(&format!(
        "SELECT s.lsid, s.state, s.reason, s.ticket, s.disposition,
         (SELECT o.action FROM outbox o WHERE o.lsid = s.lsid AND o.kind = 'note' AND o.written_at IS NOT NULL ORDER BY o.id DESC LIMIT 1),
         s.announced_at, s.changed_at, s.next_at, s.facts, s.source
         FROM sessions s WHERE {} AND ?1 IS ?1 AND ?2 IS ?2 ORDER BY s.announced_at DESC, s.rowid DESC LIMIT ?4",
        conditions.join(" AND ")
    ))?;
    let words: Vec<_> = asked.search.split_whitespace().map(without_case).collect();
    let words = serde_json::to_string(&words).unwrap_or_else(|_| "[]".to_owned());
    let mut rows = statement.query(params![lsid.map(Lsid::as_str), asked.ticket.map(TicketId::get), words, asked.limit])?;
    let mut sessions = Vec::new();
    while let Some(row) = rows.next()? {
        let optional = |column: usize| row.get::<_, Option<String>>(column);
        sessions.push(SessionSummary {
            lsid: lsid_of(row, 0)?,
            state: state_of(&text(row, 1)?)?,
            reason: optional(2)?.map(|text| from_json("reason", &text)).transpose()?,
            ticket: row.get::<_, Option<u32>>(3)?.and_then(TicketId::new),
            disposition: optional(4)?.map(|text| from_json("disposition", &text)).transpose()?,
            action: row.get::<_, Option<u32>>(5)?.and_then(ActionId::new),
            announced_at: row.get(6)?,
            changed_at: row.get(7)?,
            next_at: row.get(8)?,
            likely: Vec::new(),
            facts: optional(9)?.map(|text| from_json("facts", &text)).transpose()?,
            swept: text(row, 10)? == "sweep",
        });
    }
    Ok(sessions)
}
