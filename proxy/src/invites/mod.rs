//! Sends an invite: route on fresh presence, make the key, render, mail or post. Every step is recorded before the next, so that
//! an invite is finished after a crash and goes out once. Who may is `access`'s question.

mod again;
mod automatic;
mod delivery;
mod key;
mod life;
mod payload;
mod values;

pub use again::resume;
pub use automatic::{Automatic, begin as begin_automatic};
pub use life::{end_session_of_revoked, is_live, renew, revoke, shown, shown_one};
pub use payload::{Mail, Payload};
pub use values::{Known, preview, values};

use crate::{
    access::{self, InChat, Operation},
    app::App,
    halo::{Chat, Ticket},
    http::Refusal,
    sign_in::Caller,
    store::{self, About, Begun, Fence, Held, InviteRow, InviteStage, InviteStopped},
};
use halo_remote_support::{
    api::{Invite, InviteState, NewInvite},
    rules::{
        correlation::Code,
        email::is_mailbox,
        failure::{Failure, FailureKind},
        lifecycle::Unsent,
        template::{self, Format},
        wording::Language,
        words::{Channel, TicketId, UnixSeconds},
    },
};
use payload::Standing;
use sha2::{Digest as _, Sha256};
use std::time::Duration;

/// Seconds during which a colleague's invite for the same is news.
const RECENT: UnixSeconds = 120;
/// A link that works for so many seconds only is as good as dead: mail takes its time.
const MARGIN: UnixSeconds = 60;

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
    /// Since when it is being tried this time.
    since: UnixSeconds,
    attempts: u32,
    /// Somebody else may have had it before.
    taken_up: bool,
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
    let chat_ticket = may_invite(app, caller, about, request.channel).await?.chat_ticket();
    let settings = app.settings().await?.settings;
    let payload = Payload::new(caller, request, email, &settings);
    refuse_template(&template::lint_as(&payload.subject, Format::Text))?;
    for template in [&payload.body, &settings.templates.canned] {
        refuse_template(&template::lint(template))?;
    }
    let digest = Sha256::digest(serde_json::to_vec(request).map_err(|error| app.fault("invite", &error))?).to_vec();
    // Whoever waited for one that came to nothing begins it anew.
    for _ in 0..2 {
        let (code, now) = (app.new_code(), app.clock.now());
        let new = store::NewInvite {
            code: code.clone(),
            agent: caller.agent,
            idempotency_key: idempotency_key.to_owned(),
            request: digest.clone(),
            about,
            chat_ticket,
            alone_since: (!request.again).then_some(now - RECENT),
            payload: payload.seal(app)?,
            at: now,
            lease_until: now + lease(app),
        };
        let work = match app.store.begin_invite(new).await? {
            Begun::New(fence) => Work {
                code,
                about,
                fence,
                stage: InviteStage::Draft,
                attempted_at: None,
                created_at: now,
                since: now,
                attempts: 0,
                taken_up: false,
                payload: payload.clone(),
            },
            Begun::Resumed(row) => Work::of(app, row)?,
            Begun::Existing(row) if row.request != digest => return Err(Failure::new(FailureKind::IdempotencyConflict).into()),
            Begun::Existing(row) => match wait_for(app, row.code).await? {
                Some(progress) => return Ok(progress),
                None => continue,
            },
            Begun::Recent(row) => {
                let name = Payload::unseal(app, &row.payload)?.caller.name;
                let seconds = (now - row.created_at).max(0);
                return Err(Failure::new(FailureKind::RecentInvite).with("name", name).with("seconds", seconds).into());
            }
        };
        return again::for_somebody(app, work).await;
    }
    Err(Failure::new(FailureKind::ApplianceBusy).into())
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
    const fn chat_ticket(&self) -> Option<TicketId> {
        match self {
            Self::Ticket(_) => None,
            Self::Chat(chat) => chat.state.ticket,
        }
    }

    async fn known(self, app: &App, caller: &Caller) -> Known {
        match self {
            Self::Ticket(ticket) => Known::of_ticket(app, caller, *ticket).await,
            Self::Chat(chat) => Known::of_chat(app, caller, chat).await,
        }
    }
}

