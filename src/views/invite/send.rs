//! Sending, once: what is checked before, and what the proxy's answers lead to. The proxy decides again whatever is decided
//! here.

use super::{Draft, Effect, Moment, Phase, State, Tried};
use crate::{
    api::{Invite, InviteState, NewInvite},
    rules::{
        failure::{Failure, FailureKind},
        words::Channel,
    },
};

/// Milliseconds between two questions whether a mail went out.
const POLL: u32 = 2000;

impl State {
    /// Checks what can be checked here, before any key is made; the proxy checks again.
    pub(super) fn send(&mut self, channel: Option<Channel>, moment: &Moment) -> Vec<Effect> {
        let Some((offered, _)) = &self.channels else { return self.load() };
        if !self.draft.email_is_fine(offered) {
            self.draft.email_wrong = true;
            self.phase = Phase::Ready;
            return vec![Effect::Focus("rs-email")];
        }
        if !self.draft.preview(offered).is_fine() {
            return self.edit();
        }
        let invite = NewInvite {
            ticket: Some(self.ticket),
            channel,
            email: Some(self.draft.email(offered).to_owned()),
            subject: self.draft.subject.clone().filter(|subject| *subject != offered.draft.subject),
            body: self.draft.body.clone().filter(|body| *body != offered.draft.body),
            ..NewInvite::default()
        };
        if self.draft.attempt.as_ref().is_none_or(|(attempted, _)| *attempted != invite) {
            self.draft.attempt = Some((invite, moment.random.iter().map(|byte| format!("{byte:02x}")).collect()));
        }
        self.send_attempt()
    }

    pub(super) fn send_attempt(&mut self) -> Vec<Effect> {
        let Some((invite, key)) = self.draft.attempt.clone() else { return Vec::new() };
        self.phase = Phase::Sending;
        vec![Effect::Send(Box::new(invite), key)]
    }

    pub(super) fn sent(&mut self, result: Result<Invite, Failure>) -> Vec<Effect> {
        if !matches!(self.phase, Phase::Sending | Phase::InDoubt(_)) {
            return Vec::new();
        }
        match result {
            Ok(invite) if invite.state == InviteState::Draft => {
                self.phase = Phase::InDoubt(invite);
                vec![Effect::Focus("rs-alert"), Effect::Again(POLL, "poll")]
            }
            Ok(invite) => {
                self.draft = Draft::default();
                self.phase = Phase::Done(invite.clone());
                vec![Effect::EmitSent(Box::new(invite)), Effect::Focus("rs-done")]
            }
            Err(failure) if failure.kind == FailureKind::EmailInvalid => {
                self.draft.email_wrong = true;
                self.phase = Phase::Ready;
                vec![Effect::Focus("rs-email")]
            }
            Err(failure) => self.fail(failure, Tried::Sending),
        }
    }

    pub(super) fn retry(&mut self, moment: &Moment) -> Vec<Effect> {
        match self.phase {
            // Without an answer about presence "Try again" means that answer.
            Phase::Ready => vec![Effect::GetChannels],
            Phase::Failed(_, Tried::Sending) => self.send_attempt(),
            Phase::Failed(_, Tried::SigningIn) => self.sign_in(moment),
            Phase::Failed(_, Tried::Loading) => self.load(),
            _ => Vec::new(),
        }
    }

    pub(super) fn listed(&mut self, result: Result<Vec<Invite>, Failure>) -> Vec<Effect> {
        if let Ok(invites) = result {
            self.invites = invites;
        }
        let Phase::InDoubt(invite) = &self.phase else { return Vec::new() };
        match self.invites.iter().find(|known| known.id == invite.id && known.state != InviteState::Draft) {
            Some(known) => self.sent(Ok(known.clone())),
            None => vec![Effect::Again(POLL, "poll")],
        }
    }
}
