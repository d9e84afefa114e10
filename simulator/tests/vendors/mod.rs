//! Both simulated vendors and a client that speaks to them as their documentation says; knows nothing of the product.

#![allow(dead_code, reason = "each test file uses its part")]

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use remote_support_simulator::{Options, Simulator, start};
use reqwest::{Client, RequestBuilder, Response, StatusCode};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};

/// Anything that takes longer is a failure.
const PATIENCE: Duration = Duration::from_secs(20);
const PROXY: &str = "http://support.localhost:1";
const VERIFIER: &str = "a-verifier-that-is-long-enough-to-be-one-0123456789";

pub struct Vendors {
    pub simulator: Simulator,
    pub client: Client,
}

impl Vendors {
    pub async fn open() -> Self {
        Self::with(None, None).await
    }

    pub async fn with(event_url: Option<String>, proxy_connect: Option<SocketAddr>) -> Self {
        let options = Options {
            halo_port: 0,
            appliance_port: 0,
            proxy_origin: PROXY.to_owned(),
            proxy_connect,
            event_url,
            webhook_url: None,
            pages: None,
        };
        let client = Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy().timeout(PATIENCE).build().unwrap();
        Self { simulator: start(options).await.unwrap(), client }
    }

    pub fn halo_url(&self, path: &str) -> String {
        format!("http://{}{path}", self.simulator.halo_addr)
    }

    pub fn appliance_url(&self, path: &str) -> String {
        format!("http://{}{path}", self.simulator.appliance_addr)
    }

    /// `POST`s to `/control` when there is something to say, otherwise reads.
    async fn control(&self, url: String, say: Option<Value>) -> Value {
        let request = if let Some(say) = say { self.client.post(url).json(&say) } else { self.client.get(url) };
        let answer = request.send().await.unwrap();
        assert!(answer.status().is_success(), "{}", answer.text().await.unwrap());
        let text = answer.text().await.unwrap();
        if text.is_empty() { Value::Null } else { serde_json::from_str(&text).unwrap() }
    }

    pub async fn halo(&self, path: &str, say: Option<Value>) -> Value {
        self.control(self.halo_url(&format!("/control/{path}")), say).await
    }

    pub async fn appliance(&self, path: &str, say: Option<Value>) -> Value {
        self.control(self.appliance_url(&format!("/control/{path}")), say).await
    }

