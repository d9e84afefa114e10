//! Who of a session's technicians is who in Halo, and which of them owns the action. Where it goes is decided elsewhere.

use super::{Context, Decision, Owner, OwnerRule, Technician};
use crate::rules::{
    names::Match,
    report::{Session, SessionRepresentative},
    wording::Message,
    words::AgentId,
};
use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet},
};

impl Decision<'_> {
    /// Who took part, and who that is in Halo. Invited guests have no account and are nobody in Halo.
    pub(super) fn technicians(&mut self, session: &Session) -> Vec<Technician> {
        let Context { agents, nfkc, .. } = *self.context;
        let mut technicians = Vec::with_capacity(session.representatives.len());
        for representative in &session.representatives {
            let name = representative.shown_name().to_owned();
            let (matched, step) = if representative.invited {
                (Match::None { nearest: Vec::new() }, Message::new("names.step.invited").with("name", &name))
            } else {
                let matched = agents.find(&representative.names, nfkc);
                let step = matched.step(&name, agents);
                (matched, step)
            };
            self.step(step);
            technicians.push(Technician { name, matched });
        }
        technicians
    }

    /// The primary representative if matched, else the one with most time, else the first who joined. Nobody when that
    /// would depend on who an ambiguous name is.
    pub(super) fn owner(&mut self, session: &Session, technicians: &[Technician]) -> Option<Owner> {
        let people = || session.representatives.iter().zip(technicians);
        let primary: BTreeSet<_> = people()
            .filter(|(representative, _)| is_primary(session, representative))
            .filter_map(|(_, technician)| technician.agent())
            .collect();
        let (agent, rule, step) = if let (Some(agent), 1) = (primary.first(), primary.len()) {
            (*agent, OwnerRule::Primary, Message::new("disposition.step.owner.primary"))
        } else {
            if technicians.iter().any(|technician| matches!(technician.matched, Match::Ambiguous { .. })) {
                return None;
            }
            // Somebody who reconnects is listed once per connection; numbers grow as people join.
            let mut involved = BTreeMap::<AgentId, (u64, Reverse<u64>)>::new();
            for (representative, technician) in people() {
                let Some(agent) = technician.agent() else { continue };
                let joined = representative.gsnumber.as_deref().and_then(|number| number.parse().ok()).unwrap_or(u64::MAX);
                let (seconds, first) = involved.entry(agent).or_insert((0, Reverse(joined)));
                *seconds = seconds.saturating_add(representative.seconds_involved);
                *first = (*first).max(Reverse(joined));
            }
            let (agent, (most, _)) = involved.iter().max_by_key(|(agent, involved)| (**involved, Reverse(**agent)))?;
            match involved.values().filter(|(seconds, _)| seconds == most).count() {
                1 if *most > 0 => (*agent, OwnerRule::MostInvolved, Message::new("disposition.step.owner.mostInvolved")),
                _ => (*agent, OwnerRule::First, Message::new("disposition.step.owner.first")),
            }
        };
        let name = self.context.agents.name(agent).to_owned();
        self.step(step.with("agent", &name));
        Some(Owner { agent, name, rule })
    }
}

/// The session's primary representative; appliances that name none mark the owner.
fn is_primary(session: &Session, representative: &SessionRepresentative) -> bool {
    match &session.primary_representative {
        Some(gsnumber) => representative.gsnumber.as_ref() == Some(gsnumber),
        None => representative.owner,
    }
}
