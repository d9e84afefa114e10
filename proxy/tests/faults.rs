//! Faults, each with its number: what must hold when a vendor, the disk, a clock or a person does the unexpected. F1 to F3, F7 and
//! F27, which need the real process killed or confined, are in `killed.rs`; F25 in `poison.rs`.
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

use house::{EVENT_TOKEN, House, Plan};
use remote_support_proxy::{
    app::{App, StartProblem},
    clock::{Clock as _, HandClock, SystemClock},
    config::Config,
    line::{Leave, Pause},
    reconcile,
    store::{ByHand, Handled, Person, Sqlite, StoreProblem},
};
use reqwest::Method;
use serde_json::{Value, json};
use std::{sync::Arc, time::Duration};

const SESSION: &str = "Remote Session";
const PRIYA: u32 = 42;
const LSID: &str = "0123456789abcdef0123456789abcdef";
/// Sessions that ended a moment ago are swept up, too.
const SWEEP: &str = "[reconcile]\ngrace = \"0s\"";

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn reason(session: &Value) -> &str {
    session["reason"]["code"].as_str().unwrap_or_default()
}

fn end_of(lsid: &str, timestamp: u32) -> String {
    format!("event=support_conference_end&version=7&timestamp={timestamp}&appliance_id=3c4d&lsid={lsid}&external_key=")
}

/// Tickets of the actions that hold this session's marker.
async fn notes(house: &House, lsid: &str) -> Vec<u64> {
    let ledger = house.halo("ledger", None).await;
    let actions = ledger["actions"].as_array().unwrap().iter();
    let ours = actions.filter(|action| text(&action["note_html"]).contains(&format!("Remote session {lsid}")));
    ours.map(|action| action["ticket_id"].as_u64().unwrap()).collect()
}

fn fault(path: &str, method: &str, more: Value) -> Value {
    let mut fault = json!({"path": path, "method": method});
    fault.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    json!([fault])
}

async fn no_faults(house: &House) {
    for address in [house.simulator.halo_addr, house.simulator.appliance_addr] {
        house.client.delete(format!("http://{address}/control/faults")).send().await.unwrap();
    }
}

/// Attempts that were counted against a session.
fn attempts(house: &House, lsid: &str) -> u32 {
    // Its event may still be on its way.
    house.sql().query_row("SELECT attempts FROM sessions WHERE lsid = ?1", [lsid], |row| row.get(0)).unwrap_or(0)
}

/// Moves the clock on in steps until the session is settled, so far at most.
async fn wait_by(house: &House, clock: &HandClock, step: Duration, steps: u32, lsid: &str) -> Option<Value> {
    for _ in 0..steps {
        let session = house.session(lsid).await.unwrap();
        if session["state"] != "awaiting_report" && session["state"] != "pending" {
            return Some(session);
        }
        clock.advance(step);
        let now = remote_support_proxy::clock::Clock::now(clock);
        // Whatever is due by this clock is done, or put off, before it moves on.
        house
            .until("nothing is due", async |house| {
                let session = house.session(lsid).await?;
                let held = house.app().store.figures().await.unwrap().held;
                (held == 0
                    && session["nextAt"].as_i64().is_none_or(|at| {
                        at > now || house.app().lines.all().iter().any(|(_, line)| matches!(line.leave(), Leave::Wait(..)))
                    }))
                .then_some(())
            })
            .await;
    }
    house.session(lsid).await.filter(|session| session["state"] != "awaiting_report" && session["state"] != "pending")
}

// ---- the store ----

#[tokio::test]
async fn f06_while_the_store_is_locked_the_sender_keeps_its_event() {
    let house = House::open().await;
    let other = house.sql();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    assert_eq!(house.post_event(end_of(LSID, 1)).await, 503);
    other.execute_batch("ROLLBACK").unwrap();
    assert_eq!(house.post_event(end_of(LSID, 1)).await, 200);
    assert!(house.session(LSID).await.is_some());
}

async fn start(house: &House) -> Result<Arc<App>, StartProblem> {
    let config = Config::load(&house.config_path(), std::iter::empty()).unwrap();
    App::start(config, Arc::new(SystemClock::new())).await
}

#[tokio::test]
async fn f08_a_damaged_store_is_refused_with_what_to_do_and_never_replaced() {
    let mut house = House::open().await;
    for number in 0..200 {
        assert_eq!(house.post_event(end_of(&format!("{number:032x}"), number)).await, 200);
    }
    house.stop_proxy().await;
    let file = house.folder.path().join("data/store.sqlite3");
    house.sql().execute_batch("PRAGMA wal_checkpoint(TRUNCATE)").unwrap();
    let whole = std::fs::read(&file).unwrap();
    let flipped = |from: usize, count: usize| {
        let mut bytes = whole.clone();
        bytes[from..from + count].iter_mut().for_each(|byte| *byte ^= 0xa5);
        bytes
    };
    for (what, bytes) in
        [("the header", flipped(0, 16)), ("the middle", flipped(8192, 4096)), ("the end is missing", whole[..whole.len() / 2].to_vec())]
    {
        std::fs::write(&file, &bytes).unwrap();
        let Err(StartProblem::Store(problem)) = start(&house).await else { panic!("{what}: it must be refused") };
        assert!(matches!(problem, StoreProblem::Damaged(..)), "{what}: {problem}");
        assert!(problem.to_string().contains("put the latest backup in its place"), "{problem}");
        assert_eq!(std::fs::read(&file).unwrap(), bytes, "{what}: untouched");
    }
}

