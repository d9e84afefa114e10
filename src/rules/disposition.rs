//! Where a session's details go, and why. Writing them is the proxy's business; what they say is `note`'s.

mod ownership;

use super::{
    correlation::{Code, ExternalKey},
    names::{FoldedName, Match, NameIndex, Nfkc},
    report::Session,
    routing::Step,
    settings::Settings,
    wording::Message,
    words::{AgentId, ChatId, TicketId, UserId},
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
    /// Halo's agents by name, overrides applied.
    pub agents: &'a NameIndex,
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

/// Decides. The order in which the report lists people makes no difference.
#[must_use]
pub fn decide(session: &Session, context: &Context<'_>) -> Disposition {
    let mut decision = Decision { context, trace: Vec::new() };
    let technicians = decision.technicians(session);
    let owner = decision.owner(session, &technicians);
    let key = ExternalKey::read(session.external_key.as_deref(), &context.settings.ticket_prefix);
    let issued = decision.issued(&key);
    let (destination, reason) = decision
        .of_other_teams(session, issued)
        .or_else(|| decision.not_issued_here(&key, issued))
        .or_else(|| decision.without_owner(&technicians, owner.as_ref()))
        .unwrap_or_else(|| decision.place(&key, issued));
    Disposition { destination, owner, technicians, reason, trace: decision.trace }
}

/// Under whom and what a session is kept for linking.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptAs {
    /// The session's user, else the Default User; nobody when none is chosen.
    pub user: Option<UserId>,
    /// The chat's name, else "Remote Session".
    pub name: String,
}

/// The guide's name for a session without a chat.
const REMOTE_SESSION: &str = "Remote Session";

/// Under whom and what a session is kept. `user` is nobody for anonymous chats and for tickets of the General User.
#[must_use]
pub fn kept_as(user: Option<UserId>, chat: Option<&ChatState>, settings: &Settings) -> KeptAs {
    let name = chat.and_then(|chat| chat.name.as_deref()).map(str::trim).filter(|name| !name.is_empty());
    KeptAs { user: user.or(settings.default_user), name: name.unwrap_or(REMOTE_SESSION).to_owned() }
}

/// A decision on its way: what was considered so far.
struct Decision<'a> {
    context: &'a Context<'a>,
    trace: Vec<Step>,
}

type Outcome = (Destination, Message);

