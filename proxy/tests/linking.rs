//! A session's way to its ticket by hand: found, likely ones first, previewed, linked, moved, undone: scenarios 27, 32 and 33. Proof
//! is read from the simulated Halo's ledger.
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
use reqwest::Method;
use serde_json::{Value, json};

const PRIYA: u32 = 42;
const ANN: u32 = 43;
const DAYS: i64 = 3 * 24 * 3600;

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// A session of one technician with this customer, ended so long ago; settled.
async fn session(house: &House, customer: &str, key: &str, representative: &str, ended_ago: i64) -> String {
    let mut script = vec![
        json!({"join": representative}),
        json!({"say": "for <you> & me", "by": representative}),
        json!({"file": "a.zip", "bytes": 48211, "by": representative}),
    ];
    if representative != "rep:12" {
        script.extend([json!({"join": "rep:12"}), json!({"say": "between us: a bad disk", "by": representative, "to": "rep:12"})]);
    }
    let play = json!({"customer": customer, "external_key": key, "script": script, "end": true, "ended_ago": ended_ago});
    let lsid = text(&house.appliance("play", Some(play)).await["lsid"]);
    house.settled(&lsid).await;
    lsid
}

/// Where notes of this session stand now, and what they say.
async fn notes(house: &House, lsid: &str) -> Vec<(u64, String)> {
    let ledger = house.halo("ledger", None).await;
    let actions = ledger["actions"].as_array().unwrap().iter();
    let ours = actions.filter(|action| text(&action["note_html"]).contains(&format!("Remote session {lsid}")));
    ours.map(|action| (action["ticket_id"].as_u64().unwrap(), text(&action["note_html"]))).collect()
}

async fn post(frame: &Frame<'_>, lsid: &str, what: &str, body: &Value) -> (u16, Value) {
    frame.send(Method::POST, &format!("/sessions/{lsid}/{what}"), &[], body).await
}

/// The sessions that may be linked to this ticket: each with the codes of what makes it likely.
async fn list(frame: &Frame<'_>, ticket: u32, search: &str) -> Vec<(String, String)> {
    let (status, list) = frame.get(&format!("/sessions?state=stored&linkTo={ticket}&search={search}")).await;
    assert_eq!(status, 200, "{list}");
    let codes = |session: &Value| {
        let reasons = session["likely"].as_array().unwrap().iter();
        reasons.map(|reason| text(&reason["code"]).replace("likely.", "")).collect::<Vec<_>>().join(" ")
    };
    list["sessions"].as_array().unwrap().iter().map(|session| (text(&session["lsid"]), codes(session))).collect()
}

async fn requests(house: &House) -> usize {
    house.halo("ledger", None).await["requests"].as_array().unwrap().len()
}

#[tokio::test]
async fn link_32_stored_sessions_are_found_by_everything_people_know_of_them() {
    let house = House::open().await;
    house.sign_in(PRIYA).await.settings(json!({"defaultUser": 207})).await;
    let ann = house.sign_in(ANN).await;
    let lsid = session(&house, "Dana Fox", "PO 12-44", "rep:7", 0).await;
    let facts = house.session(&lsid).await.unwrap()["facts"].clone();
    assert_eq!(
        (&facts["userName"], &facts["site"], &facts["client"], &facts["hosts"]),
        (&json!("Connor Blake"), &json!("Reason Avenue"), &json!("Batley Refreshments"), &json!(["BR-LT-0147"])),
    );
    for (search, found) in [
        ("", 1),
        ("remote%20session", 1),
        ("DANA", 1),
        ("priya%20fox", 1),
        ("br-lt-0147", 1),
        ("batley", 1),
        ("reason%20avenue", 1),
        ("connor", 1),
        ("po%2012", 1),
        (&lsid[..8], 1),
        ("somebody", 0),
    ] {
        assert_eq!(list(&ann, 1161, search).await.len(), found, "{search}");
    }
    // Where Halo does not tell the user, the session is stored all the same.
    let fault = json!({"path": "/api/Users/207", "kind": "status", "status": 500, "times": 9});
    house.halo("faults", Some(json!([fault]))).await;
    let lsid = session(&house, "Dana Fox", "", "rep:7", 0).await;
    let session = house.session(&lsid).await.unwrap();
    assert_eq!((&session["state"], &session["facts"]["user"]), (&json!("stored"), &json!(207)), "{session}");
    assert_eq!(session["facts"]["userName"], Value::Null);
}

