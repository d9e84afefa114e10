//! The note of a session as it would stand on a ticket now, for a person to read before it is linked. Nothing is written, and who
//! may read it is not asked here.

use super::{
    note,
    report::{self, Fetched},
};
use crate::{
    app::App,
    store::{IntendedNote, SessionSummary},
};
use halo_remote_support::{
    api::NotePreview,
    rules::{
        failure::{Failure, FailureKind},
        wording::{Language, say},
    },
};

/// The note as the worker would write it.
///
/// # Errors
/// A session that was not decided yet; a report that is not kept and cannot be had from BeyondTrust now.
pub(crate) async fn preview(app: &App, session: &SessionSummary, intended: &IntendedNote) -> Result<NotePreview, Failure> {
    let Some(disposition) = &session.disposition else {
        return Err(Failure::new(FailureKind::SessionNotNow).with("state", session.state.word()));
    };
    let lsid = &session.lsid;
    let body = match app.store.report(lsid.clone()).await? {
        Some(body) => body,
        // Of what is written the note is the record, of what was refused nothing is kept.
        None => app.interactive(|appliance| async move { appliance.session_report(lsid).await }).await?,
    };
    match report::read(lsid, &body) {
        Fetched::Finished(read) => note::preview(app, intended, disposition, &read).await,
        Fetched::NotYet(reason) | Fetched::Unreadable(reason) => {
            Err(Failure::new(FailureKind::ApplianceError).with("text", say(Language::En, &reason)))
        }
    }
}
