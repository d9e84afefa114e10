//! `/api/control`, Halo's global settings, as far as they are about remote support. Administrators see them, and the service's own
//! agent, whose role is made for it; that others get 403 is assumed.

use super::{
    World,
    access::{Answer, Caller, say},
    auth::SERVICE_AGENT,
    tickets::NEVER,
};
use crate::{iso, now_ms};
use axum::{
    Json,
    extract::State as Shared,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde_json::json;
use std::sync::Arc;

const TOKEN_SECONDS: i64 = 3600;

/// The address may have been entered for an integration that was never connected: only `beyondtrust_authorized` says that one is.
pub(super) async fn settings(Shared(world): Shared<Arc<World>>, caller: Caller) -> Response {
    let state = world.state();
    let answer = || -> Answer {
        let is_admin = state.agents.iter().any(|agent| agent["id"] == caller.agent && agent["is_admin"] == true);
        if !is_admin && caller.agent != SERVICE_AGENT {
            return Err(StatusCode::FORBIDDEN.into());
        }
        let authorized = state.settings.is_on("builtin_integration");
        let expiry = if authorized { iso(now_ms() / 1000 + TOKEN_SECONDS).replace("+00:00", "Z") } else { NEVER.to_owned() };
        let proxy = state.settings.get("proxy_origin");
        Ok(Json(json!({
            "beyondtrust_url": world.appliance_origin, "beyondtrust_username": "halo-native", "beyondtrust_authorized": authorized,
            "beyondtrust_token_expiry": expiry, "beyond_trust_instance_type": 1, "beyondtrust_teams": [], "lmiallowothertechinvites": true,
            "autoswitchtodefaultremoteteam": false, "defaultremotesessionuserid": 1, "remotesession_username": "General User",
            "remotesession_trackingid": 0, "cors_whitelist_list": [{"value": proxy, "label": proxy}],
        }))
        .into_response())
    };
    say(answer())
}
