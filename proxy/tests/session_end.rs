//! Where a finished session's details go: scenarios 23 to 33. Proof is read from the simulated Halo's ledger.
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

const SESSION: &str = "Remote Session";
const PRIYA: u32 = 42;
const ANN: u32 = 43;
const KIT: u32 = 45;
const CODE: &str = "7K3M9QX2DH";

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn reason(session: &Value) -> &str {
    session["reason"]["code"].as_str().unwrap_or_default()
}

async fn messages(house: &House) -> Vec<Value> {
    house.halo("ledger", None).await["chat_messages"].as_array().unwrap().clone()
}

/// How many actions hold this session's marker, over all tickets.
async fn notes(house: &House, lsid: &str) -> Vec<(u64, String)> {
    let ledger = house.halo("ledger", None).await;
    let actions = ledger["actions"].as_array().unwrap().iter();
    let ours = actions.filter(|action| text(&action["note_html"]).contains(&format!("Remote session {lsid}")));
    ours.map(|action| (action["ticket_id"].as_u64().unwrap(), text(&action["note_html"]))).collect()
}

/// A session of two technicians, who also talk to each other.
async fn of_two(house: &House, key: &str) -> String {
    let script = json!([
        {"join": "rep:7"}, {"join": "rep:12"},
        {"say": "for the customer", "by": "rep:7"},
        {"say": "between us: a bad disk", "by": "rep:7", "to": "rep:12"},
    ]);
    text(&house.appliance("play", Some(json!({"external_key": key, "script": script, "end": true}))).await["lsid"])
}

#[tokio::test]
async fn session_23_a_chat_linked_to_a_ticket_is_noted_on_that_ticket() {
    let house = House::open().await;
    house.issue_for_chat(CODE, 641);
    let lsid = of_two(&house, &format!("chat-641.{CODE}")).await;
    let session = house.settled(&lsid).await;
    assert_eq!((&session["state"], &session["ticket"], reason(&session)), (&json!("written"), &json!(1161), "disposition.chatTicket"));
    assert_eq!(notes(&house, &lsid).await.len(), 1);
    assert_eq!(messages(&house).await.len(), 0, "nothing in the chat");
}

#[tokio::test]
async fn session_24_an_open_chat_without_a_ticket_is_told_once_and_the_session_is_stored() {
    let house = House::open().await;
    house.issue_for_chat(CODE, 640);
    let lsid = of_two(&house, &format!("chat-640.{CODE}")).await;
    let session = house.settled(&lsid).await;
    assert_eq!((&session["state"], reason(&session)), (&json!("stored"), "disposition.chat"), "{session}");
    assert_eq!((&session["facts"]["user"], &session["ticket"]), (&json!(207), &Value::Null), "kept under the chat's user");
    let messages = messages(&house).await;
    assert_eq!(messages.len(), 1);
    let html = text(&messages[0]["text"]);
    assert!(messages[0]["chat_id"] == 640 && html.contains("for the customer") && html.contains(&lsid), "{html}");
    assert!(!html.contains("between us"), "{html}");
}

#[tokio::test]
async fn session_24_a_message_whose_answer_was_lost_is_posted_once() {
    let house = House::open().await;
    house.issue_for_chat(CODE, 640);
    for kind in ["commit_then_cut", "cut_then_commit"] {
        let fault = json!([{"path": "/api/ChatMessage", "method": "POST", "kind": kind, "milliseconds": 300}]);
        house.halo("faults", Some(fault)).await;
        let before = messages(&house).await.len();
        let lsid = of_two(&house, &format!("chat-640.{CODE}")).await;
        assert_eq!(house.settled(&lsid).await["state"], "stored");
        assert_eq!(messages(&house).await.len(), before + 1, "{kind}");
    }
}

