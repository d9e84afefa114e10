//! The one rule for URLs in the product: https, or http when the host is loopback or `*.localhost`; no user name, no
//! spaces, nothing that needs guessing.

use core::net::{Ipv4Addr, Ipv6Addr};
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
    /// Reads a URL. Scheme and host are brought to lower case and a default port is dropped, as a browser does; nothing
    /// else is changed and nothing is trimmed.
    ///
    /// # Errors
    /// Says which part of the rule it breaks.
    pub fn parse(text: &str) -> Result<Self, WrongUrl> {
        // `http::Uri` is laxer than a browser here: these would be guessed at, and some of them differently by each reader.
        if text.bytes().any(|b| !b.is_ascii_graphic() || b"\"'<>\\^`{|}".contains(&b)) {
            return Err(WrongUrl::NotAUrl);
        }
        let uri: http::Uri = text.parse().map_err(|_| WrongUrl::NotAUrl)?;
        let (Some(scheme), Some(authority)) = (uri.scheme_str(), uri.authority()) else { return Err(WrongUrl::NotAUrl) };
        if authority.as_str().contains('@') {
            return Err(WrongUrl::UserInfo);
        }
        let host = authority.host().to_ascii_lowercase();
        let port = authority.port_u16();
        // "host:" and "host:99999" have more text than the host but no port.
        if !is_host(&host) || (port.is_none() && authority.as_str().len() != host.len()) {
            return Err(WrongUrl::NotAUrl);
        }
        let (scheme, default_port) = match scheme.to_ascii_lowercase().as_str() {
            "https" => ("https", 443),
            "http" if is_this_machine(&host) => ("http", 80),
            _ => return Err(WrongUrl::NotHttps),
        };
        let behind = text.split_once("//").and_then(|(_, rest)| rest.get(authority.as_str().len()..)).ok_or(WrongUrl::NotAUrl)?;
        Ok(Self(match port.filter(|port| *port != default_port) {
            Some(port) => format!("{scheme}://{host}:{port}{behind}"),
            None => format!("{scheme}://{host}{behind}"),
        }))
    }
    /// The whole URL.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
    /// Host, lower case, with its port unless that is the scheme's own: `support.example.com`, `appliance.localhost:8083`.
    #[must_use]
    pub fn host(&self) -> &str {
        let behind = self.0.split_once("://").map_or("", |(_, behind)| behind);
        behind.split(['/', '?', '#']).next().unwrap_or_default()
    }
    /// Scheme, host and port: what a browser calls the origin.
    #[must_use]
    pub fn origin(&self) -> String {
        let scheme = self.0.split_once("://").map_or("https", |(scheme, _)| scheme);
        format!("{scheme}://{}", self.host())
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

/// A host name, an IPv4 address or a bracketed IPv6 address, the addresses as a browser writes them.
fn is_host(host: &str) -> bool {
    if let Some(address) = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        return address.parse::<Ipv6Addr>().is_ok_and(|parsed| parsed.to_ipv4_mapped().is_none() && parsed.to_string() == address);
    }
    let last = host.rsplit('.').next().unwrap_or_default();
    // A browser reads `2130706433`, `127.1` and `0x7f.0.0.1` as 127.0.0.1.
    if last.bytes().all(|b| b.is_ascii_digit()) || last.strip_prefix("0x").is_some_and(|hex| hex.bytes().all(|b| b.is_ascii_hexdigit())) {
        return host.parse::<Ipv4Addr>().is_ok();
    }
    host.split('.').all(|label| !label.is_empty() && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_'))
}

/// Hosts that never leave this machine, for which http is good enough.
fn is_this_machine(host: &str) -> bool {
    host == "localhost"
        || host.ends_with(".localhost")
        || host == "[::1]"
        || host.parse::<Ipv4Addr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_one_rule_for_urls_holds() {
        use WrongUrl::{NotAUrl, NotHttps, UserInfo};
        for (text, expected) in [
            ("https://support.example.com", Ok("https://support.example.com")),
            ("HTTPS://Support.Example.com/Path?Q=1#F", Ok("https://support.example.com/Path?Q=1#F")),
            ("https://support.example.com:443/x", Ok("https://support.example.com/x")),
            ("https://support.example.com:8443/x", Ok("https://support.example.com:8443/x")),
            ("http://appliance.localhost:8083/?ak=1", Ok("http://appliance.localhost:8083/?ak=1")),
            ("http://127.0.0.1:9", Ok("http://127.0.0.1:9")),
            ("http://[::1]:9/", Ok("http://[::1]:9/")),
            ("http://localhost", Ok("http://localhost")),
            ("http://support.example.com", Err(NotHttps)),
            ("http://localhost.example.com", Err(NotHttps)),
            ("http://127.0.0.1.example.com", Err(NotHttps)),
            ("ftp://support.example.com", Err(NotHttps)),
            ("javascript:alert(1)", Err(NotAUrl)),
            ("https://user@support.example.com", Err(UserInfo)),
            ("https://user:secret@support.example.com", Err(UserInfo)),
            ("https://", Err(NotAUrl)),
            ("https:///path", Err(NotAUrl)),
            ("https://support.example.com:", Err(NotAUrl)),
            ("https://support.example.com:99999", Err(NotAUrl)),
            ("https://support..example.com", Err(NotAUrl)),
            ("https://support.example.com.", Err(NotAUrl)),
            ("https://198.51.100.23/x", Ok("https://198.51.100.23/x")),
            ("https://1.support.example.com", Ok("https://1.support.example.com")),
            ("https://remote-support_2.example.com", Ok("https://remote-support_2.example.com")),
            ("https://support!.example.com", Err(NotAUrl)),
            ("https://support~.example.com", Err(NotAUrl)),
            ("https://127.1", Err(NotAUrl)),
            ("https://2130706433", Err(NotAUrl)),
            ("https://0177.0.0.1", Err(NotAUrl)),
            ("https://0X7f.0.0.0x1", Err(NotAUrl)),
            ("https://999.1.1.1", Err(NotAUrl)),
            ("https://[2001:db8::9]", Ok("https://[2001:db8::9]")),
            ("https://[2001:0db8::9]", Err(NotAUrl)),
            ("https://[::ffff:127.0.0.1]", Err(NotAUrl)),
            ("https://support.example.com/a b", Err(NotAUrl)),
            ("https://support.example.com/\"onclick", Err(NotAUrl)),
            ("https://support.example.com/'", Err(NotAUrl)),
            ("https:\\\\support.example.com", Err(NotAUrl)),
            ("https://support.example.com/\n", Err(NotAUrl)),
            ("https://süpport.example.com", Err(NotAUrl)),
            (" https://support.example.com", Err(NotAUrl)),
            ("//support.example.com", Err(NotAUrl)),
            ("/path", Err(NotAUrl)),
            ("support.example.com", Err(NotAUrl)),
            ("", Err(NotAUrl)),
        ] {
            assert_eq!(HttpsUrl::parse(text).as_ref().map(HttpsUrl::as_str), expected.as_ref().map(|url| *url), "{text}");
        }
    }

    #[test]
    fn host_and_origin_are_what_a_browser_says() {
        for (text, host, origin) in [
            ("https://Support.example.com/a/b", "support.example.com", "https://support.example.com"),
            ("https://support.example.com:8443?x=//y", "support.example.com:8443", "https://support.example.com:8443"),
            ("http://appliance.localhost:8083", "appliance.localhost:8083", "http://appliance.localhost:8083"),
        ] {
            let url = HttpsUrl::parse(text).unwrap();
            assert_eq!((url.host(), url.origin().as_str()), (host, origin));
        }
    }

    #[test]
    fn a_link_on_another_host_or_port_is_not_on_the_site() {
        let site = HttpsUrl::parse("https://support.example.com/login").unwrap();
        for (text, fits) in [
            ("https://support.example.com:443/?ak=1", true),
            ("https://support.example.com:444/?ak=1", false),
            ("https://support.example.com.evil.example/", false),
        ] {
            assert_eq!(HttpsUrl::parse(text).unwrap().on_host_of(&site).is_ok(), fits, "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_read_or_refused_and_reading_twice_changes_nothing(text in "\\PC{0,60}", path in "[!-~]{0,30}") {
            let _ = HttpsUrl::parse(&text);
            if let Ok(url) = HttpsUrl::parse(&format!("https://a.example/{path}")) {
                proptest::prop_assert_eq!(HttpsUrl::parse(url.as_str()), Ok(url.clone()));
                proptest::prop_assert_eq!(url.host(), "a.example");
            }
        }
    }
}
