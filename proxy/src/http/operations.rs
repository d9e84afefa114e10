//! What those ask who run the proxy: is it ready, what does it count, how is its API described. Nothing of whom it is about.

use crate::app::App;
use axum::{
    extract::{OriginalUri, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use secrecy::ExposeSecret as _;
use sha2::{Digest as _, Sha256};
use std::sync::Arc;
use subtle::ConstantTimeEq as _;

/// The description of the API (OpenAPI 3.1). Tests hold every answer and every route against it.
pub const OPENAPI: &str = include_str!("openapi.json");

pub(super) async fn openapi() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "application/json")], OPENAPI)
}

/// The store can be written. Vendors that are out of reach do not make us unready: events are kept all the same.
pub(super) async fn ready(State(app): State<Arc<App>>) -> impl IntoResponse {
    match app.store.ready().await {
        Ok(()) => (StatusCode::OK, "ready"),
        Err(problem) => {
            tracing::error!(%problem, "not ready");
            (StatusCode::SERVICE_UNAVAILABLE, "the store cannot be written")
        }
    }
}

/// For whoever has the token; for all others there is no such page.
pub(super) async fn metrics(State(app): State<Arc<App>>, headers: HeaderMap, OriginalUri(uri): OriginalUri) -> Response {
    let presented = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()?.strip_prefix("Bearer ")).unwrap_or_default();
    let ours = Sha256::digest(app.config.server.metrics_token.expose_secret().as_bytes());
    if !bool::from(Sha256::digest(presented.as_bytes()).ct_eq(&ours)) {
        return super::unknown_page(OriginalUri(uri)).await.into_response();
    }
    match app.metrics.page(&app).await {
        Ok(page) => ([(header::CONTENT_TYPE, "application/openmetrics-text; version=1.0.0; charset=utf-8")], page).into_response(),
        Err(problem) => {
            tracing::error!(%problem, "nothing can be counted");
            (StatusCode::SERVICE_UNAVAILABLE, "the store cannot be read").into_response()
        }
    }
}
