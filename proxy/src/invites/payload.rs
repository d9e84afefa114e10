//! What an invite's row holds, sealed, because the mail in it carries the link. Shapes only.

use super::Automatic;
use crate::{app::App, sign_in::Caller, store::InviteStage};
use halo_remote_support::{
    api::{Invite, InviteState, NewInvite},
    rules::{
        correlation::Code,
        failure::Failure,
        routing::{Reason, Routing},
        settings::Settings,
        template::Rendered,
        wording::Message,
        words::{Channel, TicketId, UnixSeconds},
    },
};
use serde::{Deserialize, Serialize};

const PURPOSE: &str = "invite";

/// The invite.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Payload {
    v: u32,
    /// Who sends it.
    pub caller: Caller,
    /// For whom.
    pub channel: Option<Channel>,
    /// Recipient.
    pub email: String,
    /// Subject template.
    pub subject: String,
    /// Body template.
    pub body: String,
    /// How it was routed, once it was.
    pub routing: Option<Routing>,
    /// The rendered mail, once the key is made.
    pub mail: Option<Mail>,
    /// When the key stops working.
    pub expires: Option<UnixSeconds>,
    /// What the person should know.
    pub warnings: Vec<Message>,
    /// Nobody sends it by hand.
    #[serde(default)]
    pub automatic: Option<Automatic>,
}

/// The rendered mail.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Mail {
    /// Subject.
    pub subject: String,
    /// Body.
    pub html: String,
    /// The code the customer may type.
    pub session_code: String,
}

impl Payload {
    pub(super) fn new(caller: &Caller, request: &NewInvite, email: &str, settings: &Settings) -> Self {
        let or = |edited: &Option<String>, template: &String| edited.clone().unwrap_or_else(|| template.clone());
        Self {
            v: 1,
            caller: caller.clone(),
            channel: request.channel,
            email: email.to_owned(),
            subject: or(&request.subject, &settings.templates.subject),
            body: or(&request.body, &settings.templates.mail),
            routing: None,
            mail: None,
            expires: None,
            warnings: Vec::new(),
            automatic: None,
        }
    }

    pub(super) fn warn(&mut self, subject: &Rendered, body: &Rendered) {
        let mut left: Vec<&str> = subject.left_to_halo.iter().chain(&body.left_to_halo).map(String::as_str).collect();
        left.sort_unstable();
        left.dedup();
        if !left.is_empty() {
            self.warnings.push(Message::new("invite.leftToHalo").with("names", left.join(", ")));
        }
    }

    pub(super) fn seal(&self, app: &App) -> Result<Vec<u8>, Failure> {
        let plain = serde_json::to_vec(self).map_err(|error| app.fault(PURPOSE, &error))?;
        app.vault.seal(PURPOSE, &plain).map_err(|problem| app.fault(PURPOSE, &problem))
    }

    pub(super) fn unseal(app: &App, sealed: &[u8]) -> Result<Self, Failure> {
        let plain = app.vault.unseal(PURPOSE, sealed).map_err(|problem| app.fault(PURPOSE, &problem))?;
        serde_json::from_slice(&plain).map_err(|error| app.fault(PURPOSE, &error))
    }

    pub(super) fn shown(&self, code: &Code, ticket: TicketId, stage: InviteStage, created: UnixSeconds, now: UnixSeconds) -> Invite {
        let held = self.automatic.as_ref().and_then(|automatic| automatic.held.clone());
        let state = match stage {
            _ if held.is_some() => InviteState::Draft,
            InviteStage::Draft | InviteStage::Keyed => InviteState::Draft,
            InviteStage::Sent if self.expires.is_some_and(|expires| expires <= now) => InviteState::Expired,
            InviteStage::Sent => InviteState::Sent,
        };
        let undecided = || Routing {
            queue: None,
            channel: self.channel,
            name: None,
            asked: None,
            reason: Reason::NoChannel,
            message: Message::new("invite.undecided"),
            trace: Vec::new(),
        };
        Invite {
            id: code.to_string(),
            ticket: Some(ticket),
            chat: None,
            state,
            reason: held,
            steps: Vec::new(),
            session: None,
            email: Some(self.email.clone()).filter(|email| !email.is_empty()),
            sent_by: self.caller.name.clone(),
            routing: self.routing.clone().unwrap_or_else(undecided),
            created,
            expires: self.expires,
            warnings: self.warnings.clone(),
        }
    }
}
