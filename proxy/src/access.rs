//! May this agent do this? One typed question, asked before every operation; what Halo says with the agent's own token is
//! the answer for tickets and chats. It does not know how the agent signed in.

use crate::{
    app::App,
    halo::{Chat, HaloError, Ticket},
    sign_in::Caller,
    store::About,
};
use halo_remote_support::rules::{
    failure::{Failure, FailureKind},
    words::{AgentId, Channel, ChatId, TicketId},
};
use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};

/// A screen that looks again and again asks Halo no oftener than this whether its agent may look.
const SEEN_FOR: Duration = Duration::from_secs(60);
/// So many are remembered.
const SEEN: usize = 4096;

/// What somebody wants to do.
#[derive(Clone, Copy, Debug)]
pub enum Operation {
    /// See a ticket's invites and sessions.
    SeeTicket(TicketId),
    /// Put a session's note on this ticket, or take it off.
    LinkSession(TicketId),
    /// Take an invite of this ticket back.
    RevokeInvite(TicketId),
    /// See who could be invited for from this ticket.
    PrepareInvite(TicketId),
    /// Invite the ticket's user for this channel.
    Invite(TicketId, Option<Channel>),
}

/// Allowed, with the ticket as Halo showed it to this agent.
#[derive(Debug)]
pub struct Grant {
    /// The ticket.
    pub ticket: Ticket,
}

/// Asks whether the caller may do this.
///
/// # Errors
/// The refusal, naming ticket, channel or setting.
pub async fn may(app: &App, caller: &Caller, operation: Operation) -> Result<Grant, Failure> {
    let (ticket, changes, invites, channel) = match operation {
        Operation::SeeTicket(ticket) => (ticket, false, false, None),
        Operation::LinkSession(ticket) | Operation::RevokeInvite(ticket) => (ticket, true, false, None),
        Operation::PrepareInvite(ticket) => (ticket, true, true, None),
        Operation::Invite(ticket, channel) => (ticket, true, true, Some(channel)),
    };
    let refused = |kind| Failure::new(kind).with("ticket", ticket).with("agent", &caller.name);
    let answer = app
        .delegation
        .call(caller.agent, |token| async move { app.halo.ticket(&token, ticket).await })
        .await?
        .ok_or_else(|| Failure::new(FailureKind::SignedOut))?;
    app.seen.note(app, caller, About::Ticket(ticket), &answer);
    let seen = answer.map_err(|error| {
        if error.not_found() {
            refused(FailureKind::TicketUnknown)
        } else if error.unauthorized() || error.forbidden() {
            refused(FailureKind::NotAllowed)
        } else {
            error.failure()
        }
    })?;
    if changes && !seen.can_update {
        return Err(refused(FailureKind::NotAllowed));
    }
    if invites {
        let settings = app.settings().await?.settings;
        if !settings.quick_invites {
            return Err(refused(FailureKind::QuickInvitesOff));
        }
        if let Some(channel) = channel {
            app.roster.directory(app, &settings).await?.may_choose(channel, caller.agent, &settings)?;
        }
    }
    Ok(Grant { ticket: seen })
}

/// What somebody wants to do in a live chat.
#[derive(Clone, Copy, Debug)]
pub enum InChat {
    /// See its invites.
    See,
    /// See who could be invited for.
    Prepare,
    /// Post an invite for this channel.
    Invite(Option<Channel>),
}

/// Asks whether the caller may do this in a chat; answers the chat as Halo showed it to this agent.
///
/// # Errors
/// The refusal, naming chat, channel or setting.
pub async fn may_in_chat(app: &App, caller: &Caller, chat: ChatId, operation: InChat) -> Result<Chat, Failure> {
    let refused = |kind| Failure::new(kind).with("chat", chat);
    let answer = app
        .delegation
        .call(caller.agent, |token| async move { app.halo.chat(&token, chat).await })
        .await?
        .ok_or_else(|| Failure::new(FailureKind::SignedOut))?;
    app.seen.note(app, caller, About::Chat(chat), &answer);
    let seen = answer.map_err(|error| {
        // Whether the chat is there is not for those to know whom Halo does not show it to.
        if error.not_found() || error.unauthorized() || error.forbidden() { refused(FailureKind::ChatUnknown) } else { error.failure() }
    })?;
    if !matches!(operation, InChat::See) && !seen.state.open {
        return Err(refused(FailureKind::ChatClosed));
    }
    if let InChat::Invite(channel) = operation {
        let settings = app.settings().await?.settings;
        app.roster.directory(app, &settings).await?.may_choose(channel, caller.agent, &settings)?;
    }
    Ok(seen)
}

/// Asks whether the caller may see what is known of a ticket or chat. Halo's yes holds for a minute: for looking, never for changing.
///
/// # Errors
/// As [`may`] and [`may_in_chat`].
pub async fn may_see(app: &App, caller: &Caller, about: About) -> Result<(), Failure> {
    if app.seen.holds(app, caller, about) {
        return Ok(());
    }
    match about {
        About::Ticket(ticket) => may(app, caller, Operation::SeeTicket(ticket)).await.map(drop),
        About::Chat(chat) => may_in_chat(app, caller, chat, InChat::See).await.map(drop),
    }
}

/// What Halo has lately shown to whom, by the monotonic clock.
#[derive(Debug, Default)]
pub struct Seen(Mutex<HashMap<(AgentId, About), Duration>>);

impl Seen {
    fn holds(&self, app: &App, caller: &Caller, about: About) -> bool {
        let seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        seen.get(&(caller.agent, about)).is_some_and(|at| app.clock.monotonic().saturating_sub(*at) < SEEN_FOR)
    }

    /// A yes is remembered, a no ends an earlier yes; no answer changes nothing.
    fn note<T>(&self, app: &App, caller: &Caller, about: About, answer: &Result<T, HaloError>) {
        let now = app.clock.monotonic();
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match answer {
            Ok(_) => {
                if seen.len() >= SEEN {
                    seen.retain(|_, at| now.saturating_sub(*at) < SEEN_FOR);
                }
                // Still full: whoever comes now asks Halo each time, and nothing grows.
                if seen.len() < SEEN {
                    seen.insert((caller.agent, about), now);
                }
            }
            Err(error) if error.not_found() || error.unauthorized() || error.forbidden() => drop(seen.remove(&(caller.agent, about))),
            Err(_) => {}
        }
    }
}

/// Asks whether the caller may change settings.
///
/// # Errors
/// Names the agent who is not an administrator.
pub fn may_administer(caller: &Caller) -> Result<(), Failure> {
    if caller.is_administrator { Ok(()) } else { Err(Failure::new(FailureKind::NotAdministrator).with("agent", &caller.name)) }
}
