//! Looks at what Halo's webhooks have told of: reads ticket or action from Halo with our own token, asks `rules::automatic`, and
//! begins the invite. Sending it, once, is `invites`' business.

use crate::{
    app::App,
    halo::{AccessToken, HaloError, Ticket},
    invites::{self, Automatic, Known, seconds},
    line::{Leave, Trial},
    sign_in::Caller,
    store::{About, Ring, RingJob, Window},
    worker::{ask_builtin, builtin_is_on, retry::pause},
};
use halo_remote_support::rules::{
    automatic::{self, Added, By, Decision, Logged, Verdict},
    directory::Directory,
    email::is_mailbox,
    failure::{Failure, Part},
    names::nfkc,
    note::invite_marker,
    settings::Settings,
    template,
    wording::{Language, Message, say},
    words::{ActionId, AgentId, TicketId, UnixSeconds},
};
use std::sync::Arc;
use tokio::task::JoinSet;

/// A ticket that was logged longer than this before Halo told of it is not a new one.
const NEW: UnixSeconds = 24 * 3600;
/// Invites of a ticket that are looked through for our own actions.
const OWN: u32 = 200;

/// Starts a step on what was told; false when nothing is due, or Halo's line does not allow it.
pub(crate) async fn take(app: &Arc<App>, window: Window, steps: &mut JoinSet<()>) -> bool {
    if matches!(app.lines.halo.leave(), Leave::Wait(..)) {
        return false;
    }
    match app.store.claim_ring(window).await {
        Ok(Some(job)) => {
            let trial = app.lines.halo.work_begins();
            let app = Arc::clone(app);
            steps.spawn(async move { step(&app, job, trial).await });
            true
        }
        Ok(None) => false,
        Err(problem) => {
            tracing::error!(%problem, "nothing that Halo told of can be claimed");
            false
        }
    }
}

#[tracing::instrument(name = "doorbell", skip_all, fields(ticket = %job.ring.ticket, action = job.ring.action.map(ActionId::get)))]
async fn step(app: &App, job: RingJob, trial: Option<Trial>) {
    let looked = look(app, job).await;
    // Many a ring needs nothing of Halo, and says nothing about its line.
    app.lines.halo.work_ended(trial);
    let recorded = match looked {
        Ok(reason) => {
            tracing::info!(reason = say(Language::En, &reason), "looked at");
            app.store.ring_done(job.ring, job.fence, reason).await
        }
        Err(failure) => {
            let now = app.clock.now();
            let too_old = now - job.received_at > seconds(app.config.worker.give_up_after);
            let next_at = (!too_old).then(|| now + pause(&app.config.worker.retry_schedule, job.attempts));
            tracing::warn!(%failure, ?next_at, "what Halo told of cannot be looked at now");
            let reason = failure.message(Part::Detail);
            app.store.ring_postponed(job.ring, job.fence, next_at, reason).await
        }
    };
    match recorded {
        Ok(_) => app.wake.notify_one(),
        Err(problem) => tracing::error!(%problem, "that could not be recorded; its lease brings it back"),
    }
}

/// Reads something with the service's token; `None` when it is not there.
pub(crate) async fn read<T, F>(app: &App, call: impl Fn(AccessToken) -> F) -> Result<Option<T>, Failure>
where
    F: Future<Output = Result<T, HaloError>>,
{
    match app.halo.as_service(call).await {
        Ok(found) => Ok(Some(found)),
        Err(error) if error.not_found() => Ok(None),
        Err(error) => Err(error.failure()),
    }
}

/// Decides, and begins the invite; answers what came of it.
async fn look(app: &App, job: RingJob) -> Result<Message, Failure> {
    let Ring { ticket, action } = job.ring;
    let settings = app.settings().await?.settings;
    let looked = match action {
        Some(action) => of_action(app, ticket, action, &settings).await?,
        None => of_ticket(app, ticket, job.received_at, &settings).await?,
    };
    let (Decision { verdict, trace }, wish, directory) = match looked {
        Looked::Nothing(reason) => return Ok(reason),
        Looked::Decided(decision, wish, directory) => (decision, wish, directory),
    };
    let trace: Vec<String> = trace.iter().map(|step| say(Language::En, step)).collect();
    tracing::debug!(?trace, "decided");
    match verdict {
        Verdict::None { reason } => Ok(reason),
        Verdict::Warn { reason } => {
            let automatic = Automatic { held: Some(reason.clone()), ..Automatic::default() };
            begin(app, job.ring, *wish, None, automatic, &directory, &settings).await?;
            Ok(reason)
        }
        Verdict::Send { channel, by, remark } => {
            let automatic = Automatic { by, remarks: remark.into_iter().collect(), ..Automatic::default() };
            begin(app, job.ring, *wish, channel, automatic, &directory, &settings).await?;
            Ok(Message::new("automatic.begun"))
        }
    }
}

/// What a ring comes to.
enum Looked {
    /// Nothing is sent or said on the ticket, and why; Halo was asked for no more than that took.
    Nothing(Message),
    /// A decision, what its invite is made of, and whom it was decided among.
    Decided(Decision, Box<Wish>, Directory),
}

impl Looked {
    fn nothing(code: &str) -> Self {
        Self::Nothing(Message::new(code))
    }

    fn gone() -> Self {
        Self::nothing("automatic.ticketGone")
    }
}

/// What the invite is made of.
struct Wish {
    ticket: Ticket,
    /// The action's own recipient.
    email: Option<String>,
    /// The action's own text, HTML.
    text: Option<String>,
}

