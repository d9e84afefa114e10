//! The writes of a session, one after the other: a note on a ticket, a message in a chat, a note taken back. Before each one is
//! looked whether it is done already, so that it is done once whatever happened before. What a note says is `note`'s business.

use super::{
    Trace, builtin, note, postpone,
    report::{self, Fetched},
    standing, trouble,
};
use crate::{
    app::App,
    halo::{Action, HaloError},
    invites::seconds,
    store::{
        Held, IntendedMessage, IntendedNote, IntendedWithdrawal, IntendedWrite, Outcome, OutstandingWrite, Result, SessionJob, SessionState,
    },
};
use halo_remote_support::rules::{
    disposition::Disposition,
    failure::{Failure, Part},
    note::session_marker,
    report::Session,
    wording::{Language, Message, say},
    words::{ActionId, Lsid, TicketId},
};

/// A ticket merged into one merged into another … is followed so far.
const FOLLOWED: u8 = 5;

/// What is at hand for a write.
pub(super) struct At<'a> {
    pub(super) app: &'a App,
    job: &'a SessionJob,
    write: &'a OutstandingWrite,
}

/// The next write of a session.
pub(super) async fn next(app: &App, job: &SessionJob) -> Result<Held> {
    let Some(write) = &job.write else {
        return fault(app, job, "a pending session holds no write").await;
    };
    let at = At { app, job, write };
    if let Some(attempted_at) = write.attempted_at {
        let due = attempted_at + seconds(app.config.worker.in_doubt_wait);
        if app.clock.now() < attempted_at {
            // The clock was set back since: the wait begins again, by the clock as it is now.
            if at.attempted().await? == Held::Lost {
                return Ok(Held::Lost);
            }
            let due = app.clock.now() + seconds(app.config.worker.in_doubt_wait);
            return postpone(app, job, Outcome::Later(due), Message::new("session.inDoubt"), Trace::DOUBT).await;
        }
        if app.clock.now() < due {
            return postpone(app, job, Outcome::Later(due), Message::new("session.inDoubt"), Trace::DOUBT).await;
        }
    }
    if let IntendedWrite::Withdrawal(withdrawal) = &write.intended {
        return at.withdraw(*withdrawal).await;
    }
    let Some(disposition) = &job.disposition else {
        return fault(app, job, "a pending session holds no decision").await;
    };
    // What was written once and is moved or linked again has no report any more: it is fetched again.
    let fetched;
    let body = match &job.report {
        Some(body) => body,
        None => match report::body(app, job).await {
            Ok(body) => {
                fetched = body;
                &fetched
            }
            Err(failure) => return trouble(app, job, &failure, false).await,
        },
    };
    match report::read(&job.lsid, body) {
        Fetched::Finished(session) => match &write.intended {
            IntendedWrite::Note(intended) => at.note(intended, disposition, &session).await,
            IntendedWrite::Message(intended) => at.message(*intended, disposition, &session, body).await,
            IntendedWrite::Withdrawal(_) => fault(app, job, "a withdrawal came to be written").await,
        },
        Fetched::NotYet(reason) | Fetched::Unreadable(reason) if job.report.is_none() => {
            let (outcome, counts) = standing(app, job, &app.config.worker.retry_schedule).next(super::retry::Trouble::Transient, None);
            postpone(app, job, outcome, reason, Trace { counts, ..Trace::DOUBT }).await
        }
        _ => fault(app, job, "a stored report does not read any more").await,
    }
}

/// Something of ours is wrong: a few more tries, then before a person.
async fn fault(app: &App, job: &SessionJob, what: &'static str) -> Result<Held> {
    trouble(app, job, &app.fault("session", &what), false).await
}

