//! What happens in the invite panel: events in, effects out. Does nothing itself and draws nothing.

use super::{Draft, Effect, Event, Moment, Phase, SigningIn, State, Tried, form::element_id};
use crate::{
    api::{Channels, Me, Presence},
    rules::{
        failure::{Failure, FailureKind},
        names::without_case,
        wording::Language,
        words::{Channel, TicketId},
    },
    views::time::LocalOffset,
};

/// Presence older than this is asked for again, in seconds: the proxy keeps it as long.
const STALE: i64 = 30;
/// Milliseconds between two looks at the clock while somebody may be choosing.
const TICK: u32 = 5000;

impl State {
    /// The panel before anything was asked.
    #[must_use]
    pub fn new(ticket: TicketId, language: Language, proxy: String, origin: String, offset: LocalOffset) -> Self {
        Self {
            ticket,
            language,
            proxy,
            origin,
            phase: Phase::Loading,
            me: None,
            channels: None,
            query: String::new(),
            selected: None,
            draft: Draft::default(),
            invites: Vec::new(),
            now: 0,
            offset,
            just_signed_in: false,
            follow: false,
            copied: None,
        }
    }

    /// Takes one event.
    pub fn update(&mut self, event: Event, moment: &Moment) -> Vec<Effect> {
        self.now = moment.now;
        match event {
            Event::Did(action, value) => self.did(&action, value, moment),
            Event::Me(result) => self.me(result),
            Event::Exchanged(result) => self.exchanged(result),
            Event::Channels(result) => self.offered(*result),
            Event::Invites(result) => self.listed(result),
            Event::Sent(result) => self.sent(*result),
        }
    }

    fn did(&mut self, action: &str, value: String, moment: &Moment) -> Vec<Effect> {
        if !matches!(action, "start" | "tick" | "poll") {
            self.follow = true;
            self.copied = None;
        }
        match action {
            "start" => return self.load(),
            "tick" => return self.tick(),
            "poll" if matches!(self.phase, Phase::InDoubt(_)) => return vec![Effect::GetInvites],
            "sign-in" => return self.sign_in(moment),
            "popup-blocked" => self.signing_in(|sign_in| sign_in.blocked = true),
            "code" => self.signing_in(|sign_in| sign_in.code = value),
            "signed-in" => return self.exchange(value),
            "code-send" => {
                if let Phase::SigningIn(SigningIn { code, .. }) = &self.phase {
                    return self.exchange(code.clone());
                }
            }
            "cancel" => {
                self.phase = Phase::SignedOut;
                return vec![Effect::Focus("rs-heading")];
            }
            "search" => self.query = value,
            "channels:keydown" | "search:keydown" => self.key(&value),
            "channel" => self.choose(&value),
            "email" => self.change(|draft| (draft.email, draft.email_wrong) = (Some(value), false)),
            "subject" => self.change(|draft| draft.subject = Some(value)),
            "body" => self.change(|draft| draft.body = Some(value)),
            "reset-text" => {
                self.change(|draft| (draft.subject, draft.body, draft.editing) = (None, None, false));
                return vec![Effect::Focus("rs-edit")];
            }
            "edit" => return self.edit(),
            "send" if self.phase == Phase::Ready => return self.send(self.selected, moment),
            "send-default" => {
                self.selected = self.channels.as_ref().and_then(|(offered, _)| offered.without_channel.channel);
                return self.send(None, moment);
            }
            "retry" => return self.retry(moment),
            "choose" => {
                self.phase = Phase::Ready;
                return vec![Effect::Focus("rs-channels"), Effect::GetChannels];
            }
            "another" => {
                self.draft = Draft::default();
                self.query.clear();
                self.phase = Phase::Ready;
                return vec![Effect::Focus("rs-heading"), Effect::GetChannels, Effect::GetInvites];
            }
            "copied" => self.copied = Some(true),
            "copy-blocked" => self.copied = Some(false),
            "copy" => {
                if let Phase::Failed(failure, _) = &self.phase {
                    return vec![Effect::Copy(self.details(failure))];
                }
            }
            _ => {}
        }
        Vec::new()
    }

    /// What an administrator wants to know.
    pub(super) fn details(&self, failure: &Failure) -> String {
        let args: Vec<_> = failure.args.iter().map(|(name, value)| format!("{name}: {value}")).collect();
        let texts = [failure.title(self.language), failure.detail(self.language), failure.advice(self.language)];
        let lines = [format!("{} ({})", texts.join("\n"), failure.kind.code()), args.join("\n")];
        format!("{}\nticket: {}\nproxy: {}\ntime: {}", lines.join("\n").trim_end(), self.ticket, self.proxy, self.now)
    }

    pub(super) fn load(&mut self) -> Vec<Effect> {
        self.phase = Phase::Loading;
        vec![Effect::GetMe]
    }

