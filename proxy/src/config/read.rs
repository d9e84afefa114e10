//! From file and environment to [`Config`]: overrides, unknown settings, paths, secrets, and what must fit together.

use super::{
    Attribution, BeyondTrust, Config, Events, FirstStart, Halo, Log, LogFormat, Server, Worker,
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
use toml::{Table, Value};

/// What an overriding environment variable begins with: `REMOTE_SUPPORT__SERVER__LISTEN`.
const PREFIX: &str = "REMOTE_SUPPORT__";
const SERVICE_SCOPE: &str = "read:tickets edit:tickets read:customers read:assets access:chat";
const AGENT_SCOPE: &str = "read:tickets edit:tickets read:customers read:assets access:chat offline_access";

/// Every setting, by table. What is not here is refused by name.
pub(super) const SETTINGS: &[(&str, &[&str])] = &[
    ("server", &["listen", "public_url", "allowed_origins", "data", "pages", "plugin"]),
    (
        "halo",
        &[
            "url",
            "connect_to",
            "tenant",
            "ca_file",
            "service_client_id",
            "service_client_secret",
            "agent_client_id",
            "token_url",
            "authorize_url",
            "agent_scope",
            "service_scope",
            "invite_outcome",
            "session_outcome",
            "attribution",
        ],
    ),
    ("beyondtrust", &["url", "connect_to", "ca_file", "client_id", "client_secret", "key_ttl"]),
    ("events", &["token", "previous_token"]),
    ("worker", &["report_schedule", "retry_schedule", "give_up_after", "in_doubt_wait", "lease", "poll"]),
    ("log", &["format"]),
    ("first_start", &["settings"]),
];

/// The process's environment, as far as it is text.
#[must_use]
pub fn environment() -> Vec<(String, String)> {
    std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?))).collect()
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Document {
    server: RawServer,
    halo: RawHalo,
    beyondtrust: RawBeyondTrust,
    events: RawEvents,
    worker: RawWorker,
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
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct RawEvents {
    token: Option<SecretPlace>,
    previous_token: Option<SecretPlace>,
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
struct RawLog {
    format: Word<LogFormat>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct RawFirstStart {
    settings: Optional<PathBuf>,
}

impl Config {
    /// Reads the file and lets `REMOTE_SUPPORT__…` variables override it. Makes the event token's file when it is missing.
    ///
    /// # Errors
    /// The first problem, as a sentence.
    pub fn load(path: &Path, environment: impl IntoIterator<Item = (String, String)>) -> Result<Self, ConfigProblem> {
        let environment: std::collections::BTreeMap<String, String> = environment.into_iter().collect();
        let text = std::fs::read_to_string(path).map_err(|error| {
            ConfigProblem::new(
                path.display().to_string(),
                format!("cannot be read: {error}"),
                "name the file with --config, and begin with a copy of proxy.example.toml",
            )
        })?;
        let mut table: Table = text.parse().map_err(|error: toml::de::Error| {
            let line =
                error.span().and_then(|span| text.get(..span.start)).map_or(1, |before| before.matches('\n').count().saturating_add(1));
            ConfigProblem::new(
                path.display().to_string(),
                format!("cannot be read: line {line}: {}", error.message()),
                "mend that line; proxy.example.toml shows the form",
            )
        })?;
        for (name, value) in &environment {
            if let Some(setting) = name.strip_prefix(PREFIX) {
                override_with(&mut table, name, setting, value)?;
            }
        }
        refuse_unknown(&table)?;
        let document: Document = serde_path_to_error::deserialize(Value::Table(table)).map_err(|error| {
            let setting = error.path().to_string();
            ConfigProblem::new(setting, error.into_inner().message().trim().to_owned(), "proxy.example.toml shows the form")
        })?;
        // Absolute, so that no path depends on where the proxy is started.
        let folder = std::path::absolute(path).ok().and_then(|path| path.parent().map(Path::to_path_buf)).unwrap_or_default();
        document.check(&folder, &|name| environment.get(name).cloned())
    }
}

fn override_with(table: &mut Table, variable: &str, setting: &str, value: &str) -> Result<(), ConfigProblem> {
    let lower = setting.to_ascii_lowercase();
    let known = lower.split_once("__").filter(|(section, key)| SETTINGS.iter().any(|(name, keys)| name == section && keys.contains(key)));
    let Some((section, key)) = known else {
        return Err(ConfigProblem::new(
            variable,
            "is not the name of a setting",
            "write the table and the setting with two underscores between them, for example REMOTE_SUPPORT__SERVER__LISTEN",
        ));
    };
    // Lists and `{ file = … }` are written as in the file; everything else is a plain text.
    let value = match value.trim() {
        text if text.starts_with(['[', '{']) => format!("value = {text}")
            .parse::<Table>()
            .ok()
            .and_then(|mut table| table.remove("value"))
            .ok_or_else(|| ConfigProblem::new(variable, "cannot be read", "write the value as it would stand in proxy.toml"))?,
        text => Value::String(text.to_owned()),
    };
    match table.entry(section).or_insert_with(|| Value::Table(Table::new())) {
        Value::Table(section) => section.insert(key.to_owned(), value),
        _ => None,
    };
    Ok(())
}

fn refuse_unknown(table: &Table) -> Result<(), ConfigProblem> {
    for (section, content) in table {
        let Some((_, keys)) = SETTINGS.iter().find(|(name, _)| name == section) else {
            let known: Vec<_> = SETTINGS.iter().map(|(name, _)| format!("[{name}]")).collect();
            return Err(ConfigProblem::new(
                format!("[{section}]"),
                "is not a part of this file",
                format!("its parts are {}", known.join(", ")),
            ));
        };
        let Value::Table(content) = content else {
            return Err(ConfigProblem::new(
                section.clone(),
                "must be a table",
                format!("write [{section}] on a line of its own, its settings below"),
            ));
        };
        if let Some(key) = content.keys().find(|key| !keys.contains(&key.as_str())) {
            return Err(ConfigProblem::new(
                format!("{section}.{key}"),
                "is not a setting",
                format!("the settings of [{section}] are {}", keys.join(", ")),
            ));
        }
    }
    Ok(())
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
    fn check(self, folder: &Path, env: &dyn Fn(&str) -> Option<String>) -> Result<Config, ConfigProblem> {
        let halo = self.halo.check(folder, env)?;
        let server = self.server.check(folder, &halo)?;
        Ok(Config {
            events: self.events.check(folder, &server.data, env)?,
            beyondtrust: self.beyondtrust.check(folder, env)?,
            worker: self.worker.check()?,
            log: Log { format: self.log.format.0 },
            first_start: FirstStart { settings: self.first_start.settings.0.map(|file| folder.join(file)) },
            server,
            halo,
        })
    }
}

impl RawServer {
    fn check(self, folder: &Path, halo: &Halo) -> Result<Server, ConfigProblem> {
        let public_url = required(
            "server.public_url",
            self.public_url,
            "write the address at which browsers reach this proxy, for example https://support.example.com",
        )?;
        let allowed_origins = match self.allowed_origins.0 {
            Some(given) => given.iter().map(|url| origin("server.allowed_origins", url)).collect::<Result<_, _>>()?,
            None => HttpsUrl::parse(&halo.url.origin()).into_iter().collect(),
        };
        Ok(Server {
            listen: self.listen.0.unwrap_or(SocketAddr::from(([127, 0, 0, 1], 8082))),
            public_url: origin("server.public_url", &public_url)?,
            allowed_origins,
            data: folder.join(self.data.0.unwrap_or_else(|| "data".into())),
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
        })
    }
}

impl RawEvents {
    fn check(self, folder: &Path, data: &Path, env: &dyn Fn(&str) -> Option<String>) -> Result<Events, ConfigProblem> {
        use secrecy::ExposeSecret as _;
        let place = self.token.unwrap_or_else(|| SecretPlace::File(data.join("event-token")));
        let check = |setting: &str, place: &SecretPlace, make: bool| {
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
        };
        let token = check("events.token", &place, true)?;
        let previous_token = self.previous_token.map(|place| check("events.previous_token", &place, false)).transpose()?;
        Ok(Events { token, previous_token })
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
        let wait = |setting: &str, given: Optional<Duration>, default: Duration| match given.0 {
            Some(wait) if wait.is_zero() => {
                Err(ConfigProblem::new(setting, "is 0s", "write a duration longer than nothing, or leave the setting out"))
            }
            given => Ok(given.unwrap_or(default)),
        };
        Ok(Worker {
            report_schedule: schedule("worker.report_schedule", self.report_schedule, &[0, 10, 30, 120, 600, 3600])?,
            retry_schedule: schedule("worker.retry_schedule", self.retry_schedule, &[5, 30, 120, 600, 1800])?,
            give_up_after: wait("worker.give_up_after", self.give_up_after, Duration::from_secs(72 * 3600))?,
            in_doubt_wait: wait("worker.in_doubt_wait", self.in_doubt_wait, Duration::from_secs(90))?,
            lease: wait("worker.lease", self.lease, Duration::from_secs(120))?,
            poll: wait("worker.poll", self.poll, Duration::from_millis(500))?,
        })
    }
}
