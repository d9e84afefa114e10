//! What happens in the invite panel: events in, effects out. Does nothing itself and draws nothing.

use super::{About, Draft, Life, Phase, State, form::element_id, life::TROUBLE};
use crate::{
    api::{Channels, ChannelsNow, Invites, Presence},
    rules::{
        failure::{Failure, FailureKind},
        words::{Channel, ChatId},
    },
    views::panel::{Effect, Frame, Moment, Question, Stage, Tried, read},
};

/// Channels shown at once: a key in the search box must not cost a desk of two thousand a pause.
const SHOWN: usize = 60;
/// Presence older than this is asked for again, in seconds: the proxy keeps it as long.
const STALE: i64 = 30;
/// Milliseconds until a doubt is looked at again when the proxy does not answer.
const LATER: u32 = 10_000;

impl State {
    /// The panel before anything was asked.
    #[must_use]
    pub fn new(about: About, frame: Frame) -> Self {
        Self {
            frame,
            about,
            phase: Phase::Ready,
            channels: None,
            query: String::new(),
            selected: None,
            place: None,
            draft: Draft::default(),
            life: Life::default(),
        }
    }

    /// The chat the invite is posted to; none: it is mailed.
    pub(super) fn chat(&self) -> Option<ChatId> {
        match self.about {
            About::Chat(chat) => Some(chat),
            About::Ticket(_) => self.place,
        }
    }

    /// Nothing in it would be missed.
    pub(in crate::views) fn is_at_rest(&self) -> bool {
        self.phase == Phase::Ready && Draft { attempt: None, ..self.draft.clone() } == Draft::default() && self.life.busy.is_none()
    }

    /// Somebody is signed in.
    pub(in crate::views) fn begin(&mut self) -> Vec<Effect> {
        vec![self.get_channels(), self.get_invites()]
    }

    pub(super) fn get_channels(&self) -> Effect {
        Effect::get("channels", format!("channels?{}", self.about.query()))
    }

    pub(super) fn get_invites(&self) -> Effect {
        Effect::get("invites", format!("invites?{}", self.about.query()))
    }

    /// The question was this panel's, and its answer still says something.
    pub(in crate::views) fn has_asked(&self, asked: &Question) -> bool {
        match asked.name {
            "channels" | "now" | "invites" => asked.path.ends_with(&format!("?{}", self.about.query())),
            "send" => self.draft.attempt.as_ref().is_some_and(|(_, key)| asked.key.as_ref() == Some(key)),
            _ => self.life.has_asked(asked),
        }
    }

    pub(super) fn answered(&mut self, asked: &Question, answer: Result<String, Failure>) -> Vec<Effect> {
        if !self.has_asked(asked) {
            return Vec::new();
        }
        if let Err(failure) = &answer
            && failure.kind == FailureKind::SignedOut
            && asked.name != "send"
        {
            // Whatever was being looked at or done: who signs in finds everything as it was.
            self.life.busy = None;
            return self.frame.fail(failure.clone(), Tried::Loading);
        }
        let name = asked.name;
        match name {
            "channels" => self.offered(read(answer)),
            "now" => self.refreshed(read(answer)),
            "invites" => self.listed(read(answer)),
            "send" => self.sent(read(answer)),
            _ => {
                let effects = self.life.answered(name, read(answer), &self.frame);
                // The list says whatever else has changed with it.
                [effects, vec![self.get_invites()]].concat()
            }
        }
    }

