//! `/auth/token` and what it keeps: codes with PKCE, tokens for three grants, refresh tokens that work once. The log-in page is in
//! `sign_in`.

use super::World;
use crate::{now_ms, random_hex};
use axum::{
    Json,
    extract::{Form, State as Shared},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use base64::{Engine as _, prelude::BASE64_STANDARD, prelude::BASE64_URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use std::{collections::HashMap, sync::Arc};

/// The interactive application; no secret.
pub(super) const AGENT_APP: &str = "halo-agent-app";
const SERVICE_APP: &str = "halo-service";
const SERVICE_SECRET: &str = "halo-service-secret-1";
/// "Agent to log in as" of the service application.
pub(super) const SERVICE_AGENT: u32 = 90;
/// A code is redeemed at once.
const CODE_MS: i64 = 60_000;

#[rustfmt::skip]
const SCOPES: [&str; 24] = [
    "all", "all:standard", "admin", "openid", "offline_access", "access:chat", "read:tickets", "edit:tickets", "read:calendar", "edit:calendar",
    "read:customers", "edit:customers", "read:crm", "edit:crm", "read:contracts", "edit:contracts", "read:items", "edit:items", "read:projects",
    "edit:projects", "read:kb", "edit:kb", "read:assets", "edit:assets",
];

/// Codes, tokens and what became of them.
#[derive(Default)]
pub(crate) struct Auth {
    codes: Vec<Code>,
    tokens: Vec<Token>,
    refreshes: Vec<Refresh>,
    pub(super) refresh_log: Vec<Value>,
    pub(super) sign_ins: Vec<Value>,
}

struct Code {
    code: String,
    agent: u32,
    challenge: String,
    redirect: String,
    scope: String,
    expires_ms: i64,
}

/// A bearer token.
pub(super) struct Token {
    token: String,
    pub(super) agent: u32,
    pub(super) scope: String,
    expires_ms: i64,
}

struct Refresh {
    token: String,
    agent: u32,
    scope: String,
}

impl Auth {
    /// Whose live token a request carries.
    pub(super) fn holder(&self, headers: &HeaderMap) -> Option<&Token> {
        let presented = headers.get(header::AUTHORIZATION)?.to_str().ok()?.strip_prefix("Bearer ")?;
        self.tokens.iter().find(|token| token.token == presented && token.expires_ms > now_ms())
    }

    /// An agent logged in: a code to be redeemed once.
    pub(super) fn code(&mut self, agent: u32, challenge: &str, redirect: &str, scope: &str) -> String {
        let code = random_hex(16);
        let (challenge, redirect, scope) = (challenge.to_owned(), redirect.to_owned(), scope.to_owned());
        self.codes.push(Code { code: code.clone(), agent, challenge, redirect, scope, expires_ms: now_ms() + CODE_MS });
        self.sign_ins.push(json!({"agent": agent, "at_ms": now_ms()}));
        code
    }

    /// A token that looks like a JWT and is as opaque as one.
    fn issue(&mut self, agent: u32, scope: &str, seconds: i64, issuer: &str) -> Value {
        let part = |value: Value| BASE64_URL_SAFE_NO_PAD.encode(value.to_string());
        let (now, id) = (now_ms() / 1000, agent.to_string());
        let claims =
            json!({"iss": issuer, "sub": id, "agent_id": id, "scope": scope, "iat": now, "exp": now + seconds, "jti": random_hex(8)});
        let token = format!("{}.{}.{}", part(json!({"alg": "RS256", "typ": "at+jwt"})), part(claims), random_hex(32));
        self.tokens.push(Token { token: token.clone(), agent, scope: scope.to_owned(), expires_ms: now_ms() + seconds * 1000 });
        json!({"access_token": token, "token_type": "Bearer", "expires_in": seconds, "scope": scope})
    }
}

pub(super) fn unknown_scope(scope: &str) -> bool {
    scope.split_whitespace().any(|part| !SCOPES.contains(&part))
}

pub(super) async fn info(Shared(world): Shared<Arc<World>>) -> Json<Value> {
    let tenant = world.state().settings.get("tenant").clone();
    Json(json!({"auth_url": format!("{}/auth", world.origin), "tenant_id": tenant}))
}

pub(super) async fn openid(Shared(world): Shared<Arc<World>>) -> Json<Value> {
    let auth = format!("{}/auth", world.origin);
    Json(json!({
        "issuer": auth, "authorization_endpoint": format!("{auth}/authorize"), "token_endpoint": format!("{auth}/token"),
        "grant_types_supported": ["authorization_code", "client_credentials", "refresh_token"], "response_types_supported": ["code"],
        "scopes_supported": SCOPES, "code_challenge_methods_supported": ["S256"],
    }))
}

fn refuse(status: StatusCode, error: &str, description: Option<&str>) -> Response {
    let mut body = json!({"error": error});
    if let Some(description) = description {
        body["error_description"] = json!(description);
    }
    (status, Json(body)).into_response()
}

fn invalid_grant(what: &str) -> Response {
    refuse(StatusCode::BAD_REQUEST, "invalid_grant", Some(&format!("The specified {what} is no longer valid.")))
}

/// Id and secret, from the form or a Basic header.
fn client(headers: &HeaderMap, form: &HashMap<String, String>) -> (String, String) {
    let basic = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()).and_then(|value| value.strip_prefix("Basic "));
    let basic = basic.and_then(|value| BASE64_STANDARD.decode(value).ok()).and_then(|bytes| String::from_utf8(bytes).ok());
    let field = |name: &str| form.get(name).cloned().unwrap_or_default();
    basic
        .and_then(|pair| pair.split_once(':').map(|(id, secret)| (id.to_owned(), secret.to_owned())))
        .unwrap_or_else(|| (field("client_id"), field("client_secret")))
}

pub(super) async fn token(Shared(world): Shared<Arc<World>>, headers: HeaderMap, Form(form): Form<HashMap<String, String>>) -> Response {
    let field = |name: &str| form.get(name).map(String::as_str).unwrap_or_default();
    let (id, secret) = client(&headers, &form);
    if id != AGENT_APP && (id != SERVICE_APP || secret != SERVICE_SECRET) {
        return refuse(StatusCode::UNAUTHORIZED, "invalid_client", None);
    }
    let mut state = world.state();
    let seconds = state.settings.number("token_seconds");
    let auth = &mut state.auth;
    let interactive = id == AGENT_APP;
    let (agent, scope) = match field("grant_type") {
        "client_credentials" if !interactive => {
            if unknown_scope(field("scope")) {
                return refuse(StatusCode::BAD_REQUEST, "invalid_scope", Some("One or more of the requested scopes are not recognised."));
            }
            (SERVICE_AGENT, field("scope").to_owned())
        }
        "authorization_code" if interactive => match redeem(auth, &form) {
            Some(code) => (code.agent, code.scope),
            None => return invalid_grant("authorization code"),
        },
        "refresh_token" if interactive => {
            let spent =
                auth.refreshes.iter().position(|refresh| refresh.token == field("refresh_token")).map(|index| auth.refreshes.remove(index));
            auth.refresh_log
                .push(json!({"agent": spent.as_ref().map(|one| one.agent), "old": field("refresh_token"), "ok": spent.is_some()}));
            match spent {
                Some(refresh) => (refresh.agent, refresh.scope),
                None => return invalid_grant("refresh token"),
            }
        }
        "client_credentials" | "authorization_code" | "refresh_token" => {
            return refuse(StatusCode::BAD_REQUEST, "unauthorized_client", None);
        }
        _ => return refuse(StatusCode::BAD_REQUEST, "unsupported_grant_type", None),
    };
    let mut answer = auth.issue(agent, &scope, seconds, &format!("{}/auth", world.origin));
    answer["refresh_token"] = Value::Null;
    answer["id_token"] = Value::Null;
    if interactive && scope.split_whitespace().any(|part| part == "offline_access") {
        let token = format!("rt-{}", random_hex(24));
        answer["refresh_token"] = json!(token);
        auth.refreshes.push(Refresh { token, agent, scope });
    }
    Json(answer).into_response()
}

/// A code is spent by the attempt, whether it fits or not.
fn redeem(auth: &mut Auth, form: &HashMap<String, String>) -> Option<Code> {
    let field = |name: &str| form.get(name).map(String::as_str).unwrap_or_default();
    let index = auth.codes.iter().position(|code| code.code == field("code"))?;
    let code = auth.codes.remove(index);
    let challenge = BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(field("code_verifier").as_bytes()));
    (code.challenge == challenge && code.redirect == field("redirect_uri") && code.expires_ms > now_ms()).then_some(code)
}
