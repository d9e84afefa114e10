//! `/settings` for administrators. A secret goes in and never comes out.

use super::{Refusal, guard::Body};
use crate::{
    access,
    app::App,
    line::Standing,
    reconcile,
    sign_in::Caller,
    store::EventCounts,
    worker::{HONOURS_AUTHOR, builtin_is_on},
};
use axum::{Json, extract::State};
use halo_remote_support::{
    api::{ConnectionTest, StoredSettings},
    rules::{
        directory::Agent,
        failure::{Failure, FailureKind},
        link::HttpsUrl,
        settings::{problems, refusals},
        wording::{Language, Message, say},
        words::UnixSeconds,
    },
};
use secrecy::SecretString;
use serde::Serialize;
use std::sync::Arc;

/// The settings with what the page says beside them.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Shown {
    #[serde(flatten)]
    stored: StoredSettings,
    /// Halo's agents, for trying the settings out; none when Halo cannot be asked.
    agents: Option<Vec<Agent>>,
    /// What is odd about them.
    problems: Vec<Message>,
    /// The events so far.
    events: EventCounts,
    /// Whether Halo lets the service write in an agent's name: `yes`, `no`, or not read back yet.
    honours_author: Option<String>,
    /// Both vendors' lines: calls in the last five minutes, and why background work waits.
    vendors: Vec<Vendor>,
    /// Halo's own BeyondTrust integration is known to be set up, too.
    builtin_integration: bool,
    /// When BeyondTrust's reports were last searched for sessions that no event had announced.
    last_sweep: Option<UnixSeconds>,
    /// How many sessions no event had announced, of those remembered.
    swept: u64,
}

/// A line to a vendor.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Vendor {
    name: &'static str,
    /// Calls in the last five minutes, ours alone; others share the vendor's limit.
    calls: usize,
    /// How many it allows.
    limit: usize,
    /// Why background work does not call it now: `broken`, `asked`, `credentials`, `budget`.
    paused: Option<&'static str>,
}

fn vendors(app: &App) -> Vec<Vendor> {
    let lines = app.lines.all().into_iter();
    lines
        .map(|(name, line)| {
            let Standing { calls, limit, pause } = line.standing();
            Vendor { name, calls, limit, paused: pause.map(|(why, _)| why.word()) }
        })
        .collect()
}

async fn shown(app: &App) -> Result<Json<Shown>, Refusal> {
    let stored = app.settings().await?;
    Ok(Json(Shown {
        agents: app.roster.directory(app, &stored.settings).await.ok().map(|directory| directory.agents),
        problems: problems(&stored.settings),
        events: app.store.event_counts().await?,
        honours_author: app.store.finding(HONOURS_AUTHOR).await?,
        vendors: vendors(app),
        builtin_integration: builtin_is_on(app).await,
        last_sweep: reconcile::last_success(app).await?,
        swept: app.store.figures().await?.swept,
        stored,
    }))
}

pub(super) async fn read(State(app): State<Arc<App>>, caller: Caller) -> Result<Json<Shown>, Refusal> {
    access::may_administer(&caller)?;
    shown(&app).await
}

pub(super) async fn save(State(app): State<Arc<App>>, caller: Caller, Body(body): Body<StoredSettings>) -> Result<Json<Shown>, Refusal> {
    access::may_administer(&caller)?;
    let StoredSettings { version, settings, mut connection } = body;
    if !connection.application_url.is_empty() {
        HttpsUrl::parse(&connection.application_url)
            .map_err(|problem| Failure::new(FailureKind::SettingWrong).with("setting", "Application URL").with("text", problem))?;
    }
    if let Some(wrong) = refusals(&settings).first() {
        return Err(Failure::new(FailureKind::SettingWrong).with("setting", "settings").with("text", say(Language::En, wrong)).into());
    }
    let secret = connection.client_secret.take().filter(|secret| !secret.is_empty()).map(SecretString::from);
    if app.store.save_settings(version, settings, connection, Some(caller.agent), app.clock.now()).await?.is_none() {
        return Err(Failure::new(FailureKind::SettingsConflict).into());
    }
    if let Some(secret) = secret {
        app.keep_secret(&secret).await?;
    }
    app.forget_appliance().await;
    app.roster.forget().await;
    tracing::info!(agent = %caller.agent, "settings_change: an administrator saved settings");
    shown(&app).await
}

pub(super) async fn test(State(app): State<Arc<App>>, caller: Caller) -> Result<Json<ConnectionTest>, Refusal> {
    access::may_administer(&caller)?;
    Ok(Json(app.appliance().await?.test().await))
}
