//! Sessions: a customer uses a key or the public portal, technicians join, talk, send files and add notes, and it ends. What is
//! told of it (report, pages, ledger) is made elsewhere from the log that is kept here.

use super::{
    State, events,
    people::{Queue, representative_id},
};
use crate::{now_ms, random_hex};
use serde::Deserialize;

pub(crate) struct Session {
    pub(super) lsid: String,
    pub(super) lseq: usize,
    pub(super) external_key: String,
    pub(super) queue: Queue,
    pub(super) queue_name: String,
    pub(super) customer: String,
    pub(super) started: i64,
    pub(super) ended: Option<i64>,
    /// When it ended by the real clock, for the report's lag.
    pub(super) ended_ms: Option<i64>,
    pub(super) members: Vec<Member>,
    /// Who owns it, by place in `members`.
    pub(super) owner: Option<usize>,
    pub(super) log: Vec<Entry>,
}

/// A representative's stay in a session; coming back is another one. Names are those of that time.
pub(super) struct Member {
    pub(super) id: u32,
    pub(super) gsnumber: usize,
    pub(super) username: String,
    pub(super) display: String,
    pub(super) public: String,
    pub(super) private: String,
    pub(super) invited: bool,
    pub(super) joined: i64,
    pub(super) left: Option<i64>,
}

/// The customer's connection number. The system's is 0.
pub(super) const CUSTOMER: usize = 21;

/// Somebody in the log.
#[derive(Clone, Debug)]
pub(super) enum Party {
    /// The appliance itself, or a queue by its name.
    System(String),
    Customer,
    /// By place in `members`.
    Member(usize),
}

/// What happened; the report's `event_type`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum What {
    SessionStart,
    OwnerChanged,
    MemberAdded,
    MemberDeparted,
    Queued,
    Chat,
    File,
    Note,
    ExternalKey,
    SessionEnd,
}

pub(super) struct Entry {
    pub(super) at: i64,
    pub(super) what: What,
    pub(super) by: Option<Party>,
    pub(super) to: Option<Party>,
    /// What was said, noted, or the file's name.
    pub(super) text: String,
    pub(super) bytes: u64,
}

/// What somebody does in a session; exactly one of the first seven. People are `customer` or `rep:<id>`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Step {
    join: Option<String>,
    leave: Option<String>,
    /// Makes somebody present the owner.
    hand_over: Option<String>,
    say: Option<String>,
    note: Option<String>,
    file: Option<String>,
    /// A technician types an external key.
    external_key: Option<String>,
    bytes: Option<u64>,
    by: Option<String>,
    to: Option<String>,
    /// Seconds that a played session takes for this step.
    pub(super) wait: Option<i64>,
}

impl Step {
    /// Somebody joins.
    pub(super) fn joining(who: &str) -> Self {
        Self { join: Some(who.to_owned()), ..Self::default() }
    }
}

type Outcome = Result<(), String>;

impl Session {
    pub(super) fn note(&mut self, at: i64, what: What, by: Option<Party>, to: Option<Party>, text: &str) {
        self.log.push(Entry { at, what, by, to, text: text.to_owned(), bytes: 0 });
    }

    /// Where somebody who is present stands in `members`.
    fn place(&self, who: &str) -> Result<usize, String> {
        let id = representative_id(who).ok_or_else(|| format!("nobody is called {who}"))?;
        self.members
            .iter()
            .position(|member| member.id == id && member.left.is_none())
            .ok_or_else(|| format!("{who} is not in this session"))
    }

    fn party(&self, who: &str) -> Result<Party, String> {
        if who == "customer" { Ok(Party::Customer) } else { self.place(who).map(Party::Member) }
    }

    fn own(&mut self, at: i64, by: Option<usize>, owner: usize) {
        self.owner = Some(owner);
        let name = self.members[owner].private.clone();
        self.note(at, What::OwnerChanged, by.map(Party::Member), Some(Party::Member(owner)), &name);
    }

