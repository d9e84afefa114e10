//! What the events missed: BeyondTrust's reports are searched for sessions that ended and that nobody announced. They go the same
//! way as all others; here is only found out that they exist.

use crate::{app::App, invites::seconds, store::StoreProblem, worker::retry};
use halo_remote_support::rules::{failure::Failure, words::UnixSeconds};
use std::{sync::Arc, time::Duration};
use tokio::sync::watch;

/// Until when everything has been searched; never before the first start.
const CURSOR: &str = "swept until";
/// When the proxy was started first: what ended before is not ours.
const FIRST_START: &str = "first start";
/// When a search last reached further back.
const DEEP: &str = "swept deeply at";

/// How often is looked whether a search is due.
const LOOK: Duration = Duration::from_secs(1);

/// What a search found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Swept {
    /// Sessions that ended in the window.
    pub seen: usize,
    /// Of these, no event had announced.
    pub found: usize,
}

/// Searches at the start and then every so often, until told to stop.
pub async fn run(app: Arc<App>, mut stop: watch::Receiver<bool>) {
    // Told to stop in the middle of a search: it is made again at the next start.
    tokio::select! {
        () = search_on(&app) => {}
        () = async { while !*stop.borrow() { if stop.changed().await.is_err() { return } } } => {}
    }
}

async fn search_on(app: &App) {
    // Whatever happened while we were away is looked for at once.
    let mut at_start = true;
    loop {
        if (std::mem::take(&mut at_start) || is_due(app).await)
            && let Err(failure) = sweep(app).await
        {
            tracing::warn!(%failure, "BeyondTrust's reports could not be searched for missed sessions; the next search begins where this one did");
        }
        tokio::time::sleep(LOOK).await;
    }
}

async fn moment(app: &App, name: &'static str) -> Result<Option<UnixSeconds>, StoreProblem> {
    Ok(app.store.finding(name).await?.and_then(|text| text.parse().ok()))
}

/// When a search last succeeded.
///
/// # Errors
/// The store out of reach.
pub async fn last_success(app: &App) -> Result<Option<UnixSeconds>, StoreProblem> {
    moment(app, CURSOR).await
}

/// Notes when the proxy was started first.
///
/// # Errors
/// The store out of reach.
pub async fn begin(app: &App) -> Result<(), StoreProblem> {
    if moment(app, FIRST_START).await?.is_none() {
        let now = app.clock.now();
        app.store.save_finding(FIRST_START, now.to_string(), now).await?;
    }
    Ok(())
}

/// A failed search is tried again after a tenth of the time, and while a line rests nobody tries.
async fn is_due(app: &App) -> bool {
    if !matches!(app.lines.beyondtrust.leave(), crate::line::Leave::Free | crate::line::Leave::Trial) {
        return false;
    }
    let every = seconds(app.config.reconcile.every);
    let last = moment(app, "sweep tried").await.ok().flatten();
    let (now, succeeded) = (app.clock.now(), last_success(app).await.ok().flatten());
    let since = |at: Option<UnixSeconds>| at.map_or(UnixSeconds::MAX, |at| (now - at).abs());
    since(succeeded) >= every && since(last) >= every / 10
}

/// Searches the window since the last search, with its overlap; once a day further back.
///
/// # Errors
/// BeyondTrust out of reach, or answering with an error: then the window stays to be searched.
pub async fn sweep(app: &App) -> Result<Swept, Failure> {
    let now = app.clock.now();
    app.store.save_finding("sweep tried", now.to_string(), now).await?;
    let reconcile = &app.config.reconcile;
    let first_start = moment(app, FIRST_START).await?.unwrap_or(now).min(now);
    let deep = moment(app, DEEP).await?.is_none_or(|at| (now - at).abs() >= seconds(reconcile.deep_every));
    let cursor = last_success(app).await?.unwrap_or(first_start);
    let reach = if deep { seconds(reconcile.deep_window) } else { seconds(reconcile.overlap) };
    // Never before the first start, and never past a cursor that a clock set back since has put into the future.
    let from = (cursor.min(now) - reach).max(first_start);
    let until = now - seconds(reconcile.grace);
    let swept = if until > from { search(app, from, until).await } else { Ok(Swept { seen: 0, found: 0 }) };
    match &swept {
        Ok(Swept { seen, found }) => {
            app.metrics.sweep("searched", *found);
            app.store.save_finding(CURSOR, until.to_string(), now).await?;
            if deep {
                app.store.save_finding(DEEP, now.to_string(), now).await?;
            }
            if *found > 0 {
                tracing::warn!(seen, found, "sessions ended that no event had announced; is BeyondTrust's outbound event queue in order?");
                app.wake.notify_one();
            } else {
                tracing::debug!(seen, "no session was missed");
            }
        }
        Err(failure) => app.metrics.sweep(if retry::trouble(failure).0 == retry::Trouble::Transient { "failed" } else { "refused" }, 0),
    }
    swept
}

async fn search(app: &App, from: UnixSeconds, until: UnixSeconds) -> Result<Swept, Failure> {
    let ended = app.appliance().await?.ended_sessions(from, until - from).await?;
    let seen = ended.len();
    let found = if ended.is_empty() { Vec::new() } else { app.store.announce(ended, app.clock.now()).await? };
    for lsid in &found {
        tracing::info!(%lsid, "a session that no event had announced");
    }
    Ok(Swept { seen, found: found.len() })
}
