//! What a vendor posts by itself: one request, answered with a status or not at all. When and how often is the vendor's business.

use std::{net::SocketAddr, time::Duration};
use url::{Host, Url};

/// The senders' own patience; not documented, a guess.
const PATIENCE: Duration = Duration::from_secs(10);

/// A body with its type and, when the recipient wants one, a name and password.
pub struct Post {
    pub content_type: &'static str,
    pub basic: Option<(String, String)>,
    pub body: String,
}

/// Posts; the status, or nothing when there was no answer. A name under `localhost` resolves in browsers only: such a recipient
/// is reached at `connect`, or at this machine.
pub async fn post(mut url: Url, connect: Option<SocketAddr>, post: Post) -> Option<u16> {
    let public = &url[url::Position::BeforeHost..url::Position::AfterPort];
    let public = public.to_owned();
    if let Some(Host::Domain(name)) = url.host() {
        let here = (name == "localhost" || name.ends_with(".localhost"))
            .then(|| SocketAddr::from(([127, 0, 0, 1], url.port_or_known_default().unwrap_or(80))));
        if let Some(address) = connect.or(here) {
            url.set_ip_host(address.ip()).ok()?;
            url.set_port(Some(address.port())).ok()?;
        }
    }
    let client = reqwest::Client::builder()
        .timeout(PATIENCE)
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .pool_max_idle_per_host(0)
        .build()
        .ok()?;
    let mut request = client.post(url).header("host", public).header("content-type", post.content_type).body(post.body);
    if let Some((user, password)) = post.basic {
        request = request.basic_auth(user, Some(password));
    }
    request.send().await.ok().map(|answer| answer.status().as_u16())
}
