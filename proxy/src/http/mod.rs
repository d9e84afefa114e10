//! The routes: decode, ask, encode. Nothing is decided here.

mod guard;
mod invites;
mod launches;
mod operations;
mod pages;
mod problem;
mod sessions;
mod settings;
mod sign_in;

pub use operations::OPENAPI;
pub use pages::unknown_page;
pub use problem::Refusal;

use crate::{app::App, doorbell, intake};
use axum::{
    Router,
    extract::DefaultBodyLimit,
    http::{HeaderName, HeaderValue, header},
    middleware,
    routing::{get, post},
};
use std::sync::Arc;
use tower_http::{compression::CompressionLayer, set_header::SetResponseHeaderLayer};

/// A request to the API may have this many bytes: two edited templates and their wrapping.
const API_BODY: usize = 256 * 1024;

/// All routes.
pub fn router(app: Arc<App>) -> Router {
    let api = Router::new()
        .route("/me", get(sign_in::me))
        .route("/sign-in", get(sign_in::begin))
        .route("/sign-in/callback", get(sign_in::callback))
        .route("/sign-in/exchange", post(sign_in::exchange))
        .route("/sign-out", post(sign_in::sign_out))
        .route("/channels", get(invites::channels))
        .route("/chats", get(invites::chats))
        .route("/invites", get(invites::list).post(invites::send))
        .route("/channels/now", get(invites::channels_now))
        .route("/invites/{id}/renew", post(invites::renew))
        .route("/invites/{id}/revoke", post(invites::revoke))
        .route("/launches", get(launches::options).post(launches::launch))
        .route("/sessions", get(sessions::list))
        .route("/sessions/{lsid}", get(sessions::one))
        .route("/sessions/{lsid}/note", get(sessions::note))
        .route("/sessions/{lsid}/link", post(sessions::link))
        .route("/sessions/{lsid}/unlink", post(sessions::unlink))
        .route("/sessions/{lsid}/replay", post(sessions::replay))
        .route("/settings", get(settings::read).put(settings::save))
        .route("/settings/test", post(settings::test))
        .route("/openapi.json", get(operations::openapi))
        .fallback(unknown_page)
        .layer(DefaultBodyLimit::max(API_BODY))
        .layer(middleware::from_fn_with_state(Arc::clone(&app), guard::state_changes))
        .layer(guard::cors(&app))
        .layer(answer_header(header::CACHE_CONTROL, "no-store"));
    Router::new()
        .nest("/api/v1", api)
        // A larger event is quarantined, not refused: refusing would block the sender's queue.
        .route("/events/{token}", post(intake::receive).layer(DefaultBodyLimit::disable()))
        .route("/halo/{token}", post(doorbell::receive).layer(DefaultBodyLimit::disable()))
        .route("/healthz", get(|| async { "ok" }))
        .route("/readyz", get(operations::ready))
        .route("/metrics", get(operations::metrics))
        .nest("/embed", pages::router(&app))
        .fallback(unknown_page)
        .layer(CompressionLayer::new())
        .layer(answer_header(header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .layer(answer_header(header::REFERRER_POLICY, "no-referrer"))
        .layer(answer_header(header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"))
        .with_state(app)
}

/// Sets a header that the answer does not bring itself.
fn answer_header(name: HeaderName, value: &'static str) -> SetResponseHeaderLayer<HeaderValue> {
    SetResponseHeaderLayer::if_not_present(name, HeaderValue::from_static(value))
}
