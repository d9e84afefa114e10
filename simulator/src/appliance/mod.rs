//! The appliance: OAuth tokens, the Command and Reporting API in XML, outbound events, and the pages on which a person plays
//! customer and technician.

mod command;
mod control;
pub mod events;
mod keys;
mod pages;
mod report;
mod sessions;
mod token;
mod xml;

use crate::{Options, faults, lock};
use axum::{
    Router,
    http::{HeaderValue, Method, header},
    middleware,
    routing::{get, post},
};
use serde_json::{Value, json};
use std::{
    collections::BTreeMap,
    path::Path,
    sync::{Arc, Mutex, MutexGuard},
};
use tokio::sync::Notify;
use tower_http::cors::CorsLayer;

/// The appliance's state, behind one lock: nothing here is slow.
pub struct World {
    state: Mutex<State>,
    ledger: Arc<faults::Ledger>,
    wake: Notify,
    origin: String,
    halo_origin: String,
}

pub(crate) struct State {
    settings: Value,
    tokens: Vec<token::Token>,
    representatives: BTreeMap<u32, Representative>,
    teams: Vec<(u32, &'static str)>,
    keys: Vec<keys::Key>,
    sessions: Vec<sessions::Session>,
    events: Vec<events::Event>,
}

/// A representative.
#[derive(Clone, Debug)]
pub(crate) struct Representative {
    public: String,
    private: String,
    display: String,
    kind: &'static str,
    logged_in: bool,
}

impl World {
    pub(crate) fn new(origin: String, halo_origin: String, options: &Options) -> Arc<Self> {
        let world = Self { state: Mutex::new(State::new(options)), ledger: Arc::default(), wake: Notify::new(), origin, halo_origin };
        Arc::new(world)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }
}

impl State {
    fn new(options: &Options) -> Self {
        let representative = |name: &str, public: &str, kind, logged_in| Representative {
            public: public.to_owned(),
            private: name.to_owned(),
            display: public.to_owned(),
            kind,
            logged_in,
        };
        Self {
            settings: json!({
                "namespace": "current", "report_lag_ms": 0, "xml_api_enabled": true, "clock_skew_seconds": 0, "event_url": options.event_url,
                "event_retry_ms": 200, "report_override": null, "key_ttl_seconds": 86_400, "client_id": "bt-client", "client_secret": "bt-secret-1",
                "token_seconds": 3600,
                "permissions": {
                    "perm_backup": "0", "perm_command": "full_access", "perm_configuration": "1", "perm_ecm": "0", "perm_real_time_state": "0",
                    "perm_reporting_archive": "0", "perm_reporting_license": "0", "perm_reporting_presentation": "0", "perm_reporting_support": "1",
                    "perm_scim": "0",
                },
            }),
            tokens: Vec::new(),
            representatives: BTreeMap::from([
                (7, representative("Priya Nair", "Priya Nair", "Normal", true)),
                (9, representative("Ann Keller", "Ann K.", "Normal", false)),
                (12, representative("Zoë Müller-Łukasz", "Zoë Müller-Łukasz", "Normal", true)),
                (13, representative("Kit", "Kit", "Normal", true)),
                (40, representative("Guest Expert", "Guest Expert", "Invited", true)),
            ]),
            teams: vec![(3, "Service Desk"), (4, "Network Team")],
            keys: Vec::new(),
            sessions: Vec::new(),
            events: Vec::new(),
        }
    }

    fn number(&self, setting: &str) -> i64 {
        self.settings.get(setting).and_then(Value::as_i64).unwrap_or(0)
    }

    fn text(&self, setting: &str) -> Option<&str> {
        self.settings.get(setting).and_then(Value::as_str)
    }

    fn permission(&self, name: &str) -> &str {
        self.settings.get("permissions").and_then(|all| all.get(name)).and_then(Value::as_str).unwrap_or("0")
    }
}

/// All routes of the appliance.
pub(crate) fn router(world: Arc<World>, pages: Option<&Path>) -> Router {
    let halo = HeaderValue::from_str(&world.halo_origin).ok();
    // The demo's panel on the Halo page logs representatives in and out here.
    let cors = CorsLayer::new()
        .allow_origin(halo.into_iter().collect::<Vec<_>>())
        .allow_methods([Method::GET, Method::POST])
        .allow_headers([header::CONTENT_TYPE]);
    let people = Router::new().merge(control::routes()).merge(pages::endpoints()).layer(cors);
    Router::new()
        .route("/oauth2/token", post(token::issue))
        .route("/api/command", get(command::by_query).post(command::by_form))
        .route("/api/reporting", get(report::by_query).post(report::by_form))
        .merge(people)
        .merge(pages::files(pages))
        .with_state(Arc::clone(&world))
        .merge(faults::routes(Arc::clone(&world.ledger)))
        .layer(middleware::from_fn_with_state(Arc::clone(&world.ledger), faults::middleware))
}
