//! `/sessions`: finished sessions with their trace. A ticket's sessions are shown to whoever may see the ticket, all of them
//! to administrators.

use super::Refusal;
use crate::{
    access::{self, Operation},
    app::App,
    sign_in::Caller,
    store::{SessionState, SessionSummary},
};
use axum::{
    Json,
    extract::{Query, State},
};
use halo_remote_support::rules::words::TicketId;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

const SHOWN: u32 = 100;

#[derive(Deserialize)]
pub(super) struct Asked {
    ticket: Option<TicketId>,
    state: Option<SessionState>,
}

#[derive(Serialize)]
pub(super) struct Sessions {
    sessions: Vec<SessionSummary>,
}

pub(super) async fn list(State(app): State<Arc<App>>, caller: Caller, Query(asked): Query<Asked>) -> Result<Json<Sessions>, Refusal> {
    match asked.ticket {
        Some(ticket) => drop(access::may(&app, &caller, Operation::SeeTicket(ticket)).await?),
        None => access::may_administer(&caller)?,
    }
    Ok(Json(Sessions { sessions: app.store.sessions(asked.state, asked.ticket, SHOWN).await? }))
}