#[tokio::test]
async fn session_25_what_has_no_place_is_stored_under_its_user_or_the_default_user() {
    let house = House::open().await;
    let frame = house.sign_in(PRIYA).await;
    frame.settings(json!({"defaultUser": 208})).await;
    house.issue_for_chat("0000000001", 642);
    house.issue_for_chat("0000000002", 643);
    house.halo("chats/642", Some(json!({"name": "Printer questions", "isclosed": true}))).await;
    house.halo("chats/643", Some(json!({"isclosed": true, "name": ""}))).await;
    // key, name it is kept under, user, reason
    for (key, name, user, why) in [
        ("", "Remote Session", 208, "disposition.stored"),
        ("PO 12-44", "Remote Session", 208, "disposition.stored"),
        ("1161.9999999999", "Remote Session", 208, "disposition.storedNotIssued"),
        ("chat-642.0000000001", "Printer questions", 207, "disposition.storedChatEnded"),
        ("chat-643.0000000002", "Remote Session", 208, "disposition.storedChatEnded"),
    ] {
        let lsid = of_two(&house, key).await;
        let session = house.settled(&lsid).await;
        assert_eq!((&session["state"], reason(&session)), (&json!("stored"), why), "{key}: {session}");
        assert_eq!((&session["facts"]["name"], &session["facts"]["user"]), (&json!(name), &json!(user)), "{key}");
        assert_eq!(notes(&house, &lsid).await.len(), 0, "{key}");
    }
    assert_eq!(messages(&house).await.len(), 0);
}

#[tokio::test]
async fn session_25_a_chat_that_closes_or_gets_a_ticket_meanwhile_is_told_in_one_place() {
    let house = House::open().await;
    house.issue_for_chat(CODE, 640);
    // The chat changes between the decision and the message: the message is held up by Halo meanwhile.
    for (change, state, reason_code, notes_written) in [
        (json!({"isclosed": true}), "stored", "disposition.storedChatEnded", 0),
        (json!({"isclosed": false, "ticket_id": 1162}), "written", "disposition.chatTicket", 1),
    ] {
        house.halo("chats/640", Some(json!({"isclosed": false, "ticket_id": 0}))).await;
        let held = json!([{"path": "/api/ChatMessage", "method": "GET", "kind": "status", "status": 503, "headers": {"retry-after": "2"}}]);
        house.halo("faults", Some(held)).await;
        let lsid = of_two(&house, &format!("chat-640.{CODE}")).await;
        house
            .until("the message is decided", async |house| house.session(&lsid).await.filter(|session| session["state"] == "pending"))
            .await;
        house.halo("chats/640", Some(change)).await;
        let session = house.settled(&lsid).await;
        assert_eq!((&session["state"], reason(&session)), (&json!(state), reason_code), "{session}");
        assert_eq!((messages(&house).await.len(), notes(&house, &lsid).await.len()), (0, notes_written));
    }
}

#[tokio::test]
async fn session_26_only_generated_sessions_are_taken_when_the_switch_is_on() {
    let house = House::open().await;
    let frame = house.sign_in(PRIYA).await;
    for (switch, state, why) in [(true, "refused", "disposition.notIssuedHere"), (false, "written", "disposition.ticketTyped")] {
        frame.settings(json!({"onlyGenerated": switch})).await;
        let lsid = of_two(&house, "1161").await;
        let session = house.settled(&lsid).await;
        assert_eq!((&session["state"], reason(&session)), (&json!(state), why));
        assert_eq!(notes(&house, &lsid).await.len(), usize::from(!switch));
    }
    let note = notes(&house, &text(&frame.get("/sessions?state=written").await.1["sessions"][0]["lsid"])).await.remove(0).1;
    assert!(note.contains("typed by a technician"), "{note}");
    let events = house.appliance("ledger", None).await["events"].as_array().unwrap().clone();
    assert!(events.iter().all(|event| event["statuses"] == json!([200])), "BeyondTrust gets 200 both times");
}

