//! What people do with finished sessions: find the one for a ticket, link, move, unlink, replay. Recorded at once and done by the
//! worker, so that it survives whatever happens next; who waits is told as soon as it is done. Who may is `access`'s question.

use crate::{
    app::App,
    halo::Ticket,
    store::{ByHand, Handled, Person, SessionState, SessionSummary, Store},
};
use halo_remote_support::rules::{
    failure::{Failure, FailureKind},
    likely::{self, Candidate, Wanted},
    names::nfkc,
    words::{AgentId, Lsid, TicketId, UnixSeconds},
};
use std::{cmp::Reverse, time::Duration};

/// A person waits so long for Halo; then the session is shown as pending.
const PATIENCE: Duration = Duration::from_secs(8);
const LOOK: Duration = Duration::from_millis(100);

/// Records what somebody wants done.
///
/// # Errors
/// Why it cannot be done in the session's state.
pub async fn handle(store: &dyn Store, lsid: &Lsid, wish: ByHand, by: Person, at: UnixSeconds) -> Result<(), Failure> {
    tracing::info!(%lsid, ?wish, by = by.name, "a session is handled by hand");
    match store.by_hand(lsid.clone(), wish, by, at).await? {
        Handled::Taken => Ok(()),
        Handled::Unknown => Err(unknown(lsid)),
        Handled::Busy(_) => Err(Failure::new(FailureKind::SessionBusy).with("lsid", lsid)),
        Handled::Linked(ticket) => Err(Failure::new(FailureKind::SessionLinked).with("ticket", ticket)),
        Handled::NotNow(state) => Err(Failure::new(FailureKind::SessionNotNow).with("state", state.word())),
    }
}

/// A wish to put the session, last `seen` on that ticket, on this one, as private as the settings say.
///
/// # Errors
/// The store out of reach.
pub async fn link_to(store: &dyn Store, seen: Option<TicketId>, ticket: TicketId) -> Result<ByHand, Failure> {
    Ok(ByHand::Link { seen, ticket, private: private_notes(store).await? })
}

/// Whether notes are for agents only, as the settings say now.
///
/// # Errors
/// The store out of reach.
pub async fn private_notes(store: &dyn Store) -> Result<bool, Failure> {
    Ok(store.settings().await?.is_none_or(|(_, settings, _)| settings.private_notes))
}

/// Puts those first that likely belong to this ticket, each with its reasons; the others stay as they were, newest first.
///
/// # Errors
/// The store out of reach.
pub async fn likely_first(
    app: &App,
    sessions: Vec<SessionSummary>,
    ticket: &Ticket,
    caller: AgentId,
) -> Result<Vec<SessionSummary>, Failure> {
    let settings = app.settings().await?.settings;
    let wanted = Wanted {
        ticket: ticket.id,
        user: ticket.user_id,
        user_name: &ticket.user_name,
        client: &ticket.client_name,
        agent: ticket.agent_id,
        devices: &ticket.devices,
        logged: ticket.logged,
        acted: ticket.acted,
        closed: ticket.closed_at,
        caller,
        default_user: settings.default_user,
        prefix: &settings.ticket_prefix,
        now: app.clock.now(),
        nfkc,
    };
    let mut ranked: Vec<_> = sessions
        .into_iter()
        .map(|session| match likely_for(&wanted, &session) {
            Some(likely) => (likely.rank, SessionSummary { likely: likely.reasons, ..session }),
            None => (0, session),
        })
        .collect();
    ranked.sort_by_key(|(rank, _)| Reverse(*rank));
    Ok(ranked.into_iter().map(|(_, session)| session).collect())
}

fn likely_for(wanted: &Wanted<'_>, session: &SessionSummary) -> Option<likely::Likely> {
    let facts = session.facts.as_ref()?;
    let technicians = session.disposition.as_ref().map_or(&[][..], |disposition| &disposition.technicians);
    let candidate = Candidate {
        external_key: facts.external_key.as_deref(),
        asset: facts.asset,
        hosts: &facts.hosts,
        user: facts.user,
        client: facts.client.as_deref(),
        customer: facts.customer.as_deref(),
        technicians,
        started: facts.started,
        ended: facts.ended,
    };
    likely::likely(wanted, &candidate)
}

/// No such session.
#[must_use]
pub fn unknown(lsid: &Lsid) -> Failure {
    Failure::new(FailureKind::SessionUnknown).with("lsid", lsid)
}

/// Wakes the worker and waits for it a while; the session as it stands then.
///
/// # Errors
/// The store out of reach.
pub async fn outcome(app: &App, lsid: &Lsid) -> Result<SessionSummary, Failure> {
    app.wake.notify_one();
    let looks = PATIENCE.as_millis() / LOOK.as_millis();
    for _ in 0..looks {
        let session = app.store.session(lsid.clone()).await?.ok_or_else(|| unknown(lsid))?;
        if !matches!(session.state, SessionState::Pending | SessionState::AwaitingReport) {
            return Ok(session);
        }
        tokio::time::sleep(LOOK).await;
    }
    app.store.session(lsid.clone()).await?.ok_or_else(|| unknown(lsid))
}
