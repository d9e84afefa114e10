//! Invites over real HTTP: into live chats, seen through their life, renewed and taken back. Mails from a ticket are told in
//! `main_job.rs`; scenario numbers are those of `tests/scenarios.toml`.
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

use house::{EVENT_TOKEN, Frame, House};
use reqwest::Method;
use serde_json::{Value, json};
use std::time::Duration;

const PRIYA: u32 = 42;
const ANN: u32 = 43;
/// Open, of Connor Blake, without a ticket.
const CHAT: u32 = 640;
/// All that BeyondTrust can be set up to tell of a session.
const EVENTS: [&str; 4] =
    ["support_conference_begin", "support_conference_member_added", "support_conference_member_departed", "support_conference_end"];

fn key(number: u32) -> String {
    format!("idempotency-key-{number:04}")
}

fn mailed(agent: u32) -> Value {
    json!({"ticket": 1161, "channel": {"agent": agent}, "email": "connor@batley.example"})
}

fn posted(agent: u32) -> Value {
    json!({"chat": CHAT, "channel": {"agent": agent}})
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// What was posted, to any chat.
async fn messages(house: &House) -> Vec<Value> {
    house.halo("ledger", None).await["chat_messages"].as_array().unwrap().clone()
}

/// The invite as its ticket's or chat's list shows it.
async fn seen(frame: &Frame<'_>, query: &str, id: &Value) -> Value {
    let (status, list) = frame.get(&format!("/invites?{query}")).await;
    assert_eq!(status, 200, "{list}");
    list["invites"].as_array().unwrap().iter().find(|invite| invite["id"] == *id).cloned().unwrap_or(Value::Null)
}

/// Waits until the list shows the invite in this state.
async fn reaches(house: &House, frame: &Frame<'_>, query: &str, id: &Value, state: &str) -> Value {
    let asked = async |_: &House| Some(seen(frame, query, id).await).filter(|invite| invite["state"] == state);
    house.until(&format!("the invite is {state}"), asked).await
}

/// Calls of agents and service to Halo's API so far, tokens left out.
async fn calls(house: &House) -> usize {
    let ledger = house.halo("ledger", None).await;
    let requests = ledger["requests"].as_array().unwrap().iter();
    requests.filter(|request| text(&request["path"]).to_lowercase().starts_with("/api/")).count()
}

#[tokio::test]
async fn invites_7_in_a_live_chat_the_agent_posts_the_template_with_a_working_link() {
    let house = House::open().await;
    let frame = house.sign_in(PRIYA).await;
    let (status, channels) = frame.get("/channels?chat=640").await;
    assert_eq!(status, 200, "{channels}");
    assert_eq!((&channels["chat"]["id"], &channels["chat"]["userName"]), (&json!(CHAT), &json!("Connor Blake")));
    assert!(channels.get("ticket").is_none() && text(&channels["draft"]["chat"]).contains("$LINKTOREMOTE"), "{channels}");
    assert_eq!(channels["channels"][0]["presence"]["is"], "loggedIn");

    let (status, invite) = frame.invite(&key(1), &posted(PRIYA)).await;
    assert_eq!((status, &invite["state"]), (201, &json!("sent")), "{invite}");
    assert_eq!((&invite["chat"], &invite["ticket"], &invite["email"]), (&json!(CHAT), &Value::Null, &Value::Null));
    let (messages, keys) = (messages(&house).await, house.keys().await);
    assert_eq!((messages.len(), keys.len()), (1, 1));
    let html = text(&messages[0]["text"]);
    assert_eq!((&messages[0]["chat_id"], &messages[0]["agent_id"]), (&json!(CHAT), &json!(PRIYA)), "in her own name");
    assert!(html.contains(&format!("href=\"{}\"", text(&keys[0]["key_url"]))), "{html}");
    assert!(html.contains(&text(&keys[0]["short_key"])) && html.contains(&format!("Invite {}", text(&invite["id"]))), "{html}");
    assert_eq!(text(&keys[0]["external_key"]), format!("chat-640.{}", text(&invite["id"])));
    assert_eq!(text(&keys[0]["queue"]), "rep:7");
    assert_eq!(house.mails().await.len(), 0, "nothing is mailed");
    assert!(!invite.to_string().contains("?ak="), "no link reaches the browser");

    let again = frame.invite(&key(1), &posted(PRIYA)).await;
    assert_eq!((again.0, &again.1["id"]), (201, &invite["id"]), "a double click is one message");
    assert_eq!((self::messages(&house).await.len(), house.keys().await.len()), (1, 1));
    assert_eq!(seen(&frame, "chat=640", &invite["id"]).await["chat"], CHAT);
    assert_eq!(seen(&frame, "ticket=1161", &invite["id"]).await, Value::Null);

    // The customer follows the link: the session's details come back into the chat.
    let lsid = house.play(Some(&text(&keys[0]["short_key"])), None, "rep:7").await;
    let session = house.settled(&lsid).await;
    assert_eq!((&session["state"], &session["disposition"]["destination"]["kind"]), (&json!("stored"), &json!("chat")), "{session}");
    let shown = reaches(&house, &frame, "chat=640", &invite["id"], "ended").await;
    assert_eq!((&shown["session"]["lsid"], &shown["session"]["state"]), (&json!(lsid), &json!("stored")), "{shown}");
}

#[tokio::test]
async fn invites_7_open_chats_are_found_through_the_ticket_and_through_ones_own() {
    let house = House::open().await;
    let (priya, ann) = (house.sign_in(PRIYA).await, house.sign_in(ANN).await);
    let ids = |answer: &Value, list: &str| {
        let mut ids: Vec<_> = answer[list].as_array().unwrap().iter().map(|chat| chat["id"].as_u64().unwrap()).collect();
        ids.sort_unstable();
        ids
    };
    let (status, of_ticket) = priya.get("/chats?ticket=1161").await;
    assert_eq!((status, ids(&of_ticket, "chats")), (200, vec![641]), "{of_ticket}");
    assert_eq!((&of_ticket["chats"][0]["ticket"], &of_ticket["chats"][0]["userName"]), (&json!(1161), &json!("Connor Blake")));
    assert!(of_ticket["chats"][0]["changed"].is_i64(), "{of_ticket}");
    assert_eq!(ids(&priya.get("/channels?ticket=1161").await.1, "chats"), [641]);
    assert_eq!(ids(&priya.get("/chats?ticket=1162").await.1, "chats"), Vec::<u64>::new());
    assert_eq!(ids(&priya.get("/chats").await.1, "chats"), [640, 641, 643], "the closed one is not there");
    assert_eq!(ids(&ann.get("/chats").await.1, "chats"), [640, 643], "Priya's is not hers");

    let (_, invite) =
        priya.invite(&key(1), &json!({"chat": 641, "channel": {"team": "team:3"}, "body": "<p>$FAULTID</p>$REMOTEINVITE"})).await;
    let (_, of_ticket) = priya.get("/chats?ticket=1161").await;
    assert_eq!(of_ticket["chats"][0]["invite"]["id"], invite["id"], "each comes with its latest invite: {of_ticket}");
    let html = text(&messages(&house).await[0]["text"]);
    assert!(html.contains("<p>1161</p>") && html.contains("Click here"), "the canned text nests, and the chat's ticket is known: {html}");
    assert_eq!(priya.get("/chats?ticket=4711").await.1["code"], "ticket_unknown");
}

#[tokio::test]
async fn invites_18_hostile_names_stay_text_in_a_chat() {
    let house = House::open().await;
    let frame = house.sign_in(PRIYA).await;
    house.halo("chats/643", Some(json!({"name": "<img src=x onerror=alert(1)> $LINKTOREMOTE"}))).await;
    let request = json!({"chat": 643, "body": "<p>$USERNAME costs $100, $FAULTID</p>$REMOTEINVITE"});
    let (status, invite) = frame.invite(&key(1), &request).await;
    assert_eq!((status, &invite["routing"]["reason"]), (201, &json!("noChannel")), "{invite}");
    let html = text(&messages(&house).await[0]["text"]);
    assert!(!html.contains("<img") && html.contains("&lt;img") && html.contains("LINKTOREMOTE costs $100, $FAULTID"), "{html}");
    assert_eq!(invite["warnings"][0]["code"], "invite.leftToHalo", "nobody fills that in: {invite}");
    let (_, channels) = frame.get("/channels?chat=643").await;
    assert_eq!(channels["chat"]["userName"], Value::Null, "an anonymous customer has no name");
}

#[tokio::test]
async fn invites_8_in_a_chat_a_refusal_says_why_posts_nothing_and_leaves_nothing() {
    let house = House::open().await;
    let frame = house.sign_in(PRIYA).await;
    let error = "<error xmlns=\"https://www.beyondtrust.com/namespaces/API/command\">The queue is not available.</error>";
    let fault = json!([{"path": "/api/command", "action": "generate_session_key", "kind": "status", "status": 200, "body": error}]);
    house.appliance("faults", Some(fault)).await;
    let (status, problem) = frame.invite(&key(1), &posted(PRIYA)).await;
    assert_eq!((status, &problem["code"]), (502, &json!("appliance_error")), "{problem}");
    assert!(text(&problem["detail"]).contains("The queue is not available."), "{problem}");
    assert_eq!((messages(&house).await.len(), house.keys().await.len()), (0, 0));
    assert_eq!(frame.get("/invites?chat=640").await.1["invites"], json!([]), "nothing is left of it");
    let (status, invite) = frame.invite(&key(1), &posted(PRIYA)).await;
    assert_eq!(status, 201, "the same request may come again: {invite}");
    assert_eq!(messages(&house).await.len(), 1);
}

#[tokio::test]
async fn invites_9_techunavailable_in_a_chat_makes_no_key() {
    let house = House::open().await;
    let frame = house.sign_in(PRIYA).await;
    frame.settings(json!({"fallback": false})).await;
    let (status, problem) = frame.invite(&key(1), &posted(ANN)).await;
    assert_eq!((status, &problem["code"], &problem["routing"]["reason"]), (409, &json!("tech_unavailable"), &json!("techUnavailable")));
    house.appliance("representatives/9", Some(json!({"logged_in": true}))).await;
    let (_, channels) = frame.get("/channels?chat=640").await;
    house.appliance("representatives/9", Some(json!({"logged_in": false}))).await;
    assert!(channels["channels"].is_array());
    let (_, problem) = frame.invite(&key(1), &posted(ANN)).await;
    assert_eq!(problem["code"], "tech_unavailable", "also when she logged out a second ago");
    assert_eq!((house.keys().await.len(), messages(&house).await.len()), (0, 0));
}

#[tokio::test]
async fn invites_7_who_may_post_where_is_asked_of_halo_and_of_the_settings() {
    let house = House::open().await;
    let frame = house.sign_in(PRIYA).await;
    for (number, (request, status, code)) in [
        (json!({"chat": 642}), 409, "chat_closed"),
        (json!({"chat": 9999}), 404, "chat_unknown"),
        (json!({"chat": 0}), 400, "body_invalid"),
        (json!({"chat": CHAT, "ticket": 1161, "email": "connor@batley.example"}), 400, "body_invalid"),
        (json!({"chat": CHAT, "email": "connor@batley.example"}), 400, "body_invalid"),
        (json!({}), 400, "body_invalid"),
        (json!({"chat": CHAT, "body": "{{{raw}}}"}), 422, "template_refused"),
        (json!({"chat": CHAT, "channel": {"agent": 45}}), 409, "channel_not_enabled"),
    ]
    .into_iter()
    .enumerate()
    {
        let (seen, problem) = frame.invite(&key(number.try_into().unwrap()), &request).await;
        assert_eq!((seen, &problem["code"]), (status, &json!(code)), "{request}: {problem}");
    }
    assert_eq!(frame.get("/channels?chat=642").await.1["code"], "chat_closed");
    assert_eq!(frame.get("/invites?chat=642").await.0, 200, "what was posted to it may still be seen");
    // The switch for the ticket screen is about tickets; the one for other agents is about everything.
    frame.settings(json!({"quickInvites": false, "inviteForOthers": false})).await;
    assert_eq!(frame.invite(&key(20), &posted(ANN)).await.1["code"], "other_agents_off");
    assert_eq!(frame.invite(&key(21), &posted(PRIYA)).await.0, 201);
    let ann = house.sign_in(ANN).await;
    house.halo("settings", Some(json!({"no_module": ["43:Chat"]}))).await;
    assert_eq!(ann.invite(&key(22), &posted(ANN)).await.1["code"], "chat_unknown");
    assert_eq!(messages(&house).await.len(), 1);
}

#[tokio::test]
async fn faults_37_a_message_whose_answer_was_lost_is_posted_once_even_across_a_restart() {
    let mut house = House::open().await;
    let cookie = house.sign_in(PRIYA).await.cookie;
    for (number, fault, kept) in [(1, "commit_then_cut", true), (2, "cut", false)] {
        let before = messages(&house).await.len();
        house.halo("faults", Some(json!([{"path": "/api/ChatMessage", "method": "POST", "kind": fault, "times": 1}]))).await;
        let frame = Frame { house: &house, cookie: cookie.clone() };
        let (status, invite) = frame.invite(&key(number), &posted(PRIYA)).await;
        assert_eq!((status, &invite["state"], &invite["reason"]["code"]), (202, &json!("draft"), &json!("invite.inDoubt")), "{invite}");
        assert_eq!(messages(&house).await.len() - before, usize::from(kept));
        house.restart().await;
        let frame = Frame { house: &house, cookie: cookie.clone() };
        reaches(&house, &frame, "chat=640", &invite["id"], "unreported").await;
        assert_eq!(messages(&house).await.len() - before, 1, "{fault}");
    }
    assert_eq!(house.keys().await.len(), 2, "each with the key it was made with");
}

#[tokio::test]
async fn faults_37_a_chat_invite_that_was_only_begun_is_made_anew_after_a_restart() {
    let mut house = House::open().await;
    let cookie = house.sign_in(PRIYA).await.cookie;
    house.halo("faults", Some(json!([{"path": "/api/ChatMessage", "method": "POST", "kind": "status", "status": 400}]))).await;
    let (status, problem) = Frame { house: &house, cookie: cookie.clone() }.invite(&key(1), &posted(PRIYA)).await;
    assert_eq!((status, &problem["code"]), (409, &json!("halo_refused")), "{problem}");
    let (_, list) = Frame { house: &house, cookie }.get("/invites?chat=640").await;
    assert_eq!(
        (&list["invites"][0]["state"], &list["invites"][0]["reason"]["code"]),
        (&json!("draft"), &json!("invite.notSent")),
        "{list}"
    );
    assert_eq!(list["lookAgain"], 15, "nothing goes on by itself");
    house.stop_proxy().await;
    house.sql().execute("UPDATE invites SET state = 'draft', lease_until = 1, next_at = 1", []).unwrap();
    house.start_proxy().await;
    let posted = house.until("it is posted", async |house| messages(house).await.pop()).await;
    let keys = house.keys().await;
    assert!(text(&posted["text"]).contains(&text(&keys[1]["short_key"])), "with the key that was made last");
    assert_eq!((keys.len(), messages(&house).await.len()), (2, 1));
}

#[tokio::test]
async fn invites_8_a_chat_that_was_closed_in_the_meantime_gets_nothing() {
    let house = House::open().await;
    let frame = house.sign_in(PRIYA).await;
    house.halo("faults", Some(json!([{"path": "/api/ChatMessage", "method": "POST", "kind": "cut", "times": 1}]))).await;
    assert_eq!(frame.invite(&key(1), &posted(PRIYA)).await.0, 202);
    house.halo("chats/640", Some(json!({"isclosed": true}))).await;
    house
        .until("it is given up", async |house| {
            let due: i64 = house.sql().query_row("SELECT count(*) FROM invites WHERE next_at IS NOT NULL", [], |row| row.get(0)).unwrap();
            (due == 0).then_some(())
        })
        .await;
    assert_eq!(messages(&house).await.len(), 0);
    assert_eq!(frame.invite(&key(1), &posted(PRIYA)).await.1["code"], "chat_closed");
}

#[tokio::test]
async fn invites_20_a_colleague_is_told_who_has_just_invited_and_may_confirm() {
    let house = House::open().await;
    let (priya, ann) = (house.sign_in(PRIYA).await, house.sign_in(ANN).await);
    for (number, request, sent) in [(0, mailed(PRIYA), 2), (10, posted(PRIYA), 2)] {
        let again = |request: &Value| {
            let mut request = request.clone();
            request["again"] = json!(true);
            request
        };
        let (status, first) = priya.invite(&key(number + 1), &request).await;
        assert_eq!(status, 201, "{first}");
        let (status, problem) = ann.invite(&key(number + 2), &request).await;
        assert_eq!((status, &problem["code"], &problem["args"]["name"]), (409, &json!("recent_invite"), &json!("Priya Nair")), "{problem}");
        assert!(text(&problem["args"]["seconds"]).parse::<u32>().unwrap() < 60, "{problem}");
        let (status, _) = priya.invite(&key(number + 1), &request).await;
        assert_eq!(status, 201, "a repeat of her own is no second one");
        let (status, second) = ann.invite(&key(number + 2), &again(&request)).await;
        assert_eq!(status, 201, "under the same key, confirmed: {second}");
        assert_ne!(first["id"], second["id"]);
        assert_eq!(house.keys().await.len(), sent + usize::try_from(number).unwrap() / 5);
    }
    // At the same moment: exactly one of them goes through.
    let request = json!({"ticket": 1162, "channel": {"agent": PRIYA}, "email": "connor@batley.example"});
    let (first, second) = (key(21), key(22));
    let (one, two) = tokio::join!(priya.invite(&first, &request), ann.invite(&second, &request));
    let mut statuses = [one.0, two.0];
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 409], "{one:?} {two:?}");
}

