//! What people do to a session by hand, on SQLite's tables: link, move, unlink, replay. Each with its line in the audit trail, in
//! one transaction; whether the person may is not asked here.

use super::super::{ByHand, Handled, IntendedNote, IntendedWithdrawal, IntendedWrite, Person, Result, SessionState};
use super::{sessions, to_json};
use halo_remote_support::rules::{
    wording::Message,
    words::{ActionId, AgentId, Lsid, TicketId, UnixSeconds},
};
use rusqlite::{Connection, OptionalExtension as _, params};

/// Where the session stands before anything is done.
struct Before {
    state: SessionState,
    ticket: Option<TicketId>,
    leased: bool,
}

pub(super) fn handle(connection: &Connection, lsid: &Lsid, wish: &ByHand, by: &Person, at: UnixSeconds) -> Result<Handled> {
    let before = connection
        .query_row("SELECT state, ticket, lease_until FROM sessions WHERE lsid = ?1", [lsid.as_str()], |row| {
            Ok((row.get::<_, String>(0)?, row.get::<_, Option<u32>>(1)?, row.get::<_, Option<i64>>(2)?))
        })
        .optional()?;
    let Some((state, ticket, lease_until)) = before else { return Ok(Handled::Unknown) };
    let before = Before {
        state: sessions::state_of(&state)?,
        ticket: ticket.and_then(TicketId::new),
        leased: lease_until.is_some_and(|until| until > at),
    };
    let step = Step { connection, lsid, by, at };
    match *wish {
        // Moved meanwhile: whether the person may was asked about another ticket.
        ByHand::Link { seen, .. } | ByHand::Unlink { seen } if before.state == SessionState::Written && before.ticket != seen => {
            Ok(Handled::Busy(before.state))
        }
        ByHand::Link { ticket, private, .. } => step.link(&before, ticket, private),
        ByHand::Unlink { .. } => step.unlink(&before),
        ByHand::Replay => step.replay(&before),
    }
}

struct Step<'a> {
    connection: &'a Connection,
    lsid: &'a Lsid,
    by: &'a Person,
    at: UnixSeconds,
}

impl Step<'_> {
    fn link(&self, before: &Before, ticket: TicketId, private: bool) -> Result<Handled> {
        use SessionState::{AwaitingReport, Failed, Pending, Refused, Stored, Written};
        let name = &self.by.name;
        let note = |from| IntendedWrite::Note(IntendedNote::by_hand(ticket, private, from, name));
        match (before.state, before.ticket) {
            (AwaitingReport | Pending, _) => Ok(Handled::Busy(before.state)),
            (Refused | Failed, _) => Ok(Handled::NotNow(before.state)),
            (Written, Some(from)) if from == ticket => Ok(Handled::Linked(ticket)),
            (Stored, _) => {
                self.write(
                    &[note(None)],
                    SessionState::Written,
                    &Message::new("session.linkedBy").with("ticket", ticket).with("name", name),
                    Some(ticket),
                )?;
                self.audit("session_linked", Some(ticket))
            }
            (Written, _) => {
                let Some(old) = self.written_note()? else { return Ok(Handled::NotNow(before.state)) };
                let reason = Message::new("session.movedBy").with("from", old.ticket).with("ticket", ticket).with("name", name);
                // The new note first: should the proxy stop in between, there is one too many for a moment, never none.
                self.write(&[note(Some(old.ticket)), IntendedWrite::Withdrawal(old)], SessionState::Written, &reason, Some(ticket))?;
                self.audit("session_moved", Some(ticket))
            }
        }
    }

    fn unlink(&self, before: &Before) -> Result<Handled> {
        if matches!(before.state, SessionState::AwaitingReport | SessionState::Pending) {
            return Ok(Handled::Busy(before.state));
        }
        let note = if before.state == SessionState::Written { self.written_note()? } else { None };
        let Some(note) = note else { return Ok(Handled::NotNow(before.state)) };
        let ticket = note.ticket;
        let reason = Message::new("session.unlinkedBy").with("ticket", ticket).with("name", &self.by.name);
        self.write(&[IntendedWrite::Withdrawal(note)], SessionState::Stored, &reason, Some(ticket))?;
        self.audit("session_unlinked", Some(ticket))
    }

    fn replay(&self, before: &Before) -> Result<Handled> {
        let state = match before.state {
            SessionState::Written => return Ok(Handled::NotNow(before.state)),
            SessionState::AwaitingReport | SessionState::Pending if before.leased => return Ok(Handled::Busy(before.state)),
            // A write whose outcome is unknown stays: it is looked up before anything is written again.
            SessionState::Pending => SessionState::Pending,
            _ => SessionState::AwaitingReport,
        };
        self.connection.execute(
            "UPDATE sessions SET state = ?2, reason = ?3, since = ?4, changed_at = ?4, next_at = ?4,
             attempts = 0, deaths = 0, lease_until = NULL, fence = fence + 1 WHERE lsid = ?1",
            params![
                self.lsid.as_str(),
                state.word(),
                to_json("reason", Message::new("session.replayedBy").with("name", &self.by.name))?,
                self.at
            ],
        )?;
        if state == SessionState::AwaitingReport {
            sessions::keep_report(self.connection, self.lsid, None)?;
        }
        self.audit("session_replayed", before.ticket)
    }

    /// The note as it stands on its ticket.
    fn written_note(&self) -> Result<Option<IntendedWithdrawal>> {
        let row = self
            .connection
            .query_row(
                "SELECT payload ->> '$.payload.ticket', action FROM outbox WHERE lsid = ?1 AND kind = 'note' AND written_at IS NOT NULL ORDER BY id DESC LIMIT 1",
                [self.lsid.as_str()],
                |row| Ok((row.get::<_, u32>(0)?, row.get::<_, Option<u32>>(1)?)),
            )
            .optional()?;
        Ok(row.and_then(|(ticket, action)| Some(IntendedWithdrawal { ticket: TicketId::new(ticket)?, action: ActionId::new(action?)? })))
    }

    fn write(&self, writes: &[IntendedWrite], rests_in: SessionState, reason: &Message, ticket: Option<TicketId>) -> Result<()> {
        self.connection.execute(
            "UPDATE sessions SET state = 'pending', rests_in = ?2, reason = ?3, ticket = ?4, since = ?5, changed_at = ?5, next_at = ?5, attempts = 0,
             deaths = 0, lease_until = NULL, fence = fence + 1 WHERE lsid = ?1",
            params![self.lsid.as_str(), rests_in.word(), to_json("reason", reason)?, ticket.map(TicketId::get), self.at],
        )?;
        writes.iter().try_for_each(|write| sessions::intend(self.connection, self.lsid, write))
    }

    fn audit(&self, what: &str, ticket: Option<TicketId>) -> Result<Handled> {
        self.connection.execute(
            "INSERT INTO audit (at, who, agent, what, lsid, ticket) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            params![self.at, self.by.name, self.by.agent.map(AgentId::get), what, self.lsid.as_str(), ticket.map(TicketId::get)],
        )?;
        Ok(Handled::Taken)
    }
}
