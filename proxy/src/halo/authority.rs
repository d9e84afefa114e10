//! Halo's authorisation server: where it is, how an agent signs in, how tokens are made and renewed. Keeps the service
//! application's token; agents' tokens belong to their sign-in.

use super::{
    Halo, RENEW_EARLY,
    fault::{Call, HaloError},
    shape,
};
use crate::{
    outbound::Answer,
    token_source::{Fresh, Token},
};
use halo_remote_support::rules::{failure::Failure, link::HttpsUrl};
use reqwest::{Method, Url};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use std::time::Duration;

const LIMIT: usize = 256 << 10;
/// What Halo's clients assume when it is not told.
const LIFE_WHEN_NOT_TOLD: u64 = 3600;

/// What goes behind `Bearer`: the service application's, or an agent's.
#[derive(Clone, Debug)]
pub struct AccessToken {
    secret: SecretString,
    service: Option<u64>,
}

impl AccessToken {
    /// An agent's token.
    #[must_use]
    pub const fn new(secret: SecretString) -> Self {
        Self { secret, service: None }
    }
    /// The text itself.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.secret.expose_secret()
    }
}

impl From<Token> for AccessToken {
    fn from(token: Token) -> Self {
        Self { secret: SecretString::from(token.expose()), service: Some(token.serial()) }
    }
}

/// What a sign-in or its renewal gives.
#[derive(Clone, Debug)]
pub struct Tokens {
    /// To call with.
    pub access: AccessToken,
    /// Seconds it lives.
    pub expires_in: u64,
    /// To renew with; single use. After a renewal without a new one this is the old one.
    pub refresh: Option<SecretString>,
}

impl Tokens {
    /// Seconds after which it should be renewed.
    #[must_use]
    pub const fn renew_in(&self) -> u64 {
        let margin = if RENEW_EARLY.as_secs() < self.expires_in / 2 { RENEW_EARLY.as_secs() } else { self.expires_in / 2 };
        self.expires_in - margin
    }
}

