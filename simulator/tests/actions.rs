//! What may become of Halo's actions after and while they are posted.

mod vendors;

use base64::{Engine as _, prelude::BASE64_STANDARD};
use serde_json::{Value, json};
use vendors::Vendors;

#[tokio::test]
async fn a_deleted_action_is_gone_from_the_ticket_and_kept_in_the_ledger() {
    let vendors = Vendors::open().await;
    let (token, _) = vendors.sign_in(42).await;
    let delete = async |token: &str, path: &str| {
        vendors.client.delete(vendors.halo_url(path)).bearer_auth(token).send().await.unwrap().status().as_u16()
    };
    let action = vendors.act(&token, json!({"ticket_id": 1161, "outcome": "Remote Session", "note": "wrong ticket"})).await;
    let path = format!("/api/Actions/{}", action["id"]);
    assert_eq!(delete(&token, &path).await, 400, "action ids count per ticket, so the ticket must be said");
    assert_eq!(delete(&token, &format!("{path}?ticket_id=1162")).await, 404, "another ticket's");
    vendors.halo("settings", Some(json!({"delete_refused": true}))).await;
    assert_eq!(delete(&token, &format!("{path}?ticket_id=1161")).await, 403);
    vendors.halo("settings", Some(json!({"delete_refused": false}))).await;
    let reader = vendors.service_token_for("read:tickets").await;
    assert_eq!(delete(&reader, &format!("{path}?ticket_id=1161")).await, 403, "reading is not enough");
    assert_eq!(delete(&token, &format!("{path}?ticket_id=1161")).await, 200);
    assert_eq!(delete(&token, &format!("{path}?ticket_id=1161")).await, 404, "once");
    assert_eq!(vendors.read(&token, "/api/Actions?ticket_id=1161").await["record_count"], 1);
    let ledger = vendors.halo("ledger", None).await;
    assert_eq!((&ledger["actions"], &ledger["deleted_actions"]), (&json!([]), &json!([action])));
    let next = vendors.act(&token, json!({"ticket_id": 1161, "outcome": "Remote Session", "note": "right"})).await;
    assert_ne!(next["id"], action["id"], "a number is given out once");
}

fn with_files(files: Value) -> Value {
    json!({"ticket_id": 1161, "outcome": "Remote Session", "note": "with files", "attachments": files})
}

#[tokio::test]
async fn files_of_an_action_are_kept_apart_from_it() {
    let vendors = Vendors::open().await;
    let (token, _) = vendors.sign_in(42).await;
    let chat = "09:00 Priya: Grüße\n";
    // More than a web framework takes unless it is told otherwise.
    let long = vec![b'x'; 3 << 20];
    let action = vendors
        .act(
            &token,
            with_files(json!([
                {"filename": "chat.txt", "data_base64": format!("data:text/plain;base64,{}", BASE64_STANDARD.encode(chat))},
                {"filename": "log.bin", "content_type": "application/x-log", "data_base64": BASE64_STANDARD.encode(&long)},
            ])),
        )
        .await;
    assert_eq!((&action["attachment_count"], action.get("attachments")), (&json!(2), None), "{action}");
    let ledger = vendors.halo("ledger", None).await;
    assert_eq!(
        ledger["attachments"][0],
        json!({"ticket_id": 1161, "action_id": action["id"], "filename": "chat.txt", "bytes": chat.len(), "text": chat})
    );
    let second = &ledger["attachments"][1];
    assert_eq!((&second["bytes"], second["text"].as_str().unwrap().len()), (&json!(3 << 20), 100 << 10));
    assert_eq!(ledger["actions"][0]["attachment_count"], 2);
    let list = vendors.read(&token, &format!("/api/Attachment?ticket_id=1161&action_id={}", action["id"])).await;
    assert_eq!((&list["record_count"], &list["attachments"][0]["content_type"]), (&json!(2), &json!("text/plain")));
    assert_eq!(vendors.read(&token, "/api/Attachment?ticket_id=1161&action_id=1").await["record_count"], 0);
    assert_eq!(vendors.get(&token, "/api/Attachment?action_id=2").send().await.unwrap().status(), 400, "not without the ticket");
    let content = vendors.get(&token, &format!("/api/Attachment/{}", list["attachments"][0]["id"])).send().await.unwrap();
    assert_eq!(content.text().await.unwrap(), chat);
    let path = vendors.halo_url(&format!("/api/Actions/{}?ticket_id=1161", action["id"]));
    vendors.client.delete(path).bearer_auth(&token).send().await.unwrap();
    assert_eq!(vendors.read(&token, "/api/Attachment?ticket_id=1161").await["record_count"], 0, "they go with their action");
}

