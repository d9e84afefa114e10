//! The traces of Halo's own BeyondTrust integration.

mod shape;
mod vendors;

use serde_json::json;
use shape::assert_json;
use vendors::Vendors;

const LSID: &str = "0f1e2d3c4b5a69788796a5b4c3d2e1f0";

#[tokio::test]
async fn halos_own_note_of_a_session_names_neither_us_nor_the_session() {
    let vendors = Vendors::open().await;
    let token = vendors.service_token().await;
    let made = vendors.halo("native-note", Some(json!({"ticket": 1161, "lsid": LSID}))).await;
    let action = vendors.read(&token, &format!("/api/Actions/{}?ticket_id=1161", made["action_id"])).await;
    assert_json(&action, "halo/action.json");
    assert_eq!((&action["outcome"], &action["ticket_id"]), (&json!("Remote Session"), &json!(1161)));
    assert_ne!(action["who_agentid"], 90, "not by our service");
    let text = action.to_string();
    assert!(!text.contains(LSID) && !text.contains("Remote session "), "{text}");
    assert!(action["note"].as_str().unwrap().contains("Connor Blake: "), "the chat log");
    assert_eq!(vendors.halo("ledger", None).await["actions"], json!([]), "nobody posted it");
    let by_agent = vendors.halo("native-note", Some(json!({"ticket": 1161, "lsid": "another", "agent": 43}))).await;
    let action = vendors.read(&token, &format!("/api/Actions/{}?ticket_id=1161", by_agent["action_id"])).await;
    assert_eq!((&action["who"], &action["who_agentid"]), (&json!("Ann Keller"), &json!(43)));
    let unknown = vendors.client.post(vendors.halo_url("/control/native-note")).json(&json!({"ticket": 999, "lsid": LSID})).send().await;
    assert_eq!(unknown.unwrap().status(), 409);
}

#[tokio::test]
async fn halo_keeps_remote_sessions_by_the_appliances_id() {
    let vendors = Vendors::open().await;
    let token = vendors.service_token().await;
    let made = vendors.halo("native-note", Some(json!({"ticket": 1161, "lsid": LSID}))).await;
    vendors.halo("native-note", Some(json!({"lsid": "00000000000000000000000000000001"}))).await;
    let list = async |query: &str| vendors.read(&token, &format!("/api/RemoteSession{query}")).await["remotesessions"].clone();
    let lsids = |list: &serde_json::Value| list.as_array().unwrap().iter().map(|one| one["thirdpartyid"].clone()).collect::<Vec<_>>();
    let unlinked = list("").await;
    assert_eq!(lsids(&unlinked), ["00000000000000000000000000000001"], "those on no ticket, unless all are asked for");
    assert_json(&unlinked[0], "halo/remote_session.json");
    assert_eq!(lsids(&list("?includelinked=true").await).len(), 2);
    let mine = list(&format!("?includelinked=true&search={LSID}")).await;
    assert_eq!(lsids(&mine), [LSID]);
    assert_json(&mine[0], "halo/remote_session.json");
    assert_eq!((&mine[0]["ticket_id"], &mine[0]["actionnumber"]), (&json!(1161), &made["action_id"]));
    assert_eq!(lsids(&list("?includelinked=true&search=connor%20blake").await).len(), 2, "by its user or by what was said");
    assert_eq!(vendors.read(&token, "/api/Tickets/1161").await["remotesession_count"], 1);
    let chats = vendors.service_token_for("access:chat").await;
    assert_eq!(vendors.get(&chats, "/api/RemoteSession").send().await.unwrap().status(), 403);
}

#[tokio::test]
async fn only_administrators_and_the_service_see_whether_it_is_connected() {
    let vendors = Vendors::open().await;
    let (priya, _) = vendors.sign_in(42).await;
    let (ann, _) = vendors.sign_in(43).await;
    let service = vendors.service_token().await;
    assert_eq!(vendors.get(&ann, "/api/Control").send().await.unwrap().status(), 403);
    for (connected, token) in [(false, &priya), (true, &priya), (true, &service)] {
        vendors.halo("settings", Some(json!({"builtin_integration": connected}))).await;
        let control = vendors.read(token, "/api/Control").await;
        assert_json(&control, "halo/control.json");
        assert_eq!(control["beyondtrust_authorized"], connected);
        assert_eq!(control["beyondtrust_url"], vendors.simulator.appliance_origin);
    }
}
