//! The first steps of a session: fetch its report until it has an end, decide by the rules, record the decision with its
//! intended writes. Writing is `deliver`'s business.

use super::{Trace, postpone, retry, standing, trouble};
use crate::{
    app::App,
    halo::HaloError,
    store::{
        Decision, Held, IntendedMessage, IntendedNote, IntendedWrite, Outcome, Result, SessionFacts, SessionJob, SessionState, ToldStep,
    },
};
use halo_remote_support::rules::{
    correlation::ExternalKey,
    disposition::{self, ChatState, Context, Destination},
    failure::{Failure, FailureKind, Part},
    lifecycle::{InviteEvent, InviteStep},
    names::{NameIndex, nfkc},
    report::{self, Limits, Report, Session},
    settings::Settings,
    wording::{Language, Message, say},
    words::{Lsid, UserId},
};
use std::time::Duration;

/// After a replay agents may be this old.
const FRESH: Duration = Duration::from_secs(30);
/// Whom a session is kept under is shown by name; a decision waits so long for it.
const NAMING: Duration = Duration::from_secs(5);

/// What a fetched report is good for.
pub(super) enum Fetched<'a> {
    Finished(Box<Session<'a>>),
    /// Asked again: not there yet, or no end time.
    NotYet(Message),
    /// It does not read, and would not the next time either.
    Unreadable(Message),
}

pub(super) fn read<'a>(lsid: &Lsid, body: &'a [u8]) -> Fetched<'a> {
    let Report { error, problems, sessions } = report::read(body, &Limits::default());
    if let Some(text) = error {
        return Fetched::NotYet(Message::new("session.reportRefused").with("text", text));
    }
    if let Some(problem) = problems.iter().find(|problem| problem.severity == report::Severity::Error) {
        let sentence = say(Language::En, &(&problem.fault).into());
        return Fetched::Unreadable(
            Message::new("session.reportUnreadable").with("problem", sentence).with("line", problem.line).with("column", problem.column),
        );
    }
    match sessions.into_iter().find(|session| session.lsid.as_ref() == Some(lsid)) {
        Some(session) if session.end.is_some() => Fetched::Finished(Box::new(session)),
        Some(_) => Fetched::NotYet(Message::new("session.reportUnfinished")),
        None => Fetched::NotYet(Message::new("session.reportMissing")),
    }
}

/// The report as it comes from BeyondTrust now.
pub(super) async fn body(app: &App, job: &SessionJob) -> std::result::Result<Vec<u8>, Failure> {
    app.appliance().await?.session_report(&job.lsid).await
}

/// Fetches and decides.
pub(super) async fn fetch(app: &App, job: &SessionJob) -> Result<Held> {
    let schedule = &app.config.worker.report_schedule;
    // The first entry is the pause before the first attempt; it was over when the event came.
    let next = || {
        let again = SessionJob { attempts: job.attempts + 1, ..job.clone() };
        standing(app, &again, schedule).next(retry::Trouble::Transient, None).0
    };
    let body = match body(app, job).await {
        Ok(body) => body,
        Err(failure) => {
            // An error in words may mean "not there yet": the report's own schedule. What the line says goes by the table.
            let (kind, _) = retry::trouble(&failure);
            if kind != retry::Trouble::Transient {
                return trouble(app, job, &failure, true).await;
            }
            return postpone(app, job, next(), failure.message(Part::Detail), Trace { counts: true, ..Trace::NOTHING }).await;
        }
    };
    match read(&job.lsid, &body) {
        Fetched::NotYet(reason) => postpone(app, job, next(), reason, Trace { counts: true, ..Trace::NOTHING }).await,
        Fetched::Unreadable(reason) => {
            // A report cut on its way reads the next time; one that never reads is kept for people to look at.
            let outcome = if (job.attempts as usize) < schedule.len() { next() } else { Outcome::Rest(SessionState::Failed) };
            postpone(app, job, outcome, reason, Trace { clear: true, counts: true, report: Some(body) }).await
        }
        Fetched::Finished(session) => decide(app, job, &session, &body).await,
    }
}

/// Decides by the rules and records it, or waits for what the decision depends on.
pub(super) async fn decide(app: &App, job: &SessionJob, session: &Session<'_>, body: &[u8]) -> Result<Held> {
    let mut decided = decision(app, session, body).await;
    if job.by_hand
        && matches!(&decided, Ok(decision) if decision.disposition.owner.is_none())
        && app.roster.forget_agents_older(app, FRESH).await
    {
        // Played again because a name was mended: the agents at hand may be from before.
        decided = decision(app, session, body).await;
    }
    match decided {
        Ok(decision) => {
            tracing::info!(
                writes = decision.writes.len(),
                rests_in = decision.rests_in.word(),
                reason = say(Language::En, &decision.disposition.reason),
                "decided"
            );
            app.metrics.step(if decision.writes.is_empty() { decision.rests_in.word() } else { "decided" });
            app.store.decided(job.lsid.clone(), job.fence, decision).await
        }
        Err(failure) => trouble(app, job, &failure, true).await,
    }
}

