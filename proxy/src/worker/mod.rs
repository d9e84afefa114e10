//! Takes what is due, sessions and invites, and moves each one step on; several at a time, one holder each by lease and
//! fence, and only while the vendors' lines allow it. What a step is stands in `report`, `deliver` and `crate::invites`.

mod builtin;
mod deliver;
mod note;
mod preview;
mod report;
pub mod retry;

pub(crate) use builtin::ask as ask_builtin;
pub use builtin::{BUILTIN_SEEN, builtin_is_on};
pub use note::HONOURS_AUTHOR;
pub(crate) use preview::preview;

use crate::{
    app::App,
    automatic,
    invites::{self, seconds},
    line::{Leave, Trial},
    reconcile,
    store::{Held, Outcome, Postponed, Result, SessionJob, SessionState, Window},
    upkeep,
};
use futures_util::FutureExt as _;
use halo_remote_support::rules::{
    failure::{Failure, Part},
    wording::{Language, Message, say},
};
use std::{panic::AssertUnwindSafe, sync::Arc, time::Duration};
use tokio::{sync::watch, task::JoinSet};

/// Sessions and invites worked on at a time.
const HANDS: usize = 4;
/// How long running steps may take after we were told to stop; their leases see to the rest.
const LAST_STEPS: Duration = Duration::from_secs(8);
/// A session whose holder died this often in the middle is not taken up again: it may be what kills us.
const DEATHS: u32 = 5;

/// Everything that happens without anybody asking: steps, sweeps, upkeep. Until told to stop.
pub async fn run(app: Arc<App>, stop: watch::Receiver<bool>) {
    tokio::join!(work(Arc::clone(&app), stop.clone()), reconcile::run(Arc::clone(&app), stop.clone()), upkeep::run(app, stop));
}

