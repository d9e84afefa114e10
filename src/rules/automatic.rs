//! Whether a new ticket or an action sends an invite by itself, for whom and in whose name. Routing it is `routing`'s question,
//! what becomes of it without a queue `routing::automatic`'s; reading Halo and sending are the proxy's.

use super::{
    directory::Directory,
    failure::FailureKind,
    names::{FoldedName, Nfkc},
    settings::{Automatic, Settings},
    wording::Message,
    words::{AgentId, Channel, TeamQueue},
};
use serde::{Deserialize, Serialize};

/// Who did it in Halo.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum By {
    /// An agent.
    Agent(AgentId),
    /// The end user, on the portal or by mail.
    User,
}

/// A ticket that was logged, as far as the decision goes.
#[derive(Clone, Debug)]
pub struct Logged<'a> {
    /// Who logged it.
    pub by: By,
    /// Its type's number.
    pub kind: Option<u32>,
    /// Halo's own `default_sendremoteinvite` of that type.
    pub kind_sends: bool,
    /// What the mapped field "Send Remote Session Invitation" holds.
    pub send: Option<&'a str>,
    /// What the mapped field "Remote Session Technician/Channel" holds.
    pub channel: Option<&'a str>,
    /// Halo's own integration is connected and sends an invite of its own.
    pub native: bool,
}

/// An action that was added, as far as the decision goes.
#[derive(Clone, Debug)]
pub struct Added<'a> {
    /// Its outcome's number.
    pub outcome: Option<u32>,
    /// Who added it; nobody when Halo did.
    pub by: Option<AgentId>,
    /// It is one that we wrote: an invite must not beget an invite.
    pub ours: bool,
    /// What the mapped field "Remote Session Technician/Channel" holds.
    pub channel: Option<&'a str>,
}

/// What is done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", tag = "kind")]
pub enum Verdict {
    /// Nothing.
    None {
        /// Why.
        reason: Message,
    },
    /// No invite, and the ticket says why.
    Warn {
        /// Why.
        reason: Message,
    },
    /// An invite.
    Send {
        /// For whom; `None` is the default team.
        channel: Option<Channel>,
        /// In whose name; `None` is the system's.
        by: Option<AgentId>,
        /// What the note has to say about it.
        remark: Option<Message>,
    },
}

/// The decision and how it came about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// What is done.
    pub verdict: Verdict,
    /// The steps, in order.
    pub trace: Vec<Message>,
}

/// Decides about a new ticket.
#[must_use]
pub fn on_ticket(ticket: &Logged<'_>, directory: &Directory, settings: &Settings, nfkc: Nfkc) -> Decision {
    let mut trace = Vec::new();
    let chosen = &settings.automatic;
    let default = kind_sends(ticket, chosen, &mut trace);
    let none = |trace, code: &str| Decision { verdict: Verdict::None { reason: Message::new(code) }, trace };
    let by = match ticket.by {
        // On the portal nobody is asked: the type decides, and nobody has chosen a channel.
        By::User if !default => return none(trace, "automatic.typeOff"),
        By::User => None,
        By::Agent(_) if chosen.send_field.is_none() => return none(trace, "automatic.notSetUp"),
        By::Agent(agent) => {
            let typed = ticket.send.and_then(yes_or_no);
            trace.push(Message::new(match typed {
                Some(true) => "automatic.step.fieldOn",
                Some(false) => "automatic.step.fieldOff",
                None => "automatic.step.fieldBlank",
            }));
            if !typed.unwrap_or(default) {
                return none(trace, if typed.is_some() { "automatic.fieldOff" } else { "automatic.typeOff" });
            }
            Some(agent)
        }
    };
    if ticket.native {
        return Decision { verdict: Verdict::Warn { reason: Message::new("automatic.native") }, trace };
    }
    let (channel, remark) = match by {
        Some(_) => allowed(channel_of(ticket.channel, directory, nfkc, &mut trace), by, directory, settings),
        None => (None, None),
    };
    Decision { verdict: Verdict::Send { channel, by, remark }, trace }
}

