//! `/oauth2/token`: client credentials in a Basic header; at most 30 live tokens, the 31st ends the oldest.

use super::{State, World};
use crate::{now_ms, random_hex};
use axum::{
    Json,
    extract::{Form, State as Shared},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use serde_json::json;
use std::{collections::HashMap, sync::Arc};

const LIVE: usize = 30;

pub(crate) struct Token {
    pub(super) token: String,
    pub(super) expires_ms: i64,
}

pub(super) async fn issue(Shared(world): Shared<Arc<World>>, headers: HeaderMap, Form(form): Form<HashMap<String, String>>) -> Response {
    let mut state = world.state();
    let expected = format!("{}:{}", state.text("client_id").unwrap_or_default(), state.text("client_secret").unwrap_or_default());
    let presented = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()).and_then(|value| value.strip_prefix("Basic "));
    let presented = presented.and_then(|value| BASE64_STANDARD.decode(value).ok()).and_then(|bytes| String::from_utf8(bytes).ok());
    if presented.as_deref() != Some(&expected) {
        let body = json!({"error": "invalid_client", "message": "Client authentication failed."});
        return (StatusCode::UNAUTHORIZED, Json(body)).into_response();
    }
    if form.get("grant_type").map(String::as_str) != Some("client_credentials") {
        return (StatusCode::BAD_REQUEST, Json(json!({"error": "unsupported_grant_type", "message": "Unsupported grant."})))
            .into_response();
    }
    let seconds = state.number("token_seconds");
    let token = random_hex(20);
    state.tokens.push(Token { token: token.clone(), expires_ms: now_ms() + seconds * 1000 });
    if state.tokens.len() > LIVE {
        state.tokens.remove(0);
    }
    Json(json!({"access_token": token, "token_type": "Bearer", "expires_in": seconds})).into_response()
}

/// Whether the request carries a live token.
pub(super) fn is_live(state: &State, headers: &HeaderMap) -> bool {
    let presented =
        headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()).and_then(|value| value.strip_prefix("Bearer "));
    presented.is_some_and(|presented| state.tokens.iter().any(|token| token.token == presented && token.expires_ms > now_ms()))
}

pub(super) fn refused() -> Response {
    (StatusCode::UNAUTHORIZED, Json(json!({"message": "The access token is invalid or has expired."}))).into_response()
}
