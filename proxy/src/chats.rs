//! Which open chats an invite could be posted to: a ticket's, or an agent's own. Asks Halo with the agent's own token, and not for
//! every look of a screen. Posting is `invites`' business.

use crate::{app::App, halo::Chat, sign_in::Caller};
use halo_remote_support::{
    api::ChatSummary,
    rules::{
        failure::{Failure, FailureKind},
        words::{AgentId, TicketId},
    },
};
use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};

/// A list may be this old, or as old as the budget of calls asks for.
const AGE: Duration = Duration::from_secs(10);
/// A no holds longer: each costs a renewed token besides, because Halo answers a missing right like a token that is spent.
const NO: Duration = Duration::from_secs(60);
/// So many lists are remembered.
const LISTS: usize = 1024;
/// Halo's agent "Unassigned", who is nobody.
const UNASSIGNED: u32 = 1;

#[derive(Debug)]
struct Kept {
    chats: Result<Vec<Chat>, Failure>,
    /// By the monotonic clock.
    at: Duration,
}

/// The lists that were looked at lately, by agent and ticket.
#[derive(Debug, Default)]
pub struct OpenChats(Mutex<HashMap<(AgentId, Option<TicketId>), Kept>>);

/// The open chats of a ticket, or those of the caller: in which the caller takes part, or nobody yet does.
///
/// # Errors
/// Halo's answer, or Halo out of reach.
pub async fn open(app: &App, caller: &Caller, ticket: Option<TicketId>) -> Result<Vec<Chat>, Failure> {
    let place = (caller.agent, ticket);
    if let Some(kept) = app.chats.kept(app, place) {
        return kept;
    }
    let answer = app
        .delegation
        .call(caller.agent, |token| async move { app.halo.open_chats(&token, ticket).await })
        .await?
        .ok_or_else(|| Failure::new(FailureKind::SignedOut))?;
    let chats = match answer {
        Ok(mut chats) => {
            if ticket.is_none() {
                chats.retain(|chat| is_for(chat, caller.agent));
            }
            Ok(chats)
        }
        Err(error) if error.unauthorized() || error.forbidden() => Err(error.failure()),
        // Whatever else it is may be over the next moment.
        Err(error) => return Err(error.failure()),
    };
    app.chats.keep(app, place, chats.clone());
    chats
}

/// The agent is in it, or nobody is; where Halo does not tell who is, the agent sees for himself.
fn is_for(chat: &Chat, agent: AgentId) -> bool {
    chat.agents.as_ref().is_none_or(|agents| {
        let mut people = agents.iter().filter(|one| one.get() != UNASSIGNED).peekable();
        people.peek().is_none() || people.any(|one| *one == agent)
    })
}

/// A chat as a screen shows it. A chat is named after its user, as far as it has one: nobody is asked for it.
#[must_use]
pub fn summary(chat: &Chat) -> ChatSummary {
    let name = chat.state.name.clone().unwrap_or_default();
    ChatSummary {
        id: chat.id,
        user_name: chat.user.map(|_| name.clone()).filter(|name| !name.is_empty()),
        name,
        ticket: chat.state.ticket,
        open: chat.state.open,
    }
}

impl OpenChats {
    fn kept(&self, app: &App, place: (AgentId, Option<TicketId>)) -> Option<Result<Vec<Chat>, Failure>> {
        let age = AGE.max(Duration::from_secs(app.lines.halo.look_again(true).into()));
        let now = app.clock.monotonic();
        let lists = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = lists.get(&place)?;
        let holds = now.saturating_sub(kept.at) < if kept.chats.is_ok() { age } else { NO };
        holds.then(|| kept.chats.clone())
    }

    fn keep(&self, app: &App, place: (AgentId, Option<TicketId>), chats: Result<Vec<Chat>, Failure>) {
        let at = app.clock.monotonic();
        let mut lists = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if lists.len() >= LISTS {
            lists.retain(|_, kept| at.saturating_sub(kept.at) < NO);
        }
        if lists.len() < LISTS {
            lists.insert(place, Kept { chats, at });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use halo_remote_support::rules::{disposition::ChatState, words::ChatId};

    #[test]
    fn ones_own_chats_are_those_one_is_in_and_those_nobody_is_in() {
        let agent = |id| AgentId::new(id).unwrap();
        for (agents, mine) in [
            (None, true),
            (Some(vec![]), true),
            (Some(vec![agent(UNASSIGNED)]), true),
            (Some(vec![agent(42)]), true),
            (Some(vec![agent(43), agent(42)]), true),
            (Some(vec![agent(43)]), false),
        ] {
            let chat = Chat {
                id: ChatId::new(640).unwrap(),
                state: ChatState { open: true, ticket: None, name: None },
                user: None,
                agents: agents.clone(),
                changed: None,
            };
            assert_eq!(is_for(&chat, agent(42)), mine, "{agents:?}");
        }
    }
}
