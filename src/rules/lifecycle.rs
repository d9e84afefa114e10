//! What has become of an invite: what BeyondTrust's events tell, its expiry and its being taken back, as one state to show. It
//! does not decide whether an invite may be sent, and nothing a customer or a ticket gets depends on it.

use super::{wording::Message, words::UnixSeconds};
use serde::{Deserialize, Serialize};

/// State of an invite.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum InviteState {
    /// Being made, or its mail is in doubt.
    Draft,
    /// Mailed, or posted to its chat.
    Sent,
    /// The customer is in the queue.
    Waiting,
    /// A technician is with the customer.
    Joined,
    /// The session is over.
    Ended,
    /// Not used in time.
    Expired,
    /// Taken back.
    Revoked,
    /// Sent; BeyondTrust does not tell what becomes of it.
    Unreported,
}

impl InviteState {
    /// Its word, as people and programs read it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Sent => "sent",
            Self::Waiting => "waiting",
            Self::Joined => "joined",
            Self::Ended => "ended",
            Self::Expired => "expired",
            Self::Revoked => "revoked",
            Self::Unreported => "unreported",
        }
    }

    /// Something may happen to it at any moment.
    #[must_use]
    pub const fn is_live(self) -> bool {
        matches!(self, Self::Draft | Self::Sent | Self::Waiting | Self::Joined)
    }
}

/// How a draft stands that somebody would have expected to be out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unsent {
    /// It may be out; that is being found out.
    InDoubt,
    /// It may be out, and nobody looks any more.
    Unknown,
    /// It is not out, and is tried again by itself.
    Waits,
    /// It is not out, and waits for a person.
    NotSent,
}

impl Unsent {
    /// Whether a write of unknown outcome stands, whether it goes on by itself, and whether it has been kept before. `None` while
    /// it is being made.
    #[must_use]
    pub const fn of(in_doubt: bool, goes_on: bool, kept: bool) -> Option<Self> {
        match (in_doubt, goes_on) {
            (true, true) => Some(Self::InDoubt),
            (true, false) => Some(Self::Unknown),
            (false, true) if kept => Some(Self::Waits),
            (false, true) => None,
            (false, false) => Some(Self::NotSent),
        }
    }

    const fn code(self) -> &'static str {
        match self {
            Self::InDoubt => "invite.inDoubt",
            Self::Unknown => "invite.unknown",
            Self::Waits => "invite.waits",
            Self::NotSent => "invite.notSent",
        }
    }

    /// As an invite's reason.
    #[must_use]
    pub fn message(self) -> Message {
        Message::new(self.code())
    }

    /// What an invite's reason says of it; `None` for any other reason.
    #[must_use]
    pub fn told(reason: &Message) -> Option<Self> {
        [Self::InDoubt, Self::Unknown, Self::Waits, Self::NotSent].into_iter().find(|unsent| unsent.code() == reason.code)
    }

    /// Nothing happens to it by itself.
    #[must_use]
    pub const fn rests(self) -> bool {
        matches!(self, Self::Unknown | Self::NotSent)
    }
}

/// What became of an invite, by BeyondTrust's events. In the order in which those of one second happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum InviteEvent {
    /// The customer is in the queue.
    Waiting,
    /// A technician came.
    Joined,
    /// A technician went.
    Left,
    /// The session is over.
    Ended,
}

impl InviteEvent {
    /// Every event.
    pub const ALL: [Self; 4] = [Self::Waiting, Self::Joined, Self::Left, Self::Ended];

    /// Its word, as stored and shown.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Joined => "joined",
            Self::Left => "left",
            Self::Ended => "ended",
        }
    }

    /// What an event of BeyondTrust's tells of an invite, if anything: `event`, and the `type` of the member it is about.
    /// A customer who goes and comes back is not told of: the session's end is.
    #[must_use]
    pub fn told(event: &str, member: Option<&str>) -> Option<Self> {
        match (event, member) {
            ("support_conference_begin", _) | ("support_conference_member_added", Some("customer")) => Some(Self::Waiting),
            ("support_conference_member_added", Some("representative")) => Some(Self::Joined),
            ("support_conference_member_departed", Some("representative")) => Some(Self::Left),
            ("support_conference_end", _) => Some(Self::Ended),
            _ => None,
        }
    }
}

/// A step of an invite's life.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct InviteStep {
    /// What happened.
    pub is: InviteEvent,
    /// When.
    pub at: UnixSeconds,
    /// Who came or went, by the name BeyondTrust shows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

/// All that is known of an invite's life.
#[derive(Clone, Copy, Debug, Default)]
pub struct Life<'a> {
    /// Its mail or message is out.
    pub out: bool,
    /// It was taken back.
    pub revoked: bool,
    /// What events told, in any order.
    pub steps: &'a [InviteStep],
    /// Its session is known to be over, whatever the events say.
    pub over: bool,
    /// When its key stops working.
    pub expires: Option<UnixSeconds>,
    /// BeyondTrust is set up to tell of sessions while they run.
    pub reported: bool,
}

