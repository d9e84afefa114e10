//! One step of a session: fetch the report until it has an end, decide by the rules, write the note once. Every outcome is
//! recorded under the fence; losing the lease means somebody else goes on.

use super::pause;
use crate::{
    app::App,
    config::Attribution,
    halo::{Action, HaloError, NewAction},
    invites::seconds,
    store::{Decision, Held, IntendedWrite, Outcome, Postponed, Result, SessionJob, SessionState},
};
use halo_remote_support::rules::{
    correlation::ExternalKey,
    disposition::{self, Context, Destination, Disposition, Owner},
    failure::Failure,
    names::{NameIndex, nfkc},
    note::{self, Authorship},
    report::{self, Limits, Report, Session},
    transcript::Reader,
    wording::{Language, Message, say},
    words::{Lsid, TicketId, UnixSeconds},
};

/// Whether Halo lets the service write in an agent's name, as we last read it back.
pub const HONOURS_AUTHOR: &str = "halo honours who_agentid";

/// Moves a session one step on.
#[tracing::instrument(name = "session", skip_all, fields(lsid = %job.lsid))]
pub async fn advance(app: &App, job: SessionJob) {
    let recorded = match job.state {
        SessionState::Pending => deliver(app, &job).await,
        _ => fetch(app, &job).await,
    };
    match recorded {
        Ok(Held::Yes) => app.wake.notify_one(),
        Ok(Held::Lost) => tracing::warn!("the lease was lost; another holder goes on"),
        Err(problem) => tracing::error!(%problem, "the step could not be recorded; its lease brings it back"),
    }
}

fn reason_of(failure: &Failure) -> Message {
    Message { code: format!("failure.{}.detail", failure.kind.code()), args: failure.args.clone() }
}

async fn postpone(app: &App, job: &SessionJob, outcome: Outcome, reason: Message, clear: bool, report: Option<Vec<u8>>) -> Result<Held> {
    let at = app.clock.now();
    tracing::info!(?outcome, reason = say(Language::En, &reason), "the session waits");
    app.store.session_postponed(job.lsid.clone(), job.fence, Postponed { outcome, reason, clear, report, at }).await
}

/// Again by the schedule, or given up by age.
fn later(app: &App, job: &SessionJob, schedule: &[std::time::Duration], at_least: Option<UnixSeconds>) -> Outcome {
    let now = app.clock.now();
    if now - job.announced_at > seconds(app.config.worker.give_up_after) {
        return Outcome::Rest(SessionState::Failed);
    }
    Outcome::Later(now + pause(schedule, job.attempts).max(at_least.unwrap_or(0)))
}

// ---- the report ----

/// What a fetched report is good for.
enum Fetched<'a> {
    Finished(Box<Session<'a>>),
    /// Asked again: not there yet, or no end time.
    NotYet(Message),
    /// It does not read, and would not the next time either.
    Unreadable(Message),
}

fn look_for<'a>(lsid: &Lsid, report: Report<'a>) -> Fetched<'a> {
    if let Some(text) = report.error {
        return Fetched::NotYet(Message::new("session.reportRefused").with("text", text));
    }
    if let Some(problem) = report.problems.iter().find(|problem| problem.severity == report::Severity::Error) {
        let sentence = say(Language::En, &(&problem.fault).into());
        return Fetched::Unreadable(
            Message::new("session.reportUnreadable").with("problem", sentence).with("line", problem.line).with("column", problem.column),
        );
    }
    match report.sessions.into_iter().find(|session| session.lsid.as_ref() == Some(lsid)) {
        Some(session) if session.end.is_some() => Fetched::Finished(Box::new(session)),
        Some(_) => Fetched::NotYet(Message::new("session.reportUnfinished")),
        None => Fetched::NotYet(Message::new("session.reportMissing")),
    }
}

