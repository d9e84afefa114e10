//! What became of the invites that were sent: listed, renewed, revoked. Their states come from the proxy; only that time goes on
//! is seen here.

use crate::{
    api::{Invite, InviteState, Invites, RenewInvite},
    rules::{failure::Failure, lifecycle::Unsent, words::UnixSeconds},
    views::panel::{Effect, Frame, Moment, Question},
};
use serde_json::json;

/// Seconds between two looks at the clock while somebody may be choosing.
const TICK: u32 = 5;
/// Seconds after which a look is due when the proxy does not answer.
const LATER: u32 = 30;

/// Where a card says what failed.
pub(super) const TROUBLE: &str = "rs-trouble";

/// The invites of a ticket or chat.
#[derive(Clone, Debug, Default)]
pub struct Life {
    /// Newest first.
    pub invites: Vec<Invite>,
    /// The form stands back: an invite is under way.
    pub folded: bool,
    /// Sent from this panel a moment ago.
    pub fresh: Option<String>,
    /// "Revoke" was pressed and waits for a yes.
    pub sure: Option<String>,
    /// What is being done with which.
    pub busy: Option<(&'static str, String)>,
    /// What could not be done with which.
    pub trouble: Option<(String, Failure)>,
    /// Under which key a renewal is tried.
    attempt: Option<((String, RenewInvite), String)>,
    listed_at: Option<UnixSeconds>,
    look_again: u32,
}

/// How an invite stands now: what was told with the list may have expired since.
pub(in crate::views) fn standing(invite: &Invite, now: UnixSeconds) -> InviteState {
    let over = invite.expires.is_some_and(|expires| expires <= now);
    match invite.state {
        InviteState::Sent | InviteState::Unreported if over => InviteState::Expired,
        state => state,
    }
}

/// How it stands, when it is a draft that should be out.
pub(super) fn unsent(invite: &Invite) -> Option<Unsent> {
    invite.reason.as_ref().filter(|_| invite.state == InviteState::Draft).and_then(Unsent::told)
}

/// Nobody is at work on it, though it is not out, or nobody knows.
pub(in crate::views) fn rests(invite: &Invite) -> bool {
    unsent(invite).is_some_and(Unsent::rests)
}

/// The customer can still come, or has come.
pub(super) const fn is_live(state: InviteState) -> bool {
    matches!(state, InviteState::Sent | InviteState::Unreported | InviteState::Waiting | InviteState::Joined)
}

impl Life {
    pub(super) fn known(&self, id: &str) -> Option<&Invite> {
        self.invites.iter().find(|invite| invite.id == id)
    }

    /// What is being done with an invite.
    pub(super) fn has_asked(&self, asked: &Question) -> bool {
        self.busy.as_ref().is_some_and(|(deed, id)| *deed == asked.name && asked.path == format!("invites/{id}/{deed}"))
    }

    /// The invite that has a card: the one something is being done with, else the newest.
    pub(super) fn shown(&self) -> Option<&Invite> {
        let attended = [self.busy.as_ref().map(|(_, id)| id), self.sure.as_ref(), self.trouble.as_ref().map(|(id, _)| id)];
        attended.into_iter().flatten().find_map(|id| self.known(id)).or(self.invites.first())
    }

    pub(super) fn listed(&mut self, list: Invites, now: UnixSeconds, may_fold: bool) {
        let first = self.listed_at.is_none();
        (self.invites, self.look_again, self.listed_at) = (list.invites, list.look_again, Some(now));
        if first && may_fold {
            // Somebody is waiting or at work: another invite is not what is needed first.
            let newest = self.invites.first().map(|invite| standing(invite, now));
            self.folded = matches!(newest, Some(InviteState::Waiting | InviteState::Joined));
        }
    }

    pub(super) const fn unanswered(&mut self, now: UnixSeconds) {
        (self.look_again, self.listed_at) = (LATER, Some(now));
    }

    pub(super) fn is_due(&self, now: UnixSeconds) -> bool {
        self.listed_at.is_some_and(|at| now - at >= i64::from(self.look_again))
    }

    /// When to look at the clock again.
    pub(in crate::views) fn clock(&self) -> Effect {
        let seconds = if self.look_again == 0 { TICK } else { self.look_again.clamp(1, TICK) };
        Effect::Again(seconds * 1000, "tick")
    }

    /// One more, sent from here.
    pub(super) fn sent(&mut self, invite: Invite, now: UnixSeconds, fold: bool) {
        (self.fresh, self.folded) = (Some(invite.id.clone()), fold);
        self.invites.retain(|known| known.id != invite.id);
        self.invites.insert(0, invite);
        (self.look_again, self.listed_at) = (2, Some(now));
    }

    pub(super) fn did(&mut self, action: &str, id: &str, moment: &Moment) -> Vec<Effect> {
        if self.busy.is_some() {
            return Vec::new();
        }
        match action {
            "revoke" => {
                self.sure = Some(id.to_owned());
                vec![Effect::Focus("rs-sure")]
            }
            "revoke-keep" => {
                self.sure = None;
                vec![Effect::Focus("rs-done")]
            }
            "revoke-sure" => {
                (self.sure, self.trouble, self.busy) = (None, None, Some(("revoke", id.to_owned())));
                vec![Effect::post("revoke", format!("invites/{id}/revoke"), &json!({}))]
            }
            "renew" | "renew-again" => {
                let wish = (id.to_owned(), RenewInvite { again: action == "renew-again" });
                if self.attempt.as_ref().is_none_or(|(attempted, _)| *attempted != wish) {
                    self.attempt = Some((wish, moment.key()));
                }
                let Some(((_, request), key)) = self.attempt.clone() else { return Vec::new() };
                (self.trouble, self.busy) = (None, Some(("renew", id.to_owned())));
                vec![Effect::post_once("renew", format!("invites/{id}/renew"), &request, key)]
            }
            "renew-keep" => {
                self.trouble = None;
                vec![Effect::Focus("rs-done")]
            }
            _ => Vec::new(),
        }
    }

    /// The answer to `renew` or `revoke`.
    pub(super) fn answered(&mut self, name: &str, answer: Result<Invite, Failure>, frame: &Frame) -> Vec<Effect> {
        let Some((_, id)) = self.busy.take() else { return Vec::new() };
        match answer {
            Ok(invite) if name == "renew" => {
                self.attempt = None;
                let out = invite.state != InviteState::Draft;
                let told = out.then(|| Effect::Emit("remote-support:invite-sent", json!({"invite": invite})));
                let fold = self.folded;
                self.sent(invite, frame.now, fold);
                told.into_iter().chain([Effect::Focus("rs-done")]).collect()
            }
            Ok(invite) => {
                if let Some(known) = self.invites.iter_mut().find(|known| known.id == invite.id) {
                    *known = invite;
                }
                self.folded = false;
                vec![Effect::Focus("rs-done")]
            }
            Err(failure) => {
                let told = Effect::failed(&failure, frame.language);
                self.trouble = Some((id, failure));
                vec![told, Effect::Focus(TROUBLE)]
            }
        }
    }
}