async fn decision(app: &App, session: &Session<'_>, body: &[u8]) -> std::result::Result<Decision, Failure> {
    let settings = app.settings().await?.settings;
    let directory = app.roster.directory(app, &settings).await?;
    let key = ExternalKey::read(session.external_key.as_deref(), &settings.ticket_prefix);
    let issued = match key.code() {
        Some(code) => app.store.issued(code.clone()).await?,
        None => None,
    };
    let named = Named::of(app, &key, issued.is_some()).await?;
    let context = Context {
        agents: &NameIndex::new(&directory.agents, nfkc),
        settings: &settings,
        issued: issued.as_ref(),
        chat: named.chat.as_ref(),
        nfkc,
    };
    let disposition = disposition::decide(session, &context);
    if disposition.owner.is_none() && !session.representatives.is_empty() && app.roster.is_partial().await {
        // Nobody is refused for a name that Halo did not tell just now.
        return Err(Failure::new(FailureKind::HaloUnexpected).with("host", app.halo.url().host()));
    }
    let (writes, rests_in) = match disposition.destination {
        Destination::Ticket { ticket, .. } => {
            let note = IntendedNote { ticket, private: settings.private_notes, remark: None, followed: 0 };
            (vec![IntendedWrite::Note(note)], SessionState::Written)
        }
        Destination::Chat { chat } => (vec![IntendedWrite::Message(IntendedMessage { chat })], SessionState::Stored),
        Destination::Stored => (Vec::new(), SessionState::Stored),
        Destination::Refused => (Vec::new(), SessionState::Refused),
    };
    let user = match (rests_in, &key) {
        (SessionState::Stored, ExternalKey::Ticket { ticket, .. }) if issued.is_some() => user_of(app, *ticket).await?,
        _ => named.user,
    };
    let mut facts = facts(session, user, named.chat.as_ref(), &settings);
    if let (ExternalKey::Asset { asset, .. }, true) = (&key, issued.is_some()) {
        facts.asset = Some(*asset);
    }
    if rests_in != SessionState::Written {
        // On its ticket a session is found by the ticket: Halo's calls are few.
        name_user(app, &mut facts).await;
    }
    let at = app.clock.now();
    let told = issued.map(|issued| ToldStep {
        code: issued.code,
        step: InviteStep { is: InviteEvent::Ended, at: session.end.unwrap_or(at), name: None },
    });
    Ok(Decision { disposition, facts, writes, rests_in, report: body.to_vec(), told, at })
}

/// What Halo says about the chat a key names.
#[derive(Default)]
struct Named {
    chat: Option<ChatState>,
    user: Option<UserId>,
}

impl Named {
    async fn of(app: &App, key: &ExternalKey, issued: bool) -> std::result::Result<Self, Failure> {
        let ExternalKey::Chat { chat, .. } = key else { return Ok(Self::default()) };
        if !issued {
            return Ok(Self::default());
        }
        let chat = *chat;
        match app.halo.as_service(|token| async move { app.halo.chat(&token, chat).await }).await {
            Ok(found) => Ok(Self { chat: Some(found.state), user: found.user }),
            Err(error) if error.not_found() => Ok(Self::default()),
            Err(error) => Err(error.failure()),
        }
    }
}

/// The ticket's user; nobody when the ticket is gone or belongs to the General User.
async fn user_of(app: &App, ticket: halo_remote_support::rules::words::TicketId) -> std::result::Result<Option<UserId>, Failure> {
    let found: std::result::Result<_, HaloError> = app.halo.as_service(|token| async move { app.halo.ticket(&token, ticket).await }).await;
    match found {
        Ok(ticket) => Ok(ticket.user_id),
        // Under whom it is kept is not worth losing it for.
        Err(error) if error.not_found() || error.forbidden() || error.unauthorized() => Ok(None),
        Err(error) => Err(error.failure()),
    }
}

/// Says who the user is that a session is kept under. It only helps to find the session: Halo's silence is no reason to wait.
async fn name_user(app: &App, facts: &mut SessionFacts) {
    let Some(user) = facts.user else { return };
    let call = app.halo.as_service(|token| async move { app.halo.user(&token, user).await });
    match tokio::time::timeout(NAMING, call).await {
        Ok(Ok(found)) => {
            let told = |text: String| Some(text).filter(|text| !text.trim().is_empty());
            (facts.user_name, facts.site, facts.client) = (told(found.name), told(found.site_name), told(found.client_name));
        }
        Ok(Err(error)) => tracing::info!(%user, %error, "Halo does not tell who the session's user is"),
        Err(_) => tracing::info!(%user, "Halo does not tell in time who the session's user is"),
    }
}

fn facts(session: &Session<'_>, user: Option<UserId>, chat: Option<&ChatState>, settings: &Settings) -> SessionFacts {
    let kept = disposition::kept_as(user, chat, settings);
    let customer = session.customers.first().and_then(|customer| customer.name.clone());
    let mut technicians: Vec<String> = session.representatives.iter().map(|one| one.shown_name().to_owned()).collect();
    technicians.dedup();
    let mut hosts: Vec<String> = session.customers.iter().filter_map(|customer| customer.hostname.clone()).collect();
    hosts.dedup();
    SessionFacts {
        name: kept.name,
        user: kept.user,
        customer: customer.or_else(|| session.primary_customer.clone()),
        technicians,
        teams: session.teams.clone(),
        external_key: session.external_key.clone(),
        started: session.start,
        ended: session.end,
        seconds: session.seconds,
        hosts,
        ..SessionFacts::default()
    }
}