#[tokio::test]
async fn link_32_likely_ones_come_first_and_say_why() {
    let house = House::open().await;
    house.sign_in(PRIYA).await.settings(json!({"addAutomatically": false})).await;
    let ann = house.sign_in(ANN).await;
    // All are heard of in this order; what speaks most comes first, and of those that nothing speaks for the newest.
    let typed = session(&house, "Dana Fox", "#1161", "rep:12", DAYS).await;
    let customer = session(&house, "connor  BLAKE", "", "rep:12", DAYS).await;
    let agent = session(&house, "Dana Fox", "", "rep:7", 0).await;
    let older = session(&house, "Dana Fox", "", "rep:7", DAYS).await;
    let newest = session(&house, "Dana Fox", "", "rep:12", 0).await;
    let before = requests(&house).await;
    let found = list(&ann, 1161, "").await;
    assert_eq!(requests(&house).await, before + 1, "Halo is asked once for the whole list");
    let expected = [(typed.clone(), "key whileOpen"), (customer, "customer whileOpen"), (agent, "agent recent"), (newest, ""), (older, "")];
    assert_eq!(found, expected.map(|(lsid, codes)| (lsid, codes.to_owned())));
    assert_eq!(list(&ann, 1161, "dana").await.len(), 4, "and the search narrows it down");

    // For another ticket the same sessions speak otherwise.
    let asset = json!({"id": 5120, "inventory_number": "BR LT/0147 #2", "key_field": "br-lt-0147.batley.local", "key_field2": null, "key_field3": 7});
    house.halo("tickets/1163", Some(json!({"assets": [asset, "odd", {"id": 0}], "agent_id": 0}))).await;
    let (_, answer) = ann.get("/sessions?state=stored&linkTo=1163").await;
    let of_typed = answer["sessions"].as_array().unwrap().iter().find(|session| session["lsid"] == json!(typed)).unwrap();
    assert_eq!(of_typed["likely"][0], json!({"code": "likely.device", "args": {"device": "BR LT/0147 #2"}}), "{answer}");
    let (_, answer) = ann.get(&format!("/sessions/{typed}")).await;
    assert_eq!(answer["likely"], json!([]), "by itself no session is likely");
}

#[tokio::test]
async fn link_32_the_preview_is_the_note_then_written() {
    let house = House::open().await;
    let ann = house.sign_in(ANN).await;
    let preview = async |frame: &Frame<'_>, lsid: &str, ticket: u32| frame.get(&format!("/sessions/{lsid}/note?ticket={ticket}")).await;
    // Nobody holds Priya's token: the note names her.
    let lsid = session(&house, "Dana Fox", "", "rep:7", 0).await;
    assert_eq!(preview(&ann, &lsid, 1164).await.1["code"], "not_allowed");
    assert_eq!(preview(&ann, "00000000000000000000000000000000", 1161).await.1["code"], "session_unknown");
    assert_eq!(ann.get(&format!("/sessions/{lsid}/note")).await.0, 400);
    let (status, note) = preview(&ann, &lsid, 1161).await;
    assert_eq!((status, &note["private"], &note["owner"]), (200, &json!(true), &json!("Priya Nair")), "{note}");
    let html = text(&note["html"]);
    assert!(html.contains("Technician: Priya Nair") && html.contains("between us") && html.contains("&lt;you&gt;"), "{html}");
    assert_eq!(notes(&house, &lsid).await, [], "nothing is written");
    assert_eq!(post(&ann, &lsid, "link", &json!({"ticket": 1161})).await.0, 200);
    assert_eq!(notes(&house, &lsid).await, [(1161, html)]);

    // In her own name, and for customers to see.
    let priya = house.sign_in(PRIYA).await;
    priya.settings(json!({"privateNotes": false})).await;
    let lsid = session(&house, "Dana Fox", "", "rep:7", 0).await;
    let (_, note) = preview(&ann, &lsid, 1161).await;
    let html = text(&note["html"]);
    assert!(note["private"] == false && !html.contains("between us") && !html.contains("Technician: "), "{note}");
    assert_eq!(post(&ann, &lsid, "link", &json!({"ticket": 1161})).await.0, 200);
    assert_eq!(notes(&house, &lsid).await, [(1161, html)]);
    assert_eq!(preview(&ann, &lsid, 1161).await.1["code"], "session_linked", "it stands there");

    // Of what is written no report is kept: for a move it is fetched again.
    let (_, note) = preview(&priya, &lsid, 1162).await;
    let html = text(&note["html"]);
    assert!(html.contains("Moved here from ticket 1161 by Priya Nair."), "{html}");
    assert_eq!(post(&priya, &lsid, "link", &json!({"ticket": 1162, "from": 1161})).await.0, 200);
    assert_eq!(notes(&house, &lsid).await, [(1162, html)]);
}

