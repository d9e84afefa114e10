//! The files of the demo's Halo screens, and the policy they are under. What they show is in `demo`.

use super::World;
use axum::{
    Router,
    http::{HeaderName, HeaderValue},
    routing::get_service,
};
use std::{path::Path, sync::Arc};
use tower_http::{
    services::{ServeDir, ServeFile},
    set_header::SetResponseHeaderLayer,
};

/// Screens by their address; the file has the same name with a dash for a stroke.
const SCREENS: [&str; 10] =
    ["/ticket", "/tickets", "/new-ticket", "/chats", "/chat", "/assets", "/asset", "/mailbox", "/portal", "/portal/chat"];

pub(super) fn routes(folder: Option<&Path>, world: &World) -> Router<Arc<World>> {
    let Some(folder) = folder else { return Router::new() };
    // Notes and mails are somebody else's HTML: style attributes are let through for them, scripts never are.
    let (proxy, appliance) = (&world.start.proxy_origin, &world.appliance_origin);
    let policy = format!(
        "default-src 'none'; script-src 'self'; style-src 'self'; style-src-attr 'unsafe-inline'; img-src 'self' data:; \
         connect-src 'self' {proxy} {appliance}; frame-src 'self' {proxy}; base-uri 'self'; form-action 'none'; frame-ancestors 'none'"
    );
    let page = |path: &str| get_service(ServeFile::new(folder.join(format!("{}.html", path.trim_start_matches('/').replace('/', "-")))));
    let pages = SCREENS.iter().fold(Router::new(), |pages, path| pages.route(path, page(path)));
    let pages = pages.fallback_service(ServeDir::new(folder));
    let pages =
        pages.layer(SetResponseHeaderLayer::overriding(HeaderName::from_static("cache-control"), HeaderValue::from_static("no-cache")));
    let policy = HeaderValue::from_str(&policy).ok();
    pages.layer(SetResponseHeaderLayer::overriding(HeaderName::from_static("content-security-policy"), policy))
}
