//! What is different for an invite that nobody sends by hand: nobody is told when it cannot go on, so it waits and is tried again;
//! without a queue it goes out blank or is held, and says so on the ticket; it is written in the agent's name or the system's.

use super::{Known, Mail, Payload, Work, delivery::Out, key::key_for, template_refused, values};
use crate::{
    app::App,
    automatic::read,
    config::Attribution,
    halo::{self, HaloError, NewAction},
    http::Refusal,
    sign_in::Caller,
    store::{About, Held, NewInvite as NewRow},
};
use halo_remote_support::{
    api::NewInvite,
    rules::{
        failure::{Failure, FailureKind},
        names::nfkc,
        note::{self, InviteNote},
        routing,
        template::{self, Format},
        wording::{Language, Message},
        words::{AgentId, Channel, TicketId},
    },
};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// What makes an invite an automatic one.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Automatic {
    /// In whose name; nobody's is the system's.
    pub by: Option<AgentId>,
    /// What its note has to say besides.
    pub remarks: Vec<Message>,
    /// No mail: the ticket gets this warning instead.
    pub held: Option<Message>,
    /// It holds a warning: for agents only.
    pub private: bool,
}

/// Begins an automatic invite, or finds it begun; the worker goes on with it.
///
/// # Errors
/// The store out of reach.
#[expect(clippy::too_many_arguments, reason = "what an invite is made of")]
pub async fn begin(
    app: &App,
    service: AgentId,
    caller: Caller,
    ticket: TicketId,
    key: String,
    channel: Option<Channel>,
    email: String,
    body: String,
    automatic: Automatic,
) -> Result<(), Failure> {
    let settings = app.settings().await?.settings;
    let request = NewInvite { ticket: Some(ticket), channel, body: Some(body), ..NewInvite::default() };
    let mut payload = Payload::new(&caller, &request, Some(&email), &settings);
    payload.automatic = Some(automatic);
    let now = app.clock.now();
    let row = NewRow {
        code: app.new_code(),
        agent: service,
        request: Sha256::digest(key.as_bytes()).to_vec(),
        idempotency_key: key,
        about: About::Ticket(ticket),
        chat_ticket: None,
        // What an administrator set up goes out whatever a colleague has just sent.
        alone_since: None,
        payload: payload.seal(app)?,
        at: now,
        // Nobody holds it: it is the worker's at once.
        lease_until: now,
    };
    app.store.begin_invite(row).await?;
    Ok(())
}

/// Routes on fresh presence and makes the key, or says why there is none; renders the mail.
pub(super) async fn make_key(app: &App, work: &mut Work, mut automatic: Automatic) -> Result<(), Refusal> {
    if automatic.held.is_some() {
        return Ok(());
    }
    let id = ticket_of(app, work)?;
    let ticket = read(app, |token| async move { app.halo.ticket(&token, id).await }).await?;
    let ticket = ticket.ok_or_else(|| Failure::new(FailureKind::TicketUnknown).with("ticket", id))?;
    let settings = app.settings().await?.settings;
    let directory = app.roster.directory(app, &settings).await?;
    let logged_in = app.roster.fresh_presence(app).await?;
    let routed = routing::route(work.payload.channel, &directory, &logged_in, &settings, nfkc);
    let (routing, key) = key_for(app, work, routed, &directory, &logged_in, &settings).await?;
    match routing::automatic(&routing, settings.blank_link) {
        routing::Automatic::Send => {}
        routing::Automatic::SendBlank(warning) => {
            automatic.private = true;
            automatic.remarks.push(warning);
        }
        routing::Automatic::Hold(warning) => automatic.held = Some(warning),
    }
    let user = match ticket.user_id {
        Some(user) => read(app, |token| async move { app.halo.user(&token, user).await }).await?,
        None => None,
    };
    let known = Known { ticket: Some(ticket), chat: None, user };
    let named = values(&known, &work.payload.caller, &settings, key.as_ref());
    let subject = template::render(&work.payload.subject, &named, Format::Text).map_err(|problems| template_refused(&problems))?;
    let body = template::render(&work.payload.body, &named, Format::Html).map_err(|problems| template_refused(&problems))?;
    work.payload.warn(&subject, &body);
    for warning in &work.payload.warnings {
        // It may have been said with a key that is dead since.
        if !automatic.remarks.contains(warning) {
            automatic.remarks.push(warning.clone());
        }
    }
    if automatic.held.is_none() {
        let session_code = key.as_ref().map(|key| key.short_key.clone()).unwrap_or_default();
        work.payload.mail = Some(Mail { subject: subject.output, html: body.output, session_code });
    }
    work.payload.expires = key.and_then(|key| key.expires);
    work.payload.routing = Some(routing);
    work.payload.automatic = Some(automatic);
    Ok(())
}

