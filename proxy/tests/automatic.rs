//! Invites that tickets and actions in Halo send by themselves: from Halo's webhook to the one mail. Proof is read from the
//! simulators' ledgers.
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

use halo_remote_support::rules::words::TicketId;
use house::{House, WEBHOOK_TOKEN};
use remote_support_proxy::{
    clock::{Clock as _, SystemClock},
    line::Pause,
    store::{Ring, Sqlite, Store as _},
};
use serde_json::{Value, json};
use std::time::Duration;

const SEND_FIELD: u32 = 202;
const CHANNEL_FIELD: u32 = 201;
const ACTION_FIELD: u32 = 203;
/// The action agents run; and the one our own mails are written under, which must not beget another.
const OUTCOMES: [u32; 2] = [89, 87];

/// A house whose Halo rings at ours, with everything mapped.
async fn house() -> House {
    house_with(json!({})).await
}

async fn house_with(change: Value) -> House {
    set_up(House::open().await, change).await
}

async fn set_up(house: House, change: Value) -> House {
    let url = format!("{}/halo/{WEBHOOK_TOKEN}", house.origin);
    house.halo("settings", Some(json!({"webhook_url": url, "webhook_retries": 20}))).await;
    let frame = house.sign_in(42).await;
    let automatic = json!({
        "sendField": SEND_FIELD, "channelField": CHANNEL_FIELD, "actionChannelField": ACTION_FIELD, "inviteOutcomes": OUTCOMES, "types": {},
    });
    frame.settings(json!({"automatic": automatic})).await;
    frame.settings(change).await;
    house
}

const NO_DEFAULT: &str = r#"[{"queue": "team:4", "name": "Network Team", "displayName": "", "isDefault": false, "enabled": true}]"#;

async fn portal_ticket(house: &House, kind: u32) -> u32 {
    let body = json!({"user_id": 207, "summary": "Please help", "details": "It broke.", "tickettype_id": kind});
    u32::try_from(house.halo("portal-tickets", Some(body)).await["id"].as_u64().unwrap()).unwrap()
}

/// What an agent does in Halo's own screens, by an API token of that agent.
async fn as_agent(house: &House, agent: u32, path: &str, body: Value) -> Value {
    let verifier = "a-verifier-that-is-long-enough-to-be-one-0123456789";
    let challenge = {
        use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
        use sha2::{Digest as _, Sha256};
        BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes()))
    };
    let redirect = format!("{}/api/v1/sign-in/callback", house.origin);
    let base = format!("http://{}", house.simulator.halo_addr);
    let agent = agent.to_string();
    let query = [
        ("response_type", "code"),
        ("client_id", "halo-agent-app"),
        ("redirect_uri", &redirect),
        ("scope", "all"),
        ("state", "s"),
        ("code_challenge", &challenge),
        ("code_challenge_method", "S256"),
        ("agent", &agent),
    ];
    let answer = house.client.get(format!("{base}/auth/authorize")).query(&query).send().await.unwrap();
    let back = url::Url::parse(answer.headers()["location"].to_str().unwrap()).unwrap();
    let code = back.query_pairs().find(|(name, _)| name == "code").unwrap().1.into_owned();
    let form = [
        ("grant_type", "authorization_code"),
        ("client_id", "halo-agent-app"),
        ("redirect_uri", &redirect),
        ("code", &code),
        ("code_verifier", verifier),
    ];
    let token: Value = house.client.post(format!("{base}/auth/token")).form(&form).send().await.unwrap().json().await.unwrap();
    let request = house.client.post(format!("{base}/api/{path}")).bearer_auth(token["access_token"].as_str().unwrap());
    let answer = request.json(&json!([body])).send().await.unwrap();
    assert_eq!(answer.status(), 200, "{}", answer.text().await.unwrap());
    answer.json().await.unwrap()
}

async fn agent_ticket(house: &House, agent: u32, change: Value) -> u32 {
    let mut body = json!({"user_id": 207, "summary": "Please help", "details": "It broke.", "tickettype_id": 3});
    for (name, value) in change.as_object().unwrap() {
        body[name] = value.clone();
    }
    u32::try_from(as_agent(house, agent, "Tickets", body).await["id"].as_u64().unwrap()).unwrap()
}

/// Everything that Halo told of was looked at, and nobody is at work on an invite.
async fn quiet_but_for_invites(house: &House) {
    house
        .until("everything is looked at", async |house| {
            let ledger = house.halo("ledger", None).await;
            let told = ledger["webhooks"].as_array().unwrap().iter().all(|one| one["delivered"] == true);
            let outstanding: u32 =
                house.sql().query_row("SELECT count(*) FROM doorbells WHERE next_at IS NOT NULL", [], |row| row.get(0)).unwrap();
            (told && outstanding == 0 && taken_up(house, "doorbells").0 > 0 && taken_up(house, "invites").1 == 0).then_some(())
        })
        .await;
}

