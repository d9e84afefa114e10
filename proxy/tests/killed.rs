//! Faults of the real process: killed at each step, told to stop, left without disk. The loop that does it at random is in
//! `kill_loop.rs`.
#![cfg(feature = "fail-points")]
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

use house::{Frame, House, Plan, child::Proxy};
use serde_json::{Value, json};

/// Actions that hold this session's marker.
async fn notes(house: &House, lsid: &str) -> usize {
    let ledger = house.halo("ledger", None).await;
    let marker = format!("Remote session {lsid}");
    ledger["actions"].as_array().unwrap().iter().filter(|action| action["note_html"].as_str().unwrap_or_default().contains(&marker)).count()
}

/// Answers to this session's end event, as the appliance saw them.
async fn answers(house: &House, lsid: &str) -> Vec<Value> {
    let ledger = house.appliance("ledger", None).await;
    let events = ledger["events"].as_array().unwrap().iter();
    events.filter(|event| event["lsid"] == lsid).flat_map(|event| event["statuses"].as_array().unwrap().clone()).collect()
}

async fn closed() -> House {
    let mut house = House::build(&Plan { lease: "3s", ..Plan::default() }).await;
    house.release_port();
    house
}

/// Kills the proxy where it stands still, starts it again, and waits for the note.
async fn killed_at(point: &str) -> (House, String) {
    let house = closed().await;
    let mut proxy = Proxy::start(&house, Some(point)).await;
    let lsid = house.play(None, Some("1161"), "rep:7").await;
    proxy.stands_at(point).await;
    proxy.kill().await;
    let proxy = Proxy::start(&house, None).await;
    house.until("the note", async |house| (notes(house, &lsid).await > 0).then_some(())).await;
    let state = |house: &House| house.sql().query_row("SELECT state FROM sessions", [], |row| row.get::<_, String>(0)).unwrap();
    house.until("it is recorded", async |house| (state(house) == "written").then_some(())).await;
    house.until("the sender has its answer", async |house| (house.appliance("idle", None).await["idle"] == true).then_some(())).await;
    proxy.kill().await;
    assert_eq!(notes(&house, &lsid).await, 1, "{point}");
    let rows: i64 = house.sql().query_row("SELECT count(*) FROM events", [], |row| row.get(0)).unwrap();
    assert_eq!(rows, 1, "one row in the inbox");
    (house, lsid)
}

#[tokio::test]
async fn f01_killed_before_the_commit_no_200_was_sent_and_the_sender_comes_again() {
    let (house, lsid) = killed_at("intake_before_commit").await;
    let answers = answers(&house, &lsid).await;
    assert!(answers.len() > 1 && answers[0] == 0 && answers.last().unwrap() == 200, "{answers:?}");
}

#[tokio::test]
async fn f02_killed_between_commit_and_200_the_repeated_event_changes_nothing() {
    let (house, lsid) = killed_at("intake_before_answer").await;
    let answers = answers(&house, &lsid).await;
    assert!(answers.len() > 1 && answers[0] == 0 && answers.last().unwrap() == 200, "{answers:?}");
}

#[tokio::test]
async fn f03_killed_after_halo_kept_the_note_it_is_found_and_not_written_again() {
    killed_at("note_after_write").await;
}

#[tokio::test]
async fn f04_killed_while_it_held_a_session_the_lease_ends_and_another_goes_on() {
    killed_at("step_begins").await;
}

#[tokio::test]
async fn f07_with_the_disk_full_events_are_refused_reads_go_on_and_it_recovers_by_itself() {
    let house = closed().await;
    // Less than a megabyte for the store and its log: enough to start.
    let proxy = Proxy::start_confined(&house, 1600).await;
    let body = |number: u32| format!("event=something&number={number}&{}", "x".repeat(200_000));
    let mut statuses = Vec::new();
    for number in 0..12 {
        statuses.push(house.post_event(body(number)).await);
    }
    assert_eq!((statuses[0], statuses[11]), (200, 503), "{statuses:?}");
    let get = async |path: &str| house.client.get(house.proxy_url(path)).send().await.unwrap().status().as_u16();
    // The last few pages go to the probe itself.
    house.until("it says that it is not ready", async |_| (get("/readyz").await == 503).then_some(())).await;
    assert_eq!(get("/healthz").await, 200);
    let token = std::fs::read_to_string(house.folder.path().join("data/metrics-token")).unwrap();
    let metrics = house.client.get(house.proxy_url("/metrics")).bearer_auth(token).send().await.unwrap();
    assert_eq!(metrics.status(), 200, "what is only read goes on");
    assert!(metrics.text().await.unwrap().contains("remote_support_event_answers_total{status=\"503\"}"));
    // Room is made: nobody has to start it again.
    let freed = std::process::Command::new("prlimit").args([&format!("--pid={}", proxy.id()), "--fsize=unlimited"]).status().unwrap();
    assert!(freed.success());
    assert_eq!((house.post_event(body(99)).await, get("/readyz").await), (200, 200));
    proxy.kill().await;
    let kept: i64 = house.sql().query_row("SELECT count(*) FROM events", [], |row| row.get(0)).unwrap();
    assert_eq!(
        usize::try_from(kept).unwrap(),
        statuses.iter().filter(|status| **status == 200).count() + 1,
        "what was answered 200, and nothing else"
    );
}

