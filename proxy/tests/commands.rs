//! What a person types, with the real binary beside a running proxy.
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

use house::{EVENT_TOKEN, House, Plan, SECRET_MARKS};
use serde_json::{Value, json};
use tokio::process::Command;

const STRANGER: &str = "Somebody Else";

/// Runs a command; its code and what it printed.
async fn run(house: &House, arguments: &[&str]) -> (i32, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_remote-support-proxy"))
        .args(arguments)
        .arg("--config")
        .arg(house.config_path())
        .output()
        .await
        .unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

async fn json_of(house: &House, arguments: &[&str]) -> Value {
    let (code, out, error) = run(house, &[arguments, &["--json"]].concat()).await;
    assert_eq!(code, 0, "{arguments:?}: {error}");
    serde_json::from_str(&out).unwrap_or_else(|problem| panic!("{arguments:?}: {problem}: {out}"))
}

#[tokio::test]
async fn check_names_each_right_and_makes_the_round_trip_and_tells_what_to_do() {
    let house = House::open().await;
    let (code, out, _) = run(&house, &["check"]).await;
    assert_eq!(code, 0, "{out}");
    for name in
        ["token", "perm_command", "perm_reporting_support", "halo_token", "halo_agents", "halo_tickets", "halo_chats", "event_round_trip"]
    {
        assert!(out.lines().any(|line| line.starts_with("ok") && line.contains(&format!(" {name} "))), "{name} in\n{out}");
    }
    assert_eq!(house.app().store.event_counts().await.unwrap().ignored, 1, "the test event is counted and ignored");
    for mark in SECRET_MARKS {
        assert!(!out.contains(mark), "{out}");
    }
    house.appliance("settings", Some(json!({"permissions": {"perm_reporting_support": "0"}}))).await;
    house.halo("settings", Some(json!({"no_module": ["90:Tickets"]}))).await;
    let test: Value = {
        let (code, out, _) = run(&house, &["check", "--json"]).await;
        assert_eq!(code, 1);
        serde_json::from_str(&out).unwrap()
    };
    let failed: Vec<_> = test["checks"].as_array().unwrap().iter().filter(|check| check["ok"] == false).collect();
    assert_eq!(failed.iter().map(|check| &check["name"]).collect::<Vec<_>>(), ["perm_reporting_support", "halo_tickets"]);
    assert!(failed.iter().all(|check| check["problem"]["advice"].as_str().unwrap().len() > 10), "{test}");
}

#[tokio::test]
async fn check_without_a_running_proxy_says_that_the_round_trip_fails_and_why() {
    let mut house = House::build(&Plan::default()).await;
    house.release_port();
    let (code, out, _) = run(&house, &["check"]).await;
    assert_eq!(code, 1);
    assert!(out.contains("FAIL  event_round_trip") && out.contains("Start the proxy"), "{out}");
    let (code, out, _) = run(&house, &["check", "--offline"]).await;
    assert_eq!((code, out.contains("can be used")), (0, true), "{out}");
}

#[tokio::test]
async fn sessions_are_listed_linked_unlinked_and_replayed_beside_a_running_proxy() {
    let house = House::open().await;
    let stored = house.play(None, None, "rep:7").await;
    house.settled(&stored).await;
    house.appliance("representatives/7", Some(json!({"public": STRANGER, "private": STRANGER, "display": STRANGER}))).await;
    let refused = house.play(None, Some("1161"), "rep:7").await;
    house.settled(&refused).await;

    let (_, out, _) = run(&house, &["sessions"]).await;
    assert!(out.contains("SESSION") && out.contains(&stored) && out.contains("Correct the agent's BeyondTrust display name"), "{out}");
    assert!(!out.contains("will have a look"), "nothing of what was said: {out}");
    let one = run(&house, &["sessions", &refused]).await.1;
    assert!(one.contains("Nobody in Halo is called Somebody Else"), "the steps: {one}");
    let lsids =
        |list: &Value| list.as_array().unwrap().iter().map(|session| session["lsid"].as_str().unwrap().to_owned()).collect::<Vec<_>>();
    assert_eq!(lsids(&json_of(&house, &["sessions", "--state", "stored"]).await), std::slice::from_ref(&stored));
    assert_eq!(lsids(&json_of(&house, &["sessions", "--search", "somebody connor"]).await), std::slice::from_ref(&refused));

    json_of(&house, &["link", &stored, "1162"]).await;
    assert_eq!(house.settled(&stored).await["ticket"], 1162);
    let (code, _, error) = run(&house, &["link", &stored, "1162"]).await;
    assert!(code == 1 && error.contains("stands on ticket 1162 already"), "{error}");
    json_of(&house, &["unlink", &stored]).await;
    assert_eq!(house.settled(&stored).await["state"], "stored");

    house.halo("agents/42", Some(json!({"beyondtrust_name": STRANGER}))).await;
    house.app().roster.forget().await;
    assert_eq!(json_of(&house, &["replay", "--all", "refused"]).await["replayed"], json!([refused]));
    assert_eq!(house.settled(&refused).await["state"], "written");
    let (code, _, error) = run(&house, &["replay", "ffffffffffffffffffffffffffffffff"]).await;
    assert!(code == 1 && error.contains("There is no session"), "{error}");
}

#[tokio::test]
async fn events_are_listed_without_what_is_in_them() {
    let house = House::open().await;
    assert_eq!(house.post_event("nonsense with a secret-mark in it").await, 200);
    assert_eq!(house.post_event("event=support_conference_begin&lsid=1").await, 200);
    let (_, out, _) = run(&house, &["events"]).await;
    assert!(out.contains("quarantined") && out.contains("there is no `event` field") && out.contains("support_conference_begin"), "{out}");
    assert!(!out.contains("secret-mark"), "{out}");
    assert_eq!(json_of(&house, &["events", "--state", "ignored"]).await.as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_backup_is_whole_private_and_opens_with_its_key() {
    let house = House::open().await;
    let lsid = house.play(None, Some("1161"), "rep:7").await;
    house.settled(&lsid).await;
    house.sign_in(42).await;
    let to = house.folder.path().join("backup");
    json_of(&house, &["backup", to.to_str().unwrap()]).await;
    let mode = |path: &std::path::Path| std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(path).unwrap().permissions()) & 0o777;
    assert_eq!((mode(&to), mode(&to.join("store.sqlite3")), mode(&to.join("key"))), (0o700, 0o600, 0o600));
    let copy = rusqlite::Connection::open(to.join("store.sqlite3")).unwrap();
    assert_eq!(copy.query_row("PRAGMA integrity_check", [], |row| row.get::<_, String>(0)).unwrap(), "ok");
    assert_eq!(copy.query_row("SELECT state FROM sessions WHERE lsid = ?1", [&lsid], |row| row.get::<_, String>(0)).unwrap(), "written");
    let (code, _, error) = run(&house, &["backup", to.to_str().unwrap()]).await;
    assert!(code == 1 && error.contains("backup"), "an older backup is not overwritten: {error}");
    // T10: whoever steals it finds no secret in it.
    let bytes = std::fs::read(to.join("store.sqlite3")).unwrap();
    for mark in SECRET_MARKS {
        assert!(!bytes.windows(mark.len()).any(|window| window == mark.as_bytes()), "{mark}");
    }
}

#[tokio::test]
async fn the_event_url_is_rotated_in_three_steps() {
    let mut house = House::build(&Plan::default()).await;
    let config = std::fs::read_to_string(house.config_path()).unwrap();
    std::fs::write(house.config_path(), config.replace("token = { file = \"event.token\" }", "")).unwrap();
    let url = async |house: &House, arguments: &[&str]| {
        json_of(house, &[&["event-url"], arguments].concat()).await["eventUrl"].as_str().unwrap().to_owned()
    };
    let old = url(&house, &[]).await;
    let new = url(&house, &["--rotate"]).await;
    assert_ne!(old, new);
    let post = async |house: &House, url: &str| {
        let url = url.replacen(&house.origin, &format!("http://{}", house.proxy), 1);
        house.client.post(url).body("event=x").send().await.unwrap().status().as_u16()
    };
    house.start_proxy().await;
    assert_eq!((post(&house, &old).await, post(&house, &new).await), (200, 200));
    url(&house, &["--forget-old"]).await;
    house.restart().await;
    assert_eq!((post(&house, &old).await, post(&house, &new).await), (404, 200));
}

#[tokio::test]
async fn a_secret_of_ones_own_is_not_rotated_behind_ones_back() {
    let house = House::build(&Plan::default()).await;
    let (code, _, error) = run(&house, &["event-url", "--rotate"]).await;
    assert!(code == 1 && error.contains("events.previous_token"), "{error}");
    assert!(run(&house, &["event-url"]).await.1.contains(EVENT_TOKEN));
}

#[tokio::test]
async fn every_command_explains_itself_and_openapi_needs_no_configuration() {
    let proxy = || Command::new(env!("CARGO_BIN_EXE_remote-support-proxy"));
    for command in ["serve", "check", "event-url", "sessions", "events", "replay", "link", "unlink", "backup", "openapi"] {
        let output = proxy().args([command, "--help"]).output().await.unwrap();
        let help = String::from_utf8(output.stdout).unwrap();
        assert!(output.status.success() && help.contains("Usage:") && help.contains("--json"), "{help}");
    }
    let output = proxy().arg("openapi").output().await.unwrap();
    let described: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert!(output.status.success() && described["openapi"].as_str().unwrap().starts_with("3.1"));
}
