//! What the panels of agents have in common: events in, effects out, and a [`Frame`] that knows who is signed in. What a panel
//! is about is its own room's business.

mod failed;
mod frame;
mod intl;
mod misaddressed;
mod view;

pub use super::answer::read;
use crate::rules::{failure::Failure, wording::Language, words::UnixSeconds};
pub(super) use failed::{FailedView, Told};
pub use frame::{Flow, Frame, SigningIn, Stage, Tried};
pub use intl::Intl;
pub use misaddressed::Misaddressed;
use serde::Serialize;
use serde_json::Value;
pub(super) use view::FrameView;

/// A panel while its element is connected.
pub trait Panel {
    /// Takes one event.
    fn update(&mut self, event: Event, moment: &Moment) -> Vec<Effect>;
    /// The panel as HTML.
    fn html(&self) -> String;
    /// Whether a key does something at that place, so that the browser must not do its own.
    fn takes_key(&self, _action: &str, _key: &str) -> bool {
        false
    }
}

/// What comes in.
#[derive(Clone, Debug)]
pub enum Event {
    /// A person, or the shim's clock, did something: an action with its value.
    Did(String, String),
    /// The proxy's answer to that question. By now something else may be asked, chosen or open: whoever takes it looks.
    Answered(Question, Result<String, Failure>),
}

/// What comes with every event: the browser's clock and chance.
#[derive(Clone, Copy, Debug)]
pub struct Moment {
    /// Now.
    pub now: UnixSeconds,
    /// Fresh random bytes.
    pub random: [u8; 32],
}

impl Moment {
    /// Chance as an idempotency key.
    #[must_use]
    pub fn key(&self) -> String {
        self.random.iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

/// A question to the proxy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// What its answer comes back as.
    pub name: &'static str,
    /// Behind `/api/v1/`.
    pub path: String,
    /// JSON to be posted; makes it a change.
    pub body: Option<String>,
    /// Idempotency key.
    pub key: Option<String>,
}

/// What is to be done about an event.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Ask the proxy.
    Ask(Question),
    /// Open the sign-in window, at once.
    Open {
        /// Its address.
        address: String,
        /// What its answer must carry.
        nonce: String,
    },
    /// Open a page of somebody else in a tab of its own.
    Visit(String),
    /// Move the focus to the element with this id.
    Focus(&'static str),
    /// Put a text on the clipboard.
    Copy(String),
    /// Tell the page.
    Emit(&'static str, Value),
    /// Come back with this action after so many milliseconds.
    Again(u32, &'static str),
}

impl Effect {
    /// Asks for something.
    pub fn get(name: &'static str, path: impl Into<String>) -> Self {
        Self::Ask(Question { name, path: path.into(), body: None, key: None })
    }

    /// Changes something.
    pub fn post(name: &'static str, path: impl Into<String>, body: &impl Serialize) -> Self {
        Self::posted(name, path.into(), body, None)
    }

    /// Changes something at most once under this key.
    pub fn post_once(name: &'static str, path: impl Into<String>, body: &impl Serialize, key: String) -> Self {
        Self::posted(name, path.into(), body, Some(key))
    }

    fn posted(name: &'static str, path: String, body: &impl Serialize, key: Option<String>) -> Self {
        // Nothing of ours fails to become JSON; if it did, the proxy would say that the body does not read.
        let body = serde_json::to_string(body).unwrap_or_default();
        Self::Ask(Question { name, path, body: Some(body), key })
    }

    /// Tells the page of a failure.
    #[must_use]
    pub fn failed(failure: &Failure, language: Language) -> Self {
        let (code, retryable) = (failure.kind.code(), failure.kind.retryable());
        let detail = serde_json::json!({
            "code": code, "message": failure.detail(language), "advice": failure.advice(language), "retryable": retryable,
        });
        Self::Emit("remote-support:failed", detail)
    }
}

#[cfg(test)]
pub(super) mod played;
