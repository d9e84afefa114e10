//! `/channels`, `/chats` and `/invites`.

use super::{
    Refusal,
    guard::{Asked, Body},
};
use crate::{
    access::{self, InChat, Operation},
    app::App,
    chats,
    invites::{self, Known, Progress},
    roster::Presence as RosterPresence,
    sign_in::Caller,
    store::About,
};
use axum::{
    Json,
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
};
use halo_remote_support::{
    api::{
        ChannelOption, Channels, ChannelsNow, ChatSummary, Chats, Draft, IDEMPOTENCY_HEADER, Invite, Invites, NewInvite, OpenChat,
        Presence, Problem, RenewInvite, TicketSummary,
    },
    rules::{
        directory::Directory,
        failure::{Failure, FailureKind},
        names::nfkc,
        routing,
        settings::Settings,
        wording::Language,
        words::{Channel, ChatId, TicketId},
    },
};
use serde::Deserialize;
use std::sync::Arc;

/// Earlier invites shown with a ticket or chat.
const SHOWN: u32 = 20;
/// Chats shown at once: each comes with its latest invite.
const CHATS: usize = 50;

/// A ticket or a chat.
#[derive(Deserialize)]
pub(super) struct For {
    ticket: Option<TicketId>,
    chat: Option<ChatId>,
}

impl For {
    fn about(&self) -> Result<About, Failure> {
        match (self.ticket, self.chat) {
            (Some(ticket), None) => Ok(About::Ticket(ticket)),
            (None, Some(chat)) => Ok(About::Chat(chat)),
            _ => Err(Failure::new(FailureKind::BodyInvalid).with("text", "it must name a ticket or a chat")),
        }
    }
}

#[derive(Deserialize)]
pub(super) struct OfTicket {
    ticket: Option<TicketId>,
}

pub(super) async fn channels(State(app): State<Arc<App>>, caller: Caller, Asked(query): Asked<For>) -> Result<Json<Channels>, Refusal> {
    let known = match query.about()? {
        About::Ticket(ticket) => {
            let grant = access::may(&app, &caller, Operation::PrepareInvite(ticket)).await?;
            Known::of_ticket(&app, &caller, grant.ticket).await
        }
        About::Chat(chat) => {
            let chat = access::may_in_chat(&app, &caller, chat, InChat::Prepare).await?;
            Known::of_chat(&app, &caller, chat).await
        }
    };
    let stored = app.settings().await?;
    let settings = stored.settings;
    let now = now(&app, &caller, &settings).await?;
    let preview = invites::preview(&app, Some(&stored.connection.application_url), &known, &caller, &settings);
    Ok(Json(Channels {
        channels: now.channels,
        without_channel: now.without_channel,
        presence_age: now.presence_age,
        presence_failure: now.presence_failure,
        ticket: known.ticket.as_ref().map(|ticket| TicketSummary {
            id: ticket.id,
            summary: ticket.summary.clone(),
            user_name: Some(ticket.user_name.clone()).filter(|name| !name.is_empty()),
            email: known.email(),
        }),
        chat: known.chat.as_ref().map(|chat| ChatSummary { user_name: chat.user.and_then(|_| known.user_name()), ..chats::summary(chat) }),
        chats: chats_beside(&app, &caller, &known).await,
        draft: Draft {
            subject: settings.templates.subject.clone(),
            body: settings.templates.mail.clone(),
            chat: settings.templates.chat.clone(),
        },
        preview,
        valid_for: app.config.beyondtrust.key_ttl,
    }))
}

/// Who is there now: asked for again and again while somebody chooses, so that Halo is not.
pub(super) async fn channels_now(
    State(app): State<Arc<App>>,
    caller: Caller,
    Asked(query): Asked<For>,
) -> Result<Json<ChannelsNow>, Refusal> {
    access::may_see(&app, &caller, query.about()?).await?;
    let settings = app.settings().await?.settings;
    Ok(Json(now(&app, &caller, &settings).await?))
}

async fn now(app: &App, caller: &Caller, settings: &Settings) -> Result<ChannelsNow, Refusal> {
    let directory = app.roster.directory(app, settings).await?;
    let (presence, failure) = match app.roster.presence(app).await {
        Ok(presence) => (Some(presence), None),
        Err(failure) => (None, Some(Problem::new(&failure, Language::En))),
    };
    let logged_in = presence.as_ref().map_or(&[][..], |presence| presence.representatives.as_slice());
    let options = directory.choosable(caller.agent, settings);
    Ok(ChannelsNow {
        channels: options.into_iter().filter_map(|channel| option(channel, caller, &directory, presence.as_ref(), settings)).collect(),
        without_channel: routing::route(None, &directory, logged_in, settings, nfkc),
        presence_age: presence.as_ref().map(|presence| u32::try_from(presence.age.as_secs()).unwrap_or(u32::MAX)),
        presence_failure: failure,
    })
}

