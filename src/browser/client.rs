//! Asks the proxy: JSON there and back, problem documents and dead lines as failures. Tries nothing twice by itself.

use crate::{
    api::{IDEMPOTENCY_HEADER, PLUGIN_HEADER},
    rules::failure::{Failure, FailureKind},
    views::answer::read,
};
use serde::Deserialize;
use std::collections::BTreeMap;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortSignal, Headers, RequestCredentials, RequestInit, RequestMode, Response};

/// The proxy at one origin, for as long as the element is connected.
#[derive(Clone, Debug)]
pub struct Client {
    origin: String,
    signal: AbortSignal,
}

/// What of a problem document says which failure it is; the words are made here, in the reader's language.
#[derive(Deserialize)]
struct Told {
    code: FailureKind,
    #[serde(default)]
    args: BTreeMap<String, String>,
}

/// One request to the proxy.
#[derive(Debug, Default)]
pub struct Question {
    /// Behind `/api/v1/`.
    pub path: String,
    /// JSON to be posted.
    pub body: Option<String>,
    /// Idempotency key.
    pub key: Option<String>,
}

impl Client {
    /// A client whose requests end with the signal.
    #[must_use]
    pub const fn new(origin: String, signal: AbortSignal) -> Self {
        Self { origin, signal }
    }

    /// The element has gone: nobody waits for the answer.
    #[must_use]
    pub fn is_gone(&self) -> bool {
        self.signal.aborted()
    }

    /// Asks, and hands back the text of a good answer; a body makes it a change. One path for every question, so that it
    /// is compiled once.
    pub async fn ask(&self, question: Question) -> Result<String, Failure> {
        let (status, text) = self.fetch(question).await.map_err(|_| self.unreachable())?;
        if (200..300).contains(&status) {
            return Ok(text);
        }
        Err(match read::<Told>(Ok(text)) {
            Ok(Told { code, args }) => Failure { kind: code, args },
            // Something in between answered: a gateway, a captive portal.
            Err(_) if status >= 500 => self.unreachable(),
            Err(_) => Failure::new(FailureKind::Internal).with("reference", format!("HTTP {status}")),
        })
    }

    async fn fetch(&self, Question { path, body, key }: Question) -> Result<(u16, String), JsValue> {
        let init = RequestInit::new();
        let headers = Headers::new()?;
        headers.set(PLUGIN_HEADER, "1")?;
        headers.set("accept", "application/json")?;
        if let Some(body) = body {
            init.set_method("POST");
            headers.set("content-type", "application/json")?;
            init.set_body(&JsValue::from(body));
        }
        if let Some(key) = key {
            headers.set(IDEMPOTENCY_HEADER, &key)?;
        }
        init.set_headers(&headers);
        init.set_credentials(RequestCredentials::Include);
        init.set_mode(RequestMode::Cors);
        init.set_signal(Some(&self.signal));
        let window = web_sys::window().ok_or(JsValue::NULL)?;
        let address = format!("{}/api/v1/{path}", self.origin);
        let response: Response = JsFuture::from(window.fetch_with_str_and_init(&address, &init)).await?.dyn_into()?;
        let text = JsFuture::from(response.text()?).await?;
        Ok((response.status(), text.as_string().unwrap_or_default()))
    }

    fn unreachable(&self) -> Failure {
        let host = self.origin.split_once("://").map_or(self.origin.as_str(), |(_, host)| host);
        Failure::new(FailureKind::ProxyUnreachable).with("host", host)
    }
}