#[tokio::test]
async fn session_27_after_the_name_is_mended_replay_writes_it() {
    let house = House::open().await;
    let frame = house.sign_in(PRIYA).await;
    let stranger = |name: &str| json!({"public": name, "private": name, "display": name});
    house.appliance("representatives/7", Some(stranger("Somebody Else"))).await;
    let lsid = house.play(None, Some("1161"), "rep:7").await;
    let session = house.settled(&lsid).await;
    assert_eq!((&session["state"], reason(&session)), (&json!("refused"), "disposition.noTechnician"));
    assert!(session["reason"]["args"]["names"] == "Somebody Else" && session["facts"]["technicians"] == json!(["Somebody Else"]));
    let replay = async |frame: &Frame<'_>| frame.send(Method::POST, &format!("/sessions/{lsid}/replay"), &[], &json!({})).await;
    assert_eq!(replay(&house.sign_in(ANN).await).await.1["code"], "not_administrator");
    assert_eq!(replay(&frame).await.1["state"], "refused", "nothing was mended yet");
    house.halo("agents/42", Some(json!({"beyondtrust_name": "somebody  ELSE"}))).await;
    let (status, session) = replay(&frame).await;
    assert_eq!((status, &session["state"]), (200, &json!("written")), "{session}");
    assert_eq!(notes(&house, &lsid).await.len(), 1);
    assert_eq!(replay(&frame).await.1["code"], "session_not_now", "what is written is left alone");
}

#[tokio::test]
async fn session_28_f24_names_match_in_every_form_and_never_by_guessing() {
    let house = House::open().await;
    // private, public name at the appliance; the agent whose note it is, or why it is nobody's
    for (private, public, owner) in [
        ("Kit O\u{2019}Neill", "Service Desk", Ok(KIT)),
        ("Support Agent", "KIT", Ok(KIT)),
        ("Zoe\u{308}  Mu\u{308}ller-\u{141}ukasz", "Support", Ok(46)),
        ("ann k.", "x", Ok(ANN)),
        ("Kit O'Neil", "Kitt", Err("disposition.noTechnician")),
        ("Priya", "Ann", Err("disposition.noTechnician")),
    ] {
        house.appliance("representatives/7", Some(json!({"public": public, "private": private, "display": public}))).await;
        let lsid = house.play(None, Some("1162"), "rep:7").await;
        let session = house.settled(&lsid).await;
        match owner {
            Ok(agent) => assert_eq!(session["disposition"]["owner"]["agent"], agent, "{private}: {session}"),
            Err(why) => assert_eq!((&session["state"], reason(&session)), (&json!("refused"), why), "{private}"),
        }
    }
    house.halo("agents/46", Some(json!({"beyondtrust_name": "ANN K."}))).await;
    house.app().roster.forget().await;
    house.appliance("representatives/7", Some(json!({"public": "Ann K.", "private": "Ann K.", "display": "Ann K."}))).await;
    let lsid = house.play(None, Some("1162"), "rep:7").await;
    let session = house.settled(&lsid).await;
    assert_eq!(reason(&session), "disposition.ambiguous");
    let candidates = text(&session["reason"]["args"]["candidates"]);
    assert!(candidates.contains("Ann Keller") && candidates.contains("Zoë"), "{candidates}");
}