/// Decides about an action.
#[must_use]
pub fn on_action(action: &Added<'_>, directory: &Directory, settings: &Settings, nfkc: Nfkc) -> Decision {
    let mut trace = Vec::new();
    let chosen = &settings.automatic;
    let none = |code: &str| Decision { verdict: Verdict::None { reason: Message::new(code) }, trace: Vec::new() };
    if chosen.invite_outcomes.is_empty() {
        return none("automatic.notSetUp");
    }
    if action.ours {
        return none("automatic.ours");
    }
    if !action.outcome.is_some_and(|outcome| chosen.invite_outcomes.contains(&outcome)) {
        return none("automatic.otherAction");
    }
    let (channel, remark) = if chosen.action_channel_field.is_some() {
        allowed(channel_of(action.channel, directory, nfkc, &mut trace), action.by, directory, settings)
    } else {
        (None, Some(Message::new("automatic.channelNotSetUp")))
    };
    Decision { verdict: Verdict::Send { channel, by: action.by, remark }, trace }
}

/// The mail's body: the action's own text, with the canned text below should it not name the session; else the template.
#[must_use]
pub fn body(own: Option<&str>, template: &str, canned: &str) -> String {
    match own.map(str::trim).filter(|own| !own.is_empty()) {
        None => template.to_owned(),
        Some(own) if super::settings::names_the_session(own, canned) => own.to_owned(),
        Some(own) => format!("{own}$REMOTEINVITE"),
    }
}

/// What the ticket's type says: our own choice for it, else Halo's default.
fn kind_sends(ticket: &Logged<'_>, chosen: &Automatic, trace: &mut Vec<Message>) -> bool {
    let ours = ticket.kind.and_then(|kind| chosen.types.get(&kind)).copied();
    let sends = ours.unwrap_or(ticket.kind_sends);
    trace.push(Message::new(match (ours.is_some(), sends) {
        (true, true) => "automatic.step.ourTypeOn",
        (true, false) => "automatic.step.ourTypeOff",
        (false, true) => "automatic.step.typeOn",
        (false, false) => "automatic.step.typeOff",
    }));
    sends
}

/// What a field that is a tick, a number or a word says; `None` when it says nothing.
fn yes_or_no(value: &str) -> Option<bool> {
    match value.trim().to_lowercase().as_str() {
        "" => None,
        "0" | "false" | "no" | "off" | "n" | "nein" | "aus" => Some(false),
        _ => Some(true),
    }
}

/// The agent or team a field names; one that names nobody, or several, is the default team's, and says so.
fn channel_of(value: Option<&str>, directory: &Directory, nfkc: Nfkc, trace: &mut Vec<Message>) -> (Option<Channel>, Option<Message>) {
    let Some(value) = value.map(str::trim).filter(|value| !value.is_empty()) else {
        trace.push(Message::new("automatic.step.channelBlank"));
        return (None, None);
    };
    let by_word = match value.split_once(':') {
        Some(("agent", id)) => id.trim().parse().ok().map(Channel::Agent),
        _ => value.parse::<TeamQueue>().ok().map(Channel::Team),
    };
    let fitting: Vec<Channel> = match (by_word, FoldedName::new(value, nfkc)) {
        (Some(channel), _) => Vec::from_iter(directory.name_of(channel).map(|_| channel)),
        (None, Some(name)) => {
            let is = |other: &str| FoldedName::new(other, nfkc).as_ref() == Some(&name);
            let agents = directory.agents.iter().filter(|agent| !agent.disabled && !agent.is_unassigned() && is(&agent.name));
            let teams = directory.teams.iter().filter(|team| is(team.shown_name()));
            agents.map(|agent| Channel::Agent(agent.id)).chain(teams.map(|team| Channel::Team(team.queue))).collect()
        }
        (None, None) => Vec::new(),
    };
    match fitting.as_slice() {
        [channel] => {
            trace.push(Message::new("automatic.step.channel").with("name", directory.name_of(*channel).unwrap_or(value)));
            (Some(*channel), None)
        }
        several => {
            let code = if several.is_empty() { "automatic.channelUnknown" } else { "automatic.channelAmbiguous" };
            let remark = Message::new(code).with("name", value);
            trace.push(remark.clone());
            (None, Some(remark))
        }
    }
}

/// An agent who may invite for nobody else does not do so with a field either: it is the default team's then, and says so. What
/// the system chose, an administrator did.
fn allowed(
    (channel, remark): (Option<Channel>, Option<Message>),
    by: Option<AgentId>,
    directory: &Directory,
    settings: &Settings,
) -> (Option<Channel>, Option<Message>) {
    match by.map(|agent| directory.may_choose(channel, agent, settings)) {
        Some(Err(failure)) if failure.kind == FailureKind::OtherAgentsOff => {
            (None, Some(Message { code: "automatic.othersOff".to_owned(), args: failure.args }))
        }
        _ => (channel, remark),
    }
}

#[cfg(test)]
mod tests;
