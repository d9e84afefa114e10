//! Which finished session likely belongs to this ticket, and why? It only sorts and explains a list: a person links, and
//! nothing is ever linked by likelihood.

use super::{
    correlation::ExternalKey,
    disposition::Technician,
    names::{FoldedName, Nfkc},
    wording::Message,
    words::{AgentId, AssetId, TicketId, UnixSeconds, UserId},
};
use std::{cmp::Reverse, collections::BTreeSet};

/// A session belongs to what happened on the ticket so long before and after.
const NEAR: UnixSeconds = 12 * 3600;
/// A session that ended so long ago is what somebody who looks now is looking for.
const RECENT: UnixSeconds = 4 * 3600;

/// A device of the ticket.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Device {
    /// Which.
    pub id: Option<AssetId>,
    /// Its tag.
    pub tag: String,
    /// What it is called besides: host name, serial number.
    pub names: Vec<String>,
}

/// The ticket that a session is looked for, and who looks.
#[derive(Clone, Copy, Debug)]
pub struct Wanted<'a> {
    /// Which.
    pub ticket: TicketId,
    /// Its user; nobody for the General User.
    pub user: Option<UserId>,
    /// That user's name; may be empty.
    pub user_name: &'a str,
    /// The customer; may be empty.
    pub client: &'a str,
    /// The agent it is assigned to.
    pub agent: Option<AgentId>,
    /// Its devices.
    pub devices: &'a [Device],
    /// When it was logged.
    pub logged: Option<UnixSeconds>,
    /// When somebody did something on it last.
    pub acted: Option<UnixSeconds>,
    /// When it was closed.
    pub closed: Option<UnixSeconds>,
    /// Who looks.
    pub caller: AgentId,
    /// What is kept under this user is nobody's.
    pub default_user: Option<UserId>,
    /// Prefix of displayed ticket numbers.
    pub prefix: &'a str,
    /// Now.
    pub now: UnixSeconds,
    /// Normalisation.
    pub nfkc: Nfkc,
}

/// A session that may be the one.
#[derive(Clone, Copy, Debug, Default)]
pub struct Candidate<'a> {
    /// The external key as it stood.
    pub external_key: Option<&'a str>,
    /// The device it was opened from.
    pub asset: Option<AssetId>,
    /// The customers' host names.
    pub hosts: &'a [String],
    /// The Halo user it is kept under.
    pub user: Option<UserId>,
    /// That user's client.
    pub client: Option<&'a str>,
    /// The customer's name in BeyondTrust.
    pub customer: Option<&'a str>,
    /// Who took part on our side, and who that is in Halo.
    pub technicians: &'a [Technician],
    /// Beginning.
    pub started: Option<UnixSeconds>,
    /// End.
    pub ended: Option<UnixSeconds>,
}

/// How likely, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Likely {
    /// To sort by: a stronger reason outweighs all weaker ones together.
    pub rank: u32,
    /// The strongest first; never empty.
    pub reasons: Vec<Message>,
}

/// What speaks for a session; the weakest first, each worth more than all before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Reason {
    WhileOpen,
    Near,
    Recent,
    Client,
    Caller,
    Agent,
    Customer,
    User,
    Device,
    Key,
}

/// Why the session is likely the one; `None` when nothing but its time speaks for it, which it shares with too many.
#[must_use]
pub fn likely(wanted: &Wanted<'_>, session: &Candidate<'_>) -> Option<Likely> {
    let own: Vec<_> = [key(wanted, session), device(wanted, session), person(wanted, session)].into_iter().flatten().collect();
    let time = time(wanted, session);
    // Who took part says something only of sessions of this ticket's days: a technician has many.
    let soft = match time {
        Some((Reason::Recent | Reason::Near, _)) => colleagues(wanted, session),
        _ => Vec::new(),
    };
    if own.is_empty() && soft.is_empty() {
        return None;
    }
    let mut reasons: Vec<_> = own.into_iter().chain(soft).chain(time).collect();
    reasons.sort_by_key(|(reason, _)| Reverse(*reason));
    Some(Likely {
        rank: reasons.iter().map(|(reason, _)| 1 << *reason as u32).sum(),
        reasons: reasons.into_iter().map(|(_, message)| message).collect(),
    })
}

type Found = (Reason, Message);