/// Nothing is sent by itself into a chat.
fn ticket_of(app: &App, work: &Work) -> Result<TicketId, Failure> {
    work.about.ticket().ok_or_else(|| app.fault("invite", &"an automatic invite is about no ticket"))
}

/// The action: the mail with its note, or a warning that there is none. `named` says in its first line who sent it.
fn action(app: &App, work: &Work, automatic: &Automatic, named: bool) -> Result<NewAction, Failure> {
    let by = Message::new("note.invite.by").with("name", &work.payload.caller.name);
    let by = Some(by).filter(|_| named && automatic.by.is_some());
    let (ticket, outcome) = (ticket_of(app, work)?, app.config.halo.invite_outcome.clone());
    if let Some(held) = &automatic.held {
        let html = note::warning_note(by.iter().chain(&automatic.remarks).chain([held]), &work.code, Language::En);
        return Ok(NewAction::new(ticket, outcome, html));
    }
    let (Some(email), Some(mail), Some(routing)) = (&work.payload.email, &work.payload.mail, &work.payload.routing) else {
        return Err(app.fault("invite", &"a keyed invite holds no mail"));
    };
    let invite = InviteNote {
        email,
        routing,
        code: &work.code,
        session_code: Some(mail.session_code.as_str()).filter(|code| !code.is_empty()),
        expires: work.payload.expires,
    };
    let html = note::remarked_invite_note(by.iter().chain(&automatic.remarks), &invite, Language::En);
    Ok(NewAction {
        hidden_from_user: automatic.private || !automatic.remarks.is_empty(),
        email: Some(halo::Mail { to: email.clone(), subject: mail.subject.clone(), body_html: mail.html.clone() }),
        ..NewAction::new(ticket, outcome, html)
    })
}

/// Writes it in the agent's name: with the agent's own token when we hold one, else with the service's, saying whose it is.
pub(super) async fn post(app: &App, work: &Work, automatic: &Automatic) -> Result<Option<Result<Out, HaloError>>, Failure> {
    let out = |answer: Result<halo::Action, HaloError>| answer.map(|action| Out { action: Some(action.id) });
    if let Some(agent) = automatic.by {
        let own = &action(app, work, automatic, false)?;
        match app.delegation.call(agent, |token| async move { app.halo.add_action(&token, own).await }).await? {
            // This agent may not write here, or is not signed in: the service can.
            Some(Err(error)) if error.unauthorized() || error.forbidden() => {}
            None => {}
            answer => return Ok(answer.map(out)),
        }
        if app.store.invite_attempted(work.code.clone(), work.fence, app.clock.now()).await? == Held::Lost {
            return Err(Failure::new(FailureKind::SessionBusy).with("lsid", &work.code));
        }
    }
    let ask = app.config.halo.attribution == Attribution::DelegatedThenReadBack;
    let honoured = ask && app.store.finding(crate::worker::HONOURS_AUTHOR).await?.as_deref() == Some("yes");
    let new = &NewAction { who_agent: automatic.by.filter(|_| ask), ..action(app, work, automatic, !honoured)? };
    Ok(Some(out(app.halo.as_service(|token| async move { app.halo.add_action(&token, new).await }).await)))
}