#[tokio::test]
async fn f28_a_second_proxy_on_the_same_store_is_refused() {
    let house = House::open().await;
    let Err(problem) = start(&house).await else { panic!("it must be refused") };
    assert!(problem.to_string().contains("another proxy is running"), "{problem}");
}

#[tokio::test]
async fn f29_pending_work_of_an_older_version_is_done_by_this_one() {
    let mut house = House::build(&Plan::default()).await;
    let data = house.folder.path().join("data");
    std::fs::create_dir_all(&data).unwrap();
    // What version 1 left: decided and not written, written, and a session whose report is awaited.
    let lsid = house.play(None, Some("1161"), "rep:7").await;
    let report = house.appliance("ledger", None).await["sessions"].to_string();
    assert!(report.contains(&lsid));
    let golden = include_str!("golden/store-1.sql").replace("LSID_OF_A_REAL_SESSION", &lsid);
    house.sql().execute_batch(&golden).unwrap();
    house.start_proxy().await;
    let session = house.settled(&lsid).await;
    assert_eq!((&session["state"], &session["ticket"]), (&json!("written"), &json!(1161)), "{session}");
    assert_eq!(notes(&house, &lsid).await, [1161]);
    let pending = house.settled("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa").await;
    assert_eq!((&pending["state"], &pending["ticket"]), (&json!("written"), &json!(1162)), "{pending}");
    assert_eq!(notes(&house, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa").await, [1162]);
    let written = house.session("bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb").await.unwrap();
    assert_eq!((&written["state"], &written["action"]), (&json!("written"), &json!(7)));
}

#[tokio::test]
async fn f30_a_store_of_a_newer_version_is_refused_and_left_untouched() {
    let mut house = House::open().await;
    house.stop_proxy().await;
    house.sql().pragma_update(None, "user_version", 99).unwrap();
    let Err(problem) = start(&house).await else { panic!("it must be refused") };
    assert!(problem.to_string().contains("start the newer version, the store is untouched"), "{problem}");
    assert_eq!(house.sql().pragma_query_value(None, "user_version", |row| row.get::<_, i64>(0)).unwrap(), 99);
}

#[tokio::test]
async fn f38_after_yesterdays_backup_is_restored_nothing_is_lost_and_nothing_doubled() {
    let mut house = House::open_with(SWEEP).await;
    let before = house.play(None, Some("1161"), "rep:7").await;
    house.settled(&before).await;
    let copy = house.folder.path().join("yesterday.sqlite3");
    house.app().store.backup(copy.clone()).await.unwrap();
    assert_eq!(std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(&copy).unwrap().permissions()) & 0o777, 0o600);
    let after = house.play(None, Some("1162"), "rep:7").await;
    house.settled(&after).await;
    house.stop_proxy().await;
    let data = house.folder.path().join("data");
    for end in ["-wal", "-shm"] {
        drop(std::fs::remove_file(data.join(format!("store.sqlite3{end}"))));
    }
    std::fs::copy(&copy, data.join("store.sqlite3")).unwrap();
    house.start_proxy().await;
    assert!(house.session(&after).await.is_none(), "the backup knows nothing of it");
    house
        .until("it is found", async |house| {
            drop(reconcile::sweep(house.app()).await);
            house.session(&after).await
        })
        .await;
    let session = house.settled(&after).await;
    assert_eq!((&session["state"], &session["swept"]), (&json!("written"), &json!(true)));
    assert_eq!((notes(&house, &before).await.len(), notes(&house, &after).await.len()), (1, 1));
}

// ---- events ----

#[tokio::test]
async fn f09_f10_f11_whatever_comes_is_kept_answered_and_counted_and_the_next_event_flows() {
    let house = House::open().await;
    let kept = |state: &str| format!("remote_support_inbox_events{{state=\"{state}\"}}");
    // body, state it is kept in
    for (body, state) in [
        (b"event=support_conference_something_new&version=99&x=1".to_vec(), "ignored"),
        (b"\xff\xfe{not a form".to_vec(), "quarantined"),
        (b"event=support_conference_end&lsid=1161".to_vec(), "quarantined"),
        (vec![b'a'; 5 << 20], "quarantined"),
    ] {
        let before = house.metric(&kept(state)).await;
        assert_eq!(house.post_event(body).await, 200);
        assert!((house.metric(&kept(state)).await - before - 1.0).abs() < f64::EPSILON);
        let lsid = house.play(None, Some("1161"), "rep:7").await;
        assert_eq!(house.settled(&lsid).await["state"], "written", "the next event flows");
    }
}

#[tokio::test]
async fn f12_a_hundred_duplicates_at_once_are_one_row_and_one_note() {
    let house = House::open().await;
    house.appliance("settings", Some(json!({"event_url": null}))).await;
    let lsid = house.play(None, Some("1161"), "rep:7").await;
    let posts = (0..100).map(|_| house.post_event(end_of(&lsid, 1)));
    assert!(futures_util::future::join_all(posts).await.iter().all(|status| *status == 200));
    assert_eq!(house.settled(&lsid).await["state"], "written");
    let rows: (i64, i64) =
        house.sql().query_row("SELECT count(*), sum(repeats) FROM events", [], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
    assert_eq!((rows, notes(&house, &lsid).await), ((1, 99), vec![1161]));
}

#[tokio::test]
async fn f13_in_whatever_order_events_come_the_session_ends_the_same() {
    let house = House::open().await;
    house.appliance("settings", Some(json!({"event_url": null}))).await;
    let kinds = ["support_conference_begin", "support_conference_end", "support_conference_owner_changed"];
    for order in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
        let lsid = house.play(None, Some("1161"), "rep:7").await;
        for kind in order {
            assert_eq!(house.post_event(format!("event={}&timestamp=1&lsid={lsid}", kinds[kind])).await, 200);
        }
        assert_eq!(house.settled(&lsid).await["state"], "written", "{order:?}");
        // A start that comes hours late opens nothing again.
        assert_eq!(house.post_event(format!("event={}&timestamp=2&lsid={lsid}", kinds[0])).await, 200);
        assert_eq!((house.session(&lsid).await.unwrap()["state"].clone(), notes(&house, &lsid).await.len()), (json!("written"), 1));
    }
}

#[tokio::test]
async fn faults_39_f14_f40_what_the_sender_dropped_while_we_were_away_is_swept_up_once() {
    let mut house = House::open_with(SWEEP).await;
    // The appliance gives an event up after a second; our maintenance takes longer.
    house.appliance("settings", Some(json!({"event_retry_duration_ms": 1000}))).await;
    let known = house.play(None, Some("1161"), "rep:7").await;
    house.settled(&known).await;
    house.stop_proxy().await;
    let mut missed = Vec::new();
    for _ in 0..5 {
        missed.push(house.play(None, Some("1161"), "rep:7").await);
    }
    house
        .until("the appliance has given the events up", async |house| {
            let events = house.appliance("ledger", None).await["events"].as_array().unwrap().clone();
            (events.iter().filter(|event| event["dropped"] == true).count() == 5).then_some(())
        })
        .await;
    house.start_proxy().await;
    // The first search comes by itself.
    for lsid in &missed {
        let session = house.until("it is found", async |house| house.session(lsid).await).await;
        assert_eq!(session["swept"], true);
        assert_eq!(house.settled(lsid).await["state"], "written");
    }
    assert_eq!(reconcile::sweep(house.app()).await.unwrap().found, 0, "a second search finds nothing new");
    for lsid in missed.iter().chain([&known]) {
        assert_eq!(notes(&house, lsid).await, [1161]);
    }
    assert!((house.metric("remote_support_swept_sessions_total").await - 5.0).abs() < f64::EPSILON);
    // An event that comes after all changes nothing.
    assert_eq!(house.post_event(end_of(&missed[0], 77)).await, 200);
    assert_eq!(house.settled(&missed[0]).await["state"], "written");
    assert_eq!(notes(&house, &missed[0]).await, [1161]);
}

#[tokio::test]
async fn f14_an_error_to_a_search_leaves_its_window_to_be_searched_again() {
    let (house, clock) = House::open_by(SWEEP).await;
    let app = house.app();
    let searched = async |house: &House| reconcile::last_success(house.app()).await.unwrap();
    let cursor = house.until("the search at the start is over", async |house| searched(house).await).await;
    clock.advance(Duration::from_secs(10));
    house.appliance("play", Some(json!({"external_key": "1161", "announce": false, "script": [{"join": "rep:7"}], "end": true}))).await;
    house.appliance("settings", Some(json!({"window_error": "No sessions."}))).await;
    assert!(reconcile::sweep(app).await.is_err());
    assert_eq!(searched(&house).await, Some(cursor));
    house.appliance("settings", Some(json!({"window_error": null}))).await;
    assert_eq!(reconcile::sweep(app).await.unwrap().found, 1);
}

#[tokio::test]
async fn f14_what_ended_before_the_first_start_is_not_ours() {
    let house = House::open_with(SWEEP).await;
    let play = json!({"external_key": "1161", "announce": false, "ended_ago": 3600, "script": [{"join": "rep:7"}], "end": true});
    house.appliance("play", Some(play)).await;
    assert_eq!(reconcile::sweep(house.app()).await.unwrap(), reconcile::Swept { seen: 0, found: 0 });
}

#[tokio::test]
async fn f31_while_the_token_is_rotated_both_work_and_then_the_old_one_is_an_unknown_page() {
    let mut house = House::build(&Plan::default()).await;
    let config = std::fs::read_to_string(house.config_path()).unwrap();
    let new = "new-event-token-of-the-test-0123456789abcdefgh";
    let old = "{ file = \"event.token\" }";
    let post = async |house: &House, token: &str| {
        let request = house.client.post(house.proxy_url(&format!("/events/{token}"))).body(end_of(LSID, 1));
        request.send().await.unwrap().status().as_u16()
    };
    let secret = house.folder.path().join("new.token");
    std::fs::write(&secret, new).unwrap();
    std::fs::set_permissions(&secret, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    let both = config.replace(&format!("token = {old}"), &format!("token = {{ file = \"new.token\" }}\nprevious_token = {old}"));
    for (text, statuses) in [(both.clone(), [200, 200]), (both.replace(&format!("previous_token = {old}"), ""), [200, 404])] {
        std::fs::write(house.config_path(), text).unwrap();
        house.start_proxy().await;
        assert_eq!([post(&house, new).await, post(&house, EVENT_TOKEN).await], statuses);
        house.stop_proxy().await;
    }
}

// ---- BeyondTrust ----

#[tokio::test]
async fn f15_a_report_that_is_not_ready_is_asked_for_until_its_end_is_there() {
    let house = House::open().await;
    let reports = |more| fault("/api/reporting", "POST", more);
    let invalid = json!({"action": "SupportSession", "kind": "status", "status": 200, "body": "<error>Invalid lsid.</error>", "times": 1});
    house.appliance("faults", Some(reports(invalid))).await;
    house.appliance("settings", Some(json!({"report_lag_ms": 2500}))).await;
    let lsid = house.play(None, Some("1161"), "rep:7").await;
    let mut seen = Vec::new();
    house
        .until("the note", async |house| {
            let session = house.session(&lsid).await?;
            let code = reason(&session).to_owned();
            if seen.last() != Some(&code) && !code.is_empty() {
                seen.push(code);
            }
            (session["state"] == "written").then_some(())
        })
        .await;
    assert_eq!(seen, ["session.reportRefused", "session.reportUnfinished", "disposition.ticketTyped"]);
}

#[tokio::test]
async fn f16_with_beyondtrust_down_sessions_wait_the_line_rests_and_no_attempt_is_spent_on_it() {
    let (house, clock) = House::open_by("").await;
    house.appliance("faults", Some(fault("/api/reporting", "POST", json!({"kind": "cut", "times": 100_000})))).await;
    let mut lsids = Vec::new();
    for _ in 0..8 {
        lsids.push(house.play(None, Some("1161"), "rep:7").await);
    }
    let pause = |house: &House| house.app().lines.beyondtrust.standing().pause.map(|(why, _)| why);
    house.until("the line rests", async |house| (pause(house) == Some(Pause::Broken)).then_some(())).await;
    house.until("nobody is at work", async |house| (house.app().store.figures().await.unwrap().held == 0).then_some(())).await;
    assert!((house.metric("remote_support_vendor_paused{vendor=\"beyondtrust\",why=\"broken\"}").await - 1.0).abs() < f64::EPSILON);
    let spent: u32 = lsids.iter().map(|lsid| attempts(&house, lsid)).sum();
    // A minute of rests: one trial each half minute, whatever waits behind it.
    for _ in 0..20 {
        clock.advance(Duration::from_secs(3));
        tokio::time::sleep(Duration::from_millis(60)).await;
    }
    let now_spent: u32 = lsids.iter().map(|lsid| attempts(&house, lsid)).sum();
    assert!(now_spent <= spent + 3, "{spent} attempts before the rest, {now_spent} after a minute of it");
    no_faults(&house).await;
    for lsid in &lsids {
        assert_eq!(wait_by(&house, &clock, Duration::from_secs(31), 20, lsid).await.unwrap()["state"], "written");
        assert_eq!(notes(&house, lsid).await.len(), 1);
    }
}

#[tokio::test]
async fn f17_while_reports_hang_events_are_taken_and_steps_do_not_pile_up() {
    let house = House::open().await;
    house.appliance("faults", Some(fault("/api/reporting", "POST", json!({"kind": "hang", "times": 100_000})))).await;
    for number in 0..50 {
        assert_eq!(house.post_event(end_of(&format!("{number:032x}"), number)).await, 200);
    }
    let under_way = house
        .until("reports are asked for", async |house| {
            let requests = house.appliance("ledger", None).await["requests"].as_array().unwrap().clone();
            let open = requests.iter().filter(|request| request["action"] == "SupportSession" && request["status"].is_null()).count();
            (open >= 4).then_some(open)
        })
        .await;
    assert_eq!(under_way, 4, "as many as the worker has hands");
    assert_eq!(house.app().store.event_counts().await.unwrap().accepted, 50);
}

#[tokio::test]
async fn faults_35_f19_with_wrong_credentials_nothing_is_lost_and_nobody_storms() {
    let (house, clock) = House::open_by("").await;
    house.appliance("settings", Some(json!({"client_secret": "bt-secret-2"}))).await;
    let tokens = async |house: &House| {
        let requests = house.appliance("ledger", None).await["requests"].as_array().unwrap().clone();
        requests.iter().filter(|request| request["path"] == "/oauth2/token").count()
    };
    let mut lsids = Vec::new();
    for _ in 0..10 {
        lsids.push(house.play(None, Some("1161"), "rep:7").await);
    }
    house
        .until("the line rests", async |house| {
            (house.app().lines.beyondtrust.standing().pause.map(|(why, _)| why) == Some(Pause::Credentials)).then_some(())
        })
        .await;
    let waiting =
        house.until("the reason", async |house| house.session(&lsids[0]).await.filter(|session| !reason(session).is_empty())).await;
    assert_eq!((&waiting["state"], reason(&waiting)), (&json!("awaiting_report"), "failure.appliance_credentials.detail"));
    assert!(tokens(&house).await <= 3, "{} tokens asked for", tokens(&house).await);
    // The administrator sees why, and enters the new secret: nobody has to wait for a rest to end.
    let frame = house.sign_in(PRIYA).await;
    let (_, stored) = frame.get("/settings").await;
    let vendor = &stored["vendors"][1];
    assert_eq!((&vendor["name"], &vendor["paused"]), (&json!("beyondtrust"), &json!("credentials")), "{stored}");
    let body = json!({"version": stored["version"], "settings": stored["settings"], "connection": {"clientSecret": "bt-secret-2"}});
    assert_eq!(frame.send(Method::PUT, "/settings", &[], &body).await.0, 200);
    for lsid in &lsids {
        assert_eq!(wait_by(&house, &clock, Duration::from_secs(10), 40, lsid).await.unwrap()["state"], "written");
    }
}

#[tokio::test]
async fn session_30_a_report_of_200_megabytes_is_not_read_and_the_next_session_is_unaffected() {
    let house = House::open().await;
    house.appliance("settings", Some(json!({"report_megabytes": 200}))).await;
    let lsid = house.play(None, Some("1161"), "rep:7").await;
    let session = house.settled(&lsid).await;
    assert_eq!((&session["state"], reason(&session)), (&json!("failed"), "failure.appliance_too_large.detail"), "{session}");
    house.appliance("settings", Some(json!({"report_megabytes": 0}))).await;
    let lsid = house.play(None, Some("1161"), "rep:7").await;
    assert_eq!(house.settled(&lsid).await["state"], "written");
}

// ---- Halo ----

#[tokio::test]
async fn f20_a_429_is_waited_for_as_long_as_halo_asks_and_counts_as_no_attempt() {
    let (house, clock) = House::open_by("").await;
    let busy = json!({"kind": "status", "status": 429, "headers": {"retry-after": "40"}, "times": 1});
    house.halo("faults", Some(fault("/api/Actions", "POST", busy))).await;
    let lsid = house.play(None, Some("1161"), "rep:7").await;
    let waiting =
        house.until("it waits", async |house| house.session(&lsid).await.filter(|session| reason(session).contains("halo_busy"))).await;
    let until = waiting["nextAt"].as_i64().unwrap() - waiting["changedAt"].as_i64().unwrap();
    assert!((40..=48).contains(&until), "{until} s");
    assert_eq!(attempts(&house, &lsid), 0);
    clock.advance(Duration::from_secs(20));
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(house.session(&lsid).await.unwrap()["state"], "pending", "not before");
    assert_eq!(wait_by(&house, &clock, Duration::from_secs(30), 4, &lsid).await.unwrap()["state"], "written");
}

#[tokio::test]
async fn f21_a_write_that_halo_kept_and_did_not_answer_is_not_written_again() {
    let house = House::open().await;
    for kind in ["commit_then_cut", "commit_then_status", "cut_then_commit"] {
        house.halo("faults", Some(fault("/api/Actions", "POST", json!({"kind": kind, "status": 504, "milliseconds": 200})))).await;
        let lsid = house.play(None, Some("1161"), "rep:7").await;
        let waiting =
            house.until("it is in doubt", async |house| house.session(&lsid).await.filter(|session| reason(session) == "session.inDoubt"));
        assert_eq!(waiting.await["state"], "pending", "{kind}");
        assert_eq!(house.settled(&lsid).await["state"], "written", "{kind}");
        assert_eq!(notes(&house, &lsid).await, [1161], "{kind}");
    }
}

#[tokio::test]
async fn f22_after_hours_of_5xx_it_is_written_and_after_three_days_it_is_laid_before_a_person() {
    let (house, clock) = House::open_by("").await;
    // The session's report is at hand: what is down for long is Halo.
    let down = json!({"kind": "status", "status": 503, "times": 1_000_000});
    for (hours, state) in [(10, "written"), (80, "failed")] {
        house.halo("faults", Some(fault("/api/Actions", "GET", down.clone()))).await;
        let lsid = house.play(None, Some("1161"), "rep:7").await;
        house.until("it is decided", async |house| house.session(&lsid).await.filter(|session| session["state"] == "pending")).await;
        let settled = wait_by(&house, &clock, Duration::from_secs(1800), hours * 2, &lsid).await;
        assert_eq!(settled.map(|session| session["state"].clone()), (state == "failed").then(|| json!("failed")), "{hours} h");
        no_faults(&house).await;
        if state == "failed" {
            let frame = house.sign_in(PRIYA).await;
            assert_eq!(frame.send(Method::POST, &format!("/sessions/{lsid}/replay"), &[], &json!({})).await.0 / 100, 2);
        }
        assert_eq!(wait_by(&house, &clock, Duration::from_secs(60), 60, &lsid).await.unwrap()["state"], "written", "{hours} h");
        assert_eq!(notes(&house, &lsid).await, [1161]);
    }
}

#[tokio::test]
async fn f22_a_write_that_never_gets_an_answer_is_given_up_by_age_too() {
    let (house, clock) = House::open_by("").await;
    house.halo("faults", Some(fault("/api/Actions", "POST", json!({"kind": "status", "status": 502, "times": 1_000_000})))).await;
    let lsid = house.play(None, Some("1161"), "rep:7").await;
    house.until("it is in doubt", async |house| house.session(&lsid).await.filter(|session| reason(session) == "session.inDoubt")).await;
    let session = wait_by(&house, &clock, Duration::from_secs(7200), 60, &lsid).await.unwrap();
    assert_eq!((&session["state"], reason(&session)), (&json!("failed"), "failure.halo_unexpected.detail"), "{session}");
}

#[tokio::test]
async fn f26_a_write_in_doubt_outlives_a_clock_that_is_set_back_by_a_day() {
    let (house, clock) = House::open_by("").await;
    house.halo("faults", Some(fault("/api/Actions", "POST", json!({"kind": "commit_then_cut"})))).await;
    let lsid = house.play(None, Some("1161"), "rep:7").await;
    house.until("it is in doubt", async |house| house.session(&lsid).await.filter(|session| reason(session) == "session.inDoubt")).await;
    clock.set_back(Duration::from_secs(86_400));
    let before = house.metric("remote_support_session_steps_total{outcome=\"later\"}").await;
    house
        .until("it is written", async |house| {
            clock.advance(Duration::from_millis(500));
            house.session(&lsid).await.filter(|session| session["state"] == "written")
        })
        .await;
    assert_eq!(notes(&house, &lsid).await, [1161]);
    let steps = house.metric("remote_support_session_steps_total{outcome=\"later\"}").await - before;
    assert!(steps < 10.0, "it waits instead of turning round and round: {steps} steps");
}

#[tokio::test]
async fn messages_that_halo_does_not_show_are_no_reason_to_ask_without_pause() {
    let house = House::open().await;
    house.issue_for_chat("7K3M9QX2DH", 640);
    house.halo("faults", Some(fault("/api/ChatMessage", "GET", json!({"kind": "status", "status": 404, "times": 1_000_000})))).await;
    let lsid = house.play(None, Some("chat-640.7K3M9QX2DH"), "rep:7").await;
    house.until("it waits", async |house| house.session(&lsid).await.filter(|session| reason(session).contains("halo_refused"))).await;
    let asked = async |house: &House| {
        let ledger = house.halo("ledger", None).await;
        ledger["requests"].as_array().unwrap().iter().filter(|request| request["path"] == "/api/ChatMessage").count()
    };
    assert!(asked(&house).await <= 2, "{}", asked(&house).await);
    no_faults(&house).await;
    assert_eq!(house.settled(&lsid).await["state"], "stored");
    assert_eq!(house.halo("ledger", None).await["chat_messages"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_note_moved_onto_what_was_merged_into_its_own_ticket_stays_where_it_is() {
    let house = House::open().await;
    let frame = house.sign_in(PRIYA).await;
    let lsid = house.play(None, Some("1161"), "rep:7").await;
    house.settled(&lsid).await;
    house.halo("tickets/1163", Some(json!({"merged_into_id": 1161}))).await;
    let (_, session) = frame.send(Method::POST, &format!("/sessions/{lsid}/link"), &[], &json!({"ticket": 1163, "from": 1161})).await;
    assert_eq!((&session["state"], &session["ticket"]), (&json!("written"), &json!(1161)), "{session}");
    assert_eq!(notes(&house, &lsid).await, [1161], "the one note there is");
}

#[tokio::test]
async fn a_session_whose_row_does_not_read_is_laid_before_a_person_and_holds_up_nobody() {
    let (house, clock) = House::open_by("").await;
    house.halo("settings", Some(json!({"deny_actions": true}))).await;
    let broken = house.play(None, Some("1161"), "rep:7").await;
    house.until("it waits", async |house| house.session(&broken).await.filter(|session| reason(session).contains("halo_permission"))).await;
    house.sql().execute("UPDATE outbox SET payload = '{\"v\":9}'", []).unwrap();
    house.halo("settings", Some(json!({"deny_actions": false}))).await;
    clock.advance(Duration::from_secs(400));
    let other = house.play(None, Some("1161"), "rep:7").await;
    assert_eq!(house.settled(&other).await["state"], "written");
    let session = house.settled(&broken).await;
    assert_eq!((&session["state"], reason(&session)), (&json!("failed"), "session.rowUnreadable"), "{session}");
    let frame = house.sign_in(PRIYA).await;
    let (_, session) = frame.send(Method::POST, &format!("/sessions/{broken}/replay"), &[], &json!({})).await;
    assert_eq!(session["state"], "written", "{session}");
}

#[tokio::test]
async fn nobody_is_refused_for_a_name_that_halo_did_not_tell_just_now() {
    let (house, clock) = House::open_by("").await;
    // Kit is not enabled for invites; his BeyondTrust name stands in his own record only.
    house.appliance("representatives/7", Some(json!({"public": "Kit", "private": "Kit", "display": "Kit"}))).await;
    house.halo("faults", Some(fault("/api/Agent/45", "GET", json!({"kind": "cut", "times": 2})))).await;
    let lsid = house.play(None, Some("1161"), "rep:7").await;
    let waiting = house.until("it waits", async |house| house.session(&lsid).await.filter(|session| !reason(session).is_empty())).await;
    assert_eq!(waiting["state"], "awaiting_report", "{waiting}");
    let session = wait_by(&house, &clock, Duration::from_secs(30), 10, &lsid).await.unwrap();
    assert_eq!((&session["state"], &session["disposition"]["owner"]["agent"]), (&json!("written"), &json!(45)), "{session}");
}

#[tokio::test]
async fn a_note_that_cannot_be_moved_or_taken_back_for_days_is_where_it_was() {
    let (house, clock) = House::open_by("").await;
    let lsid = house.play(None, Some("1161"), "rep:7").await;
    house.settled(&lsid).await;
    let person = || Person { agent: None, name: "Priya Nair".to_owned() };
    let moved = ByHand::Link { seen: "1161".parse().ok(), ticket: "1162".parse().unwrap(), private: true };
    for what in [moved, ByHand::Unlink { seen: "1161".parse().ok() }] {
        let away = json!({"kind": "status", "status": 503, "times": 1_000_000});
        house.halo("faults", Some(fault("/api/Actions", "GET", away))).await;
        let now = remote_support_proxy::clock::Clock::now(&clock);
        assert_eq!(house.app().store.by_hand(lsid.parse().unwrap(), what.clone(), person(), now).await.unwrap(), Handled::Taken);
        let session = wait_by(&house, &clock, Duration::from_secs(3600), 80, &lsid).await.unwrap();
        assert_eq!(
            (&session["state"], &session["ticket"], &session["action"]),
            (&json!("written"), &json!(1161), &json!(2)),
            "{what:?}: {session}"
        );
        assert_eq!(notes(&house, &lsid).await, [1161], "{what:?}");
        no_faults(&house).await;
        clock.advance(Duration::from_secs(60));
    }
}

#[tokio::test]
async fn faults_38_f23_a_ticket_that_is_closed_merged_or_deleted_meanwhile() {
    let house = House::open().await;
    house.halo("settings", Some(json!({"closed_refuses": true}))).await;
    house.halo("tickets/1163", Some(json!({"merged_into_id": 1162}))).await;
    house.client.delete(format!("http://{}/control/tickets/1164", house.simulator.halo_addr)).send().await.unwrap();
    // ticket -> state, why, where its note is
    for (ticket, state, why, written) in [
        ("1165", "stored", "session.haloRefused", vec![]),
        ("1163", "written", "session.ticketMerged", vec![1162]),
        ("1164", "stored", "session.ticketGone", vec![]),
    ] {
        let lsid = house.play(None, Some(ticket), "rep:7").await;
        let session = house.settled(&lsid).await;
        assert_eq!((&session["state"], reason(&session)), (&json!(state), why), "{session}");
        assert_eq!(notes(&house, &lsid).await, written, "{ticket}");
    }
    house.halo("settings", Some(json!({"closed_refuses": false}))).await;
    let lsid = house.play(None, Some("1165"), "rep:7").await;
    assert_eq!(house.settled(&lsid).await["state"], "written", "a closed ticket is tried");
}

#[tokio::test]
async fn faults_38_a_403_names_the_missing_right_and_is_written_once_it_is_given() {
    let house = House::open().await;
    house.halo("settings", Some(json!({"deny_actions": true}))).await;
    let lsid = house.play(None, Some("1161"), "rep:7").await;
    let waiting = house
        .until("the reason", async |house| house.session(&lsid).await.filter(|session| reason(session).contains("halo_permission")))
        .await;
    assert_eq!((&waiting["state"], &waiting["reason"]["args"]["operation"]), (&json!("pending"), &json!("add an action to this ticket")));
    house.halo("settings", Some(json!({"deny_actions": false}))).await;
    assert_eq!(house.settled(&lsid).await["state"], "written");
}

#[tokio::test]
async fn f37_a_huge_hostile_transcript_is_cut_visibly_and_attached_whole() {
    let house = House::open().await;
    let mut script = vec![json!({"join": "rep:7"})];
    script.extend((0..900).map(
        |number| json!({"say": format!("{number} <img src=x onerror=alert(1)> {}", "&<>\"".repeat(100)), "by": "customer", "wait": 1}),
    ));
    for limit in [Value::Null, json!(1000)] {
        house.halo("settings", Some(json!({"attachment_limit": limit}))).await;
        let body = json!({"external_key": "1161", "script": script, "end": true});
        let lsid = text(&house.appliance("play", Some(body)).await["lsid"]);
        assert_eq!(house.settled(&lsid).await["state"], "written");
        let action = house.actions(1161, SESSION).await.into_iter().find(|action| text(&action["note_html"]).contains(&lsid)).unwrap();
        let note = text(&action["note_html"]);
        assert!(note.len() < 250_000 && !note.contains("<img"), "{}", note.len());
        let files = house.halo("ledger", None).await["attachments"].as_array().unwrap().clone();
        let file = files.iter().find(|file| text(&file["filename"]).contains(&lsid));
        if limit.is_null() {
            assert!(note.contains("The whole transcript is attached"));
            let written = text(&file.unwrap()["text"]);
            assert!(written.contains("0 <img src=x onerror=alert(1)>") && file.unwrap()["bytes"].as_u64().unwrap() > 300_000, "plain text");
        } else {
            assert!(
                file.is_none() && note.contains("The whole transcript is in BeyondTrust"),
                "what Halo does not take is left out, and said"
            );
        }
    }
}

#[tokio::test]
async fn f39_what_halos_own_integration_has_written_gets_no_second_note() {
    let house = House::open_with("").await;
    house.halo("settings", Some(json!({"builtin_integration": true}))).await;
    let config = std::fs::read_to_string(house.config_path()).unwrap();
    std::fs::write(house.config_path(), config.replacen("[halo]\n", "[halo]\nbuiltin_head_start = \"2s\"\n", 1)).unwrap();
    let mut house = house;
    house.restart().await;
    let finding = async |house: &House| house.app().store.finding(remote_support_proxy::worker::BUILTIN_SEEN).await.unwrap();
    house.until("Halo was asked", async |house| (finding(house).await.as_deref() == Some("yes")).then_some(())).await;
    // Halo's integration is first with one, and leaves the other alone.
    let (theirs, ours) = (house.play(None, Some("1161"), "rep:7").await, house.play(None, Some("1161"), "rep:7").await);
    house.halo("native-note", Some(json!({"ticket": 1161, "lsid": theirs}))).await;
    let session = house.settled(&theirs).await;
    assert_eq!((&session["state"], reason(&session)), (&json!("written"), "session.writtenByHalo"), "{session}");
    assert_eq!(notes(&house, &theirs).await.len(), 0);
    assert_eq!(house.settled(&ours).await["state"], "written");
    assert_eq!(notes(&house, &ours).await, [1161]);
}

// ---- clocks ----

#[tokio::test]
async fn f26_a_clock_that_jumps_delays_nothing_for_long_and_doubles_nothing() {
    let (house, clock) = House::open_by("").await;
    house.halo("faults", Some(fault("/api/Actions", "GET", json!({"kind": "status", "status": 503, "times": 1})))).await;
    let lsid = house.play(None, Some("1161"), "rep:7").await;
    house
        .until("it waits", async |house| {
            house.session(&lsid).await.filter(|session| !session["nextAt"].is_null() && reason(session).contains("failure"))
        })
        .await;
    // Somebody sets the clock back by a day.
    clock.set_back(Duration::from_secs(86_400));
    assert_eq!(house.settled(&lsid).await["state"], "written");
    let lsid = house.play(None, Some("1161"), "rep:7").await;
    clock.advance(Duration::from_secs(10 * 86_400));
    assert_eq!(house.settled(&lsid).await["state"], "written");
    assert_eq!(notes(&house, &lsid).await, [1161]);
}

// ---- personal data ----

#[tokio::test]
async fn old_records_are_forgotten_and_what_waits_for_a_person_is_kept_longer() {
    let (house, clock) = House::open_by("").await;
    let written = house.play(None, Some("1161"), "rep:7").await;
    let stored = house.play(None, None, "rep:7").await;
    for lsid in [&written, &stored] {
        house.settled(lsid).await;
    }
    clock.advance(Duration::from_secs(100 * 86_400));
    remote_support_proxy::upkeep::forget(house.app()).await;
    assert!(house.session(&written).await.is_none() && house.session(&stored).await.is_some());
    assert_eq!(house.app().store.event_counts().await.unwrap().accepted, 0);
    clock.advance(Duration::from_secs(300 * 86_400));
    remote_support_proxy::upkeep::forget(house.app()).await;
    assert!(house.session(&stored).await.is_none());
}

#[tokio::test]
async fn a_week_of_every_agents_actions_is_forgotten_at_once() {
    let (house, clock) = House::open_by("").await;
    let count = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000)";
    let told = format!("{count} INSERT INTO doorbells (ticket, action, received_at) SELECT 1161, i, ?1 FROM n");
    house.sql().execute(&told, [clock.now()]).unwrap();
    let left = || house.sql().query_row("SELECT count(*) FROM doorbells", [], |row| row.get::<_, i64>(0)).unwrap();
    clock.advance(Duration::from_secs(6 * 86_400));
    remote_support_proxy::upkeep::forget(house.app()).await;
    assert_eq!(left(), 5000);
    clock.advance(Duration::from_secs(2 * 86_400));
    remote_support_proxy::upkeep::forget(house.app()).await;
    assert_eq!(left(), 0);
}

#[test]
fn a_store_that_is_not_there_is_not_made_by_a_command() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("store.sqlite3");
    assert!(matches!(Sqlite::beside(&file), Err(StoreProblem::Missing(_))));
    assert!(!file.exists());
}
