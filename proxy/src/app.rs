//! What every room of the proxy needs at hand: configuration, store, vendors, clock. It wires, it does not decide.

use crate::{
    access::Seen,
    beyondtrust::{Access, Appliance},
    chats::OpenChats,
    clock::Clock,
    config::Config,
    delegation::Delegation,
    halo::Halo,
    line::Line,
    metrics::Metrics,
    reconcile,
    roster::Roster,
    store::{Sqlite, Store, StoreProblem},
    vault::{self, Vault, VaultProblem},
};
use halo_remote_support::{
    api::{Connection, StoredSettings},
    rules::{
        correlation::Code,
        failure::{Failure, FailureKind},
        link::HttpsUrl,
        settings::Settings,
    },
};
use secrecy::SecretString;
use std::{sync::Arc, time::Duration};
use tokio::sync::{Notify, RwLock};

/// A person waits for BeyondTrust no longer than this (the reason is shown within 10 s).
const PATIENCE: Duration = Duration::from_secs(8);
const SECRET: &str = "beyondtrust client secret";

/// Why the proxy does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartProblem {
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreProblem),
    /// The key file.
    #[error(transparent)]
    Vault(#[from] VaultProblem),
    /// A vendor client cannot be made.
    #[error("{0}")]
    Vendor(Failure),
    /// The settings for the first start.
    #[error("first_start.settings: {0} cannot be used: {1}; correct the file or remove the key")]
    FirstSettings(String, String),
}

/// The lines to both vendors.
pub struct Lines {
    /// To Halo.
    pub halo: Arc<Line>,
    /// To BeyondTrust.
    pub beyondtrust: Arc<Line>,
    /// To our own public address, for a test event's round trip.
    pub own: Arc<Line>,
}

impl Lines {
    fn new(config: &Config, clock: &Arc<dyn Clock>, metrics: &Metrics) -> Self {
        let line = |vendor, limit| Arc::new(Line::new(Arc::clone(clock), limit, metrics.vendor(vendor)));
        Self {
            halo: line("halo", config.halo.calls_per_5_minutes),
            beyondtrust: line("beyondtrust", config.beyondtrust.calls_per_5_minutes),
            own: line("own", u32::MAX),
        }
    }

    /// Both, by name.
    #[must_use]
    pub fn all(&self) -> [(&'static str, &Line); 2] {
        [("halo", &self.halo), ("beyondtrust", &self.beyondtrust)]
    }
}

/// The running proxy.
pub struct App {
    /// From proxy.toml.
    pub config: Config,
    /// What it remembers.
    pub store: Arc<dyn Store>,
    /// Seals and opens.
    pub vault: Vault,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Halo's API.
    pub halo: Halo,
    /// The lines to both vendors.
    pub lines: Lines,
    /// What is counted.
    pub metrics: Metrics,
    /// Acting as an agent.
    pub delegation: Delegation,
    /// Agents and presence.
    pub roster: Roster,
    /// What Halo has lately shown to whom.
    pub seen: Seen,
    /// The open chats that agents looked at lately.
    pub chats: OpenChats,
    /// Wakes the worker: there is something to do.
    pub wake: Notify,
    appliance: RwLock<Option<Appliance>>,
}

impl From<StoreProblem> for Failure {
    fn from(problem: StoreProblem) -> Self {
        tracing::error!(%problem, "the store failed");
        Self::new(FailureKind::StoreUnavailable)
    }
}

impl App {
    /// Opens store and key file in the data folder and makes the vendor clients.
    ///
    /// # Errors
    /// Whatever keeps it from starting, as one sentence.
    pub async fn start(config: Config, clock: Arc<dyn Clock>) -> Result<Arc<Self>, StartProblem> {
        let store = Sqlite::open(&config.store_file())?;
        let app = Self::with_store(config, clock, Arc::new(store)).await?;
        reconcile::begin(&app).await?;
        Ok(app)
    }

    /// The same on a store that is open already.
    ///
    /// # Errors
    /// As [`Self::start`].
    pub async fn with_store(config: Config, clock: Arc<dyn Clock>, store: Arc<dyn Store>) -> Result<Arc<Self>, StartProblem> {
        let vault = Vault::open(&config.server.data.join("key"))?;
        let redirect = format!("{}/api/v1/sign-in/callback", config.server.public_url.origin());
        let metrics = Metrics::new();
        let lines = Lines::new(&config, &clock, &metrics);
        let halo = Halo::new(&config.halo, redirect, Arc::clone(&clock), Arc::clone(&lines.halo)).map_err(StartProblem::Vendor)?;
        let delegation = Delegation::new(Arc::clone(&store), vault.clone(), halo.clone(), Arc::clone(&clock));
        let app = Self {
            config,
            store,
            vault,
            clock,
            halo,
            lines,
            metrics,
            delegation,
            roster: Roster::default(),
            seen: Seen::default(),
            chats: OpenChats::default(),
            wake: Notify::new(),
            appliance: RwLock::default(),
        };
        app.first_settings().await?;
        Ok(Arc::new(app))
    }

