//! What may become of Halo's actions after and while they are posted.

mod vendors;

use serde_json::json;
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