#[tokio::test]
async fn invites_20_what_is_over_or_long_ago_is_no_news() {
    let (house, clock) = House::open_by("").await;
    let (priya, ann) = (house.sign_in(PRIYA).await, house.sign_in(ANN).await);
    let (_, first) = priya.invite(&key(1), &mailed(PRIYA)).await;
    let (status, revoked) = priya.send(Method::POST, &format!("/invites/{}/revoke", text(&first["id"])), &[], &json!({})).await;
    assert_eq!((status, &revoked["state"]), (200, &json!("revoked")), "{revoked}");
    assert_eq!(ann.invite(&key(2), &mailed(PRIYA)).await.0, 201, "what was taken back is not in the way");
    assert_eq!(priya.invite(&key(3), &mailed(PRIYA)).await.1["code"], "recent_invite");
    clock.advance(Duration::from_secs(121));
    assert_eq!(priya.invite(&key(4), &mailed(PRIYA)).await.0, 201);
}

#[tokio::test]
async fn invites_21_what_becomes_of_an_invite_is_told_step_by_step() {
    let house = House::open().await;
    let frame = house.sign_in(PRIYA).await;
    let (_, silent) = frame.invite(&key(1), &mailed(PRIYA)).await;
    assert_eq!(seen(&frame, "ticket=1161", &silent["id"]).await["state"], "unreported", "nothing has told of a running session yet");
    house.appliance("settings", Some(json!({"events_to_send": EVENTS}))).await;
    let (_, invite) = frame.invite(&key(2), &mailed(PRIYA)).await;
    let id = &invite["id"];
    let short_key = text(&house.keys().await[1]["short_key"]);
    let lsid = house.appliance("play", Some(json!({"short_key": short_key}))).await["lsid"].as_str().unwrap().to_owned();
    let waiting = reaches(&house, &frame, "ticket=1161", id, "waiting").await;
    assert_eq!(
        (waiting["steps"].as_array().unwrap().len(), waiting.get("session")),
        (1, None),
        "begin and customer are one step: {waiting}"
    );
    assert_eq!(seen(&frame, "ticket=1161", &silent["id"]).await["state"], "sent", "now it is known that BeyondTrust tells");

    let step = async |step: Value| {
        let url = format!("http://{}/demo/step", house.simulator.appliance_addr);
        let answer = house.client.post(url).json(&json!({"lsid": lsid, "step": step})).send().await.unwrap();
        assert!(answer.status().is_success());
    };
    step(json!({"join": "rep:7"})).await;
    let joined = reaches(&house, &frame, "ticket=1161", id, "joined").await;
    assert_eq!((&joined["steps"][1]["is"], &joined["steps"][1]["name"]), (&json!("joined"), &json!("Priya Nair")), "{joined}");
    let (_, list) = frame.get("/invites?ticket=1161").await;
    assert_eq!(list["lookAgain"], 3);
    let revoke = format!("/invites/{}/revoke", text(id));
    assert_eq!(frame.send(Method::POST, &revoke, &[], &json!({})).await.1["code"], "invite_not_now", "a technician is at work");
    step(json!({"leave": "rep:7"})).await;
    let left = reaches(&house, &frame, "ticket=1161", id, "waiting").await;
    assert_eq!(left["steps"].as_array().unwrap().len(), 3, "{left}");
    step(json!({"join": "rep:7"})).await;
    house.appliance(&format!("sessions/{lsid}/end"), Some(json!({}))).await;
    let ended = reaches(&house, &frame, "ticket=1161", id, "ended").await;
    assert_eq!(ended["steps"].as_array().unwrap().last().unwrap()["is"], "ended", "{ended}");
    let written = house
        .until("its details are on the ticket", async |_| {
            Some(seen(&frame, "ticket=1161", id).await).filter(|invite| invite["session"]["state"] == "written")
        })
        .await;
    assert_eq!((&written["session"]["lsid"], &written["session"]["ticket"]), (&json!(lsid), &json!(1161)), "{written}");
    let (status, problem) = frame.send(Method::POST, &revoke, &[], &json!({})).await;
    assert_eq!((status, &problem["code"], &problem["args"]["state"]), (409, &json!("invite_not_now"), &json!("ended")), "{problem}");

    // Every event again, and late: nothing changes.
    let before = seen(&frame, "ticket=1161", id).await["steps"].clone();
    let events = house.appliance("ledger", None).await["events"].clone();
    for event in events.as_array().unwrap().iter().rev() {
        assert_eq!(house.post_event(text(&event["body"])).await, 200);
    }
    assert_eq!(seen(&frame, "ticket=1161", id).await["steps"], before);
}