async fn work(app: Arc<App>, mut stop: watch::Receiver<bool>) {
    let mut steps = JoinSet::new();
    // Sessions and invites take turns, so that neither waits behind a backlog of the other. What Halo told of may become an
    // invite, and goes with them.
    let mut invites_turn = false;
    while !*stop.borrow() {
        while steps.try_join_next().is_some() {}
        if steps.len() < HANDS {
            invites_turn = !invites_turn;
            let taken = (invites_turn && take_invite_or_ring(&app, &mut steps).await)
                || take_session(&app, &mut steps).await
                || take_invite_or_ring(&app, &mut steps).await;
            if taken {
                continue;
            }
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

/// Starts a session's step; false when none is due, or the lines do not allow it.
async fn take_session(app: &Arc<App>, steps: &mut JoinSet<()>) -> bool {
    let Some(states) = may_take(app) else { return false };
    match app.store.claim_session(window(app), states).await {
        Ok(Some(job)) => {
            let trials = Trials::begin(app, &job);
            let suspect = job.deaths > 0;
            if suspect {
                // It may be what killed us before: what else is under way must not die with it again.
                while steps.join_next().await.is_some() {}
            }
            steps.spawn(step(Arc::clone(app), job, trials));
            if suspect {
                drop(steps.join_next().await);
            }
            true
        }
        Ok(None) => false,
        Err(problem) => {
            tracing::error!(%problem, "no session can be claimed");
            false
        }
    }
}

async fn take_invite_or_ring(app: &Arc<App>, steps: &mut JoinSet<()>) -> bool {
    take_invite(app, steps).await || automatic::take(app, window(app), steps).await
}

/// Starts an invite's step; false when none is due, or Halo's line does not allow it.
async fn take_invite(app: &Arc<App>, steps: &mut JoinSet<()>) -> bool {
    if matches!(app.lines.halo.leave(), Leave::Wait(..)) {
        return false;
    }
    match app.store.claim_invite(window(app)).await {
        Ok(Some(row)) => {
            let trial = app.lines.halo.work_begins();
            let app = Arc::clone(app);
            steps.spawn(async move {
                if let Err(failure) = invites::resume(&app, row).await {
                    tracing::error!(%failure, "an invite could not be recorded; its lease brings it back");
                }
                app.lines.halo.work_ended(trial);
            });
            true
        }
        Ok(None) => false,
        Err(problem) => {
            tracing::error!(%problem, "no invite can be claimed");
            false
        }
    }
}

fn window(app: &App) -> Window {
    let worker = &app.config.worker;
    let longest = [&worker.report_schedule, &worker.retry_schedule].into_iter().flatten().max().copied().unwrap_or_default();
    // A vendor's own wish is capped at a quarter of an hour; a fifth is what waits are spread by.
    let horizon = seconds(longest.max(worker.in_doubt_wait).max(app.config.halo.builtin_head_start)) * 2 + 3600;
    Window { now: app.clock.now(), lease: seconds(worker.lease), horizon }
}

/// Which sessions may be taken up: a note needs Halo, a report needs both vendors.
fn may_take(app: &App) -> Option<&'static [SessionState]> {
    match (app.lines.halo.leave(), app.lines.beyondtrust.leave()) {
        (Leave::Wait(..), _) => None,
        (_, Leave::Wait(..)) => Some(&[SessionState::Pending]),
        _ => Some(&[SessionState::Pending, SessionState::AwaitingReport]),
    }
}

/// The resting lines that a session's step tries.
struct Trials {
    halo: Option<Trial>,
    beyondtrust: Option<Trial>,
}

impl Trials {
    fn begin(app: &App, job: &SessionJob) -> Self {
        let report = job.state == SessionState::AwaitingReport;
        let lines = &app.lines;
        Self { halo: lines.halo.work_begins(), beyondtrust: report.then(|| lines.beyondtrust.work_begins()).flatten() }
    }

    fn end(self, app: &App) {
        app.lines.halo.work_ended(self.halo);
        app.lines.beyondtrust.work_ended(self.beyondtrust);
    }
}

/// One step. One that panics, which is a defect, costs that step and nothing else.
async fn step(app: Arc<App>, job: SessionJob, trials: Trials) {
    let (lsid, fence) = (job.lsid.clone(), job.fence);
    let done = AssertUnwindSafe(advance(&app, job)).catch_unwind().await;
    trials.end(&app);
    if done.is_ok() {
        return;
    }
    app.metrics.crash();
    tracing::error!(%lsid, "a step panicked, which is a defect; the session is tried a few times more");
    if let Err(problem) = app.store.session_died(lsid, fence, app.clock.now()).await {
        tracing::error!(%problem, "that could not be recorded; its lease brings the session back");
    }
}

/// Moves a session one step on.
#[tracing::instrument(name = "session", skip_all, fields(lsid = %job.lsid))]
async fn advance(app: &App, job: SessionJob) {
    fail::fail_point!("step_begins");
    let recorded = if job.deaths >= DEATHS {
        let reason = Message::new("session.crashed").with("count", job.deaths);
        postpone(app, &job, Outcome::Rest(SessionState::Failed), reason, Trace { clear: false, ..Trace::NOTHING }).await
    } else if job.state == SessionState::Pending {
        deliver::next(app, &job).await
    } else {
        report::fetch(app, &job).await
    };
    match recorded {
        Ok(Held::Yes) => app.wake.notify_one(),
        Ok(Held::Lost) => tracing::warn!("the lease was lost; another holder goes on"),
        Err(problem) => tracing::error!(%problem, "the step could not be recorded; its lease brings it back"),
    }
}

/// What an unsuccessful step leaves behind.
struct Trace {
    /// It surely wrote nothing.
    clear: bool,
    /// It counts as an attempt.
    counts: bool,
    /// A report that could not be used.
    report: Option<Vec<u8>>,
}

impl Trace {
    /// Nothing was written, nothing is kept, nothing counts.
    const NOTHING: Self = Self { clear: true, counts: false, report: None };
    /// Whether something was written is not known.
    const DOUBT: Self = Self { clear: false, counts: false, report: None };
}

async fn postpone(app: &App, job: &SessionJob, outcome: Outcome, reason: Message, trace: Trace) -> Result<Held> {
    let at = app.clock.now();
    let outcome = match outcome {
        // A note that could not be moved or taken back still stands on a ticket: that is where the session is.
        Outcome::Rest(SessionState::Failed) if job.stands() => Outcome::Rest(SessionState::Written),
        outcome => outcome,
    };
    app.metrics.step(match &outcome {
        Outcome::Later(_) => "later",
        Outcome::Rest(state) => state.word(),
    });
    tracing::info!(?outcome, reason = say(Language::En, &reason), "the session waits");
    let Trace { clear, counts, report } = trace;
    app.store.session_postponed(job.lsid.clone(), job.fence, Postponed { outcome, reason, clear, counts, report, at }).await
}

/// Again as the table says.
async fn trouble(app: &App, job: &SessionJob, failure: &Failure, clear: bool) -> Result<Held> {
    let (trouble, asked) = retry::trouble(failure);
    let (outcome, counts) = standing(app, job, &app.config.worker.retry_schedule).next(trouble, asked);
    postpone(app, job, outcome, failure.message(Part::Detail), Trace { clear, counts, report: None }).await
}

fn standing<'a>(app: &App, job: &SessionJob, schedule: &'a [Duration]) -> retry::Standing<'a> {
    retry::Standing {
        now: app.clock.now(),
        since: job.since,
        attempts: job.attempts,
        schedule,
        give_up_after: app.config.worker.give_up_after,
        roll: u32::from_le_bytes(crate::vault::random()),
    }
}