#[tokio::test]
async fn session_29_of_several_technicians_the_owner_is_chosen_by_rule_and_the_rule_is_stated() {
    let house = House::open().await;
    let lsid = of_two(&house, "1161").await;
    let session = house.settled(&lsid).await;
    assert_eq!(session["disposition"]["owner"]["rule"], "primary", "{session}");
    assert!(session["disposition"]["trace"].to_string().contains("disposition.step.owner.primary"));
    // The primary representative is nobody in Halo: the one who was there longer owns it.
    house.appliance("representatives/7", Some(json!({"public": "Guest", "private": "Guest", "display": "Guest"}))).await;
    let lsid = of_two(&house, "1161").await;
    let session = house.settled(&lsid).await;
    assert_eq!((&session["state"], &session["disposition"]["owner"]["agent"]), (&json!("written"), &json!(46)), "{session}");
    assert_eq!(session["disposition"]["technicians"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn other_departments_sessions_leave_no_transcript_behind() {
    let house = House::open().await;
    let frame = house.sign_in(PRIYA).await;
    frame.settings(json!({"sessionTeams": ["Service Desk"]})).await;
    let script = json!([{"join": "rep:7"}, {"say": "a salary of 4711", "by": "customer"}]);
    let play = async |team: u32| {
        let body = json!({"external_key": "1161", "team": team, "script": script, "end": true});
        text(&house.appliance("play", Some(body)).await["lsid"])
    };
    let (ours, theirs) = (play(3).await, play(4).await);
    assert_eq!(house.settled(&ours).await["state"], "written");
    let left_out = house.settled(&theirs).await;
    assert_eq!((&left_out["state"], reason(&left_out)), (&json!("refused"), "disposition.otherTeam"), "{left_out}");
    assert_eq!(notes(&house, &theirs).await.len(), 0);
    let reports: i64 = house.sql().query_row("SELECT count(*) FROM reports WHERE lsid = ?1", [&theirs], |row| row.get(0)).unwrap();
    assert_eq!(reports, 0);
}

#[tokio::test]
async fn session_22_the_time_taken_is_entered_when_the_setting_says_so() {
    let house = House::open().await;
    let frame = house.sign_in(PRIYA).await;
    for on in [false, true] {
        frame.settings(json!({"timeTaken": on})).await;
        let lsid = house.play(None, Some("1161"), "rep:7").await;
        house.settled(&lsid).await;
        let action = house.actions(1161, SESSION).await.pop().unwrap();
        let hours = action["timetaken"].as_f64().unwrap();
        let length = action["actioncompletiondate"].as_str().zip(action["actionarrivaldate"].as_str());
        assert_eq!((hours > 0.0, length.is_some()), (on, true), "{hours}");
    }
}

// ---- by hand ----

async fn by_hand(frame: &Frame<'_>, lsid: &str, what: &str, body: &Value) -> (u16, Value) {
    frame.send(Method::POST, &format!("/sessions/{lsid}/{what}"), &[], body).await
}

#[tokio::test]
async fn link_32_a_stored_session_is_found_linked_once_and_gone_from_the_list() {
    let house = House::open().await;
    let (priya, ann) = (house.sign_in(PRIYA).await, house.sign_in(ANN).await);
    let lsid = of_two(&house, "PO 12-44").await;
    house.settled(&lsid).await;
    let found = async |frame: &Frame<'_>, search: &str| {
        let (status, list) = frame.get(&format!("/sessions?state=stored&linkTo=1161&search={search}")).await;
        assert_eq!(status, 200, "{list}");
        list["sessions"].as_array().unwrap().len()
    };
    assert_eq!((found(&ann, "CONNOR%20priya").await, found(&ann, "po%2012").await, found(&ann, "nobody").await), (1, 1, 0));
    assert_eq!(ann.get("/sessions?state=stored&linkTo=1164").await.1["code"], "not_allowed", "for a ticket she may not change");
    assert_eq!(ann.get("/sessions?state=stored").await.1["code"], "not_administrator");
    assert_eq!(by_hand(&ann, &lsid, "link", &json!({"ticket": 1164})).await.1["code"], "not_allowed");
    assert_eq!(notes(&house, &lsid).await.len(), 0);

    let (status, session) = by_hand(&ann, &lsid, "link", &json!({"ticket": 1161})).await;
    assert_eq!((status, &session["state"], &session["ticket"]), (200, &json!("written"), &json!(1161)), "{session}");
    assert_eq!(found(&ann, "").await, 0);
    let note = notes(&house, &lsid).await;
    assert!(note.len() == 1 && note[0].0 == 1161 && note[0].1.contains("Linked to this ticket by Ann Keller."), "{note:?}");
    let (status, told) = by_hand(&priya, &lsid, "link", &json!({"ticket": 1161})).await;
    assert_eq!((status, &told["code"]), (409, &json!("session_linked")), "a second agent is told");
}

#[tokio::test]
async fn link_32_two_agents_at_once_link_one_session_once() {
    let house = House::open().await;
    let (priya, ann) = (house.sign_in(PRIYA).await, house.sign_in(ANN).await);
    let lsid = of_two(&house, "").await;
    house.settled(&lsid).await;
    let (to_1161, to_1162) = (json!({"ticket": 1161}), json!({"ticket": 1162}));
    let (one, two) = tokio::join!(by_hand(&priya, &lsid, "link", &to_1161), by_hand(&ann, &lsid, "link", &to_1162));
    let mut statuses = [one.0, two.0];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409], "{one:?} {two:?}");
    let (done, told) = if one.0 == 200 { (one.1, two.1) } else { (two.1, one.1) };
    assert_eq!((&told["code"], told["args"]["ticket"].as_str()), (&json!("session_linked"), Some(&*done["ticket"].to_string())), "{told}");
    let notes = notes(&house, &lsid).await;
    assert_eq!((notes.len(), &json!(notes[0].0)), (1, &done["ticket"]));
}

