//! Asks the proxy: JSON there and back, problem documents and dead lines as failures. Tries nothing twice by itself.

use crate::{
    api::{IDEMPOTENCY_HEADER, PLUGIN_HEADER, Problem},
    rules::failure::{Failure, FailureKind},
};
use serde::{Serialize, de::DeserializeOwned};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortSignal, Headers, RequestCredentials, RequestInit, RequestMode, Response};

/// The proxy at one origin, for as long as the element is connected.
#[derive(Clone, Debug)]
pub struct Client {
    origin: String,
    signal: AbortSignal,
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

    /// Reads.
    pub async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, Failure> {
        self.ask(path, &RequestInit::new(), None, None).await
    }

    /// Changes something.
    pub async fn post<T: DeserializeOwned>(&self, path: &str, body: &impl Serialize, key: Option<&str>) -> Result<T, Failure> {
        let init = RequestInit::new();
        init.set_method("POST");
        let body = serde_json::to_string(body).map_err(|error| Failure::new(FailureKind::BodyInvalid).with("text", error))?;
        self.ask(path, &init, Some(body), key).await
    }

    async fn ask<T: DeserializeOwned>(
        &self,
        path: &str,
        init: &RequestInit,
        body: Option<String>,
        key: Option<&str>,
    ) -> Result<T, Failure> {
        let (status, text) = self.fetch(path, init, body, key).await.map_err(|_| self.unreachable())?;
        if (200..300).contains(&status) {
            return serde_json::from_str(&text).map_err(|error| Failure::new(FailureKind::Internal).with("reference", error));
        }
        Err(match serde_json::from_str::<Problem>(&text) {
            Ok(problem) => problem.failure(),
            // Something in between answered: a gateway, a captive portal.
            Err(_) if status >= 500 => self.unreachable(),
            Err(_) => Failure::new(FailureKind::Internal).with("reference", format!("HTTP {status}")),
        })
    }

    async fn fetch(&self, path: &str, init: &RequestInit, body: Option<String>, key: Option<&str>) -> Result<(u16, String), JsValue> {
        let headers = Headers::new()?;
        headers.set(PLUGIN_HEADER, "1")?;
        headers.set("accept", "application/json")?;
        if let Some(body) = body {
            headers.set("content-type", "application/json")?;
            init.set_body(&JsValue::from(body));
        }
        if let Some(key) = key {
            headers.set(IDEMPOTENCY_HEADER, key)?;
        }
        init.set_headers(&headers);
        init.set_credentials(RequestCredentials::Include);
        init.set_mode(RequestMode::Cors);
        init.set_signal(Some(&self.signal));
        let window = web_sys::window().ok_or(JsValue::NULL)?;
        let address = format!("{}/api/v1/{path}", self.origin);
        let response: Response = JsFuture::from(window.fetch_with_str_and_init(&address, init)).await?.dyn_into()?;
        let text = JsFuture::from(response.text()?).await?;
        Ok((response.status(), text.as_string().unwrap_or_default()))
    }

    fn unreachable(&self) -> Failure {
        let host = self.origin.split_once("://").map_or(self.origin.as_str(), |(_, host)| host);
        Failure::new(FailureKind::ProxyUnreachable).with("host", host)
    }
}
