//! Sends an invite: route on fresh presence, make the key, render, mail with the audit action. Every step is recorded before
//! the next, so that an invite is finished after a crash and its mail goes out once. Who may is `access`'s question.

mod automatic;
mod payload;
mod values;

pub use automatic::{Automatic, begin as begin_automatic};
pub use payload::{Mail, Payload};
pub use values::{email_of, preview, user_of, values};

use crate::{
    access::{self, Operation},
    app::App,
    beyondtrust::SessionKey,
    halo::{Action, NewAction},
    http::Refusal,
    sign_in::Caller,
    store::{self, Begun, Fence, Held, InviteRow, InviteStage},
    worker::retry::pause,
};
use halo_remote_support::{
    api::{Invite, NewInvite},
    rules::{
        correlation::{Code, ExternalKey},
        directory::Directory,
        email::is_mailbox,
        failure::{Failure, FailureKind},
        note::{self, InviteNote},
        routing::{self, Reason, Representative, Routing},
        settings::Settings,
        template::{self, Format},
        wording::Language,
        words::{Queue, TicketId, UnixSeconds},
    },
};
use sha2::{Digest as _, Sha256};
use std::time::Duration;

/// How an invite stands after a step.
#[derive(Debug)]
pub enum Progress {
    /// The mail is out.
    Sent(Invite),
    /// It is being worked on, or Halo may or may not have sent the mail; the worker finds out.
    InDoubt(Invite),
}

/// An invite somebody holds.
struct Work {
    code: Code,
    ticket: TicketId,
    fence: Fence,
    stage: InviteStage,
    attempted_at: Option<UnixSeconds>,
    created_at: UnixSeconds,
    payload: Payload,
}

/// Checks a request, begins its invite or finds the one with the same idempotency key, and sends it.
///
/// # Errors
/// What is wrong with the request, or why it could not be sent; then nothing was sent, and the same request may come again.
pub async fn send(app: &App, caller: &Caller, idempotency_key: &str, request: &NewInvite) -> Result<Progress, Refusal> {
    if !(16..=64).contains(&idempotency_key.len()) || !idempotency_key.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') {
        return Err(Failure::new(FailureKind::IdempotencyKey).into());
    }
    let ticket = request.ticket.ok_or_else(|| Failure::new(FailureKind::BodyInvalid).with("text", "ticket is missing"))?;
    let email = request.email.as_deref().unwrap_or_default().trim();
    if !is_mailbox(email) {
        return Err(Failure::new(FailureKind::EmailInvalid).with("email", email).into());
    }
    access::may(app, caller, Operation::Invite(ticket, request.channel)).await?;
    let settings = app.settings().await?.settings;
    let payload = Payload::new(caller, request, email, &settings);
    for template in [&payload.subject, &payload.body, &settings.templates.canned] {
        refuse_template(&template::lint(template))?;
    }
    let digest = Sha256::digest(serde_json::to_vec(request).map_err(|error| app.fault("invite", &error))?).to_vec();
    let now = app.clock.now();
    let code = app.new_code();
    let begun = app
        .store
        .begin_invite(store::NewInvite {
            code: code.clone(),
            agent: caller.agent,
            idempotency_key: idempotency_key.to_owned(),
            request: digest.clone(),
            ticket,
            payload: payload.seal(app)?,
            at: now,
            lease_until: now + lease(app),
        })
        .await?;
    match begun {
        Begun::New(fence) => {
            let work = Work { code, ticket, fence, stage: InviteStage::Draft, attempted_at: None, created_at: now, payload };
            advance(app, work).await
        }
        Begun::Resumed(row) => advance(app, Work::of(app, row)?).await,
        Begun::Existing(row) if row.request != digest => Err(Failure::new(FailureKind::IdempotencyConflict).into()),
        Begun::Existing(row) => wait_for(app, row.code).await,
    }
}

