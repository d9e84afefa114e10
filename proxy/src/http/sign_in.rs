//! `/me`, sign-in, its callback page, the exchange of the one-time code, sign-out. The flow itself stands in `crate::sign_in`.

use super::{
    Refusal,
    guard::{Body, COOKIE, cookie_digest},
    pages::{self, Reader},
};
use crate::{
    app::App,
    sign_in::{self, COOKIE_SECONDS, Caller},
};
use axum::{
    Json,
    extract::{Query, Request, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use axum_extra::extract::{
    CookieJar,
    cookie::{Cookie, SameSite},
};
use halo_remote_support::{
    api::{Exchange, Me},
    rules::failure::{Failure, FailureKind},
};
use serde::Deserialize;
use std::sync::Arc;

/// Ties the pop-up that comes back from Halo to the one that went there. Never sent in a frame.
const POPUP_COOKIE: &str = "__Host-remote-support-sign-in";

fn shown(caller: Caller) -> Me {
    Me { id: caller.agent, name: caller.name, is_administrator: caller.is_administrator }
}

/// Asking who one is before signing in is no mistake: nobody is an answer, and the browser's console stays quiet.
pub(super) async fn me(caller: Result<Caller, Refusal>) -> Result<Response, Refusal> {
    match caller {
        Ok(caller) => Ok(Json(shown(caller)).into_response()),
        Err(refusal) if refusal.failure.kind == FailureKind::SignedOut => Ok(StatusCode::NO_CONTENT.into_response()),
        Err(refusal) => Err(refusal),
    }
}

#[derive(Deserialize)]
pub(super) struct BeginQuery {
    nonce: String,
    origin: String,
}

fn cookie(name: &'static str, value: String) -> Cookie<'static> {
    Cookie::build((name, value)).path("/").secure(true).http_only(true).build()
}

pub(super) async fn begin(State(app): State<Arc<App>>, reader: Reader, Query(query): Query<BeginQuery>) -> Response {
    match sign_in::begin(&app, &query.nonce, &query.origin).await {
        Ok(begun) => {
            let mut popup = cookie(POPUP_COOKIE, begun.browser);
            popup.set_same_site(SameSite::Lax);
            (CookieJar::new().add(popup), Redirect::to(&begun.location)).into_response()
        }
        Err(failure) => pages::sign_in_failed(reader, &failure),
    }
}

#[derive(Deserialize)]
pub(super) struct CallbackQuery {
    #[serde(default)]
    code: String,
    #[serde(default)]
    state: String,
    error: Option<String>,
    error_description: Option<String>,
}

pub(super) async fn callback(State(app): State<Arc<App>>, reader: Reader, jar: CookieJar, Query(query): Query<CallbackQuery>) -> Response {
    if let Some(error) = query.error_description.or(query.error) {
        return pages::sign_in_failed(reader, &Failure::new(FailureKind::SignInRefused).with("text", error));
    }
    let browser = jar.get(POPUP_COOKIE).map_or("", Cookie::value);
    match sign_in::finish(&app, &query.state, browser, &query.code).await {
        Ok(finished) => pages::signed_in(reader, &finished),
        Err(failure) => pages::sign_in_failed(reader, &failure),
    }
}

pub(super) async fn exchange(State(app): State<Arc<App>>, Body(body): Body<Exchange>) -> Result<Response, Refusal> {
    let (caller, value) = sign_in::exchange(&app, &body.code, &body.nonce).await?;
    let mut cookie = cookie(COOKIE, value);
    // The frame is a third party in Halo's page: the cookie lives in the partition of that page.
    cookie.set_same_site(SameSite::None);
    cookie.set_partitioned(true);
    cookie.set_max_age(time::Duration::seconds(COOKIE_SECONDS));
    Ok((CookieJar::new().add(cookie), Json(shown(caller))).into_response())
}

pub(super) async fn sign_out(State(app): State<Arc<App>>, request: Request) -> Result<Response, Refusal> {
    let (parts, _) = request.into_parts();
    if let Some(digest) = cookie_digest(&parts) {
        app.store.sign_out(digest).await?;
    }
    let mut gone = cookie(COOKIE, String::new());
    gone.set_same_site(SameSite::None);
    gone.set_partitioned(true);
    gone.set_max_age(time::Duration::ZERO);
    Ok((CookieJar::new().add(gone), StatusCode::NO_CONTENT).into_response())
}
