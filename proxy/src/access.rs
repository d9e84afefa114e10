//! May this agent do this? One typed question, asked before every operation; what Halo says with the agent's own token is
//! the answer for tickets. It does not know how the agent signed in.

use crate::{app::App, halo::Ticket, sign_in::Caller};
use halo_remote_support::rules::{
    failure::{Failure, FailureKind},
    words::{Channel, TicketId},
};

/// What somebody wants to do.
#[derive(Clone, Copy, Debug)]
pub enum Operation {
    /// See a ticket's invites and sessions.
    SeeTicket(TicketId),
    /// Put a session's note on this ticket, or take it off.
    LinkSession(TicketId),
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
        Operation::LinkSession(ticket) => (ticket, true, false, None),
        Operation::PrepareInvite(ticket) => (ticket, true, true, None),
        Operation::Invite(ticket, channel) => (ticket, true, true, Some(channel)),
    };
    let refused = |kind| Failure::new(kind).with("ticket", ticket).with("agent", &caller.name);
    let seen = app
        .delegation
        .call(caller.agent, |token| async move { app.halo.ticket(&token, ticket).await })
        .await?
        .ok_or_else(|| Failure::new(FailureKind::SignedOut))?
        .map_err(|error| {
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

/// Asks whether the caller may change settings.
///
/// # Errors
/// Names the agent who is not an administrator.
pub fn may_administer(caller: &Caller) -> Result<(), Failure> {
    if caller.is_administrator { Ok(()) } else { Err(Failure::new(FailureKind::NotAdministrator).with("agent", &caller.name)) }
}
