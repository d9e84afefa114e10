//! The ledger of a vendor's requests, and the place where faults strike. Pages, `/demo` and `/control` are not the vendor's and
//! are left out of both.

use crate::{
    faults::{Cut, Fault, Faults, strike},
    lock, now_ms,
};
use axum::{
    Json, Router,
    body::Body,
    extract::{Request, State},
    http::{HeaderMap, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
    routing::post,
};
use serde::Serialize;
use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

/// No vendor takes a body larger than this.
const LARGEST_BODY: usize = 64 << 20;

/// A request as it came. `status` is null while it has no answer, and for ever when the connection was cut.
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

/// Requests of one vendor, and the faults that wait for them.
#[derive(Default)]
pub struct Ledger {
    /// The faults.
    pub faults: Faults,
    requests: Mutex<Vec<Seen>>,
}

impl Ledger {
    /// Every request so far.
    pub fn requests(&self) -> Vec<Seen> {
        lock(&self.requests).clone()
    }

    /// Forgets requests and faults.
    pub fn clear(&self) {
        lock(&self.requests).clear();
        self.faults.clear();
    }
}

/// What recording needs to know of a vendor.
pub trait Vendor: Send + Sync + 'static {
    /// Its ledger.
    fn ledger(&self) -> &Ledger;
    /// The agent whose token a request carries.
    fn agent(&self, _headers: &HeaderMap) -> Option<u32> {
        None
    }
    /// Whether its API answers nothing at all.
    fn is_down(&self) -> bool;
    /// How much later than at once it answers.
    fn latency_ms(&self) -> u64 {
        0
    }
    /// How long its gateway waits for an answer before it says 504 for it.
    fn gateway_ms(&self) -> Option<u64> {
        None
    }
}

/// `/control/faults`.
pub fn fault_routes<V: Vendor>() -> Router<Arc<V>> {
    let add = |State(vendor): State<Arc<V>>, Json(faults): Json<Vec<Fault>>| async move { vendor.ledger().faults.add(faults) };
    let clear = |State(vendor): State<Arc<V>>| async move { vendor.ledger().faults.clear() };
    Router::new().route("/control/faults", post(add).delete(clear))
}

/// Records the request and lets a waiting fault have its way.
pub async fn record<V: Vendor>(State(vendor): State<Arc<V>>, request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    if !["/api/", "/auth/", "/oauth2/", "/.well-known/"]
        .iter()
        .any(|start| path.get(..start.len()).is_some_and(|this| this.eq_ignore_ascii_case(start)))
    {
        return next.run(request).await;
    }
    let (parts, body) = request.into_parts();
    let Ok(bytes) = axum::body::to_bytes(body, LARGEST_BODY).await else { return StatusCode::PAYLOAD_TOO_LARGE.into_response() };
    let query = parts.uri.query().unwrap_or_default().to_owned();
    let action = command(query.as_bytes()).or_else(|| command(&bytes));
    let waiting = || vendor.ledger().faults.take(parts.method.as_str(), &path, action.as_deref());
    let fault = if vendor.is_down() { Some(Fault::down()) } else { waiting() };
    let index = {
        let mut requests = lock(&vendor.ledger().requests);
        requests.push(Seen {
            method: parts.method.to_string(),
            path,
            query,
            action,
            status: None,
            connection_close: parts.headers.get(header::CONNECTION).is_some_and(|value| value.as_bytes().eq_ignore_ascii_case(b"close")),
            agent: vendor.agent(&parts.headers),
            at_ms: now_ms(),
        });
        requests.len() - 1
    };
    let perform = {
        let request = Request::from_parts(parts, Body::from(bytes));
        async move { next.run(request).await }
    };
    let latency = Duration::from_millis(vendor.latency_ms());
    // In a task of its own: a vendor finishes what it began, whether the caller still waits or not.
    let mut work = tokio::spawn(async move {
        if !latency.is_zero() {
            tokio::time::sleep(latency).await;
        }
        match fault {
            None => perform.await,
            Some(fault) => strike(fault, perform).await,
        }
    });
    let answered = match vendor.gateway_ms() {
        None => work.await,
        Some(patience) => match tokio::time::timeout(Duration::from_millis(patience), &mut work).await {
            Ok(answered) => answered,
            Err(_) => Ok((
                StatusCode::GATEWAY_TIMEOUT,
                [(header::CONTENT_TYPE, "text/html")],
                "<html><body><h1>504 Gateway Time-out</h1></body></html>",
            )
                .into_response()),
        },
    };
    let response = answered.unwrap_or_else(|_| StatusCode::INTERNAL_SERVER_ERROR.into_response());
    if let Some(seen) = lock(&vendor.ledger().requests).get_mut(index) {
        seen.status = response.extensions().get::<Cut>().is_none().then(|| response.status().as_u16());
    }
    response
}

fn command(form: &[u8]) -> Option<String> {
    url::form_urlencoded::parse(form).find(|(name, _)| name == "action" || name == "generate_report").map(|(_, value)| value.into_owned())
}
