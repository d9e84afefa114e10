//! `/oauth2/token`: client credentials in a Basic header; at most 30 live tokens, the 31st ends the oldest without a word.

use super::{State, World};
use crate::now_ms;
use axum::{
    Json,
    extract::{Form, State as Shared},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use rand::Rng as _;
use serde_json::{Value, json};
use std::{collections::HashMap, sync::Arc};

const LIVE: usize = 30;
/// Letters of a token, as recorded: 40 of `[A-Za-z0-9]`.
const TOKEN_LETTERS: usize = 40;

/// A token that was issued.
pub(crate) struct Token {
    token: String,
    expires_ms: i64,
    /// Ended before its time: by the 31st, or by a new secret.
    ended: bool,
}

impl Token {
    fn is_live(&self) -> bool {
        !self.ended && self.expires_ms > now_ms()
    }

    pub(super) fn shown(&self) -> Value {
        json!({"token": self.token, "expires_ms": self.expires_ms, "live": self.is_live()})
    }
}

pub(super) async fn issue(Shared(world): Shared<Arc<World>>, headers: HeaderMap, Form(form): Form<HashMap<String, String>>) -> Response {
    let mut state = world.state();
    let expected =
        format!("{}:{}", state.settings.text("client_id").unwrap_or_default(), state.settings.text("client_secret").unwrap_or_default());
    let presented =
        credential(&headers, "Basic ").and_then(|value| BASE64_STANDARD.decode(value).ok()).and_then(|bytes| String::from_utf8(bytes).ok());
    if presented.as_deref() != Some(&expected) {
        return refusal(StatusCode::UNAUTHORIZED, "invalid_client", "Client authentication failed.");
    }
    if form.get("grant_type").map(String::as_str) != Some("client_credentials") {
        return refusal(StatusCode::BAD_REQUEST, "unsupported_grant_type", "The grant type is not supported.");
    }
    let seconds = state.settings.number("token_seconds");
    let token: String = rand::rng().sample_iter(rand::distr::Alphanumeric).take(TOKEN_LETTERS).map(char::from).collect();
    let mut live: Vec<&mut Token> = state.tokens.iter_mut().filter(|token| token.is_live()).collect();
    let many = live.len();
    for token in live.iter_mut().take((many + 1).saturating_sub(LIVE)) {
        token.ended = true;
    }
    state.tokens.push(Token { token: token.clone(), expires_ms: now_ms() + seconds * 1000, ended: false });
    let body = Json(json!({"access_token": token, "token_type": "Bearer", "expires_in": seconds}));
    ([(header::CONNECTION, "close")], body).into_response()
}

/// A new secret ends every token of the account.
pub(super) fn end_all(state: &mut State) {
    for token in &mut state.tokens {
        token.ended = true;
    }
}

/// Whether the request carries a live token; otherwise what to answer.
pub(super) fn check(state: &State, headers: &HeaderMap) -> Result<(), Box<Response>> {
    let presented = credential(headers, "Bearer ");
    if presented.is_some_and(|presented| state.tokens.iter().any(|token| token.token == presented && token.is_live())) {
        return Ok(());
    }
    Err(Box::new(refusal(StatusCode::UNAUTHORIZED, "invalid_token", "The access token is invalid or has expired.")))
}

fn refusal(status: StatusCode, error: &str, message: &str) -> Response {
    (status, [(header::CONNECTION, "close")], Json(json!({"error": error, "message": message}))).into_response()
}

fn credential<'a>(headers: &'a HeaderMap, scheme: &str) -> Option<&'a str> {
    headers.get(header::AUTHORIZATION)?.to_str().ok()?.strip_prefix(scheme)
}