#[tokio::test]
async fn invites_21_a_session_whose_report_alone_names_the_invite_is_shown_with_it() {
    let house = House::open().await;
    let frame = house.sign_in(PRIYA).await;
    let (_, invite) = frame.invite(&key(1), &mailed(PRIYA)).await;
    let short_key = text(&house.keys().await[0]["short_key"]);
    let body = json!({"short_key": short_key, "script": [{"join": "rep:7"}], "end": true, "announce": false});
    let lsid = house.appliance("play", Some(body)).await["lsid"].as_str().unwrap().to_owned();
    assert_eq!(house.post_event(format!("event=support_conference_end&lsid={lsid}")).await, 200, "an end without a key");
    let ended = reaches(&house, &frame, "ticket=1161", &invite["id"], "ended").await;
    assert_eq!((&ended["session"]["lsid"], &ended["steps"][0]["is"]), (&json!(lsid), &json!("ended")), "{ended}");
}

#[tokio::test]
async fn invites_21_an_expired_invite_says_so_and_is_sent_anew_with_its_own_words() {
    let (house, clock) = House::open_by("").await;
    house.appliance("settings", Some(json!({"key_ttl_seconds": 3600}))).await;
    let frame = house.sign_in(PRIYA).await;
    for (number, request, query) in [
        (
            0,
            json!({"ticket": 1161, "channel": {"agent": PRIYA}, "email": "connor@batley.example", "subject": "Mine", "body": "<p>Mine: $LINKTOREMOTE</p>"}),
            "ticket=1161",
        ),
        (10, json!({"chat": CHAT, "channel": {"agent": PRIYA}, "body": "<p>Mine: $LINKTOREMOTE</p>"}), "chat=640"),
    ] {
        let (_, old) = frame.invite(&key(number + 1), &request).await;
        assert!(old["expires"].is_i64(), "{old}");
        clock.advance(Duration::from_secs(3700));
        assert_eq!(seen(&frame, query, &old["id"]).await["state"], "expired");
        let renew = format!("/invites/{}/renew", text(&old["id"]));
        let of_renewal = key(number + 2);
        let renewed = async || frame.send(Method::POST, &renew, &[("idempotency-key", &of_renewal)], &json!({})).await;
        let (status, new) = renewed().await;
        assert_eq!((status, &new["state"]), (201, &json!("sent")), "{new}");
        assert_eq!((&new["email"], &new["chat"], &new["ticket"]), (&old["email"], &old["chat"], &old["ticket"]));
        assert_ne!(new["id"], old["id"]);
        assert_eq!(renewed().await.1["id"], new["id"], "a double click is one renewal");
    }
    let (mails, messages) = (house.mails().await, messages(&house).await);
    assert_eq!((mails.len(), messages.len(), house.keys().await.len()), (2, 2, 4));
    assert!(text(&mails[1]["html"]).starts_with("<p>Mine: ") && mails[1]["subject"] == "Mine", "{}", mails[1]);
    assert!(text(&messages[1]["text"]).starts_with("<p>Mine: "), "{}", messages[1]);
    let unknown = frame.send(Method::POST, "/invites/7QK4M2X9RT/renew", &[("idempotency-key", &key(30))], &json!({})).await;
    assert_eq!((unknown.0, &unknown.1["code"]), (404, &json!("invite_unknown")));
    assert_eq!(frame.send(Method::POST, "/invites/nothing/revoke", &[], &json!({})).await.1["code"], "invite_unknown");
}

