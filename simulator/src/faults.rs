//! Faults on demand, and the ledger of requests: fail, delay, cut, hang, and commit before the connection is cut.

use crate::{lock, now_ms};
use axum::{
    Json, Router,
    body::Body,
    extract::{Request, State},
    http::{HeaderName, HeaderValue, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
    routing::post,
};
use serde::{Deserialize, Serialize};
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
    time::Duration,
};

/// Marks a response that must never be sent.
#[derive(Clone, Copy)]
pub struct Cut;

/// Who a response was for, for the ledger.
#[derive(Clone, Copy)]
pub struct ForAgent(pub u32);

#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
enum Kind {
    Status,
    Delay,
    Cut,
    Hang,
    CommitThenCut,
    CommitThenHang,
}

fn once() -> u32 {
    1
}

/// One fault, waiting for a request it fits.
#[derive(Clone, Debug, Deserialize)]
struct Fault {
    path: String,
    method: Option<String>,
    /// A vendor command (`generate_session_key`) in query or form.
    action: Option<String>,
    kind: Kind,
    status: Option<u16>,
    #[serde(default)]
    headers: BTreeMap<String, String>,
    #[serde(default)]
    body: String,
    #[serde(default)]
    milliseconds: u64,
    #[serde(default = "once")]
    times: u32,
}

/// A request as it came.
#[derive(Clone, Debug, Serialize)]
pub struct Seen {
    method: String,
    path: String,
    query: String,
    action: Option<String>,
    status: Option<u16>,
    connection_close: bool,
    agent: Option<u32>,
    at_ms: i64,
}

/// Faults and requests of one vendor.
#[derive(Default)]
pub struct Ledger {
    faults: Mutex<Vec<Fault>>,
    requests: Mutex<Vec<Seen>>,
}

impl Ledger {
    /// Every request so far.
    pub fn requests(&self) -> Vec<Seen> {
        lock(&self.requests).clone()
    }

    fn fault_for(&self, method: &str, path: &str, action: Option<&str>) -> Option<Fault> {
        let mut faults = lock(&self.faults);
        let index = faults.iter().position(|fault| {
            fault.path.eq_ignore_ascii_case(path)
                && fault.method.as_deref().is_none_or(|wanted| wanted.eq_ignore_ascii_case(method))
                && fault.action.as_deref().is_none_or(|wanted| Some(wanted) == action)
        })?;
        let fault = faults.get_mut(index)?;
        fault.times = fault.times.saturating_sub(1);
        let found = fault.clone();
        if fault.times == 0 {
            faults.remove(index);
        }
        Some(found)
    }
}

/// `/control/faults`.
pub fn routes(ledger: Arc<Ledger>) -> Router {
    let add = |State(ledger): State<Arc<Ledger>>, Json(faults): Json<Vec<Fault>>| async move { lock(&ledger.faults).extend(faults) };
    let clear = |State(ledger): State<Arc<Ledger>>| async move { lock(&ledger.faults).clear() };
    Router::new().route("/control/faults", post(add).delete(clear)).with_state(ledger)
}

/// Records the request and lets a waiting fault have its way.
pub async fn middleware(State(ledger): State<Arc<Ledger>>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let path = parts.uri.path().to_owned();
    if path.starts_with("/control") || path.starts_with("/demo") {
        return next.run(Request::from_parts(parts, body)).await;
    }
    let bytes = axum::body::to_bytes(body, 64 << 20).await.unwrap_or_default();
    let query = parts.uri.query().unwrap_or_default().to_owned();
    let action = command(query.as_bytes()).or_else(|| command(&bytes));
    let index = {
        let mut requests = lock(&ledger.requests);
        requests.push(Seen {
            method: parts.method.to_string(),
            path: path.clone(),
            query,
            action: action.clone(),
            status: None,
            connection_close: parts.headers.get(header::CONNECTION).is_some_and(|value| value.as_bytes().eq_ignore_ascii_case(b"close")),
            agent: None,
            at_ms: now_ms(),
        });
        requests.len() - 1
    };
    let fault = ledger.fault_for(parts.method.as_str(), &path, action.as_deref());
    let next = next.run(Request::from_parts(parts, Body::from(bytes)));
    let response = match fault {
        None => next.await,
        Some(fault) => strike(fault, next).await,
    };
    if let Some(seen) = lock(&ledger.requests).get_mut(index) {
        seen.status = response.extensions().get::<Cut>().is_none().then(|| response.status().as_u16());
        seen.agent = response.extensions().get::<ForAgent>().map(|agent| agent.0);
    }
    response
}

fn command(form: &[u8]) -> Option<String> {
    url::form_urlencoded::parse(form).find(|(name, _)| name == "action" || name == "generate_report").map(|(_, value)| value.into_owned())
}

async fn strike(fault: Fault, next: impl Future<Output = Response>) -> Response {
    let cut = || {
        let mut response = Response::new(Body::empty());
        response.extensions_mut().insert(Cut);
        response
    };
    match fault.kind {
        Kind::Status => {
            let mut response =
                (StatusCode::from_u16(fault.status.unwrap_or(503)).unwrap_or(StatusCode::SERVICE_UNAVAILABLE), fault.body).into_response();
            for (name, value) in &fault.headers {
                if let (Ok(name), Ok(value)) = (name.parse::<HeaderName>(), HeaderValue::from_str(value)) {
                    response.headers_mut().insert(name, value);
                }
            }
            response
        }
        Kind::Delay => {
            tokio::time::sleep(Duration::from_millis(fault.milliseconds)).await;
            next.await
        }
        Kind::Cut => cut(),
        Kind::Hang => std::future::pending().await,
        Kind::CommitThenCut => {
            next.await;
            cut()
        }
        Kind::CommitThenHang => {
            next.await;
            std::future::pending().await
        }
    }
}