#[tokio::test]
async fn link_33_undo_and_move_leave_one_note_on_the_right_ticket() {
    let house = House::open().await;
    let frame = house.sign_in(PRIYA).await;
    let lsid = house.play(None, Some("1161"), "rep:7").await;
    assert_eq!(house.settled(&lsid).await["state"], "written");

    let (_, session) = by_hand(&frame, &lsid, "link", &json!({"ticket": 1162, "from": 1161})).await;
    assert_eq!((&session["state"], &session["ticket"]), (&json!("written"), &json!(1162)), "{session}");
    let note = notes(&house, &lsid).await;
    assert!(note.len() == 1 && note[0].0 == 1162 && note[0].1.contains("Moved here from ticket 1161 by Priya Nair."), "{note:?}");
    assert!(note[0].1.contains("It says"), "the whole note, transcript and all: {note:?}");

    let (_, session) = by_hand(&frame, &lsid, "unlink", &json!({})).await;
    assert_eq!((&session["state"], &session["ticket"], reason(&session)), (&json!("stored"), &Value::Null, "session.unlinkedBy"));
    assert_eq!(notes(&house, &lsid).await, []);
    let (_, session) = by_hand(&frame, &lsid, "link", &json!({"ticket": 1161})).await;
    assert_eq!(session["state"], "written", "and back again: {session}");
    assert_eq!(notes(&house, &lsid).await.len(), 1);
    let trail: Vec<(String, String, u32)> = {
        let sql = house.sql();
        let mut rows = sql.prepare("SELECT who, what, ticket FROM audit WHERE lsid = ?1 ORDER BY id").unwrap();
        rows.query_map([&lsid], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).unwrap().map(Result::unwrap).collect()
    };
    let line = |what: &str, ticket| ("Priya Nair".to_owned(), what.to_owned(), ticket);
    assert_eq!(trail, [line("session_moved", 1162), line("session_unlinked", 1162), line("session_linked", 1161)]);
}

#[tokio::test]
async fn link_33_when_halo_does_not_let_a_note_go_it_stays_and_says_so() {
    let house = House::open().await;
    let frame = house.sign_in(PRIYA).await;
    let lsid = house.play(None, Some("1161"), "rep:7").await;
    house.settled(&lsid).await;
    house.halo("settings", Some(json!({"delete_refused": true}))).await;
    let (_, session) = by_hand(&frame, &lsid, "unlink", &json!({})).await;
    assert_eq!((&session["state"], &session["ticket"], reason(&session)), (&json!("written"), &json!(1161), "session.withdrawalRefused"));
    assert_eq!(notes(&house, &lsid).await.len(), 1);
    // Where the new ticket takes nothing, the note stays where it was.
    house.halo("settings", Some(json!({"delete_refused": false, "closed_refuses": true}))).await;
    let (_, session) = by_hand(&frame, &lsid, "link", &json!({"ticket": 1165, "from": 1161})).await;
    assert_eq!((&session["state"], &session["ticket"], reason(&session)), (&json!("written"), &json!(1161), "session.haloRefused"));
    let note = notes(&house, &lsid).await;
    assert!(note.len() == 1 && note[0].0 == 1161, "{note:?}");
}