impl At<'_> {
    /// Says in the store that the write is about to be sent: before every single sending, because each takes its time.
    pub(super) async fn attempted(&self) -> Result<Held> {
        let at = self.app.clock.now();
        self.app.store.write_attempted(self.job.lsid.clone(), self.job.fence, self.write.id, at).await
    }

    async fn done(&self, action: Option<ActionId>, outcome: &'static str) -> Result<Held> {
        self.app.metrics.step(outcome);
        tracing::info!(?action, outcome, "the write is done");
        self.app.store.write_done(self.job.lsid.clone(), self.job.fence, self.write.id, action, self.app.clock.now()).await
    }

    async fn rest(&self, state: SessionState, reason: Message) -> Result<Held> {
        postpone(self.app, self.job, Outcome::Rest(state), reason, Trace::NOTHING).await
    }

    /// Looked up after the wait, tried again by the schedule; given up by age like everything else.
    async fn in_doubt(&self, error: &HaloError) -> Result<Held> {
        let (app, job) = (self.app, self.job);
        let due = app.clock.now() + seconds(app.config.worker.in_doubt_wait);
        let (outcome, _) = standing(app, job, &app.config.worker.retry_schedule).next(super::retry::Trouble::Transient, None);
        let (outcome, reason) = match outcome {
            Outcome::Later(at) => (Outcome::Later(at.max(due)), Message::new("session.inDoubt")),
            rest => (rest, error.failure().message(Part::Detail)),
        };
        postpone(app, job, outcome, reason, Trace { counts: true, ..Trace::DOUBT }).await
    }

    // ---- a note on a ticket ----

    async fn note(&self, intended: &IntendedNote, disposition: &Disposition, session: &Session<'_>) -> Result<Held> {
        let (app, lsid) = (self.app, &self.job.lsid);
        match find(app, intended.ticket, lsid).await {
            Ok(Some(action)) => return self.done(Some(action.id), "found").await,
            Ok(None) => {}
            Err(error) => return self.refused_look(intended.ticket, &error).await,
        }
        // What a person wishes is not held up by what Halo might do.
        let seen = if intended.remark.is_some() { Ok(builtin::Seen::Nothing) } else { builtin::look(app, self.job).await };
        match seen {
            Ok(builtin::Seen::Nothing) => {}
            Ok(builtin::Seen::Wait(until)) => {
                return postpone(app, self.job, Outcome::Later(until), Message::new("session.builtinFirst"), Trace::DOUBT).await;
            }
            Ok(builtin::Seen::Note(ticket)) => return self.written_by_halo(ticket).await,
            Err(error) => return self.refused_look(intended.ticket, &error).await,
        }
        let answer = note::write(self, intended, disposition, session).await;
        fail::fail_point!("note_after_write");
        match answer {
            Ok(action) => {
                if self.write.attempted_at.is_some() {
                    // There was doubt: should the first write have come late, somebody must know. `find` says so.
                    drop(find(app, intended.ticket, lsid).await);
                }
                self.done(Some(action.id), "written").await
            }
            Err(note::Unwritten::Lost) => Ok(Held::Lost),
            Err(note::Unwritten::Halo(error)) if error.ambiguous() => self.in_doubt(&error).await,
            Err(note::Unwritten::Halo(error)) => self.refused_note(intended, &error).await,
            Err(note::Unwritten::Before(failure)) => trouble(app, self.job, &failure, true).await,
        }
    }

    /// Halo would not let us look: nothing was written now, but what went before is still unknown.
    async fn refused_look(&self, ticket: TicketId, error: &HaloError) -> Result<Held> {
        if error.not_found() {
            return self.rest(self.before(), Message::new("session.ticketGone").with("ticket", ticket)).await;
        }
        trouble(self.app, self.job, &error.failure(), false).await
    }

    /// Halo surely did not keep the note.
    async fn refused_note(&self, intended: &IntendedNote, error: &HaloError) -> Result<Held> {
        let (app, ticket) = (self.app, intended.ticket);
        if error.not_found() {
            return self.rest(self.before(), Message::new("session.ticketGone").with("ticket", ticket)).await;
        }
        if !error.refused() {
            return trouble(app, self.job, &error.failure(), true).await;
        }
        // A merged ticket refuses notes; its successor takes them.
        let successor = match app.halo.as_service(|token| async move { app.halo.ticket(&token, ticket).await }).await {
            Ok(found) => found.merged_into,
            // Nobody told whether it was merged: asked again.
            Err(look) if look.transient() => return trouble(app, self.job, &look.failure(), true).await,
            Err(_) => None,
        };
        if let Some(into) = successor.filter(|_| intended.followed < FOLLOWED) {
            let followed = IntendedNote { ticket: into, followed: intended.followed + 1, ..intended.clone() };
            let reason = Message::new("session.ticketMerged").with("ticket", ticket).with("into", into);
            tracing::info!(%ticket, %into, "the ticket was merged; its successor gets the note");
            let (lsid, fence) = (self.job.lsid.clone(), self.job.fence);
            return app.store.write_redirected(lsid, fence, self.write.id, followed, reason, app.clock.now()).await;
        }
        let text = say(Language::En, &error.failure().message(Part::Detail));
        self.rest(self.before(), Message::new("session.haloRefused").with("ticket", ticket).with("text", text)).await
    }

    /// Where the session was before this write was wished for: a note that was to be moved still stands where it stood.
    fn before(&self) -> SessionState {
        if self.job.stands() { SessionState::Written } else { SessionState::Stored }
    }

    /// Halo's own integration was there before us.
    async fn written_by_halo(&self, ticket: TicketId) -> Result<Held> {
        let reason = Message::new("session.writtenByHalo").with("ticket", ticket);
        tracing::warn!(%ticket, "Halo's own BeyondTrust integration has put this session on a ticket; no second note is written");
        let (lsid, fence) = (self.job.lsid.clone(), self.job.fence);
        self.app.metrics.step("written_by_halo");
        self.app.store.written_elsewhere(lsid, fence, ticket, reason, self.app.clock.now()).await
    }

    // ---- a message in a chat ----

    async fn message(&self, intended: IntendedMessage, disposition: &Disposition, session: &Session<'_>, body: &[u8]) -> Result<Held> {
        let (app, chat) = (self.app, intended.chat);
        let marker = session_marker(&self.job.lsid);
        let now = match app.halo.as_service(|token| async move { app.halo.chat(&token, chat).await }).await {
            Ok(now) => now,
            Err(error) if error.not_found() => return report::decide(app, self.job, session, body).await,
            Err(error) => return trouble(app, self.job, &error.failure(), false).await,
        };
        match app.halo.as_service(|token| async move { app.halo.chat_messages(&token, chat).await }).await {
            Ok(messages) if messages.iter().any(|message| message.holds(&marker)) => return self.done(None, "found").await,
            // It has ended, or got a ticket: decided again, once it is sure that nothing was posted.
            Ok(_) if !now.state.open || now.state.ticket.is_some() => return report::decide(app, self.job, session, body).await,
            Ok(_) => {}
            Err(error) => return trouble(app, self.job, &error.failure(), false).await,
        }
        if self.attempted().await? == Held::Lost {
            return Ok(Held::Lost);
        }
        let html = note::message(session, disposition);
        let html = html.as_str();
        let answer = app.halo.as_service(|token| async move { app.halo.post_chat_message(&token, chat, html).await }).await;
        fail::fail_point!("message_after_write");
        match answer {
            Ok(()) => self.done(None, "posted").await,
            Err(error) if error.ambiguous() => self.in_doubt(&error).await,
            Err(error) if error.refused() || error.not_found() => {
                let text = say(Language::En, &error.failure().message(Part::Detail));
                self.rest(SessionState::Stored, Message::new("session.chatRefused").with("chat", chat).with("text", text)).await
            }
            Err(error) => trouble(app, self.job, &error.failure(), true).await,
        }
    }

    // ---- a note taken back ----

    async fn withdraw(&self, IntendedWithdrawal { ticket, action }: IntendedWithdrawal) -> Result<Held> {
        let (app, lsid) = (self.app, &self.job.lsid);
        let marker = session_marker(lsid);
        // Action ids count per ticket and may come again: only what still is this session's note is removed.
        let there = app.halo.as_service(|token| async move { app.halo.actions(&token, ticket).await }).await;
        match there {
            Ok(actions) if actions.iter().any(|one| one.id == action && one.holds(&marker)) => {}
            Ok(_) => return self.gone(ticket).await,
            Err(error) if error.not_found() => return self.done(None, "withdrawn").await,
            Err(error) => return trouble(app, self.job, &error.failure(), true).await,
        }
        let answer = app.halo.as_service(|token| async move { app.halo.remove_action(&token, ticket, action).await }).await;
        fail::fail_point!("withdrawal_after_write");
        match answer {
            Ok(()) => self.done(None, "withdrawn").await,
            Err(error) if error.not_found() => self.done(None, "withdrawn").await,
            Err(error) if error.refused() || error.forbidden() || error.unauthorized() => {
                let text = say(Language::En, &error.failure().message(Part::Detail));
                let reason = Message::new("session.withdrawalRefused").with("ticket", ticket).with("text", text);
                if self.job.rests_in == SessionState::Written {
                    // It was moved: the new note stands, and the old one does, too.
                    app.metrics.duplicate();
                    tracing::error!(%ticket, %lsid, "a note that was moved cannot be taken off its old ticket; delete it by hand");
                }
                self.rest(SessionState::Written, reason).await
            }
            Err(error) => trouble(app, self.job, &Failure::from(error), true).await,
        }
    }
}