/// The same request came twice, and the first is being worked on: its outcome is the answer to both. None when it came to nothing.
async fn wait_for(app: &App, code: Code) -> Result<Option<Progress>, Refusal> {
    for _ in 0..80 {
        let Some(row) = app.store.invite(code.clone()).await? else { return Ok(None) };
        if row.stage == InviteStage::Sent || row.revoked_at.is_some() {
            return Ok(Some(Progress::Sent(shown_one(app, &row).await?)));
        }
        if row.next_at.is_none() {
            return Ok(None);
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let Some(row) = app.store.invite(code).await? else { return Ok(None) };
    Ok(Some(Progress::InDoubt(shown_one(app, &row).await?)))
}

/// Somebody else holds it now, or it was taken back.
async fn lost(app: &App, code: &Code) -> Result<Progress, Refusal> {
    wait_for(app, code.clone()).await?.ok_or_else(|| Failure::new(FailureKind::ApplianceBusy).into())
}

/// Moves it on as far as it goes. Afterwards `work` knows whether it may be out.
async fn advance(app: &App, work: &mut Work) -> Result<Progress, Refusal> {
    match look_up(app, work).await? {
        Some(progress) => Ok(progress),
        None => proceed(app, work).await,
    }
}

/// Looks whether it is out already, where that may be: its write's answer was lost, or somebody else had it before, perhaps one
/// whose record is gone with a store that was restored from a backup. None when it surely is not out.
async fn look_up(app: &App, work: &mut Work) -> Result<Option<Progress>, Refusal> {
    if let Some(attempted_at) = work.attempted_at {
        let now = app.clock.now();
        // A clock that was set back does not say how long ago that was: the wait begins anew.
        if attempted_at > now && app.store.invite_attempted(work.code.clone(), work.fence, now).await? == Held::Lost {
            return lost(app, &work.code).await.map(Some);
        }
        let due = attempted_at.min(now) + seconds(app.config.worker.in_doubt_wait);
        if now < due {
            return in_doubt(app, work, due).await.map(Some);
        }
    } else if !work.taken_up {
        return Ok(None);
    }
    if let Some(out) = delivery::find(app, work).await? {
        tracing::info!(invite = %work.code, "the invite had gone out before we lost sight of it");
        return sent(app, work, out).await.map(Some);
    }
    work.attempted_at = None;
    if let About::Chat(chat) = work.about {
        // The chat may have been closed while we waited, and nothing is posted behind its customer's back.
        access::may_in_chat(app, &work.payload.caller, chat, InChat::Prepare).await?;
    }
    Ok(None)
}

/// Whether it went out is looked up at that time.
async fn in_doubt(app: &App, work: &Work, due: UnixSeconds) -> Result<Progress, Refusal> {
    let stopped = InviteStopped { next_at: Some(due), ..InviteStopped::default() };
    app.store.invite_stopped(work.code.clone(), work.fence, stopped).await?;
    Ok(Progress::InDoubt(work.shown(InviteState::Draft)))
}

/// Makes the key, or a new one when it has waited for so long that its link is dead; then mails or posts it, once.
async fn proceed(app: &App, work: &mut Work) -> Result<Progress, Refusal> {
    let now = app.clock.now();
    let dead = work.payload.expires.is_some_and(|expires| expires <= now + MARGIN);
    if work.stage == InviteStage::Draft || dead {
        key::make_key(app, work).await?;
        work.stage = InviteStage::Keyed;
        if app.store.invite_keyed(work.code.clone(), work.fence, work.payload.seal(app)?).await? == Held::Lost {
            return lost(app, &work.code).await;
        }
    }
    deliver(app, work).await
}

/// Mails or posts the invite, once.
async fn deliver(app: &App, work: &mut Work) -> Result<Progress, Refusal> {
    let now = app.clock.now();
    if app.store.invite_attempted(work.code.clone(), work.fence, now).await? == Held::Lost {
        return lost(app, &work.code).await;
    }
    work.attempted_at = Some(now);
    let answer = match &work.payload.automatic {
        Some(automatic) => automatic::post(app, work, automatic).await,
        None => delivery::send(app, work).await,
    };
    fail::fail_point!("invite_after_write");
    match answer {
        Ok(Some(Ok(out))) => sent(app, work, out).await,
        Ok(Some(Err(error))) if error.ambiguous() => {
            tracing::warn!(invite = %work.code, %error, "Halo may or may not have sent the invite; it is looked up before anything is sent again");
            in_doubt(app, work, now + seconds(app.config.worker.in_doubt_wait)).await
        }
        refused => {
            work.attempted_at = None;
            Err(match refused {
                Ok(Some(Err(error))) => delivery::refusal(app, work, &error).await.into(),
                Err(failure) => failure.into(),
                // Nothing was sent: the token could not be had.
                Ok(_) => Failure::new(FailureKind::SignedOut).into(),
            })
        }
    }
}

/// It is out; should it have been taken back at that moment, that is what is said of it.
async fn sent(app: &App, work: &Work, out: delivery::Out) -> Result<Progress, Refusal> {
    let held = work.payload.automatic.as_ref().is_some_and(|automatic| automatic.held.is_some());
    match app.store.invite_sent(work.code.clone(), work.fence, out.action, held).await? {
        Held::Yes => Ok(Progress::Sent(work.shown(InviteState::Sent))),
        Held::Lost => lost(app, &work.code).await,
    }
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
            since: row.attempted_at.unwrap_or(row.created_at),
            attempts: row.attempts,
            taken_up: false,
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
            reason: in_doubt.then(|| Unsent::InDoubt.message()),
            cause: None,
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