/// Nothing that Halo told of is outstanding, and no invite.
async fn quiet(house: &House) {
    house
        .until("everything is looked at", async |house| {
            let ledger = house.halo("ledger", None).await;
            let told = ledger["webhooks"].as_array().unwrap().iter().all(|one| one["delivered"] == true);
            let sql = house.sql();
            let count = |query: &str| sql.query_row(query, [], |row| row.get::<_, u32>(0)).unwrap();
            let outstanding = count("SELECT count(*) FROM doorbells WHERE next_at IS NOT NULL")
                + count("SELECT count(*) FROM invites WHERE next_at IS NOT NULL");
            let rung = count("SELECT count(*) FROM doorbells") > 0;
            (told && rung && outstanding == 0).then_some(())
        })
        .await;
}

/// The one invite's action on a ticket, and its mail.
async fn invite_of(house: &House, ticket: u32) -> (Value, Value) {
    quiet(house).await;
    let actions: Vec<_> = house.actions(ticket, "Remote Session Invite").await;
    let mails: Vec<_> = house.mails().await.into_iter().filter(|mail| mail["ticket_id"] == ticket).collect();
    assert_eq!((actions.len(), mails.len()), (1, 1), "{actions:?} {mails:?}");
    (actions[0].clone(), mails[0].clone())
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

#[tokio::test]
async fn invites_13_an_action_with_its_channel_sends_its_own_text_for_that_queue() {
    let house = house().await;
    let body = json!({
        "ticket_id": 1161, "outcome_id": 89, "note_html": "<p>Join me: <a href=\"$LINKTOREMOTE\">here</a></p>",
        "customfields": [{"id": ACTION_FIELD, "value": "Network Team"}],
    });
    as_agent(&house, 43, "Actions", body).await;
    let (action, mail) = invite_of(&house, 1161).await;
    assert!(text(&mail["html"]).starts_with("<p>Join me: <a href=\"http://appliance.localhost"), "{mail}");
    assert_eq!(mail["to"], "connor@batley.example");
    assert!(text(&action["note"]).contains("Ann Keller"), "the first line names whose it is: {action}");
    let keys = house.keys().await;
    assert_eq!((keys.len(), &keys[0]["queue"]), (1, &json!("team:4")), "{keys:?}");
}

#[tokio::test]
async fn invites_13_an_action_with_a_plain_note_keeps_its_lines_and_its_signs() {
    let house = house().await;
    let note = "Load < 5 & rising.\nJoin me: $LINKTOREMOTE";
    as_agent(&house, 43, "Actions", json!({"ticket_id": 1161, "outcome_id": 89, "note": note, "note_html": ""})).await;
    let (_, mail) = invite_of(&house, 1161).await;
    assert!(text(&mail["html"]).starts_with("Load &lt; 5 &amp; rising.<br>Join me: http://appliance.localhost"), "{mail}");
}

#[tokio::test]
async fn invites_13_an_action_that_is_told_again_after_it_was_forgotten_sends_no_second_mail() {
    let (house, clock) = House::open_by("").await;
    let house = set_up(house, json!({})).await;
    as_agent(&house, 43, "Actions", json!({"ticket_id": 1161, "outcome_id": 89, "note_html": "<p>Hello</p>"})).await;
    invite_of(&house, 1161).await;
    let told: u32 = house.sql().query_row("SELECT min(action) FROM doorbells", [], |row| row.get(0)).unwrap();
    clock.advance(Duration::from_secs(8 * 86_400));
    remote_support_proxy::upkeep::forget(house.app()).await;
    let rows: u32 = house.sql().query_row("SELECT count(*) FROM doorbells", [], |row| row.get(0)).unwrap();
    assert_eq!(rows, 0);
    assert_eq!(told_of(&house, 1161, &json!(told)).await.0, "automatic.begun", "it was found begun");
    invite_of(&house, 1161).await;
    assert_eq!(house.keys().await.len(), 1);
}

#[tokio::test]
async fn invites_14_an_action_without_channel_goes_to_the_default_team_or_blank_or_nowhere() {
    let house = house().await;
    let invite = json!({"ticket_id": 1161, "outcome_id": 89, "note_html": "<p>Hello</p>"});
    as_agent(&house, 43, "Actions", invite.clone()).await;
    let (_, mail) = invite_of(&house, 1161).await;
    assert!(text(&mail["html"]).contains("http://appliance.localhost"), "the canned text leads into the session: {mail}");
    assert_eq!(house.keys().await[0]["queue"], "team:3");

    let teams: Value = serde_json::from_str(NO_DEFAULT).unwrap();
    let frame = house.sign_in(42).await;
    frame.settings(json!({"teams": teams})).await;
    as_agent(&house, 43, "Actions", json!({"ticket_id": 1162, "outcome_id": 89, "note_html": "<p>Hello</p>"})).await;
    let (action, mail) = invite_of(&house, 1162).await;
    assert!(!text(&mail["html"]).contains("http://appliance.localhost"), "{mail}");
    assert_eq!(action["hiddenfromuser"], true, "the warning is for agents");
    assert!(text(&action["note"]).contains("Sent without link and code"), "{action}");

    frame.settings(json!({"blankLink": "hold"})).await;
    let held = portal_ticket(&house, 3).await;
    quiet(&house).await;
    let actions = house.actions(held, "Remote Session Invite").await;
    assert_eq!(actions.len(), 1, "{actions:?}");
    assert!(text(&actions[0]["note"]).contains("Held back"), "{actions:?}");
    assert_eq!((&actions[0]["hiddenfromuser"], house.mails().await.len()), (&json!(true), 2));
    assert_eq!(house.keys().await.len(), 1);
}

/// Tells the proxy of an action as Halo does; what came of it, and how often Halo was asked for what.
async fn told_of(house: &House, ticket: u32, action: &Value) -> (String, Vec<String>) {
    let paths = async || {
        let ledger = house.halo("ledger", None).await;
        let all = ledger["requests"].as_array().unwrap().iter().map(|request| request["path"].as_str().unwrap().to_owned());
        // What is asked at the start, by and by, does not count.
        all.filter(|path| ["/api/Actions", "/api/Tickets", "/api/Agent"].iter().any(|of| path.starts_with(of))).collect::<Vec<_>>()
    };
    let before = paths().await.len();
    let url = house.proxy_url(&format!("/halo/{WEBHOOK_TOKEN}"));
    let body = json!({"ticket_id": ticket, "action_id": action});
    assert_eq!(house.client.post(&url).json(&body).send().await.unwrap().status(), 200);
    quiet(house).await;
    let sql = "SELECT reason FROM doorbells WHERE ticket = ?1 AND action = ?2";
    let reason: String = house.sql().query_row(sql, rusqlite::params![ticket, action.as_i64()], |row| row.get(0)).unwrap();
    let reason: Value = serde_json::from_str(&reason).unwrap();
    (text(&reason["payload"]["code"]).to_owned(), paths().await.split_off(before))
}

#[tokio::test]
async fn invites_14_an_action_that_sends_nothing_costs_one_call_and_our_own_none() {
    let house = house().await;
    // Told by hand.
    house.halo("settings", Some(json!({"webhook_url": null}))).await;
    let frame = house.sign_in(42).await;
    let invite = json!({"ticket": 1161, "channel": {"team": "team:3"}, "email": "connor@batley.example"});
    let (status, sent) = frame.invite("an-idempotency-key-of-the-test", &invite).await;
    assert_eq!(status, 201, "{sent}");
    let own = &house.actions(1161, "Remote Session Invite").await[0]["id"];
    assert_eq!(told_of(&house, 1161, own).await, ("automatic.ours".to_owned(), vec![]));

    let other = as_agent(&house, 43, "Actions", json!({"ticket_id": 1161, "outcome": "Private Note", "note_html": "<p>Hello</p>"})).await;
    let (reason, asked) = told_of(&house, 1161, &other["id"]).await;
    assert_eq!((reason.as_str(), asked), ("automatic.otherAction", vec![format!("/api/Actions/{}", other["id"])]));
    assert_eq!(house.mails().await.len(), 1);
}

#[tokio::test]
async fn invites_15_an_agents_new_ticket_invites_once_as_its_field_says() {
    let house = house().await;
    let off = agent_ticket(&house, 43, json!({"customfields": [{"id": SEND_FIELD, "value": "false"}]})).await;
    quiet(&house).await;
    assert!(house.mails().await.is_empty() && house.actions(off, "Remote Session Invite").await.is_empty());

    let fields = json!([{"id": SEND_FIELD, "value": true}, {"id": CHANNEL_FIELD, "value": "Priya Nair"}]);
    let on = agent_ticket(&house, 43, json!({"customfields": fields})).await;
    let (action, _) = invite_of(&house, on).await;
    assert!(text(&action["note"]).starts_with("By Ann Keller."), "{action}");
    assert!(text(&house.keys().await[0]["queue"]).starts_with("rep:"), "{:?}", house.keys().await);

    // With the agent's own token it is the agent's own action.
    house.sign_in(43).await;
    let own = agent_ticket(&house, 43, json!({"customfields": fields})).await;
    let (action, _) = invite_of(&house, own).await;
    assert_eq!(action["who_agentid"], 43);

    house.halo("settings", Some(json!({"builtin_integration": true}))).await;
    let native = agent_ticket(&house, 43, json!({"customfields": fields, "send_remoteinvite": true})).await;
    let (action, mail) = invite_of(&house, native).await;
    assert_eq!((&mail["native"], &action["hiddenfromuser"]), (&json!(true), &json!(true)), "one mail, Halo's own");
    assert!(text(&action["note"]).contains("No second invite"), "{action}");
}

#[tokio::test]
async fn invites_16_a_ticket_of_the_portal_invites_for_the_default_team_also_after_an_outage() {
    let mut house = house().await;
    house.appliance("settings", Some(json!({"xml_api_enabled": false}))).await;
    let none = portal_ticket(&house, 1).await;
    let ticket = portal_ticket(&house, 3).await;
    house
        .until("it was tried", async |house| {
            let tried = "SELECT count(*) FROM invites WHERE reason IS NOT NULL";
            let tried: u32 = house.sql().query_row(tried, [], |row| row.get(0)).unwrap();
            (tried > 0).then_some(())
        })
        .await;
    assert!(house.actions(ticket, "Remote Session Invite").await.is_empty(), "the ticket is untouched");
    let (_, list) = house.sign_in(42).await.get(&format!("/invites?ticket={ticket}")).await;
    let waits = &list["invites"][0];
    assert_eq!(waits["reason"]["code"], "invite.waits", "{list}");
    assert!(text(&waits["cause"]["code"]).starts_with("failure."), "and why: {list}");
    house.restart().await;
    house.appliance("settings", Some(json!({"xml_api_enabled": true}))).await;
    let (action, _) = invite_of(&house, ticket).await;
    assert_eq!(action["who_agentid"], 90, "a system action");
    assert_eq!(house.keys().await[0]["queue"], "team:3");
    assert!(house.actions(none, "Remote Session Invite").await.is_empty());

    // Told again, it is the same.
    let url = house.proxy_url(&format!("/halo/{WEBHOOK_TOKEN}"));
    for _ in 0..20 {
        let body = json!({"event": "New Ticket Logged", "ticket": {"id": ticket, "summary": "x"}});
        assert_eq!(house.client.post(&url).json(&body).send().await.unwrap().status(), 200);
    }
    invite_of(&house, ticket).await;
}

#[tokio::test]
async fn f38_an_invite_that_waited_in_yesterdays_backup_is_not_sent_twice() {
    let mut house = house().await;
    house.appliance("settings", Some(json!({"xml_api_enabled": false}))).await;
    let ticket = portal_ticket(&house, 3).await;
    let begun = async |house: &House| {
        let count: u32 = house.sql().query_row("SELECT count(*) FROM invites", [], |row| row.get(0)).unwrap();
        (count == 1).then_some(())
    };
    house.until("it waits", begun).await;
    let copy = house.folder.path().join("yesterday.sqlite3");
    house.app().store.backup(copy.clone()).await.unwrap();
    house.appliance("settings", Some(json!({"xml_api_enabled": true}))).await;
    invite_of(&house, ticket).await;
    house.stop_proxy().await;
    let data = house.folder.path().join("data");
    for end in ["-wal", "-shm"] {
        drop(std::fs::remove_file(data.join(format!("store.sqlite3{end}"))));
    }
    std::fs::copy(&copy, data.join("store.sqlite3")).unwrap();
    house.start_proxy().await;
    let found = async |house: &House| {
        let state: String = house.sql().query_row("SELECT state FROM invites", [], |row| row.get(0)).unwrap();
        (state == "sent").then_some(())
    };
    house.until("it is found to be out", found).await;
    invite_of(&house, ticket).await;
    assert_eq!(house.keys().await.len(), 1, "no other key was made for it");
}

#[tokio::test]
async fn invites_16_a_mail_whose_answer_was_lost_goes_out_once() {
    let mut house = house().await;
    let fault = json!([{"path": "/api/Actions", "method": "POST", "kind": "commit_then_cut"}]);
    house.halo("faults", Some(fault)).await;
    let ticket = portal_ticket(&house, 3).await;
    house.until("the mail went out", async |house| (!house.mails().await.is_empty()).then_some(())).await;
    house.restart().await;
    invite_of(&house, ticket).await;
    assert_eq!(house.keys().await.len(), 1);
}

#[tokio::test]
async fn invites_16_a_webhook_is_let_in_by_its_token_and_kept_when_it_cannot_be_read() {
    let house = House::open_with("").await;
    let post = async |token: &str, body: &'static str| {
        house.client.post(house.proxy_url(&format!("/halo/{token}"))).body(body).send().await.unwrap().status().as_u16()
    };
    assert_eq!(post("a-wrong-token-a-wrong-token-a-wrong-token", "{}").await, 404);
    assert_eq!(post(WEBHOOK_TOKEN, "<html>").await, 200);
    assert_eq!(post(WEBHOOK_TOKEN, "<html>").await, 200);
    let row = |row: &rusqlite::Row<'_>| Ok((row.get::<_, String>(0)?, row.get::<_, u32>(1)?));
    let kept = house.sql().query_row("SELECT reason, repeats FROM unread_webhooks", [], row).unwrap();
    assert_eq!(kept, ("the body is not JSON".to_owned(), 1));
}

