//! `/auth`: authorise with PKCE, tokens for three grants, refresh tokens that work once.

use super::World;
use crate::{now_ms, random_hex};
use axum::{
    Json,
    extract::{Form, Query, State as Shared},
    http::{HeaderValue, StatusCode, header},
    response::{Html, IntoResponse, Redirect, Response},
};
use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use serde_json::json;
use sha2::{Digest as _, Sha256};
use std::{collections::HashMap, fmt::Write as _, sync::Arc};

const AGENT_APP: &str = "halo-agent-app";
const SERVICE_APP: &str = "halo-service";
const SERVICE_SECRET: &str = "halo-service-secret-1";
const SERVICE_AGENT: u32 = 90;
/// A code is redeemed at once.
const CODE_MS: i64 = 60_000;
const SCOPES: [&str; 12] = [
    "all",
    "all:standard",
    "admin",
    "read:tickets",
    "edit:tickets",
    "read:customers",
    "edit:customers",
    "read:assets",
    "edit:assets",
    "access:chat",
    "offline_access",
    "read:calendar",
];

pub(crate) struct Code {
    code: String,
    agent: u32,
    challenge: String,
    redirect: String,
    scope: String,
    expires_ms: i64,
}

pub(crate) struct Token {
    pub(super) token: String,
    pub(super) agent: u32,
    pub(super) expires_ms: i64,
}

pub(crate) struct Refresh {
    token: String,
    agent: u32,
    scope: String,
}

type Fields = HashMap<String, String>;

pub(super) async fn info(Shared(world): Shared<Arc<World>>) -> Json<serde_json::Value> {
    Json(json!({"auth_url": format!("{}/auth", world.origin), "tenant_id": "northwind"}))
}

fn oauth_error(status: StatusCode, error: &str, description: &str) -> Response {
    (status, Json(json!({"error": error, "error_description": description}))).into_response()
}

fn unknown_scope(scope: &str) -> bool {
    scope.split_whitespace().any(|part| !SCOPES.contains(&part))
}

/// The log-in page; with `agent` the click on it.
pub(super) async fn authorize(Shared(world): Shared<Arc<World>>, Query(query): Query<Fields>) -> Response {
    let field = |name: &str| query.get(name).map(String::as_str).unwrap_or_default();
    let redirect = format!("{}/api/v1/sign-in/callback", world.proxy_origin);
    if field("client_id") != AGENT_APP || field("redirect_uri") != redirect || field("response_type") != "code" {
        return (StatusCode::BAD_REQUEST, Html("<h1>invalid_request</h1><p>Unknown application or redirect address.</p>")).into_response();
    }
    if field("code_challenge_method") != "S256" || field("code_challenge").len() != 43 || unknown_scope(field("scope")) {
        return (StatusCode::BAD_REQUEST, Html("<h1>invalid_request</h1><p>A code challenge (S256) and known scopes are required.</p>"))
            .into_response();
    }
    let mut state = world.state();
    let mut response = match field("agent").parse::<u32>() {
        Ok(agent) => {
            let code = random_hex(16);
            state.codes.push(Code {
                code: code.clone(),
                agent,
                challenge: field("code_challenge").to_owned(),
                redirect: redirect.clone(),
                scope: field("scope").to_owned(),
                expires_ms: now_ms() + CODE_MS,
            });
            state.sign_ins.push(json!({"agent": agent}));
            let back = url::form_urlencoded::Serializer::new(String::new())
                .append_pair("code", &code)
                .append_pair("state", field("state"))
                .finish();
            Redirect::to(&format!("{redirect}?{back}")).into_response()
        }
        Err(_) => {
            let here = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(&query).finish();
            let people = state.agents.iter().filter(|agent| agent["is_agent"] == true && agent["isapiagent"] == false && agent["id"] != 1);
            let links = people.fold(String::new(), |mut html, agent| {
                let (id, name, role) =
                    (&agent["id"], agent["name"].as_str().unwrap_or_default(), agent["role_list"].as_str().unwrap_or_default());
                let _ = write!(
                    html,
                    "<li><a href=\"/auth/authorize?{here}&amp;agent={id}\">{}<small>{role}</small></a></li>",
                    name.replace('&', "&amp;")
                );
                html
            });
            Html(format!(
                "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\
                 <title>Log in to Halo (simulated)</title><link rel=\"stylesheet\" href=\"/log-in.css\"></head>\
                 <body><main><h1>Log in to Halo</h1><p>Simulated: choose who you are.</p><ul>{links}</ul></main></body></html>"
            ))
            .into_response()
        }
    };
    if state.settings["coop"] == "same-origin" {
        response
            .headers_mut()
            .insert(header::HeaderName::from_static("cross-origin-opener-policy"), HeaderValue::from_static("same-origin"));
    }
    response
}