    /// Polls until the question has an answer.
    pub async fn until<T>(&self, what: &str, mut question: impl AsyncFnMut(&Self) -> Option<T>) -> T {
        let begun = Instant::now();
        loop {
            if let Some(answer) = question(self).await {
                return answer;
            }
            assert!(begun.elapsed() < PATIENCE, "gave up waiting: {what}");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    // ---- the appliance ----

    pub async fn appliance_token(&self) -> String {
        let answer = self.ask_appliance_token("bt-secret-1").await;
        assert_eq!(answer.status(), 200);
        let body: Value = answer.json().await.unwrap();
        body["access_token"].as_str().unwrap().to_owned()
    }

    pub async fn ask_appliance_token(&self, secret: &str) -> Response {
        let request = self.client.post(self.appliance_url("/oauth2/token")).basic_auth("bt-client", Some(secret));
        request.form(&[("grant_type", "client_credentials")]).send().await.unwrap()
    }

    /// A form POST with a token; the body of the answer, which has status 200.
    pub async fn xml(&self, path: &str, form: &[(&str, &str)]) -> String {
        let request = self.client.post(self.appliance_url(path)).bearer_auth(self.appliance_token().await);
        let answer = request.header("connection", "close").form(form).send().await.unwrap();
        assert_eq!(answer.status(), 200);
        assert_eq!(answer.headers()["content-type"], "text/xml; charset=UTF-8");
        answer.text().await.unwrap()
    }

    pub async fn command(&self, form: &[(&str, &str)]) -> String {
        self.xml("/api/command", form).await
    }

    pub async fn report(&self, form: &[(&str, &str)]) -> String {
        self.xml("/api/reporting", &[&[("generate_report", "SupportSession")], form].concat()).await
    }

    pub async fn key(&self, queue: &str, external_key: &str) -> String {
        let mut form = vec![("action", "generate_session_key"), ("type", "support"), ("queue_id", queue)];
        form.extend((!external_key.is_empty()).then_some(("session.custom.external_key", external_key)));
        self.command(&form).await
    }

    pub async fn play(&self, play: Value) -> String {
        self.appliance("play", Some(play)).await["lsid"].as_str().unwrap().to_owned()
    }

    // ---- Halo ----

    pub async fn service_token(&self) -> String {
        self.service_token_for("read:tickets edit:tickets read:customers").await
    }

    pub async fn service_token_for(&self, scope: &str) -> String {
        let form = [
            ("grant_type", "client_credentials"),
            ("client_id", "halo-service"),
            ("client_secret", "halo-service-secret-1"),
            ("scope", scope),
        ];
        let (status, body) = self.token(&form).await;
        assert_eq!(status, 200, "{body}");
        body["access_token"].as_str().unwrap().to_owned()
    }

    pub async fn token(&self, form: &[(&str, &str)]) -> (StatusCode, Value) {
        let answer = self.client.post(self.halo_url("/auth/token?tenant=northwind")).form(form).send().await.unwrap();
        (answer.status(), answer.json().await.unwrap())
    }

    pub fn redirect() -> String {
        format!("{PROXY}/api/v1/sign-in/callback")
    }

    pub fn authorize_query(scope: &str) -> Vec<(&str, String)> {
        vec![
            ("response_type", "code".to_owned()),
            ("client_id", "halo-agent-app".to_owned()),
            ("redirect_uri", Self::redirect()),
            ("scope", scope.to_owned()),
            ("state", "the state & more".to_owned()),
            ("code_challenge", BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(VERIFIER))),
            ("code_challenge_method", "S256".to_owned()),
        ]
    }

    /// An agent chooses themselves on the log-in page; the code.
    pub async fn code(&self, agent: u32) -> String {
        let mut query = Self::authorize_query("all offline_access");
        let page = self.client.get(self.halo_url("/auth/authorize")).query(&query).send().await.unwrap();
        assert_eq!(page.status(), 200);
        query.push(("agent", agent.to_string()));
        let back = self.client.get(self.halo_url("/auth/authorize")).query(&query).send().await.unwrap();
        assert_eq!(back.status(), 303);
        let back = reqwest::Url::parse(back.headers()["location"].to_str().unwrap()).unwrap();
        assert!(back.as_str().starts_with(&Self::redirect()));
        let of = |name: &str| back.query_pairs().find(|(key, _)| key == name).unwrap().1.into_owned();
        assert_eq!(of("state"), "the state & more");
        of("code")
    }

    pub async fn redeem(&self, code: &str, verifier: &str) -> (StatusCode, Value) {
        let redirect = Self::redirect();
        let form = [
            ("grant_type", "authorization_code"),
            ("client_id", "halo-agent-app"),
            ("redirect_uri", &redirect),
            ("code", code),
            ("code_verifier", verifier),
        ];
        self.token(&form).await
    }

    /// Access and refresh token of an agent.
    pub async fn sign_in(&self, agent: u32) -> (String, String) {
        let (status, body) = self.redeem(&self.code(agent).await, VERIFIER).await;
        assert_eq!(status, 200, "{body}");
        (body["access_token"].as_str().unwrap().to_owned(), body["refresh_token"].as_str().unwrap().to_owned())
    }

    pub async fn refresh(&self, token: &str) -> (StatusCode, Value) {
        self.token(&[("grant_type", "refresh_token"), ("client_id", "halo-agent-app"), ("refresh_token", token)]).await
    }

    pub fn get(&self, token: &str, path: &str) -> RequestBuilder {
        self.client.get(self.halo_url(path)).bearer_auth(token)
    }

    pub async fn read(&self, token: &str, path: &str) -> Value {
        let answer = self.get(token, path).send().await.unwrap();
        assert_eq!(answer.status(), 200, "{path}");
        answer.json().await.unwrap()
    }

    pub fn post(&self, token: &str, path: &str, body: &Value) -> RequestBuilder {
        self.client.post(self.halo_url(path)).bearer_auth(token).json(body)
    }

    /// Posts one action; its stored form.
    pub async fn act(&self, token: &str, action: Value) -> Value {
        let answer = self.post(token, "/api/Actions", &json!([action])).send().await.unwrap();
        assert_eq!(answer.status(), 200);
        answer.json().await.unwrap()
    }
}

/// A session in which everything happens.
pub fn story() -> Value {
    json!([
        {"join": "rep:7"},
        {"say": "It says <0x800> & \"closes\" ]]>", "by": "customer"},
        {"say": "bell \u{7} and escape \u{1b}", "by": "customer"},
        {"join": "rep:9"},
        {"say": "Ann, yours?", "by": "rep:7", "to": "rep:9"},
        {"hand_over": "rep:9"},
        {"file": "repair.zip", "bytes": 48211, "by": "rep:9"},
        {"note": "Rebuilt the profile.", "by": "rep:9"},
        {"external_key": "1161.7K3M9QX2DH", "by": "rep:9"},
        {"leave": "rep:7"},
    ])
}
