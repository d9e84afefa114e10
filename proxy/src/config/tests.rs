//! Tests of reading proxy.toml: every default, every refusal.

use super::*;
use secrecy::ExposeSecret as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

const EXAMPLE: &str = include_str!("../../proxy.example.toml");
const REQUIRED: &str = r#"
[server]
public_url = "https://support.example.com"
[halo]
url = "https://halo.example.com"
service_client_id = "service"
service_client_secret = { env = "HALO_SERVICE_SECRET" }
agent_client_id = "agents"
"#;

struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        let folder = Self(tempfile::tempdir().unwrap());
        folder.secret("beyondtrust.secret", "bt-secret\n", 0o600);
        folder
    }
    fn path(&self) -> &Path {
        self.0.path()
    }
    fn secret(&self, name: &str, text: &str, mode: u32) {
        let path = self.path().join(name);
        std::fs::write(&path, text).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
    }
    fn load(&self, text: &str, env: &[(&str, &str)]) -> Result<Config, ConfigProblem> {
        let path = self.path().join("proxy.toml");
        std::fs::write(&path, text).unwrap();
        let env = env.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Config::load(&path, env.chain([("HALO_SERVICE_SECRET".to_owned(), "halo-secret".to_owned())]))
    }
    fn refusal(&self, text: &str, env: &[(&str, &str)]) -> String {
        self.load(text, env).map(|config| format!("{config:?}")).unwrap_err().to_string()
    }
}

/// The example with every `#name = value` uncommented.
fn uncommented() -> String {
    EXAMPLE
        .lines()
        .map(|line| line.strip_prefix('#').filter(|rest| rest.starts_with(|c: char| c.is_ascii_lowercase())).unwrap_or(line))
        .fold(String::new(), |mut text, line| {
            text.push_str(line);
            text.push('\n');
            text
        })
}

#[test]
fn the_example_shows_every_setting_with_its_true_default() {
    let folder = Folder::new();
    let shown = folder.load(&uncommented(), &[]).unwrap();
    let silent = folder.load(EXAMPLE, &[]).unwrap();
    assert_eq!(format!("{shown:#?}"), format!("{silent:#?}"));
    let table: toml::Table = uncommented()
        .replace("# previous_token", "previous_token")
        .replace("# user =", "user =")
        .replace("# password =", "password =")
        .parse()
        .unwrap();
    for (section, keys) in read::SETTINGS {
        for key in *keys {
            assert!(table[*section].get(key).is_some(), "proxy.example.toml does not show {section}.{key}");
        }
    }
}

#[test]
fn only_what_is_required_is_enough() {
    let folder = Folder::new();
    let config = folder.load(REQUIRED, &[]).unwrap();
    assert_eq!(config.server.allowed_origins, [HttpsUrl::parse("https://halo.example.com").unwrap()]);
    assert!(config.beyondtrust.url.is_none());
    assert_eq!(config.server.data, folder.path().join("data"));
    assert_eq!(config.halo.service_client_secret.expose_secret(), "halo-secret");
    assert_eq!(config.worker.poll, Duration::from_millis(500));
}

#[test]
fn the_event_token_is_made_once_and_private() {
    let folder = Folder::new();
    let first = folder.load(REQUIRED, &[]).unwrap().events.token;
    let second = folder.load(REQUIRED, &[]).unwrap().events.token;
    assert_eq!(first.expose_secret(), second.expose_secret());
    assert_eq!(first.expose_secret().len(), 43, "256 bits");
    let file = folder.path().join("data/event-token");
    assert_eq!(std::fs::metadata(file).unwrap().permissions().mode() & 0o777, 0o600);
}

#[test]
fn the_environment_overrides_the_file() {
    let folder = Folder::new();
    folder.secret("other.secret", "other", 0o640);
    let config = folder
        .load(
            REQUIRED,
            &[
                ("REMOTE_SUPPORT__SERVER__LISTEN", "0.0.0.0:9000"),
                ("REMOTE_SUPPORT__SERVER__ALLOWED_ORIGINS", "https://a.example.com, https://b.example.com"),
                ("REMOTE_SUPPORT__HALO__TENANT", "1234"),
                ("REMOTE_SUPPORT__HALO__SERVICE_CLIENT_SECRET", "{ file = \"other.secret\" }"),
                ("REMOTE_SUPPORT__BEYONDTRUST__KEY_TTL", "3600"),
                ("REMOTE_SUPPORT__WORKER__RETRY_SCHEDULE", "[\"1s\", \"2m\"]"),
                ("REMOTE_SUPPORT__LOG__FORMAT", "json"),
                ("UNRELATED", "x"),
            ],
        )
        .unwrap();
    assert_eq!(config.server.listen.to_string(), "0.0.0.0:9000");
    assert_eq!(config.server.allowed_origins.len(), 2);
    assert_eq!(config.halo.tenant.as_deref(), Some("1234"));
    assert_eq!(config.halo.service_client_secret.expose_secret(), "other");
    assert_eq!(config.beyondtrust.key_ttl, Some(3600));
    assert_eq!(config.worker.retry_schedule, [Duration::from_secs(1), Duration::from_secs(120)]);
    assert_eq!(config.log.format, LogFormat::Json);
}

