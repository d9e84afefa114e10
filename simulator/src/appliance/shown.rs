//! A session as the pages and the ledger show it (JSON of our own, no vendor's). Private talk is marked; leaving it out for the
//! customer is done here too.

use super::{
    State,
    sessions::{Entry, Party, Session, What},
};
use crate::iso;
use serde_json::{Value, json};

/// For whom it is shown.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum View {
    /// Sees everything, under private names.
    Technician,
    /// Sees what was said to all, under public names.
    Customer,
}

/// Sessions a representative is in.
pub(super) fn sessions_of(state: &State, id: &str) -> usize {
    let present = |session: &Session| session.members.iter().any(|one| one.left.is_none() && one.id.to_string() == id);
    state.sessions.iter().filter(|session| session.ended.is_none() && present(session)).count()
}

/// `waiting`, `active` or `ended`.
pub(super) fn stage(session: &Session) -> &'static str {
    match session.ended {
        Some(_) => "ended",
        None if session.members.iter().all(|member| member.left.is_some()) => "waiting",
        None => "active",
    }
}

/// The session.
pub(super) fn session(session: &Session, view: View) -> Value {
    let present = session.members.iter().filter(|member| member.left.is_none());
    let lines: Vec<Value> = session.log.iter().filter_map(|entry| line(session, entry, view)).collect();
    let mut shown = json!({
        "lsid": session.lsid, "state": stage(session), "queue": session.queue_name, "customer": session.customer, "lines": lines,
        "started": iso(session.started), "ended": session.ended.map(iso),
    });
    if view == View::Customer {
        shown["representatives"] = present.map(|member| json!(member.public)).collect();
        return shown;
    }
    let of = |what: What| session.log.iter().filter(move |entry| entry.what == what);
    let by = |entry: &Entry| entry.by.as_ref().map(|party| name(session, party, view));
    shown["external_key"] = json!(session.external_key);
    shown["representatives"] = present.map(|member| json!({"id": member.id, "name": member.private})).collect();
    shown["files"] = of(What::File).map(|entry| json!({"name": entry.text, "bytes": entry.bytes, "by": by(entry)})).collect();
    shown["notes"] = of(What::Note).map(|entry| json!({"text": entry.text, "by": by(entry)})).collect();
    shown
}

fn name(session: &Session, party: &Party, view: View) -> String {
    match party {
        Party::System(name) => name.clone(),
        Party::Customer => session.customer.clone(),
        Party::Member(place) if view == View::Customer => session.members[*place].public.clone(),
        Party::Member(place) => session.members[*place].private.clone(),
    }
}

/// A line of the chat; comings and goings are lines of the system.
fn line(session: &Session, entry: &Entry, view: View) -> Option<Value> {
    let system = |text: String| json!({"by": "", "role": "system", "to": null, "text": text, "at": iso(entry.at)});
    let (by, to) = (entry.by.as_ref(), entry.to.as_ref());
    match (entry.what, by, to) {
        (What::MemberAdded, Some(who), _) => Some(system(format!("{} joined", name(session, who, view)))),
        (What::MemberDeparted, _, Some(who)) => Some(system(format!("{} left", name(session, who, view)))),
        (What::File, Some(who), _) => Some(system(format!("{} sent the file {}", name(session, who, view), entry.text))),
        (What::Chat, Some(who), _) => {
            let role = if matches!(who, Party::Customer) { "customer" } else { "representative" };
            let privately = match (who, to) {
                (Party::Member(_), Some(Party::Member(place))) => Some(format!("rep:{}", session.members[*place].id)),
                _ => None,
            };
            if privately.is_some() && view == View::Customer {
                return None;
            }
            Some(json!({"by": name(session, who, view), "role": role, "to": privately, "text": entry.text, "at": iso(entry.at)}))
        }
        _ => None,
    }
}