    fn depart(&mut self, at: i64, place: usize) {
        self.members[place].left = Some(at);
        self.note(at, What::MemberDeparted, None, Some(Party::Member(place)), "");
    }
}

/// A customer arrives; answers the lsid.
pub(super) fn start(state: &mut State, external_key: &str, queue: Queue, customer: &str, at: i64) -> String {
    let lsid = random_hex(16);
    let mut session = Session {
        lsid: lsid.clone(),
        lseq: 1000 + state.sessions.len(),
        external_key: external_key.to_owned(),
        queue_name: state.people.queue_name(&queue),
        queue,
        customer: customer.to_owned(),
        started: at,
        ended: None,
        ended_ms: None,
        members: Vec::new(),
        owner: None,
        log: Vec::new(),
    };
    let queue = Some(Party::System(session.queue_name.clone()));
    session.note(at, What::SessionStart, None, None, "");
    session.note(at, What::OwnerChanged, None, Some(Party::System("Pre-start Conference".to_owned())), "Pre-start Conference");
    session.note(at, What::MemberAdded, Some(Party::Customer), None, "");
    session.note(at, What::Queued, None, queue, "");
    state.sessions.push(session);
    events::announce(state, at, "support_conference_begin", &lsid, external_key, &[]);
    let customer =
        [("conference_id", "1"), ("conference_name", customer), ("type", "customer"), ("name", customer), ("display_name", customer)];
    events::announce(state, at, "support_conference_member_added", &lsid, external_key, &customer);
    lsid
}

/// One step of a session that runs.
pub(super) fn step(state: &mut State, lsid: &str, step: &Step, at: i64) -> Outcome {
    let joins = match &step.join {
        Some(who) => {
            let id = representative_id(who).ok_or_else(|| format!("nobody is called {who}"))?;
            Some((id, state.people.representatives.get(&id).cloned().ok_or_else(|| format!("there is no {who}"))?))
        }
        None => None,
    };
    let session = running(state, lsid)?;
    let owner_before = session.owner;
    let mut told = Vec::new();
    if let Some((id, one)) = joins {
        if session.place(&format!("rep:{id}")).is_ok() {
            return Err(format!("{} is in this session already", one.private));
        }
        let gsnumber = CUSTOMER + 1 + session.members.len();
        let invited = one.kind == "Invited";
        let (username, display, public, private) = (one.username, one.display, one.public, one.private);
        session.members.push(Member { id, gsnumber, username, display, public, private, invited, joined: at, left: None });
        let place = session.members.len() - 1;
        session.note(at, What::MemberAdded, Some(Party::Member(place)), None, "");
        if session.owner.is_none_or(|owner| session.members[owner].left.is_some()) {
            session.own(at, Some(place), place);
        }
        told.push(("support_conference_member_added", place));
    } else if let Some(who) = &step.leave {
        let place = session.place(who)?;
        session.depart(at, place);
        let heir = session.members.iter().position(|member| member.left.is_none());
        if let Some(heir) = heir.filter(|_| session.owner == Some(place)) {
            session.own(at, None, heir);
        }
        told.push(("support_conference_member_departed", place));
    } else if let Some(who) = &step.hand_over {
        let place = session.place(who)?;
        session.own(at, session.owner, place);
    } else {
        spoken(session, step, at)?;
    }
    if session.owner != owner_before {
        told.extend(session.owner.map(|place| ("support_conference_owner_changed", place)));
    }
    tell(state, at, lsid, &told);
    Ok(())
}

