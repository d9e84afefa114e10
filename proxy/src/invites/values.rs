//! What a template may say: the ticket or chat, its user, the agent, and the key. Rendering is `rules::template`'s.

use crate::{
    app::App,
    beyondtrust::SessionKey,
    halo::{Chat, Ticket, User},
    sign_in::Caller,
};
use halo_remote_support::rules::{link::HttpsUrl, settings::Settings, template::Values, words::UserId};
use std::collections::BTreeMap;

/// What an invite speaks of, as Halo showed it to its agent.
#[derive(Debug)]
pub struct Known {
    /// The ticket; that of a chat only when it is linked to one that the agent may see.
    pub ticket: Option<Ticket>,
    /// The chat.
    pub chat: Option<Chat>,
    /// Its user, when there is one.
    pub user: Option<User>,
}

impl Known {
    /// Of an invite about a ticket.
    pub async fn of_ticket(app: &App, caller: &Caller, ticket: Ticket) -> Self {
        let user = user_of(app, caller, ticket.user_id).await;
        Self { ticket: Some(ticket), chat: None, user }
    }

    /// Of an invite in a chat.
    pub async fn of_chat(app: &App, caller: &Caller, chat: Chat) -> Self {
        let ticket = match chat.state.ticket {
            Some(id) => match app.delegation.call(caller.agent, |token| async move { app.halo.ticket(&token, id).await }).await {
                Ok(Some(Ok(ticket))) => Some(ticket),
                Ok(Some(Err(error))) => {
                    tracing::warn!(chat = %chat.id, ticket = %id, %error, "the chat's ticket could not be read");
                    None
                }
                Ok(None) | Err(_) => None,
            },
            None => None,
        };
        let user = user_of(app, caller, chat.user.or_else(|| ticket.as_ref()?.user_id)).await;
        Self { ticket, chat: Some(chat), user }
    }

    /// The user's name, or what the chat is called.
    #[must_use]
    pub fn user_name(&self) -> Option<String> {
        let of_ticket = self.ticket.as_ref().map(|ticket| &ticket.user_name);
        let of_chat = self.chat.as_ref().and_then(|chat| chat.state.name.as_ref());
        [self.user.as_ref().map(|user| &user.name), of_ticket, of_chat].into_iter().flatten().find(|name| !name.is_empty()).cloned()
    }

    /// Where an invite goes unless the agent types another address.
    #[must_use]
    pub fn email(&self) -> Option<String> {
        let of_ticket = self.ticket.as_ref().map(|ticket| &ticket.user_email);
        [of_ticket, self.user.as_ref().map(|user| &user.email)].into_iter().flatten().find(|email| !email.is_empty()).cloned()
    }
}

/// The values for a text; without a key, link and code stay blank.
#[must_use]
pub fn values(known: &Known, caller: &Caller, settings: &Settings, key: Option<&SessionKey>) -> Values {
    let of_ticket = |field: fn(&Ticket) -> &String| known.ticket.as_ref().map(field).cloned().unwrap_or_default();
    let of_user = |field: fn(&User) -> &String| known.user.as_ref().map(field).cloned().unwrap_or_default();
    let named = [
        ("FAULTID", known.ticket.as_ref().map(|ticket| ticket.id.to_string()).unwrap_or_default()),
        ("SYMPTOM", of_ticket(|ticket| &ticket.summary)),
        ("STATUS", of_ticket(|ticket| &ticket.status)),
        ("REQUESTTYPE", of_ticket(|ticket| &ticket.ticket_type)),
        ("SERIOUSNESS", of_ticket(|ticket| &ticket.priority)),
        ("AREA", of_ticket(|ticket| &ticket.client_name)),
        ("SITE", of_ticket(|ticket| &ticket.site_name)),
        ("USERNAME", known.user_name().unwrap_or_default()),
        ("FIRSTNAME", of_user(|user| &user.first_name)),
        ("LASTNAME", of_user(|user| &user.last_name)),
        ("USEREMAILADDRESS", known.email().unwrap_or_default()),
        ("AGENTNAME", caller.name.clone()),
    ];
    Values {
        link: key.map(|key| key.key_url.clone()),
        session_code: key.map(|key| key.short_key.clone()),
        canned: settings.templates.canned.clone(),
        // Halo leaves out what it does not know; such a name stays as typed, for Halo to fill in.
        named: named
            .into_iter()
            .filter(|(_, value)| !value.is_empty())
            .map(|(name, value)| (name.to_owned(), value))
            .collect::<BTreeMap<_, _>>(),
    }
}

/// The same with a sample link and code, for the preview.
#[must_use]
pub fn preview(app: &App, appliance: Option<&str>, known: &Known, caller: &Caller, settings: &Settings) -> Values {
    let site = appliance.and_then(|url| HttpsUrl::parse(url).ok()).unwrap_or_else(|| app.config.server.public_url.clone());
    Values {
        link: HttpsUrl::parse(&format!("{}/?ak=sample", site.origin())).ok(),
        session_code: Some("0000000".to_owned()),
        ..values(known, caller, settings, None)
    }
}

/// The user, as far as Halo shows it to this agent. The text can do without.
async fn user_of(app: &App, caller: &Caller, id: Option<UserId>) -> Option<User> {
    let id = id?;
    match app.delegation.call(caller.agent, |token| async move { app.halo.user(&token, id).await }).await {
        Ok(Some(Ok(user))) => Some(user),
        Ok(Some(Err(error))) => {
            tracing::warn!(user = %id, %error, "the user could not be read");
            None
        }
        Ok(None) | Err(_) => None,
    }
}
