//! Where a session's details go, and why. Writing them is the proxy's business; what they say is `note`'s.

use super::{
    correlation::{Code, ExternalKey},
    directory::Agent,
    names::{Match, Nfkc},
    report::Session,
    routing::Step,
    settings::Settings,
    wording::Message,
    words::{AgentId, ChatId, TicketId},
};
use serde::{Deserialize, Serialize};

/// What we know about the code in the external key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Issued {
    /// The code we made.
    pub code: Code,
    /// The ticket it was made for.
    pub ticket: Option<TicketId>,
    /// The chat it was made for.
    pub chat: Option<ChatId>,
}

/// What Halo says about the chat the session names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ChatState {
    /// Not closed.
    pub open: bool,
    /// The ticket it is linked to.
    pub ticket: Option<TicketId>,
    /// Its name.
    pub name: Option<String>,
}

/// What the decision depends on besides the session.
#[derive(Clone, Debug)]
pub struct Context<'a> {
    /// Halo's agents, overrides applied.
    pub agents: &'a [Agent],
    /// The administrator's choices.
    pub settings: &'a Settings,
    /// The invite or launch whose code is in the key, when we issued it.
    pub issued: Option<&'a Issued>,
    /// The chat the key names, when it names one and Halo knows it.
    pub chat: Option<&'a ChatState>,
    /// Normalisation.
    pub nfkc: Nfkc,
}

/// Which rule made somebody the owner.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum OwnerRule {
    /// The primary representative.
    Primary,
    /// The matched representative with most time in the session.
    MostInvolved,
    /// The first who matched.
    First,
}

/// The agent an action is written for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Owner {
    /// Who.
    pub agent: AgentId,
    /// The agent's Halo name.
    pub name: String,
    /// Why.
    pub rule: OwnerRule,
}

/// A technician of the session and who that is in Halo.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Technician {
    /// The name in the report.
    pub name: String,
    /// The match.
    pub matched: Match,
}

/// Where it goes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", tag = "kind")]
pub enum Destination {
    /// One action on the ticket.
    Ticket {
        /// Which.
        ticket: TicketId,
        /// The number was typed by a technician, not issued here.
        typed: bool,
    },
    /// One message in the open chat, and stored.
    Chat {
        /// Which.
        chat: ChatId,
    },
    /// Kept for linking by hand.
    Stored,
    /// Kept without transcript; see `reason`; replayable.
    Refused,
}

/// The decision.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Disposition {
    /// Where.
    pub destination: Destination,
    /// For whom the action is written.
    pub owner: Option<Owner>,
    /// Everybody who took part.
    pub technicians: Vec<Technician>,
    /// Why, as a sentence.
    pub reason: Message,
    /// The steps that led there.
    pub trace: Vec<Step>,
}

/// Decides.
#[must_use]
pub fn decide(session: &Session, context: &Context<'_>) -> Disposition {
    let _ = (session, context, ExternalKey::Empty);
    Disposition {
        destination: Destination::Stored,
        owner: None,
        technicians: Vec::new(),
        reason: Message::new("disposition.stored"),
        trace: Vec::new(),
    }
}
