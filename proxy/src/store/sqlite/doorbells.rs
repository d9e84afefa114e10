//! Halo's webhooks on SQLite's tables.

use super::super::{Fence, Held, Result, Ring, RingJob, UnreadWebhook, Window};
use super::{rows_changed, to_json, word};
use halo_remote_support::rules::{
    wording::Message,
    words::{ActionId, TicketId, UnixSeconds},
};
use rusqlite::{Connection, params};

fn action(ring: Ring) -> u32 {
    ring.action.map_or(0, ActionId::get)
}

pub(super) fn ring(connection: &Connection, rings: &[Ring], at: UnixSeconds) -> Result<()> {
    let mut statement = connection.prepare_cached(
        "INSERT INTO doorbells (ticket, action, received_at, next_at) VALUES (?1, ?2, ?3, ?3)
         ON CONFLICT (ticket, action) DO UPDATE SET repeats = repeats + 1",
    )?;
    for ring in rings {
        statement.execute(params![ring.ticket.get(), action(*ring), at])?;
    }
    Ok(())
}

pub(super) fn unread(connection: &Connection, webhook: &UnreadWebhook, at: UnixSeconds) -> Result<()> {
    connection.execute(
        "INSERT INTO unread_webhooks (digest, reason, body, received_at) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (digest) DO UPDATE SET repeats = repeats + 1",
        params![webhook.digest, webhook.reason, webhook.body, at],
    )?;
    Ok(())
}

pub(super) fn claim(connection: &Connection, window: Window) -> Result<Option<RingJob>> {
    let mut statement = connection.prepare_cached(
        "UPDATE doorbells SET fence = fence + 1, lease_until = ?2, next_at = ?2 WHERE rowid =
         (SELECT rowid FROM doorbells WHERE (next_at <= ?1 OR next_at > ?4)
          AND (lease_until IS NULL OR lease_until <= ?1 OR lease_until > ?1 + ?3) ORDER BY next_at LIMIT 1)
         RETURNING ticket, action, received_at, attempts, fence",
    )?;
    let mut rows = statement.query(params![window.now, window.until(), window.lease, window.now + window.horizon])?;
    let Some(row) = rows.next()? else { return Ok(None) };
    let ticket = word("ticket id", TicketId::new(row.get(0)?))?;
    let ring = Ring { ticket, action: ActionId::new(row.get(1)?) };
    Ok(Some(RingJob { ring, received_at: row.get(2)?, attempts: row.get(3)?, fence: Fence(row.get(4)?) }))
}

pub(super) fn done(connection: &Connection, ring: Ring, fence: Fence, reason: &Message) -> Result<Held> {
    let changed = connection.execute(
        "UPDATE doorbells SET next_at = NULL, lease_until = NULL, reason = ?4 WHERE ticket = ?1 AND action = ?2 AND fence = ?3",
        params![ring.ticket.get(), action(ring), fence.0, to_json("reason", reason)?],
    )?;
    Ok(rows_changed(changed))
}

pub(super) fn postponed(connection: &Connection, ring: Ring, fence: Fence, next_at: Option<UnixSeconds>, reason: &Message) -> Result<Held> {
    let changed = connection.execute(
        "UPDATE doorbells SET next_at = ?4, lease_until = NULL, attempts = attempts + 1, reason = ?5
         WHERE ticket = ?1 AND action = ?2 AND fence = ?3",
        params![ring.ticket.get(), action(ring), fence.0, next_at, to_json("reason", reason)?],
    )?;
    Ok(rows_changed(changed))
}
