//! Who may call at all: the origins that may read our answers, the header and origin every state change must carry, and the
//! cookie that says who is calling. What that person may do is `access`'s question.

use super::Refusal;
use crate::{app::App, sign_in::Caller, vault};
use axum::{
    Json,
    extract::{FromRequest, FromRequestParts, Query, Request, State},
    http::{HeaderName, HeaderValue, Method, header, request::Parts},
    middleware::Next,
    response::{IntoResponse, Response},
};
use axum_extra::extract::CookieJar;
use halo_remote_support::{
    api::{IDEMPOTENCY_HEADER, PLUGIN_HEADER},
    rules::failure::{Failure, FailureKind},
};
use serde::de::DeserializeOwned;
use std::{sync::Arc, time::Duration};
use tower_http::cors::{AllowOrigin, CorsLayer};

/// The cookie of a signed-in frame.
pub const COOKIE: &str = "__Host-remote-support";

/// Exact origins may read our answers, with credentials; nobody else.
pub fn cors(app: &App) -> CorsLayer {
    let origins = app.config.server.allowed_origins.iter().filter_map(|origin| HeaderValue::from_str(&origin.origin()).ok());
    CorsLayer::new()
        .allow_origin(AllowOrigin::list(origins))
        .allow_credentials(true)
        .allow_methods([Method::GET, Method::POST, Method::PUT])
        .allow_headers([header::CONTENT_TYPE, HeaderName::from_static(PLUGIN_HEADER), HeaderName::from_static(IDEMPOTENCY_HEADER)])
        .max_age(Duration::from_secs(600))
}

/// Lets a state change pass only with our header (which a foreign form cannot set) and from an origin we allow.
pub async fn state_changes(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    if matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS) {
        return next.run(request).await;
    }
    let refuse = |failure: Failure| {
        tracing::warn!(%failure, path = request.uri().path(), "authz_fail: a state change was refused");
        Refusal::from(failure).into_response()
    };
    let origin = request.headers().get(header::ORIGIN).and_then(|origin| origin.to_str().ok());
    if !origin.is_some_and(|origin| app.allows_origin(origin)) {
        return refuse(Failure::new(FailureKind::OriginRefused).with("origin", origin.unwrap_or("none")));
    }
    if !request.headers().contains_key(PLUGIN_HEADER) {
        return refuse(Failure::new(FailureKind::HeaderMissing));
    }
    next.run(request).await
}

/// The cookie of the request, hashed as the store knows it.
pub fn cookie_digest(parts: &Parts) -> Option<Vec<u8>> {
    CookieJar::from_headers(&parts.headers).get(COOKIE).map(|cookie| vault::digest(cookie.value()))
}

impl FromRequestParts<Arc<App>> for Caller {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Refusal> {
        let signed_out = || Refusal::from(Failure::new(FailureKind::SignedOut));
        let cookie = cookie_digest(parts).ok_or_else(signed_out)?;
        app.store.caller(cookie, app.clock.now()).await?.ok_or_else(signed_out)
    }
}

/// The query; one that does not read is refused with what is wrong with it.
pub struct Asked<T>(pub T);

impl<T: DeserializeOwned> FromRequestParts<Arc<App>> for Asked<T> {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Refusal> {
        match Query::from_request_parts(parts, app).await {
            Ok(Query(asked)) => Ok(Self(asked)),
            Err(rejection) => Err(Failure::new(FailureKind::BodyInvalid).with("text", rejection.body_text()).into()),
        }
    }
}

/// A JSON body; one that does not read is refused with what is wrong with it.
pub struct Body<T>(pub T);

impl<T: DeserializeOwned> FromRequest<Arc<App>> for Body<T> {
    type Rejection = Refusal;

    async fn from_request(request: Request, app: &Arc<App>) -> Result<Self, Refusal> {
        match Json::from_request(request, app).await {
            Ok(Json(body)) => Ok(Self(body)),
            Err(rejection) => Err(Failure::new(FailureKind::BodyInvalid).with("text", rejection.body_text()).into()),
        }
    }
}