#[tokio::test]
async fn a_file_that_is_not_taken_takes_its_action_with_it() {
    let vendors = Vendors::open().await;
    let (token, _) = vendors.sign_in(42).await;
    vendors.halo("settings", Some(json!({"attachment_limit": 10}))).await;
    let file = |name: &str, content: &str| json!({"filename": name, "data_base64": BASE64_STANDARD.encode(content)});
    let post = async |files: Value| {
        let answer = vendors.post(&token, "/api/Actions", &json!([with_files(files)])).send().await.unwrap();
        (answer.status().as_u16(), answer.json::<Value>().await.unwrap())
    };
    let (status, body) = post(json!([file("small.txt", "0123456789"), file("large.txt", "0123456789a")])).await;
    assert!(status == 400 && body["Message"].as_str().unwrap().ends_with('.'), "a sentence: {body}");
    assert_eq!(post(json!([{"filename": "broken.txt", "data_base64": "***"}])).await.0, 400);
    assert_eq!(post(json!([file("", "x")])).await.0, 400);
    let ledger = vendors.halo("ledger", None).await;
    assert_eq!((&ledger["actions"], &ledger["attachments"]), (&json!([]), &json!([])), "nothing was begun");
    assert_eq!(post(json!([file("small.txt", "0123456789")])).await.0, 200, "up to the limit");
}

#[tokio::test]
async fn a_merged_ticket_is_read_and_takes_no_actions() {
    let vendors = Vendors::open().await;
    let (token, _) = vendors.sign_in(42).await;
    vendors.act(&token, json!({"ticket_id": 1161, "outcome": "Remote Session", "note": "before"})).await;
    vendors.halo("tickets/1161", Some(json!({"merged_into_id": 1162}))).await;
    for action in
        [json!({"ticket_id": 1161, "outcome": "Remote Session", "note": "after"}), json!({"ticket_id": 1161, "id": 2, "note": "changed"})]
    {
        let answer = vendors.post(&token, "/api/Actions", &json!([action])).send().await.unwrap();
        assert_eq!(answer.status(), 400);
        assert_eq!(answer.text().await.unwrap(), "This ticket has been merged into another ticket.");
    }
    assert_eq!(vendors.read(&token, "/api/Tickets/1161").await["merged_into_id"], 1162);
    assert_eq!(vendors.read(&token, "/api/Actions?ticket_id=1161").await["record_count"], 2);
    vendors.act(&token, json!({"ticket_id": 1162, "outcome": "Remote Session", "note": "where it went"})).await;
}

#[tokio::test]
async fn nobody_may_write_an_action_when_actions_are_denied() {
    let vendors = Vendors::open().await;
    let (priya, _) = vendors.sign_in(42).await;
    vendors.halo("settings", Some(json!({"deny_actions": true}))).await;
    for token in [&vendors.service_token().await, &priya] {
        let action = json!([{"ticket_id": 1161, "outcome": "Remote Session", "note": "n"}]);
        assert_eq!(vendors.post(token, "/api/Actions", &action).send().await.unwrap().status(), 403);
        assert_eq!(vendors.read(token, "/api/Actions?ticket_id=1161").await["record_count"], 1, "what is there is still read");
    }
}
