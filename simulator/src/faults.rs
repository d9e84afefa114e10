//! Faults on demand: fail, delay, cut, hang, commit before or after the connection is cut. Which requests there were is the
//! ledger's business (`requests`).

use crate::lock;
use axum::{
    body::Body,
    http::{HeaderName, HeaderValue, StatusCode},
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use std::{collections::BTreeMap, sync::Mutex, time::Duration};

/// Marks a response that must never be sent.
#[derive(Clone, Copy)]
pub struct Cut;

/// What goes wrong.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Answered with this status, headers and body; nothing is performed.
    Status,
    /// Performed late; also when the caller has gone meanwhile.
    Delay,
    /// The connection closes without an answer; nothing is performed.
    Cut,
    /// No answer (for `milliseconds`, or for ever); nothing is performed.
    Hang,
    /// Performed, then the connection closes without an answer.
    CommitThenCut,
    /// Performed at once, answered late: what the caller learns is old.
    CommitThenDelay,
    /// Performed, then no answer.
    CommitThenHang,
    /// Performed, then answered with this status: a gateway that lost patience.
    CommitThenStatus,
    /// The connection closes at once, and `milliseconds` later it is performed all the same.
    CutThenCommit,
}

fn once() -> u32 {
    1
}

/// One fault, waiting for the requests it fits.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// The whole path, in any case.
    path: String,
    method: Option<String>,
    /// A vendor command (`generate_session_key`) or report (`SupportSession`) in query or form.
    action: Option<String>,
    kind: Kind,
    status: Option<u16>,
    #[serde(default)]
    headers: BTreeMap<String, String>,
    #[serde(default)]
    body: String,
    #[serde(default)]
    milliseconds: u64,
    /// How many requests it strikes.
    #[serde(default = "once")]
    times: u32,
}

impl Fault {
    /// What strikes every request of a vendor that is down.
    pub fn down() -> Self {
        Self {
            path: String::new(),
            method: None,
            action: None,
            kind: Kind::Cut,
            status: None,
            headers: BTreeMap::new(),
            body: String::new(),
            milliseconds: 0,
            times: 1,
        }
    }
}

/// The faults that wait.
#[derive(Default)]
pub struct Faults(Mutex<Vec<Fault>>);

impl Faults {
    /// Adds to them.
    pub fn add(&self, faults: Vec<Fault>) {
        lock(&self.0).extend(faults.into_iter().filter(|fault| fault.times > 0));
    }

    /// Forgets them.
    pub fn clear(&self) {
        lock(&self.0).clear();
    }

    /// Takes the first that fits.
    pub fn take(&self, method: &str, path: &str, action: Option<&str>) -> Option<Fault> {
        let mut faults = lock(&self.0);
        let index = faults.iter().position(|fault| {
            fault.path.eq_ignore_ascii_case(path)
                && fault.method.as_deref().is_none_or(|wanted| wanted.eq_ignore_ascii_case(method))
                && fault.action.as_deref().is_none_or(|wanted| Some(wanted) == action)
        })?;
        let fault = faults.get_mut(index)?;
        fault.times -= 1;
        let found = fault.clone();
        if fault.times == 0 {
            faults.remove(index);
        }
        Some(found)
    }
}

/// A response that makes the server drop the connection.
pub fn cut() -> Response {
    let mut response = Response::new(Body::empty());
    response.extensions_mut().insert(Cut);
    response
}

/// Lets a fault have its way with a request; `perform` is what the vendor would have done.
pub async fn strike(fault: Fault, perform: impl Future<Output = Response> + Send + 'static) -> Response {
    let pause = tokio::time::sleep(Duration::from_millis(fault.milliseconds));
    match fault.kind {
        Kind::Status => answer(&fault),
        Kind::Delay => {
            pause.await;
            perform.await
        }
        Kind::Cut => {
            pause.await;
            cut()
        }
        Kind::Hang => hang(fault.milliseconds).await,
        Kind::CommitThenCut => {
            perform.await;
            pause.await;
            cut()
        }
        Kind::CommitThenDelay => {
            let response = perform.await;
            pause.await;
            response
        }
        Kind::CommitThenHang => {
            perform.await;
            hang(fault.milliseconds).await
        }
        Kind::CommitThenStatus => {
            perform.await;
            pause.await;
            answer(&fault)
        }
        Kind::CutThenCommit => {
            tokio::spawn(async move {
                pause.await;
                perform.await;
            });
            cut()
        }
    }
}

async fn hang(milliseconds: u64) -> Response {
    if milliseconds == 0 {
        std::future::pending::<()>().await;
    }
    tokio::time::sleep(Duration::from_millis(milliseconds)).await;
    cut()
}

fn answer(fault: &Fault) -> Response {
    let status = fault.status.and_then(|status| StatusCode::from_u16(status).ok()).unwrap_or(StatusCode::SERVICE_UNAVAILABLE);
    let mut response = (status, fault.body.clone()).into_response();
    for (name, value) in &fault.headers {
        if let (Ok(name), Ok(value)) = (name.parse::<HeaderName>(), HeaderValue::from_str(value)) {
            response.headers_mut().insert(name, value);
        }
    }
    response
}
