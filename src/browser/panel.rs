//! The controller of an agent's panel: takes what the shim reports, does what the panel's state asks for, hands back HTML.
//! Decides and words nothing.

use super::{
    border::give,
    client::{Client, Question},
    intl::INTL,
    shim::{Change, Open, random},
};
use crate::{
    rules::{
        failure::{Failure, FailureKind},
        wording::Language,
        words::UnixSeconds,
    },
    views::{
        chats,
        invite::{self, About},
        link,
        panel::{Effect, Event, Frame, Misaddressed, Moment, Panel, Question as Asked},
        pinned,
    },
};
use js_sys::{Date, Error, Function};
use std::{cell::RefCell, rc::Rc};
use wasm_bindgen::{JsValue, prelude::wasm_bindgen};
use wasm_bindgen_futures::spawn_local;
use web_sys::AbortSignal;

/// The controller of one element while it is connected.
#[wasm_bindgen]
pub struct PanelController {
    inner: Rc<Inner>,
}

struct Inner {
    state: RefCell<Box<dyn Panel>>,
    client: Client,
    notify: Function,
}

#[wasm_bindgen]
impl PanelController {
    /// A controller for `invite`, `chat`, `chats`, `link` or `pinned`, which is about the ticket, chat or asset of that number;
    /// `notify` gets every change of the panel. The first comes with the action `start`.
    ///
    /// # Errors
    /// There is no such panel.
    #[wasm_bindgen(constructor)]
    pub fn new(
        kind: &str,
        about: &str,
        proxy: String,
        origin: String,
        lang: &str,
        signal: AbortSignal,
        notify: Function,
    ) -> Result<PanelController, JsValue> {
        let language = Language::first_of([lang]);
        let frame = |words: String| Frame::new(words, language, proxy.clone(), origin.clone(), INTL);
        let misaddressed = |room, unknown| -> Box<dyn Panel> { Box::new(Misaddressed::new(room, about, unknown, frame(String::new()))) };
        let state: Box<dyn Panel> = match kind {
            "invite" | "chat" => {
                let (found, unknown) = match kind {
                    "invite" => (about.parse().ok().map(About::Ticket), FailureKind::TicketUnknown),
                    _ => (about.parse().ok().map(About::Chat), FailureKind::ChatUnknown),
                };
                match found {
                    Some(about) => Box::new(invite::State::new(about, frame(about.words(language)))),
                    None => misaddressed("invite", unknown),
                }
            }
            "link" => match about.parse() {
                Ok(ticket) => Box::new(link::State::new(ticket, frame(About::Ticket(ticket).words(language)))),
                Err(_) => misaddressed("link", FailureKind::TicketUnknown),
            },
            "pinned" => match about.parse() {
                Ok(asset) => Box::new(pinned::State::new(asset, frame(pinned::words(asset, language)))),
                Err(_) => misaddressed("pinned", FailureKind::AssetUnknown),
            },
            "chats" => Box::new(chats::State::new(frame(String::new()))),
            _ => return Err(Error::new(&format!("there is no panel {kind}")).into()),
        };
        let client = Client::new(proxy.clone(), signal);
        Ok(Self { inner: Rc::new(Inner { state: RefCell::new(state), client, notify }) })
    }

    /// Something happened. Says whether the browser's own doing must be prevented.
    #[must_use]
    pub fn handle(&self, action: &str, value: String) -> bool {
        let taken = match action.split_once(':') {
            Some((_, "keydown")) => self.inner.state.borrow().takes_key(action, &value),
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
        let (effects, html) = {
            let mut state = self.state.borrow_mut();
            (state.update(event, &moment()), state.html())
        };
        let mut change = Change { html, ..Change::default() };
        for effect in effects {
            match effect {
                Effect::Ask(question) => self.clone().ask(question),
                Effect::Open { address, nonce } => change.open = Some(Open { address, nonce }),
                Effect::Visit(address) => change.visit = Some(address),
                Effect::Focus(id) => change.focus = Some(id),
                Effect::Copy(text) => change.copy = Some(text),
                Effect::Emit(name, detail) => change.emit = Some((name, detail)),
                Effect::Again(milliseconds, action) => change.again = Some((milliseconds, action)),
            }
        }
        if let Ok(change) = give(&change) {
            // What the page's own listeners throw is theirs.
            _ = self.notify.call1(&JsValue::NULL, &change);
        }
    }

    fn ask(self: Rc<Self>, asked: Asked) {
        spawn_local(async move {
            let Asked { path, body, key, .. } = asked.clone();
            let answer: Result<String, Failure> = self.client.ask(Question { path, body, key }).await;
            self.take(Event::Answered(asked, answer));
        });
    }
}

fn moment() -> Moment {
    Moment { now: seconds(Date::now()), random: random() }
}

#[expect(clippy::cast_possible_truncation, reason = "the browser counts milliseconds in a double; dates fit")]
fn seconds(milliseconds: f64) -> UnixSeconds {
    (milliseconds / 1000.0).floor() as UnixSeconds
}
