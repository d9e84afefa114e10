//! Sends an invite: route on fresh presence, make the key, render, mail or post. Every step is recorded before the next, so that
//! an invite is finished after a crash and goes out once. Who may is `access`'s question.

mod automatic;
mod delivery;
mod life;
mod payload;
mod values;

pub use automatic::{Automatic, begin as begin_automatic};
pub use life::{end_session_of_revoked, is_live, renew, revoke, shown, shown_one};
pub use payload::{Mail, Payload};
pub use values::{Known, preview, values};

use crate::{
    access::{self, InChat, Operation},
    app::App,
    beyondtrust::SessionKey,
    halo::{Chat, Ticket},
    http::Refusal,
    sign_in::Caller,
    store::{self, About, Begun, Fence, Held, InviteRow, InviteStage},
    worker::retry::pause,
};
use halo_remote_support::{
    api::{Invite, InviteState, NewInvite},
    rules::{
        correlation::Code,
        directory::Directory,
        email::is_mailbox,
        failure::{Failure, FailureKind},
        routing::{self, Reason, Representative, Routing},
        settings::Settings,
        template::{self, Format},
        wording::{Language, Message},
        words::{Channel, Queue, UnixSeconds},
    },
};
use payload::Standing;
use sha2::{Digest as _, Sha256};
use std::time::Duration;

/// Seconds during which a colleague's invite for the same is news.
const RECENT: UnixSeconds = 120;

/// How an invite stands after a step.
#[derive(Debug)]
pub enum Progress {
    /// It is out, or was taken back meanwhile.
    Sent(Invite),
    /// It is being worked on, or Halo may or may not have sent it; the worker finds out.
    InDoubt(Invite),
}

/// An invite somebody holds.
struct Work {
    code: Code,
    about: About,
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
    let (about, email) = asked(request)?;
    may_invite(app, caller, about, request.channel).await?;
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
            about,
            alone_since: (!request.again).then_some(now - RECENT),
            payload: payload.seal(app)?,
            at: now,
            lease_until: now + lease(app),
        })
        .await?;
    match begun {
        Begun::New(fence) => {
            let work = Work { code, about, fence, stage: InviteStage::Draft, attempted_at: None, created_at: now, payload };
            advance(app, work).await
        }
        Begun::Resumed(row) => advance(app, Work::of(app, row)?).await,
        Begun::Existing(row) if row.request != digest => Err(Failure::new(FailureKind::IdempotencyConflict).into()),
        Begun::Existing(row) => wait_for(app, row.code).await,
        Begun::Recent(row) => {
            let name = Payload::unseal(app, &row.payload)?.caller.name;
            Err(Failure::new(FailureKind::RecentInvite).with("name", name).with("seconds", (now - row.created_at).max(0)).into())
        }
    }
}

/// What the request is about, and to whom it is mailed: a mail has a recipient, a message in a chat has not.
fn asked(request: &NewInvite) -> Result<(About, Option<&str>), Failure> {
    let invalid = |text: &str| Failure::new(FailureKind::BodyInvalid).with("text", text);
    match (request.ticket, request.chat) {
        (Some(ticket), None) => {
            let email = request.email.as_deref().unwrap_or_default().trim();
            if !is_mailbox(email) {
                return Err(Failure::new(FailureKind::EmailInvalid).with("email", email));
            }
            Ok((About::Ticket(ticket), Some(email)))
        }
        (None, Some(chat)) if request.email.is_none() && request.subject.is_none() => Ok((About::Chat(chat), None)),
        (None, Some(_)) => Err(invalid("a message in a chat has neither recipient nor subject")),
        (Some(_), Some(_)) => Err(invalid("an invite is about a ticket or about a chat, not both")),
        (None, None) => Err(invalid("ticket or chat is missing")),
    }
}

/// Asks whether the caller may invite, and answers with what the invite will speak of once somebody asks for it.
async fn may_invite(app: &App, caller: &Caller, about: About, channel: Option<Channel>) -> Result<Granted, Failure> {
    match about {
        About::Ticket(ticket) => {
            access::may(app, caller, Operation::Invite(ticket, channel)).await.map(|grant| Granted::Ticket(Box::new(grant.ticket)))
        }
        About::Chat(chat) => access::may_in_chat(app, caller, chat, InChat::Invite(channel)).await.map(Granted::Chat),
    }
}

/// What Halo showed to the caller.
enum Granted {
    Ticket(Box<Ticket>),
    Chat(Chat),
}

impl Granted {
    async fn known(self, app: &App, caller: &Caller) -> Known {
        match self {
            Self::Ticket(ticket) => Known::of_ticket(app, caller, *ticket).await,
            Self::Chat(chat) => Known::of_chat(app, caller, chat).await,
        }
    }
}

