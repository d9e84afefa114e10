//! Launches on SQLite's tables.

use super::super::{LaunchRow, Result};
use super::word;
use halo_remote_support::rules::words::{AgentId, AssetId, TicketId};
use rusqlite::{Connection, params};

pub(super) fn add(connection: &Connection, launch: &LaunchRow) -> Result<()> {
    connection.execute(
        "INSERT INTO launches (code, asset, ticket, agent, name, at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        params![launch.code.as_str(), launch.asset.get(), launch.ticket.map(TicketId::get), launch.agent.get(), launch.name, launch.at],
    )?;
    Ok(())
}

pub(super) fn of_asset(connection: &Connection, asset: AssetId, limit: u32) -> Result<Vec<LaunchRow>> {
    let mut statement = connection
        .prepare_cached("SELECT code, ticket, agent, name, at FROM launches WHERE asset = ?1 ORDER BY at DESC, rowid DESC LIMIT ?2")?;
    let mut rows = statement.query(params![asset.get(), limit])?;
    let mut launches = Vec::new();
    while let Some(row) = rows.next()? {
        launches.push(LaunchRow {
            code: word("launch code", row.get::<_, String>(0)?.parse().ok())?,
            asset,
            ticket: row.get::<_, Option<u32>>(1)?.and_then(TicketId::new),
            agent: word("agent id", AgentId::new(row.get(2)?))?,
            name: row.get(3)?,
            at: row.get(4)?,
        });
    }
    Ok(launches)
}
