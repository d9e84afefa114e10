//! Outbound events: what they hold, and the one queue in which an unanswered event holds back every later one.

mod shape;
mod vendors;

use axum::{Router, extract::State, http::StatusCode, routing::post};
use serde_json::{Value, json};
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};
use tokio::net::TcpListener;
use url::form_urlencoded;
use vendors::Vendors;

/// A recipient that keeps bodies and answers what it is told to.
#[derive(Default)]
struct Recipient {
    bodies: Mutex<Vec<String>>,
    status: Mutex<u16>,
    host: Mutex<String>,
}

impl Recipient {
    async fn open(status: u16) -> (Arc<Self>, Vendors) {
        let recipient = Arc::new(Self { status: Mutex::new(status), ..Self::default() });
        let take = |State(recipient): State<Arc<Self>>, headers: axum::http::HeaderMap, body: String| async move {
            recipient.bodies.lock().unwrap().push(body);
            *recipient.host.lock().unwrap() = headers["host"].to_str().unwrap().to_owned();
            assert_eq!(headers["content-type"], "application/x-www-form-urlencoded");
            StatusCode::from_u16(*recipient.status.lock().unwrap()).unwrap()
        };
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let router = Router::new().route("/events/token", post(take)).with_state(Arc::clone(&recipient));
        tokio::spawn(async move { axum::serve(listener, router).await });
        // Reached at an address of its own, under the public name.
        let vendors = Vendors::with(Some("http://support.localhost:9999/events/token".to_owned()), Some(address)).await;
        vendors.appliance("settings", Some(json!({"event_retry_ms": 10}))).await;
        (recipient, vendors)
    }

    fn bodies(&self) -> Vec<String> {
        self.bodies.lock().unwrap().clone()
    }
}

fn fields(form: &str) -> BTreeMap<String, String> {
    form_urlencoded::parse(form.as_bytes()).into_owned().collect()
}

fn names(form: &str) -> Vec<String> {
    fields(form).into_keys().collect()
}

async fn idle(vendors: &Vendors) {
    vendors.until("no event waits", async |vendors| (vendors.appliance("idle", None).await == json!({"idle": true})).then_some(())).await;
}

#[tokio::test]
async fn a_session_end_is_told_in_six_fields() {
    let (recipient, vendors) = Recipient::open(200).await;
    let lsid = vendors.play(json!({"external_key": "Tïcket №2093 & co", "script": [{"join": "rep:7"}], "end": true})).await;
    idle(&vendors).await;
    let bodies = recipient.bodies();
    assert_eq!(bodies.len(), 1, "only the end is sent, unless more is asked for");
    assert_eq!(names(&bodies[0]), names(&shape::sample("appliance/event_session_end.form")));
    let said = fields(&bodies[0]);
    assert_eq!(
        (said["event"].as_str(), said["lsid"].as_str(), said["external_key"].as_str()),
        ("support_conference_end", lsid.as_str(), "Tïcket №2093 & co")
    );
    assert_eq!(*recipient.host.lock().unwrap(), "support.localhost:9999");
    let health = vendors.command(&[("action", "check_health")]).await;
    assert_eq!(said["appliance_id"], shape::value(&health, "health_check/appliance@id"));
    let ledger = vendors.appliance("ledger", None).await;
    assert_eq!(
        (&ledger["events"][0]["attempts"], &ledger["events"][0]["delivered"], &ledger["events"][0]["lsid"]),
        (&json!(1), &json!(true), &json!(lsid))
    );
}

#[tokio::test]
async fn member_events_name_the_member() {
    let (recipient, vendors) = Recipient::open(200).await;
    let all = ["begin", "member_added", "owner_changed", "member_departed", "end"].map(|event| format!("support_conference_{event}"));
    vendors.appliance("settings", Some(json!({"events_to_send": all}))).await;
    vendors.play(json!({"external_key": "1161", "script": [{"join": "rep:9"}], "end": true})).await;
    idle(&vendors).await;
    let bodies = recipient.bodies();
    let said: Vec<String> = bodies.iter().map(|body| fields(body)["event"].replace("support_conference_", "")).collect();
    assert_eq!(said, ["begin", "member_added", "member_added", "owner_changed", "member_departed", "end"]);
    assert_eq!(names(&bodies[2]), names(&shape::sample("appliance/event_member_added.form")));
    let member = fields(&bodies[2]);
    assert_eq!((member["name"].as_str(), member["display_name"].as_str(), member["user_id"].as_str()), ("Ann Keller", "Ann K.", "9"));
}

