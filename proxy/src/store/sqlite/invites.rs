//! The steps of an invite on SQLite's tables.

use super::super::{About, Begun, Fence, Held, InviteRow, InviteStage, InviteStopped, NewInvite, Person, Result, StoreProblem, Window};
use super::{from_json, rows_changed, to_json, word};
use halo_remote_support::rules::{
    correlation::Code,
    disposition::Issued,
    words::{ActionId, AgentId, ChatId, TicketId, UnixSeconds},
};
use rusqlite::{Connection, OptionalExtension as _, Row, params};

const COLUMNS: &str =
    "code, agent, request, ticket, state, payload, attempted_at, action, created_at, attempts, fence, chat, revoked_at, next_at, reason";

const fn stage_word(stage: InviteStage) -> &'static str {
    match stage {
        InviteStage::Draft => "draft",
        InviteStage::Keyed => "keyed",
        InviteStage::Sent => "sent",
    }
}

fn read(row: &Row<'_>) -> Result<InviteRow> {
    let stage: String = row.get(4)?;
    let code: String = row.get(0)?;
    Ok(InviteRow {
        code: word("invite code", code.parse().ok())?,
        agent: word("agent id", AgentId::new(row.get(1)?))?,
        request: row.get(2)?,
        about: word("ticket or chat id", about(row.get(3)?, row.get(11)?))?,
        stage: word(
            "invite state",
            [InviteStage::Draft, InviteStage::Keyed, InviteStage::Sent].into_iter().find(|candidate| stage_word(*candidate) == stage),
        )?,
        payload: row.get(5)?,
        attempted_at: row.get(6)?,
        action: row.get::<_, Option<u32>>(7)?.and_then(ActionId::new),
        created_at: row.get(8)?,
        next_at: row.get(13)?,
        attempts: row.get(9)?,
        fence: Fence(row.get(10)?),
        revoked_at: row.get(12)?,
        reason: row.get::<_, Option<String>>(14)?.map(|text| from_json("reason", &text)).transpose()?,
    })
}

fn about(ticket: Option<u32>, chat: Option<u32>) -> Option<About> {
    match (ticket, chat) {
        (Some(ticket), None) => TicketId::new(ticket).map(About::Ticket),
        (None, Some(chat)) => ChatId::new(chat).map(About::Chat),
        _ => None,
    }
}

/// The condition under which a row belongs to this, whose id is `?1`: what is posted to its chats belongs to a ticket, too.
const fn of_this(about: About) -> (&'static str, u32) {
    match about {
        About::Ticket(ticket) => ("(ticket = ?1 OR chat_ticket = ?1)", ticket.get()),
        About::Chat(chat) => ("chat = ?1", chat.get()),
    }
}

fn first(connection: &Connection, sql: &str, values: impl rusqlite::Params) -> Result<Option<InviteRow>> {
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query(values)?;
    rows.next()?.map(read).transpose()
}

pub(super) fn begin(connection: &Connection, invite: &NewInvite) -> Result<Begun> {
    let existing = first(
        connection,
        &format!("SELECT {COLUMNS} FROM invites WHERE agent = ?1 AND idempotency_key = ?2"),
        params![invite.agent.get(), invite.idempotency_key],
    )?;
    let Some(existing) = existing else {
        if let Some(recent) = recent(connection, invite)? {
            return Ok(Begun::Recent(recent));
        }
        connection.execute(
            "INSERT INTO invites (code, agent, idempotency_key, request, ticket, chat, chat_ticket, state, payload, created_at, next_at, lease_until, fence)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 'draft', ?8, ?9, ?10, ?10, 1)",
            params![
                invite.code.as_str(),
                invite.agent.get(),
                invite.idempotency_key,
                invite.request,
                invite.about.ticket().map(TicketId::get),
                invite.about.chat().map(ChatId::get),
                invite.chat_ticket.map(TicketId::get),
                invite.payload,
                invite.at,
                invite.lease_until
            ],
        )?;
        return Ok(Begun::New(Fence(1)));
    };
    if existing.stage == InviteStage::Sent || existing.request != invite.request || existing.revoked_at.is_some() {
        return Ok(Begun::Existing(existing));
    }
    let resumed = first(
        connection,
        &format!(
            "UPDATE invites SET fence = fence + 1, lease_until = ?2, next_at = ?2 WHERE code = ?1 AND (lease_until IS NULL OR lease_until <= ?3) RETURNING {COLUMNS}"
        ),
        params![existing.code.as_str(), invite.lease_until, invite.at],
    )?;
    Ok(resumed.map_or(Begun::Existing(existing), Begun::Resumed))
}

/// Somebody else's invite for the same that was begun just before and may yet bring the customer: it is being made, or is out.
fn recent(connection: &Connection, invite: &NewInvite) -> Result<Option<InviteRow>> {
    let Some(since) = invite.alone_since else { return Ok(None) };
    let (condition, id) = of_this(invite.about);
    first(
        connection,
        &format!(
            "SELECT {COLUMNS} FROM invites WHERE {condition} AND agent <> ?2 AND created_at > ?3 AND created_at <= ?4 AND revoked_at IS NULL AND held = 0
             AND (state = 'sent' OR next_at IS NOT NULL)
             AND NOT EXISTS (SELECT 1 FROM invite_steps AS s WHERE s.code = invites.code AND s.step = 'ended')
             ORDER BY created_at DESC, rowid DESC LIMIT 1"
        ),
        params![id, invite.agent.get(), since, invite.at],
    )
}

