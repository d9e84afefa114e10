//! How an invite reaches the customer: as a mail with its audit action on a ticket, or as a message in a live chat; and how it is
//! found again when Halo's answer was lost. Once is `super`'s promise.

use super::Work;
use crate::{
    access::{self, InChat},
    app::App,
    halo::{self, HaloError, NewAction},
    store::About,
};
use halo_remote_support::rules::{
    failure::{Failure, FailureKind},
    note::{self, InviteNote},
    wording::Language,
    words::{ActionId, ChatId},
};

/// It is out: on a ticket, with this action.
pub(super) struct Out {
    pub(super) action: Option<ActionId>,
}

/// Sends it as its agent. `Ok(None)` when the agent has to sign in: nothing was sent then, nor was it when this fails.
pub(super) async fn send(app: &App, work: &Work) -> Result<Option<Result<Out, HaloError>>, Failure> {
    let agent = work.payload.caller.agent;
    match work.about {
        About::Ticket(_) => {
            let action = &new_action(app, work)?;
            let answer = app.delegation.call(agent, |token| async move { app.halo.add_action(&token, action).await }).await?;
            Ok(answer.map(|answer| answer.map(|action| Out { action: Some(action.id) })))
        }
        About::Chat(chat) => {
            let mail = work.payload.mail.as_ref().ok_or_else(|| app.fault("invite", &"a keyed invite holds no message"))?;
            let html = &note::chat_invite(&mail.html, &work.code);
            let answer = app.delegation.call(agent, |token| async move { app.halo.post_chat_message(&token, chat, html).await }).await?;
            Ok(answer.map(|answer| answer.map(|()| Out { action: None })))
        }
    }
}

/// Looks whether it is out already.
pub(super) async fn find(app: &App, work: &Work) -> Result<Option<Out>, Failure> {
    let marker = note::invite_marker(&work.code);
    match work.about {
        About::Ticket(ticket) => {
            let actions = app.halo.as_service(|token| async move { app.halo.actions(&token, ticket).await }).await;
            let actions = actions.map_err(|error| match error.not_found() {
                true => Failure::new(FailureKind::TicketUnknown).with("ticket", ticket),
                false => error.failure(),
            })?;
            Ok(actions.into_iter().find(|action| action.holds(&marker)).map(|action| Out { action: Some(action.id) }))
        }
        About::Chat(chat) => {
            let messages = app.halo.as_service(|token| async move { app.halo.chat_messages(&token, chat).await }).await;
            let messages = messages.map_err(|error| refused_in_chat(chat, &error))?;
            Ok(messages.iter().any(|message| message.holds(&marker)).then_some(Out { action: None }))
        }
    }
}

/// What the person is told when Halo surely did not take it.
pub(super) async fn refusal(app: &App, work: &Work, error: &HaloError) -> Failure {
    let About::Chat(chat) = work.about else { return error.failure() };
    if error.refused() {
        // Halo's sentence does not say that the chat was closed meanwhile; a look at it does.
        if let Err(closed @ Failure { kind: FailureKind::ChatClosed, .. }) =
            access::may_in_chat(app, &work.payload.caller, chat, InChat::Prepare).await
        {
            return closed;
        }
    }
    refused_in_chat(chat, error)
}

fn refused_in_chat(chat: ChatId, error: &HaloError) -> Failure {
    if error.not_found() { Failure::new(FailureKind::ChatUnknown).with("chat", chat) } else { error.failure() }
}

fn new_action(app: &App, work: &Work) -> Result<NewAction, Failure> {
    let (About::Ticket(ticket), Some(email), Some(mail), Some(routing)) =
        (work.about, &work.payload.email, &work.payload.mail, &work.payload.routing)
    else {
        return Err(app.fault("invite", &"a keyed invite holds no mail"));
    };
    let note = InviteNote { email, routing, code: &work.code, session_code: Some(&mail.session_code), expires: work.payload.expires };
    Ok(NewAction {
        // The customer gets the mail anyway; on the portal the action says that it was sent.
        hidden_from_user: false,
        email: Some(halo::Mail { to: email.clone(), subject: mail.subject.clone(), body_html: mail.html.clone() }),
        ..NewAction::new(ticket, app.config.halo.invite_outcome.clone(), note::invite_note(&note, Language::En))
    })
}
