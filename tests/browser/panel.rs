//! The controller: what it asks the proxy, and what it hands the shim.

use halo_remote_support::browser::panel::PanelController;
use js_sys::{Array, Function, Promise, Reflect, global};
use std::{cell::RefCell, rc::Rc};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::AbortSignal;

const ME: &str = r#"{"id": 42, "name": "Priya Nair", "isAdministrator": false}"#;
const DESK: &str = r#"{"queue": {"team": {"queue": "team:3"}}, "channel": {"team": "team:3"}, "name": "Service Desk", "asked": null,
    "reason": "noChannel", "message": {"code": "routing.noChannel", "args": {"name": "Service Desk"}}, "trace": []}"#;

fn channels() -> String {
    format!(
        r#"{{"channels": [{{"channel": {{"team": "team:3"}}, "name": "Service Desk", "isDefault": true, "presence": {{"is": "notApplicable"}}, "forecast": {DESK}}}],
        "withoutChannel": {DESK}, "presenceAge": 0, "ticket": {{"id": 1161, "summary": "", "userName": null, "email": "connor@batley.example"}},
        "draft": {{"subject": "Ticket $FAULTID", "body": "<p>$LINKTOREMOTE</p>", "chat": "<p>$LINKTOREMOTE</p>"}}, "preview": {{}}}}"#
    )
}

fn invite(state: &str) -> String {
    format!(
        r#"{{"id": "7K3M9QX2DH", "ticket": 1161, "state": "{state}", "email": "connor@batley.example", "sentBy": "Priya Nair", "routing": {DESK}, "created": 0, "expires": null}}"#
    )
}

/// The page's `fetch` answers from this table: `method path` to status and body; every request is kept as
/// `method url idempotency-key`. Status 0 is a dead line.
struct Proxy {
    asked: Array,
    real: JsValue,
}

impl Proxy {
    fn answering(answers: &[(&str, u16, &str)]) -> Self {
        let table = js_sys::Object::new();
        for (question, status, body) in answers {
            let answer = Array::of2(&JsValue::from(*status), &JsValue::from(*body));
            Reflect::set(&table, &(*question).into(), &answer).unwrap();
        }
        let asked = Array::new();
        let fetch = Function::new_with_args(
            "table, asked, url, init",
            "const method = init.method ?? 'GET'; const headers = new Headers(init.headers);
             asked.push([method, url, headers.get('x-remote-support'), init.credentials, headers.get('idempotency-key') ?? ''].join(' '));
             const [status, body] = table[method + ' ' + new URL(url).pathname] ?? [404, ''];
             return status ? Promise.resolve(new Response(body, { status })) : Promise.reject(new TypeError('dead line'));",
        );
        let real = Reflect::get(&global(), &"fetch".into()).unwrap();
        Reflect::set(&global(), &"fetch".into(), &fetch.bind2(&JsValue::NULL, &table, &asked)).unwrap();
        Self { asked, real }
    }
    fn asked(&self) -> Vec<String> {
        self.asked.iter().filter_map(|line| line.as_string()).collect()
    }
}
impl Drop for Proxy {
    fn drop(&mut self) {
        _ = Reflect::set(&global(), &"fetch".into(), &self.real);
    }
}

/// A connected panel and every change it was given.
struct Panel {
    controller: PanelController,
    changes: Rc<RefCell<Vec<JsValue>>>,
    life: JsValue,
    _notify: Closure<dyn FnMut(JsValue)>,
}

impl Panel {
    fn new() -> Self {
        let changes = Rc::new(RefCell::new(Vec::new()));
        let kept = Rc::clone(&changes);
        let notify = Closure::new(move |change| kept.borrow_mut().push(change));
        let life = Function::new_no_args("return new AbortController()").call0(&JsValue::NULL).unwrap();
        let function: &Function = notify.as_ref().unchecked_ref();
        let (proxy, origin) = ("https://proxy.example".to_owned(), "https://halo.example".to_owned());
        let controller = PanelController::new("invite", "1161", proxy, origin, "en-GB", signal(&life), function.clone()).unwrap();
        Self { controller, changes, life, _notify: notify }
    }
    fn last(&self, field: &str) -> JsValue {
        let changes = self.changes.borrow();
        Reflect::get(changes.last().unwrap(), &field.into()).unwrap()
    }
    fn html(&self) -> String {
        self.last("html").as_string().unwrap()
    }
    /// Waits until the panel shows a text.
    async fn shows(&self, text: &str) {
        for _ in 0..200 {
            if !self.changes.borrow().is_empty() && self.html().contains(text) {
                return;
            }
            turn().await;
        }
        panic!("{text} is not shown: {}", self.html());
    }
}