#[tokio::test]
async fn invites_16_a_backlog_of_sessions_does_not_hold_an_invite_back() {
    const BACKLOG: u32 = 80;
    let mut house = house().await;
    house.halo("settings", Some(json!({"webhook_url": null}))).await;
    let ticket = portal_ticket(&house, 3).await;
    house.stop_proxy().await;
    // Reports that nobody has, each asked for over a slow line.
    house.appliance("settings", Some(json!({"latency_ms": 200}))).await;
    let store = Sqlite::open(&house.folder.path().join("data/store.sqlite3")).unwrap();
    let lsids = (0..BACKLOG).map(|number| format!("{number:032x}").parse().unwrap()).collect();
    let at = SystemClock::new().now();
    store.announce(lsids, at).await.unwrap();
    store.ring(vec![Ring { ticket: TicketId::new(ticket).unwrap(), action: None }], at).await.unwrap();
    drop(store);
    house.start_proxy().await;
    house.until("the mail goes out", async |house| (!house.mails().await.is_empty()).then_some(())).await;
    let waiting: u32 = house.sql().query_row("SELECT count(*) FROM sessions WHERE fence = 0", [], |row| row.get(0)).unwrap();
    assert!(waiting > 0, "sessions wait that came before");
}

/// Rows of this table that were taken up, and those that somebody holds.
fn taken_up(house: &House, table: &str) -> (u32, u32) {
    let sql = format!("SELECT coalesce(sum(fence), 0), count(lease_until) FROM {table}");
    house.sql().query_row(&sql, [], |row| Ok((row.get(0)?, row.get(1)?))).unwrap()
}

