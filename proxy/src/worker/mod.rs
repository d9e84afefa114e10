//! Takes what is due, sessions and invites, and moves each one step on; several at a time, one holder each by lease and
//! fence. What a step is stands in `session` and in `crate::invites`.

mod session;

pub use session::HONOURS_AUTHOR;

use crate::{app::App, invites, store::Result};
use halo_remote_support::rules::words::UnixSeconds;
use std::{sync::Arc, time::Duration};
use tokio::{sync::watch, task::JoinSet};

/// Sessions and invites worked on at a time.
const HANDS: usize = 4;
/// How long running steps may take after we were told to stop; their leases see to the rest.
const LAST_STEPS: Duration = Duration::from_secs(10);

/// Works until told to stop.
pub async fn run(app: Arc<App>, mut stop: watch::Receiver<bool>) {
    let mut steps = JoinSet::new();
    while !*stop.borrow() {
        while steps.try_join_next().is_some() {}
        let worked = steps.len() < HANDS && take_one(&app, &mut steps).await;
        if worked {
            continue;
        }
        tokio::select! {
            () = app.wake.notified() => {}
            () = tokio::time::sleep(app.config.worker.poll) => {}
            Some(_) = steps.join_next(), if steps.len() >= HANDS => {}
            _ = stop.changed() => {}
        }
    }
    let _ = tokio::time::timeout(LAST_STEPS, async { while steps.join_next().await.is_some() {} }).await;
}

/// Starts one step; false when nothing is due.
async fn take_one(app: &Arc<App>, steps: &mut JoinSet<()>) -> bool {
    let now = app.clock.now();
    let lease_until = now + invites::seconds(app.config.worker.lease);
    let claimed: Result<bool> = async {
        if let Some(job) = app.store.claim_session(now, lease_until).await? {
            let app = Arc::clone(app);
            steps.spawn(async move { session::advance(&app, job).await });
            return Ok(true);
        }
        if let Some(row) = app.store.claim_invite(now, lease_until).await? {
            let app = Arc::clone(app);
            steps.spawn(async move {
                if let Err(failure) = invites::resume(&app, row).await {
                    tracing::error!(%failure, "an invite could not be recorded; its lease brings it back");
                }
            });
            return Ok(true);
        }
        Ok(false)
    }
    .await;
    claimed.unwrap_or_else(|problem| {
        tracing::error!(%problem, "nothing can be claimed");
        false
    })
}

/// The pause before the next attempt: the schedule's entry, its last one for all later attempts.
#[must_use]
pub fn pause(schedule: &[Duration], attempts: u32) -> UnixSeconds {
    let entry = schedule.get(attempts as usize).or(schedule.last()).copied().unwrap_or(Duration::from_secs(60));
    invites::seconds(entry)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_pause_of_a_schedule_repeats() {
        let schedule = [0, 10, 30].map(Duration::from_secs);
        assert_eq!((0..5).map(|attempts| pause(&schedule, attempts)).collect::<Vec<_>>(), [0, 10, 30, 30, 30]);
        assert_eq!(pause(&[], 3), 60);
        assert_eq!(pause(&[Duration::from_millis(50)], 0), 1);
    }
}
