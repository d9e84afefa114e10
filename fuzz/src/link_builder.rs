//! Links that customers follow: what we take a URL for must be what a browser takes it for.

use halo_remote_support::rules::{
    link::HttpsUrl,
    template::{Format, Values, render},
};
use url::{Host, Url};

/// The first line is a link, the second the site it should be on.
pub fn link_builder(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let (link, site) = text.split_once('\n').unwrap_or((&text, "https://support.example.com"));
    let Ok(link) = HttpsUrl::parse(link) else { return };
    assert_eq!(HttpsUrl::parse(link.as_str()).as_ref(), Ok(&link), "reading twice changes nothing");
    let sample = HttpsUrl::parse(&format!("{}/?ak=sample", link.origin()));
    assert_eq!(sample.as_ref().map(HttpsUrl::origin), Ok(link.origin()), "a link built on an origin has that origin");
    assert_eq!(address_in_a_mail(&link), link.as_str(), "a mail changes nothing of a link");
    let Some(seen) = seen_by_a_browser(&link) else { return };
    if let Some((site, seen_site)) = HttpsUrl::parse(site).ok().and_then(|site| Some((site.clone(), seen_by_a_browser(&site)?))) {
        let is_there = (seen.host(), seen.port()) == (seen_site.host(), seen_site.port());
        assert_eq!(link.on_host_of(&site).is_ok(), is_there, "a link on another host or port is not on the site");
    }
}

/// The URL as the WHATWG's standard reads it. `None` for a host that no browser opens: whether punycode is one, we do not
/// know.
fn seen_by_a_browser(ours: &HttpsUrl) -> Option<Url> {
    let seen = match Url::parse(ours.as_str()) {
        Ok(seen) => seen,
        Err(_) if ours.host().contains("xn--") => return None,
        Err(problem) => panic!("{}: a browser does not read it: {problem}", ours.as_str()),
    };
    let port = seen.port().map_or_else(String::new, |port| format!(":{port}"));
    assert_eq!(ours.host(), format!("{}{port}", seen.host_str().unwrap_or_default()), "host and port are a browser's");
    assert_eq!(ours.origin(), seen.origin().ascii_serialization(), "the origin is a browser's");
    assert_eq!((seen.username(), seen.password()), ("", None));
    let this_machine = match seen.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    };
    assert!(seen.scheme() == "https" || (seen.scheme() == "http" && this_machine), "only what stays on this machine goes without TLS");
    Some(seen)
}

/// The `href` that a mail has for the link, read back from HTML.
fn address_in_a_mail(link: &HttpsUrl) -> String {
    let values = Values { link: Some(link.clone()), ..Values::default() };
    let mail = render("<a href=\"$LINKTOREMOTE\">", &values, Format::Html).unwrap_or_else(|problems| panic!("{problems:?}")).output;
    mail.trim_start_matches("<a href=\"").trim_end_matches("\">").replace("&#36;", "$").replace("&amp;", "&")
}
