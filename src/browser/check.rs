//! The check element's controller: takes what the shim reports, does what the panel's state asks for, hands back HTML.
//! Decides and words nothing.

use super::{
    border::give,
    client::{Client, Question},
    nfkc,
    shim::{Change, Open, nonce},
};
use crate::{
    api::Exchange,
    rules::{failure::Failure, wording::Language},
    views::{
        answer::read,
        check::{Effect, Event, State},
    },
};
use js_sys::Function;
use std::{cell::RefCell, rc::Rc};
use wasm_bindgen::{JsValue, prelude::wasm_bindgen};
use wasm_bindgen_futures::spawn_local;
use web_sys::AbortSignal;

/// The controller of one `<remote-support-check>` while it is connected.
#[wasm_bindgen]
#[derive(Debug)]
pub struct CheckController {
    inner: Rc<Inner>,
}

#[derive(Debug)]
struct Inner {
    state: RefCell<State>,
    client: Client,
    notify: Function,
}

#[wasm_bindgen]
impl CheckController {
    /// A controller; `notify` gets every change of the panel. The first comes with the action `start`. The first arguments
    /// are what other panels are, and what they are about.
    #[wasm_bindgen(constructor)]
    pub fn new(
        _kind: &str,
        _about: &str,
        proxy: String,
        origin: String,
        lang: &str,
        signal: AbortSignal,
        notify: Function,
    ) -> CheckController {
        let state = RefCell::new(State::new(Language::first_of([lang]), proxy.clone(), origin));
        Self { inner: Rc::new(Inner { state, client: Client::new(proxy, signal), notify }) }
    }

    /// Something happened. Says whether the browser's own doing must be prevented.
    #[must_use]
    pub fn handle(&self, action: &str, value: String) -> bool {
        self.inner.clone().take(Event::Did(action.to_owned(), value));
        true
    }

    /// A file was chosen or dropped.
    pub fn file(&self, name: String, bytes: Vec<u8>) {
        self.inner.clone().take(Event::File(name, bytes));
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
            (state.update(event, &nonce()), state.html(nfkc))
        };
        let mut change = Change { html, ..Change::default() };
        for effect in effects {
            match effect {
                Effect::GetSettings => {
                    self.clone().ask("settings", None, |answer| Event::Settings(Box::new(read(answer))));
                }
                Effect::Exchange { code, nonce } => {
                    let body = serde_json::to_string(&Exchange { code, nonce }).ok();
                    self.clone().ask("sign-in/exchange", body, |answer| Event::Exchanged(answer.map(drop)));
                }
                Effect::Open { address, nonce } => change.open = Some(Open { address, nonce }),
                Effect::Focus(id) => change.focus = Some(id),
            }
        }
        if let Ok(change) = give(&change) {
            // What the page's own listeners throw is theirs.
            _ = self.notify.call1(&JsValue::NULL, &change);
        }
    }

    fn ask(self: Rc<Self>, path: &str, body: Option<String>, read: fn(Result<String, Failure>) -> Event) {
        let question = Question { path: path.to_owned(), body, key: None };
        spawn_local(async move {
            let answer = self.client.ask(question).await;
            self.take(read(answer));
        });
    }
}