/// The same request came twice, and the first is being worked on: its outcome is the answer to both.
async fn wait_for(app: &App, code: Code) -> Result<Progress, Refusal> {
    for _ in 0..80 {
        let Some(row) = app.store.invite(code.clone()).await? else { return Err(Failure::new(FailureKind::ApplianceBusy).into()) };
        if row.stage == InviteStage::Sent {
            return Ok(Progress::Sent(shown(app, &row)?));
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let row = app.store.invite(code).await?.ok_or_else(|| Failure::new(FailureKind::ApplianceBusy))?;
    Ok(Progress::InDoubt(shown(app, &row)?))
}

/// Goes on with an invite that nobody waits for any more: after a crash, or when its mail was in doubt.
///
/// # Errors
/// The store out of reach.
pub async fn resume(app: &App, row: InviteRow) -> Result<(), Failure> {
    let (code, fence, attempts, created_at) = (row.code.clone(), row.fence, row.attempts, row.created_at);
    let mut by_hand = true;
    let outcome = match Work::of(app, row) {
        Ok(work) => {
            by_hand = work.payload.automatic.is_none();
            advance(app, work).await
        }
        Err(failure) => Err(failure.into()),
    };
    if let Err(refusal) = outcome {
        let retryable = refusal.failure.kind.retryable() && refusal.failure.kind != FailureKind::Internal;
        let next_at = match by_hand {
            true => retryable.then(|| app.clock.now() + pause(&app.config.worker.retry_schedule, attempts)),
            false => automatic::next_at(app, created_at, attempts),
        };
        tracing::warn!(invite = %code, failure = %refusal.failure, ?next_at, "an invite could not go on");
        // Abandoned invites are gone and answer `Lost`; that is as it should be.
        app.store.invite_postponed(code, fence, next_at, false).await?;
    }
    Ok(())
}

async fn advance(app: &App, mut work: Work) -> Result<Progress, Refusal> {
    if work.stage == InviteStage::Draft {
        if let Err(refusal) = make_key(app, &mut work).await {
            // No key, no mail, no trace: the person is told, and may try again with the same words. An automatic one waits.
            if work.payload.automatic.is_none() {
                app.store.abandon_invite(work.code, work.fence).await?;
            }
            return Err(refusal);
        }
        work.stage = InviteStage::Keyed;
        if app.store.invite_keyed(work.code.clone(), work.fence, work.payload.seal(app)?).await? == Held::Lost {
            return wait_for(app, work.code).await;
        }
    }
    mail(app, work).await
}

/// Routes on fresh presence and makes the key; a representative's key that nobody can take is never shown.
async fn make_key(app: &App, work: &mut Work) -> Result<(), Refusal> {
    if let Some(automatic) = work.payload.automatic.clone() {
        return automatic::make_key(app, work, automatic).await;
    }
    let channel = work.payload.channel;
    let grant = access::may(app, &work.payload.caller, Operation::Invite(work.ticket, channel)).await?;
    let settings = app.settings().await?.settings;
    let directory = app.roster.directory(app, &settings).await?;
    let logged_in = app.roster.fresh_presence(app).await?;
    let routed = routing::route(channel, &directory, &logged_in, &settings, halo_remote_support::rules::names::nfkc);
    let (routing, key) = key_for(app, work, routed, &directory, &logged_in, &settings).await?;
    let Some(key) = key else { return Err(Refusal::routed(routing)) };
    let user = values::user_of(app, &work.payload.caller, &grant.ticket).await;
    let named = values(&grant.ticket, user.as_ref(), &work.payload.caller, &settings, Some(&key));
    let subject = template::render(&work.payload.subject, &named, Format::Text).map_err(|problems| template_refused(&problems))?;
    let body = template::render(&work.payload.body, &named, Format::Html).map_err(|problems| template_refused(&problems))?;
    work.payload.warn(&subject, &body);
    work.payload.mail = Some(Mail { subject: subject.output, html: body.output, session_code: key.short_key });
    work.payload.expires = key.expires;
    work.payload.routing = Some(routing);
    Ok(())
}

async fn key_for(
    app: &App,
    work: &Work,
    routed: Routing,
    directory: &Directory,
    logged_in: &[Representative],
    settings: &Settings,
) -> Result<(Routing, Option<SessionKey>), Refusal> {
    let external_key = ExternalKey::Ticket { ticket: work.ticket, code: work.code.clone() }.to_string();
    let ttl = app.config.beyondtrust.key_ttl;
    let mut routing = routed;
    loop {
        let Some(queue) = routing.queue.clone() else { return Ok((routing, None)) };
        let (asked, external_key) = (&queue, &external_key);
        let key = app.interactive(|appliance| async move { appliance.generate_session_key(asked, external_key, ttl).await }).await?;
        match queue {
            Queue::Representative { id } if !key.available => {
                routing = routing::route_without(
                    id,
                    work.payload.channel,
                    directory,
                    logged_in,
                    settings,
                    halo_remote_support::rules::names::nfkc,
                );
                // A second representative of that name would be another person.
                if matches!(routing.queue, Some(Queue::Representative { .. })) {
                    return Ok((Routing { queue: None, reason: Reason::TechUnavailable, ..routing }, None));
                }
            }
            _ => return Ok((routing, Some(key))),
        }
    }
}

/// Mails the invite with its audit action, once.
async fn mail(app: &App, work: Work) -> Result<Progress, Refusal> {
    let now = app.clock.now();
    let invite = work.shown(app);
    if let Some(attempted_at) = work.attempted_at {
        let due = attempted_at + seconds(app.config.worker.in_doubt_wait);
        if now < due {
            app.store.invite_postponed(work.code, work.fence, Some(due), false).await?;
            return Ok(Progress::InDoubt(invite));
        }
        if let Some(action) = find(app, &work).await? {
            tracing::info!(invite = %work.code, "the mail had gone out before we lost sight of it");
            app.store.invite_sent(work.code, work.fence, Some(action.id)).await?;
            return Ok(Progress::Sent(Invite { state: halo_remote_support::api::InviteState::Sent, ..invite }));
        }
    }
    if app.store.invite_attempted(work.code.clone(), work.fence, now).await? == Held::Lost {
        return wait_for(app, work.code).await;
    }
    let answer = if let Some(automatic) = &work.payload.automatic {
        automatic::post(app, &work, automatic).await
    } else {
        let action = &new_action(app, &work)?;
        app.delegation.call(work.payload.caller.agent, |token| async move { app.halo.add_action(&token, action).await }).await
    };
    fail::fail_point!("invite_after_write");
    let answer = match answer {
        Ok(Some(answer)) => answer,
        // Nothing was sent: the token could not be had.
        Ok(None) => return told(app, work, Failure::new(FailureKind::SignedOut)).await,
        Err(failure) => return told(app, work, failure).await,
    };
    match answer {
        Ok(action) => {
            app.store.invite_sent(work.code, work.fence, Some(action.id)).await?;
            Ok(Progress::Sent(Invite { state: halo_remote_support::api::InviteState::Sent, ..invite }))
        }
        Err(error) if error.ambiguous() => {
            tracing::warn!(invite = %work.code, %error, "Halo may or may not have sent the mail; it is looked up before anything is sent again");
            app.store.invite_postponed(work.code, work.fence, Some(now + seconds(app.config.worker.in_doubt_wait)), false).await?;
            Ok(Progress::InDoubt(invite))
        }
        Err(error) => told(app, work, error.failure()).await,
    }
}

/// The mail surely did not go out, and the person is told; the worker leaves it alone, the same request goes on with it.
async fn told(app: &App, work: Work, failure: Failure) -> Result<Progress, Refusal> {
    // Nobody is told of an automatic one: it is tried again.
    let next_at = work.payload.automatic.as_ref().and_then(|_| automatic::next_at(app, work.created_at, 0));
    app.store.invite_postponed(work.code, work.fence, next_at, true).await?;
    Err(failure.into())
}

fn new_action(app: &App, work: &Work) -> Result<NewAction, Failure> {
    let (Some(mail), Some(routing)) = (&work.payload.mail, &work.payload.routing) else {
        return Err(app.fault("invite", &"a keyed invite holds no mail"));
    };
    let note = InviteNote {
        email: &work.payload.email,
        routing,
        code: &work.code,
        session_code: Some(&mail.session_code),
        expires: work.payload.expires,
    };
    Ok(NewAction {
        // The customer gets the mail anyway; on the portal the action says that it was sent.
        hidden_from_user: false,
        email: Some(crate::halo::Mail { to: work.payload.email.clone(), subject: mail.subject.clone(), body_html: mail.html.clone() }),
        ..NewAction::new(work.ticket, app.config.halo.invite_outcome.clone(), note::invite_note(&note, Language::En))
    })
}

async fn find(app: &App, work: &Work) -> Result<Option<Action>, Failure> {
    let marker = note::invite_marker(&work.code);
    let actions =
        app.halo.as_service(|token| async move { app.halo.actions(&token, work.ticket).await }).await.map_err(|error| error.failure())?;
    Ok(actions.into_iter().find(|action| action.holds(&marker)))
}

impl Work {
    fn of(app: &App, row: InviteRow) -> Result<Self, Failure> {
        Ok(Self {
            payload: Payload::unseal(app, &row.payload)?,
            code: row.code,
            ticket: row.ticket,
            fence: row.fence,
            stage: row.stage,
            attempted_at: row.attempted_at,
            created_at: row.created_at,
        })
    }

    fn shown(&self, app: &App) -> Invite {
        self.payload.shown(&self.code, self.ticket, self.stage, self.created_at, app.clock.now())
    }
}

/// An invite as people see it.
///
/// # Errors
/// When its row cannot be opened.
pub fn shown(app: &App, row: &InviteRow) -> Result<Invite, Failure> {
    Ok(Payload::unseal(app, &row.payload)?.shown(&row.code, row.ticket, row.stage, row.created_at, app.clock.now()))
}

fn refuse_template(problems: &[template::TemplateProblem]) -> Result<(), Refusal> {
    if problems.iter().any(|problem| problem.refused) { Err(template_refused(problems).into()) } else { Ok(()) }
}

fn template_refused(problems: &[template::TemplateProblem]) -> Failure {
    let failure = Failure::new(FailureKind::TemplateRefused);
    match problems.iter().find(|problem| problem.refused) {
        Some(problem) => failure
            .with("text", halo_remote_support::rules::wording::say(Language::En, &problem.message))
            .with("line", problem.line)
            .with("column", problem.column),
        None => failure,
    }
}

fn lease(app: &App) -> UnixSeconds {
    seconds(app.config.worker.lease)
}

/// Whole seconds, as the store counts them; a part of a second counts as one.
pub(crate) fn seconds(duration: Duration) -> UnixSeconds {
    UnixSeconds::try_from(duration.as_millis().div_ceil(1000)).unwrap_or(UnixSeconds::MAX)
}
