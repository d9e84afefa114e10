//! Outbound events: one recipient, one queue. Whatever is not answered with exactly 200 is sent again, and holds back every
//! later event.

use super::{State, World};
use crate::now_ms;
use serde_json::{Value, json};
use std::{net::SocketAddr, sync::Arc, time::Duration};

const APPLIANCE: &str = "3c4d5e6f708192a3b4c5d6e7f8091a2b";
/// The sender's own patience; not documented, a guess.
const PATIENCE: Duration = Duration::from_secs(10);

pub(crate) struct Event {
    pub(super) name: String,
    pub(super) lsid: String,
    body: String,
    statuses: Vec<u16>,
    delivered: bool,
}

impl Event {
    pub(super) fn shown(&self) -> Value {
        json!({"event": self.name, "lsid": self.lsid, "attempts": self.statuses.len(), "statuses": self.statuses, "delivered": self.delivered})
    }

    pub(super) fn raw(body: String) -> Self {
        let field = |name: &str| {
            url::form_urlencoded::parse(body.as_bytes())
                .find(|(key, _)| key == name)
                .map(|(_, value)| value.into_owned())
                .unwrap_or_default()
        };
        Self { name: field("event"), lsid: field("lsid"), body, statuses: Vec::new(), delivered: false }
    }
}

/// Puts an event into the queue.
pub(super) fn announce(state: &mut State, name: &str, lsid: &str, fields: &[(&str, &str)]) {
    let external_key =
        state.sessions.iter().find(|session| session.lsid == lsid).map(|session| session.external_key.clone()).unwrap_or_default();
    let time = (now_ms() / 1000).to_string();
    let always = [
        ("event", name),
        ("version", "7"),
        ("timestamp", &time),
        ("appliance_id", APPLIANCE),
        ("lsid", lsid),
        ("external_key", &external_key),
    ];
    let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(always).extend_pairs(fields).finish();
    state.events.push(Event::raw(body));
}

/// Whether an event waits.
pub(super) fn outstanding(state: &State) -> bool {
    state.events.iter().any(|event| !event.delivered)
}

/// Sends events for ever, one at a time, in order.
pub(crate) async fn deliver(world: Arc<World>, connect: Option<SocketAddr>) {
    loop {
        let next = {
            let state = world.state();
            let url = state.text("event_url").map(str::to_owned);
            let retry = Duration::from_millis(state.number("event_retry_ms").try_into().unwrap_or(200));
            state
                .events
                .iter()
                .position(|event| !event.delivered)
                .zip(url)
                .map(|(index, url)| (index, url, retry, state.events[index].body.clone()))
        };
        let Some((index, url, retry, body)) = next else {
            world.wake.notified().await;
            continue;
        };
        let status = post(&url, connect, body).await;
        let delivered = status == Some(200);
        if let Some(event) = world.state().events.get_mut(index) {
            event.statuses.push(status.unwrap_or(0));
            event.delivered = delivered;
        }
        if !delivered {
            tokio::time::sleep(retry).await;
        }
    }
}

async fn post(url: &str, connect: Option<SocketAddr>, body: String) -> Option<u16> {
    let mut client =
        reqwest::Client::builder().timeout(PATIENCE).redirect(reqwest::redirect::Policy::none()).no_proxy().pool_max_idle_per_host(0);
    let host = url::Url::parse(url).ok()?.host_str()?.to_owned();
    if let Some(connect) = connect {
        client = client.resolve(&host, connect);
    }
    let request = client.build().ok()?.post(url).header("content-type", "application/x-www-form-urlencoded").body(body);
    request.send().await.ok().map(|answer| answer.status().as_u16())
}