async fn fetch(app: &App, job: &SessionJob) -> Result<Held> {
    let schedule = &app.config.worker.report_schedule;
    // The first entry is the pause before the first attempt; it was over when the event came.
    let next = |job: &SessionJob| later(app, &SessionJob { attempts: job.attempts + 1, ..job.clone() }, schedule, None);
    let body = match app.appliance().await {
        Ok(appliance) => appliance.session_report(&job.lsid).await,
        Err(failure) => Err(failure),
    };
    let body = match body {
        Ok(body) => body,
        Err(failure) => return postpone(app, job, next(job), reason_of(&failure), true, None).await,
    };
    match look_for(&job.lsid, report::read(&body, &Limits::default())) {
        Fetched::NotYet(reason) => postpone(app, job, next(job), reason, true, None).await,
        Fetched::Unreadable(reason) => {
            // A report cut on its way reads the next time; one that never reads is kept for people to look at.
            let outcome = if (job.attempts as usize) < schedule.len() { next(job) } else { Outcome::Rest(SessionState::Failed) };
            postpone(app, job, outcome, reason, true, Some(body)).await
        }
        Fetched::Finished(session) => match decide(app, &session).await {
            Ok((disposition, write)) => record(app, job, disposition, write, body).await,
            Err(failure) => {
                postpone(app, job, later(app, job, &app.config.worker.retry_schedule, None), reason_of(&failure), true, None).await
            }
        },
    }
}

async fn decide(app: &App, session: &Session<'_>) -> std::result::Result<(Disposition, Option<IntendedWrite>), Failure> {
    let settings = app.settings().await?.settings;
    let directory = app.roster.directory(app, &settings).await?;
    let issued = match ExternalKey::read(session.external_key.as_deref(), &settings.ticket_prefix) {
        ExternalKey::Ticket { code, .. } | ExternalKey::Chat { code, .. } => app.store.issued(code).await?,
        _ => None,
    };
    let context =
        Context { agents: &NameIndex::new(&directory.agents, nfkc), settings: &settings, issued: issued.as_ref(), chat: None, nfkc };
    let disposition = disposition::decide(session, &context);
    let write = match disposition.destination {
        Destination::Ticket { ticket, .. } => Some(IntendedWrite { ticket, private: settings.private_notes }),
        _ => None,
    };
    Ok((disposition, write))
}

async fn record(app: &App, job: &SessionJob, disposition: Disposition, write: Option<IntendedWrite>, body: Vec<u8>) -> Result<Held> {
    let state = match disposition.destination {
        Destination::Ticket { .. } => SessionState::Pending,
        Destination::Chat { .. } | Destination::Stored => SessionState::Stored,
        Destination::Refused => SessionState::Refused,
    };
    tracing::info!(?state, reason = say(Language::En, &disposition.reason), "decided");
    let decision = Decision { disposition, state, write, report: Some(body), at: app.clock.now() };
    app.store.decided(job.lsid.clone(), job.fence, decision).await
}

// ---- the note ----

async fn deliver(app: &App, job: &SessionJob) -> Result<Held> {
    let (Some(write), Some(disposition), Some(body)) = (&job.write, &job.disposition, &job.report) else {
        let failure = app.fault("session", &"a pending session holds no write, disposition or report");
        return postpone(app, job, Outcome::Rest(SessionState::Failed), reason_of(&failure), false, None).await;
    };
    let Fetched::Finished(session) = look_for(&job.lsid, report::read(body, &Limits::default())) else {
        let failure = app.fault("session", &"a stored report does not read any more");
        return postpone(app, job, Outcome::Rest(SessionState::Failed), reason_of(&failure), false, None).await;
    };
    let now = app.clock.now();
    if let Some(attempted_at) = job.attempted_at {
        let due = attempted_at + seconds(app.config.worker.in_doubt_wait);
        if now < due {
            return postpone(app, job, Outcome::Later(due), Message::new("session.inDoubt"), false, None).await;
        }
        match find(app, write.ticket, &job.lsid).await {
            Ok(Some(action)) => {
                tracing::info!(action = %action.id, "the note had been written before we lost sight of it");
                return app.store.note_written(job.lsid.clone(), job.fence, Some(action.id), now).await;
            }
            Ok(None) => {}
            Err(error) => return refused(app, job, write.ticket, &error, false).await,
        }
    }
    if app.store.note_attempted(job.lsid.clone(), job.fence, now).await? == Held::Lost {
        return Ok(Held::Lost);
    }
    let answer = write_note(app, write, disposition, &session).await;
    fail::fail_point!("note_after_write");
    match answer {
        Ok(action) => app.store.note_written(job.lsid.clone(), job.fence, Some(action.id), app.clock.now()).await,
        Err(Unwritten::Halo(error)) if error.ambiguous() => {
            let due = app.clock.now() + seconds(app.config.worker.in_doubt_wait);
            postpone(app, job, Outcome::Later(due), Message::new("session.inDoubt"), false, None).await
        }
        Err(Unwritten::Halo(error)) => refused(app, job, write.ticket, &error, true).await,
        Err(Unwritten::Before(failure)) => {
            postpone(app, job, later(app, job, &app.config.worker.retry_schedule, None), reason_of(&failure), true, None).await
        }
    }
}

