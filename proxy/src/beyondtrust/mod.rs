//! Calls to the BeyondTrust appliance: the few commands and the one report that we need, each with its own typed answer.
//! Decides nothing about queues or names, and passes nothing through: there is no "call any action".
//!
//! Errors come as HTTP 200 with an `<error>` document as a rule, so every answer is read before its status is believed.

mod answer;
mod fault;
mod trial;

pub use answer::{ApiInfo, SessionKey, SupportTeam};

use crate::{
    clock::Clock,
    line::Line,
    outbound::{Answer, Outbound, Site, TOTAL},
    token_source::{Fresh, Token, TokenSource},
};
use halo_remote_support::{
    api::ConnectionTest,
    rules::{
        failure::{Failure, FailureKind},
        link::HttpsUrl,
        routing::Representative,
        words::{Lsid, Queue, UnixSeconds},
    },
};
use reqwest::{Method, StatusCode};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use std::{path::PathBuf, sync::Arc, time::Duration};

/// The answer to a command; large sites list some thousand representatives in about a megabyte.
const COMMAND_LIMIT: usize = 4 << 20;
/// A session's report.
const REPORT_LIMIT: usize = 64 << 20;
/// A report of that size takes its time; shorter than the worker's lease.
const REPORT_TOTAL: Duration = Duration::from_secs(90);
/// A hundred bytes a session.
const LISTING_LIMIT: usize = 16 << 20;
const TOKEN_LIMIT: usize = 64 << 10;
/// Tokens live an hour, and an account has at most thirty of them alive.
const RENEW_EARLY: Duration = Duration::from_secs(300);
const LIFE_WHEN_NOT_TOLD: Duration = Duration::from_secs(3600);
/// The appliance's limit for the external key.
const EXTERNAL_KEY_LIMIT: usize = 1024;

/// What is needed to call an appliance.
#[derive(Clone, Debug)]
pub struct Access {
    /// Its public address; links in invites must be on this host.
    pub url: HttpsUrl,
    /// Where to connect instead of what DNS says.
    pub connect_to: Option<std::net::SocketAddr>,
    /// Certificates to trust besides the machine's.
    pub ca_file: Option<PathBuf>,
    /// OAuth client id of the API account.
    pub client_id: String,
    /// Its secret.
    pub client_secret: SecretString,
}

/// An appliance we can call; clones share one token.
#[derive(Clone, Debug)]
pub struct Appliance(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    access: Access,
    outbound: Outbound,
    tokens: TokenSource<Failure>,
    clock: Arc<dyn Clock>,
}

/// The token endpoint's answer, good or bad.
#[derive(Default, Deserialize)]
#[serde(default)]
struct TokenAnswer {
    access_token: Option<String>,
    expires_in: Option<u64>,
    error: Option<String>,
    message: Option<String>,
}

impl Appliance {
    /// Prepares calls; none is made yet.
    ///
    /// # Errors
    /// When address, `connect_to` or certificate file cannot be used.
    pub fn new(access: Access, clock: Arc<dyn Clock>, line: Arc<Line>) -> Result<Self, Failure> {
        let site = Site {
            url: access.url.clone(),
            connect_to: access.connect_to,
            ca_file: access.ca_file.clone(),
            close: true,
            total: TOTAL,
            line,
        };
        let outbound = Outbound::new(&site)
            .map_err(|problem| Failure::new(FailureKind::SettingWrong).with("setting", "beyondtrust").with("text", problem))?;
        let tokens = TokenSource::new(Arc::clone(&clock), RENEW_EARLY, |failure: &Failure| match failure.kind {
            // Nothing changes by asking again; a mended secret comes with a new `Appliance`.
            FailureKind::ApplianceCredentials => Duration::from_secs(30),
            _ => Duration::from_secs(2),
        });
        Ok(Self(Arc::new(Inner { access, outbound, tokens, clock })))
    }

    /// The appliance's public address.
    #[must_use]
    pub fn url(&self) -> &HttpsUrl {
        &self.0.access.url
    }

    /// `get_api_info`: version, the appliance's time, what the account may do.
    ///
    /// # Errors
    /// As every command: see [`fault`].
    pub async fn api_info(&self) -> Result<ApiInfo, Failure> {
        self.command("get_api_info", &[], answer::api_info).await
    }

    /// `get_logged_in_reps`: everybody at the console, `Invited` ones marked.
    ///
    /// # Errors
    /// As every command.
    pub async fn logged_in_representatives(&self) -> Result<Vec<Representative>, Failure> {
        self.command("get_logged_in_reps", &[], answer::representatives).await
    }

    /// `get_support_teams`.
    ///
    /// # Errors
    /// As every command.
    pub async fn support_teams(&self) -> Result<Vec<SupportTeam>, Failure> {
        self.command("get_support_teams", &[], answer::support_teams).await
    }

    /// `generate_session_key` for this queue. `ttl` is in seconds; `None` leaves it to the appliance.
    ///
    /// # Errors
    /// As every command, and when the link is on another host than the appliance's.
    pub async fn generate_session_key(&self, queue: &Queue, external_key: &str, ttl: Option<u32>) -> Result<SessionKey, Failure> {
        if external_key.chars().count() > EXTERNAL_KEY_LIMIT {
            return Err(Failure::new(FailureKind::BodyInvalid).with("text", "the external key is longer than 1024 characters"));
        }
        let queue = queue.to_string();
        let ttl = ttl.map(|ttl| ttl.to_string());
        let mut parameters = vec![("type", "support"), ("queue_id", &queue), ("session.custom.external_key", external_key)];
        parameters.extend(ttl.as_deref().map(|ttl| ("ttl", ttl)));
        let url = self.url();
        self.command("generate_session_key", &parameters, |root| answer::session_key(root, url)).await
    }

