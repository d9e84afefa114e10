//! `/sessions`: finished sessions with their trace; previewed, linked, moved, unlinked and replayed. A ticket's sessions are shown to
//! whoever may see the ticket, a list of stored ones to whoever may change the ticket they would be linked to, one stored session to
//! any agent who knows its id, all of them to administrators.

use super::{
    Refusal,
    guard::{Asked, Body},
};
use crate::{
    access::{self, Operation},
    app::App,
    linking,
    sign_in::Caller,
    store::{ByHand, IntendedNote, Person, SessionQuery, SessionState, SessionSummary},
    worker,
};
use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
};
use halo_remote_support::{
    api::{LinkSession, NotePreview},
    rules::{
        failure::{Failure, FailureKind},
        words::{Lsid, TicketId},
    },
};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

const SHOWN: u32 = 100;
/// The likely one may have been stored long ago: so many are looked at for it.
const LOOKED_AT: u32 = 1000;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Wanted {
    ticket: Option<TicketId>,
    state: Option<SessionState>,
    #[serde(default)]
    search: String,
    /// The ticket that a session is looked for.
    link_to: Option<TicketId>,
}

#[derive(Serialize)]
pub(super) struct Sessions {
    sessions: Vec<SessionSummary>,
}

pub(super) async fn list(State(app): State<Arc<App>>, caller: Caller, Asked(asked): Asked<Wanted>) -> Result<Json<Sessions>, Refusal> {
    let looked_for = match (asked.ticket, asked.link_to, asked.state) {
        (Some(ticket), ..) => {
            access::may(&app, &caller, Operation::SeeTicket(ticket)).await?;
            None
        }
        (None, Some(ticket), Some(SessionState::Stored)) => Some(access::may(&app, &caller, Operation::LinkSession(ticket)).await?.ticket),
        (None, link_to, _) => {
            access::may_administer(&caller)?;
            match link_to {
                Some(ticket) => Some(access::may(&app, &caller, Operation::SeeTicket(ticket)).await?.ticket),
                None => None,
            }
        }
    };
    let limit = if looked_for.is_some() { LOOKED_AT } else { SHOWN };
    let query = SessionQuery { state: asked.state, ticket: asked.ticket, search: asked.search, limit };
    let mut sessions = app.store.sessions(query).await?;
    if let Some(ticket) = &looked_for {
        sessions = linking::likely_first(&app, sessions, ticket, caller.agent).await?;
        sessions.truncate(SHOWN as usize);
    }
    Ok(Json(Sessions { sessions }))
}

fn lsid(text: &str) -> Result<Lsid, Failure> {
    text.parse().map_err(|_| Failure::new(FailureKind::SessionUnknown).with("lsid", text.chars().take(40).collect::<String>()))
}

async fn known(app: &App, text: &str) -> Result<SessionSummary, Refusal> {
    let lsid = lsid(text)?;
    Ok(app.store.session(lsid.clone()).await?.ok_or_else(|| linking::unknown(&lsid))?)
}

pub(super) async fn one(State(app): State<Arc<App>>, caller: Caller, Path(text): Path<String>) -> Result<Json<SessionSummary>, Refusal> {
    let session = known(&app, &text).await?;
    match session.ticket {
        Some(ticket) if !caller.is_administrator => drop(access::may(&app, &caller, Operation::SeeTicket(ticket)).await?),
        // What waits to be linked is anybody's to look at who could link it; what was refused or given up is not.
        None if session.state == SessionState::Stored => {}
        _ => access::may_administer(&caller)?,
    }
    Ok(Json(session))
}

/// The ticket that a note is previewed for.
#[derive(Deserialize)]
pub(super) struct NoteFor {
    ticket: TicketId,
}

/// May the caller put this session's note on this ticket, and take it off where it stands?
async fn may_link(app: &App, caller: &Caller, session: &SessionSummary, ticket: TicketId) -> Result<(), Failure> {
    access::may(app, caller, Operation::LinkSession(ticket)).await?;
    if let Some(from) = session.ticket.filter(|from| *from != ticket) {
        access::may(app, caller, Operation::LinkSession(from)).await?;
    }
    Ok(())
}

