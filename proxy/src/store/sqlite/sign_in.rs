//! The steps of sign-in and settings on SQLite's tables. Rows only: what is in them is sealed or hashed by the callers.

use super::super::{Result, SignIn, StoreProblem};
use super::{from_json, to_json};
use crate::sign_in::Caller;
use halo_remote_support::{
    api,
    rules::{settings::Settings, words::AgentId, words::UnixSeconds},
};
use rusqlite::{Connection, OptionalExtension as _, params};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
struct SettingsRow {
    settings: Settings,
    connection: api::Connection,
}

pub(super) fn settings(connection: &Connection) -> Result<Option<(u64, Settings, api::Connection)>> {
    let row: Option<(i64, String)> =
        connection.query_row("SELECT version, payload FROM settings", [], |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
    row.map(|(version, payload)| {
        let row: SettingsRow = from_json("settings", &payload)?;
        Ok((u64::try_from(version).unwrap_or(0), row.settings, row.connection))
    })
    .transpose()
}

pub(super) fn save_settings(
    connection: &Connection,
    read: u64,
    settings: Settings,
    target: api::Connection,
    by: Option<AgentId>,
    at: UnixSeconds,
) -> Result<Option<u64>> {
    let stored: i64 = connection.query_row("SELECT coalesce(max(version), 0) FROM settings", [], |row| row.get(0))?;
    if u64::try_from(stored) != Ok(read) {
        return Ok(None);
    }
    // The secret has a table of its own, sealed; whether one is set is asked there.
    let target = api::Connection { client_secret: None, has_secret: false, ..target };
    let payload = to_json("settings", SettingsRow { settings, connection: target })?;
    connection.execute(
        "INSERT INTO settings (id, version, payload, saved_at, saved_by) VALUES (1, ?1, ?2, ?3, ?4)
         ON CONFLICT (id) DO UPDATE SET version = ?1, payload = ?2, saved_at = ?3, saved_by = ?4",
        params![stored + 1, payload, at, by.map(AgentId::get)],
    )?;
    Ok(Some(read + 1))
}

pub(super) fn begin(connection: &Connection, sign_in: &SignIn, forget_before: UnixSeconds) -> Result<()> {
    connection.execute("DELETE FROM sign_ins WHERE started_at < ?1", [forget_before])?;
    connection.execute("DELETE FROM exchange_codes WHERE made_at < ?1", [forget_before])?;
    connection.execute(
        "INSERT INTO sign_ins (state, browser, secrets, origin, started_at) VALUES (?1, ?2, ?3, ?4, ?5)",
        params![sign_in.state, sign_in.browser, sign_in.secrets, sign_in.origin, sign_in.started_at],
    )?;
    Ok(())
}

pub(super) fn take(connection: &Connection, state: &[u8], begun_after: UnixSeconds) -> Result<Option<SignIn>> {
    let sign_in = connection
        .query_row("DELETE FROM sign_ins WHERE state = ?1 RETURNING state, browser, secrets, origin, started_at", [state], |row| {
            Ok(SignIn { state: row.get(0)?, browser: row.get(1)?, secrets: row.get(2)?, origin: row.get(3)?, started_at: row.get(4)? })
        })
        .optional()?;
    Ok(sign_in.filter(|sign_in| sign_in.started_at >= begun_after))
}

pub(super) fn finish(
    connection: &Connection,
    caller: &Caller,
    refresh: Option<Vec<u8>>,
    code: &[u8],
    nonce: &[u8],
    at: UnixSeconds,
) -> Result<()> {
    if refresh.is_some() {
        save_refresh_token(connection, caller.agent, refresh, at)?;
    }
    connection.execute(
        "INSERT INTO exchange_codes (code, nonce, caller, made_at) VALUES (?1, ?2, ?3, ?4)",
        params![code, nonce, to_json("caller", caller)?, at],
    )?;
    Ok(())
}

pub(super) fn exchange(
    connection: &Connection,
    code: &[u8],
    nonce: &[u8],
    made_after: UnixSeconds,
    cookie: &[u8],
    expires_at: UnixSeconds,
) -> Result<Option<Caller>> {
    let row: Option<(Vec<u8>, String, i64)> = connection
        .query_row("DELETE FROM exchange_codes WHERE code = ?1 RETURNING nonce, caller, made_at", [code], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?))
        })
        .optional()?;
    let Some((_, caller, _)) = row.filter(|(expected, _, made_at)| expected == nonce && *made_at >= made_after) else { return Ok(None) };
    connection.execute("DELETE FROM cookies WHERE expires_at < ?1", [made_after])?;
    connection.execute("INSERT INTO cookies (cookie, caller, expires_at) VALUES (?1, ?2, ?3)", params![cookie, caller, expires_at])?;
    from_json("caller", &caller).map(Some)
}

pub(super) fn caller(connection: &Connection, cookie: &[u8], now: UnixSeconds) -> Result<Option<Caller>> {
    let caller: Option<String> = connection
        .query_row("SELECT caller FROM cookies WHERE cookie = ?1 AND expires_at > ?2", params![cookie, now], |row| row.get(0))
        .optional()?;
    caller.map(|caller| from_json("caller", &caller)).transpose()
}

pub(super) fn save_refresh_token(connection: &Connection, agent: AgentId, sealed: Option<Vec<u8>>, at: UnixSeconds) -> Result<()> {
    match sealed {
        Some(sealed) => connection.execute(
            "INSERT INTO agent_tokens (agent, refresh, saved_at) VALUES (?1, ?2, ?3) ON CONFLICT (agent) DO UPDATE SET refresh = ?2, saved_at = ?3",
            params![agent.get(), sealed, at],
        ),
        None => connection.execute("DELETE FROM agent_tokens WHERE agent = ?1", [agent.get()]),
    }
    .map(drop)
    .map_err(StoreProblem::from)
}