#[tokio::test]
async fn invites_21_a_revoked_invite_stays_dead() {
    let house = House::open().await;
    let frame = house.sign_in(PRIYA).await;
    house.appliance("settings", Some(json!({"events_to_send": EVENTS}))).await;
    let (_, invite) = frame.invite(&key(1), &mailed(PRIYA)).await;
    let revoke = format!("/invites/{}/revoke", text(&invite["id"]));
    let (status, revoked) = frame.send(Method::POST, &revoke, &[], &json!({})).await;
    assert_eq!((status, &revoked["state"]), (200, &json!("revoked")), "{revoked}");
    assert_eq!(frame.send(Method::POST, &revoke, &[], &json!({})).await.0, 200, "again changes nothing");
    let audited: i64 = house
        .sql()
        .query_row("SELECT count(*) FROM audit WHERE what = 'invite_revoked' AND code = ?1", [text(&invite["id"])], |row| row.get(0))
        .unwrap();
    assert_eq!(audited, 1);
    // The customer follows the link all the same: the session is ended at once.
    let short_key = text(&house.keys().await[0]["short_key"]);
    let lsid = house.appliance("play", Some(json!({"short_key": short_key}))).await["lsid"].as_str().unwrap().to_owned();
    house
        .until("the session is ended", async |house| {
            let ledger = house.appliance("ledger", None).await;
            ledger["sessions"]
                .as_array()
                .unwrap()
                .iter()
                .any(|session| session["lsid"] == lsid && session["state"] == "ended")
                .then_some(())
        })
        .await;
    assert_eq!(seen(&frame, "ticket=1161", &invite["id"]).await["state"], "revoked");
    // Nobody else's session is ended for it.
    let other = house.appliance("play", Some(json!({"external_key": "1161"}))).await["lsid"].clone();
    house.until("its events are told", async |house| (house.appliance("idle", None).await["idle"] == true).then_some(())).await;
    let ledger = house.appliance("ledger", None).await;
    assert!(
        ledger["sessions"].as_array().unwrap().iter().any(|session| session["lsid"] == other && session["state"] == "waiting"),
        "{ledger}"
    );
}

