//! The key of an invite: routed on fresh presence, made, and the texts rendered with it. Nothing is sent here.

use super::{Mail, Work, automatic, may_invite, template_refused, values};
use crate::{app::App, beyondtrust::SessionKey, http::Refusal};
use halo_remote_support::rules::{
    directory::Directory,
    names::nfkc,
    routing::{self, Reason, Representative, Routing},
    settings::Settings,
    template::{self, Format},
    words::Queue,
};

/// Routes on fresh presence and makes the key; a representative's key that nobody can take is never shown.
pub(super) async fn make_key(app: &App, work: &mut Work) -> Result<(), Refusal> {
    work.payload.warnings.clear();
    if let Some(automatic) = work.payload.automatic.clone() {
        return automatic::make_key(app, work, automatic).await;
    }
    let channel = work.payload.channel;
    let granted = may_invite(app, &work.payload.caller, work.about, channel).await?;
    let settings = app.settings().await?.settings;
    let directory = app.roster.directory(app, &settings).await?;
    let logged_in = app.roster.fresh_presence(app).await?;
    let routed = routing::route(channel, &directory, &logged_in, &settings, nfkc);
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

/// The queue for which there is a key, and the key; a representative whose key nobody could take is routed around.
pub(super) async fn key_for(
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
                routing = routing::route_without(id, work.payload.channel, directory, logged_in, settings, nfkc);
                // A second representative of that name would be another person.
                if matches!(routing.queue, Some(Queue::Representative { .. })) {
                    return Ok((Routing { queue: None, reason: Reason::TechUnavailable, ..routing }, None));
                }
            }
            _ => return Ok((routing, Some(key))),
        }
    }
}
