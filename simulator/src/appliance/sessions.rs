//! Sessions: a customer uses a key or the public portal, technicians join, talk, send files, add notes, and it ends.

use super::{State, events};
use crate::{now_ms, random_hex};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

pub(crate) struct Session {
    pub(super) lsid: String,
    pub(super) lseq: usize,
    pub(super) external_key: String,
    pub(super) queue: String,
    pub(super) customer: String,
    pub(super) started: i64,
    pub(super) ended: Option<i64>,
    pub(super) ended_ms: Option<i64>,
    pub(super) members: Vec<Member>,
    pub(super) owner: Option<u32>,
    pub(super) log: Vec<Entry>,
}

/// A representative's time in a session.
pub(super) struct Member {
    pub(super) id: u32,
    pub(super) gsnumber: usize,
    pub(super) joined: i64,
    pub(super) left: Option<i64>,
}

/// Customer's connection number; the system's is 0.
pub(super) const CUSTOMER: usize = 22;

pub(super) struct Entry {
    pub(super) at: i64,
    pub(super) step: Step,
}

/// What somebody does in a session.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub(super) struct Step {
    pub(super) join: Option<String>,
    pub(super) leave: Option<String>,
    pub(super) say: Option<String>,
    pub(super) note: Option<String>,
    pub(super) file: Option<String>,
    pub(super) bytes: Option<u64>,
    pub(super) by: Option<String>,
    pub(super) to: Option<String>,
}

pub(super) fn representative_of(text: &str) -> Option<u32> {
    text.strip_prefix("rep:").and_then(|id| id.parse().ok())
}

/// Sessions a representative is in.
pub(super) fn running(state: &State, id: u32) -> usize {
    state
        .sessions
        .iter()
        .filter(|session| session.ended.is_none() && session.members.iter().any(|one| one.id == id && one.left.is_none()))
        .count()
}

/// A customer arrives; answers the lsid. Announces the session's start.
pub(super) fn start(state: &mut State, external_key: &str, queue: &str, customer: &str) -> String {
    let lsid = random_hex(16);
    let now = now_ms() / 1000;
    state.sessions.push(Session {
        lsid: lsid.clone(),
        lseq: 1000 + state.sessions.len(),
        external_key: external_key.to_owned(),
        queue: queue.to_owned(),
        customer: customer.to_owned(),
        started: now,
        ended: None,
        ended_ms: None,
        members: Vec::new(),
        owner: None,
        log: Vec::new(),
    });
    events::announce(state, "support_conference_begin", &lsid, &[]);
    events::announce(
        state,
        "support_conference_member_added",
        &lsid,
        &[("type", "customer"), ("name", customer), ("display_name", customer)],
    );
    lsid
}

/// One step of a session that runs.
pub(super) fn step(state: &mut State, lsid: &str, step: Step) -> Result<(), String> {
    let names = |state: &State, id: u32| state.representatives.get(&id).map(|one| (one.private.clone(), one.public.clone()));
    let now = now_ms() / 1000;
    let mut announced = Vec::new();
    let who = step
        .join
        .as_deref()
        .or(step.leave.as_deref())
        .map(|text| representative_of(text).ok_or("no such representative".to_owned()))
        .transpose()?;
    let name = who.and_then(|id| names(state, id));
    if who.is_some() && name.is_none() {
        return Err("no such representative".to_owned());
    }
    let session =
        state.sessions.iter_mut().find(|session| session.lsid == lsid && session.ended.is_none()).ok_or("The session is not active.")?;
    if let Some(id) = who {
        if step.join.is_some() {
            let gsnumber = 30 + session.members.len();
            session.members.push(Member { id, gsnumber, joined: now, left: None });
            session.owner.get_or_insert(id);
            announced.push(("support_conference_member_added", id));
        } else {
            for member in session.members.iter_mut().filter(|member| member.id == id && member.left.is_none()) {
                member.left = Some(now);
            }
            if session.owner == Some(id) {
                session.owner = session.members.iter().find(|member| member.left.is_none()).map(|member| member.id).or(Some(id));
            }
            announced.push(("support_conference_member_departed", id));
        }
    }
    session.log.push(Entry { at: now, step });
    for (event, id) in announced {
        if let Some((private, public)) = names(state, id) {
            let id = id.to_string();
            events::announce(
                state,
                event,
                lsid,
                &[("type", "representative"), ("name", &private), ("display_name", &public), ("user_id", &id)],
            );
        }
    }
    Ok(())
}

/// The session ends: everybody leaves, the end is announced.
pub(super) fn end(state: &mut State, lsid: &str) -> Result<(), String> {
    let now = now_ms();
    let session =
        state.sessions.iter_mut().find(|session| session.lsid == lsid && session.ended.is_none()).ok_or("The session is not active.")?;
    // A session of no length would hide mistakes about durations.
    let end = (now / 1000).max(session.started + 1);
    session.ended = Some(end);
    session.ended_ms = Some(now);
    for member in session.members.iter_mut().filter(|member| member.left.is_none()) {
        member.left = Some(end);
    }
    events::announce(state, "support_conference_end", lsid, &[]);
    Ok(())
}

/// A session for the console and the ledger.
pub(super) fn shown(state: &State, session: &Session) -> Value {
    let name = |by: &str| match representative_of(by) {
        Some(id) => state.representatives.get(&id).map(|one| one.private.clone()).unwrap_or_default(),
        None => session.customer.clone(),
    };
    let role = |by: &str| if representative_of(by).is_some() { "representative" } else { "customer" };
    let by = |entry: &Entry| entry.step.by.clone().unwrap_or_default();
    let lines = session.log.iter().filter_map(|entry| {
        let text = entry.step.say.as_ref()?;
        Some(json!({"by": name(&by(entry)), "role": role(&by(entry)), "to": entry.step.to.as_deref().map(name), "text": text, "at": crate::iso(entry.at)}))
    });
    let files = session
        .log
        .iter()
        .filter_map(|entry| Some(json!({"name": entry.step.file.as_ref()?, "bytes": entry.step.bytes, "by": name(&by(entry))})));
    let notes = session.log.iter().filter_map(|entry| Some(json!({"text": entry.step.note.as_ref()?, "by": name(&by(entry))})));
    let present = session.members.iter().filter(|member| member.left.is_none());
    let stage = match (session.ended, session.members.is_empty()) {
        (Some(_), _) => "ended",
        (None, true) => "waiting",
        (None, false) => "active",
    };
    json!({
        "lsid": session.lsid, "state": stage, "queue": session.queue, "customer": session.customer, "external_key": session.external_key,
        "representatives": present.map(|member| json!({"id": member.id, "name": name(&format!("rep:{}", member.id))})).collect::<Vec<_>>(),
        "lines": lines.collect::<Vec<_>>(), "files": files.collect::<Vec<_>>(), "notes": notes.collect::<Vec<_>>(),
    })
}
