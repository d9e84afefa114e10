//! The invite element's controller: takes what the shim reports, does what the panel's state asks for, hands back HTML.
//! Decides and words nothing.

use super::{
    border::give,
    client::{Client, Question, read, read_field},
    shim::{Change, Open, random},
};
use crate::{
    api::{Exchange, Invite},
    rules::{failure::Failure, wording::Language, words::UnixSeconds},
    views::invite::{Effect, Event, Moment, State},
};
use js_sys::{Date, Function};
use serde::Serialize;
use serde_json::Value;
use std::{cell::RefCell, rc::Rc};
use wasm_bindgen::{JsValue, prelude::wasm_bindgen};
use wasm_bindgen_futures::spawn_local;
use web_sys::AbortSignal;

#[derive(Serialize)]
#[serde(untagged)]
enum Detail {
    Sent { invite: Box<Invite> },
    Failed { code: &'static str, message: String, advice: String, retryable: bool },
}

/// The controller of one `<remote-support-invite>` while it is connected.
#[wasm_bindgen]
#[derive(Debug)]
pub struct InviteController {
    inner: Rc<Inner>,
}

#[derive(Debug)]
struct Inner {
    state: RefCell<State>,
    client: Client,
    notify: Function,
}

#[wasm_bindgen]
impl InviteController {
    /// A controller; `notify` gets every change of the panel. The first comes with the action `start`.
    ///
    /// # Errors
    /// The ticket is not a number.
    #[wasm_bindgen(constructor)]
    pub fn new(
        ticket: &str,
        proxy: String,
        origin: String,
        language: &str,
        signal: AbortSignal,
        notify: Function,
    ) -> Result<InviteController, JsValue> {
        let ticket = ticket.parse().map_err(|error| js_sys::Error::new(&format!("ticket: {error}")))?;
        let language = super::border::language(language);
        let state = RefCell::new(State::new(ticket, language, proxy.clone(), origin, local_offset));
        Ok(Self { inner: Rc::new(Inner { state, client: Client::new(proxy, signal), notify }) })
    }

    /// Something happened. Says whether the browser's own doing must be prevented.
    #[must_use]
    pub fn handle(&self, action: &str, value: String) -> bool {
        let taken = match action.split_once(':') {
            Some((_, "keydown")) => State::takes_key(action, &value),
            _ => true,
        };
        if taken {
            self.inner.clone().take(Event::Did(action.to_owned(), value));
        }
        taken
    }
}

impl Inner {
    fn take(self: Rc<Self>, event: Event) {
        if self.client.is_gone() {
            return;
        }
        // The borrow ends before anything is called that could come back to us.
        let (effects, html, language) = {
            let mut state = self.state.borrow_mut();
            let effects = state.update(event, &moment());
            (effects, state.html(), state.language)
        };
        let mut change = Change { html, ..Change::default() };
        for effect in effects {
            self.clone().perform(effect, &mut change, language);
        }
        if let Ok(change) = give(&change) {
            // What the page's own listeners throw is theirs.
            _ = self.notify.call1(&JsValue::NULL, &change);
        }
    }

    fn perform(self: Rc<Self>, effect: Effect, change: &mut Change, language: Language) {
        let ticket = self.state.borrow().ticket;
        match effect {
            Effect::GetMe => self.ask("me", None, |answer| Event::Me(read(answer))),
            Effect::GetChannels => {
                self.ask(&format!("channels?ticket={ticket}"), None, |answer| Event::Channels(Box::new(read(answer))));
            }
            Effect::GetInvites => {
                self.ask(&format!("invites?ticket={ticket}"), None, |answer| Event::Invites(read_field(answer, "invites")))
            }
            Effect::Exchange { code, nonce } => {
                let body = serde_json::to_string(&Exchange { code, nonce }).ok();
                self.ask("sign-in/exchange", body.map(|body| (body, None)), |answer| Event::Exchanged(read(answer)));
            }
            Effect::Send(invite, key) => {
                let body = serde_json::to_string(&invite).ok();
                self.ask("invites", body.map(|body| (body, Some(key))), |answer| Event::Sent(Box::new(read(answer))));
            }
            Effect::Open { address, nonce } => change.open = Some(Open { address, nonce }),
            Effect::Focus(id) => change.focus = Some(id),
            Effect::Copy(text) => change.copy = Some(text),
            Effect::EmitSent(invite) => change.emit = detail("remote-support:invite-sent", &Detail::Sent { invite }),
            Effect::EmitFailed(failure) => {
                let (message, advice) = (failure.detail(language), failure.advice(language));
                let detail = Detail::Failed { code: failure.kind.code(), message, advice, retryable: failure.kind.retryable() };
                change.emit = self::detail("remote-support:failed", &detail);
            }
            Effect::Again(milliseconds, action) => change.again = Some((milliseconds, action)),
        }
    }

    /// Asks the proxy; a body with its idempotency key makes it a change.
    fn ask(self: Rc<Self>, path: &str, body: Option<(String, Option<String>)>, read: fn(Result<String, Failure>) -> Event) {
        let (body, key) = body.map_or((None, None), |(body, key)| (Some(body), key));
        let question = Question { path: path.to_owned(), body, key };
        spawn_local(async move {
            let answer = self.client.ask(question).await;
            self.take(read(answer));
        });
    }
}

/// An event for the page; one that cannot be told is not.
fn detail(name: &'static str, detail: &Detail) -> Option<(&'static str, Value)> {
    Some((name, serde_json::to_value(detail).ok()?))
}

fn moment() -> Moment {
    Moment { now: seconds(Date::now()), random: random() }
}

#[expect(clippy::cast_possible_truncation, reason = "the browser counts milliseconds in a double; dates fit")]
fn seconds(milliseconds: f64) -> UnixSeconds {
    (milliseconds / 1000.0).floor() as UnixSeconds
}

#[expect(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "dates fit a double, and offsets are minutes of a day")]
fn local_offset(at: UnixSeconds) -> i32 {
    let date = Date::new(&JsValue::from_f64(at as f64 * 1000.0));
    -(date.get_timezone_offset() as i32)
}
