//! The demo's folder: configuration, secrets, logs, the proxy's data. Shows by example what an administrator writes.

use super::Origins;
use crate::workspace::Workspace;
use anyhow::{Context, Result};
use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
};
use tempfile::TempDir;

/// The simulators know these; a real system has its own.
const HALO_SECRET: &str = "halo-service-secret-1";
const BEYONDTRUST_SECRET: &str = "bt-secret-1";

/// A folder with everything a proxy needs.
pub struct Folder {
    path: PathBuf,
    /// Part of the address that events are posted to.
    pub event_token: String,
    /// Part of the address that Halo's webhooks are posted to.
    pub webhook_token: String,
    _temporary: Option<TempDir>,
}

impl Folder {
    /// Goes away at the end.
    pub fn temporary() -> Result<Self> {
        let temporary = tempfile::Builder::new().prefix("remote-support-demo-").tempdir()?;
        Self::at(temporary.path().to_path_buf(), Some(temporary))
    }

    /// Stays. The simulated Halo forgets at its end, so the proxy's data start afresh too unless asked otherwise.
    pub fn kept(path: &Path, keep: bool) -> Result<Self> {
        let data = path.join("data");
        if !keep && data.exists() {
            fs::remove_dir_all(&data).with_context(|| format!("cannot clear {}", data.display()))?;
        }
        for log in ["proxy.log", "simulator.log"] {
            fs::remove_file(path.join(log)).ok();
        }
        Self::at(path.to_path_buf(), None)
    }

    fn at(path: PathBuf, temporary: Option<TempDir>) -> Result<Self> {
        fs::create_dir_all(path.join("data"))?;
        let [event_token, webhook_token] = ["event-token", "webhook-token"].map(|name| token(&path.join("data").join(name)));
        Ok(Self { path, event_token: event_token?, webhook_token: webhook_token?, _temporary: temporary })
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    pub fn configuration(&self) -> PathBuf {
        self.path.join("proxy.toml")
    }

    /// Writes `proxy.toml`, the secrets it names and the first settings.
    pub fn configure(&self, workspace: &Workspace, origins: &Origins, port: u16) -> Result<()> {
        secret(&self.path.join("halo.secret"), HALO_SECRET)?;
        secret(&self.path.join("bt.secret"), BEYONDTRUST_SECRET)?;
        fs::write(self.path.join("settings.json"), serde_json::to_string_pretty(&settings())?)?;
        fs::write(self.configuration(), self.text(workspace, origins, port)).context("cannot write proxy.toml")
    }

    fn text(&self, workspace: &Workspace, origins: &Origins, port: u16) -> String {
        let quoted = |path: PathBuf| serde_json::Value::from(path.to_string_lossy()).to_string();
        let mine = |name: &str| quoted(self.path.join(name));
        let connect = |origin: &str| format!("127.0.0.1:{}", origin.rsplit(':').next().unwrap_or_default());
        format!(
            r#"# Written by `cargo xtask demo`, anew at each start. The README says how to write one for real systems.
[server]
listen = "127.0.0.1:{port}"
public_url = "{proxy}"
allowed_origins = ["{halo}"]
data = {data}
pages = {pages}
plugin = {plugin}

[halo]
url = "{halo}"
connect_to = "{halo_address}"
service_client_id = "halo-service"
service_client_secret = {{ file = {halo_secret} }}
agent_client_id = "halo-agent-app"
# The simulated Halo sets no limit, and whoever plays is quicker than a desk.
calls_per_5_minutes = 6000

[beyondtrust]
url = "{appliance}"
connect_to = "{appliance_address}"
client_id = "bt-client"
client_secret = {{ file = {beyondtrust_secret} }}

[events]
token = {{ file = {token} }}

# Shorter waits than the defaults: in a demo somebody is watching.
[worker]
report_schedule = ["0s", "1s", "2s", "5s", "10s"]
retry_schedule = ["1s", "2s", "5s", "10s", "30s"]
in_doubt_wait = "3s"
lease = "10s"

[first_start]
settings = {settings}
"#,
            proxy = origins.proxy,
            halo = origins.halo,
            appliance = origins.appliance,
            halo_address = connect(&origins.halo),
            appliance_address = connect(&origins.appliance),
            data = mine("data"),
            pages = quoted(workspace.root.join("www/embed")),
            plugin = quoted(workspace.package()),
            halo_secret = mine("halo.secret"),
            beyondtrust_secret = mine("bt.secret"),
            token = mine("data/event-token"),
            settings = mine("settings.json"),
        )
    }
}

/// What an administrator would have chosen; everything else takes its default.
fn settings() -> serde_json::Value {
    // The simulated Halo's fields and its action "Invite to Remote Session", by their numbers.
    let automatic = serde_json::json!({ "sendField": 202, "channelField": 201, "actionChannelField": 203, "inviteOutcomes": [89] });
    serde_json::json!({ "automatic": automatic, "teams": [
        { "queue": "team:3", "name": "Service Desk", "displayName": "Service Desk", "isDefault": true, "enabled": true },
        { "queue": "team:4", "name": "Network Team", "displayName": "Network Team", "isDefault": false, "enabled": true },
    ] })
}

/// The token in this file, made when there is none.
fn token(file: &Path) -> Result<String> {
    let token = match fs::read_to_string(file) {
        Ok(token) => token.trim().to_owned(),
        Err(_) => {
            let mut bytes = [0; 24];
            getrandom::fill(&mut bytes)?;
            hex::encode(bytes)
        }
    };
    secret(file, &token)?;
    Ok(token)
}

/// A file only its owner can read.
fn secret(path: &Path, text: &str) -> Result<()> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)?.write_all(text.as_bytes())?;
    Ok(())
}