#[tokio::test]
async fn f27_told_to_stop_under_load_it_finishes_in_good_order() {
    let house = closed().await;
    let proxy = Proxy::start(&house, None).await;
    let mut lsids = Vec::new();
    for _ in 0..10 {
        lsids.push(house.play(None, Some("1161"), "rep:7").await);
    }
    assert_eq!(proxy.terminate().await.code(), Some(0));
    let held: i64 = house.sql().query_row("SELECT count(*) FROM sessions WHERE lease_until IS NOT NULL", [], |row| row.get(0)).unwrap();
    assert_eq!(held, 0, "nothing is left in hand");
    let proxy = Proxy::start(&house, None).await;
    for lsid in &lsids {
        house.until("its note", async |house| (notes(house, lsid).await == 1).then_some(())).await;
    }
    assert_eq!(proxy.terminate().await.code(), Some(0));
}

#[tokio::test]
async fn the_log_in_json_tells_of_each_session_in_a_span_of_its_own_and_holds_no_secret() {
    let house = closed().await;
    let config = std::fs::read_to_string(house.config_path()).unwrap();
    std::fs::write(house.config_path(), format!("{config}\n[log]\nformat = \"json\"\n")).unwrap();
    let proxy = Proxy::start(&house, None).await;
    let lsid = house.play(None, Some("1161"), "rep:7").await;
    house.until("the note", async |house| (notes(house, &lsid).await == 1).then_some(())).await;
    assert_eq!(proxy.terminate().await.code(), Some(0));
    let log = std::fs::read_to_string(house.log_path()).unwrap();
    let lines: Vec<Value> =
        log.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|problem| panic!("{problem}: {line}"))).collect();
    for message in ["decided", "the write is done"] {
        let line = lines.iter().find(|line| line["message"] == message).unwrap_or_else(|| panic!("no line {message}"));
        assert_eq!((&line["span"]["name"], &line["span"]["lsid"]), (&Value::from("session"), &Value::from(lsid.as_str())), "{line}");
    }
    for mark in house::SECRET_MARKS {
        assert!(!log.contains(mark), "{mark}");
    }
    assert!(!log.contains("will have a look"), "nothing of what was said");
}

#[tokio::test]
async fn f27_told_to_stop_while_what_it_died_on_hangs_it_stops_all_the_same() {
    let house = closed().await;
    let hang = serde_json::json!([{"path": "/api/reporting", "method": "POST", "action": "SupportSession", "kind": "hang", "times": 100}]);
    house.appliance("faults", Some(hang)).await;
    let asked = async |house: &House| {
        let ledger = house.appliance("ledger", None).await;
        ledger["requests"].as_array().unwrap().iter().filter(|request| request["action"] == "SupportSession").count()
    };
    let proxy = Proxy::start(&house, None).await;
    house.play(None, Some("1161"), "rep:7").await;
    house.until("its report is asked for", async |house| (asked(house).await == 1).then_some(())).await;
    proxy.kill().await;
    // Now it runs alone, and the worker waits for it.
    let proxy = Proxy::start(&house, None).await;
    house.until("it is asked for again", async |house| (asked(house).await == 2).then_some(())).await;
    assert_eq!(proxy.terminate().await.code(), Some(0));
}

#[tokio::test]
async fn faults_37_killed_after_halo_kept_a_chats_invite_it_is_found_and_not_posted_again() {
    let house = closed().await;
    let mut proxy = Proxy::start(&house, Some("invite_after_write")).await;
    let cookie = house.sign_in(42).await.cookie;
    let request = house.client.post(house.proxy_url("/api/v1/invites")).header("cookie", &cookie).header("origin", &house.origin);
    let request = request.header("x-remote-support", "1").header("idempotency-key", "idempotency-key-0001").json(&json!({"chat": 640}));
    let asked = tokio::spawn(request.send());
    proxy.stands_at("invite_after_write").await;
    proxy.kill().await;
    assert!(asked.await.unwrap().is_err(), "nobody was answered");
    let proxy = Proxy::start(&house, None).await;
    let frame = Frame { house: &house, cookie };
    let sent = async |_: &House| (frame.get("/invites?chat=640").await.1["invites"][0]["state"] == "unreported").then_some(());
    house.until("it is found out", sent).await;
    let (status, again) = frame.invite("idempotency-key-0001", &json!({"chat": 640})).await;
    assert_eq!(status, 201, "{again}");
    proxy.kill().await;
    let ledger = house.halo("ledger", None).await;
    assert_eq!((ledger["chat_messages"].as_array().unwrap().len(), house.keys().await.len()), (1, 1));
}