/// Halo said no: try again, or keep the session for linking by hand.
async fn refused(app: &App, job: &SessionJob, ticket: TicketId, error: &HaloError, clear: bool) -> Result<Held> {
    let schedule = &app.config.worker.retry_schedule;
    if error.not_found() {
        let reason = Message::new("session.ticketGone").with("ticket", ticket);
        return postpone(app, job, Outcome::Rest(SessionState::Stored), reason, clear, None).await;
    }
    let failure = error.failure();
    // A missing right is mended by people: it is tried again slowly until they have.
    if error.transient() || error.unauthorized() || error.forbidden() {
        let at_least = error.retry_after().map(seconds);
        return postpone(app, job, later(app, job, schedule, at_least), reason_of(&failure), clear, None).await;
    }
    let reason = Message::new("session.haloRefused").with("ticket", ticket).with("text", say(Language::En, &reason_of(&failure)));
    postpone(app, job, Outcome::Rest(SessionState::Stored), reason, clear, None).await
}

enum Unwritten {
    /// Nothing was sent.
    Before(Failure),
    /// Halo's answer, or none.
    Halo(HaloError),
}

/// Writes the note in the technician's own name when we hold a token; else with the service's credentials, and says so.
async fn write_note(
    app: &App,
    write: &IntendedWrite,
    disposition: &Disposition,
    session: &Session<'_>,
) -> std::result::Result<Action, Unwritten> {
    let Some(owner) = &disposition.owner else {
        return Err(Unwritten::Before(app.fault("session", &"a note for a ticket has no owner")));
    };
    let reader = if write.private { Reader::Agents } else { Reader::Customers };
    let action = |authorship| NewAction {
        hidden_from_user: write.private,
        started: session.start,
        ended: session.end,
        ..NewAction::new(
            write.ticket,
            app.config.halo.session_outcome.clone(),
            note::session_note(session, disposition, reader, authorship, Language::En),
        )
    };
    let own = &action(Authorship::Technician);
    let answer =
        app.delegation.call(owner.agent, |token| async move { app.halo.add_action(&token, own).await }).await.map_err(Unwritten::Before)?;
    match answer {
        // This agent may not write here, or is not signed in: the service can.
        Some(Err(error)) if error.unauthorized() || error.forbidden() => {}
        Some(answer) => return answer.map_err(Unwritten::Halo),
        None => {}
    }
    as_service(app, owner, action).await
}

async fn as_service(app: &App, owner: &Owner, action: impl Fn(Authorship) -> NewAction) -> std::result::Result<Action, Unwritten> {
    let ask = app.config.halo.attribution == Attribution::DelegatedThenReadBack;
    let honoured = app.store.finding(HONOURS_AUTHOR).await.map_err(|problem| Unwritten::Before(problem.into()))?.filter(|_| ask);
    let authorship = if honoured.as_deref() == Some("yes") { Authorship::Technician } else { Authorship::Named };
    let action = &NewAction { who_agent: Some(owner.agent).filter(|_| ask), ..action(authorship) };
    let written = app.halo.as_service(|token| async move { app.halo.add_action(&token, action).await }).await.map_err(Unwritten::Halo)?;
    let now_honoured = if written.who_agent == Some(owner.agent) { "yes" } else { "no" };
    if ask && honoured.as_deref() != Some(now_honoured) {
        tracing::info!(honoured = now_honoured, "read back whether Halo lets the service write in an agent's name");
        // Only how the next note begins depends on it.
        if let Err(problem) = app.store.save_finding(HONOURS_AUTHOR, now_honoured.to_owned(), app.clock.now()).await {
            tracing::warn!(%problem, "what was read back could not be kept");
        }
    }
    Ok(written)
}

async fn find(app: &App, ticket: TicketId, lsid: &Lsid) -> std::result::Result<Option<Action>, HaloError> {
    let marker = note::session_marker(lsid);
    let actions = app.halo.as_service(|token| async move { app.halo.actions(&token, ticket).await }).await?;
    let mut found = actions.into_iter().filter(|action| action.holds(&marker));
    let first = found.next();
    if found.next().is_some() {
        tracing::error!(%ticket, %lsid, "the ticket holds two notes of one session; delete one");
    }
    Ok(first)
}