async fn of_ticket(app: &App, id: TicketId, told_at: UnixSeconds, settings: &Settings) -> Result<Looked, Failure> {
    let Some(ticket) = read(app, |token| async move { app.halo.ticket(&token, id).await }).await? else { return Ok(Looked::gone()) };
    if ticket.logged.is_some_and(|logged| told_at - logged > NEW) {
        return Ok(Looked::nothing("automatic.tooOld"));
    }
    let Some(actions) = read(app, |token| async move { app.halo.actions(&token, id).await }).await? else { return Ok(Looked::gone()) };
    // A ticket's first action is how it began.
    let first = actions.into_iter().min_by_key(|action| action.id);
    let by = first.filter(|first| !first.by_user).and_then(|first| first.who_agent).map_or(By::User, By::Agent);
    let kind_sends = match ticket.type_id {
        Some(kind) => read(app, |token| async move { app.halo.type_sends_invite(&token, kind).await }).await?.unwrap_or(false),
        None => false,
    };
    let native = ticket.native_invite && {
        ask_builtin(app).await;
        builtin_is_on(app).await
    };
    let field = |number: Option<u32>| number.and_then(|number| ticket.field(number));
    let logged = Logged {
        by,
        kind: ticket.type_id,
        kind_sends,
        send: field(settings.automatic.send_field),
        channel: field(settings.automatic.channel_field),
        native,
    };
    let directory = app.roster.directory(app, settings).await?;
    let decision = automatic::on_ticket(&logged, &directory, settings, nfkc);
    Ok(Looked::Decided(decision, Box::new(Wish { ticket, email: None, text: None }), directory))
}

/// Every action rings, and Halo's calls are few: nothing is asked that the answer does not need.
async fn of_action(app: &App, ticket: TicketId, action: ActionId, settings: &Settings) -> Result<Looked, Failure> {
    if settings.automatic.invite_outcomes.is_empty() {
        return Ok(Looked::nothing("automatic.notSetUp"));
    }
    let own = app.store.invites_of(About::Ticket(ticket), OWN).await?;
    if own.iter().any(|row| row.action == Some(action)) {
        return Ok(Looked::nothing("automatic.ours"));
    }
    let found = read(app, |token| async move { app.halo.action(&token, ticket, action).await }).await?;
    let Some(action) = found else { return Ok(Looked::gone()) };
    let added = Added {
        outcome: action.outcome_id,
        by: action.who_agent.filter(|_| !action.by_user),
        // Halo may tell of an action before we have recorded that it is the invite's.
        ours: own.iter().any(|row| action.holds(&invite_marker(&row.code))),
        channel: settings.automatic.action_channel_field.and_then(|number| action.field(number)),
    };
    let decided_among = |directory: &Directory| automatic::on_action(&added, directory, settings, nfkc);
    // Who there is says for whom it is sent, and not whether.
    if let Verdict::None { reason } = decided_among(&Directory::new(Vec::new(), settings)).verdict {
        return Ok(Looked::Nothing(reason));
    }
    let Some(ticket) = read(app, |token| async move { app.halo.ticket(&token, ticket).await }).await? else { return Ok(Looked::gone()) };
    let directory = app.roster.directory(app, settings).await?;
    let decision = decided_among(&directory);
    let text = action.note_html.or_else(|| action.note.as_deref().map(template::html_of));
    Ok(Looked::Decided(decision, Box::new(Wish { ticket, email: action.email_to, text }), directory))
}

/// Who sends it: the agent, or for the system the service's own agent.
async fn sender(app: &App, by: Option<AgentId>, directory: &Directory) -> Result<(AgentId, Caller), Failure> {
    let service = app.halo.as_service(|token| async move { app.halo.me(&token).await }).await.map_err(|error| error.failure())?;
    let agent = by.unwrap_or(service.id);
    let name = by.and_then(|agent| directory.agent(agent)).map_or(service.name, |agent| agent.name.clone());
    Ok((service.id, Caller { agent, name, is_administrator: false }))
}

async fn begin(
    app: &App,
    ring: Ring,
    wish: Wish,
    channel: Option<halo_remote_support::rules::words::Channel>,
    mut automatic: Automatic,
    directory: &Directory,
    settings: &Settings,
) -> Result<(), Failure> {
    let (service, caller) = sender(app, automatic.by, directory).await?;
    let text = wish.text.filter(|text| {
        let usable = template::lint(text).iter().all(|problem| !problem.refused);
        if !usable {
            automatic.remarks.push(Message::new("automatic.textRefused"));
        }
        usable
    });
    let body = automatic::body(text.as_deref(), &settings.templates.mail, &settings.templates.canned);
    let user = match wish.ticket.user_id {
        Some(user) => read(app, |token| async move { app.halo.user(&token, user).await }).await?,
        None => None,
    };
    let own = wish.email.filter(|email| is_mailbox(email.trim()));
    let known = Known { ticket: Some(wish.ticket), chat: None, user };
    let email = own.or_else(|| known.email()).map(|email| email.trim().to_owned()).filter(|email| is_mailbox(email));
    if email.is_none() && automatic.held.is_none() {
        automatic.held = Some(Message::new("automatic.noEmail"));
    }
    let key = match ring.action {
        Some(action) => format!("action-{}-{action}", ring.ticket),
        None => format!("ticket-{}", ring.ticket),
    };
    invites::begin_automatic(app, service, caller, ring.ticket, key, channel, email.unwrap_or_default(), body, automatic).await
}