fn signal(life: &JsValue) -> AbortSignal {
    Reflect::get(life, &"signal".into()).unwrap().unchecked_into()
}

/// Lets the browser do what is waiting.
async fn turn() {
    let promise = Promise::new(&mut |resolve, _| {
        web_sys::window().unwrap().set_timeout_with_callback(&resolve).unwrap();
    });
    JsFuture::from(promise).await.unwrap();
}

#[wasm_bindgen_test]
async fn from_signed_out_to_sent() {
    let proxy = Proxy::answering(&[("GET /api/v1/me", 200, "")]);
    let panel = Panel::new();
    _ = panel.controller.handle("start", String::new());
    assert!(panel.html().contains("rs-loading"));
    panel.shows("Sign in to send an invite").await;
    _ = panel.controller.handle("sign-in", String::new());
    let open = panel.last("open");
    let [address, nonce] = ["address", "nonce"].map(|name| Reflect::get(&open, &name.into()).unwrap().as_string().unwrap());
    assert!(address.starts_with("https://proxy.example/api/v1/sign-in?nonce=") && address.contains(&nonce), "{address}");
    drop(proxy);

    let proxy = Proxy::answering(&[
        ("POST /api/v1/sign-in/exchange", 200, ME),
        ("GET /api/v1/me", 200, ME),
        ("GET /api/v1/channels", 200, &channels()),
        ("GET /api/v1/invites", 200, r#"{"invites": [], "lookAgain": 15}"#),
        ("POST /api/v1/invites", 201, &invite("sent")),
    ]);
    _ = panel.controller.handle("signed-in", "7K3M9QX2DH".to_owned());
    panel.shows("Goes to Service Desk, the default team.").await;
    _ = panel.controller.handle("send", String::new());
    assert!(panel.html().contains("Sending…"));
    panel.shows("Invite sent to connor@batley.example").await;
    let emitted = Array::from(&panel.last("emit"));
    assert_eq!(emitted.get(0), "remote-support:invite-sent");
    let asked = proxy.asked();
    assert!(asked.iter().all(|line| line.contains(" 1 include ")), "{asked:?}");
    assert_eq!(asked.last().unwrap().split(' ').next_back().unwrap().len(), 64);
}

#[wasm_bindgen_test]
async fn a_dead_line_is_told_and_tried_again_under_the_same_key() {
    let ready = [("GET /api/v1/me", 200, ME), ("GET /api/v1/invites", 200, r#"{"invites": [], "lookAgain": 15}"#)];
    let channels = channels();
    let proxy = Proxy::answering(&[ready[0], ready[1], ("GET /api/v1/channels", 200, &channels), ("POST /api/v1/invites", 0, "")]);
    let panel = Panel::new();
    _ = panel.controller.handle("start", String::new());
    panel.shows("rs-form").await;
    _ = panel.controller.handle("send", String::new());
    panel.shows("proxy.example cannot be reached").await;
    _ = panel.controller.handle("retry", String::new());
    turn().await;
    let keys: Vec<_> = proxy.asked().iter().filter(|line| line.starts_with("POST")).cloned().collect();
    assert_eq!(keys.len(), 2);
    assert_eq!(keys[0], keys[1]);
}

#[wasm_bindgen_test]
async fn nothing_is_shown_once_the_element_is_gone() {
    let _proxy = Proxy::answering(&[("GET /api/v1/me", 200, "")]);
    let panel = Panel::new();
    _ = panel.controller.handle("start", String::new());
    let abort: Function = Reflect::get(&panel.life, &"abort".into()).unwrap().unchecked_into();
    abort.call0(&panel.life).unwrap();
    for _ in 0..5 {
        turn().await;
    }
    assert_eq!(panel.changes.borrow().len(), 1);
}

#[wasm_bindgen_test]
fn keys_the_panel_does_not_use_stay_with_the_browser() {
    let _proxy = Proxy::answering(&[]);
    let panel = Panel::new();
    assert!(panel.controller.handle("channels:keydown", "ArrowDown".to_owned()));
    assert!(!panel.controller.handle("channels:keydown", "Tab".to_owned()));
    assert!(PanelController::new("x", "1161", String::new(), String::new(), "", signal(&panel.life), Function::new_no_args("")).is_err());
}