    async fn first_settings(&self) -> Result<(), StartProblem> {
        let Some(path) = &self.config.first_start.settings else { return Ok(()) };
        if self.store.settings().await?.is_some() {
            return Ok(());
        }
        let wrong = |problem: String| StartProblem::FirstSettings(path.display().to_string(), problem);
        let text = tokio::fs::read_to_string(path).await.map_err(|error| wrong(error.to_string()))?;
        let settings: Settings = serde_json::from_str(&text).map_err(|error| wrong(error.to_string()))?;
        self.store.save_settings(0, settings, Connection::default(), None, self.clock.now()).await?;
        Ok(())
    }

    /// The settings in force; the connection says whether a secret is set, never which.
    ///
    /// # Errors
    /// The store out of reach.
    pub async fn settings(&self) -> Result<StoredSettings, Failure> {
        let (version, settings, connection) = self.store.settings().await?.unwrap_or_default();
        let file = &self.config.beyondtrust;
        let typed_secret = self.store.secret(SECRET).await?.is_some();
        let or = |typed: String, file: Option<String>| if typed.is_empty() { file.unwrap_or_default() } else { typed };
        Ok(StoredSettings {
            version,
            settings,
            connection: Connection {
                application_url: or(connection.application_url, file.url.as_ref().map(|url| url.as_str().to_owned())),
                client_id: or(connection.client_id, file.client_id.clone()),
                client_secret: None,
                has_secret: typed_secret || file.client_secret.is_some(),
            },
        })
    }

    /// Seals and keeps a secret typed into the settings page.
    ///
    /// # Errors
    /// The store or the key file out of reach.
    pub async fn keep_secret(&self, secret: &SecretString) -> Result<(), Failure> {
        let sealed = self.vault.seal_text(SECRET, secret).map_err(|problem| self.fault("client secret", &problem))?;
        Ok(self.store.save_secret(SECRET, sealed, self.clock.now()).await?)
    }

    /// The appliance as it is set up now.
    ///
    /// # Errors
    /// `not_configured` with the setting that is missing, or one that is wrong.
    pub async fn appliance(&self) -> Result<Appliance, Failure> {
        if let Some(appliance) = self.appliance.read().await.as_ref() {
            return Ok(appliance.clone());
        }
        let connection = self.settings().await?.connection;
        let missing = |setting: &str| Failure::new(FailureKind::NotConfigured).with("setting", setting);
        if connection.application_url.is_empty() {
            return Err(missing("Application URL"));
        }
        if connection.client_id.is_empty() {
            return Err(missing("Client ID"));
        }
        let url = HttpsUrl::parse(&connection.application_url)
            .map_err(|problem| Failure::new(FailureKind::SettingWrong).with("setting", "Application URL").with("text", problem))?;
        let typed = self.store.secret(SECRET).await?;
        let secret = match typed {
            Some(sealed) => self.vault.unseal_text(SECRET, &sealed).map_err(|problem| self.fault("client secret", &problem))?,
            None => self.config.beyondtrust.client_secret.clone().ok_or_else(|| missing("Client Secret"))?,
        };
        let file = &self.config.beyondtrust;
        let access = Access {
            url,
            connect_to: file.connect_to,
            ca_file: file.ca_file.clone(),
            client_id: connection.client_id,
            client_secret: secret,
        };
        let appliance = Appliance::new(access, Arc::clone(&self.clock), Arc::clone(&self.lines.beyondtrust))?;
        *self.appliance.write().await = Some(appliance.clone());
        Ok(appliance)
    }

    /// Drops the appliance's client after its settings changed.
    pub async fn forget_appliance(&self) {
        *self.appliance.write().await = None;
        self.lines.beyondtrust.credentials_changed();
    }

    /// Asks BeyondTrust something a person waits for.
    ///
    /// # Errors
    /// What BeyondTrust answers, or `appliance_timeout`.
    pub async fn interactive<T, F>(&self, call: impl FnOnce(Appliance) -> F) -> Result<T, Failure>
    where
        F: Future<Output = Result<T, Failure>>,
    {
        let appliance = self.appliance().await?;
        let late = Failure::new(FailureKind::ApplianceTimeout).with("host", appliance.url().host());
        tokio::time::timeout(PATIENCE, call(appliance)).await.unwrap_or(Err(late))
    }

    /// Whether pages of this origin may frame and call us: our own, and those in `server.allowed_origins`.
    #[must_use]
    pub fn allows_origin(&self, origin: &str) -> bool {
        HttpsUrl::parse(origin).is_ok_and(|asked| {
            let asked = asked.origin();
            std::iter::once(&self.config.server.public_url)
                .chain(&self.config.server.allowed_origins)
                .any(|allowed| allowed.origin() == asked)
        })
    }

    /// A new random code.
    #[must_use]
    pub fn new_code(&self) -> Code {
        Code::from_bits(u64::from_le_bytes(vault::random()))
    }

    /// A fault of ours: logged with a reference that the person can quote.
    #[must_use]
    pub fn fault(&self, what: &'static str, problem: &dyn std::fmt::Display) -> Failure {
        let reference = self.new_code();
        tracing::error!(%reference, what, %problem, "something that should not happen happened");
        Failure::new(FailureKind::Internal).with("reference", reference)
    }
}