/// File, environment, setting to be named, remedy to be told.
type Refused<'a> = (&'a str, &'a [(&'a str, &'a str)], &'a str, &'a str);

#[test]
fn a_wrong_setting_is_named_with_what_to_do() {
    let folder = Folder::new();
    folder.secret("open.secret", "x", 0o644);
    folder.secret("empty.secret", " \n", 0o600);
    folder.secret("short.token", "abc", 0o600);
    let cases: &[Refused] = &[
        ("[servr]\nx = 1", &[], "[servr]", "[server]"),
        ("[server]\nlisen = \"x\"", &[], "server.lisen", "listen"),
        ("server = 3", &[], "server", "[server]"),
        ("[server", &[], "proxy.toml", "line 1"),
        ("[server]\nlisten = \"nonsense\"", &[], "server.listen", "127.0.0.1:8082"),
        ("[server]\nlisten = true", &[], "server.listen", "text"),
        ("", &[("REMOTE_SUPPORT__SERVER__LISEN", "x")], "REMOTE_SUPPORT__SERVER__LISEN", "REMOTE_SUPPORT__SERVER__LISTEN"),
        ("", &[], "halo.service_client_secret", "Services"),
        ("[halo]\nservice_client_secret = \"hunter2\"", &[], "halo.service_client_secret", "{ env ="),
        ("[halo]\nservice_client_secret = { command = \"x\" }", &[], "halo.service_client_secret", "{ env ="),
        ("[halo]\nattribution = \"magic\"", &[], "halo.attribution", "delegated_then_name"),
        ("[log]\nformat = \"xml\"", &[], "log.format", "json"),
        ("[worker]\nlease = \"soon\"", &[], "worker.lease", "90s"),
        ("[worker]\nretry_schedule = [\"soon\"]", &[], "worker.retry_schedule", "90s"),
    ];
    for (text, env, setting, remedy) in cases {
        let sentence = folder.refusal(text, env);
        assert!(sentence.contains(setting) && sentence.contains(remedy), "{text:?}: {sentence}");
        assert!(!sentence.contains("hunter2"), "{sentence}");
    }
    let with: &[(&str, &str, &str)] = &[
        ("HALO__SERVICE_CLIENT_SECRET", "{ env = \"NOT_THERE\" }", "NOT_THERE"),
        ("HALO__SERVICE_CLIENT_SECRET", "{ file = \"not.there\" }", "does not exist"),
        ("HALO__SERVICE_CLIENT_SECRET", "{ file = \"open.secret\" }", "chmod 600"),
        ("HALO__SERVICE_CLIENT_SECRET", "{ file = \"empty.secret\" }", "empty"),
        ("EVENTS__TOKEN", "{ file = \"short.token\" }", "32"),
        ("EVENTS__PREVIOUS_TOKEN", "{ file = \"not.there\" }", "does not exist"),
        ("BEYONDTRUST__URL", "https://remote.example.com", "client_id"),
        ("BEYONDTRUST__KEY_TTL", "0", "appliance's own default"),
        ("BEYONDTRUST__KEY_TTL", "a day", "whole number"),
        ("SERVER__PUBLIC_URL", "https://support.example.com/path", "scheme and host only"),
        ("SERVER__ALLOWED_ORIGINS", "https://halo.example.com/ticket", "scheme and host only"),
        ("WORKER__REPORT_SCHEDULE", "[]", "at least one"),
        ("WORKER__REPORT_SCHEDULE", "[\"1s\", \"0s\"]", "repeats"),
        ("WORKER__LEASE", "0s", "longer than nothing"),
    ];
    for (name, value, remedy) in with {
        let name = format!("REMOTE_SUPPORT__{name}");
        let sentence = folder.refusal(REQUIRED, &[(&name, value)]);
        let setting = name.trim_start_matches("REMOTE_SUPPORT__").to_lowercase().replace("__", ".");
        let (section, _) = setting.split_once('.').unwrap();
        assert!(sentence.contains(section) && sentence.contains(remedy), "{name}={value}: {sentence}");
    }
}

#[test]
fn secrets_do_not_show_in_what_is_printed() {
    let folder = Folder::new();
    let config = folder.load(EXAMPLE, &[]).unwrap();
    let shown = format!("{config:?}");
    let token = config.events.token.expose_secret();
    for secret in ["halo-secret", "bt-secret", token] {
        assert!(!shown.contains(secret));
    }
}
