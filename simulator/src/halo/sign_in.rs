//! `/auth/authorize`: the log-in page, on which a person chooses who to be, and the way back with a code. Passwords are not
//! simulated. With `agent=<id>` in the address it answers as if that agent had been chosen.

use super::{
    State, World,
    auth::{AGENT_APP, unknown_scope},
};
use crate::escape;
use axum::{
    extract::{Query, State as Shared},
    http::{HeaderName, HeaderValue, StatusCode, header},
    response::{Html, IntoResponse, Redirect, Response},
};
use serde_json::Value;
use std::{collections::HashMap, fmt::Write as _, sync::Arc};
use url::form_urlencoded::Serializer;

/// Letters of a SHA-256 in base64url.
const CHALLENGE_LETTERS: usize = 43;

pub(super) async fn style() -> Response {
    ([(header::CONTENT_TYPE, "text/css")], include_str!("log-in.css")).into_response()
}

pub(super) async fn authorize(Shared(world): Shared<Arc<World>>, Query(query): Query<HashMap<String, String>>) -> Response {
    let mut state = world.state();
    let mut response = answer(&mut state, &query);
    if state.settings.text("coop") == Some("same-origin") {
        let name = HeaderName::from_static("cross-origin-opener-policy");
        response.headers_mut().insert(name, HeaderValue::from_static("same-origin"));
    }
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    // As log-in pages do: the way in is a window of its own, never a frame.
    let policy = "default-src 'none'; style-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy));
    response
}

fn answer(state: &mut State, query: &HashMap<String, String>) -> Response {
    let field = |name: &str| query.get(name).map(String::as_str).unwrap_or_default();
    let redirect = format!("{}/api/v1/sign-in/callback", state.settings.text("proxy_origin").unwrap_or_default());
    if field("client_id") != AGENT_APP || field("redirect_uri") != redirect {
        return problem("The application or its redirect address is not known.");
    }
    if field("response_type") != "code" || field("code_challenge_method") != "S256" || field("code_challenge").len() != CHALLENGE_LETTERS {
        return problem("A code with an S256 challenge is required.");
    }
    let back = |pairs: &[(&str, &str)]| {
        let query = Serializer::new(String::new()).extend_pairs(pairs).append_pair("state", field("state")).finish();
        Redirect::to(&format!("{redirect}?{query}")).into_response()
    };
    if unknown_scope(field("scope")) {
        return back(&[("error", "invalid_scope")]);
    }
    if query.contains_key("cancel") {
        return back(&[("error", "access_denied")]);
    }
    match field("agent").parse::<u32>().ok().filter(|id| people(state).any(|agent| agent["id"] == *id)) {
        Some(agent) => {
            let code = state.auth.code(agent, field("code_challenge"), &redirect, field("scope"));
            back(&[("code", &code)])
        }
        None => Html(page(state, query)).into_response(),
    }
}

/// Who may log in here.
fn people(state: &State) -> impl Iterator<Item = &Value> {
    state.agents.iter().filter(|agent| agent["isapiagent"] == false && agent["id"] != 1)
}

fn page(state: &State, query: &HashMap<String, String>) -> String {
    let here = |name: &str, value: &str| {
        let query = Serializer::new(String::new()).extend_pairs(query).append_pair(name, value).finish();
        escape(&format!("/auth/authorize?{query}"))
    };
    let text = |agent: &Value, field: &str| escape(agent[field].as_str().unwrap_or_default());
    let list = people(state).fold(String::new(), |mut html, agent| {
        let (link, initials) = (here("agent", &agent["id"].to_string()), text(agent, "initials"));
        let (name, role) = (text(agent, "name"), text(agent, "role_list"));
        let _ =
            write!(html, "<li><a href=\"{link}\"><b aria-hidden=\"true\">{initials}</b><span>{name}<small>{role}</small></span></a></li>");
        html
    });
    let cancel = here("cancel", "1");
    document(
        "Log in to Halo (simulated)",
        &format!(
            "<h1>Log in to Halo</h1><p>This Halo is simulated and has no passwords: choose who you are.</p><ul>{list}</ul><p><a href=\"{cancel}\">Cancel</a></p>"
        ),
    )
}

fn problem(text: &str) -> Response {
    (StatusCode::BAD_REQUEST, Html(document("invalid_request", &format!("<h1>invalid_request</h1><p>{text}</p>")))).into_response()
}

fn document(title: &str, body: &str) -> String {
    format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <meta name=\"color-scheme\" content=\"light dark\"><title>{title}</title><link rel=\"stylesheet\" href=\"/auth/log-in.css\"></head>\
         <body><main>{body}</main></body></html>"
    )
}
