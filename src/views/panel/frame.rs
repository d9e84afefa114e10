//! Who is signed in, and how that comes about from inside a foreign page: a window, or a link, hands back a one-time code that
//! is exchanged here. What a panel does once somebody is signed in is the panel's business; what the window does the proxy's.

use super::{Effect, Event, Intl, Moment, read};
use crate::{
    api::{Exchange, Me},
    rules::{
        failure::{Failure, FailureKind},
        wording::{Language, Message, say},
        words::UnixSeconds,
    },
    views::sign_in,
};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use serde_json::Value;

/// What every panel knows.
#[derive(Clone, Debug)]
pub struct Frame {
    /// What the panel is about, as it stands in its corner.
    pub about: String,
    /// The reader's language.
    pub language: Language,
    /// The proxy's origin.
    pub proxy: String,
    /// The origin of the page we stand in; sign-in answers to it.
    pub origin: String,
    /// How dates and numbers are written.
    pub intl: Intl,
    /// The clock at the last event.
    pub now: UnixSeconds,
    /// Who is signed in.
    pub me: Option<Me>,
    /// What is going on.
    pub stage: Stage,
    /// The person has done something: the focus follows what happens next.
    pub follow: bool,
    /// Whether the details of a failure reached the clipboard, once that was tried.
    pub(super) copied: Option<bool>,
    /// A sign-in was just made, so that 401 means that the cookie was not kept.
    just_signed_in: bool,
}

/// What is going on: each has its own look.
#[derive(Clone, Debug, PartialEq)]
pub enum Stage {
    /// Asking who is signed in and what there is.
    Loading,
    /// Nobody is signed in.
    SignedOut,
    /// The sign-in window is open, or blocked.
    SigningIn(SigningIn),
    /// The panel's own content is there.
    Open,
    /// It could not be done.
    Failed(Failure, Tried),
}

/// The sign-in that is under way.
#[derive(Clone, Debug, PartialEq)]
pub struct SigningIn {
    /// What binds the answer to this frame.
    pub nonce: String,
    /// The browser opened no window.
    pub blocked: bool,
    /// The code as typed so far.
    pub code: String,
    /// The code is being exchanged.
    pub busy: bool,
    /// Why the last code was not taken.
    pub failure: Option<Failure>,
}

/// What failed, to be tried again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tried {
    /// Finding out what there is.
    Loading,
    /// Signing in.
    SigningIn,
    /// What the panel is for.
    Doing,
}

/// What the frame makes of an event.
pub enum Flow {
    /// It was the frame's.
    Done(Vec<Effect>),
    /// Somebody is signed in: the panel may ask for what it shows.
    Begin,
    /// It is the panel's.
    Go(Event),
}

impl Frame {
    /// A frame before anything was asked.
    #[must_use]
    pub const fn new(about: String, language: Language, proxy: String, origin: String, intl: Intl) -> Self {
        Self {
            about,
            language,
            proxy,
            origin,
            intl,
            now: 0,
            me: None,
            stage: Stage::Loading,
            follow: false,
            copied: None,
            just_signed_in: false,
        }
    }

    /// The sentence in the reader's language.
    #[must_use]
    pub fn say(&self, message: &Message) -> String {
        say(self.language, message)
    }

    /// Takes what is not the panel's.
    pub fn take(&mut self, event: Event, moment: &Moment) -> Flow {
        self.now = moment.now;
        match event {
            Event::Did(action, value) => self.did(action, value, moment),
            Event::Answered(asked, answer) => match (asked.name, answer) {
                // Nobody is an answer, too.
                ("me", Ok(answer)) if answer.is_empty() => self.met(Err(Failure::new(FailureKind::SignedOut))),
                ("me", answer) => self.met(read(answer)),
                ("exchange", answer) => Flow::Done(self.exchanged(read(answer))),
                (_, answer) => Flow::Go(Event::Answered(asked, answer)),
            },
        }
    }

    fn did(&mut self, action: String, value: String, moment: &Moment) -> Flow {
        if !matches!(action.as_str(), "start" | "tick" | "poll" | "signed-in-elsewhere") {
            self.follow = true;
        }
        if !matches!(action.as_str(), "tick" | "poll" | "copied" | "copy-blocked") {
            self.copied = None;
        }
        Flow::Done(match action.as_str() {
            "start" => self.load(),
            "sign-in" => self.sign_in(moment),
            "signed-in-elsewhere" => match self.stage {
                Stage::SignedOut | Stage::SigningIn(_) => self.load(),
                _ => Vec::new(),
            },
            "popup-blocked" => self.signing_in(|sign_in| sign_in.blocked = true),
            "code" => self.signing_in(|sign_in| sign_in.code = value),
            "signed-in" => self.exchange(&value),
            "code-send" => match &self.stage {
                Stage::SigningIn(SigningIn { code, .. }) => self.exchange(&code.clone()),
                _ => Vec::new(),
            },
            "cancel" if matches!(self.stage, Stage::SigningIn(_)) => {
                self.stage = Stage::SignedOut;
                vec![Effect::Focus("rs-heading")]
            }
            "retry" if matches!(self.stage, Stage::Failed(_, Tried::SigningIn)) => self.sign_in(moment),
            "retry" if matches!(self.stage, Stage::Failed(_, Tried::Loading)) => self.load(),
            "copy" => match &self.stage {
                Stage::Failed(failure, _) => vec![Effect::Copy(self.details(failure))],
                _ => return Flow::Go(Event::Did(action, value)),
            },
            "copied" | "copy-blocked" => {
                self.copied = Some(action == "copied");
                Vec::new()
            }
            _ => return Flow::Go(Event::Did(action, value)),
        })
    }

