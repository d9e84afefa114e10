//! Builds every HTTP client of the proxy and reads every answer with a limit: TLS by rustls, no redirects, no cookies, no
//! proxy from the environment, time-outs. What an answer means is the vendor modules' question.

use crate::line::{CallOutcome, Line};
use halo_remote_support::rules::link::HttpsUrl;
use reqwest::{
    Certificate, Client, Method, RequestBuilder, StatusCode, Url,
    header::{self, HeaderMap, HeaderValue},
    redirect,
};
use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

/// How long a connection may take to be made.
pub const CONNECT: Duration = Duration::from_secs(5);
/// How long a call may take from beginning to end.
pub const TOTAL: Duration = Duration::from_secs(30);
/// A wait that a vendor asks for is not believed beyond this.
const LONGEST_RETRY_AFTER: Duration = Duration::from_secs(15 * 60);

/// A vendor's site and how to get there.
#[derive(Clone, Debug)]
pub struct Site {
    /// Its public address.
    pub url: HttpsUrl,
    /// Where to connect instead of what DNS says, port included; the public name still stands in `Host` and in TLS.
    pub connect_to: Option<SocketAddr>,
    /// Certificates to trust besides the machine's, PEM.
    pub ca_file: Option<PathBuf>,
    /// Close the connection after every call, as BeyondTrust asks.
    pub close: bool,
    /// How long a call may take; [`TOTAL`] unless there is a reason.
    pub total: Duration,
    /// Where calls are counted, and whether the vendor answers is known.
    pub line: Arc<Line>,
}

/// Why no client could be built.
#[derive(Debug, thiserror::Error)]
pub enum Unusable {
    /// The URL cannot be used for calls.
    #[error("the address {0} cannot be called")]
    Url(String),
    /// `connect_to` cannot be combined with an address that is a number already.
    #[error("connect_to needs a host name in the address, not {0}; write the name that the certificate carries")]
    Literal(String),
    /// The file with certificates cannot be read.
    #[error("the certificate file {0} cannot be read: {1}")]
    CaFile(String, std::io::Error),
    /// The file holds no certificates.
    #[error("the certificate file {0} holds no certificate in PEM form (-----BEGIN CERTIFICATE-----)")]
    NoCertificate(String),
    /// TLS cannot be set up at all.
    #[error("TLS cannot be set up: {0}; are the machine's certificates installed (package ca-certificates)?")]
    Tls(String),
}

/// Why a call brought no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Trouble {
    /// No connection: name unknown, refused, not routed.
    #[error("no connection")]
    Unreachable,
    /// No connection in time.
    #[error("no connection in time")]
    ConnectTimeout,
    /// The certificate is not trusted, out of date, or for another name.
    #[error("certificate not trusted")]
    Certificate,
    /// The request was sent, but no (complete) answer came in time.
    #[error("no answer in time")]
    Timeout,
    /// The request was sent, or partly, and the connection broke.
    #[error("connection broken")]
    Broken,
    /// The answer is larger than we read.
    #[error("answer too large")]
    TooLarge,
}

impl Trouble {
    /// The other side may have received the request.
    #[must_use]
    pub const fn sent(self) -> bool {
        matches!(self, Self::Timeout | Self::Broken | Self::TooLarge)
    }
}

/// An answer, whole.
#[derive(Clone)]
pub struct Answer {
    /// HTTP status.
    pub status: StatusCode,
    /// `Retry-After` in seconds, capped.
    pub retry_after: Option<Duration>,
    /// The body; may hold secrets and personal data.
    pub body: Vec<u8>,
}

impl std::fmt::Debug for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Answer").field("status", &self.status).field("bytes", &self.body.len()).finish_non_exhaustive()
    }
}

impl Answer {
    /// The body is a web page rather than an answer of an API.
    #[must_use]
    pub fn is_web_page(&self) -> bool {
        let body = self.body.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&self.body).trim_ascii_start();
        ["<!doctype html", "<html", "<head", "<body"]
            .iter()
            .any(|start| body.get(..start.len()).is_some_and(|head| head.eq_ignore_ascii_case(start.as_bytes())))
    }
}

/// A client for one vendor's site.
#[derive(Clone, Debug)]
pub struct Outbound {
    client: Client,
    base: Url,
    /// `Host` to send when we connect elsewhere than the URL says.
    host: Option<HeaderValue>,
    line: Arc<Line>,
}

impl Outbound {
    /// Builds the client.
    ///
    /// # Errors
    /// Says which setting is in the way.
    pub fn new(site: &Site) -> Result<Self, Unusable> {
        let wrong = || Unusable::Url(site.url.as_str().to_owned());
        let base = Url::parse(site.url.as_str()).map_err(|_| wrong())?;
        let name = base.host_str().ok_or_else(wrong)?.to_owned();
        let mut headers = HeaderMap::new();
        if site.close {
            headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
        }
        #[expect(clippy::disallowed_methods, reason = "the one place that builds clients")]
        let mut builder = Client::builder()
            .user_agent(concat!("halo-remote-support/", env!("CARGO_PKG_VERSION")))
            .default_headers(headers)
            .redirect(redirect::Policy::none())
            .referer(false)
            .no_proxy()
            // One retry level: ours. A silent repetition of a write is what we must not have.
            .retry(reqwest::retry::never())
            .connect_timeout(CONNECT)
            .timeout(site.total)
            // Shorter than any gateway keeps an idle connection: a write must not meet one that is just closing.
            .pool_idle_timeout(Duration::from_secs(10));
        if site.close {
            builder = builder.pool_max_idle_per_host(0);
        }
        if let Some(file) = &site.ca_file {
            builder = builder.tls_certs_merge(certificates(file)?);
        }
        let mut host = None;
        if let Some(address) = site.connect_to {
            if !matches!(base.host(), Some(url::Host::Domain(_))) {
                return Err(Unusable::Literal(name));
            }
            builder = builder.resolve(&name, address);
            let authority = base.port().map_or_else(|| name.clone(), |port| format!("{name}:{port}"));
            host = Some(HeaderValue::from_str(&authority).map_err(|_| wrong())?);
        }
        let client = builder.build().map_err(|error| Unusable::Tls(innermost(&error)))?;
        Ok(Self { client, base, host, line: Arc::clone(&site.line) })
    }