pub(super) async fn token(Shared(world): Shared<Arc<World>>, Form(form): Form<Fields>) -> Response {
    let field = |name: &str| form.get(name).map(String::as_str).unwrap_or_default();
    let mut state = world.state();
    let (agent, scope) = match field("grant_type") {
        "client_credentials" if field("client_id") == SERVICE_APP && field("client_secret") == SERVICE_SECRET => {
            if unknown_scope(field("scope")) {
                return oauth_error(StatusCode::BAD_REQUEST, "invalid_scope", "One or more of the requested scopes are not recognised.");
            }
            (SERVICE_AGENT, field("scope").replace("offline_access", ""))
        }
        "client_credentials" => return (StatusCode::UNAUTHORIZED, Json(json!({"error": "invalid_client"}))).into_response(),
        _ if field("client_id") != AGENT_APP => {
            return (StatusCode::UNAUTHORIZED, Json(json!({"error": "invalid_client"}))).into_response();
        }
        "authorization_code" => {
            let verifier = BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(field("code_verifier").as_bytes()));
            let index = state.codes.iter().position(|code| code.code == field("code"));
            // A code is spent by the attempt, whether it fits or not.
            let code = index.map(|index| state.codes.remove(index));
            match code.filter(|code| code.challenge == verifier && code.redirect == field("redirect_uri") && code.expires_ms > now_ms()) {
                Some(code) => (code.agent, code.scope),
                None => return oauth_error(StatusCode::BAD_REQUEST, "invalid_grant", "The specified code is no longer valid."),
            }
        }
        "refresh_token" => {
            let index = state.refreshes.iter().position(|refresh| refresh.token == field("refresh_token"));
            let found = index.map(|index| state.refreshes.remove(index));
            state
                .refresh_log
                .push(json!({"agent": found.as_ref().map(|one| one.agent), "old": field("refresh_token"), "ok": found.is_some()}));
            match found {
                Some(refresh) => (refresh.agent, refresh.scope),
                None => return oauth_error(StatusCode::BAD_REQUEST, "invalid_grant", "The specified refresh token is no longer valid."),
            }
        }
        _ => return oauth_error(StatusCode::BAD_REQUEST, "unsupported_grant_type", "This grant is not supported."),
    };
    let seconds = state.settings["token_seconds"].as_i64().unwrap_or(3600);
    // Looks like a JWT and is as opaque as one.
    let token = format!(
        "eyJhbGciOiJSUzI1NiJ9.{}.{}",
        BASE64_URL_SAFE_NO_PAD.encode(json!({"agent_id": agent.to_string()}).to_string()),
        random_hex(16)
    );
    state.tokens.push(Token { token: token.clone(), agent, expires_ms: now_ms() + seconds * 1000 });
    let mut answer = json!({"access_token": token, "token_type": "Bearer", "expires_in": seconds, "scope": scope, "refresh_token": null, "id_token": null});
    if scope.contains("offline_access") {
        let refresh = format!("rt-{}", random_hex(16));
        state.refreshes.push(Refresh { token: refresh.clone(), agent, scope });
        answer["refresh_token"] = json!(refresh);
    }
    Json(answer).into_response()
}
