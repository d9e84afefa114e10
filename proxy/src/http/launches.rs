//! `/launches`.

use super::{
    Refusal,
    guard::{Asked, Body},
};
use crate::{app::App, launches, sign_in::Caller};
use axum::{Json, extract::State, http::StatusCode};
use halo_remote_support::{
    api::{Launch, LaunchOptions, NewLaunch},
    rules::words::AssetId,
};
use serde::Deserialize;
use std::sync::Arc;

#[derive(Deserialize)]
pub(super) struct ForAsset {
    asset: AssetId,
}

pub(super) async fn options(
    State(app): State<Arc<App>>,
    caller: Caller,
    Asked(query): Asked<ForAsset>,
) -> Result<Json<LaunchOptions>, Refusal> {
    Ok(Json(launches::options(&app, &caller, query.asset).await?))
}

pub(super) async fn launch(
    State(app): State<Arc<App>>,
    caller: Caller,
    Body(new): Body<NewLaunch>,
) -> Result<(StatusCode, Json<Launch>), Refusal> {
    Ok((StatusCode::CREATED, Json(launches::launch(&app, &caller, new).await?)))
}