#[tokio::test]
async fn invites_21_a_session_that_beyondtrust_does_not_end_is_told_with_a_remark() {
    let house = House::open().await;
    let frame = house.sign_in(PRIYA).await;
    house.appliance("settings", Some(json!({"events_to_send": EVENTS}))).await;
    let (_, invite) = frame.invite(&key(1), &mailed(PRIYA)).await;
    frame.send(Method::POST, &format!("/invites/{}/revoke", text(&invite["id"])), &[], &json!({})).await;
    let fault = json!([{"path": "/api/command", "action": "terminate_session", "kind": "cut", "times": 20}]);
    house.appliance("faults", Some(fault)).await;
    let lsid = house.play(Some(&text(&house.keys().await[0]["short_key"])), None, "rep:7").await;
    assert_eq!(house.settled(&lsid).await["state"], "written");
    let note = text(&house.actions(1161, "Remote Session").await[0]["note_html"]);
    assert!(note.contains(&format!("Invite {} had been taken back", text(&invite["id"]))), "{note}");
}

#[tokio::test]
async fn invites_21_an_invite_taken_back_before_it_went_out_is_never_sent() {
    let house = House::open().await;
    let frame = house.sign_in(PRIYA).await;
    for (number, path, request) in [(1, "/api/Actions", mailed(PRIYA)), (2, "/api/ChatMessage", posted(PRIYA))] {
        house.halo("faults", Some(json!([{"path": path, "method": "POST", "kind": "cut", "times": 1}]))).await;
        let (status, invite) = frame.invite(&key(number), &request).await;
        assert_eq!(status, 202, "{invite}");
        let (status, _) = frame.send(Method::POST, &format!("/invites/{}/revoke", text(&invite["id"])), &[], &json!({})).await;
        assert_eq!(status, 200);
        let (status, again) = frame.invite(&key(number), &request).await;
        assert_eq!((status, &again["state"]), (201, &json!("revoked")), "the same request finds it dead: {again}");
    }
    // Longer than the wait after a lost answer.
    let later = house.app().clock.now() + 3;
    house.until("the wait is over", async |house| (house.app().clock.now() > later).then_some(())).await;
    assert_eq!((house.mails().await.len(), messages(&house).await.len()), (0, 0));
}

