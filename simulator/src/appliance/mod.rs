//! The appliance: OAuth tokens, the Command and Reporting API in XML, outbound events, and the pages on which a person plays
//! customer and technician.

mod command;
mod control;
mod events;
mod jump;
mod keys;
mod pages;
mod people;
mod play;
mod report;
mod session_xml;
mod sessions;
mod shown;
mod token;
mod xml;

pub(crate) use events::deliver as deliver_events;

use crate::{
    Options, lock, now_ms,
    requests::{self, Ledger, Vendor},
    settings::Settings,
};
use axum::{
    Router,
    http::{HeaderValue, Method, header},
    middleware,
    routing::{get, post},
};
use serde_json::json;
use std::{
    collections::BTreeSet,
    path::Path,
    sync::{Arc, Mutex, MutexGuard},
};
use tokio::sync::Notify;
use tower_http::cors::CorsLayer;

/// The appliance's id, as `check_health` and every event carry it.
const APPLIANCE_ID: &str = "3c4d5e6f708192a3b4c5d6e7f8091a2b";

/// The appliance: its state behind one lock (nothing here is slow), and what never changes.
pub struct World {
    state: Mutex<State>,
    ledger: Ledger,
    wake: Notify,
    origin: String,
    halo_origin: String,
    start: Options,
}

pub(crate) struct State {
    settings: Settings,
    tokens: Vec<token::Token>,
    people: people::People,
    keys: Vec<keys::Key>,
    sessions: Vec<sessions::Session>,
    events: Vec<events::Event>,
    devices: Vec<jump::Device>,
    launches: Vec<jump::Launch>,
    /// Sessions of which no event tells.
    silent: BTreeSet<String>,
    /// Sessions whose report is cut off.
    damaged: BTreeSet<String>,
}

impl World {
    pub(crate) fn new(origin: String, halo_origin: String, options: &Options) -> Arc<Self> {
        let state = Mutex::new(State::new(options));
        Arc::new(Self { state, ledger: Ledger::default(), wake: Notify::new(), origin, halo_origin, start: options.clone() })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }

    /// As it was at the start.
    fn reset(&self) {
        *self.state() = State::new(&self.start);
        self.ledger.clear();
        self.wake.notify_one();
    }
}

impl Vendor for World {
    fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    fn is_down(&self) -> bool {
        self.state().settings.is_on("down")
    }

    fn latency_ms(&self) -> u64 {
        self.state().settings.get("latency_ms").as_u64().unwrap_or(0)
    }
}

impl State {
    fn new(options: &Options) -> Self {
        let settings = json!({
            "namespace": "current", "report_lag_ms": 0, "report_override": null, "report_megabytes": 0, "window_error": null, "xml_api_enabled": true, "clock_skew_seconds": 0,
            "event_url": options.event_url, "event_retry_ms": 200, "event_retry_duration_ms": null, "events_to_send": [events::SESSION_END],
            "key_ttl_seconds": 86_400, "client_id": "bt-client", "client_secret": "bt-secret-1", "token_seconds": 3600, "latency_ms": 0, "down": false,
            "permissions": {
                "perm_backup": "0", "perm_command": "full_access", "perm_configuration": "1", "perm_configuration_vault_account": "0", "perm_ecm": "0",
                "perm_real_time_state": "0", "perm_reporting_archive": "0", "perm_reporting_license": "0", "perm_reporting_presentation": "0",
                "perm_reporting_support": "1", "perm_scim": "0",
            },
        });
        Self {
            settings: Settings::new(settings),
            tokens: Vec::new(),
            people: people::People::seed(),
            keys: Vec::new(),
            sessions: Vec::new(),
            events: Vec::new(),
            devices: jump::seed(),
            launches: Vec::new(),
            silent: BTreeSet::new(),
            damaged: BTreeSet::new(),
        }
    }

    /// The appliance's own clock, in seconds; it may be wrong.
    fn now(&self) -> i64 {
        now_ms() / 1000 + self.settings.number("clock_skew_seconds")
    }

    fn permission(&self, name: &str) -> &str {
        self.settings.get("permissions")[name].as_str().unwrap_or("0")
    }
}

/// All routes of the appliance.
pub(crate) fn router(world: Arc<World>, folder: Option<&Path>) -> Router {
    let halo = HeaderValue::from_str(&world.halo_origin).ok();
    // The demo's panel on the Halo page logs representatives in and out here.
    let cors = CorsLayer::new()
        .allow_origin(halo.into_iter().collect::<Vec<_>>())
        .allow_methods([Method::GET, Method::POST, Method::DELETE])
        .allow_headers([header::CONTENT_TYPE]);
    let ours = Router::new()
        .merge(control::routes())
        .merge(requests::fault_routes())
        .merge(pages::endpoints())
        .merge(jump::endpoints())
        .layer(cors);
    Router::new()
        .route("/oauth2/token", post(token::issue))
        .route("/api/command", get(command::by_query).post(command::by_form))
        .route("/api/reporting", get(report::by_query).post(report::by_form))
        .merge(ours)
        .merge(pages::files(folder, &world.halo_origin))
        .with_state(Arc::clone(&world))
        .layer(middleware::from_fn_with_state(world, requests::record::<World>))
}
