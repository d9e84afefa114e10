//! Receives BeyondTrust's outbound events: authenticate by path token, keep the body, answer 200. The event is a doorbell:
//! nothing is decided here, and nothing but `event` and `lsid` is read from it for work. What stands in an invite's history comes from
//! `external_key`, `type`, `display_name` and `timestamp`, too: it is shown, and no note, ticket or mail depends on it.

use crate::{
    app::App,
    invites,
    store::{EventState, ReceivedEvent, ToldStep},
};
use axum::{
    body::Body,
    extract::{OriginalUri, Path, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use futures_util::StreamExt as _;
use halo_remote_support::rules::{
    correlation::ExternalKey,
    lifecycle::{InviteEvent, InviteStep},
    words::{Lsid, UnixSeconds},
};
use secrecy::ExposeSecret as _;
use sha2::{Digest as _, Sha256};
use std::sync::Arc;
use subtle::ConstantTimeEq as _;

/// A body may have this many bytes.
const LIMIT: usize = 1024 * 1024;
/// Of a larger body this much is read (and dropped) so that the sender sees our answer.
const DRAIN: usize = 64 * LIMIT;
/// What of a larger body is kept.
const HEAD: usize = 4096;
/// The one event we act on.
const SESSION_END: &str = "support_conference_end";
/// A name has no more letters than this.
const NAME: usize = 200;

/// `POST /events/{token}`.
pub async fn receive(State(app): State<Arc<App>>, Path(token): Path<String>, OriginalUri(uri): OriginalUri, body: Body) -> Response {
    if !is_our_token(&app, &token) {
        return crate::http::unknown_page(OriginalUri(uri)).await.into_response();
    }
    let Some(body) = read(body).await else { return StatusCode::BAD_REQUEST.into_response() };
    let event = classify(body, app.clock.now());
    let accepted = event.state == EventState::Accepted;
    tracing::info!(state = ?event.state, event = event.event, lsid = event.lsid.as_ref().map(Lsid::as_str), reason = event.reason, "an event came");
    let state = event.state.word();
    let live = event.live.then(|| event.lsid.clone()).flatten();
    // Only a commit makes it ours: until then the sender keeps it and sends it again.
    let revoked = match app.store.receive(event).await {
        Ok(revoked) => revoked,
        Err(problem) => {
            tracing::error!(%problem, "an event could not be kept; BeyondTrust will send it again");
            app.metrics.event("not_kept", 503);
            return StatusCode::SERVICE_UNAVAILABLE.into_response();
        }
    };
    app.metrics.event(state, 200);
    if let (Some(code), Some(lsid)) = (revoked, live) {
        tokio::spawn(async move { invites::end_session_of_revoked(&app, &code, &lsid).await });
        return StatusCode::OK.into_response();
    }
    if accepted {
        fail::fail_point!("intake_before_answer");
        app.wake.notify_one();
    }
    StatusCode::OK.into_response()
}

fn is_our_token(app: &App, token: &str) -> bool {
    let events = &app.config.events;
    let presented = Sha256::digest(token.as_bytes());
    std::iter::once(&events.token)
        .chain(&events.previous_token)
        .fold(subtle::Choice::from(0), |found, ours| found | presented.ct_eq(&Sha256::digest(ours.expose_secret().as_bytes())))
        .into()
}

/// The body; `None` when the sender went away.
pub(crate) async fn read(body: Body) -> Option<ReceivedBody> {
    let mut stream = body.into_data_stream();
    let mut received = ReceivedBody::default();
    while let Some(chunk) = stream.next().await {
        received.add(&chunk.ok()?);
        if received.length > DRAIN {
            break;
        }
    }
    Some(received)
}

/// A body, with a note of how much there was.
#[derive(Default)]
pub struct ReceivedBody {
    kept: Vec<u8>,
    length: usize,
    digest: Sha256,
}

impl ReceivedBody {
    fn add(&mut self, chunk: &[u8]) {
        self.length += chunk.len();
        self.digest.update(chunk);
        let room = (LIMIT + 1).saturating_sub(self.kept.len());
        self.kept.extend_from_slice(chunk.get(..room.min(chunk.len())).unwrap_or_default());
    }
}
impl ReceivedBody {
    /// What was kept of it, how long it was, its digest.
    pub(crate) fn into_parts(self) -> (Vec<u8>, usize, Vec<u8>) {
        (self.kept, self.length, self.digest.finalize().to_vec())
    }
}
impl From<&[u8]> for ReceivedBody {
    fn from(whole: &[u8]) -> Self {
        let mut body = Self::default();
        body.add(whole);
        body
    }
}

/// What an event tells of the invite whose code is in its key.
fn told(is: InviteEvent, field: &dyn Fn(&str) -> Option<String>, at: UnixSeconds) -> Option<ToldStep> {
    let code = ExternalKey::read(field("external_key").as_deref(), "").code()?.clone();
    let name = |name: &str| Some(field(name)?.trim().chars().take(NAME).collect::<String>()).filter(|name| !name.is_empty());
    // Only a technician's name is shown; which of the two fields is sent differs.
    let named = matches!(is, InviteEvent::Joined | InviteEvent::Left).then(|| name("display_name").or_else(|| name("name"))).flatten();
    let at = field("timestamp").and_then(|time| time.parse().ok()).unwrap_or(at);
    Some(ToldStep { code, step: InviteStep { is, at, name: named } })
}

/// Reads a body's form: what event it is, and whether it is work.
#[must_use]
pub fn classify(body: ReceivedBody, at: UnixSeconds) -> ReceivedEvent {
    let ReceivedBody { mut kept, length, digest } = body;
    let digest = digest.finalize().to_vec();
    let quarantined = |digest, body, event, reason: String| ReceivedEvent {
        digest,
        state: EventState::Quarantined,
        event,
        lsid: None,
        reason: Some(reason),
        live: false,
        told: None,
        body,
        at,
    };
    if length > LIMIT {
        kept.truncate(HEAD);
        return quarantined(digest, kept, None, format!("the body has {length} bytes; {LIMIT} are allowed"));
    }
    let mut fields: Vec<(String, String)> = url::form_urlencoded::parse(&kept).into_owned().collect();
    fields.sort();
    let field = |name: &str| fields.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone());
    let Some(event) = field("event").filter(|event| !event.is_empty()) else {
        return quarantined(digest, kept, None, "there is no `event` field".to_owned());
    };
    // The same fields in another order are the same event.
    let canonical = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(&fields).finish();
    let digest = Sha256::digest(canonical.as_bytes());
    let lsid = field("lsid");
    let parsed = lsid.as_deref().and_then(|lsid| lsid.parse::<Lsid>().ok());
    let is = InviteEvent::told(&event, field("type").as_deref());
    let told = is.and_then(|is| told(is, &field, at));
    let live = event != SESSION_END && is.is_some();
    if event != SESSION_END {
        return ReceivedEvent {
            digest: digest.to_vec(),
            state: EventState::Ignored,
            event: Some(event),
            lsid: parsed,
            reason: None,
            live,
            told,
            body: kept,
            at,
        };
    }
    if parsed.is_none() {
        let reason = lsid.map_or_else(|| "there is no `lsid` field".to_owned(), |_| "`lsid` is not 32 hexadecimal digits".to_owned());
        return quarantined(digest.to_vec(), kept, Some(event), reason);
    }
    ReceivedEvent {
        digest: digest.to_vec(),
        state: EventState::Accepted,
        event: Some(event),
        lsid: parsed,
        reason: None,
        live,
        told,
        body: kept,
        at,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(body: &str) -> ReceivedEvent {
        classify(body.as_bytes().into(), 1)
    }

    const LSID: &str = "0123456789abcdef0123456789ABCDEF";

    #[test]
    fn only_the_end_of_a_session_is_work() {
        let cases = [
            (format!("event=support_conference_end&version=7&timestamp=1&lsid={LSID}&external_key="), EventState::Accepted, None),
            (format!("event=support_conference_begin&lsid={LSID}"), EventState::Ignored, None),
            ("event=support_conference_something_new&extra=1".to_owned(), EventState::Ignored, None),
            ("event=support_conference_end&timestamp=1".to_owned(), EventState::Quarantined, Some("there is no `lsid` field")),
            ("event=support_conference_end&lsid=1161".to_owned(), EventState::Quarantined, Some("`lsid` is not 32 hexadecimal digits")),
            ("event=&lsid=1".to_owned(), EventState::Quarantined, Some("there is no `event` field")),
            ("{\"event\":\"support_conference_end\"}".to_owned(), EventState::Quarantined, Some("there is no `event` field")),
            (String::new(), EventState::Quarantined, Some("there is no `event` field")),
            ("\u{0}\u{1}%zz=%ff".to_owned(), EventState::Quarantined, Some("there is no `event` field")),
        ];
        for (body, state, reason) in cases {
            let event = event(&body);
            assert_eq!((event.state, event.reason.as_deref()), (state, reason), "{body}");
            assert_eq!(event.body, body.as_bytes(), "the raw body is kept: {body}");
        }
    }

    #[test]
    fn what_an_event_tells_of_an_invite_is_read_from_its_key() {
        let told = |body: &str| event(&format!("{body}&lsid={LSID}")).told.map(|told| (told.code.to_string(), told.step));
        let step = |is, at, name: Option<&str>| InviteStep { is, at, name: name.map(str::to_owned) };
        let code = "7K3M9QX2DH".to_owned();
        for (body, expected) in [
            ("event=support_conference_begin&timestamp=7&external_key=1161.7K3M9QX2DH", Some(step(InviteEvent::Waiting, 7, None))),
            (
                "event=support_conference_member_added&type=representative&display_name=+Ann+K.&timestamp=8&external_key=chat-640.7k3m9qx2dh",
                Some(step(InviteEvent::Joined, 8, Some("Ann K."))),
            ),
            (
                "event=support_conference_member_departed&type=representative&display_name=&name=Ann&timestamp=9&external_key=1161.7K3M9QX2DH",
                Some(step(InviteEvent::Left, 9, Some("Ann"))),
            ),
            (
                "event=support_conference_member_added&type=customer&display_name=Connor&external_key=1161.7K3M9QX2DH",
                Some(step(InviteEvent::Waiting, 1, None)),
            ),
            ("event=support_conference_end&timestamp=soon&external_key=1161.7K3M9QX2DH", Some(step(InviteEvent::Ended, 1, None))),
            ("event=support_conference_begin&timestamp=7&external_key=1161", None),
            ("event=support_conference_begin&timestamp=7", None),
            ("event=support_conference_owner_changed&type=representative&external_key=1161.7K3M9QX2DH", None),
        ] {
            assert_eq!(told(body), expected.map(|step| (code.clone(), step)), "{body}");
        }
        let long = event(&format!(
            "event=support_conference_member_added&type=representative&display_name={}&external_key=1.7K3M9QX2DH",
            "é".repeat(5000)
        ));
        assert_eq!(long.told.unwrap().step.name.unwrap().chars().count(), NAME);
    }

    #[test]
    fn the_same_fields_in_another_order_are_the_same_event() {
        let one = event(&format!("event=support_conference_end&lsid={LSID}&timestamp=1"));
        let two = event(&format!("timestamp=1&event=support_conference_end&lsid={LSID}"));
        let three = event(&format!("timestamp=2&event=support_conference_end&lsid={LSID}"));
        assert_eq!(one.digest, two.digest);
        assert_ne!(one.digest, three.digest);
    }

    #[test]
    fn a_larger_body_is_quarantined_with_its_head() {
        let body = vec![b'a'; LIMIT * 5];
        let event = classify(body.as_slice().into(), 1);
        assert_eq!((event.state, event.body.len(), event.digest), (EventState::Quarantined, HEAD, Sha256::digest(&body).to_vec()));
    }
}