/// The open chats of the ticket that is invited for. A mail can be sent all the same when Halo does not tell them.
async fn chats_beside(app: &App, caller: &Caller, known: &Known) -> Vec<ChatSummary> {
    let (Some(ticket), None) = (&known.ticket, &known.chat) else { return Vec::new() };
    match chats::open(app, caller, Some(ticket.id)).await {
        Ok(open) => open.iter().take(CHATS).map(chats::summary).collect(),
        Err(failure) => {
            tracing::warn!(ticket = %ticket.id, %failure, "the ticket's chats could not be read");
            Vec::new()
        }
    }
}

/// The caller's open chats, or a ticket's, each with the invite posted last.
pub(super) async fn chats(State(app): State<Arc<App>>, caller: Caller, Asked(query): Asked<OfTicket>) -> Result<Json<Chats>, Refusal> {
    if let Some(ticket) = query.ticket {
        access::may_see(&app, &caller, About::Ticket(ticket)).await?;
    }
    let open = chats::open(&app, &caller, query.ticket).await?;
    let mut shown = Vec::new();
    for chat in open.iter().take(CHATS) {
        let rows = app.store.invites_of(About::Chat(chat.id), 1).await?;
        let invite = invites::shown(&app, &rows).await?.pop();
        shown.push(OpenChat { chat: chats::summary(chat), changed: chat.changed, invite });
    }
    let live = shown.iter().filter_map(|chat| chat.invite.as_ref()).any(invites::is_live);
    Ok(Json(Chats { chats: shown, look_again: app.lines.halo.look_again(live) }))
}

fn option(
    channel: Channel,
    caller: &Caller,
    directory: &Directory,
    presence: Option<&RosterPresence>,
    settings: &Settings,
) -> Option<ChannelOption> {
    let logged_in = presence.map_or(&[][..], |presence| presence.representatives.as_slice());
    let forecast = routing::route(Some(channel), directory, logged_in, settings, nfkc);
    let (name, is_default, seen) = match channel {
        Channel::Agent(id) => (directory.agent(id)?.name.clone(), false, presence_of(&forecast, presence)),
        Channel::Team(queue) => {
            let team = directory.team(queue)?;
            (team.shown_name().to_owned(), team.is_default, Presence::NotApplicable)
        }
    };
    Some(ChannelOption { channel, name, is_me: channel == Channel::Agent(caller.agent), is_default, presence: seen, forecast })
}

/// An agent is logged in when the forecast found the representative.
fn presence_of(forecast: &routing::Routing, presence: Option<&RosterPresence>) -> Presence {
    let Some(presence) = presence else { return Presence::Unknown };
    match &forecast.queue {
        Some(halo_remote_support::rules::words::Queue::Representative { id }) => {
            let sessions = presence.representatives.iter().find(|representative| representative.id == *id).and_then(|found| found.sessions);
            Presence::LoggedIn { sessions }
        }
        _ => Presence::LoggedOut,
    }
}

type Sent = Result<(StatusCode, Json<Invite>), Refusal>;

fn idempotency_key(headers: &HeaderMap) -> String {
    headers.get(IDEMPOTENCY_HEADER).and_then(|key| key.to_str().ok()).unwrap_or_default().to_owned()
}

/// The agent may close the tab: what has begun is finished all the same.
async fn finished(app: &Arc<App>, work: impl Future<Output = Result<Progress, Refusal>> + Send + 'static) -> Sent {
    let progress = tokio::spawn(work).await.map_err(|problem| app.fault("invite", &problem))??;
    app.wake.notify_one();
    Ok(match progress {
        Progress::Sent(invite) => (StatusCode::CREATED, Json(invite)),
        Progress::InDoubt(invite) => (StatusCode::ACCEPTED, Json(invite)),
    })
}

pub(super) async fn send(State(app): State<Arc<App>>, caller: Caller, headers: HeaderMap, Body(request): Body<NewInvite>) -> Sent {
    let key = idempotency_key(&headers);
    let of = Arc::clone(&app);
    finished(&app, async move { invites::send(&of, &caller, &key, &request).await }).await
}

pub(super) async fn renew(
    State(app): State<Arc<App>>,
    caller: Caller,
    headers: HeaderMap,
    Path(id): Path<String>,
    Body(request): Body<RenewInvite>,
) -> Sent {
    let key = idempotency_key(&headers);
    let of = Arc::clone(&app);
    finished(&app, async move { invites::renew(&of, &caller, &key, &id, request.again).await }).await
}

pub(super) async fn revoke(State(app): State<Arc<App>>, caller: Caller, Path(id): Path<String>) -> Result<Json<Invite>, Refusal> {
    Ok(Json(invites::revoke(&app, &caller, &id).await?))
}

pub(super) async fn list(State(app): State<Arc<App>>, caller: Caller, Asked(query): Asked<For>) -> Result<Json<Invites>, Refusal> {
    let about = query.about()?;
    access::may_see(&app, &caller, about).await?;
    let rows = app.store.invites_of(about, SHOWN).await?;
    let invites = invites::shown(&app, &rows).await?;
    let look_again = app.lines.halo.look_again(invites.iter().any(invites::is_live));
    Ok(Json(Invites { invites, look_again }))
}
