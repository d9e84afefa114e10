//! A whole house for a test: a simulated appliance and Halo, and the proxy before them, in this process or as the real
//! binary; everything over real HTTP on loopback. Proof is read from the simulator's ledgers.

#![allow(dead_code, reason = "each test file uses its part of the house")]

pub mod chaos;
pub mod child;
pub mod contract;

use chaos::Chaos;
use remote_support_proxy::{
    app::App,
    clock::{Clock, HandClock, SystemClock},
    config::Config,
    http, worker,
};
use remote_support_simulator::{Options, Simulator};
use serde_json::{Value, json};
use std::{
    net::SocketAddr,
    path::PathBuf,
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::{net::TcpListener, sync::watch};

pub const EVENT_TOKEN: &str = "event-token-of-the-test-0123456789abcdefghijk";
pub const WEBHOOK_TOKEN: &str = "webhook-token-of-the-test-0123456789abcdefghi";
/// What must appear in no log.
pub const SECRET_MARKS: [&str; 4] = ["bt-secret-1", "halo-service-secret-1", EVENT_TOKEN, WEBHOOK_TOKEN];
/// Anything that takes longer is a failure.
pub const PATIENCE: Duration = Duration::from_secs(40);

/// How a house is built.
pub struct Plan {
    /// Must outlast what a person may wait for (8 s), unless losing it is what the test is about.
    pub lease: &'static str,
    pub in_doubt_wait: &'static str,
    /// A chaos proxy before each vendor.
    pub chaos: bool,
    /// More in its proxy.toml.
    pub more: &'static str,
}

impl Default for Plan {
    fn default() -> Self {
        Self { lease: "15s", in_doubt_wait: "1s", chaos: false, more: "" }
    }
}

/// The lines to the vendors.
pub struct Lines {
    pub halo: Chaos,
    pub appliance: Chaos,
}

/// The simulators, and a folder with a proxy.toml that points at them, or at the chaos proxies before them.
pub struct House {
    pub simulator: Simulator,
    pub lines: Option<Lines>,
    pub folder: tempfile::TempDir,
    /// Where the proxy listens.
    pub proxy: SocketAddr,
    pub origin: String,
    pub client: reqwest::Client,
    /// What the proxy takes for the time.
    clock: Arc<dyn Clock>,
    app: Option<Arc<App>>,
    stop: Option<watch::Sender<bool>>,
    reserved: Option<TcpListener>,
}

impl House {
    /// The simulators run; the proxy does not yet.
    pub async fn build(plan: &Plan) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let proxy = listener.local_addr().unwrap();
        let origin = format!("http://support.localhost:{}", proxy.port());
        let simulator = remote_support_simulator::start(Options {
            halo_port: 0,
            appliance_port: 0,
            proxy_origin: origin.clone(),
            proxy_connect: Some(proxy),
            event_url: Some(format!("{origin}/events/{EVENT_TOKEN}")),
            webhook_url: None,
            pages: None,
        })
        .await
        .unwrap();
        let lines = plan.chaos.then(|| Lines {
            halo: Chaos::before(simulator.halo_addr).unwrap(),
            appliance: Chaos::before(simulator.appliance_addr).unwrap(),
        });
        let folder = tempfile::tempdir().unwrap();
        let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy().build().unwrap();
        let clock = Arc::new(SystemClock::new());
        let house = Self { simulator, lines, folder, proxy, origin, client, clock, app: None, stop: None, reserved: Some(listener) };
        house.write_config(plan);
        house
    }

    /// The whole house, proxy and worker in this process.
    pub async fn open() -> Self {
        let mut house = Self::build(&Plan::default()).await;
        house.start_proxy().await;
        house
    }

    /// The same with more in its proxy.toml.
    pub async fn open_with(more: &'static str) -> Self {
        let mut house = Self::build(&Plan { more, ..Plan::default() }).await;
        house.start_proxy().await;
        house
    }

    /// The same with a clock that is moved by hand. It begins now: the appliance's clock goes on by itself.
    pub async fn open_by(more: &'static str) -> (Self, HandClock) {
        let mut house = Self::build(&Plan { more, ..Plan::default() }).await;
        let clock = HandClock::at(SystemClock::new().now());
        house.clock = Arc::new(clock.clone());
        house.start_proxy().await;
        (house, clock)
    }

    /// The running proxy.
    pub fn app(&self) -> &Arc<App> {
        self.app.as_ref().unwrap()
    }

    /// The proxy's store, beside it.
    pub fn sql(&self) -> rusqlite::Connection {
        rusqlite::Connection::open(self.folder.path().join("data/store.sqlite3")).unwrap()
    }

    pub async fn start_proxy(&mut self) -> Arc<App> {
        let listener = match self.reserved.take() {
            Some(listener) => listener,
            None => TcpListener::bind(self.proxy).await.unwrap(),
        };
        let config = Config::load(&self.config_path(), std::iter::empty()).unwrap_or_else(|problem| panic!("{problem}"));
        let app = App::start(config, Arc::clone(&self.clock)).await.unwrap_or_else(|problem| panic!("{problem}"));
        let (stop, stopped) = watch::channel(false);
        tokio::spawn(worker::run(Arc::clone(&app), stopped.clone()));
        let router = http::router(Arc::clone(&app));
        let mut until = stopped;
        tokio::spawn(async move { axum::serve(listener, router).with_graceful_shutdown(async move { drop(until.changed().await) }).await });
        self.stop = Some(stop);
        self.app = Some(Arc::clone(&app));
        app
    }

    /// Stops the proxy and waits until port and store are free.
    pub async fn stop_proxy(&mut self) {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(true);
        }
        self.app = None;
        let address = self.proxy;
        self.until("the port is free again", async |_| std::net::TcpListener::bind(address).ok()).await;
        let path = self.folder.path().join("data/store.lock");
        self.until("the store is free again", async |_| std::fs::File::open(&path).ok()?.try_lock().ok()).await;
    }

    /// Stops the proxy and starts it again on the same folder and port.
    pub async fn restart(&mut self) {
        self.stop_proxy().await;
        self.start_proxy().await;
    }

    /// Gives the port up, so that a child process can have it.
    pub fn release_port(&mut self) {
        self.reserved = None;
    }

    /// The log of the real binary.
    pub fn log_path(&self) -> PathBuf {
        self.folder.path().join("proxy.log")
    }

    pub fn config_path(&self) -> PathBuf {
        self.folder.path().join("proxy.toml")
    }

    fn write_config(&self, plan: &Plan) {
        let write = |name: &str, text: &str| {
            use std::{io::Write as _, os::unix::fs::OpenOptionsExt as _};
            let mut file =
                std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(self.folder.path().join(name)).unwrap();
            file.write_all(text.as_bytes()).unwrap();
        };
        write("halo.secret", "halo-service-secret-1");
        write("bt.secret", "bt-secret-1");
        write("event.token", EVENT_TOKEN);
        write("webhook.token", WEBHOOK_TOKEN);
        let settings = json!({"teams": [
            {"queue": "team:3", "name": "Service Desk", "displayName": "Service Desk", "isDefault": true, "enabled": true},
            {"queue": "team:4", "name": "Network Team", "displayName": "", "isDefault": false, "enabled": true},
        ]});
        write("settings.json", &settings.to_string());
        let (halo, appliance) = (&self.simulator.halo_origin, &self.simulator.appliance_origin);
        let (halo_addr, appliance_addr) = match &self.lines {
            Some(lines) => (lines.halo.addr, lines.appliance.addr),
            None => (self.simulator.halo_addr, self.simulator.appliance_addr),
        };
        let Plan { lease, in_doubt_wait, more, .. } = plan;
        let (proxy, origin) = (self.proxy, &self.origin);
        write(
            "proxy.toml",
            &format!(
                r#"
[server]
listen = "{proxy}"
public_url = "{origin}"
allowed_origins = ["{halo}"]
data = "data"
[halo]
url = "{halo}"
connect_to = "{halo_addr}"
service_client_id = "halo-service"
service_client_secret = {{ file = "halo.secret" }}
agent_client_id = "halo-agent-app"
[beyondtrust]
url = "{appliance}"
connect_to = "{appliance_addr}"
client_id = "bt-client"
client_secret = {{ file = "bt.secret" }}
[events]
token = {{ file = "event.token" }}
[webhook]
token = {{ file = "webhook.token" }}
[worker]
report_schedule = ["0s", "1s"]
retry_schedule = ["1s"]
in_doubt_wait = "{in_doubt_wait}"
lease = "{lease}"
poll = "50ms"
[first_start]
settings = "settings.json"
{more}
"#
            ),
        );
    }

    // ---- the simulators ----

    pub async fn halo(&self, path: &str, body: Option<Value>) -> Value {
        self.control(self.simulator.halo_addr, path, body).await
    }

    pub async fn appliance(&self, path: &str, body: Option<Value>) -> Value {
        self.control(self.simulator.appliance_addr, path, body).await
    }

    async fn control(&self, addr: SocketAddr, path: &str, body: Option<Value>) -> Value {
        let url = format!("http://{addr}/control/{path}");
        let request = match body {
            Some(body) => self.client.post(url).json(&body),
            None => self.client.get(url),
        };
        let answer = request.send().await.unwrap();
        assert!(answer.status().is_success(), "{path}: {}", answer.status());
        let text = answer.text().await.unwrap();
        if text.is_empty() { Value::Null } else { serde_json::from_str(&text).unwrap_or(Value::String(text)) }
    }

    /// Actions of a ticket in Halo's ledger with this outcome.
    pub async fn actions(&self, ticket: u32, outcome: &str) -> Vec<Value> {
        let ledger = self.halo("ledger", None).await;
        let all = ledger["actions"].as_array().unwrap().iter();
        all.filter(|action| action["ticket_id"] == ticket && action["outcome"] == outcome).cloned().collect()
    }

    pub async fn mails(&self) -> Vec<Value> {
        self.halo("ledger", None).await["mails"].as_array().unwrap().clone()
    }

    pub async fn keys(&self) -> Vec<Value> {
        self.appliance("ledger", None).await["keys"].as_array().unwrap().clone()
    }

    /// Plays a whole session for a key and ends it; answers the lsid.
    pub async fn play(&self, short_key: Option<&str>, external_key: Option<&str>, representative: &str) -> String {
        let script = json!([
            {"join": representative},
            {"say": "Hello, I will have a look.", "by": representative},
            {"say": "It says <0x800> & closes", "by": "customer"},
            {"file": "repair-profile.zip", "bytes": 48211, "by": representative},
            {"note": "Rebuilt the mail profile.", "by": representative},
        ]);
        let body = json!({"short_key": short_key, "external_key": external_key, "script": script, "end": true});
        self.appliance("play", Some(body)).await["lsid"].as_str().unwrap().to_owned()
    }

    /// Polls until the question has an answer.
    pub async fn until<T>(&self, what: &str, question: impl AsyncFnMut(&Self) -> Option<T>) -> T {
        self.until_within(PATIENCE, what, question).await
    }

    /// Polls until the question has an answer, for so long.
    pub async fn until_within<T>(&self, patience: Duration, what: &str, mut question: impl AsyncFnMut(&Self) -> Option<T>) -> T {
        let start = Instant::now();
        loop {
            if let Some(answer) = question(self).await {
                return answer;
            }
            assert!(start.elapsed() < patience, "gave up waiting: {what}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// A code we issued for a chat, as an invite posted into it leaves behind.
    pub fn issue_for_chat(&self, code: &str, chat: u32) {
        let columns = "code, agent, idempotency_key, request, chat, state, payload, created_at";
        let values = rusqlite::params![code, 42, code, b"", chat, b"", self.clock.now()];
        self.sql().execute(&format!("INSERT INTO invites ({columns}) VALUES (?1, ?2, ?3, ?4, ?5, 'sent', ?6, ?7)"), values).unwrap();
    }

    /// A session as the proxy's own list shows it.
    pub async fn session(&self, lsid: &str) -> Option<Value> {
        let session = self.app().store.session(lsid.parse().unwrap()).await.unwrap()?;
        Some(serde_json::to_value(session).unwrap())
    }

    /// The session once it is neither waiting for its report nor for a write.
    pub async fn settled(&self, lsid: &str) -> Value {
        self.until("the session is settled", async |house| {
            let session = house.session(lsid).await?;
            (session["state"] != "awaiting_report" && session["state"] != "pending").then_some(session)
        })
        .await
    }

    /// Posts a body as BeyondTrust does; the status.
    pub async fn post_event(&self, body: impl Into<reqwest::Body>) -> u16 {
        let request = self.client.post(self.proxy_url(&format!("/events/{EVENT_TOKEN}"))).body(body);
        request.send().await.unwrap().status().as_u16()
    }

    /// What a metric stands at now.
    pub async fn metric(&self, line: &str) -> f64 {
        let token = std::fs::read_to_string(self.folder.path().join("data/metrics-token")).unwrap();
        let request = self.client.get(self.proxy_url("/metrics")).bearer_auth(token.trim());
        let page = request.send().await.unwrap().text().await.unwrap();
        let found = page.lines().find_map(|one| one.strip_prefix(line)?.strip_prefix(' ')?.parse().ok());
        found.unwrap_or_else(|| panic!("no metric {line} in\n{page}"))
    }

    // ---- the proxy ----

    pub fn proxy_url(&self, path: &str) -> String {
        format!("http://{}{path}", self.proxy)
    }

    /// Signs an agent in the way a frame and its pop-up do; answers the frame's cookie.
    pub async fn sign_in(&self, agent: u32) -> Frame<'_> {
        let (code, nonce) = self.one_time_code(agent).await;
        let answer = self.exchange(&code, &nonce).await;
        assert_eq!(answer.status(), 200);
        let cookie = answer.headers()["set-cookie"].to_str().unwrap().to_owned();
        for part in ["__Host-remote-support=", "HttpOnly", "Secure", "SameSite=None", "Partitioned", "Path=/"] {
            assert!(cookie.contains(part), "{part} in {cookie}");
        }
        Frame { house: self, cookie: cookie.split(';').next().unwrap().to_owned() }
    }

    pub async fn exchange(&self, code: &str, nonce: &str) -> reqwest::Response {
        let request =
            self.client.post(self.proxy_url("/api/v1/sign-in/exchange")).header("origin", &self.origin).header("x-remote-support", "1");
        request.json(&json!({"code": code, "nonce": nonce})).send().await.unwrap()
    }

    /// The pop-up's journey: to Halo, log in, back, one-time code.
    pub async fn one_time_code(&self, agent: u32) -> (String, String) {
        let nonce = "nonce-of-the-frame-0123456789".to_owned();
        let (popup_cookie, authorize) = self.begin_sign_in(&nonce).await;
        let back = self.log_in_at_halo(&authorize, agent).await;
        let page = self.callback(&back, &popup_cookie).await;
        assert_eq!(page.status(), 200);
        let page = page.text().await.unwrap();
        (attribute(&page, "data-code"), nonce)
    }

    pub async fn begin_sign_in(&self, nonce: &str) -> (String, String) {
        let url = self.proxy_url("/api/v1/sign-in");
        let answer = self.client.get(url).query(&[("nonce", nonce), ("origin", &self.origin)]).send().await.unwrap();
        assert_eq!(answer.status(), 303, "{}", answer.text().await.unwrap());
        let cookie = answer.headers()["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
        (cookie, answer.headers()["location"].to_str().unwrap().to_owned())
    }

    /// Chooses an agent on Halo's log-in page; answers the address it sends the browser back to.
    pub async fn log_in_at_halo(&self, authorize: &str, agent: u32) -> String {
        let halo = authorize.replacen(&self.simulator.halo_origin, &format!("http://{}", self.simulator.halo_addr), 1);
        let page = self.client.get(&halo).send().await.unwrap();
        assert_eq!(page.status(), 200, "Halo shows its log-in page");
        let answer = self.client.get(format!("{halo}&agent={agent}")).send().await.unwrap();
        assert!(answer.status().is_redirection(), "{}", answer.status());
        answer.headers()["location"].to_str().unwrap().to_owned()
    }

    pub async fn callback(&self, back: &str, popup_cookie: &str) -> reqwest::Response {
        let here = back.replacen(&self.origin, &format!("http://{}", self.proxy), 1);
        self.client.get(here).header("cookie", popup_cookie).send().await.unwrap()
    }
}

impl Drop for House {
    fn drop(&mut self) {
        if let Some(stop) = &self.stop {
            let _ = stop.send(true);
        }
    }
}

pub fn attribute(page: &str, name: &str) -> String {
    page.split_once(&format!("{name}=\"")).and_then(|(_, rest)| rest.split_once('"')).map(|(value, _)| value.to_owned()).unwrap()
}

/// A signed-in frame.
pub struct Frame<'a> {
    pub house: &'a House,
    pub cookie: String,
}

impl Frame<'_> {
    pub async fn get(&self, path: &str) -> (u16, Value) {
        let request = self.house.client.get(self.house.proxy_url(&format!("/api/v1{path}"))).header("cookie", &self.cookie);
        read("GET", &Value::Null, request.send().await.unwrap()).await
    }

    pub async fn send(&self, method: reqwest::Method, path: &str, headers: &[(&str, &str)], body: &Value) -> (u16, Value) {
        let url = self.house.proxy_url(&format!("/api/v1{path}"));
        let mut request = self.house.client.request(method.clone(), url).header("cookie", &self.cookie).json(body);
        request = request.header("origin", &self.house.origin).header("x-remote-support", "1");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        read(method.as_str(), body, request.send().await.unwrap()).await
    }

    pub async fn invite(&self, key: &str, body: &Value) -> (u16, Value) {
        self.send(reqwest::Method::POST, "/invites", &[("idempotency-key", key)], body).await
    }

    /// Changes settings by the administrator's way.
    pub async fn settings(&self, change: Value) {
        let (status, mut stored) = self.get("/settings").await;
        assert_eq!(status, 200, "{stored}");
        for (name, value) in change.as_object().unwrap() {
            stored["settings"][name] = value.clone();
        }
        let body = json!({"version": stored["version"], "settings": stored["settings"], "connection": {}});
        let (status, answer) = self.send(reqwest::Method::PUT, "/settings", &[], &body).await;
        assert_eq!(status, 200, "{answer}");
    }
}

/// The answer, as it is described.
async fn read(method: &str, body: &Value, answer: reqwest::Response) -> (u16, Value) {
    let (path, status) = (answer.url().path().to_owned(), answer.status().as_u16());
    let content_type = answer.headers().get("content-type").map(|kind| kind.to_str().unwrap().to_owned());
    let text = answer.text().await.unwrap();
    contract::keeps(method, &path, body, &contract::Answer { status, content_type: content_type.as_deref(), text: &text })
        .unwrap_or_else(|sentence| panic!("{method} {path} answered {status}, against its description: {sentence}\n{text}"));
    (status, serde_json::from_str(&text).unwrap_or(Value::String(text)))
}