#[tokio::test]
async fn an_event_that_is_not_answered_with_200_holds_back_every_later_one() {
    let (recipient, vendors) = Recipient::open(202).await;
    let poison = "event=support_conference_end&lsid=not%20one";
    vendors.appliance("events", Some(json!({"body": poison}))).await;
    let lsid = vendors.play(json!({"external_key": "1161", "end": true})).await;
    vendors.until("it is tried again", async |_| (recipient.bodies().len() > 3).then_some(())).await;
    assert!(recipient.bodies().iter().all(|body| body == poison), "202 is not 200, and nothing overtakes");
    assert_eq!(vendors.appliance("idle", None).await, json!({"idle": false}));
    *recipient.status.lock().unwrap() = 200;
    idle(&vendors).await;
    let last = recipient.bodies().pop().unwrap();
    assert_eq!(fields(&last)["lsid"], lsid);
    let events: Value = vendors.appliance("ledger", None).await["events"].clone();
    assert_eq!((events[0]["statuses"][0].as_u64(), events[1]["statuses"].clone()), (Some(202), json!([200])));
}

#[tokio::test]
async fn a_recipient_that_is_not_there_gets_the_event_later() {
    let (recipient, vendors) = Recipient::open(200).await;
    vendors.appliance("settings", Some(json!({"event_url": "http://127.0.0.1:1/events"}))).await;
    vendors.play(json!({"external_key": "1161", "end": true})).await;
    let attempts = async |vendors: &Vendors| vendors.appliance("ledger", None).await["events"][0]["statuses"].clone();
    vendors.until("it is tried", async |vendors| (attempts(vendors).await[0] == 0).then_some(())).await;
    assert!(recipient.bodies().is_empty());
    vendors.appliance("settings", Some(json!({"event_url": "http://support.localhost/events/token"}))).await;
    idle(&vendors).await;
    assert_eq!(recipient.bodies().len(), 1);
}

#[tokio::test]
async fn an_event_that_was_tried_too_long_is_dropped_and_the_next_ones_go() {
    let (recipient, vendors) = Recipient::open(500).await;
    vendors.appliance("settings", Some(json!({"event_retry_duration_ms": 300}))).await;
    let poison = "event=support_conference_end&lsid=not%20one";
    vendors.appliance("events", Some(json!({"body": poison}))).await;
    vendors.until("it is tried", async |_| (!recipient.bodies().is_empty()).then_some(())).await;
    let lsid = vendors.play(json!({"external_key": "1161", "end": true})).await;
    vendors.until("the next one goes", async |_| recipient.bodies().iter().any(|body| body != poison).then_some(())).await;
    *recipient.status.lock().unwrap() = 200;
    idle(&vendors).await;
    let events = vendors.appliance("ledger", None).await["events"].clone();
    assert_eq!((&events[0]["dropped"], &events[0]["delivered"]), (&json!(true), &json!(false)), "{events}");
    assert!(events[0]["attempts"].as_u64().unwrap() > 1, "not at the first failure: {events}");
    assert_eq!((&events[1]["lsid"], &events[1]["dropped"], &events[1]["delivered"]), (&json!(lsid), &json!(false), &json!(true)));
    let bodies = recipient.bodies();
    let first = bodies.iter().position(|body| body != poison).unwrap();
    assert!(bodies[first..].iter().all(|body| body != poison), "what is dropped is never sent again, and nothing overtook it");
}

#[tokio::test]
async fn dropped_events_do_not_wait() {
    let (recipient, vendors) = Recipient::open(500).await;
    vendors.appliance("settings", Some(json!({"event_retry_duration_ms": 0, "event_retry_ms": 60_000}))).await;
    for external_key in ["1161", "1162"] {
        vendors.play(json!({"external_key": external_key, "end": true})).await;
    }
    idle(&vendors).await;
    assert_eq!(recipient.bodies().len(), 2, "each was tried once");
}