    /// The line to the vendor.
    #[must_use]
    pub fn line(&self) -> &Line {
        &self.line
    }

    /// The site's address, to build paths from.
    #[must_use]
    pub const fn base(&self) -> &Url {
        &self.base
    }

    /// The site's address with this path instead of its own, for example `/api/command`.
    #[must_use]
    pub fn url(&self, path: &str) -> Url {
        let mut url = self.base.clone();
        url.set_path(path);
        url.set_query(None);
        url.set_fragment(None);
        url
    }

    /// Begins a request.
    pub fn request(&self, method: Method, url: &Url) -> RequestBuilder {
        let same_site = url.host() == self.base.host() && url.port_or_known_default() == self.base.port_or_known_default();
        match &self.host {
            Some(host) if same_site => {
                // A port written in the URL would win over the one in `connect_to`.
                let mut url = url.clone();
                if url.set_port(None).is_err() {
                    return self.client.request(method, url);
                }
                self.client.request(method, url).header(header::HOST, host)
            }
            _ => self.client.request(method, url.clone()),
        }
    }

    /// Sends a request and reads the answer up to `limit` bytes.
    ///
    /// # Errors
    /// When there is no complete answer; see [`Trouble::sent`].
    pub async fn send(&self, request: RequestBuilder, limit: usize) -> Result<Answer, Trouble> {
        let began = self.line.begins();
        let answer = self.send_uncounted(request, limit).await;
        self.line.ended(began, outcome(&answer));
        answer
    }

    async fn send_uncounted(&self, request: RequestBuilder, limit: usize) -> Result<Answer, Trouble> {
        let mut response = request.send().await.map_err(|error| trouble(&error))?;
        let status = response.status();
        let retry_after = response
            .headers()
            .get(header::RETRY_AFTER)
            .and_then(|value| value.to_str().ok()?.trim().parse().ok())
            .map(|seconds| Duration::from_secs(seconds).min(LONGEST_RETRY_AFTER));
        let too_large = |bytes: u64| bytes > u64::try_from(limit).unwrap_or(u64::MAX);
        if response.content_length().is_some_and(too_large) {
            return Err(Trouble::TooLarge);
        }
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| trouble(&error))? {
            if body.len().saturating_add(chunk.len()) > limit {
                return Err(Trouble::TooLarge);
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Answer { status, retry_after, body })
    }
}

/// What an answer, or the lack of one, says about the line.
fn outcome(answer: &Result<Answer, Trouble>) -> CallOutcome {
    match answer {
        Ok(answer) if answer.status == StatusCode::TOO_MANY_REQUESTS => CallOutcome::Throttled(answer.retry_after),
        Ok(Answer { status: StatusCode::SERVICE_UNAVAILABLE, retry_after: Some(wait), .. }) => CallOutcome::Throttled(Some(*wait)),
        Ok(answer) if answer.status.is_server_error() => CallOutcome::Transient,
        Ok(_) => CallOutcome::Answered,
        // The vendor is there; waiting mends neither.
        Err(Trouble::Certificate | Trouble::TooLarge) => CallOutcome::Answered,
        Err(_) => CallOutcome::Transient,
    }
}

fn certificates(file: &Path) -> Result<Vec<Certificate>, Unusable> {
    let name = file.display().to_string();
    let pem = std::fs::read(file).map_err(|error| Unusable::CaFile(name.clone(), error))?;
    match Certificate::from_pem_bundle(&pem) {
        Ok(found) if !found.is_empty() => Ok(found),
        _ => Err(Unusable::NoCertificate(name)),
    }
}

fn trouble(error: &reqwest::Error) -> Trouble {
    if is_certificate(error) {
        Trouble::Certificate
    } else if error.is_connect() {
        if error.is_timeout() { Trouble::ConnectTimeout } else { Trouble::Unreachable }
    } else if error.is_timeout() {
        Trouble::Timeout
    } else if error.is_builder() {
        Trouble::Unreachable
    } else {
        Trouble::Broken
    }
}

/// Looks for rustls' verdict on the certificate anywhere among the causes.
fn is_certificate(error: &(dyn std::error::Error + 'static)) -> bool {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(tls) = error.downcast_ref::<rustls::Error>() {
            return matches!(tls, rustls::Error::InvalidCertificate(_) | rustls::Error::NoCertificatesPresented);
        }
        // An `io::Error` does not count what it wraps among its sources.
        next = match error.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref) {
            Some(inner) => Some(inner as &(dyn std::error::Error + 'static)),
            None => error.source(),
        };
    }
    false
}

fn innermost(error: &(dyn std::error::Error + 'static)) -> String {
    let mut innermost = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    innermost.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn web_pages_are_told_from_answers() {
        for (body, page) in [
            ("<!DOCTYPE html><html></html>", true),
            ("\u{feff}\n  <HTML lang=en>", true),
            ("<?xml version=\"1.0\"?><session_list/>", false),
            ("<error>no</error>", false),
            ("{\"access_token\":\"\"}", false),
            ("", false),
        ] {
            let answer = Answer { status: StatusCode::OK, retry_after: None, body: body.as_bytes().to_vec() };
            assert_eq!(answer.is_web_page(), page, "{body}");
        }
    }
}
