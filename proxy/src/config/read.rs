//! From file and environment to one document: overrides, and refusing what is no setting. What the values mean is
//! `document`'s question.

use super::{Config, document::Document, problem::ConfigProblem};
use std::path::Path;
use toml::{Table, Value};

/// What an overriding environment variable begins with: `REMOTE_SUPPORT__SERVER__LISTEN`.
const PREFIX: &str = "REMOTE_SUPPORT__";
/// Every setting, by table. What is not here is refused by name.
pub(super) const SETTINGS: &[(&str, &[&str])] = &[
    ("server", &["listen", "public_url", "allowed_origins", "data", "pages", "plugin", "metrics_token"]),
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
            "attachments",
            "merged_field",
            "builtin_integration",
            "builtin_head_start",
            "calls_per_5_minutes",
        ],
    ),
    ("beyondtrust", &["url", "connect_to", "ca_file", "client_id", "client_secret", "key_ttl", "calls_per_5_minutes"]),
    ("events", &["token", "previous_token"]),
    ("webhook", &["token", "user", "password"]),
    ("worker", &["report_schedule", "retry_schedule", "give_up_after", "in_doubt_wait", "lease", "poll"]),
    ("reconcile", &["every", "overlap", "grace", "deep_every", "deep_window"]),
    ("retention", &["events", "sessions", "stored", "invites", "audit"]),
    ("log", &["format"]),
    ("first_start", &["settings"]),
];

/// The process's environment, as far as it is text.
#[must_use]
pub fn environment() -> Vec<(String, String)> {
    std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?))).collect()
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
