//! The main job over real HTTP: sign in, send an invite, end the session, read the ticket. Scenario numbers are those of
//! `tests/scenarios.toml`.
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

use house::{EVENT_TOKEN, House};
use reqwest::Method;
use serde_json::{Value, json};

const INVITE: &str = "Remote Session Invite";
const SESSION: &str = "Remote Session";
const PRIYA: u32 = 42;
const ANN: u32 = 43;

fn key(number: u32) -> String {
    format!("idempotency-key-{number:04}")
}

fn to(agent: u32) -> Value {
    json!({"ticket": 1161, "channel": {"agent": agent}, "email": "connor@batley.example"})
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn ticket_12_an_invite_is_mailed_with_its_audit_action() {
    let house = House::open().await;
    let frame = house.sign_in(PRIYA).await;
    let (status, channels) = frame.get("/channels?ticket=1161").await;
    assert_eq!(status, 200, "{channels}");
    assert_eq!(channels["ticket"]["email"], "connor@batley.example");
    assert_eq!(channels["channels"][0]["isMe"], true);
    assert_eq!(channels["channels"][0]["presence"]["is"], "loggedIn", "{channels}");

    let (status, invite) = frame.invite(&key(1), &to(PRIYA)).await;
    assert_eq!((status, &invite["state"]), (201, &json!("sent")), "{invite}");
    let actions = house.actions(1161, INVITE).await;
    assert_eq!(actions.len(), 1);
    assert_eq!((&actions[0]["who_agentid"], &actions[0]["emailto"]), (&json!(PRIYA), &json!("connor@batley.example")));
    let note = text(&actions[0]["note_html"]);
    assert!(note.contains("connor@batley.example") && note.contains(invite["id"].as_str().unwrap()), "{note}");
    assert!(!note.contains("?ak="), "the link is for the customer only: {note}");

    let mails = house.mails().await;
    let keys = house.keys().await;
    assert_eq!((mails.len(), keys.len()), (1, 1));
    let html = text(&mails[0]["html"]);
    assert!(html.contains(&format!("href=\"{}\"", text(&keys[0]["key_url"]))), "{html}");
    assert!(html.contains(&text(&keys[0]["short_key"])), "{html}");
    assert_eq!(mails[0]["subject"], "Remote session for ticket 1161");
    assert_eq!(text(&keys[0]["external_key"]), format!("1161.{}", text(&invite["id"])));
    assert!(!invite.to_string().contains("?ak="), "no link reaches the browser");
}

#[tokio::test]
async fn ticket_12_bad_requests_are_stopped_before_any_key_is_made() {
    let house = House::open().await;
    let frame = house.sign_in(PRIYA).await;
    let refused = [
        (json!({"ticket": 1161, "channel": null, "email": "connor@batley"}), 422, "email_invalid"),
        (json!({"ticket": 1161, "email": "a@b.example; c@d.example"}), 422, "email_invalid"),
        (json!({"ticket": 9999, "email": "connor@batley.example"}), 404, "ticket_unknown"),
        (json!({"ticket": 1164, "email": "connor@batley.example"}), 403, "not_allowed"),
        (json!({"ticket": 0, "email": "connor@batley.example"}), 400, "body_invalid"),
        (json!({"ticket": 1161, "channel": {"agent": 45}, "email": "connor@batley.example"}), 409, "channel_not_enabled"),
        (json!({"ticket": 1161, "email": "connor@batley.example", "body": "{{{raw}}}"}), 422, "template_refused"),
        (json!({"ticket": 1161, "email": "connor@batley.example", "surprise": true}), 400, "body_invalid"),
    ];
    for (number, (request, status, code)) in refused.iter().enumerate() {
        let (seen, problem) = frame.invite(&key(number.try_into().unwrap()), request).await;
        assert_eq!((seen, &problem["code"]), (*status, &json!(code)), "{request}: {problem}");
        for part in ["title", "detail", "advice"] {
            let sentence = text(&problem[part]);
            assert!(sentence.len() > 3 && !sentence.contains("failure.") && !sentence.contains('…'), "{part} of {problem}");
        }
    }
    let (status, problem) = frame.invite("short", &to(PRIYA)).await;
    assert_eq!((status, &problem["code"]), (400, &json!("idempotency_key")));
    assert_eq!((house.keys().await.len(), house.mails().await.len()), (0, 0));
}

#[tokio::test]
async fn ticket_12_hostile_values_stay_text() {
    let house = House::open().await;
    let frame = house.sign_in(PRIYA).await;
    let request = json!({"ticket": 1162, "email": "hostile@batley.example", "subject": "About $SYMPTOM", "body": "<p>$USERNAME: $SYMPTOM costs $100</p>$REMOTEINVITE"});
    let (status, invite) = frame.invite(&key(1), &request).await;
    assert_eq!(status, 201, "{invite}");
    let mail = &house.mails().await[0];
    let html = text(&mail["html"]);
    assert!(!html.contains("<img") && html.contains("&lt;img") && html.contains("costs $100"), "{html}");
    assert!(html.contains("LINKTOREMOTE costs"), "a value is not expanded again: {html}");
    assert!(text(&mail["subject"]).contains("<b>jam</b>"), "a subject is plain text: {mail}");
}

#[tokio::test]
async fn invites_9_techunavailable_makes_no_key() {
    let house = House::open().await;
    let frame = house.sign_in(PRIYA).await;
    frame.settings(json!({"fallback": false})).await;
    let (status, problem) = frame.invite(&key(1), &to(ANN)).await;
    assert_eq!((status, &problem["code"]), (409, &json!("tech_unavailable")), "{problem}");
    assert_eq!(problem["routing"]["reason"], "techUnavailable");
    assert!(text(&problem["detail"]).contains("Ann Keller"), "{problem}");
    assert_eq!((house.keys().await.len(), house.mails().await.len(), house.actions(1161, INVITE).await.len()), (0, 0, 0));
    // The same request again, after she logged in: the refused one left nothing behind.
    house.appliance("representatives/9", Some(json!({"logged_in": true}))).await;
    let (status, invite) = frame.invite(&key(1), &to(ANN)).await;
    assert_eq!(status, 201, "{invite}");
    assert_eq!(text(&house.keys().await[0]["queue"]), "rep:9");
}

#[tokio::test]
async fn invites_9_a_technician_who_logged_out_a_second_ago_gets_no_mail() {
    let house = House::open().await;
    let frame = house.sign_in(PRIYA).await;
    frame.settings(json!({"fallback": false})).await;
    house.appliance("representatives/9", Some(json!({"logged_in": true}))).await;
    let (_, channels) = frame.get("/channels?ticket=1161").await;
    assert!(channels.to_string().contains("agentAvailable"), "the picker still shows her");
    house.appliance("representatives/9", Some(json!({"logged_in": false}))).await;
    let (status, problem) = frame.invite(&key(1), &to(ANN)).await;
    assert_eq!((status, &problem["code"]), (409, &json!("tech_unavailable")), "{problem}");
    assert_eq!((house.keys().await.len(), house.mails().await.len()), (0, 0));
}

#[tokio::test]
async fn invites_10_fallback_is_said_in_both_places() {
    let house = House::open().await;
    let frame = house.sign_in(PRIYA).await;
    let (status, invite) = frame.invite(&key(1), &to(ANN)).await;
    assert_eq!((status, &invite["routing"]["reason"]), (201, &json!("fallback")), "{invite}");
    assert_eq!((&invite["routing"]["asked"], &invite["routing"]["name"]), (&json!("Ann Keller"), &json!("Service Desk")));
    assert_eq!(text(&house.keys().await[0]["queue"]), "team:3");
    let note = text(&house.actions(1161, INVITE).await[0]["note_html"]);
    assert!(note.contains("Ann Keller") && note.contains("Service Desk"), "{note}");
}

#[tokio::test]
async fn invites_11_without_a_usable_default_team_it_says_so() {
    let house = House::open().await;
    let frame = house.sign_in(PRIYA).await;
    let team = |is_default, enabled| json!([{"queue": "team:3", "name": "Service Desk", "isDefault": is_default, "enabled": enabled}]);
    for (teams, code) in
        [(json!([]), "no_default_team"), (team(false, true), "no_default_team"), (team(true, false), "default_team_disabled")]
    {
        frame.settings(json!({"teams": teams})).await;
        let (status, problem) = frame.invite(&key(1), &to(ANN)).await;
        assert_eq!((status, &problem["code"]), (409, &json!(code)), "{problem}");
    }
    assert_eq!(house.keys().await.len(), 0);
}

#[tokio::test]
async fn general_3_what_the_screen_does_not_offer_the_proxy_refuses() {
    let house = House::open().await;
    let frame = house.sign_in(PRIYA).await;
    frame.settings(json!({"inviteForOthers": false})).await;
    let (_, channels) = frame.get("/channels?ticket=1161").await;
    assert_eq!(channels["channels"].as_array().unwrap().len(), 1, "only oneself: {channels}");
    let (status, problem) = frame.invite(&key(1), &to(ANN)).await;
    assert_eq!((status, &problem["code"]), (403, &json!("other_agents_off")), "{problem}");
    frame.settings(json!({"inviteForOthers": true, "quickInvites": false})).await;
    let (status, problem) = frame.get("/channels?ticket=1161").await;
    assert_eq!((status, &problem["code"]), (403, &json!("quick_invites_off")), "{problem}");
    let (status, _) = frame.invite(&key(2), &to(PRIYA)).await;
    assert_eq!(status, 403);
}

#[tokio::test]
async fn invites_20_a_double_click_is_one_invite() {
    let house = House::open().await;
    let frame = house.sign_in(PRIYA).await;
    let (key, request) = (key(1), to(PRIYA));
    let (one, two, three) = tokio::join!(frame.invite(&key, &request), frame.invite(&key, &request), frame.invite(&key, &request));
    for (status, invite) in [&one, &two, &three] {
        assert_eq!((*status, &invite["id"]), (201, &one.1["id"]), "{invite}");
    }
    assert_eq!((house.keys().await.len(), house.mails().await.len()), (1, 1));
    let (status, problem) = frame.invite(&key, &to(ANN)).await;
    assert_eq!((status, &problem["code"]), (409, &json!("idempotency_conflict")), "{problem}");
}

#[tokio::test]
async fn faults_34_with_the_appliance_down_the_reason_comes_soon_and_nothing_is_half_made() {
    let house = House::open().await;
    let frame = house.sign_in(PRIYA).await;
    for fault in ["cut", "hang"] {
        house.appliance("faults", Some(json!([{"path": "/api/command", "kind": fault, "times": 20}]))).await;
        let started = std::time::Instant::now();
        let (status, problem) = frame.invite(&key(1), &to(PRIYA)).await;
        assert!(started.elapsed().as_secs() < 10, "{fault}");
        assert!(status >= 500 && problem["retryable"] == true, "{fault}: {problem}");
        let delete = house.client.delete(format!("http://{}/control/faults", house.simulator.appliance_addr));
        assert!(delete.send().await.unwrap().status().is_success());
    }
    let (status, invite) = frame.invite(&key(1), &to(PRIYA)).await;
    assert_eq!(status, 201, "{invite}");
    assert_eq!(house.mails().await.len(), 1);
}

#[tokio::test]
async fn a_mail_whose_answer_was_lost_goes_out_once() {
    let house = House::open().await;
    let frame = house.sign_in(PRIYA).await;
    for (number, fault, kept) in [(1, "commit_then_cut", true), (2, "cut", false)] {
        let before = house.mails().await.len();
        house.halo("faults", Some(json!([{"path": "/api/Actions", "method": "POST", "kind": fault, "times": 1}]))).await;
        let (status, invite) = frame.invite(&key(number), &to(PRIYA)).await;
        assert_eq!((status, &invite["state"]), (202, &json!("draft")), "{invite}");
        assert_eq!(house.mails().await.len() - before, usize::from(kept));
        let id = invite["id"].clone();
        house
            .until("the invite is found out", async |_| {
                let (_, list) = frame.get("/invites?ticket=1161").await;
                list["invites"].as_array().unwrap().iter().any(|invite| invite["id"] == id && invite["state"] == "unreported").then_some(())
            })
            .await;
        assert_eq!(house.mails().await.len() - before, 1, "{fault}");
    }
}

#[tokio::test]
async fn session_22_the_ticket_tells_the_story_in_the_technicians_name() {
    let house = House::open().await;
    let frame = house.sign_in(PRIYA).await;
    frame.invite(&key(1), &to(PRIYA)).await;
    let short_key = text(&house.keys().await[0]["short_key"]);
    let lsid = house.play(Some(&short_key), None, "rep:7").await;
    let action = house.until("the note", async |house| house.actions(1161, SESSION).await.pop()).await;
    assert_eq!((&action["who_agentid"], &action["hiddenfromuser"]), (&json!(PRIYA), &json!(true)), "{action}");
    let note = text(&action["note_html"]);
    for part in [
        &format!("Remote session {lsid}"),
        "Priya Nair",
        "It says &lt;0x800&gt; &amp; closes",
        "repair-profile.zip",
        "Rebuilt the mail profile.",
    ] {
        assert!(note.contains(part), "{part} in {note}");
    }
    let (_, sessions) = frame.get("/sessions?ticket=1161").await;
    assert_eq!((&sessions["sessions"][0]["state"], &sessions["sessions"][0]["lsid"]), (&json!("written"), &json!(lsid)), "{sessions}");
}

#[tokio::test]
async fn session_22_without_the_technicians_token_the_note_names_the_technician_unless_halo_attributes_it() {
    let house = House::open().await;
    let frame = house.sign_in(PRIYA).await;
    house.appliance("representatives/9", Some(json!({"logged_in": true}))).await;
    for (number, honoured) in [(1, false), (2, true), (3, true)] {
        house.halo("settings", Some(json!({"honour_who_agentid": honoured}))).await;
        let (status, invite) = frame.invite(&key(number), &to(ANN)).await;
        assert_eq!(status, 201, "{invite}");
        let short_key = text(&house.keys().await.pop().unwrap()["short_key"]);
        house.play(Some(&short_key), None, "rep:9").await;
        let count = usize::try_from(number).unwrap();
        let mut actions =
            house.until("the note", async |house| Some(house.actions(1161, SESSION).await).filter(|actions| actions.len() == count)).await;
        actions.sort_by_key(|action| action["id"].as_i64());
        let action = actions.pop().unwrap();
        assert_eq!(action["who_agentid"], if honoured { json!(ANN) } else { json!(90) }, "{action}");
        let (_, settings) = house
            .until("it is read back", async |_| {
                let answer = frame.get("/settings").await;
                (answer.1["honoursAuthor"] == if honoured { "yes" } else { "no" }).then_some(answer)
            })
            .await;
        assert!(settings["settings"].is_object());
        // The first line names her until it was once read back that Halo attributes notes.
        let note = text(&action["note_html"]);
        let names_her_first =
            !note.starts_with("<p><b>Duration</b>") && note.split("</p>").next().unwrap_or_default().contains("Ann Keller");
        assert_eq!(names_her_first, number < 3, "{action}");
    }
}

#[tokio::test]
async fn session_22_a_public_note_leaves_out_what_customers_must_not_see() {
    let house = House::open().await;
    let frame = house.sign_in(PRIYA).await;
    frame.settings(json!({"privateNotes": false})).await;
    frame.invite(&key(1), &to(PRIYA)).await;
    let short_key = text(&house.keys().await[0]["short_key"]);
    let script = json!([
        {"join": "rep:7"}, {"join": "rep:12"},
        {"say": "for the customer", "by": "rep:7"},
        {"say": "between us: a bad disk", "by": "rep:7", "to": "rep:12"},
    ]);
    house.appliance("play", Some(json!({"short_key": short_key, "script": script, "end": true}))).await;
    let action = house.until("the note", async |house| house.actions(1161, SESSION).await.pop()).await;
    let note = text(&action["note_html"]);
    assert_eq!(action["hiddenfromuser"], false);
    assert!(note.contains("for the customer") && !note.contains("between us") && !note.contains("session_download"), "{note}");
}

#[tokio::test]
async fn session_27_without_a_known_technician_nothing_is_written() {
    let house = House::open().await;
    let frame = house.sign_in(PRIYA).await;
    house
        .appliance("representatives/7", Some(json!({"public": "Somebody Else", "private": "Somebody Else", "display": "Somebody Else"})))
        .await;
    let (_, invite) = frame.invite(&key(1), &json!({"ticket": 1161, "email": "connor@batley.example"})).await;
    assert_eq!(invite["routing"]["reason"], "noChannel");
    let short_key = text(&house.keys().await[0]["short_key"]);
    let lsid = house.play(Some(&short_key), None, "rep:7").await;
    let session = settled(&house, &frame, &lsid).await;
    assert_eq!(session["state"], "refused", "{session}");
    assert!(session["disposition"].to_string().contains("Somebody Else"), "{session}");
    assert_eq!(house.actions(1161, SESSION).await.len(), 0);
}

/// The session once it is neither waiting for its report nor for a write.
async fn settled(house: &House, frame: &house::Frame<'_>, lsid: &str) -> Value {
    house
        .until("the session is settled", async |_| {
            let (_, list) = frame.get("/sessions").await;
            let session = list["sessions"].as_array().unwrap().iter().find(|session| session["lsid"] == lsid)?.clone();
            (session["state"] != "awaiting_report" && session["state"] != "pending").then_some(session)
        })
        .await
}

#[tokio::test]
async fn session_31_an_unfinished_report_is_fetched_again() {
    let house = House::open().await;
    let frame = house.sign_in(PRIYA).await;
    frame.invite(&key(1), &to(PRIYA)).await;
    house.appliance("settings", Some(json!({"report_lag_ms": 2500}))).await;
    let short_key = text(&house.keys().await[0]["short_key"]);
    house.play(Some(&short_key), None, "rep:7").await;
    house
        .until("it waits for the report", async |_| {
            let (_, list) = frame.get("/sessions").await;
            (list["sessions"][0]["state"] == "awaiting_report" && list["sessions"][0]["reason"].is_object()).then_some(())
        })
        .await;
    house.until("the note", async |house| house.actions(1161, SESSION).await.pop()).await;
}

#[tokio::test]
async fn session_30_a_malformed_report_is_kept_with_its_reason_and_the_next_event_goes_on() {
    let house = House::open().await;
    let frame = house.sign_in(PRIYA).await;
    for override_ in ["<session_list><session lsid=", "<!DOCTYPE x [<!ENTITY a \"b\">]><session_list/>"] {
        house.appliance("settings", Some(json!({"report_override": override_}))).await;
        let lsid = house.play(None, Some("1161"), "rep:7").await;
        let session = settled(&house, &frame, &lsid).await;
        assert_eq!((&session["state"], &session["reason"]["code"]), (&json!("failed"), &json!("session.reportUnreadable")), "{session}");
        assert!(session["reason"]["args"]["line"].is_string(), "{session}");
    }
    // A web page in place of a report is an appliance being upgraded: it is asked again until it answers.
    house.appliance("settings", Some(json!({"report_override": "<html><body>Upgrading</body></html>"}))).await;
    let upgraded = house.play(None, Some("1161"), "rep:7").await;
    house
        .until("it says why it waits", async |_| {
            let (_, list) = frame.get("/sessions?state=awaiting_report").await;
            (list["sessions"][0]["reason"]["code"] == "failure.appliance_not_beyondtrust.detail").then_some(())
        })
        .await;
    house.appliance("settings", Some(json!({"report_override": null}))).await;
    for lsid in [upgraded, house.play(None, Some("1161"), "rep:7").await] {
        let session = settled(&house, &frame, &lsid).await;
        assert_eq!(session["state"], "written", "{session}");
    }
}

#[tokio::test]
async fn faults_36_the_same_event_50_times_in_parallel_and_across_a_restart_is_one_note() {
    let mut house = House::open().await;
    let lsid = house.play(None, Some("1161"), "rep:7").await;
    let body = format!("event=support_conference_end&version=7&timestamp=1773133921&appliance_id=3c4d&lsid={lsid}&external_key=1161");
    let storm = async |house: &House| {
        let post = || async {
            let request = house
                .client
                .post(house.proxy_url(&format!("/events/{EVENT_TOKEN}")))
                .header("content-type", "application/x-www-form-urlencoded");
            request.body(body.clone()).send().await.unwrap().status().as_u16()
        };
        futures_util::future::join_all((0..25).map(|_| post())).await
    };
    assert_eq!(storm(&house).await, [200; 25]);
    house.restart().await;
    assert_eq!(storm(&house).await, [200; 25]);
    let frame = house.sign_in(PRIYA).await;
    let session = settled(&house, &frame, &lsid).await;
    assert_eq!(session["state"], "written", "{session}");
    assert_eq!(house.actions(1161, SESSION).await.len(), 1);
}

#[tokio::test]
async fn faults_37_a_note_whose_answer_was_lost_is_written_once() {
    let house = House::open().await;
    for fault in ["commit_then_cut", "cut"] {
        let before = house.actions(1161, SESSION).await.len();
        house.halo("faults", Some(json!([{"path": "/api/Actions", "method": "POST", "kind": fault, "times": 1}]))).await;
        let lsid = house.play(None, Some("1161"), "rep:7").await;
        let frame = house.sign_in(PRIYA).await;
        let session = settled(&house, &frame, &lsid).await;
        assert_eq!(session["state"], "written", "{session}");
        assert_eq!(house.actions(1161, SESSION).await.len() - before, 1, "{fault}");
    }
}

#[tokio::test]
async fn faults_38_halo_saying_no_is_kept_and_tried_again_or_stored() {
    let house = House::open().await;
    let frame = house.sign_in(PRIYA).await;
    let fault = |status, times| json!([{"path": "/api/Actions", "method": "POST", "kind": "status", "status": status, "headers": {"retry-after": "2"}, "times": times}]);
    for (status, times, state) in [(429, 1, "written"), (403, 2, "written"), (404, 2, "stored")] {
        house.halo("faults", Some(fault(status, times))).await;
        let lsid = house.play(None, Some("1161"), "rep:7").await;
        let session = settled(&house, &frame, &lsid).await;
        assert_eq!(session["state"], state, "{status}: {session}");
        house.client.delete(format!("http://{}/control/faults", house.simulator.halo_addr)).send().await.unwrap();
    }
}

#[tokio::test]
async fn events_are_kept_and_answered_200_whatever_they_hold() {
    let house = House::open().await;
    let post = async |token: &str, body: Vec<u8>| {
        house.client.post(house.proxy_url(&format!("/events/{token}"))).body(body).send().await.unwrap().status().as_u16()
    };
    let bodies = [
        b"\xff\xfe nonsense".to_vec(),
        b"event=support_conference_begin&lsid=1".to_vec(),
        b"event=support_conference_end&lsid=1".to_vec(),
        vec![b'a'; 3 << 20],
    ];
    for body in bodies {
        assert_eq!(post(EVENT_TOKEN, body).await, 200);
    }
    assert_eq!(post("another-token", b"event=support_conference_end".to_vec()).await, 404);
    let frame = house.sign_in(PRIYA).await;
    let (_, settings) = frame.get("/settings").await;
    assert_eq!(
        (&settings["events"]["quarantined"], &settings["events"]["ignored"], &settings["events"]["accepted"]),
        (&json!(3), &json!(1), &json!(0))
    );
    let lsid = house.play(None, Some("1161"), "rep:7").await;
    assert_eq!(settled(&house, &frame, &lsid).await["state"], "written", "the next event is unaffected");
}

#[tokio::test]
async fn settings_1_connect_names_each_right_and_each_mistake() {
    let house = House::open().await;
    let frame = house.sign_in(PRIYA).await;
    let test = async || frame.send(Method::POST, "/settings/test", &[], &json!({})).await.1;
    let connect = async |connection: Value| {
        let (_, stored) = frame.get("/settings").await;
        let body = json!({"version": stored["version"], "settings": stored["settings"], "connection": connection});
        assert_eq!(frame.send(Method::PUT, "/settings", &[], &body).await.0, 200);
    };
    let good = test().await;
    assert_eq!(good["ok"], true, "{good}");
    for name in ["token", "perm_command", "perm_reporting_support", "clock"] {
        assert!(good["checks"].as_array().unwrap().iter().any(|check| check["name"] == name && check["ok"] == true), "{name} in {good}");
    }
    let code = |answer: &Value| {
        let failed = answer["checks"].as_array().unwrap().iter().find(|check| check["ok"] == false).cloned().unwrap_or_default();
        assert!(text(&failed["problem"]["advice"]).len() > 10, "{answer}");
        text(&failed["problem"]["code"])
    };
    connect(json!({"clientSecret": "wrong-secret"})).await;
    let wrong = test().await;
    assert_eq!(code(&wrong), "appliance_credentials");
    connect(json!({"clientSecret": "bt-secret-1"})).await;
    for (change, expected) in [
        (json!({"permissions": {"perm_reporting_support": "0"}}), "appliance_permission"),
        (json!({"permissions": {"perm_reporting_support": "1", "perm_command": "read_only"}}), "appliance_permission"),
        (json!({"permissions": {"perm_command": "full_access"}, "xml_api_enabled": false}), "appliance_xml_api_off"),
        (json!({"xml_api_enabled": true, "clock_skew_seconds": 3600}), "clock_skew"),
    ] {
        house.appliance("settings", Some(change.clone())).await;
        let answer = test().await;
        assert_eq!(code(&answer), expected, "{change}: {answer}");
    }
    house.appliance("settings", Some(json!({"clock_skew_seconds": 0}))).await;
    for (fault, expected) in [
        (json!({"path": "/oauth2/token", "kind": "cut", "times": 9}), "appliance_unreachable"),
        (
            json!({"path": "/oauth2/token", "kind": "status", "status": 200, "body": "<html><body>Welcome</body></html>", "times": 9}),
            "appliance_not_beyondtrust",
        ),
    ] {
        // Saved settings make a new client without a token.
        connect(json!({})).await;
        house.appliance("faults", Some(json!([fault]))).await;
        let answer = test().await;
        assert_eq!(code(&answer), expected, "{answer}");
        house.client.delete(format!("http://{}/control/faults", house.simulator.appliance_addr)).send().await.unwrap();
    }
    connect(json!({"applicationUrl": "", "clientId": ""})).await;
    assert_eq!(test().await["ok"], true, "proxy.toml is in force again");
}

#[tokio::test]
async fn settings_2_secrets_stay_away() {
    let house = House::open().await;
    let frame = house.sign_in(PRIYA).await;
    let (_, stored) = frame.get("/settings").await;
    let body = json!({"version": stored["version"], "settings": stored["settings"], "connection": {"clientSecret": "bt-secret-1"}});
    let (_, answer) = frame.send(Method::PUT, "/settings", &[], &body).await;
    assert_eq!(answer["connection"]["hasSecret"], true);
    frame.invite(&key(1), &to(PRIYA)).await;
    let link = text(&house.keys().await[0]["key_url"]);
    for path in ["/settings", "/me", "/channels?ticket=1161", "/invites?ticket=1161", "/sessions"] {
        let (status, answer) = frame.get(path).await;
        assert_eq!(status, 200, "{path}: {answer}");
        for mark in house::SECRET_MARKS.iter().copied().chain([link.as_str()]) {
            assert!(!answer.to_string().contains(mark), "{mark} in {path}");
        }
    }
    let data = house.folder.path().join("data");
    for file in std::fs::read_dir(&data).unwrap() {
        let bytes = std::fs::read(file.unwrap().path()).unwrap();
        for mark in house::SECRET_MARKS.iter().copied().chain([link.as_str()]) {
            assert!(!bytes.windows(mark.len()).any(|part| part == mark.as_bytes()), "{mark} lies readable in the store");
        }
    }
}

#[tokio::test]
async fn only_administrators_see_and_change_settings() {
    let house = House::open().await;
    let frame = house.sign_in(ANN).await;
    for (method, path) in
        [(Method::GET, "/settings"), (Method::PUT, "/settings"), (Method::POST, "/settings/test"), (Method::GET, "/sessions")]
    {
        let body = json!({"version": 1, "settings": {}, "connection": {}});
        let (status, problem) = frame.send(method.clone(), path, &[], &body).await;
        assert_eq!((status, &problem["code"]), (403, &json!("not_administrator")), "{method} {path}: {problem}");
    }
    let administrator = house.sign_in(PRIYA).await;
    let (_, stored) = administrator.get("/settings").await;
    let body = json!({"version": 0, "settings": stored["settings"], "connection": {}});
    let (status, problem) = administrator.send(Method::PUT, "/settings", &[], &body).await;
    assert_eq!((status, &problem["code"]), (409, &json!("settings_conflict")), "{problem}");
}