#[tokio::test]
async fn link_32_a_second_agent_is_told_where_it_is_and_undoes_nothing() {
    let house = House::open().await;
    let (priya, ann) = (house.sign_in(PRIYA).await, house.sign_in(ANN).await);
    let lsid = session(&house, "Dana Fox", "", "rep:7", 0).await;
    assert_eq!(list(&ann, 1161, "").await.len(), 1);
    assert_eq!(list(&priya, 1162, "").await.len(), 1);
    assert_eq!(post(&ann, &lsid, "link", &json!({"ticket": 1161})).await.0, 200);
    for (ticket, from) in [(1161, Value::Null), (1162, Value::Null), (1162, json!(1163))] {
        let (status, told) = post(&priya, &lsid, "link", &json!({"ticket": ticket, "from": from})).await;
        assert_eq!((status, &told["code"], &told["args"]["ticket"]), (409, &json!("session_linked"), &json!("1161")), "{told}");
    }
    assert_eq!(list(&priya, 1162, "").await, [], "it is gone from everybody's list");
    let written = notes(&house, &lsid).await;
    assert!(written.len() == 1 && written[0].0 == 1161, "{written:?}");
    assert_eq!(house.halo("ledger", None).await["deleted_actions"].as_array().unwrap().len(), 0);
}

#[tokio::test]
async fn link_33_what_was_linked_by_hand_goes_back_into_the_list_or_to_another_ticket() {
    let house = House::open().await;
    let (priya, ann) = (house.sign_in(PRIYA).await, house.sign_in(ANN).await);
    let lsid = session(&house, "Dana Fox", "PO 12-44", "rep:7", 0).await;
    assert_eq!(post(&ann, &lsid, "link", &json!({"ticket": 1161})).await.1["state"], "written");
    let (status, undone) = post(&ann, &lsid, "unlink", &json!({})).await;
    assert_eq!((status, &undone["state"], &undone["ticket"], &undone["action"]), (200, &json!("stored"), &Value::Null, &Value::Null));
    assert_eq!(notes(&house, &lsid).await, []);
    assert_eq!(list(&priya, 1162, "dana%20po").await.len(), 1, "everybody finds it again");
    // Its report is fetched again, for the eye and for the note.
    let (status, note) = priya.get(&format!("/sessions/{lsid}/note?ticket=1162")).await;
    assert_eq!(status, 200, "{note}");
    assert_eq!(post(&priya, &lsid, "link", &json!({"ticket": 1162})).await.1["ticket"], 1162);
    assert_eq!(notes(&house, &lsid).await, [(1162, text(&note["html"]))]);
    let (_, moved) = post(&ann, &lsid, "link", &json!({"ticket": 1161, "from": 1162})).await;
    assert_eq!((&moved["state"], &moved["ticket"]), (&json!("written"), &json!(1161)), "{moved}");
    let written = notes(&house, &lsid).await;
    assert!(
        written.len() == 1 && written[0].0 == 1161 && written[0].1.contains("Moved here from ticket 1162 by Ann Keller."),
        "{written:?}"
    );
    assert_eq!(list(&ann, 1161, "").await, []);
}

#[tokio::test]
async fn session_27_refused_ones_are_shown_on_the_ticket_to_those_who_may_replay_them() {
    let house = House::open().await;
    let (priya, ann) = (house.sign_in(PRIYA).await, house.sign_in(ANN).await);
    for representative in ["representatives/7", "representatives/12"] {
        let stranger = json!({"public": "Somebody Else", "private": "Somebody Else", "display": "Somebody Else"});
        house.appliance(representative, Some(stranger)).await;
    }
    let lsid = session(&house, "Connor Blake", "1161", "rep:7", 0).await;
    let asked = "/sessions?state=refused&linkTo=1161";
    let (status, refusal) = ann.get(asked).await;
    assert_eq!((status, &refusal["code"]), (403, &json!("not_administrator")));
    let (status, list) = priya.get(asked).await;
    assert_eq!((status, &list["sessions"][0]["lsid"]), (200, &json!(lsid)), "{list}");
    assert_eq!(list["sessions"][0]["likely"][0]["code"], "likely.key");
    let path = format!("/sessions/{lsid}/note?ticket=1161");
    assert_eq!(ann.get(&path).await.1["code"], "session_not_now");
    let (status, note) = priya.get(&path).await;
    assert_eq!((status, &note["owner"]), (200, &Value::Null), "{note}");
    assert!(text(&note["html"]).contains("not known in Halo"), "{note}");
    assert_eq!(notes(&house, &lsid).await, []);
    house.halo("agents/42", Some(json!({"beyondtrust_name": "Somebody Else"}))).await;
    let (status, replayed) = post(&priya, &lsid, "replay", &json!({})).await;
    assert_eq!((status, &replayed["state"], &replayed["ticket"]), (200, &json!("written"), &json!(1161)), "{replayed}");
    assert_eq!(notes(&house, &lsid).await.len(), 1);
}
