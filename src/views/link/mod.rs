//! "Link Remote Session": puts a kept session's note on a ticket, and takes it back: its states and what happens in them. Which
//! session is likely the right one, the proxy says.

mod view;

use super::panel::{Effect, Event, Flow, Frame, Moment, Panel, Question, Stage, Tried, read};
use crate::{
    api::{LinkSession, NotePreview, SessionState, SessionSummary},
    rules::{
        failure::{Failure, FailureKind},
        words::{Lsid, TicketId},
    },
};
use serde::Deserialize;
use serde_json::json;

/// Milliseconds without a key before what was typed is looked for.
const PAUSE: u32 = 250;
/// Milliseconds between two looks at a session that is being worked on.
const POLL: u32 = 2000;

/// Everything the panel knows.
#[derive(Clone, Debug)]
pub struct State {
    /// Who is signed in.
    pub frame: Frame,
    /// The ticket.
    pub ticket: TicketId,
    /// What was typed into the search box.
    pub query: String,
    /// Kept sessions, likely ones first; none until they were listed.
    pub stored: Option<Vec<SessionSummary>>,
    /// Sessions whose note is on the ticket, or on its way there.
    pub here: Vec<SessionSummary>,
    /// Sessions that were refused, for those who may play them again.
    pub refused: Vec<SessionSummary>,
    /// The one that is looked at.
    pub chosen: Option<Lsid>,
    /// Its note as it would be.
    pub preview: Option<Result<NotePreview, Failure>>,
    /// What is being done with which.
    pub busy: Option<(Deed, Lsid)>,
    /// What was done last.
    pub done: Option<(Deed, SessionSummary)>,
    /// What could not be done.
    pub trouble: Option<Failure>,
    /// A note is being moved: which, and the number typed so far.
    pub moving: Option<(Lsid, String)>,
}

/// What somebody does with a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deed {
    /// Puts its note on this ticket.
    Link,
    /// Takes its note off.
    Unlink,
    /// Puts its note on another ticket instead.
    Move,
    /// Decides about it anew.
    Replay,
}

#[derive(Deserialize)]
struct Sessions {
    sessions: Vec<SessionSummary>,
}

impl Panel for State {
    fn update(&mut self, event: Event, moment: &Moment) -> Vec<Effect> {
        match self.frame.take(event, moment) {
            Flow::Done(effects) => effects,
            Flow::Begin => self.look(),
            Flow::Go(Event::Did(action, value)) => self.did(&action, value),
            Flow::Go(Event::Answered(asked, answer)) => self.answered(&asked, answer),
        }
    }

    fn html(&self) -> String {
        self.page()
    }
}

impl State {
    /// The panel before anything was asked.
    #[must_use]
    pub const fn new(ticket: TicketId, frame: Frame) -> Self {
        Self {
            frame,
            ticket,
            query: String::new(),
            stored: None,
            here: Vec::new(),
            refused: Vec::new(),
            chosen: None,
            preview: None,
            busy: None,
            done: None,
            trouble: None,
            moving: None,
        }
    }

    /// Asks for everything the panel lists.
    fn look(&self) -> Vec<Effect> {
        let ticket = self.ticket;
        let mut effects = vec![self.search(), Effect::get("here", format!("sessions?ticket={ticket}"))];
        if self.frame.me.as_ref().is_some_and(|me| me.is_administrator) {
            effects.push(Effect::get("refused", format!("sessions?state=refused&linkTo={ticket}")));
        }
        effects
    }

    fn search(&self) -> Effect {
        Effect::get("stored", self.searched())
    }

    /// What is looked for by now.
    fn searched(&self) -> String {
        let query = crate::rules::template::percent(self.query.trim());
        format!("sessions?state=stored&linkTo={}&search={query}", self.ticket)
    }

    fn note_of(&self, lsid: &Lsid) -> String {
        format!("sessions/{lsid}/note?ticket={}", self.ticket)
    }

    fn did(&mut self, action: &str, value: String) -> Vec<Effect> {
        match action {
            "poll" => return self.look(),
            "search" => {
                self.query = value;
                return vec![Effect::Again(PAUSE, "look")];
            }
            "look" => return vec![self.search()],
            "session" => return value.parse().map(|lsid| self.choose(lsid)).unwrap_or_default(),
            "link" => return self.chosen.clone().map(|lsid| self.link(Deed::Link, lsid, self.ticket)).unwrap_or_default(),
            "unlink" => return self.post(Deed::Unlink, value, "unlink"),
            "replay" => return self.post(Deed::Replay, value, "replay"),
            "move" => {
                self.moving = value.parse().ok().map(|lsid| (lsid, String::new()));
                return vec![Effect::Focus("rs-move-to")];
            }
            "move-to" => {
                if let Some((_, number)) = &mut self.moving {
                    *number = value;
                }
            }
            "move-cancel" => {
                self.moving = None;
                return vec![Effect::Focus("rs-here")];
            }
            "move-sure" => {
                let Some((lsid, number)) = self.moving.clone() else { return Vec::new() };
                return match number.trim().trim_start_matches('#').parse() {
                    Ok(ticket) if ticket != self.ticket => self.link(Deed::Move, lsid, ticket),
                    _ => vec![Effect::Focus("rs-move-to")],
                };
            }
            "retry" => {
                self.trouble = None;
                return self.look();
            }
            "copy" => return self.trouble.iter().map(|failure| Effect::Copy(self.frame.details(failure))).collect(),
            _ => {}
        }
        Vec::new()
    }