fn key(wanted: &Wanted<'_>, session: &Candidate<'_>) -> Option<Found> {
    match ExternalKey::read(session.external_key, wanted.prefix) {
        ExternalKey::Typed { ticket } | ExternalKey::Ticket { ticket, .. } if ticket == wanted.ticket => {
            Some((Reason::Key, Message::new("likely.key").with("ticket", ticket)))
        }
        _ => None,
    }
}

fn device(wanted: &Wanted<'_>, session: &Candidate<'_>) -> Option<Found> {
    let hosts: BTreeSet<_> = session.hosts.iter().flat_map(|host| forms(host, wanted.nfkc)).collect();
    let named = |device: &&Device| {
        let told = std::iter::once(&device.tag).chain(&device.names);
        let opened = device.id.is_some() && device.id == session.asset;
        opened || told.flat_map(|name| forms(name, wanted.nfkc)).any(|form| hosts.contains(&form))
    };
    // Whatever the order of the devices: the first by its tag.
    let found = wanted.devices.iter().filter(named).min_by_key(|device| (&device.tag, device.id))?;
    let shown = std::iter::once(&found.tag).chain(&found.names).find(|name| !name.trim().is_empty());
    Some((Reason::Device, Message::new("likely.device").with("device", shown.map_or("", |name| name.trim()))))
}

/// A device's name as it stands, and without its domain.
fn forms(name: &str, nfkc: Nfkc) -> impl Iterator<Item = FoldedName> {
    // An address is no name with a domain behind it.
    let short = name.split('.').next().filter(|short| short.chars().any(char::is_alphabetic));
    [Some(name), short].into_iter().flatten().filter_map(move |name| FoldedName::new(name, nfkc))
}

fn person(wanted: &Wanted<'_>, session: &Candidate<'_>) -> Option<Found> {
    let user = wanted.user?;
    let message = |code: &str| Message::new(code).with("name", wanted.user_name);
    if session.user == Some(user) && wanted.default_user != Some(user) {
        return Some((Reason::User, message("likely.user")));
    }
    let folded = |name: &str| FoldedName::new(name, wanted.nfkc);
    let same = folded(wanted.user_name).is_some_and(|name| session.customer.and_then(folded) == Some(name));
    same.then(|| (Reason::Customer, message("likely.customer")))
}

/// The ticket's agent, who looks, and the customer's organisation.
fn colleagues(wanted: &Wanted<'_>, session: &Candidate<'_>) -> Vec<Found> {
    // Of somebody who reconnected under two names, the first by the alphabet.
    let of = |agent: AgentId| session.technicians.iter().filter(|one| one.agent() == Some(agent)).map(|one| one.name.as_str()).min();
    let agent = wanted.agent.and_then(of).map(|name| (Reason::Agent, Message::new("likely.agent").with("name", name)));
    let caller = of(wanted.caller).map(|_| (Reason::Caller, Message::new("likely.caller")));
    let folded = |name: &str| FoldedName::new(name, wanted.nfkc);
    let own = session.user.is_some() && session.user != wanted.default_user;
    let same = own && folded(wanted.client).is_some_and(|client| session.client.and_then(folded) == Some(client));
    let client = same.then(|| (Reason::Client, Message::new("likely.client").with("client", wanted.client)));
    [agent, caller, client].into_iter().flatten().collect()
}

/// How the session lies to what happened on the ticket.
fn time(wanted: &Wanted<'_>, session: &Candidate<'_>) -> Option<Found> {
    let ended = session.ended?;
    let started = session.started.unwrap_or(ended);
    if (0..=RECENT).contains(&wanted.now.saturating_sub(ended)) {
        return Some((Reason::Recent, Message::new("likely.recent").with("hours", RECENT / 3600)));
    }
    let near = |at: UnixSeconds| (started.saturating_sub(NEAR)..=ended.saturating_add(NEAR)).contains(&at);
    if wanted.logged.is_some_and(near) {
        return Some((Reason::Near, Message::new("likely.logged")));
    }
    if wanted.acted.is_some_and(near) {
        return Some((Reason::Near, Message::new("likely.acted")));
    }
    let open = wanted.logged.is_some_and(|logged| logged <= ended) && wanted.closed.is_none_or(|closed| started <= closed);
    open.then(|| (Reason::WhileOpen, Message::new("likely.whileOpen")))
}

#[cfg(test)]
mod tests;