/// Whoever holds it finds the fence raised.
pub(super) fn revoke(connection: &Connection, code: &Code, by: &Person, at: UnixSeconds) -> Result<Option<InviteRow>> {
    let Some(before) = one(connection, code)? else { return Ok(None) };
    if before.revoked_at.is_some() {
        return Ok(Some(before));
    }
    connection.execute(
        "INSERT INTO audit (at, who, agent, what, ticket, code) VALUES (?1, ?2, ?3, 'invite_revoked', ?4, ?5)",
        params![at, by.name, by.agent.map(AgentId::get), before.about.ticket().map(TicketId::get), code.as_str()],
    )?;
    first(
        connection,
        &format!(
            "UPDATE invites SET revoked_at = ?2, next_at = NULL, lease_until = NULL, fence = fence + 1 WHERE code = ?1 RETURNING {COLUMNS}"
        ),
        params![code.as_str(), at],
    )
}

pub(super) fn claim(connection: &Connection, window: Window) -> Result<Option<InviteRow>> {
    // What a clock that was set back since has put off for too long is due, too.
    first(
        connection,
        &format!(
            "UPDATE invites SET fence = fence + 1, lease_until = ?2, next_at = ?2 WHERE code =
             (SELECT code FROM invites WHERE (next_at <= ?1 OR next_at > ?4)
              AND (lease_until IS NULL OR lease_until <= ?1 OR lease_until > ?1 + ?3) ORDER BY next_at LIMIT 1) RETURNING {COLUMNS}"
        ),
        params![window.now, window.until(), window.lease, window.now + window.horizon],
    )
}

pub(super) fn keyed(connection: &Connection, code: &Code, fence: Fence, payload: &[u8]) -> Result<Held> {
    let changed = connection.execute(
        "UPDATE invites SET state = 'keyed', payload = ?3 WHERE code = ?1 AND fence = ?2",
        params![code.as_str(), fence.0, payload],
    )?;
    Ok(rows_changed(changed))
}

pub(super) fn attempted(connection: &Connection, code: &Code, fence: Fence, at: UnixSeconds) -> Result<Held> {
    let changed =
        connection.execute("UPDATE invites SET attempted_at = ?3 WHERE code = ?1 AND fence = ?2", params![code.as_str(), fence.0, at])?;
    Ok(rows_changed(changed))
}

pub(super) fn sent(connection: &Connection, code: &Code, fence: Fence, action: Option<ActionId>, held: bool) -> Result<Held> {
    let changed = connection.execute(
        "UPDATE invites SET state = 'sent', action = ?3, held = ?4, reason = NULL, attempted_at = NULL, next_at = NULL, lease_until = NULL
         WHERE code = ?1 AND fence = ?2",
        params![code.as_str(), fence.0, action.map(ActionId::get), held],
    )?;
    Ok(rows_changed(changed))
}

pub(super) fn stopped(connection: &Connection, code: &Code, fence: Fence, stopped: &InviteStopped) -> Result<Held> {
    let reason = stopped.reason.as_ref().map(|reason| to_json("reason", reason)).transpose()?;
    let changed = connection.execute(
        "UPDATE invites SET next_at = ?3, lease_until = NULL, attempts = attempts + ?5, reason = coalesce(?6, reason),
         attempted_at = CASE WHEN ?4 THEN NULL ELSE attempted_at END
         WHERE code = ?1 AND fence = ?2",
        params![code.as_str(), fence.0, stopped.next_at, stopped.clear, stopped.counts, reason],
    )?;
    Ok(rows_changed(changed))
}

pub(super) fn abandon(connection: &Connection, code: &Code, fence: Fence) -> Result<Held> {
    let changed =
        connection.execute("DELETE FROM invites WHERE code = ?1 AND fence = ?2 AND state = 'draft'", params![code.as_str(), fence.0])?;
    Ok(rows_changed(changed))
}

pub(super) fn one(connection: &Connection, code: &Code) -> Result<Option<InviteRow>> {
    first(connection, &format!("SELECT {COLUMNS} FROM invites WHERE code = ?1"), [code.as_str()])
}

pub(super) fn of(connection: &Connection, about: About, limit: u32) -> Result<Vec<InviteRow>> {
    let (condition, id) = of_this(about);
    let mut statement = connection
        .prepare_cached(&format!("SELECT {COLUMNS} FROM invites WHERE {condition} ORDER BY created_at DESC, rowid DESC LIMIT ?2"))?;
    let mut rows = statement.query(params![id, limit])?;
    let mut invites = Vec::new();
    while let Some(row) = rows.next()? {
        invites.push(read(row)?);
    }
    Ok(invites)
}

pub(super) fn issued(connection: &Connection, code: &Code) -> Result<Option<Issued>> {
    connection
        .query_row(
            "SELECT ticket, chat FROM invites WHERE code = ?1 UNION ALL SELECT ticket, NULL FROM launches WHERE code = ?1",
            [code.as_str()],
            |row| {
                Ok(Issued {
                    code: code.clone(),
                    ticket: row.get::<_, Option<u32>>(0)?.and_then(TicketId::new),
                    chat: row.get::<_, Option<u32>>(1)?.and_then(ChatId::new),
                })
            },
        )
        .optional()
        .map_err(StoreProblem::from)
}
