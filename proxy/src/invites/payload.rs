//! What an invite's row holds, sealed, because the mail in it carries the link. Shapes only.

use super::Automatic;
use crate::{app::App, sign_in::Caller, store::About};
use halo_remote_support::{
    api::{Invite, InviteSession, InviteState, InviteStep, NewInvite},
    rules::{
        correlation::Code,
        failure::Failure,
        routing::{Reason, Routing},
        settings::Settings,
        template::Rendered,
        wording::Message,
        words::{Channel, UnixSeconds},
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
    /// Recipient of a mail; a message in a chat has none.
    pub email: Option<String>,
    /// Subject template of a mail.
    pub subject: String,
    /// Body template.
    pub body: String,
    /// How it was routed, once it was.
    pub routing: Option<Routing>,
    /// The rendered mail or message, once the key is made.
    pub mail: Option<Mail>,
    /// When the key stops working.
    pub expires: Option<UnixSeconds>,
    /// What the person should know.
    pub warnings: Vec<Message>,
    /// Nobody sends it by hand.
    #[serde(default)]
    pub automatic: Option<Automatic>,
}

/// The rendered mail, or the message: it has no subject.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Mail {
    /// Subject.
    pub subject: String,
    /// Body.
    pub html: String,
    /// The code the customer may type.
    pub session_code: String,
}

/// Where an invite stands, to be shown.
pub(super) struct Standing<'a> {
    pub(super) code: &'a Code,
    pub(super) about: About,
    pub(super) created: UnixSeconds,
    pub(super) state: InviteState,
    pub(super) reason: Option<Message>,
    pub(super) cause: Option<Message>,
    pub(super) steps: Vec<InviteStep>,
    pub(super) session: Option<InviteSession>,
}

impl Payload {
    /// An invite with a recipient is a mail; one without is a message in a chat.
    pub(super) fn new(caller: &Caller, request: &NewInvite, email: Option<&str>, settings: &Settings) -> Self {
        let templates = &settings.templates;
        let (subject, body) = match email {
            Some(_) => (templates.subject.as_str(), &templates.mail),
            None => ("", &templates.chat),
        };
        let or = |edited: &Option<String>, template: &str| edited.clone().unwrap_or_else(|| template.to_owned());
        Self {
            v: 1,
            caller: caller.clone(),
            channel: request.channel,
            email: email.map(str::to_owned),
            subject: or(&request.subject, subject),
            body: or(&request.body, body),
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

    pub(super) fn shown(&self, standing: Standing<'_>) -> Invite {
        let Standing { code, about, created, state, reason, cause, steps, session } = standing;
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
            ticket: about.ticket(),
            chat: about.chat(),
            state,
            reason: reason.or_else(|| self.automatic.as_ref().and_then(|automatic| automatic.held.clone())),
            cause,
            steps,
            session,
            email: self.email.clone(),
            sent_by: self.caller.name.clone(),
            routing: self.routing.clone().unwrap_or_else(undecided),
            created,
            expires: self.expires,
            warnings: self.warnings.clone(),
        }
    }
}