impl Life<'_> {
    /// Where the invite stands now.
    #[must_use]
    pub fn state(&self, now: UnixSeconds) -> InviteState {
        if self.revoked {
            return InviteState::Revoked;
        }
        match self.session() {
            Some(state) => state,
            None if self.over => InviteState::Ended,
            None if !self.out => InviteState::Draft,
            None if self.expires.is_some_and(|expires| expires <= now) => InviteState::Expired,
            None if self.reported => InviteState::Sent,
            None => InviteState::Unreported,
        }
    }

    /// Where its latest session stands, once there is one.
    fn session(&self) -> Option<InviteState> {
        let mut steps: Vec<_> = self.steps.iter().collect();
        steps.sort_by_key(|step| (step.at, step.is));
        let mut present: Vec<Option<&str>> = Vec::new();
        let mut last = None;
        for step in steps {
            let name = step.name.as_deref();
            last = Some(step.is);
            match step.is {
                InviteEvent::Waiting => {}
                InviteEvent::Joined => present.push(name),
                InviteEvent::Left => {
                    if let Some(place) = present.iter().position(|one| *one == name) {
                        present.remove(place);
                    }
                }
                InviteEvent::Ended => present.clear(),
            }
        }
        Some(match last? {
            _ if self.over => InviteState::Ended,
            InviteEvent::Ended => InviteState::Ended,
            _ if present.is_empty() => InviteState::Waiting,
            _ => InviteState::Joined,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use InviteEvent::{Ended, Joined, Left, Waiting};

    /// What events tell: when, and of whom.
    type Told = &'static [(InviteEvent, i64, &'static str)];

    fn steps(told: Told) -> Vec<InviteStep> {
        let name = |name: &str| Some(name.to_owned()).filter(|name| !name.is_empty());
        told.iter().map(|(is, at, who)| InviteStep { is: *is, at: *at, name: name(who) }).collect()
    }

    #[test]
    fn a_draft_says_whether_it_may_be_out_and_whether_it_goes_on() {
        for (in_doubt, goes_on, kept, expected) in [
            (true, true, false, Some((Unsent::InDoubt, false))),
            (true, true, true, Some((Unsent::InDoubt, false))),
            (true, false, true, Some((Unsent::Unknown, true))),
            (false, true, true, Some((Unsent::Waits, false))),
            (false, true, false, None),
            (false, false, true, Some((Unsent::NotSent, true))),
            (false, false, false, Some((Unsent::NotSent, true))),
        ] {
            let unsent = Unsent::of(in_doubt, goes_on, kept);
            assert_eq!(unsent.map(|unsent| (unsent, unsent.rests())), expected, "{in_doubt} {goes_on} {kept}");
            assert_eq!(unsent.and_then(|unsent| Unsent::told(&unsent.message())), unsent);
        }
        assert_eq!(Unsent::told(&Message::new("automatic.noEmail")), None);
    }

    #[test]
    fn an_invite_stands_where_its_last_session_stands() {
        let cases: &[(Told, InviteState)] = &[
            (&[], InviteState::Sent),
            (&[(Waiting, 10, "")], InviteState::Waiting),
            (&[(Waiting, 10, ""), (Joined, 20, "Ann")], InviteState::Joined),
            (&[(Joined, 20, "Ann"), (Waiting, 10, "")], InviteState::Joined),
            (&[(Waiting, 10, ""), (Joined, 20, "Ann"), (Left, 30, "Ann")], InviteState::Waiting),
            (&[(Waiting, 10, ""), (Joined, 20, "Ann"), (Joined, 25, "Priya"), (Left, 30, "Ann")], InviteState::Joined),
            (&[(Joined, 20, "Ann"), (Joined, 25, "Ann"), (Left, 30, "Ann")], InviteState::Joined),
            (&[(Waiting, 10, ""), (Left, 30, "Somebody else")], InviteState::Waiting),
            // Its end comes with everybody's leaving in the same second, in any order.
            (&[(Joined, 20, "Ann"), (Ended, 30, ""), (Left, 30, "Ann")], InviteState::Ended),
            (&[(Ended, 30, "")], InviteState::Ended),
            // The key may begin another session after the first.
            (&[(Waiting, 10, ""), (Ended, 30, ""), (Waiting, 40, "")], InviteState::Waiting),
            (&[(Joined, 20, "Ann"), (Ended, 30, ""), (Waiting, 40, ""), (Joined, 41, "Ann")], InviteState::Joined),
        ];
        for (told, expected) in cases {
            let steps = steps(told);
            let life = Life { out: true, steps: &steps, expires: Some(100), reported: true, ..Life::default() };
            assert_eq!(life.state(50), *expected, "{told:?}");
            // A customer who came in time is not sent away.
            let late = if told.is_empty() { InviteState::Expired } else { *expected };
            assert_eq!(life.state(100), late, "{told:?}");
            assert_eq!(Life { revoked: true, ..life }.state(50), InviteState::Revoked, "{told:?}");
            assert_eq!(Life { over: true, ..life }.state(50), InviteState::Ended, "{told:?}");
        }
    }

    #[test]
    fn without_events_it_is_known_whether_it_is_out_and_whether_it_is_too_late() {
        let life = Life { expires: Some(100), ..Life::default() };
        for (out, reported, now, expected) in [
            (false, false, 50, InviteState::Draft),
            (false, true, 150, InviteState::Draft),
            (true, false, 50, InviteState::Unreported),
            (true, true, 50, InviteState::Sent),
            (true, false, 100, InviteState::Expired),
        ] {
            assert_eq!(Life { out, reported, ..life }.state(now), expected);
        }
        assert_eq!(Life { out: true, expires: None, ..life }.state(i64::MAX), InviteState::Unreported);
    }

    #[test]
    fn events_tell_of_customers_who_come_and_of_technicians_who_come_and_go() {
        let added = "support_conference_member_added";
        let departed = "support_conference_member_departed";
        for (event, member, expected) in [
            ("support_conference_begin", None, Some(Waiting)),
            (added, Some("customer"), Some(Waiting)),
            (added, Some("representative"), Some(Joined)),
            (departed, Some("representative"), Some(Left)),
            (departed, Some("customer"), None),
            (added, Some("something new"), None),
            (added, None, None),
            ("support_conference_end", None, Some(Ended)),
            ("support_conference_owner_changed", Some("representative"), None),
        ] {
            assert_eq!(InviteEvent::told(event, member), expected, "{event} {member:?}");
        }
    }
}
