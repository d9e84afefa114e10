//! The link panel's view model: everything worded, so that the template only places it.

use super::{Deed, State};
use crate::{
    api::{SessionFacts, SessionState, SessionSummary},
    rules::{failure::Failure, wording::Message, words::Lsid},
    views::{
        mail,
        pages::{self, Words},
        panel::{FailedView, FrameView},
    },
};
use askama::Template;

impl State {
    pub(super) fn page(&self) -> String {
        pages::html(&Panel::new(self), self.frame.language)
    }

    fn say(&self, code: &str) -> String {
        self.frame.say(&Message::new(code))
    }
}

/// The panel.
#[derive(Template)]
#[template(path = "link/panel.html")]
struct Panel {
    words: Words,
    frame: FrameView,
    query: String,
    /// Kept sessions with a reason to be the right one.
    likely: Vec<Row>,
    others: Vec<Row>,
    here: Vec<Row>,
    refused: Vec<Row>,
    chosen: Option<Chosen>,
    /// What was done: a sentence, and the session it may be taken back for.
    done: Option<(String, Option<String>)>,
    trouble: Option<FailedView>,
    moving: Option<Moving>,
    busy: bool,
}

struct Row {
    lsid: String,
    name: String,
    /// Technicians, customer.
    people: String,
    /// Client, site, user.
    place: String,
    time: String,
    reasons: Vec<String>,
    /// Where it stands, when that is not said by the list it is in.
    state: Option<String>,
    chosen: bool,
    /// Its note can be moved or taken off.
    written: bool,
    busy: bool,
}

struct Chosen {
    title: String,
    /// In whose name, and who will see it.
    how: Option<String>,
    blocks: Option<Vec<mail::Block>>,
    failure: Option<String>,
    linking: bool,
}

struct Moving {
    number: String,
    title: String,
}

impl Panel {
    fn new(state: &State) -> Self {
        let row = |session: &SessionSummary| Row::new(state, session);
        let (likely, others) = state.stored.iter().flatten().partition::<Vec<_>, _>(|session| !session.likely.is_empty());
        let rows = |sessions: &[SessionSummary]| sessions.iter().map(row).collect();
        Self {
            words: Words(state.frame.language),
            frame: FrameView::new(&state.frame, "link", false),
            query: state.query.clone(),
            likely: likely.into_iter().map(row).collect(),
            others: others.into_iter().map(row).collect(),
            here: rows(&state.here),
            refused: rows(&state.refused),
            chosen: state.chosen.as_ref().and_then(|lsid| Chosen::new(state, lsid)),
            done: state.done.as_ref().map(|(deed, session)| done(state, *deed, session)),
            trouble: state
                .trouble
                .as_ref()
                .map(|failure| FailedView::new(&state.frame, failure).with("retry", state.say("ui.action.look"))),
            moving: state.moving.as_ref().map(|(lsid, number)| Moving {
                number: number.clone(),
                title: state.here.iter().find(|session| session.lsid == *lsid).map(|session| row(session).name).unwrap_or_default(),
            }),
            busy: state.busy.is_some(),
        }
    }
}

fn done(state: &State, deed: Deed, session: &SessionSummary) -> (String, Option<String>) {
    let written = session.state == SessionState::Written;
    let ticket = session.ticket.map(|ticket| ticket.to_string()).unwrap_or_default();
    let code = match (deed, session.state) {
        (Deed::Link | Deed::Move, SessionState::Written) => "ui.link.done",
        (Deed::Unlink, SessionState::Stored) => "ui.link.undone",
        (_, SessionState::Pending | SessionState::AwaitingReport) => "ui.link.underWay",
        (Deed::Replay, SessionState::Written) => "ui.link.done",
        _ => "ui.link.rests",
    };
    let reason = session.reason.as_ref().map(|reason| state.frame.say(reason)).unwrap_or_default();
    let sentence = state.frame.say(&Message::new(code).with("ticket", ticket).with("reason", reason));
    (sentence, (written && deed == Deed::Link).then(|| session.lsid.to_string()))
}

impl Row {
    fn new(state: &State, session: &SessionSummary) -> Self {
        let facts = session.facts.clone().unwrap_or_default();
        let state_text = match session.state {
            SessionState::Stored | SessionState::Written => None,
            SessionState::AwaitingReport | SessionState::Pending => Some(state.say("ui.link.waiting")),
            SessionState::Refused | SessionState::Failed => session.reason.as_ref().map(|reason| state.frame.say(reason)),
        };
        Self {
            lsid: session.lsid.to_string(),
            name: if facts.name.is_empty() { state.say("ui.link.unnamed") } else { facts.name.clone() },
            people: people(&facts),
            place: place(&facts),
            time: time(state, &facts, session.announced_at),
            reasons: session.likely.iter().map(|reason| state.frame.say(reason)).collect(),
            state: state_text,
            chosen: state.chosen.as_ref() == Some(&session.lsid),
            written: session.state == SessionState::Written,
            busy: state.busy.as_ref().is_some_and(|(_, lsid)| *lsid == session.lsid),
        }
    }
}

fn people(facts: &SessionFacts) -> String {
    facts.technicians.iter().chain(&facts.customer).map(String::as_str).collect::<Vec<_>>().join(", ")
}

fn place(facts: &SessionFacts) -> String {
    let parts = [&facts.client, &facts.site, &facts.user_name];
    parts.into_iter().flatten().map(String::as_str).filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" / ")
}

/// When it was, and for how long.
fn time(state: &State, facts: &SessionFacts, heard: i64) -> String {
    let frame = &state.frame;
    let at = (frame.intl.moment)(facts.ended.unwrap_or(heard), frame.now, frame.language);
    match facts.seconds {
        Some(seconds) => format!("{at} · {}", (frame.intl.span)(seconds, frame.language)),
        None => at,
    }
}

impl Chosen {
    fn new(state: &State, lsid: &Lsid) -> Option<Self> {
        let session = state.stored.iter().flatten().find(|session| session.lsid == *lsid)?;
        let frame = &state.frame;
        let (mut how, mut blocks, mut failure) = (None, None, None);
        match &state.preview {
            Some(Ok(note)) => {
                let visible = state.say(if note.private { "ui.link.private" } else { "ui.link.public" });
                let owner = note.owner.as_ref().map(|name| frame.say(&Message::new("ui.link.owner").with("name", name)));
                how = Some(owner.into_iter().chain([visible]).collect::<Vec<_>>().join(" "));
                blocks = Some(mail::blocks(&note.html));
            }
            Some(Err(wrong)) => failure = Some(sentence(wrong, state)),
            None => {}
        }
        let linking = state.busy.as_ref().is_some_and(|(deed, busy)| *deed == Deed::Link && busy == lsid);
        Some(Self { title: Row::new(state, session).name, how, blocks, failure, linking })
    }
}

fn sentence(failure: &Failure, state: &State) -> String {
    format!("{} {}", failure.detail(state.frame.language), failure.advice(state.frame.language))
}