impl Decision<'_> {
    fn step(&mut self, message: Message) {
        self.trace.push(Step(message));
    }

    /// Whether the key's code is one of ours; says what the key is.
    fn issued(&mut self, key: &ExternalKey) -> bool {
        let issued = self.context.issued.filter(|issued| Some(&issued.code) == key.code());
        let step = match (key, issued) {
            (ExternalKey::Ticket { ticket, code }, Some(issued)) if issued.ticket != Some(*ticket) => {
                Message::new("disposition.step.codeMoved").with("code", code)
            }
            (ExternalKey::Chat { chat, code }, Some(issued)) if issued.chat != Some(*chat) => {
                Message::new("disposition.step.codeMoved").with("code", code)
            }
            (ExternalKey::Ticket { code, .. } | ExternalKey::Chat { code, .. } | ExternalKey::Asset { code, .. }, Some(_)) => {
                Message::new("disposition.step.codeIssued").with("code", code)
            }
            (ExternalKey::Ticket { code, .. } | ExternalKey::Chat { code, .. } | ExternalKey::Asset { code, .. }, None) => {
                Message::new("disposition.step.codeUnknown").with("code", code)
            }
            (ExternalKey::Typed { ticket }, _) => Message::new("disposition.step.keyTyped").with("ticket", ticket),
            (ExternalKey::Other { text }, _) => Message::new("disposition.step.keyOther").with("key", text),
            (ExternalKey::Empty, _) => Message::new("disposition.step.keyEmpty"),
        };
        self.step(step);
        issued.is_some()
    }

    /// Refused when only some teams' sessions are recorded and none of them took part.
    fn of_other_teams(&mut self, session: &Session, issued: bool) -> Option<Outcome> {
        let ours = &self.context.settings.session_teams;
        let folded = |name: &String| FoldedName::new(name, self.context.nfkc);
        let took_part = |our: &String| folded(our).is_some_and(|our| session.teams.iter().any(|team| folded(team).as_ref() == Some(&our)));
        if issued || ours.is_empty() || ours.iter().any(took_part) {
            return None;
        }
        let reason = match session.teams.join(", ") {
            none if none.is_empty() => Message::new("disposition.noTeam"),
            teams => Message::new("disposition.otherTeam").with("teams", teams),
        };
        Some((Destination::Refused, reason))
    }

    /// Refused when only generated sessions are accepted and this one was not.
    fn not_issued_here(&mut self, key: &ExternalKey, issued: bool) -> Option<Outcome> {
        if issued || !self.context.settings.only_generated {
            return None;
        }
        self.step(Message::new("disposition.step.onlyGenerated"));
        let reason = match key {
            ExternalKey::Empty => Message::new("disposition.notIssuedHereNoKey"),
            key => Message::new("disposition.notIssuedHere").with("key", key),
        };
        Some((Destination::Refused, reason))
    }

    /// Refused when nobody can own it.
    fn without_owner(&self, technicians: &[Technician], owner: Option<&Owner>) -> Option<Outcome> {
        if owner.is_some() {
            return None;
        }
        let ambiguous = technicians.iter().find_map(|technician| match &technician.matched {
            Match::Ambiguous { candidates } => Some((&technician.name, candidates)),
            _ => None,
        });
        let reason = match ambiguous {
            Some((name, candidates)) => {
                Message::new("disposition.ambiguous").with("name", name).with("candidates", self.context.agents.names(candidates))
            }
            None if technicians.is_empty() => Message::new("disposition.noTechnicianAtAll"),
            None => {
                let names = technicians.iter().map(|technician| technician.name.as_str()).collect::<Vec<_>>().join(", ");
                Message::new("disposition.noTechnician").with("names", names)
            }
        };
        Some((Destination::Refused, reason))
    }

    /// Linked ticket, chat with a ticket, open chat, else stored.
    fn place(&mut self, key: &ExternalKey, issued: bool) -> Outcome {
        match key {
            ExternalKey::Ticket { ticket, .. } if issued => {
                let moved = self.context.issued.is_some_and(|issued| issued.ticket != Some(*ticket));
                let reason = Message::new(if moved { "disposition.ticketMoved" } else { "disposition.ticket" });
                self.ticket(*ticket, false, reason.with("ticket", ticket))
            }
            ExternalKey::Typed { ticket } => self.ticket(*ticket, true, Message::new("disposition.ticketTyped").with("ticket", ticket)),
            ExternalKey::Chat { chat, .. } if issued => self.chat(*chat),
            ExternalKey::Asset { asset, .. } if issued => {
                (Destination::Stored, Message::new("disposition.storedAsset").with("asset", asset))
            }
            ExternalKey::Ticket { code, .. } | ExternalKey::Chat { code, .. } | ExternalKey::Asset { code, .. } => {
                (Destination::Stored, Message::new("disposition.storedNotIssued").with("code", code))
            }
            ExternalKey::Other { .. } | ExternalKey::Empty => (Destination::Stored, Message::new("disposition.stored")),
        }
    }

    fn chat(&mut self, chat: ChatId) -> Outcome {
        match self.context.chat {
            Some(ChatState { ticket: Some(ticket), .. }) => {
                self.step(Message::new("disposition.step.chatTicket").with("chat", chat).with("ticket", ticket));
                self.ticket(*ticket, false, Message::new("disposition.chatTicket").with("chat", chat).with("ticket", ticket))
            }
            Some(ChatState { open: true, .. }) => {
                self.step(Message::new("disposition.step.chatOpen").with("chat", chat));
                (Destination::Chat { chat }, Message::new("disposition.chat").with("chat", chat))
            }
            Some(_) => {
                self.step(Message::new("disposition.step.chatClosed").with("chat", chat));
                (Destination::Stored, Message::new("disposition.storedChatEnded").with("chat", chat))
            }
            None => {
                self.step(Message::new("disposition.step.chatUnknown").with("chat", chat));
                (Destination::Stored, Message::new("disposition.stored"))
            }
        }
    }

    fn ticket(&mut self, ticket: TicketId, typed: bool, reason: Message) -> Outcome {
        if self.context.settings.add_automatically {
            return (Destination::Ticket { ticket, typed }, reason);
        }
        self.step(Message::new("disposition.step.addingOff"));
        (Destination::Stored, Message::new("disposition.storedAddingOff"))
    }
}

impl Technician {
    /// The agent, when exactly one fits.
    #[must_use]
    pub const fn agent(&self) -> Option<AgentId> {
        match self.matched {
            Match::Matched { agent, .. } => Some(agent),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests;
