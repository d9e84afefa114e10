//! A device is opened from its asset in Halo, and its session finds its way back.
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
use serde_json::{Value, json};

async fn launch(frame: &Frame<'_>, body: Value) -> (u16, Value) {
    frame.send(reqwest::Method::POST, "/launches", &[], &body).await
}

fn key_in(launch: &Value) -> String {
    let url = url::Url::parse(launch["url"].as_str().unwrap()).unwrap();
    let key = url.query_pairs().find(|(name, _)| name == "session.custom.external_key");
    key.unwrap().1.into_owned()
}

#[tokio::test]
async fn invites_19_an_assets_tag_becomes_one_correct_link_or_a_reason() {
    let house = House::open().await;
    let frame = house.sign_in(43).await;
    let (status, options) = frame.get("/launches?asset=5120").await;
    assert_eq!(status, 200, "{options}");
    assert_eq!((&options["asset"]["tag"], &options["asset"]["name"]), (&json!("BR LT/0148 #2"), &json!("LT-0148")));
    let tickets: Vec<_> = options["tickets"].as_array().unwrap().iter().map(|ticket| ticket["id"].as_u64().unwrap()).collect();
    assert_eq!(tickets, [1162, 1161]);
    assert_eq!(options["warnings"][0]["code"], "launch.fitsSeveral", "{options}");
    assert_eq!(options["warnings"][0]["args"]["names"], "BR LT/0148 #21");

    let (status, made) = launch(&frame, json!({"asset": 5120, "ticket": 1161})).await;
    assert_eq!(status, 201, "{made}");
    let url = made["url"].as_str().unwrap();
    assert!(url.contains("&jump.method=pinned&search_string=BR%20LT%2F0148%20%232&"), "{url}");
    assert_eq!(key_in(&made), format!("1161.{}", made["id"].as_str().unwrap()));
    let (_, umlaut) = launch(&frame, json!({"asset": 5122})).await;
    assert!(umlaut["url"].as_str().unwrap().contains("search_string=K%C3%BChl%20%26%20S%C3%B6hne%20PC&"), "{umlaut}");
    let (_, options) = frame.get("/launches?asset=5120").await;
    assert_eq!((&options["launches"][0]["id"], &options["launches"][0]["by"]), (&made["id"], &json!("Ann Keller")));
    assert!(options["launches"][0]["url"].is_null());

    let warnings = frame.get("/launches?asset=5123").await.1["warnings"].clone();
    assert_eq!(
        (&warnings[0]["code"], &warnings[1]["code"]),
        (&json!("failure.search_empty.detail"), &json!("failure.search_empty.advice"))
    );
    for (tag, code) in
        [("", "search_empty"), ("$ID", "search_unsubstituted"), ("${ID}", "search_unsubstituted"), ("{$ID}", "search_unsubstituted")]
    {
        house.halo("assets/5123", Some(json!({"inventory_number": tag}))).await;
        let (status, problem) = launch(&frame, json!({"asset": 5123})).await;
        assert_eq!((status, &problem["code"]), (422, &json!(code)), "{tag}");
    }
    for body in [json!({"asset": 9999}), json!({"asset": 5120, "ticket": 9999})] {
        assert_eq!(launch(&frame, body).await.0, 404);
    }
}

/// How often Halo was asked for this path.
async fn asked(house: &House, path: &str) -> usize {
    let ledger = house.halo("ledger", None).await;
    ledger["requests"].as_array().unwrap().iter().filter(|request| request["path"] == path).count()
}

#[tokio::test]
async fn invites_19_a_tag_that_fits_many_devices_costs_one_call_and_a_failed_search_only_the_warning() {
    let house = House::open().await;
    let frame = house.sign_in(43).await;
    house.halo("assets/5123", Some(json!({"inventory_number": "1"}))).await;
    for id in 6000..6150 {
        house.halo(&format!("assets/{id}"), Some(json!({"inventory_number": format!("BR {id} 1")}))).await;
    }
    let (status, options) = frame.get("/launches?asset=5123").await;
    assert_eq!((status, &options["warnings"][0]["code"]), (200, &json!("launch.fitsSeveral")), "{options}");
    let names = options["warnings"][0]["args"]["names"].as_str().unwrap();
    assert_eq!((names.split(", ").count(), asked(&house, "/api/Asset").await), (5, 1), "{names}");

    house.halo("faults", Some(json!([{"path": "/api/Asset", "kind": "status", "status": 500}]))).await;
    let (status, options) = frame.get("/launches?asset=5123").await;
    assert_eq!((status, &options["warnings"], &options["asset"]["tag"]), (200, &json!([]), &json!("1")), "{options}");
}

#[tokio::test]
async fn invites_19_a_device_opens_only_for_an_open_ticket_of_its_own_that_its_agent_may_change() {
    let house = House::open().await;
    let frame = house.sign_in(43).await;
    let here = json!({"assets": [{"id": 5120}]});
    // Another customer's, as it were; then one that others work on, and one that is done.
    let cases =
        [(1163, json!({}), 409, "ticket_not_of_asset"), (1164, here.clone(), 403, "not_allowed"), (1165, here, 409, "ticket_not_of_asset")];
    for (ticket, change, status, code) in cases {
        house.halo(&format!("tickets/{ticket}"), Some(change)).await;
        let (answered, problem) = launch(&frame, json!({"asset": 5120, "ticket": ticket})).await;
        assert_eq!(
            (answered, &problem["code"], &problem["args"]["ticket"]),
            (status, &json!(code), &json!(ticket.to_string())),
            "{problem}"
        );
    }
    let (_, options) = frame.get("/launches?asset=5120").await;
    assert_eq!(options["launches"], json!([]), "nothing was recorded");
    assert_eq!(launch(&frame, json!({"asset": 5120, "ticket": 1161})).await.0, 201);
}

#[tokio::test]
async fn invites_19_a_launched_session_counts_as_generated_here() {
    let house = House::open().await;
    let frame = house.sign_in(42).await;
    frame.settings(json!({"onlyGenerated": true})).await;
    let (_, for_ticket) = launch(&frame, json!({"asset": 5120, "ticket": 1161})).await;
    let (_, alone) = launch(&frame, json!({"asset": 5120})).await;
    assert_eq!(key_in(&alone), format!("asset-5120.{}", alone["id"].as_str().unwrap()));
    let written = house.play(None, Some(&key_in(&for_ticket)), "rep:7").await;
    assert_eq!(house.settled(&written).await["state"], "written");
    assert_eq!(house.actions(1161, "Remote Session").await.len(), 1);
    let stored = house.play(None, Some(&key_in(&alone)), "rep:7").await;
    let session = house.settled(&stored).await;
    assert_eq!((&session["state"], &session["facts"]["externalKey"]), (&json!("stored"), &json!(key_in(&alone))));
    let foreign = house.play(None, Some("asset-5120.7K3M9QX2DH"), "rep:7").await;
    assert_eq!(house.settled(&foreign).await["state"], "refused");
}