    /// Begins anew.
    pub fn load(&mut self) -> Vec<Effect> {
        self.stage = Stage::Loading;
        vec![Effect::get("me", "me")]
    }

    /// The content is there.
    pub fn open(&mut self) -> Vec<Effect> {
        let loaded = std::mem::replace(&mut self.stage, Stage::Open) == Stage::Loading;
        let focus = (loaded && self.follow).then_some(Effect::Focus("rs-heading"));
        loaded.then_some(Effect::Emit("remote-support:ready", Value::Null)).into_iter().chain(focus).collect()
    }

    /// Shows a failure in the content's place; being signed out has a look of its own.
    pub fn fail(&mut self, failure: Failure, tried: Tried) -> Vec<Effect> {
        if failure.kind == FailureKind::SignedOut {
            self.stage = Stage::SignedOut;
            return if self.follow { vec![Effect::Focus("rs-heading")] } else { Vec::new() };
        }
        let mut effects = vec![Effect::failed(&failure, self.language)];
        if self.follow {
            effects.push(Effect::Focus("rs-alert"));
        }
        self.stage = Stage::Failed(failure, tried);
        effects
    }

    fn met(&mut self, result: Result<Me, Failure>) -> Flow {
        let fresh = std::mem::take(&mut self.just_signed_in);
        match result {
            Ok(me) => {
                self.me = Some(me);
                Flow::Begin
            }
            Err(failure) if failure.kind == FailureKind::SignedOut && fresh => {
                Flow::Done(self.fail(Failure::new(FailureKind::CookieBlocked), Tried::SigningIn))
            }
            Err(failure) => Flow::Done(self.fail(failure, Tried::Loading)),
        }
    }

    fn sign_in(&mut self, moment: &Moment) -> Vec<Effect> {
        let nonce = BASE64_URL_SAFE_NO_PAD.encode(moment.random);
        let address = self.sign_in_address(&nonce);
        self.stage = Stage::SigningIn(SigningIn { nonce: nonce.clone(), blocked: false, code: String::new(), busy: false, failure: None });
        vec![Effect::Open { address, nonce }, Effect::Focus("rs-code")]
    }

    /// Where signing in begins, for a window or a link.
    pub(super) fn sign_in_address(&self, nonce: &str) -> String {
        sign_in::address(&self.proxy, &self.origin, nonce)
    }

    fn signing_in(&mut self, change: impl FnOnce(&mut SigningIn)) -> Vec<Effect> {
        if let Stage::SigningIn(sign_in) = &mut self.stage {
            change(sign_in);
        }
        Vec::new()
    }

    fn exchange(&mut self, code: &str) -> Vec<Effect> {
        let Stage::SigningIn(sign_in) = &mut self.stage else { return Vec::new() };
        if sign_in.busy {
            return Vec::new();
        }
        let code: String = code.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_uppercase()).collect();
        if code.is_empty() {
            return vec![Effect::Focus("rs-code")];
        }
        sign_in.busy = true;
        sign_in.failure = None;
        vec![Effect::post("exchange", "sign-in/exchange", &Exchange { code, nonce: sign_in.nonce.clone() })]
    }

    fn exchanged(&mut self, result: Result<Me, Failure>) -> Vec<Effect> {
        if !matches!(self.stage, Stage::SigningIn(_)) {
            return Vec::new();
        }
        match result {
            Ok(_) => {
                self.just_signed_in = true;
                // Other elements of the page need not ask for it again.
                [vec![Effect::Emit("remote-support:signed-in", Value::Null)], self.load()].concat()
            }
            Err(failure) => {
                self.signing_in(|sign_in| (sign_in.busy, sign_in.failure) = (false, Some(failure)));
                vec![Effect::Focus("rs-code")]
            }
        }
    }

    /// What an administrator wants to know of a failure.
    #[must_use]
    pub fn details(&self, failure: &Failure) -> String {
        let args: Vec<_> = failure.args.iter().map(|(name, value)| format!("{name}: {value}")).collect();
        let texts = [failure.title(self.language), failure.detail(self.language), failure.advice(self.language)];
        let lines = [format!("{} ({})", texts.join("\n"), failure.kind.code()), args.join("\n")];
        format!("{}\n{}\nproxy: {}\ntime: {}", lines.join("\n").trim_end(), self.about, self.proxy, self.now)
    }
}