    /// `terminate_session`: sends everybody out of a session that runs.
    ///
    /// # Errors
    /// As every command; a session that has ended is one.
    pub async fn terminate_session(&self, lsid: &Lsid) -> Result<(), Failure> {
        self.command("terminate_session", &[("lsid", lsid.as_str())], answer::success).await
    }

    /// The `SupportSession` report of one session as it came, up to 64 MiB, error documents included: reading it is
    /// `rules::report`'s work.
    ///
    /// # Errors
    /// When there is no XML document at all.
    pub async fn session_report(&self, lsid: &Lsid) -> Result<Vec<u8>, Failure> {
        let parameters = [("generate_report", "SupportSession"), ("lsid", lsid.as_str())];
        let answer = self.post("/api/reporting", &parameters, REPORT_LIMIT, REPORT_TOTAL).await?;
        if answer.is_web_page() {
            return Err(fault::not_beyondtrust(self.url()));
        }
        Ok(answer.body)
    }

    /// Which sessions ended in this window of the appliance's time: the cheap `SupportSessionListing`, ids only.
    ///
    /// # Errors
    /// As every command. An `<error>` is one too, although some appliances answer so when there are none: nobody can tell.
    pub async fn ended_sessions(&self, from: UnixSeconds, seconds: UnixSeconds) -> Result<Vec<Lsid>, Failure> {
        let (from, seconds) = (from.to_string(), seconds.to_string());
        let form = [("generate_report", "SupportSessionListing"), ("end_time", from.as_str()), ("duration", seconds.as_str())];
        let answer = self.post("/api/reporting", &form, LISTING_LIMIT, REPORT_TOTAL).await?;
        fault::document(&answer, self.url(), answer::session_listing)
    }

    /// Tries everything the product needs, in order, and names each thing.
    pub async fn test(&self) -> ConnectionTest {
        trial::run(self).await
    }

    /// One command: every answer is a document, and every document may be an error.
    async fn command<T>(
        &self,
        action: &str,
        parameters: &[(&str, &str)],
        read: impl FnOnce(roxmltree::Node<'_, '_>) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let mut form = vec![("action", action)];
        form.extend_from_slice(parameters);
        let answer = self.post("/api/command", &form, COMMAND_LIMIT, TOTAL).await?;
        let outcome = fault::document(&answer, self.url(), read);
        if let Err(failure) = &outcome {
            tracing::warn!(vendor = "beyondtrust", action, failure = failure.kind.code(), "a call was answered with an error");
        }
        outcome
    }

    /// Posts a form with the token; a refused token is replaced once.
    async fn post(&self, path: &str, form: &[(&str, &str)], limit: usize, total: Duration) -> Result<Answer, Failure> {
        let inner = &self.0;
        let url = inner.outbound.url(path);
        let mut first = true;
        loop {
            let token = inner.tokens.token(async || self.make_token().await).await?;
            let request = inner.outbound.request(Method::POST, &url).bearer_auth(token.expose()).form(form).timeout(total);
            let answer = inner.outbound.send(request, limit).await.map_err(|trouble| fault::trouble(trouble, self.url(), limit))?;
            if answer.status != StatusCode::UNAUTHORIZED {
                return fault::status(answer, self.url());
            }
            let again = inner.tokens.refused(token.serial()).await;
            if !(first && again) {
                return Err(fault::refused_twice(&answer, self.url()));
            }
            first = false;
        }
    }

    /// Proves that id and secret work today.
    async fn renew_token(&self) -> Result<Token, Failure> {
        self.0.tokens.renew(async || self.make_token().await).await
    }

    async fn make_token(&self) -> Result<Fresh, Failure> {
        let inner = &self.0;
        inner.outbound.line().token_asked();
        let request = inner
            .outbound
            .request(Method::POST, &inner.outbound.url("/oauth2/token"))
            .basic_auth(&inner.access.client_id, Some(inner.access.client_secret.expose_secret()))
            .form(&[("grant_type", "client_credentials")]);
        let answer = inner.outbound.send(request, TOKEN_LIMIT).await.map_err(|trouble| fault::trouble(trouble, self.url(), TOKEN_LIMIT))?;
        let told = serde_json::from_slice::<TokenAnswer>(&answer.body).ok();
        match told {
            Some(TokenAnswer { access_token: Some(secret), expires_in, .. }) if answer.status.is_success() && !secret.is_empty() => {
                inner.outbound.line().credentials_changed();
                Ok(Fresh { secret: secret.into(), lives: expires_in.map_or(LIFE_WHEN_NOT_TOLD, Duration::from_secs) })
            }
            told => {
                let told = told.unwrap_or_default();
                let failure = fault::no_token(&answer, told.error.as_deref(), told.message.as_deref(), self.url());
                if failure.kind == FailureKind::ApplianceCredentials {
                    inner.outbound.line().credentials_refused();
                }
                tracing::warn!(vendor = "beyondtrust", status = answer.status.as_u16(), failure = failure.kind.code(), "no token");
                Err(failure)
            }
        }
    }
}