/// Chat, note, file, key.
fn spoken(session: &mut Session, step: &Step, at: i64) -> Outcome {
    let speaker = step.by.as_deref().unwrap_or("customer");
    let by = session.party(speaker)?;
    let others = match (&by, session.owner) {
        (Party::Member(_), _) => Party::Customer,
        (_, Some(owner)) if session.members[owner].left.is_none() => Party::Member(owner),
        _ => Party::System(session.queue_name.clone()),
    };
    let to = step.to.as_deref().map(|to| session.party(to)).transpose()?.unwrap_or(others);
    if let Some(text) = &step.say {
        session.note(at, What::Chat, Some(by), Some(to), text);
    } else if let Some(text) = &step.note {
        session.note(at, What::Note, Some(by), None, text);
    } else if let Some(name) = &step.file {
        let bytes = step.bytes.unwrap_or(0);
        session.log.push(Entry { at, what: What::File, by: Some(by), to: Some(to), text: name.clone(), bytes });
    } else if let Some(key) = &step.external_key {
        session.external_key.clone_from(key);
        session.note(at, What::ExternalKey, Some(by), None, key);
    } else if step.wait.is_none() {
        return Err("the step says nothing to do".to_owned());
    }
    Ok(())
}

/// Announces what happened to representatives.
fn tell(state: &mut State, at: i64, lsid: &str, told: &[(&str, usize)]) {
    for (event, place) in told {
        let Some(session) = state.sessions.iter().find(|session| session.lsid == lsid) else { continue };
        let member = &session.members[*place];
        let (external_key, customer, id) = (session.external_key.clone(), session.customer.clone(), member.id.to_string());
        let (private, public, username) = (member.private.clone(), member.public.clone(), member.username.clone());
        let fields = [
            ("conference_id", "1"),
            ("conference_name", customer.as_str()),
            ("type", "representative"),
            ("name", &private),
            ("display_name", &public),
            ("username", &username),
            ("user_id", &id),
        ];
        events::announce(state, at, event, lsid, &external_key, &fields);
    }
}

/// The session ends: everybody leaves, the end is announced.
pub(super) fn end(state: &mut State, lsid: &str, at: i64) -> Outcome {
    let session = running(state, lsid)?;
    // A session of no length would hide mistakes about durations.
    let at = at.max(session.started + 1);
    session.ended = Some(at);
    session.ended_ms = Some(now_ms());
    let present: Vec<usize> = (0..session.members.len()).filter(|place| session.members[*place].left.is_none()).collect();
    for place in &present {
        session.depart(at, *place);
    }
    session.note(at, What::MemberDeparted, None, Some(Party::Customer), "");
    session.note(at, What::SessionEnd, None, None, "");
    let external_key = session.external_key.clone();
    let left: Vec<_> = present.iter().map(|place| ("support_conference_member_departed", *place)).collect();
    tell(state, at, lsid, &left);
    events::announce(state, at, events::SESSION_END, lsid, &external_key, &[]);
    Ok(())
}

fn running<'a>(state: &'a mut State, lsid: &str) -> Result<&'a mut Session, String> {
    let session = state.sessions.iter_mut().find(|session| session.lsid == lsid).ok_or("there is no such session")?;
    if session.ended.is_some() { Err("the session has ended".to_owned()) } else { Ok(session) }
}

/// A customer uses a key: the session it began goes on, or a new one begins.
pub(super) fn use_key(state: &mut State, key: usize, customer: &str, at: i64) -> Result<String, String> {
    let now = state.now();
    let key = &mut state.keys[key];
    if key.expires <= now {
        return Err("This session key has expired.".to_owned());
    }
    let goes_on = |lsid: &&String| state.sessions.iter().any(|session| session.lsid == **lsid && session.ended.is_none());
    if let Some(lsid) = key.lsid.as_ref().filter(goes_on) {
        return Ok(lsid.clone());
    }
    let (external_key, queue, short_key) = (key.external_key.clone(), key.queue.clone(), key.short_key.clone());
    let lsid = start(state, &external_key, queue, customer, at);
    if let Some(key) = state.keys.iter_mut().find(|key| key.short_key == short_key) {
        key.lsid = Some(lsid.clone());
    }
    Ok(lsid)
}