    fn choose(&mut self, lsid: Lsid) -> Vec<Effect> {
        let note = Effect::get("note", self.note_of(&lsid));
        (self.chosen, self.preview, self.done, self.trouble) = (Some(lsid), None, None, None);
        vec![note, Effect::Focus("rs-chosen-title")]
    }

    fn link(&mut self, deed: Deed, lsid: Lsid, ticket: TicketId) -> Vec<Effect> {
        if self.busy.is_some() {
            return Vec::new();
        }
        let path = format!("sessions/{lsid}/link");
        (self.busy, self.trouble, self.done) = (Some((deed, lsid)), None, None);
        let from = (deed == Deed::Move).then_some(self.ticket);
        vec![Effect::post("deed", path, &LinkSession { ticket, from })]
    }

    fn post(&mut self, deed: Deed, lsid: String, what: &str) -> Vec<Effect> {
        let Ok(lsid) = lsid.parse::<Lsid>() else { return Vec::new() };
        if self.busy.is_some() {
            return Vec::new();
        }
        let path = format!("sessions/{lsid}/{what}");
        (self.busy, self.trouble, self.done) = (Some((deed, lsid)), None, None);
        vec![Effect::post("deed", path, &json!({}))]
    }

    fn answered(&mut self, asked: &Question, answer: Result<String, Failure>) -> Vec<Effect> {
        match asked.name {
            // A slow answer to what was typed before says nothing about what is typed now.
            "stored" if asked.path != self.searched() => {}
            "stored" => return self.listed(read(answer)),
            "here" => {
                if let Ok(Sessions { sessions }) = read(answer) {
                    self.here = sessions;
                    self.follow_up();
                }
                return self.watch();
            }
            "refused" => {
                if let Ok(Sessions { sessions }) = read(answer) {
                    self.refused = sessions;
                }
            }
            "note" if self.chosen.as_ref().is_some_and(|chosen| asked.path == self.note_of(chosen)) => self.preview = Some(read(answer)),
            "deed" => return self.did_it(read(answer)),
            _ => {}
        }
        Vec::new()
    }

    fn listed(&mut self, result: Result<Sessions, Failure>) -> Vec<Effect> {
        match result {
            Ok(Sessions { sessions }) => {
                let gone = self.chosen.as_ref().is_some_and(|chosen| !sessions.iter().any(|session| session.lsid == *chosen));
                if gone {
                    (self.chosen, self.preview) = (None, None);
                }
                self.stored = Some(sessions);
                self.frame.open()
            }
            // What is on screen stays useful.
            Err(failure) if self.stored.is_some() && failure.kind != FailureKind::SignedOut => {
                self.trouble = Some(failure);
                Vec::new()
            }
            Err(failure) => self.frame.fail(failure, Tried::Loading),
        }
    }

    /// What was under way when it was told may be done by now.
    fn follow_up(&mut self) {
        if let Some((_, done)) = &mut self.done
            && let Some(now) = self.here.iter().find(|session| session.lsid == done.lsid)
        {
            *done = now.clone();
        }
    }

    /// As long as a note is on its way, somebody looks after it.
    fn watch(&self) -> Vec<Effect> {
        let under_way = self.here.iter().any(|session| matches!(session.state, SessionState::Pending | SessionState::AwaitingReport));
        if under_way && self.frame.stage == Stage::Open { vec![Effect::Again(POLL, "poll")] } else { Vec::new() }
    }

    fn did_it(&mut self, result: Result<SessionSummary, Failure>) -> Vec<Effect> {
        let Some((deed, _)) = self.busy.take() else { return Vec::new() };
        let mut effects = match result {
            Ok(session) => {
                let told = Effect::Emit(
                    "remote-support:session-linked",
                    json!({"session": {
                        "lsid": session.lsid, "ticket": session.ticket, "state": session.state,
                    }}),
                );
                (self.chosen, self.preview, self.moving) = (None, None, None);
                self.done = Some((deed, session));
                [matches!(deed, Deed::Link | Deed::Move).then_some(told), Some(Effect::Focus("rs-done"))].into_iter().flatten().collect()
            }
            Err(failure) if failure.kind == FailureKind::SignedOut => return self.frame.fail(failure, Tried::Loading),
            Err(failure) => {
                // Somebody else was faster: what is listed has changed.
                let told = Effect::failed(&failure, self.frame.language);
                self.trouble = Some(failure);
                vec![told, Effect::Focus("rs-alert")]
            }
        };
        effects.extend(self.look());
        effects
    }
}

#[cfg(test)]
mod tests;