#[tokio::test]
async fn looking_again_and_again_costs_halo_next_to_nothing() {
    let (house, clock) = House::open_by("").await;
    let frame = house.sign_in(PRIYA).await;
    let (_, invite) = frame.invite(&key(1), &mailed(PRIYA)).await;
    let look = async || {
        for path in ["/channels/now?ticket=1161", "/channels/now?chat=640"] {
            let (status, answer) = frame.get(path).await;
            assert_eq!((status, &answer["channels"][0]["presence"]["is"]), (200, &json!("loggedIn")), "{path}: {answer}");
        }
        for path in ["/invites?ticket=1161", "/invites?chat=640", "/chats?ticket=1161", "/chats"] {
            let (status, answer) = frame.get(path).await;
            assert_eq!(status, 200, "{path}: {answer}");
            assert!((3..=30).contains(&answer["lookAgain"].as_u64().unwrap()), "{answer}");
        }
    };
    look().await;
    let before = calls(&house).await;
    for _ in 0..10 {
        look().await;
    }
    assert_eq!(calls(&house).await, before, "ten looks of one minute are one");
    clock.advance(Duration::from_secs(61));
    look().await;
    assert!(calls(&house).await > before, "a minute later it is asked again");
    // What was allowed to be seen may not be changed on the strength of that.
    house.halo("settings", Some(json!({"deny_agents": [PRIYA]}))).await;
    assert_eq!(frame.get("/invites?ticket=1161").await.0, 200);
    let revoke = format!("/invites/{}/revoke", text(&invite["id"]));
    assert_eq!(frame.send(Method::POST, &revoke, &[], &json!({})).await.1["code"], "not_allowed");
    assert_eq!(frame.get("/invites?ticket=1161").await.0, 403, "and Halo's no ends the minute");
}

