//! Looking at sessions and handling them by hand from the command line, beside a running proxy.

use super::{CommandProblem, now, print::Output};
use crate::{
    config::Config,
    linking,
    store::{ByHand, Person, SessionQuery, SessionState, Sqlite, Store as _},
};
use halo_remote_support::rules::{
    failure::{Failure, FailureKind},
    words::{Lsid, TicketId},
};
use serde_json::json;
use std::path::PathBuf;

type Outcome = Result<(), CommandProblem>;

/// Who did it, as the audit trail and the note say.
fn operator() -> Person {
    Person { agent: None, name: "an operator of the proxy".to_owned() }
}

pub(super) async fn session(store: &Sqlite, lsid: &Lsid, out: Output) -> Outcome {
    let session = store.session(lsid.clone()).await?.ok_or_else(|| linking::unknown(lsid))?;
    Ok(out.session(&session)?)
}

pub(super) async fn sessions(
    store: &Sqlite,
    state: Option<SessionState>,
    ticket: Option<TicketId>,
    search: String,
    limit: u32,
    out: Output,
) -> Outcome {
    Ok(out.sessions(&store.sessions(SessionQuery { state, ticket, search, limit }).await?)?)
}

pub(super) async fn replay(store: &Sqlite, lsid: Option<Lsid>, all: Option<SessionState>, out: Output) -> Outcome {
    let chosen = match (lsid, all) {
        (Some(lsid), _) => vec![lsid],
        (None, Some(state @ (SessionState::Refused | SessionState::Failed))) => {
            let query = SessionQuery { state: Some(state), limit: u32::MAX, ..SessionQuery::default() };
            store.sessions(query).await?.into_iter().map(|session| session.lsid).collect()
        }
        (None, state) => {
            let word = state.map_or("", SessionState::word);
            return Err(Failure::new(FailureKind::SessionNotNow).with("state", word).into());
        }
    };
    let mut replayed = Vec::new();
    for lsid in chosen {
        match linking::handle(store, &lsid, ByHand::Replay, operator(), now()).await {
            Ok(()) => replayed.push(lsid),
            // Of many, one may have gone on by itself meanwhile.
            Err(_) if all.is_some() => {}
            Err(failure) => return Err(failure.into()),
        }
    }
    let count = replayed.len();
    Ok(out.say(&json!({"replayed": replayed}), &format!("{count} to be done again; `sessions` tells what becomes of it"))?)
}

pub(super) async fn link(store: &Sqlite, lsid: &Lsid, ticket: TicketId, out: Output) -> Outcome {
    let seen = store.session(lsid.clone()).await?.and_then(|session| session.ticket);
    let wish = linking::link_to(store, seen, ticket).await?;
    linking::handle(store, lsid, wish, operator(), now()).await?;
    Ok(out.say(
        &json!({"session": lsid, "ticket": ticket}),
        &format!("session {lsid} goes on ticket {ticket}; `sessions {lsid}` tells when it is there"),
    )?)
}

pub(super) async fn unlink(store: &Sqlite, lsid: &Lsid, out: Output) -> Outcome {
    let seen = store.session(lsid.clone()).await?.and_then(|session| session.ticket);
    linking::handle(store, lsid, ByHand::Unlink { seen }, operator(), now()).await?;
    Ok(out.say(&json!({"session": lsid}), &format!("session {lsid} is taken off its ticket; `sessions {lsid}` tells when it is"))?)
}

/// The store, the key without which its secrets are lost, and the tokens that others know us by.
pub(super) async fn backup(config: &Config, to: PathBuf, out: Output) -> Outcome {
    use std::os::unix::fs::{DirBuilderExt as _, PermissionsExt as _};
    let named = |path: &std::path::Path| {
        let name = path.display().to_string();
        move |error| CommandProblem::File(name, error)
    };
    let store = Sqlite::beside(&config.store_file())?;
    std::fs::DirBuilder::new().mode(0o700).create(&to).map_err(named(&to))?;
    store.backup(to.join("store.sqlite3")).await?;
    for name in ["key", "event-token", "event-token.old", "webhook-token", "metrics-token"] {
        let (own, copy) = (config.server.data.join(name), to.join(name));
        // Tokens may stand elsewhere: then they are somebody else's to copy.
        if name != "key" && !own.is_file() {
            continue;
        }
        std::fs::copy(&own, &copy).map_err(named(&own))?;
        std::fs::set_permissions(&copy, std::fs::Permissions::from_mode(0o600)).map_err(named(&copy))?;
    }
    Ok(out.say(&json!({"backup": to}), &format!("{} holds the store and its key; keep it as safe as the data folder", to.display()))?)
}
