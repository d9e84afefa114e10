//! Sending, once: what is checked before, and what the proxy's answers lead to. The proxy decides again whatever is decided
//! here.

use super::{Draft, Phase, State, life::rests};
use crate::{
    api::{Invite, InviteState, NewInvite},
    rules::{
        failure::{Failure, FailureKind},
        words::Channel,
    },
    views::panel::{Effect, Moment, Stage, Tried},
};
use serde_json::json;

/// Milliseconds between two questions whether a mail went out.
const POLL: u32 = 2000;

impl State {
    /// Checks what can be checked here, before any key is made; the proxy checks again. `again` answers "a colleague has just
    /// invited".
    pub(super) fn send(&mut self, channel: Option<Channel>, again: bool, moment: &Moment) -> Vec<Effect> {
        let Some((offered, _)) = &self.channels else { return self.frame.load() };
        let chat = self.chat();
        if chat.is_none() && !self.draft.email_is_fine(offered) {
            self.draft.email_wrong = true;
            self.phase = Phase::Ready;
            self.frame.stage = Stage::Open;
            return vec![Effect::Focus("rs-email")];
        }
        if !self.draft.preview(offered, chat.is_some()).is_fine() {
            return self.edit();
        }
        let changed = |text: &Option<String>, offered: &String| text.clone().filter(|text| text != offered);
        let invite = match (chat, self.about) {
            (Some(_), _) => {
                NewInvite { chat, channel, body: changed(&self.draft.chat, &offered.draft.chat), again, ..NewInvite::default() }
            }
            (None, super::About::Ticket(ticket)) => NewInvite {
                ticket: Some(ticket),
                channel,
                email: Some(self.draft.email(offered).to_owned()),
                subject: changed(&self.draft.subject, &offered.draft.subject),
                body: changed(&self.draft.body, &offered.draft.body),
                again,
                ..NewInvite::default()
            },
            (None, super::About::Chat(_)) => return Vec::new(),
        };
        if self.draft.attempt.as_ref().is_none_or(|(attempted, _)| *attempted != invite) {
            self.draft.attempt = Some((invite, moment.key()));
        }
        self.send_attempt()
    }

    pub(super) fn send_attempt(&mut self) -> Vec<Effect> {
        let Some((invite, key)) = self.draft.attempt.clone() else { return Vec::new() };
        self.phase = Phase::Sending;
        self.frame.stage = Stage::Open;
        vec![Effect::post_once("send", "invites", &invite, key)]
    }

    pub(super) fn sent(&mut self, result: Result<Invite, Failure>) -> Vec<Effect> {
        if !matches!(self.phase, Phase::Sending | Phase::InDoubt(_)) {
            return Vec::new();
        }
        match result {
            Ok(invite) if invite.state == InviteState::Draft => {
                self.phase = Phase::InDoubt(Box::new(invite));
                vec![Effect::Focus("rs-alert"), Effect::Again(POLL, "poll")]
            }
            Ok(invite) => {
                let in_chat = invite.chat.is_some();
                self.draft = Draft::default();
                self.phase = Phase::Ready;
                let told = Effect::Emit("remote-support:invite-sent", json!({"invite": invite}));
                self.life.sent(invite, self.frame.now, !in_chat);
                vec![told, Effect::Focus(if in_chat { "rs-send" } else { "rs-done" }), self.life.clock()]
            }
            Err(failure) if failure.kind == FailureKind::EmailInvalid => {
                self.draft.email_wrong = true;
                self.phase = Phase::Ready;
                vec![Effect::Focus("rs-email")]
            }
            Err(failure) if failure.kind == FailureKind::RecentInvite => {
                self.phase = Phase::Asking(failure);
                vec![Effect::Focus("rs-asking"), self.get_invites()]
            }
            Err(failure) if self.chat().is_some() && failure.kind != FailureKind::SignedOut => {
                let told = Effect::failed(&failure, self.frame.language);
                self.phase = Phase::Refused(failure);
                vec![told, Effect::Focus("rs-alert")]
            }
            Err(failure) => {
                self.phase = Phase::Ready;
                self.frame.fail(failure, Tried::Doing)
            }
        }
    }

    pub(super) fn retry(&mut self, moment: &Moment) -> Vec<Effect> {
        match (&self.frame.stage, &self.phase) {
            (Stage::Failed(_, Tried::Doing), _) => self.send_attempt(),
            (_, Phase::Refused(_)) => self.send_as_it_stands(moment),
            // Without an answer about presence "Try again" means that answer.
            (Stage::Open, Phase::Ready) => vec![self.get_channels()],
            _ => Vec::new(),
        }
    }

    /// Beside a refusal everything can be changed: what is on the screen is sent. Unchanged, it is the same request.
    fn send_as_it_stands(&mut self, moment: &Moment) -> Vec<Effect> {
        let by_default = self.channels.as_ref().and_then(|(offered, _)| offered.without_channel.channel);
        let (channel, again) = match &self.draft.attempt {
            Some((attempted, _)) if attempted.channel.is_none() && self.selected == by_default => (None, attempted.again),
            Some((attempted, _)) => (self.selected, attempted.again),
            None => (self.selected, false),
        };
        self.send(channel, again, moment)
    }

    /// The invite in doubt, once it is known what became of it.
    pub(super) fn doubted(&mut self) -> Vec<Effect> {
        let Phase::InDoubt(invite) = &self.phase else { return Vec::new() };
        match self.life.known(&invite.id).cloned() {
            // It is not out: its card says so, and why; what was written stays, to be sent anew.
            Some(known) if rests(&known) => {
                self.draft.attempt = None;
                self.phase = Phase::Ready;
                vec![Effect::Focus("rs-done"), self.life.clock()]
            }
            Some(known) if known.state != InviteState::Draft => self.sent(Ok(known)),
            _ => vec![Effect::Again(POLL, "poll")],
        }
    }
}
