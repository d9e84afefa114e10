//! Invites that do not go out at once: found out about, tried again, given up, and told of. Proof is read from the simulators'
//! ledgers.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    clippy::string_slice,
    reason = "a test that panics has failed"
)]

mod house;

use house::{Frame, House};
use remote_support_proxy::clock::HandClock;
use serde_json::{Value, json};
use std::time::Duration;

const PRIYA: u32 = 42;
const ANN: u32 = 43;
const HOUR: u64 = 3600;

fn mailed(agent: u32) -> Value {
    json!({"ticket": 1161, "channel": {"agent": agent}, "email": "connor@batley.example"})
}

fn key(number: u32) -> String {
    format!("idempotency-key-{number:04}")
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// What Halo's API does to calls of actions from now on.
async fn actions_fail(house: &House, method: &str, fault: Value) {
    let mut fault = fault;
    fault["path"] = json!("/api/Actions");
    fault["method"] = json!(method);
    house.halo("faults", Some(json!([fault]))).await;
}

async fn halo_is_well(house: &House) {
    let url = format!("http://{}/control/faults", house.simulator.halo_addr);
    assert!(house.client.delete(url).send().await.unwrap().status().is_success());
}

async fn newest(frame: &Frame<'_>) -> Value {
    let (status, list) = frame.get("/invites?ticket=1161").await;
    assert_eq!(status, 200, "{list}");
    list["invites"][0].clone()
}

/// Waits, while time goes on by half seconds, until the newest invite is as it is asked for.
async fn goes_on(house: &House, clock: &HandClock, frame: &Frame<'_>, what: &str, is: impl Fn(&Value) -> bool) -> Value {
    let ask = async |_: &House| {
        clock.advance(Duration::from_millis(500));
        Some(newest(frame).await).filter(|invite| is(invite))
    };
    house.until(what, ask).await
}

fn is_out(invite: &Value) -> bool {
    !matches!(invite["state"].as_str(), Some("draft") | None)
}

#[tokio::test]
async fn invites_21_a_link_that_died_while_the_invite_waited_is_not_sent() {
    let (house, clock) = House::open_by("").await;
    house.appliance("settings", Some(json!({"key_ttl_seconds": 3600}))).await;
    let frame = house.sign_in(PRIYA).await;
    actions_fail(&house, "POST", json!({"kind": "status", "status": 400, "times": 1})).await;
    assert_eq!(frame.invite(&key(1), &mailed(PRIYA)).await.1["code"], "halo_refused");
    let rests = newest(&frame).await;
    assert_eq!(
        (&rests["reason"]["code"], &rests["cause"]["code"]),
        (&json!("invite.notSent"), &json!("failure.halo_refused.detail")),
        "{rests}"
    );
    clock.advance(Duration::from_secs(2 * HOUR));
    let (status, invite) = frame.invite(&key(1), &mailed(PRIYA)).await;
    assert_eq!((status, &invite["state"]), (201, &json!("sent")), "{invite}");
    let (keys, mails) = (house.keys().await, house.mails().await);
    assert_eq!((keys.len(), mails.len()), (2, 1));
    let link = |key: &Value| text(&mails[0]["html"]).contains(&text(&key["key_url"]));
    assert!(!link(&keys[0]) && link(&keys[1]), "the mail has the key that works");
}

#[tokio::test]
async fn faults_37_a_mail_in_doubt_is_looked_up_until_halo_lets_us() {
    let (house, clock) = House::open_by("").await;
    let frame = house.sign_in(PRIYA).await;
    for (number, refusal) in [(1, 403), (2, 400), (3, 503)] {
        actions_fail(&house, "POST", json!({"kind": "commit_then_cut", "times": 1})).await;
        assert_eq!(frame.invite(&key(number), &mailed(PRIYA)).await.0, 202);
        // People mend what keeps us out, some time.
        actions_fail(&house, "GET", json!({"kind": "status", "status": refusal, "times": 4})).await;
        let invite = goes_on(&house, &clock, &frame, "it is known to be out", is_out).await;
        assert!(invite.get("reason").is_none() && invite.get("cause").is_none(), "{refusal}: {invite}");
        assert_eq!(house.mails().await.len(), usize::try_from(number).unwrap(), "{refusal}");
        halo_is_well(&house).await;
    }
}

#[tokio::test]
async fn faults_37_a_mail_in_doubt_that_cannot_be_found_out_says_so_and_stops() {
    let (house, clock) = House::open_by("").await;
    let frame = house.sign_in(PRIYA).await;
    actions_fail(&house, "POST", json!({"kind": "commit_then_cut", "times": 1})).await;
    assert_eq!(frame.invite(&key(1), &mailed(PRIYA)).await.0, 202);
    let doubt = newest(&frame).await;
    assert_eq!((&doubt["reason"]["code"], &doubt["cause"]), (&json!("invite.inDoubt"), &Value::Null), "{doubt}");
    actions_fail(&house, "GET", json!({"kind": "status", "status": 503, "times": 1_000_000})).await;
    clock.advance(Duration::from_secs(73 * HOUR));
    let frame = house.sign_in(PRIYA).await;
    let unknown = |invite: &Value| invite["reason"]["code"] == "invite.unknown";
    let invite = goes_on(&house, &clock, &frame, "it is given up", unknown).await;
    assert_eq!((&invite["state"], &invite["cause"]["code"]), (&json!("draft"), &json!("failure.halo_unexpected.detail")), "{invite}");
    let due: Option<i64> = house.sql().query_row("SELECT next_at FROM invites", [], |row| row.get(0)).unwrap();
    assert_eq!(due, None, "nobody looks any more");
}

#[tokio::test]
async fn invites_12_nothing_goes_out_by_itself_long_after_somebody_pressed_the_button() {
    let (house, clock) = House::open_by("").await;
    let frame = house.sign_in(PRIYA).await;
    actions_fail(&house, "POST", json!({"kind": "cut", "times": 1})).await;
    assert_eq!(frame.invite(&key(1), &mailed(PRIYA)).await.0, 202);
    actions_fail(&house, "GET", json!({"kind": "status", "status": 503, "times": 1_000_000})).await;
    clock.advance(Duration::from_secs(HOUR));
    let asked = async |house: &House| {
        let ledger = house.halo("ledger", None).await;
        let looks = |request: &&Value| request["path"] == "/api/Actions" && request["method"] == "GET";
        (ledger["requests"].as_array().unwrap().iter().filter(looks).count() > 0).then_some(())
    };
    house.until("it is looked up in vain", asked).await;
    halo_is_well(&house).await;
    let not_sent = |invite: &Value| invite["reason"]["code"] == "invite.notSent";
    let invite = goes_on(&house, &clock, &frame, "it rests", not_sent).await;
    assert_eq!(invite["cause"]["code"], "failure.halo_unexpected.detail", "what kept it: {invite}");
    assert_eq!(house.mails().await.len(), 0);
    let (status, sent) = frame.invite(&key(1), &mailed(PRIYA)).await;
    assert_eq!((status, &sent["id"], house.mails().await.len()), (201, &invite["id"], 1), "pressed again, it goes: {sent}");
}

#[tokio::test]
async fn f26_an_invite_in_doubt_outlives_a_clock_that_is_set_back_by_a_day() {
    let (house, clock) = House::open_by("").await;
    let frame = house.sign_in(PRIYA).await;
    actions_fail(&house, "POST", json!({"kind": "commit_then_cut", "times": 1})).await;
    assert_eq!(frame.invite(&key(1), &mailed(PRIYA)).await.0, 202);
    clock.set_back(Duration::from_secs(24 * HOUR));
    goes_on(&house, &clock, &frame, "it is known to be out", is_out).await;
    let holders: i64 = house.sql().query_row("SELECT fence FROM invites", [], |row| row.get(0)).unwrap();
    assert!(holders < 10, "it waits instead of turning round and round: {holders} holders");
    assert_eq!(house.mails().await.len(), 1);
}

#[tokio::test]
async fn invites_9_the_same_request_twice_at_once_is_refused_for_the_same_reason() {
    let house = House::open().await;
    let frame = house.sign_in(PRIYA).await;
    frame.settings(json!({"fallback": false})).await;
    house.appliance("representatives/12", Some(json!({"logged_in": false}))).await;
    house
        .appliance("faults", Some(json!([{"path": "/api/command", "method": "POST", "kind": "commit_then_delay", "milliseconds": 300}])))
        .await;
    let (key, request) = (key(1), mailed(ANN));
    let (one, other) = tokio::join!(frame.invite(&key, &request), frame.invite(&key, &request));
    for (status, problem) in [one, other] {
        assert_eq!((status, &problem["code"]), (409, &json!("tech_unavailable")), "{problem}");
    }
    assert!(house.keys().await.is_empty());
}

#[tokio::test]
async fn invites_20_renewing_asks_too_when_a_colleague_was_faster() {
    let (house, clock) = House::open_by("").await;
    house.appliance("settings", Some(json!({"key_ttl_seconds": 3600}))).await;
    let (priya, ann) = (house.sign_in(PRIYA).await, house.sign_in(ANN).await);
    let (_, old) = priya.invite(&key(1), &mailed(PRIYA)).await;
    clock.advance(Duration::from_secs(2 * HOUR));
    let path = format!("/invites/{}/renew", text(&old["id"]));
    let renew = async |frame: &Frame<'_>, number: u32, body: Value| {
        frame.send(reqwest::Method::POST, &path, &[("idempotency-key", &key(number))], &body).await
    };
    assert_eq!(renew(&ann, 2, json!({})).await.0, 201);
    let (status, problem) = renew(&priya, 3, json!({})).await;
    assert_eq!((status, &problem["code"], &problem["args"]["name"]), (409, &json!("recent_invite"), &json!("Ann Keller")), "{problem}");
    assert_eq!(renew(&priya, 4, json!({"again": true})).await.0, 201);
    assert_eq!(house.mails().await.len(), 3);
}

#[tokio::test]
async fn invites_17_a_subject_is_text_and_not_a_page() {
    let house = House::open().await;
    let frame = house.sign_in(PRIYA).await;
    let request = json!({"ticket": 1161, "channel": {"agent": PRIYA}, "email": "connor@batley.example", "subject": "Re: <Ticket $FAULTID> & \"more\""});
    let (status, answer) = frame.invite(&key(1), &request).await;
    assert_eq!(status, 201, "{answer}");
    assert_eq!(house.mails().await[0]["subject"], "Re: <Ticket 1161> & \"more\"");
}