/// The same request came twice, and the first is being worked on: its outcome is the answer to both.
async fn wait_for(app: &App, code: Code) -> Result<Progress, Refusal> {
    for _ in 0..80 {
        let Some(row) = app.store.invite(code.clone()).await? else { return Err(Failure::new(FailureKind::ApplianceBusy).into()) };
        if row.stage == InviteStage::Sent || row.revoked_at.is_some() {
            return Ok(Progress::Sent(shown_one(app, &row).await?));
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let row = app.store.invite(code).await?.ok_or_else(|| Failure::new(FailureKind::ApplianceBusy))?;
    Ok(Progress::InDoubt(shown_one(app, &row).await?))
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
    deliver(app, work).await
}

/// Routes on fresh presence and makes the key; a representative's key that nobody can take is never shown.
async fn make_key(app: &App, work: &mut Work) -> Result<(), Refusal> {
    if let Some(automatic) = work.payload.automatic.clone() {
        return automatic::make_key(app, work, automatic).await;
    }
    let channel = work.payload.channel;
    let granted = may_invite(app, &work.payload.caller, work.about, channel).await?;
    let settings = app.settings().await?.settings;
    let directory = app.roster.directory(app, &settings).await?;
    let logged_in = app.roster.fresh_presence(app).await?;
    let routed = routing::route(channel, &directory, &logged_in, &settings, halo_remote_support::rules::names::nfkc);
    let (routing, key) = key_for(app, work, routed, &directory, &logged_in, &settings).await?;
    let Some(key) = key else { return Err(Refusal::routed(routing)) };
    let known = granted.known(app, &work.payload.caller).await;
    let named = values(&known, &work.payload.caller, &settings, Some(&key));
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
    let external_key = work.about.key(work.code.clone()).to_string();
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

/// Mails or posts the invite, once.
async fn deliver(app: &App, work: Work) -> Result<Progress, Refusal> {
    let now = app.clock.now();
    let wait = seconds(app.config.worker.in_doubt_wait);
    if let Some(attempted_at) = work.attempted_at {
        let due = attempted_at + wait;
        if now < due {
            app.store.invite_postponed(work.code.clone(), work.fence, Some(due), false).await?;
            return Ok(Progress::InDoubt(work.shown(InviteState::Draft)));
        }
        if let Some(out) = delivery::find(app, &work).await? {
            tracing::info!(invite = %work.code, "the invite had gone out before we lost sight of it");
            return sent(app, work, out).await;
        }
        if let About::Chat(chat) = work.about {
            // The chat may have been closed while we waited, and nothing is posted behind its customer's back.
            if let Err(failure) = access::may_in_chat(app, &work.payload.caller, chat, InChat::Prepare).await {
                return told(app, work, failure).await;
            }
        }
    }
    if app.store.invite_attempted(work.code.clone(), work.fence, now).await? == Held::Lost {
        return wait_for(app, work.code).await;
    }
    let answer = match &work.payload.automatic {
        Some(automatic) => automatic::post(app, &work, automatic).await,
        None => delivery::send(app, &work).await,
    };
    fail::fail_point!("invite_after_write");
    match answer {
        // Nothing was sent: the token could not be had.
        Ok(None) => told(app, work, Failure::new(FailureKind::SignedOut)).await,
        Err(failure) => told(app, work, failure).await,
        Ok(Some(Ok(out))) => sent(app, work, out).await,
        Ok(Some(Err(error))) if error.ambiguous() => {
            tracing::warn!(invite = %work.code, %error, "Halo may or may not have sent the invite; it is looked up before anything is sent again");
            app.store.invite_postponed(work.code.clone(), work.fence, Some(now + wait), false).await?;
            Ok(Progress::InDoubt(work.shown(InviteState::Draft)))
        }
        Ok(Some(Err(error))) => {
            let failure = delivery::refusal(app, &work, &error).await;
            told(app, work, failure).await
        }
    }
}

/// It is out; should it have been taken back at that moment, that is what is said of it.
async fn sent(app: &App, work: Work, out: delivery::Out) -> Result<Progress, Refusal> {
    match app.store.invite_sent(work.code.clone(), work.fence, out.action).await? {
        Held::Yes => Ok(Progress::Sent(work.shown(InviteState::Sent))),
        Held::Lost => wait_for(app, work.code).await,
    }
}

/// It surely did not go out, and the person is told; the worker leaves it alone, the same request goes on with it.
async fn told(app: &App, work: Work, failure: Failure) -> Result<Progress, Refusal> {
    // Nobody is told of an automatic one: it is tried again.
    let next_at = work.payload.automatic.as_ref().and_then(|_| automatic::next_at(app, work.created_at, 0));
    app.store.invite_postponed(work.code, work.fence, next_at, true).await?;
    Err(failure.into())
}

impl Work {
    fn of(app: &App, row: InviteRow) -> Result<Self, Failure> {
        Ok(Self {
            payload: Payload::unseal(app, &row.payload)?,
            code: row.code,
            about: row.about,
            fence: row.fence,
            stage: row.stage,
            attempted_at: row.attempted_at,
            created_at: row.created_at,
        })
    }

    /// As it stands for whoever waits for it.
    fn shown(&self, state: InviteState) -> Invite {
        let in_doubt = state == InviteState::Draft;
        self.payload.shown(Standing {
            code: &self.code,
            about: self.about,
            created: self.created_at,
            state,
            reason: in_doubt.then(|| Message::new("invite.inDoubt")),
            steps: Vec::new(),
            session: None,
        })
    }
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