#[tokio::test]
async fn an_agent_without_the_chat_module_invites_by_mail_and_costs_no_token_a_look() {
    let house = House::open().await;
    let frame = house.sign_in(ANN).await;
    house.halo("settings", Some(json!({"no_module": ["43:Chat"]}))).await;
    let (status, channels) = frame.get("/channels?ticket=1161").await;
    assert_eq!((status, &channels["chats"]), (200, &json!([])), "{channels}");
    let refreshes = async || house.halo("ledger", None).await["refreshes"].as_array().unwrap().len();
    let before = refreshes().await;
    for _ in 0..3 {
        assert_eq!(frame.get("/channels?ticket=1161").await.0, 200);
        assert_eq!(frame.get("/chats").await.1["code"], "halo_permission");
    }
    assert!(refreshes().await <= before + 1, "one for the caller's own chats, none for looking again");
}

#[tokio::test]
async fn an_event_that_tells_of_an_invite_is_kept_as_fast_as_any_and_believed_in_nothing_else() {
    let house = House::open().await;
    let frame = house.sign_in(PRIYA).await;
    let (_, invite) = frame.invite(&key(1), &mailed(PRIYA)).await;
    let id = text(&invite["id"]);
    let lsid = "0123456789abcdef0123456789abcdef";
    let event = |rest: &str| format!("lsid={lsid}&timestamp=1773133921&{rest}");
    for body in [
        event(&format!("event=support_conference_begin&external_key=9999.{id}")),
        event("event=support_conference_begin&external_key=1161.0000000000"),
        event(&format!("event=support_conference_member_added&type=representative&display_name=%3Cimg%3E&external_key=1161.{id}")),
        format!("event=support_conference_begin&external_key=1161.{id}&lsid=none"),
    ] {
        assert_eq!(house.post_event(body).await, 200);
    }
    let shown = seen(&frame, "ticket=1161", &json!(id)).await;
    assert_eq!((&shown["state"], &shown["steps"][1]["name"]), (&json!("joined"), &json!("<img>")), "{shown}");
    assert_eq!(shown["steps"].as_array().unwrap().len(), 2, "{shown}");
    assert!(house.session(lsid).await.is_none(), "what is told of a running session is no work");
    let ignored: i64 = house.sql().query_row("SELECT count(*) FROM events WHERE state = 'ignored'", [], |row| row.get(0)).unwrap();
    assert_eq!(ignored, 4);
    assert_eq!(house.client.post(house.proxy_url(&format!("/events/{EVENT_TOKEN}x"))).send().await.unwrap().status(), 404);
}