/// Where the authorisation server is.
#[derive(Clone, Debug)]
pub(super) struct Authority {
    token: Url,
    authorize: Url,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct AuthInfo {
    #[serde(deserialize_with = "shape::text")]
    auth_url: Option<String>,
    #[serde(deserialize_with = "shape::text")]
    tenant_id: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct TokenAnswer {
    #[serde(deserialize_with = "shape::text")]
    access_token: Option<String>,
    #[serde(deserialize_with = "shape::text")]
    refresh_token: Option<String>,
    #[serde(deserialize_with = "shape::id")]
    expires_in: Option<u32>,
    #[serde(deserialize_with = "shape::text")]
    error: Option<String>,
}

impl Halo {
    /// Where to send an agent's browser to sign in.
    ///
    /// # Errors
    /// When Halo cannot be asked where its authorisation server is.
    pub async fn authorize_url(&self, state: &str, code_challenge: &str) -> Result<String, Failure> {
        let mut url = self.authority().await.map_err(|error| error.failure())?.authorize.clone();
        let application = &self.0.application;
        url.query_pairs_mut()
            .append_pair("response_type", "code")
            .append_pair("client_id", &application.agent_client_id)
            .append_pair("redirect_uri", &application.redirect_uri)
            .append_pair("scope", &application.agent_scope)
            .append_pair("state", state)
            .append_pair("code_challenge", code_challenge)
            .append_pair("code_challenge_method", "S256");
        Ok(url.into())
    }

    /// The code of a sign-in for tokens.
    ///
    /// # Errors
    /// [`HaloError::GrantSpent`] for a code that is not good (any more).
    pub async fn redeem(&self, code: &str, verifier: &str) -> Result<Tokens, HaloError> {
        let application = &self.0.application;
        let form = [
            ("grant_type", "authorization_code"),
            ("client_id", &application.agent_client_id),
            ("redirect_uri", &application.redirect_uri),
            ("code", code),
            ("code_verifier", verifier),
        ];
        self.ask(&form, "redeem a sign-in code").await
    }

    /// New tokens for a refresh token. The old refresh token is spent by this, so store the new one before using
    /// anything.
    ///
    /// # Errors
    /// [`HaloError::GrantSpent`] when the person must sign in again; [`HaloError::ambiguous`] when the old token may be
    /// spent although nothing came back.
    pub async fn refresh(&self, refresh: &SecretString) -> Result<Tokens, HaloError> {
        let form = [
            ("grant_type", "refresh_token"),
            ("client_id", &self.0.application.agent_client_id),
            ("refresh_token", refresh.expose_secret()),
        ];
        let mut tokens = self.ask(&form, "renew a sign-in").await?;
        tokens.refresh.get_or_insert_with(|| refresh.clone());
        Ok(tokens)
    }

    /// The service application's token; one for all callers, renewed early.
    ///
    /// # Errors
    /// [`HaloError::Credentials`] for a wrong id, secret or scope.
    pub async fn service_token(&self) -> Result<AccessToken, HaloError> {
        let application = &self.0.application;
        let token = self.0.service.token(async || {
            self.0.outbound.line().token_asked();
            let form = [
                ("grant_type", "client_credentials"),
                ("client_id", application.service_client_id.as_str()),
                ("client_secret", application.service_client_secret.expose_secret()),
                ("scope", application.service_scope.as_str()),
            ];
            let tokens = self.ask(&form, "get a token for the service application").await.inspect_err(|error| {
                if matches!(error, HaloError::Credentials { .. }) {
                    self.0.outbound.line().credentials_refused();
                }
            })?;
            self.0.outbound.line().credentials_changed();
            Ok(Fresh { secret: tokens.access.secret, lives: Duration::from_secs(tokens.expires_in) })
        });
        token.await.map(AccessToken::from)
    }

    /// Halo refused this service token with 401. True when asking for another one is worth it; false when the token is an
    /// agent's, or another one was made for the same reason only just now.
    pub async fn forget_service_token(&self, token: &AccessToken) -> bool {
        match token.service {
            Some(serial) => self.0.service.refused(serial).await,
            None => false,
        }
    }

    /// Does something with the service token, and once more with a new one should Halo answer 401. 401 also means "no
    /// right to this module", so it stops there.
    ///
    /// # Errors
    /// Those of the call.
    pub async fn as_service<T, F>(&self, call: impl Fn(AccessToken) -> F) -> Result<T, HaloError>
    where
        F: Future<Output = Result<T, HaloError>>,
    {
        let token = self.service_token().await?;
        match call(token.clone()).await {
            Err(HaloError::Unauthorized { call: refused }) => {
                if !self.forget_service_token(&token).await {
                    return Err(HaloError::Unauthorized { call: refused });
                }
                call(self.service_token().await?).await
            }
            outcome => outcome,
        }
    }

    async fn ask(&self, form: &[(&str, &str)], operation: &'static str) -> Result<Tokens, HaloError> {
        let authority = self.authority().await?;
        let call = self.call(operation, true);
        let request = self.0.outbound.request(Method::POST, &authority.token).form(form);
        let answer = self.0.outbound.send(request, LIMIT).await.map_err(|trouble| HaloError::NoAnswer { call: call.clone(), trouble })?;
        let outcome = tokens(&answer, call);
        if let Err(error) = &outcome {
            tracing::warn!(vendor = "halo", operation, "{error}");
        }
        outcome
    }

    /// Found once, by `/api/AuthInfo`, which needs no token; kept only when Halo answered.
    async fn authority(&self) -> Result<&Authority, HaloError> {
        self.0.authority.get_or_try_init(|| self.discover()).await
    }

    async fn discover(&self) -> Result<Authority, HaloError> {
        let application = &self.0.application;
        let call = self.call("find Halo's authorisation server", false);
        let known = application.token_url.is_some() && application.authorize_url.is_some() && application.tenant.is_some();
        let info = if known { AuthInfo::default() } else { self.auth_info(&call).await? };
        let tenant = application.tenant.clone().or(info.tenant_id).filter(|tenant| !tenant.trim().is_empty());
        let server = match info.auth_url.as_deref().map(|text| text.trim().trim_end_matches('/')).filter(|text| !text.is_empty()) {
            // Our secret will be sent there: the one rule for URLs holds here too.
            Some(text) => HttpsUrl::parse(text).map_err(|_| HaloError::Unexpected {
                call: call.clone(),
                what: "an address of the authorisation server that is not https",
                accepted: false,
            })?,
            None => HttpsUrl::parse(&format!("{}/auth", self.url().origin())).unwrap_or_else(|_| self.url().clone()),
        };
        let address = |given: &Option<HttpsUrl>, end: &str| {
            let text = given.as_ref().map_or_else(|| format!("{}/{end}", server.as_str()), |given| given.as_str().to_owned());
            let mut url = Url::parse(&text).map_err(|_| HaloError::Unexpected {
                call: call.clone(),
                what: "an address that is none",
                accepted: false,
            })?;
            if let Some(tenant) = &tenant {
                url.query_pairs_mut().append_pair("tenant", tenant);
            }
            Ok(url)
        };
        Ok(Authority { token: address(&application.token_url, "token")?, authorize: address(&application.authorize_url, "authorize")? })
    }

    async fn auth_info(&self, call: &Call) -> Result<AuthInfo, HaloError> {
        let url = self.0.outbound.url(&format!("{}/AuthInfo", self.0.api));
        let request = self.0.outbound.request(Method::GET, &url);
        let answer = self.0.outbound.send(request, LIMIT).await.map_err(|trouble| HaloError::NoAnswer { call: call.clone(), trouble })?;
        if answer.status.is_server_error() || answer.status == reqwest::StatusCode::TOO_MANY_REQUESTS {
            return Err(HaloError::from_status(&answer, call.clone()));
        }
        // Anything else means that this Halo does not tell: the usual place then.
        Ok(serde_json::from_slice(&answer.body).unwrap_or_default())
    }
}

fn tokens(answer: &Answer, call: Call) -> Result<Tokens, HaloError> {
    let told: TokenAnswer = serde_json::from_slice(&answer.body).unwrap_or_default();
    match (told.access_token, told.error) {
        (Some(access), _) if answer.status.is_success() => Ok(Tokens {
            access: AccessToken::new(access.into()),
            expires_in: told.expires_in.map_or(LIFE_WHEN_NOT_TOLD, u64::from),
            refresh: told.refresh_token.map(SecretString::from),
        }),
        _ if answer.status.is_server_error() || answer.status == reqwest::StatusCode::TOO_MANY_REQUESTS => {
            Err(HaloError::from_status(answer, call))
        }
        (_, Some(code)) if code == "invalid_grant" => Err(HaloError::GrantSpent { call }),
        (_, Some(code)) => {
            Err(HaloError::Credentials { call, code: code.chars().filter(|c| c.is_ascii_lowercase() || *c == '_').take(40).collect() })
        }
        (_, None) if answer.status == reqwest::StatusCode::UNAUTHORIZED => Err(HaloError::Credentials { call, code: "401".to_owned() }),
        (_, None) if answer.status.is_success() => Err(HaloError::Unexpected { call, what: "an answer without a token", accepted: true }),
        (_, None) => Err(HaloError::from_status(answer, call)),
    }
}