    pub(super) fn did(&mut self, action: &str, value: String, moment: &Moment) -> Vec<Effect> {
        match action {
            "tick" => return self.tick(),
            "poll" if matches!(self.phase, Phase::InDoubt(_)) => return vec![self.get_invites()],
            "search" => self.query = value,
            "channels:keydown" | "search:keydown" => self.key(&value),
            "channel" => self.choose(&value),
            "place" => self.change(|state| {
                state.place = value.parse().ok();
                state.draft.editing = false;
            }),
            "email" => self.change(|state| (state.draft.email, state.draft.email_wrong) = (Some(value), false)),
            "subject" => self.change(|state| state.draft.subject = Some(value)),
            "body" => self.change(|state| {
                let text = if state.chat().is_some() { &mut state.draft.chat } else { &mut state.draft.body };
                *text = Some(value);
            }),
            "reset-text" => {
                self.change(|state| {
                    state.draft.editing = false;
                    match state.chat() {
                        Some(_) => state.draft.chat = None,
                        None => (state.draft.subject, state.draft.body) = (None, None),
                    }
                });
                return vec![Effect::Focus("rs-edit")];
            }
            "edit" => return self.edit(),
            "send" if self.can_send() => return self.send(self.selected, false, moment),
            "send-again" if matches!(self.phase, Phase::Asking(_)) => return self.send(self.selected, true, moment),
            "keep" => {
                self.phase = Phase::Ready;
                return vec![Effect::Focus("rs-heading")];
            }
            "send-default" => {
                self.selected = self.channels.as_ref().and_then(|(offered, _)| offered.without_channel.channel);
                return self.send(None, false, moment);
            }
            "retry" => return self.retry(moment),
            "choose" => {
                self.phase = Phase::Ready;
                self.frame.stage = Stage::Open;
                return vec![Effect::Focus("rs-channels"), self.get_channels()];
            }
            "another" => {
                self.life.folded = false;
                self.query.clear();
                return vec![Effect::Focus("rs-search"), self.get_channels()];
            }
            "copy" => {
                let failure = match &self.phase {
                    _ if value == TROUBLE => self.life.trouble.as_ref().map(|(_, failure)| failure),
                    Phase::Refused(failure) => Some(failure),
                    _ => None,
                };
                return failure.iter().map(|failure| Effect::Copy(self.frame.details(failure))).collect();
            }
            _ => return self.life.did(action, &value, moment),
        }
        Vec::new()
    }

    fn can_send(&self) -> bool {
        self.frame.stage == Stage::Open && matches!(self.phase, Phase::Ready | Phase::Refused(_))
    }

    fn tick(&mut self) -> Vec<Effect> {
        let mut effects = vec![self.life.clock()];
        if self.frame.stage != Stage::Open || !matches!(self.phase, Phase::Ready | Phase::Refused(_) | Phase::Asking(_)) {
            return effects;
        }
        if self.life.is_due(self.frame.now) {
            effects.push(self.get_invites());
        }
        if !self.life.folded
            && let Some((offered, at)) = &self.channels
            && self.frame.now - at + i64::from(offered.presence_age.unwrap_or(0)) > STALE
        {
            effects.push(Effect::get("now", format!("channels/now?{}", self.about.query())));
        }
        effects
    }

    /// Who is there now; the ticket, its chats and the texts stay as they were shown.
    fn refreshed(&mut self, result: Result<ChannelsNow, Failure>) -> Vec<Effect> {
        let Some((offered, at)) = &mut self.channels else { return Vec::new() };
        let Ok(now) = result else {
            // Asked again when it would be stale once more, not with every tick.
            *at = self.frame.now;
            return Vec::new();
        };
        let ChannelsNow { channels, without_channel, presence_age, presence_failure } = now;
        *offered = Channels { channels, without_channel, presence_age, presence_failure, ..offered.clone() };
        *at = self.frame.now;
        self.selected = choice(self.selected, offered);
        Vec::new()
    }

    fn offered(&mut self, result: Result<Channels, Failure>) -> Vec<Effect> {
        let open = self.frame.stage == Stage::Open;
        match result {
            Ok(offered) => {
                self.selected = choice(self.selected, &offered);
                self.place = self.place.filter(|place| offered.chats.iter().any(|chat| chat.id == *place));
                self.channels = Some((offered, self.frame.now));
            }
            // What is on screen stays useful; its age is told.
            Err(failure) if open && self.channels.is_some() && failure.kind != FailureKind::SignedOut => return Vec::new(),
            Err(failure) if open || self.frame.stage == Stage::Loading => return self.frame.fail(failure, Tried::Loading),
            Err(_) => {}
        }
        if self.frame.stage != Stage::Loading {
            return Vec::new();
        }
        let focus = self.frame.open();
        [vec![self.life.clock()], focus].concat()
    }

