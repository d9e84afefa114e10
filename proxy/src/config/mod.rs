//! What `proxy.toml` says, read once at start into types that cannot be wrong. Choices that administrators make while the
//! proxy runs (templates, teams, fallback) are not here: they live in the store.

mod document;
mod problem;
mod read;
mod secret;
mod value;

pub use problem::ConfigProblem;
pub use read::environment;

use halo_remote_support::rules::link::HttpsUrl;
use secrecy::SecretString;
use serde::Deserialize;
use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    time::Duration,
};

/// Everything, with defaults filled in and secrets read.
#[derive(Clone, Debug)]
pub struct Config {
    /// Our own side.
    pub server: Server,
    /// The Halo site.
    pub halo: Halo,
    /// The BeyondTrust site; may also be set up on the settings page.
    pub beyondtrust: BeyondTrust,
    /// What BeyondTrust's events carry to be let in.
    pub events: Events,
    /// What Halo's webhooks carry to be let in.
    pub webhook: Webhook,
    /// When work is tried, and tried again.
    pub worker: Worker,
    /// What the events missed.
    pub reconcile: Reconcile,
    /// How long things are remembered.
    pub retention: Retention,
    /// The log.
    pub log: Log,
    /// What an empty store begins with.
    pub first_start: FirstStart,
}

/// `[server]`.
#[derive(Clone, Debug)]
pub struct Server {
    /// Where we listen.
    pub listen: SocketAddr,
    /// Our address as browsers and BeyondTrust see it; an origin without a path.
    pub public_url: HttpsUrl,
    /// Origins whose pages may frame us or call us; Halo's own by default.
    pub allowed_origins: Vec<HttpsUrl>,
    /// Folder of the store, the key file and the event token.
    pub data: PathBuf,
    /// Folder of the pages shown in Halo's frames.
    pub pages: PathBuf,
    /// Folder of the built plugin.
    pub plugin: PathBuf,
    /// What `/metrics` is asked with.
    pub metrics_token: SecretString,
}

/// `[halo]`.
#[derive(Clone, Debug)]
pub struct Halo {
    /// The web application's address; `/api` and the authorisation server are found from it.
    pub url: HttpsUrl,
    /// Where to connect instead of what DNS says.
    pub connect_to: Option<SocketAddr>,
    /// Tenant of a hosted site, when discovery does not tell.
    pub tenant: Option<String>,
    /// Certificates to trust besides the machine's.
    pub ca_file: Option<PathBuf>,
    /// Application "Client ID and Secret (Services)".
    pub service_client_id: String,
    /// Its secret.
    pub service_client_secret: SecretString,
    /// Application "Authorisation Code (Native Application)", for agents.
    pub agent_client_id: String,
    /// Token address, when discovery is wrong.
    pub token_url: Option<HttpsUrl>,
    /// Authorise address, when discovery is wrong.
    pub authorize_url: Option<HttpsUrl>,
    /// Scopes agents sign in with.
    pub agent_scope: String,
    /// Scopes of the service application.
    pub service_scope: String,
    /// Action name of an invite's mail.
    pub invite_outcome: String,
    /// Action name of a session's note.
    pub session_outcome: String,
    /// How a note gets its author.
    pub attribution: Attribution,
    /// How an attachment's content is written.
    pub attachment_form: AttachmentForm,
    /// The field of a ticket that names the ticket it was merged into.
    pub merged_field: String,
    /// Whether Halo's own BeyondTrust integration gets the same events.
    pub builtin: Builtin,
    /// How long that integration is let go first.
    pub builtin_head_start: Duration,
    /// What Halo allows.
    pub calls_per_5_minutes: u32,
}

/// How an attachment's content is written; which of the two Halo wants is not documented.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AttachmentForm {
    /// `data:text/plain;base64,…`.
    #[default]
    DataUrl,
    /// The base64 alone.
    Base64,
}

/// Whether Halo's own BeyondTrust integration gets the same events as we.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Builtin {
    /// Halo is asked.
    #[default]
    Ask,
    /// It does.
    On,
    /// It does not.
    Off,
}