impl At<'_> {
    /// The note is not where it was written. Merging takes a ticket's actions along: then it is on the successor, under a
    /// number that only a look at it tells.
    async fn gone(&self, ticket: TicketId) -> Result<Held> {
        let (app, lsid) = (self.app, &self.job.lsid);
        let into = match app.halo.as_service(|token| async move { app.halo.ticket(&token, ticket).await }).await {
            Ok(found) => found.merged_into,
            Err(error) if error.not_found() => None,
            Err(error) => return trouble(app, self.job, &error.failure(), true).await,
        };
        let Some(into) = into else { return self.done(None, "withdrawn").await };
        let moved = match find(app, into, lsid).await {
            Ok(moved) => moved,
            Err(error) => return trouble(app, self.job, &error.failure(), true).await,
        };
        let Some(moved) = moved else { return self.done(None, "withdrawn").await };
        match app.halo.as_service(|token| async move { app.halo.remove_action(&token, into, moved.id).await }).await {
            Ok(()) => self.done(None, "withdrawn").await,
            Err(error) => trouble(app, self.job, &error.failure(), true).await,
        }
    }
}

/// The session's note on this ticket.
async fn find(app: &App, ticket: TicketId, lsid: &Lsid) -> std::result::Result<Option<Action>, HaloError> {
    let marker = session_marker(lsid);
    let actions = app.halo.as_service(|token| async move { app.halo.actions(&token, ticket).await }).await?;
    let mut found = actions.into_iter().filter(|action| action.holds(&marker));
    let first = found.next();
    if found.next().is_some() {
        app.metrics.duplicate();
        tracing::error!(%ticket, %lsid, "the ticket holds two notes of one session; delete one");
    }
    Ok(first)
}