    fn listed(&mut self, result: Result<Invites, Failure>) -> Vec<Effect> {
        match result {
            // Under somebody's fingers nothing folds away.
            Ok(list) => self.life.listed(list, self.frame.now, !self.frame.follow || self.frame.stage == Stage::Loading),
            Err(_) => {
                self.life.unanswered(self.frame.now);
                return if matches!(self.phase, Phase::InDoubt(_)) { vec![Effect::Again(LATER, "poll")] } else { Vec::new() };
            }
        }
        self.doubted()
    }

    /// Takes a key of the listbox or the search box.
    fn key(&mut self, key: &str) {
        let shown = self.shown_channels();
        let place = self.selected.and_then(|selected| shown.iter().position(|channel| *channel == selected));
        let last = shown.len().saturating_sub(1);
        let next = match (key, place) {
            ("ArrowDown", Some(place)) => (place + 1).min(last),
            ("ArrowUp", Some(place)) => place.saturating_sub(1),
            ("Enter", Some(_)) => return,
            ("ArrowDown" | "Home" | "Enter", _) => 0,
            ("ArrowUp" | "End", _) => last,
            _ => return,
        };
        if let Some(channel) = shown.get(next).copied() {
            self.change(|state| state.selected = Some(channel));
        }
    }

    fn choose(&mut self, id: &str) {
        if let Some(channel) = self.shown_channels().into_iter().find(|channel| element_id(*channel) == id) {
            self.change(|state| state.selected = Some(channel));
        }
    }

    /// The channels that are shown: those that fit what was typed, as far as anybody reads a list, and the chosen one.
    pub(super) fn shown_channels(&self) -> Vec<Channel> {
        let mut fitting = self.fitting_channels();
        if fitting.len() > SHOWN {
            let chosen = self.selected.filter(|chosen| fitting.iter().skip(SHOWN).any(|channel| channel == chosen));
            fitting.truncate(SHOWN);
            fitting.extend(chosen);
        }
        fitting
    }

    /// The channels that fit what was typed: every word somewhere in the name.
    pub(super) fn fitting_channels(&self) -> Vec<Channel> {
        let without_case = self.frame.intl.without_case;
        let query = without_case(&self.query);
        let fits = |name: &str| {
            let name = without_case(name);
            query.split_whitespace().all(|word| name.contains(word))
        };
        let offered = self.channels.iter().flat_map(|(offered, _)| &offered.channels);
        offered.filter(|option| fits(&option.name)).map(|option| option.channel).collect()
    }

    fn change(&mut self, change: impl FnOnce(&mut Self)) {
        if !matches!(self.phase, Phase::Sending | Phase::InDoubt(_)) {
            change(self);
        }
    }

    pub(super) fn edit(&mut self) -> Vec<Effect> {
        self.phase = Phase::Ready;
        self.frame.stage = Stage::Open;
        self.draft.editing = true;
        vec![Effect::Focus(if self.chat().is_some() { "rs-body" } else { "rs-subject" })]
    }
}

/// What was chosen, while it can be.
fn choice(selected: Option<Channel>, offered: &Channels) -> Option<Channel> {
    let known = |channel: &Channel| offered.channels.iter().any(|option| option.channel == *channel);
    selected.filter(known).or_else(|| first_choice(offered))
}

/// Oneself, when that goes somewhere or nobody knows; else the default team; else the first that goes somewhere.
fn first_choice(offered: &Channels) -> Option<Channel> {
    let goes = |option: &&crate::api::ChannelOption| option.forecast.queue.is_some() || option.presence == Presence::Unknown;
    let options = || offered.channels.iter();
    let found = options()
        .find(|option| option.is_me && goes(option))
        .or_else(|| options().find(|option| option.is_default))
        .or_else(|| options().find(goes))
        .or_else(|| options().next());
    found.map(|option| option.channel)
}
