//! `/channels` and `/invites`.

use super::{
    Refusal,
    guard::{Asked, Body},
};
use crate::{
    access::{self, Operation},
    app::App,
    invites::{self, Progress},
    roster::Presence as RosterPresence,
    sign_in::Caller,
};
use axum::{
    Json,
    extract::State,
    http::{HeaderMap, StatusCode},
};
use halo_remote_support::{
    api::{ChannelOption, Channels, Draft, IDEMPOTENCY_HEADER, Invite, Invites, NewInvite, Presence, Problem, TicketSummary},
    rules::{
        directory::Directory,
        names::nfkc,
        routing,
        settings::Settings,
        wording::Language,
        words::{Channel, TicketId},
    },
};
use serde::Deserialize;
use std::sync::Arc;

/// Earlier invites shown with a ticket.
const SHOWN: u32 = 20;

#[derive(Deserialize)]
pub(super) struct ForTicket {
    pub(super) ticket: TicketId,
}

pub(super) async fn channels(
    State(app): State<Arc<App>>,
    caller: Caller,
    Asked(query): Asked<ForTicket>,
) -> Result<Json<Channels>, Refusal> {
    let grant = access::may(&app, &caller, Operation::PrepareInvite(query.ticket)).await?;
    let stored = app.settings().await?;
    let settings = stored.settings;
    let directory = app.roster.directory(&app, &settings).await?;
    let (presence, failure) = match app.roster.presence(&app).await {
        Ok(presence) => (Some(presence), None),
        Err(failure) => (None, Some(Problem::new(&failure, Language::En))),
    };
    let logged_in = presence.as_ref().map_or(&[][..], |presence| presence.representatives.as_slice());
    let user = invites::user_of(&app, &caller, &grant.ticket).await;
    let options = directory.choosable(caller.agent, &settings);
    Ok(Json(Channels {
        channels: options.into_iter().filter_map(|channel| option(channel, &caller, &directory, presence.as_ref(), &settings)).collect(),
        without_channel: routing::route(None, &directory, logged_in, &settings, nfkc),
        presence_age: presence.as_ref().map(|presence| u32::try_from(presence.age.as_secs()).unwrap_or(u32::MAX)),
        presence_failure: failure,
        ticket: Some(TicketSummary {
            id: grant.ticket.id,
            summary: grant.ticket.summary.clone(),
            user_name: Some(grant.ticket.user_name.clone()).filter(|name| !name.is_empty()),
            email: invites::email_of(&grant.ticket, user.as_ref()),
        }),
        chat: None,
        chats: Vec::new(),
        draft: Draft {
            subject: settings.templates.subject.clone(),
            body: settings.templates.mail.clone(),
            chat: settings.templates.chat.clone(),
        },
        preview: invites::preview(&app, Some(&stored.connection.application_url), &grant.ticket, user.as_ref(), &caller, &settings),
        valid_for: app.config.beyondtrust.key_ttl,
    }))
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

pub(super) async fn send(
    State(app): State<Arc<App>>,
    caller: Caller,
    headers: HeaderMap,
    Body(request): Body<NewInvite>,
) -> Result<(StatusCode, Json<Invite>), Refusal> {
    let key = headers.get(IDEMPOTENCY_HEADER).and_then(|key| key.to_str().ok()).unwrap_or_default().to_owned();
    // The agent may close the tab: what has begun is finished all the same.
    let task = tokio::spawn({
        let app = Arc::clone(&app);
        async move { invites::send(&app, &caller, &key, &request).await }
    });
    let progress = task.await.map_err(|problem| app.fault("invite", &problem))??;
    app.wake.notify_one();
    Ok(match progress {
        Progress::Sent(invite) => (StatusCode::CREATED, Json(invite)),
        Progress::InDoubt(invite) => (StatusCode::ACCEPTED, Json(invite)),
    })
}

pub(super) async fn list(State(app): State<Arc<App>>, caller: Caller, Asked(query): Asked<ForTicket>) -> Result<Json<Invites>, Refusal> {
    access::may(&app, &caller, Operation::SeeTicket(query.ticket)).await?;
    let rows = app.store.invites_of(query.ticket, SHOWN).await?;
    let invites = rows.iter().map(|row| invites::shown(&app, row)).collect::<Result<_, _>>()?;
    Ok(Json(Invites { invites, look_again: 5 }))
}
