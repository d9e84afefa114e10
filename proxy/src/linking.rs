//! What people do with finished sessions: link, move, unlink, replay. Recorded at once and done by the worker, so that it survives
//! whatever happens next; who waits is told as soon as it is done. Who may is `access`'s question.

use crate::{
    app::App,
    store::{ByHand, Handled, Person, SessionState, SessionSummary, Store},
};
use halo_remote_support::rules::{
    failure::{Failure, FailureKind},
    words::{Lsid, TicketId, UnixSeconds},
};
use std::time::Duration;

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
    let private = store.settings().await?.is_none_or(|(_, settings, _)| settings.private_notes);
    Ok(ByHand::Link { seen, ticket, private })
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
