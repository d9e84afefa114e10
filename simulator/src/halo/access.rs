//! Who calls the API and what they may do: the token, the rate limit, the agent's modules, the application's scopes. Halo answers
//! 401 both for a bad token and for a missing module.

use super::{State, World};
use crate::now_ms;
use axum::{
    Json,
    extract::FromRequestParts,
    http::{StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};
use serde_json::json;
use std::sync::Arc;

const WINDOW_MS: i64 = 300_000;

/// What is not done, and how Halo says so.
pub struct Refusal(Box<Response>);

impl<R: IntoResponse> From<R> for Refusal {
    fn from(answer: R) -> Self {
        Self(Box::new(answer.into_response()))
    }
}

/// Either way an answer.
pub type Answer = Result<Response, Refusal>;

/// For axum: the refusal is the answer.
pub fn say(answer: Answer) -> Response {
    answer.unwrap_or_else(|refusal| *refusal.0)
}

/// The parts of Halo this simulation has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Module {
    Tickets,
    Customers,
    Chats,
    Assets,
}

/// The caller of an API request, by its bearer token; within the rate limit.
pub struct Caller {
    pub agent: u32,
    scope: String,
}

impl FromRequestParts<Arc<World>> for Caller {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, world: &Arc<World>) -> Result<Self, Response> {
        let mut state = world.state();
        within_rate_limit(&mut state).map_err(|refusal| *refusal.0)?;
        let holder = state.auth.holder(&parts.headers).map(|token| Self { agent: token.agent, scope: token.scope.clone() });
        holder.ok_or_else(|| (StatusCode::UNAUTHORIZED, [(header::WWW_AUTHENTICATE, "Bearer error=\"invalid_token\"")]).into_response())
    }
}

impl Caller {
    /// Somebody who uses Halo's own screens, which are bound to no application's scope.
    pub fn on_screen(agent: u32) -> Self {
        Self { agent, scope: "all".to_owned() }
    }

    /// Whether scope and module allow it.
    pub fn may(&self, state: &State, module: Module, write: bool) -> Result<(), Refusal> {
        let (name, area) = match module {
            Module::Tickets => ("Tickets", "tickets"),
            Module::Customers => ("Customers", "customers"),
            // That this scope, and no other, opens the chats is assumed from its name.
            Module::Chats => ("Chat", "chat"),
            Module::Assets => ("Assets", "assets"),
        };
        if state.settings.lists("no_module", format!("{}:{name}", self.agent)) {
            return Err((StatusCode::UNAUTHORIZED, Json(json!({"Message": "You do not have permission to view this record."}))).into());
        }
        let scoped = self.scope.split_whitespace().any(|scope| match scope {
            "all" | "all:standard" | "admin" => true,
            scope => match scope.split_once(':') {
                Some(("access" | "edit", of)) => of == area,
                Some(("read", of)) => !write && of == area,
                _ => false,
            },
        });
        if scoped { Ok(()) } else { Err(StatusCode::FORBIDDEN.into()) }
    }
}

/// One bucket for everybody: whose it is in truth is not documented.
fn within_rate_limit(state: &mut State) -> Result<(), Refusal> {
    let now = now_ms();
    state.recent.retain(|at| *at > now - WINDOW_MS);
    let limit = state.settings.get("rate_limit").as_u64().and_then(|limit| usize::try_from(limit).ok());
    if let Some(limit) = limit.filter(|limit| state.recent.len() >= *limit) {
        let text = format!("Rate Limit Reached - {limit} Requests per rolling 5 minute window");
        let mut response = match state.settings.text("rate_limit_shape") {
            Some("text") => (StatusCode::TOO_MANY_REQUESTS, text).into_response(),
            _ => (StatusCode::TOO_MANY_REQUESTS, Json(json!({"Message": text}))).into_response(),
        };
        if let Some(seconds) = state.settings.get("retry_after").as_u64() {
            response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
        }
        return Err(response.into());
    }
    state.recent.push(now);
    Ok(())
}
