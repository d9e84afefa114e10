//! What is done once in a while without anybody asking: forgetting what is old enough, and asking Halo about its own BeyondTrust
//! integration.

use crate::{app::App, invites::seconds, store::Cuts, worker};
use std::{sync::Arc, time::Duration};
use tokio::sync::watch;

/// How often.
const EVERY: i64 = 6 * 3600;
/// How long is remembered that an action was looked at: every action in Halo makes a row. One that is told again later is looked
/// at again, and its invite, should it have sent one, is found by its key.
const ACTIONS: i64 = 7 * 24 * 3600;
const LAST: &str = "upkeep at";

/// At the start and then every six hours, until told to stop.
pub async fn run(app: Arc<App>, mut stop: watch::Receiver<bool>) {
    // Told to stop in the middle of anything: none of it is lost by being dropped.
    tokio::select! {
        () = keep_up(&app) => {}
        () = async { while !*stop.borrow() { if stop.changed().await.is_err() { return } } } => {}
    }
}

async fn keep_up(app: &App) {
    let mut asked = false;
    loop {
        let now = app.clock.now();
        let last = app.store.finding(LAST).await.ok().flatten().and_then(|text| text.parse::<i64>().ok());
        let due = last.is_none_or(|at| (now - at).abs() >= EVERY);
        if due || !asked {
            asked = worker::ask_builtin(app).await;
        }
        if due {
            forget(app).await;
            drop(app.store.save_finding(LAST, now.to_string(), now).await);
        }
        tokio::time::sleep(Duration::from_secs(30)).await;
    }
}

/// Forgets what is older than it may be.
pub async fn forget(app: &App) {
    let (now, keep) = (app.clock.now(), &app.config.retention);
    let cuts = Cuts {
        events: now - seconds(keep.events),
        sessions: now - seconds(keep.sessions),
        stored: now - seconds(keep.stored),
        invites: now - seconds(keep.invites),
        actions: now - ACTIONS,
        audit: now - seconds(keep.audit),
        now,
    };
    loop {
        match app.store.prune(cuts).await {
            Ok(pruned) if pruned.is_empty() => return,
            Ok(pruned) => tracing::info!(?pruned, "old records were forgotten"),
            Err(problem) => {
                tracing::error!(%problem, "old records could not be forgotten");
                return;
            }
        }
    }
}
