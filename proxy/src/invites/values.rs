//! What a template may say: the ticket, its user, the agent, and the key. Rendering is `rules::template`'s.

use crate::{
    app::App,
    beyondtrust::SessionKey,
    halo::{Ticket, User},
    sign_in::Caller,
};
use halo_remote_support::rules::{link::HttpsUrl, settings::Settings, template::Values};
use std::collections::BTreeMap;

/// The values for a mail; without a key, link and code stay blank.
#[must_use]
pub fn values(ticket: &Ticket, user: Option<&User>, caller: &Caller, settings: &Settings, key: Option<&SessionKey>) -> Values {
    let user_name = user.map_or(ticket.user_name.as_str(), |user| user.name.as_str());
    let named = [
        ("FAULTID", ticket.id.to_string()),
        ("SYMPTOM", ticket.summary.clone()),
        ("STATUS", ticket.status.clone()),
        ("REQUESTTYPE", ticket.ticket_type.clone()),
        ("SERIOUSNESS", ticket.priority.clone()),
        ("AREA", ticket.client_name.clone()),
        ("SITE", ticket.site_name.clone()),
        ("USERNAME", user_name.to_owned()),
        ("FIRSTNAME", user.map(|user| user.first_name.clone()).unwrap_or_default()),
        ("LASTNAME", user.map(|user| user.last_name.clone()).unwrap_or_default()),
        ("USEREMAILADDRESS", email_of(ticket, user).unwrap_or_default()),
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
pub fn preview(app: &App, appliance: Option<&str>, ticket: &Ticket, user: Option<&User>, caller: &Caller, settings: &Settings) -> Values {
    let site = appliance.and_then(|url| HttpsUrl::parse(url).ok()).unwrap_or_else(|| app.config.server.public_url.clone());
    Values {
        link: HttpsUrl::parse(&format!("{}/?ak=sample", site.origin())).ok(),
        session_code: Some("0000000".to_owned()),
        ..values(ticket, user, caller, settings, None)
    }
}

/// The ticket's user, as far as Halo shows it to this agent. The mail can do without.
pub async fn user_of(app: &App, caller: &Caller, ticket: &Ticket) -> Option<User> {
    let id = ticket.user_id?;
    match app.delegation.call(caller.agent, |token| async move { app.halo.user(&token, id).await }).await {
        Ok(Some(Ok(user))) => Some(user),
        Ok(Some(Err(error))) => {
            tracing::warn!(ticket = %ticket.id, user = %id, %error, "the ticket's user could not be read");
            None
        }
        Ok(None) | Err(_) => None,
    }
}

/// Where an invite goes unless the agent types another address.
#[must_use]
pub fn email_of(ticket: &Ticket, user: Option<&User>) -> Option<String> {
    [Some(&ticket.user_email), user.map(|user| &user.email)].into_iter().flatten().find(|email| !email.is_empty()).cloned()
}
