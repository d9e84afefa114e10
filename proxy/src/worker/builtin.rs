//! Halo's own BeyondTrust integration, should it be sent the same events: it gets a head start, and what it has put on a ticket
//! gets no second note. Whether it is on is asked rarely.

use crate::{app::App, config::Builtin, halo::HaloError, invites::seconds, store::SessionJob};
use halo_remote_support::rules::words::{TicketId, UnixSeconds};

/// Whether Halo's own integration was on when it was last asked: `yes`, `no`.
pub const BUILTIN_SEEN: &str = "halo's own beyondtrust integration";

pub(super) enum Seen {
    Nothing,
    /// It may still be at it.
    Wait(UnixSeconds),
    /// It has written.
    Note(TicketId),
}

/// Whether Halo's own integration writes the same sessions: by the setting, or as Halo said last.
pub async fn builtin_is_on(app: &App) -> bool {
    match app.config.halo.builtin {
        Builtin::On => true,
        Builtin::Off => false,
        Builtin::Ask => app.store.finding(BUILTIN_SEEN).await.is_ok_and(|seen| seen.as_deref() == Some("yes")),
    }
}

pub(super) async fn look(app: &App, job: &SessionJob) -> Result<Seen, HaloError> {
    if !builtin_is_on(app).await {
        return Ok(Seen::Nothing);
    }
    let (now, until) = (app.clock.now(), job.since + seconds(app.config.halo.builtin_head_start));
    if (job.since..until).contains(&now) {
        return Ok(Seen::Wait(until));
    }
    let lsid = &job.lsid;
    let note = app.halo.as_service(|token| async move { app.halo.builtin_note(&token, lsid).await }).await?;
    Ok(note.map_or(Seen::Nothing, Seen::Note))
}

/// Asks Halo and remembers; false when Halo could not be asked now.
pub(crate) async fn ask(app: &App) -> bool {
    if app.config.halo.builtin != Builtin::Ask {
        return true;
    }
    let on = match app.halo.as_service(|token| async move { app.halo.builtin_integration(&token).await }).await {
        Ok(Some(on)) => on,
        // Not told, or not now: what was known stays.
        Ok(None) => return true,
        Err(_) => return false,
    };
    let word = if on { "yes" } else { "no" };
    match app.store.finding(BUILTIN_SEEN).await {
        Ok(known) if known.as_deref() == Some(word) => {}
        _ => {
            if on {
                tracing::warn!(
                    "Halo's own BeyondTrust integration is set up; it gets a head start, and its notes are not doubled. Turn one of the two off"
                );
            }
            if let Err(problem) = app.store.save_finding(BUILTIN_SEEN, word.to_owned(), app.clock.now()).await {
                tracing::warn!(%problem, "whether Halo's own integration is on could not be kept");
            }
        }
    }
    true
}
