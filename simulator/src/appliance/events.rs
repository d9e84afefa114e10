//! Outbound events: one recipient, one queue. Whatever is not answered with exactly 200 is sent again, and holds back every
//! later event, until it is dropped when the retry duration is over. No signature, no secret, nothing of what was said.

use super::{APPLIANCE_ID, State, World};
use crate::{
    now_ms,
    outgoing::{Post, post},
    random_hex,
};
use serde_json::{Value, json};
use std::{net::SocketAddr, sync::Arc, time::Duration};
use url::{Url, form_urlencoded};

/// The one event the vendors' guide asks for ("Support Session End").
pub(super) const SESSION_END: &str = "support_conference_end";
/// The schema's version; not documented, a guess.
const VERSION: &str = "7";

pub(crate) struct Event {
    /// Ours, to find it again after the answer.
    id: String,
    name: String,
    lsid: String,
    body: String,
    /// What was answered, 0 for no answer.
    statuses: Vec<u16>,
    delivered: bool,
    /// Given up: never sent again.
    dropped: bool,
    /// When it was sent first.
    first_ms: Option<i64>,
    at_ms: i64,
}

impl Event {
    pub(super) fn raw(body: String) -> Self {
        let field = |name: &str| {
            form_urlencoded::parse(body.as_bytes()).find(|(key, _)| key == name).map(|(_, value)| value.into_owned()).unwrap_or_default()
        };
        let (name, lsid) = (field("event"), field("lsid"));
        Self {
            id: random_hex(8),
            name,
            lsid,
            body,
            statuses: Vec::new(),
            delivered: false,
            dropped: false,
            first_ms: None,
            at_ms: now_ms(),
        }
    }

    pub(super) fn shown(&self) -> Value {
        json!({
            "event": self.name, "lsid": self.lsid, "body": self.body, "attempts": self.statuses.len(), "statuses": self.statuses, "delivered": self.delivered,
            "dropped": self.dropped, "at_ms": self.at_ms,
        })
    }

    fn waits(&self) -> bool {
        !self.delivered && !self.dropped
    }
}

/// Puts an event into the queue, when the recipient is set up to be sent this kind. `fields` come after those every event has.
pub(super) fn announce(state: &mut State, at: i64, name: &str, lsid: &str, external_key: &str, fields: &[(&str, &str)]) {
    if !state.settings.lists("events_to_send", name) || state.silent.contains(lsid) {
        return;
    }
    let time = at.to_string();
    let always = [
        ("event", name),
        ("version", VERSION),
        ("timestamp", &time),
        ("appliance_id", APPLIANCE_ID),
        ("lsid", lsid),
        ("external_key", external_key),
    ];
    let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(always).extend_pairs(fields).finish();
    state.events.push(Event::raw(body));
}

/// Nothing tells of this session: not what comes, and not what was queued after the first `told` events.
pub(super) fn silence(state: &mut State, lsid: &str, told: usize) {
    state.silent.insert(lsid.to_owned());
    state.events.truncate(told);
}

/// Whether an event waits.
pub(super) fn outstanding(state: &State) -> bool {
    state.events.iter().any(Event::waits)
}

/// Drops the first that waits, when it has been tried for as long as the setting allows (null: for ever); otherwise how long it
/// still has. The duration counts from the first attempt, which is a guess.
fn give_up(state: &mut State) -> Option<Duration> {
    let allowed = state.settings.get("event_retry_duration_ms").as_i64()?;
    let event = state.events.iter_mut().find(|event| event.waits())?;
    let left = event.first_ms? + allowed - now_ms();
    event.dropped = left <= 0;
    u64::try_from(left.max(0)).ok().map(Duration::from_millis)
}

/// Sends events for ever, one at a time, in order.
pub(crate) async fn deliver(world: Arc<World>, connect: Option<SocketAddr>) {
    loop {
        let next = {
            let mut state = world.state();
            give_up(&mut state);
            let url = state.settings.text("event_url").and_then(|url| Url::parse(url).ok());
            let retry = Duration::from_millis(state.settings.number("event_retry_ms").try_into().unwrap_or(200));
            let first = state.events.iter_mut().find(|event| event.waits());
            first.zip(url).map(|(event, url)| {
                event.first_ms.get_or_insert_with(now_ms);
                (event.id.clone(), event.body.clone(), url, retry)
            })
        };
        let Some((id, body, url, retry)) = next else {
            world.wake.notified().await;
            continue;
        };
        let status = post(url, connect, Post { content_type: "application/x-www-form-urlencoded", basic: None, body }).await.unwrap_or(0);
        if let Some(event) = world.state().events.iter_mut().find(|event| event.id == id) {
            event.statuses.push(status);
            event.delivered = status == 200;
        }
        if status != 200 {
            let left = give_up(&mut world.state());
            tokio::time::sleep(left.map_or(retry, |left| left.min(retry))).await;
        }
    }
}
