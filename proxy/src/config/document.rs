//! From the document to [`Config`]: defaults, paths, secrets, and what must fit together.

use super::{
    AttachmentForm, Attribution, BeyondTrust, Builtin, Config, Events, FirstStart, Halo, Log, LogFormat, Reconcile, Retention, Server,
    Webhook, Worker,
    problem::ConfigProblem,
    secret,
    value::{List, Optional, SecretPlace, Word},
};
use halo_remote_support::rules::link::HttpsUrl;
use serde::Deserialize;
use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    time::Duration,
};

const SERVICE_SCOPE: &str = "read:tickets edit:tickets read:customers read:assets access:chat";
const AGENT_SCOPE: &str = "read:tickets edit:tickets read:customers read:assets access:chat offline_access";

/// `proxy.toml` as it stands there.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Document {
    server: RawServer,
    halo: RawHalo,
    beyondtrust: RawBeyondTrust,
    events: RawEvents,
    webhook: RawWebhook,
    worker: RawWorker,
    reconcile: RawReconcile,
    retention: RawRetention,
    log: RawLog,
    first_start: RawFirstStart,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct RawServer {
    listen: Optional<SocketAddr>,
    public_url: Optional<HttpsUrl>,
    allowed_origins: List<HttpsUrl>,
    data: Optional<PathBuf>,
    pages: Optional<PathBuf>,
    plugin: Optional<PathBuf>,
    metrics_token: Option<SecretPlace>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct RawHalo {
    url: Optional<HttpsUrl>,
    connect_to: Optional<SocketAddr>,
    tenant: Optional<String>,
    ca_file: Optional<PathBuf>,
    service_client_id: Optional<String>,
    service_client_secret: Option<SecretPlace>,
    agent_client_id: Optional<String>,
    token_url: Optional<HttpsUrl>,
    authorize_url: Optional<HttpsUrl>,
    agent_scope: Optional<String>,
    service_scope: Optional<String>,
    invite_outcome: Optional<String>,
    session_outcome: Optional<String>,
    attribution: Word<Attribution>,
    attachments: Word<AttachmentForm>,
    merged_field: Optional<String>,
    builtin_integration: Word<Builtin>,
    builtin_head_start: Optional<Duration>,
    calls_per_5_minutes: Optional<u32>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct RawBeyondTrust {
    url: Optional<HttpsUrl>,
    connect_to: Optional<SocketAddr>,
    ca_file: Optional<PathBuf>,
    client_id: Optional<String>,
    client_secret: Option<SecretPlace>,
    key_ttl: Optional<u32>,
    calls_per_5_minutes: Optional<u32>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct RawEvents {
    token: Option<SecretPlace>,
    previous_token: Option<SecretPlace>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct RawWebhook {
    token: Option<SecretPlace>,
    user: Optional<String>,
    password: Option<SecretPlace>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct RawWorker {
    report_schedule: List<Duration>,
    retry_schedule: List<Duration>,
    give_up_after: Optional<Duration>,
    in_doubt_wait: Optional<Duration>,
    lease: Optional<Duration>,
    poll: Optional<Duration>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct RawReconcile {
    every: Optional<Duration>,
    overlap: Optional<Duration>,
    grace: Optional<Duration>,
    deep_every: Optional<Duration>,
    deep_window: Optional<Duration>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct RawRetention {
    events: Optional<Duration>,
    sessions: Optional<Duration>,
    stored: Optional<Duration>,
    invites: Optional<Duration>,
    audit: Optional<Duration>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct RawLog {
    format: Word<LogFormat>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct RawFirstStart {
    settings: Optional<PathBuf>,
}

fn required<T>(setting: &str, value: Optional<T>, remedy: &str) -> Result<T, ConfigProblem> {
    value.0.ok_or_else(|| ConfigProblem::new(setting, "is missing", remedy))
}

/// An origin: no path, no query.
fn origin(setting: &str, url: &HttpsUrl) -> Result<HttpsUrl, ConfigProblem> {
    let wrong = |what: &str| {
        ConfigProblem::new(
            setting,
            format!("is \"{}\", {what}", url.as_str()),
            "write scheme and host only, for example https://halo.example.com",
        )
    };
    let parsed = url::Url::parse(url.as_str()).map_err(|_| wrong("which is not an address"))?;
    if parsed.path() != "/" || parsed.query().is_some() || parsed.fragment().is_some() {
        return Err(wrong("which has a path"));
    }
    HttpsUrl::parse(&url.origin()).map_err(|_| wrong("which is not an origin"))
}

impl Document {
    /// Fills in defaults, reads secrets; paths are relative to `folder`.
    pub fn check(self, folder: &Path, env: &dyn Fn(&str) -> Option<String>) -> Result<Config, ConfigProblem> {
        let halo = self.halo.check(folder, env)?;
        let server = self.server.check(folder, env, &halo)?;
        Ok(Config {
            events: self.events.check(folder, &server.data, env)?,
            webhook: self.webhook.check(folder, &server.data, env)?,
            beyondtrust: self.beyondtrust.check(folder, env)?,
            worker: self.worker.check()?,
            reconcile: self.reconcile.check()?,
            retention: self.retention.check()?,
            log: Log { format: self.log.format.0 },
            first_start: FirstStart { settings: self.first_start.settings.0.map(|file| folder.join(file)) },
            server,
            halo,
        })
    }
}

impl RawServer {
    fn check(self, folder: &Path, env: &dyn Fn(&str) -> Option<String>, halo: &Halo) -> Result<Server, ConfigProblem> {
        let public_url = required(
            "server.public_url",
            self.public_url,
            "write the address at which browsers reach this proxy, for example https://support.example.com",
        )?;
        let allowed_origins = match self.allowed_origins.0 {
            Some(given) => given.iter().map(|url| origin("server.allowed_origins", url)).collect::<Result<_, _>>()?,
            None => HttpsUrl::parse(&halo.url.origin()).into_iter().collect(),
        };
        let data = folder.join(self.data.0.unwrap_or_else(|| "data".into()));
        let place = self.metrics_token.unwrap_or_else(|| SecretPlace::File(data.join("metrics-token")));
        Ok(Server {
            metrics_token: token("server.metrics_token", &place, folder, env, true)?,
            listen: self.listen.0.unwrap_or(SocketAddr::from(([127, 0, 0, 1], 8082))),
            public_url: origin("server.public_url", &public_url)?,
            allowed_origins,
            data,
            pages: folder.join(self.pages.0.unwrap_or_else(|| "www/embed".into())),
            plugin: folder.join(self.plugin.0.unwrap_or_else(|| "pkg".into())),
        })
    }
}

impl RawHalo {
    fn check(self, folder: &Path, env: &dyn Fn(&str) -> Option<String>) -> Result<Halo, ConfigProblem> {
        const SERVICE: &str =
            "create an application \"Client ID and Secret (Services)\" in Halo (Configuration > Integrations > Halo API) and enter it here";
        let text = |given: Optional<String>, default: &str| given.0.unwrap_or_else(|| default.to_owned());
        let secret_place =
            self.service_client_secret.ok_or_else(|| ConfigProblem::new("halo.service_client_secret", "is missing", SERVICE))?;
        Ok(Halo {
            url: required("halo.url", self.url, "write the address at which agents open Halo, for example https://halo.example.com")?,
            connect_to: self.connect_to.0,
            tenant: self.tenant.0,
            ca_file: self.ca_file.0.map(|file| folder.join(file)),
            service_client_id: required("halo.service_client_id", self.service_client_id, SERVICE)?,
            service_client_secret: secret::read("halo.service_client_secret", &secret_place, folder, env, false)?,
            agent_client_id: required(
                "halo.agent_client_id",
                self.agent_client_id,
                "create an application \"Authorisation Code (Native Application)\" in Halo with agent logins allowed and enter its client id here",
            )?,
            token_url: self.token_url.0,
            authorize_url: self.authorize_url.0,
            agent_scope: text(self.agent_scope, AGENT_SCOPE),
            service_scope: text(self.service_scope, SERVICE_SCOPE),
            invite_outcome: text(self.invite_outcome, "Remote Session Invite"),
            session_outcome: text(self.session_outcome, "Remote Session"),
            attribution: self.attribution.0,
            attachment_form: self.attachments.0,
            merged_field: text(self.merged_field, "merged_into_id"),
            builtin: self.builtin_integration.0,
            builtin_head_start: self.builtin_head_start.0.unwrap_or(Duration::from_secs(60)),
            calls_per_5_minutes: some_calls("halo.calls_per_5_minutes", self.calls_per_5_minutes, 300)?,
        })
    }
}

impl RawBeyondTrust {
    fn check(self, folder: &Path, env: &dyn Fn(&str) -> Option<String>) -> Result<BeyondTrust, ConfigProblem> {
        let parts =
            [("url", self.url.0.is_some()), ("client_id", self.client_id.0.is_some()), ("client_secret", self.client_secret.is_some())];
        if parts.iter().any(|(_, set)| *set)
            && let Some((missing, _)) = parts.iter().find(|(_, set)| !set)
        {
            return Err(ConfigProblem::new(
                format!("beyondtrust.{missing}"),
                "is missing",
                "url, client_id and client_secret belong together: set all three, or none and enter them on the settings page",
            ));
        }
        let client_secret =
            self.client_secret.map(|place| secret::read("beyondtrust.client_secret", &place, folder, env, false)).transpose()?;
        if self.key_ttl.0 == Some(0) {
            return Err(ConfigProblem::new(
                "beyondtrust.key_ttl",
                "is 0",
                "write the seconds a session key stays valid, or leave it out for the appliance's own default",
            ));
        }
        Ok(BeyondTrust {
            url: self.url.0,
            connect_to: self.connect_to.0,
            ca_file: self.ca_file.0.map(|file| folder.join(file)),
            client_id: self.client_id.0,
            client_secret,
            key_ttl: self.key_ttl.0,
            calls_per_5_minutes: some_calls("beyondtrust.calls_per_5_minutes", self.calls_per_5_minutes, 1000)?,
        })
    }
}

impl RawEvents {
    fn check(self, folder: &Path, data: &Path, env: &dyn Fn(&str) -> Option<String>) -> Result<Events, ConfigProblem> {
        let own = data.join(Events::FILE);
        let place = self.token.unwrap_or_else(|| SecretPlace::File(own.clone()));
        let in_data_folder = matches!(&place, SecretPlace::File(file) if folder.join(file) == own);
        // What `event-url --rotate` left.
        let old = data.join(Events::OLD_FILE);
        let previous = self.previous_token.or_else(|| (in_data_folder && old.is_file()).then_some(SecretPlace::File(old)));
        let previous_token = previous.map(|place| token("events.previous_token", &place, folder, env, false)).transpose()?;
        Ok(Events { token: token("events.token", &place, folder, env, true)?, previous_token, in_data_folder })
    }
}

impl RawWebhook {
    fn check(self, folder: &Path, data: &Path, env: &dyn Fn(&str) -> Option<String>) -> Result<Webhook, ConfigProblem> {
        let place = self.token.unwrap_or_else(|| SecretPlace::File(data.join(Webhook::FILE)));
        let password = self.password.map(|place| secret::read("webhook.password", &place, folder, env, false)).transpose()?;
        let user = self.user.0;
        if user.is_some() != password.is_some() {
            let missing = if user.is_some() { "webhook.password" } else { "webhook.user" };
            return Err(ConfigProblem::new(
                missing,
                "is missing",
                "write both, as in the webhook's Basic authentication in Halo, or neither",
            ));
        }
        Ok(Webhook { token: token("webhook.token", &place, folder, env, true)?, user, password })
    }
}

/// A token that can stand in an address or a header and cannot be guessed.
fn token(
    setting: &str,
    place: &SecretPlace,
    folder: &Path,
    env: &dyn Fn(&str) -> Option<String>,
    make: bool,
) -> Result<secrecy::SecretString, ConfigProblem> {
    use secrecy::ExposeSecret as _;
    let token = secret::read(setting, place, folder, env, make)?;
    let plain = token.expose_secret();
    if plain.len() < 32 || !plain.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)) {
        return Err(ConfigProblem::new(
            setting,
            "is not a token that can stand in an address and cannot be guessed",
            "use at least 32 letters, digits, - or _, or let the proxy make one by naming a file that does not exist",
        ));
    }
    Ok(token)
}

fn some_calls(setting: &str, given: Optional<u32>, default: u32) -> Result<u32, ConfigProblem> {
    match given.0.unwrap_or(default) {
        few if few < 20 => Err(ConfigProblem::new(
            setting,
            format!("is {few}"),
            "write what the vendor allows in five minutes, at least 20; without any calls nothing can be written",
        )),
        enough => Ok(enough),
    }
}

fn wait(setting: &str, given: Optional<Duration>, default: Duration) -> Result<Duration, ConfigProblem> {
    match given.0 {
        Some(wait) if wait.is_zero() => {
            Err(ConfigProblem::new(setting, "is 0s", "write a duration longer than nothing, or leave the setting out"))
        }
        given => Ok(given.unwrap_or(default)),
    }
}

const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3600);
const DAY: Duration = Duration::from_secs(86_400);

impl RawReconcile {
    fn check(self) -> Result<Reconcile, ConfigProblem> {
        Ok(Reconcile {
            every: wait("reconcile.every", self.every, 10 * MINUTE)?,
            overlap: wait("reconcile.overlap", self.overlap, 2 * HOUR)?,
            grace: self.grace.0.unwrap_or(2 * MINUTE),
            deep_every: wait("reconcile.deep_every", self.deep_every, DAY)?,
            deep_window: wait("reconcile.deep_window", self.deep_window, 7 * DAY)?,
        })
    }
}

impl RawRetention {
    fn check(self) -> Result<Retention, ConfigProblem> {
        let at_least = |setting: &str, given: Optional<Duration>, default: Duration| match wait(setting, given, default)? {
            short if short < 8 * DAY => Err(ConfigProblem::new(
                setting,
                format!("is {}", humantime::format_duration(short)),
                "write at least 8d: what is forgotten sooner would be found again by the daily sweep over 7 days",
            )),
            enough => Ok(enough),
        };
        Ok(Retention {
            events: at_least("retention.events", self.events, 30 * DAY)?,
            sessions: at_least("retention.sessions", self.sessions, 90 * DAY)?,
            stored: at_least("retention.stored", self.stored, 365 * DAY)?,
            invites: at_least("retention.invites", self.invites, 90 * DAY)?,
            audit: at_least("retention.audit", self.audit, 365 * DAY)?,
        })
    }
}

impl RawWorker {
    fn check(self) -> Result<Worker, ConfigProblem> {
        let seconds = |list: &[u64]| list.iter().copied().map(Duration::from_secs).collect::<Vec<_>>();
        let schedule = |setting: &str, given: List<Duration>, default: &[u64]| match given.0 {
            Some(list) if list.is_empty() => {
                Err(ConfigProblem::new(setting, "is empty", "name at least one wait, for example [\"30s\"]; the last one repeats"))
            }
            Some(list) if list.last().is_some_and(Duration::is_zero) => {
                Err(ConfigProblem::new(setting, "ends with 0s", "the last wait repeats, so it must be longer than nothing"))
            }
            Some(list) => Ok(list),
            None => Ok(seconds(default)),
        };
        Ok(Worker {
            report_schedule: schedule("worker.report_schedule", self.report_schedule, &[0, 10, 30, 120, 600, 3600])?,
            retry_schedule: schedule("worker.retry_schedule", self.retry_schedule, &[5, 30, 120, 600, 1800])?,
            give_up_after: wait("worker.give_up_after", self.give_up_after, Duration::from_secs(72 * 3600))?,
            in_doubt_wait: wait("worker.in_doubt_wait", self.in_doubt_wait, Duration::from_secs(90))?,
            lease: wait("worker.lease", self.lease, 5 * MINUTE)?,
            poll: wait("worker.poll", self.poll, Duration::from_millis(500))?,
        })
    }
}