/// `[reconcile]`: looking for sessions that no event announced.
#[derive(Clone, Debug)]
pub struct Reconcile {
    /// How often.
    pub every: Duration,
    /// How far each look reaches back before the last one.
    pub overlap: Duration,
    /// A session that ended this recently is left to its event.
    pub grace: Duration,
    /// How often a look reaches further back.
    pub deep_every: Duration,
    /// How far.
    pub deep_window: Duration,
}

/// `[retention]`: how long things are remembered.
#[derive(Clone, Debug)]
pub struct Retention {
    /// Events in the inbox.
    pub events: Duration,
    /// Sessions that are written, refused or given up.
    pub sessions: Duration,
    /// Sessions that wait to be linked by hand.
    pub stored: Duration,
    /// Invites.
    pub invites: Duration,
    /// What people did.
    pub audit: Duration,
}

/// How a session's note gets its technician as author.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Attribution {
    /// The technician's own token when held; else `who_agentid`, read back, and the name in the first line should Halo
    /// have ignored it.
    #[default]
    DelegatedThenReadBack,
    /// The technician's own token when held; else always the name in the first line.
    DelegatedThenName,
}

/// `[beyondtrust]`: either `url`, `client_id` and `client_secret` together, or none of them.
#[derive(Clone, Debug, Default)]
pub struct BeyondTrust {
    /// "Application URL".
    pub url: Option<HttpsUrl>,
    /// Where to connect instead of what DNS says.
    pub connect_to: Option<SocketAddr>,
    /// Certificates to trust besides the machine's.
    pub ca_file: Option<PathBuf>,
    /// OAuth client id of the API account.
    pub client_id: Option<String>,
    /// Its secret.
    pub client_secret: Option<SecretString>,
    /// Seconds a session key stays valid; the appliance's own default otherwise.
    pub key_ttl: Option<u32>,
    /// What the appliance is asked at most.
    pub calls_per_5_minutes: u32,
}

/// `[events]`.
#[derive(Clone, Debug)]
pub struct Events {
    /// The unguessable part of the address events are posted to.
    pub token: SecretString,
    /// The one before, while the appliances are being changed over.
    pub previous_token: Option<SecretString>,
    /// The token is a file of our own making in the data folder.
    pub in_data_folder: bool,
}

/// `[webhook]`.
#[derive(Clone, Debug)]
pub struct Webhook {
    /// The unguessable part of the address Halo's webhooks are posted to.
    pub token: SecretString,
    /// The name Halo sends with each (Basic), when it was given one.
    pub user: Option<String>,
    /// Its password.
    pub password: Option<SecretString>,
}

impl Webhook {
    pub(super) const FILE: &str = "webhook-token";
}

impl Events {
    pub(super) const FILE: &str = "event-token";
    pub(super) const OLD_FILE: &str = "event-token.old";

    /// Where our own token stands.
    #[must_use]
    pub fn token_file(&self, data: &Path) -> PathBuf {
        data.join(Self::FILE)
    }

    /// Where the one before stands.
    #[must_use]
    pub fn old_token_file(&self, data: &Path) -> PathBuf {
        data.join(Self::OLD_FILE)
    }
}

impl Config {
    /// Where the store is.
    #[must_use]
    pub fn store_file(&self) -> PathBuf {
        self.server.data.join("store.sqlite3")
    }
}

/// `[worker]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Worker {
    /// Waits before each look for a finished report; the last one repeats.
    pub report_schedule: Vec<Duration>,
    /// Waits before each new try of a failed call; the last one repeats.
    pub retry_schedule: Vec<Duration>,
    /// Age at which a job is laid before a person.
    pub give_up_after: Duration,
    /// Wait after a write whose outcome is unknown, before we look whether it happened.
    pub in_doubt_wait: Duration,
    /// How long a claimed job stays with its worker.
    pub lease: Duration,
    /// How often we look for due jobs.
    pub poll: Duration,
}

/// `[log]`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Log {
    /// Lines for people or for machines.
    pub format: LogFormat,
}

/// Form of the log.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LogFormat {
    /// One line for people.
    #[default]
    Text,
    /// One JSON object per line.
    Json,
}

/// `[first_start]`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FirstStart {
    /// The choices (JSON, the `settings` part of what `GET /api/v1/settings` answers) for a store that has none yet.
    pub settings: Option<PathBuf>,
}

#[cfg(test)]
mod tests;
