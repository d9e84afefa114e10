//! Sessions as jobs: what a claimed one brings, what is decided about it, which writes to Halo are outstanding.

use super::{Fence, ToldStep};
use halo_remote_support::{
    api::{SessionFacts, SessionState},
    rules::{
        disposition::Disposition,
        wording::Message,
        words::{ActionId, AgentId, ChatId, Lsid, TicketId, UnixSeconds},
    },
};
use serde::{Deserialize, Serialize};

/// Who first told of a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// BeyondTrust's event.
    Event,
    /// Our own sweep over BeyondTrust's reports: no event had come.
    Sweep,
}

/// A claimed session.
#[derive(Clone, Debug)]
pub struct SessionJob {
    /// Which.
    pub lsid: Lsid,
    /// Its fence.
    pub fence: Fence,
    /// Where it stands.
    pub state: SessionState,
    /// Failed attempts in this state.
    pub attempts: u32,
    /// How often a holder died on it, by a panic or with its process, since a step on it was last recorded.
    pub deaths: u32,
    /// Since when it is being tried: its age for giving up.
    pub since: UnixSeconds,
    /// Where it rests once its writes are done.
    pub rests_in: SessionState,
    /// Somebody has replayed, linked or unlinked it: what is known of agents should be fresh.
    pub by_hand: bool,
    /// The report, once decided.
    pub report: Option<Vec<u8>>,
    /// The decision.
    pub disposition: Option<Disposition>,
    /// The first outstanding write.
    pub write: Option<OutstandingWrite>,
    /// It is a note that is being moved: another one is to be taken back after it.
    pub moves: bool,
}

impl SessionJob {
    /// A note of this session stands on a ticket: it is being moved or taken back.
    #[must_use]
    pub const fn stands(&self) -> bool {
        self.moves || matches!(&self.write, Some(OutstandingWrite { intended: IntendedWrite::Withdrawal(_), .. }))
    }
}

/// A write to Halo that was decided and is not known to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutstandingWrite {
    /// Its row.
    pub id: i64,
    /// What.
    pub intended: IntendedWrite,
    /// When it was last sent to Halo with unknown outcome.
    pub attempted_at: Option<UnixSeconds>,
}

/// An intended write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IntendedWrite {
    /// A note on a ticket.
    Note(IntendedNote),
    /// A message in a chat.
    Message(IntendedMessage),
    /// A note taken back.
    Withdrawal(IntendedWithdrawal),
}

/// A note on a ticket.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct IntendedNote {
    /// Where.
    pub ticket: TicketId,
    /// Agents only.
    pub private: bool,
    /// A line of its own: who linked it, from where it was moved.
    #[serde(default)]
    pub remark: Option<Message>,
    /// How often the ticket turned out to be merged into another one.
    #[serde(default)]
    pub followed: u8,
}

impl IntendedNote {
    /// A note that somebody of this name wants on this ticket, taken from that one if it stands there.
    #[must_use]
    pub fn by_hand(ticket: TicketId, private: bool, from: Option<TicketId>, name: &str) -> Self {
        let remark = match from {
            Some(from) => Message::new("note.session.movedBy").with("from", from),
            None => Message::new("note.session.linkedBy"),
        };
        Self { ticket, private, remark: Some(remark.with("name", name)), followed: 0 }
    }
}

/// A message in a chat.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct IntendedMessage {
    /// Where.
    pub chat: ChatId,
}

/// A note taken back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct IntendedWithdrawal {
    /// Where it stands.
    pub ticket: TicketId,
    /// Which action it is.
    pub action: ActionId,
}

/// A decision to record.
#[derive(Clone, Debug)]
pub struct Decision {
    /// What the rules decided.
    pub disposition: Disposition,
    /// What people look for.
    pub facts: SessionFacts,
    /// What is to be written to Halo, in order.
    pub writes: Vec<IntendedWrite>,
    /// Where the session rests once that is done: at once, when there is nothing to write.
    pub rests_in: SessionState,
    /// The report. Kept while it is needed: not of what was refused, not of what is written.
    pub report: Vec<u8>,
    /// What it tells of the invite whose code is in the session's key, should no event have told it.
    pub told: Option<ToldStep>,
    /// Now.
    pub at: UnixSeconds,
}

/// What to do with a session that could not go on.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// Try again then.
    Later(UnixSeconds),
    /// Leave the work; the state and reason stay for people, and what was not written will not be.
    Rest(SessionState),
}

/// Why and for how long a session waits.
#[derive(Clone, Debug)]
pub struct Postponed {
    /// What happens next.
    pub outcome: Outcome,
    /// Why.
    pub reason: Message,
    /// The attempt surely wrote nothing.
    pub clear: bool,
    /// It counts as an attempt; waiting for a vendor's line does not.
    pub counts: bool,
    /// A report that could not be used, to be looked at.
    pub report: Option<Vec<u8>>,
    /// Now.
    pub at: UnixSeconds,
}

/// Who did something by hand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// The agent, unless it was done on the command line.
    pub agent: Option<AgentId>,
    /// The name to show.
    pub name: String,
}

/// What somebody wants done with a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ByHand {
    /// Its note put on this ticket: linked when it was stored, moved when it was written elsewhere.
    Link {
        /// The ticket it was on when the person was asked whether they may.
        seen: Option<TicketId>,
        /// Where to.
        ticket: TicketId,
        /// Agents only.
        private: bool,
    },
    /// Its note taken back; it is stored again.
    Unlink {
        /// The ticket it was on when the person was asked whether they may.
        seen: Option<TicketId>,
    },
    /// Everything again from the report on.
    Replay,
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Handled {
    /// Recorded; the worker does it.
    Taken,
    /// There is no such session.
    Unknown,
    /// It is being worked on.
    Busy(SessionState),
    /// Its note stands on this ticket already.
    Linked(TicketId),
    /// In this state that cannot be done.
    NotNow(SessionState),
}

/// Which sessions to list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SessionQuery {
    /// In this state.
    pub state: Option<SessionState>,
    /// On this ticket.
    pub ticket: Option<TicketId>,
    /// Holding each of these words: lsid, name, user, site, client, customer, host names, technicians, external key.
    pub search: String,
    /// Not more than this.
    pub limit: u32,
}