#[tokio::test]
async fn invites_16_a_halo_that_was_down_is_tried_by_one_ring_and_by_one_invite_at_a_time() {
    let (house, clock) = House::open_by("").await;
    let house = set_up(house, json!({})).await;
    let broken = async |house: &House| {
        let rests = house.app().lines.halo.standing().pause.is_some_and(|(why, _)| why == Pause::Broken);
        (rests && taken_up(house, "doorbells").1 + taken_up(house, "invites").1 == 0).then_some(())
    };
    let trial = async |table: &str| {
        clock.advance(Duration::from_secs(31));
        let before = taken_up(&house, table).0;
        house
            .until("the line was tried", async |house| {
                let (taken, held) = taken_up(house, table);
                (taken > before && held == 0).then_some(())
            })
            .await;
        taken_up(&house, table).0 - before
    };
    // Slow to fail, so that whoever else tries is seen.
    let down = json!({"down": true, "latency_ms": 300, "webhook_url": null});
    let up = json!({"down": false, "latency_ms": 0});
    house.appliance("settings", Some(json!({"xml_api_enabled": false}))).await;
    for _ in 0..8 {
        portal_ticket(&house, 3).await;
    }
    quiet_but_for_invites(&house).await;
    house.halo("settings", Some(down)).await;
    clock.advance(Duration::from_secs(5));
    house.until("the line rests", broken).await;
    assert_eq!(trial("invites").await, 1);

    house.sql().execute("UPDATE invites SET next_at = NULL", []).unwrap();
    let rings: Vec<Value> = (1..=8).map(|action| json!({"ticket_id": 1161, "action_id": action})).collect();
    let url = house.proxy_url(&format!("/halo/{WEBHOOK_TOKEN}"));
    assert_eq!(house.client.post(&url).json(&json!(rings)).send().await.unwrap().status(), 200);
    assert_eq!(trial("doorbells").await, 1);
    house.halo("settings", Some(up)).await;
    clock.advance(Duration::from_secs(31));
    quiet(&house).await;
}
