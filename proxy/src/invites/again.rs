//! What becomes of an invite that could not go on: whoever waits is told and decides, the worker tries again, and not for ever.
//! What happened stands in its row, for people to read. How it is sent is `super`'s business.

use super::{Progress, Work, advance, look_up, proceed};
use crate::{
    app::App,
    http::Refusal,
    store::{InviteRow, InviteStage, InviteStopped, Outcome},
    vault,
    worker::retry::{Standing, Trouble, trouble},
};
use halo_remote_support::{
    api::InviteState,
    rules::{
        failure::{Failure, FailureKind, Part},
        wording::{Language, Message, say},
        words::UnixSeconds,
    },
};

/// An invite that somebody pressed a button for does not go out by itself later than this, in seconds: they have seen that it is
/// not out, and have found another way.
const PATIENCE: UnixSeconds = 15 * 60;

/// Goes on while a person waits. An invite without a key leaves no trace; one with a key rests, and the same request goes on with it.
pub(super) async fn for_somebody(app: &App, mut work: Work) -> Result<Progress, Refusal> {
    let refusal = match advance(app, &mut work).await {
        Ok(progress) => return Ok(progress),
        Err(refusal) => refusal,
    };
    if work.attempted_at.is_some() {
        // It could not be looked up now; the worker does, and says what came of it.
        let stopped = Case::of(&work).stopped(app, &refusal.failure);
        app.store.invite_stopped(work.code.clone(), work.fence, stopped).await?;
        return Ok(Progress::InDoubt(work.shown(InviteState::Draft)));
    }
    if work.stage == InviteStage::Draft {
        app.store.abandon_invite(work.code, work.fence).await?;
    } else {
        let stopped = InviteStopped { next_at: None, reason: Some(refusal.failure.message(Part::Detail)), clear: true, counts: true };
        app.store.invite_stopped(work.code, work.fence, stopped).await?;
    }
    Err(refusal)
}

/// Goes on with an invite that nobody waits for any more: after a crash, when its mail was in doubt, or one that sends itself.
///
/// # Errors
/// The store out of reach.
pub async fn resume(app: &App, row: InviteRow) -> Result<(), Failure> {
    let (code, fence) = (row.code.clone(), row.fence);
    if let Some(stopped) = take_up(app, row).await {
        let reason = stopped.reason.as_ref().map(|reason| say(Language::En, reason));
        tracing::warn!(invite = %code, reason, next_at = ?stopped.next_at, "an invite could not go on");
        // Somebody else may hold it by now, and then this is not said; that is as it should be.
        app.store.invite_stopped(code, fence, stopped).await?;
    }
    Ok(())
}

/// Nothing when it is out, or waits as it should.
async fn take_up(app: &App, row: InviteRow) -> Option<InviteStopped> {
    let known = row.reason.is_some();
    let unreadable = Case { since: row.created_at, attempts: row.attempts, by_hand: false, in_doubt: row.attempted_at.is_some() };
    let mut work = match Work::of(app, row) {
        Ok(work) => Work { taken_up: true, ..work },
        Err(failure) => return Some(unreadable.stopped(app, &failure)),
    };
    let outcome = match look_up(app, &mut work).await {
        Ok(None) if work.payload.automatic.is_none() && app.clock.now() - work.since > PATIENCE => {
            let late = Message::new("invite.late").with("minutes", PATIENCE / 60);
            // What kept it is worth more than that it is late.
            return Some(InviteStopped { reason: (!known).then_some(late), clear: true, ..InviteStopped::default() });
        }
        Ok(None) => proceed(app, &mut work).await.map(drop),
        settled => settled.map(drop),
    };
    outcome.err().map(|refusal| Case::of(&work).stopped(app, &refusal.failure))
}

/// What decides when an invite that stopped goes on.
struct Case {
    /// Since when it is being tried.
    since: UnixSeconds,
    attempts: u32,
    by_hand: bool,
    /// It may be out.
    in_doubt: bool,
}

impl Case {
    const fn of(work: &Work) -> Self {
        Self {
            since: work.since,
            attempts: work.attempts,
            by_hand: work.payload.automatic.is_none(),
            in_doubt: work.attempted_at.is_some(),
        }
    }

    /// As the table says; what only its agent can mend waits for its agent, and what is gone for nobody.
    fn stopped(&self, app: &App, failure: &Failure) -> InviteStopped {
        let (kind, asked) = trouble(failure);
        let worker = &app.config.worker;
        let standing = Standing {
            now: app.clock.now(),
            since: self.since,
            attempts: self.attempts,
            schedule: &worker.retry_schedule,
            give_up_after: worker.give_up_after,
            roll: u32::from_le_bytes(vault::random()),
        };
        let (outcome, counts) = standing.next(kind, asked);
        let gone = matches!(failure.kind, FailureKind::TicketUnknown | FailureKind::ChatUnknown | FailureKind::ChatClosed);
        let rests = gone || (self.by_hand && !self.in_doubt && kind == Trouble::Mendable);
        let next_at = match outcome {
            Outcome::Later(at) if !rests => Some(at),
            _ => None,
        };
        InviteStopped { next_at, reason: Some(failure.message(Part::Detail)), clear: !self.in_doubt, counts }
    }
}