pub(super) async fn note(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(text): Path<String>,
    Asked(NoteFor { ticket }): Asked<NoteFor>,
) -> Result<Json<NotePreview>, Refusal> {
    let session = known(&app, &text).await?;
    may_link(&app, &caller, &session, ticket).await?;
    match session.state {
        SessionState::Stored | SessionState::Written => {}
        SessionState::AwaitingReport | SessionState::Pending => {
            return Err(Failure::new(FailureKind::SessionBusy).with("lsid", &session.lsid).into());
        }
        // What was refused is nobody's to read but theirs who may have it done again.
        SessionState::Refused | SessionState::Failed if caller.is_administrator => {}
        SessionState::Refused | SessionState::Failed => {
            return Err(Failure::new(FailureKind::SessionNotNow).with("state", session.state.word()).into());
        }
    }
    if session.ticket == Some(ticket) {
        return Err(Failure::new(FailureKind::SessionLinked).with("ticket", ticket).into());
    }
    let private = linking::private_notes(&*app.store).await?;
    let intended = IntendedNote::by_hand(ticket, private, session.ticket, &caller.name);
    Ok(Json(worker::preview(&app, &session, &intended).await?))
}

impl From<&Caller> for Person {
    fn from(caller: &Caller) -> Self {
        Self { agent: Some(caller.agent), name: caller.name.clone() }
    }
}

type Answer = Result<(StatusCode, Json<SessionSummary>), Refusal>;

/// Done, or still being done.
async fn answer(app: &App, lsid: &Lsid) -> Answer {
    let session = linking::outcome(app, lsid).await?;
    let under_way = matches!(session.state, SessionState::Pending | SessionState::AwaitingReport);
    Ok((if under_way { StatusCode::ACCEPTED } else { StatusCode::OK }, Json(session)))
}

pub(super) async fn link(State(app): State<Arc<App>>, caller: Caller, Path(text): Path<String>, Body(wish): Body<LinkSession>) -> Answer {
    let session = known(&app, &text).await?;
    may_link(&app, &caller, &session, wish.ticket).await?;
    if let (SessionState::Written, Some(there)) = (session.state, session.ticket.filter(|there| wish.from != Some(*there))) {
        // Whoever chose it from a list saw it stored: a colleague's link is told of, not undone.
        return Err(Failure::new(FailureKind::SessionLinked).with("ticket", there).into());
    }
    let wish = linking::link_to(&*app.store, session.ticket, wish.ticket).await?;
    match linking::handle(&*app.store, &session.lsid, wish, Person::from(&caller), app.clock.now()).await {
        Ok(()) => answer(&app, &session.lsid).await,
        Err(failure) if failure.kind == FailureKind::SessionBusy && session.state != SessionState::AwaitingReport => {
            // A colleague was faster by less than the note takes: in a moment it is known where it is.
            let session = linking::outcome(&app, &session.lsid).await?;
            let there = session.ticket.filter(|_| session.state == SessionState::Written);
            Err(there.map_or(failure, |there| Failure::new(FailureKind::SessionLinked).with("ticket", there)).into())
        }
        Err(failure) => Err(failure.into()),
    }
}

pub(super) async fn unlink(State(app): State<Arc<App>>, caller: Caller, Path(text): Path<String>) -> Answer {
    let session = known(&app, &text).await?;
    match session.ticket {
        Some(ticket) => drop(access::may(&app, &caller, Operation::LinkSession(ticket)).await?),
        None => return Err(Failure::new(FailureKind::SessionNotNow).with("state", session.state.word()).into()),
    }
    linking::handle(&*app.store, &session.lsid, ByHand::Unlink { seen: session.ticket }, Person::from(&caller), app.clock.now()).await?;
    answer(&app, &session.lsid).await
}

pub(super) async fn replay(State(app): State<Arc<App>>, caller: Caller, Path(text): Path<String>) -> Answer {
    access::may_administer(&caller)?;
    let session = known(&app, &text).await?;
    // What was wrong may have been mended in Halo a moment ago.
    app.roster.forget().await;
    linking::handle(&*app.store, &session.lsid, ByHand::Replay, Person::from(&caller), app.clock.now()).await?;
    answer(&app, &session.lsid).await
}