    fn tick(&mut self) -> Vec<Effect> {
        if self.phase != Phase::Ready {
            return Vec::new();
        }
        let mut effects = vec![Effect::Again(TICK, "tick")];
        if let Some((offered, at)) = &self.channels
            && self.now - at + i64::from(offered.presence_age.unwrap_or(0)) > STALE
        {
            effects.push(Effect::GetChannels);
        }
        effects
    }

    fn me(&mut self, result: Result<Me, Failure>) -> Vec<Effect> {
        let fresh = std::mem::take(&mut self.just_signed_in);
        match result {
            Ok(me) => {
                self.me = Some(me);
                vec![Effect::GetChannels, Effect::GetInvites]
            }
            Err(failure) if failure.kind == FailureKind::SignedOut && fresh => {
                self.fail(Failure::new(FailureKind::CookieBlocked), Tried::SigningIn)
            }
            Err(failure) => self.fail(failure, Tried::Loading),
        }
    }

    /// Shows a failure; being signed out has a look of its own.
    pub(super) fn fail(&mut self, failure: Failure, tried: Tried) -> Vec<Effect> {
        if failure.kind == FailureKind::SignedOut {
            self.phase = Phase::SignedOut;
            return if self.follow { vec![Effect::Focus("rs-heading")] } else { Vec::new() };
        }
        let mut effects = vec![Effect::EmitFailed(failure.clone())];
        if self.follow {
            effects.push(Effect::Focus("rs-alert"));
        }
        self.phase = Phase::Failed(failure, tried);
        effects
    }

    fn offered(&mut self, result: Result<Channels, Failure>) -> Vec<Effect> {
        match result {
            Ok(offered) => {
                let known = |channel: &Channel| offered.channels.iter().any(|option| option.channel == *channel);
                self.selected = self.selected.filter(known).or_else(|| first_choice(&offered));
                self.channels = Some((offered, self.now));
            }
            // What is on screen stays useful; its age is told.
            Err(failure) if self.phase == Phase::Ready && failure.kind != FailureKind::SignedOut => return Vec::new(),
            Err(failure) if matches!(self.phase, Phase::Loading | Phase::Ready) => return self.fail(failure, Tried::Loading),
            Err(_) => {}
        }
        if self.phase != Phase::Loading {
            return Vec::new();
        }
        self.phase = Phase::Ready;
        let mut effects = vec![Effect::Again(TICK, "tick")];
        if self.follow {
            effects.push(Effect::Focus("rs-heading"));
        }
        effects
    }

    /// Takes a key of the listbox or the search box.
    fn key(&mut self, key: &str) {
        let shown = self.shown_channels();
        let place = self.selected.and_then(|selected| shown.iter().position(|channel| *channel == selected));
        let last = shown.len().saturating_sub(1);
        let next = match (key, place) {
            ("ArrowDown", Some(place)) => (place + 1).min(last),
            ("ArrowUp", Some(place)) => place.saturating_sub(1),
            ("ArrowDown" | "Home", _) => 0,
            ("ArrowUp" | "End", _) => last,
            _ => return,
        };
        if let Some(channel) = shown.get(next) {
            self.select(*channel);
        }
    }

    /// Whether a key does something at that place, so that the browser must not do its own.
    #[must_use]
    pub fn takes_key(action: &str, key: &str) -> bool {
        match action {
            "channels:keydown" => matches!(key, "ArrowDown" | "ArrowUp" | "Home" | "End"),
            "search:keydown" => matches!(key, "ArrowDown" | "ArrowUp"),
            _ => false,
        }
    }

    fn choose(&mut self, id: &str) {
        if let Some(channel) = self.shown_channels().into_iter().find(|channel| element_id(*channel) == id) {
            self.select(channel);
        }
    }

    fn select(&mut self, channel: Channel) {
        if self.phase == Phase::Ready {
            self.selected = Some(channel);
        }
    }

    /// The channels that fit what was typed: every word somewhere in the name.
    pub(super) fn shown_channels(&self) -> Vec<Channel> {
        let query = without_case(&self.query);
        let fits = |name: &str| {
            let name = without_case(name);
            query.split_whitespace().all(|word| name.contains(word))
        };
        let offered = self.channels.iter().flat_map(|(offered, _)| &offered.channels);
        offered.filter(|option| fits(&option.name)).map(|option| option.channel).collect()
    }

    fn change(&mut self, change: impl FnOnce(&mut Draft)) {
        if self.phase == Phase::Ready {
            change(&mut self.draft);
        }
    }

    pub(super) fn edit(&mut self) -> Vec<Effect> {
        self.phase = Phase::Ready;
        self.draft.editing = true;
        vec![Effect::Focus("rs-subject")]
    }
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
