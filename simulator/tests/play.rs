//! Sessions that are played at once: when they were, who is told of them, and in whose queue they were taken.

mod shape;
mod vendors;

use serde_json::json;
use shape::{of_xml, value, values};
use vendors::Vendors;

#[tokio::test]
async fn a_session_can_have_ended_long_ago() {
    let vendors = Vendors::open().await;
    // The lag counts from the end, which is over.
    vendors.appliance("settings", Some(json!({"report_lag_ms": 60_000}))).await;
    let script = json!([{"join": "rep:7"}, {"say": "Hello", "by": "rep:7"}]);
    let lsid = vendors.play(json!({"external_key": "1161", "script": script, "end": true, "ended_ago": 7200})).await;
    let report = vendors.report(&[("lsid", &lsid)]).await;
    let of = |place: &str| value(&report, &format!("session_list/session/{place}")).parse::<i64>().unwrap();
    let (start, end) = (of("start_time@timestamp"), of("end_time@timestamp"));
    let now = time::OffsetDateTime::now_utc().unix_timestamp();
    assert!((7200..7205).contains(&(now - end)), "two hours ago");
    assert_eq!(end - start, 60, "as long as ever");
    let said = of("session_details/event[Chat Message]@timestamp");
    assert!(start < said && said < end);
    let since = async |seconds: i64| {
        let from = (now - seconds).to_string();
        of_xml(&vendors.report(&[("end_time", &from), ("duration", "0")]).await).len() > 1
    };
    assert_eq!((since(3600).await, since(10_800).await), (false, true));
    let event = vendors.appliance("ledger", None).await["events"][0]["body"].as_str().unwrap().to_owned();
    assert!(event.contains(&format!("timestamp={end}&")), "the event says when it happened: {event}");
}

#[tokio::test]
async fn a_session_can_go_unannounced() {
    let vendors = Vendors::open().await;
    let all = ["begin", "member_added", "owner_changed", "member_departed", "end"].map(|event| format!("support_conference_{event}"));
    vendors.appliance("settings", Some(json!({"events_to_send": all}))).await;
    let script = json!([{"join": "rep:7"}]);
    let quiet = vendors.play(json!({"external_key": "1161", "script": script, "end": true, "announce": false})).await;
    let running = vendors.play(json!({"external_key": "1162", "script": script, "announce": false})).await;
    vendors.appliance(&format!("sessions/{running}/end"), Some(json!({}))).await;
    assert_eq!(vendors.appliance("ledger", None).await["events"], json!([]), "nor does its end later");
    assert_eq!(value(&vendors.report(&[("lsid", &quiet)]).await, "session_list/session@lsid"), quiet, "it is reported all the same");
    let told = vendors.play(json!({"external_key": "1161", "script": script, "end": true})).await;
    let events = vendors.appliance("ledger", None).await["events"].clone();
    assert!(events.as_array().unwrap().iter().all(|event| event["lsid"] == told), "{events}");
}

#[tokio::test]
async fn a_session_taken_in_a_teams_queue_says_which_team() {
    let vendors = Vendors::open().await;
    let key = vendors.key("rep:7", "1161.7K3M9QX2DH").await;
    let short_key = value(&key, "session_key/short_key");
    let script = json!([{"join": "rep:12"}]);
    for play in [
        json!({"short_key": short_key, "script": script, "end": true, "team": 4}),
        json!({"external_key": "1161", "script": script, "end": true, "team": 4}),
    ] {
        let lsid = vendors.play(play).await;
        let report = vendors.report(&[("lsid", &lsid)]).await;
        let of = |place: &str| values(&report, &format!("session_list/session/{place}"));
        assert_eq!((of("primary_team@id"), of("primary_team")), (vec!["4".to_owned()], vec!["Network Team".to_owned()]));
        assert_eq!(of("team_list/team@id"), ["4"]);
        let queues = of("session_details/event[Session Transferred to Queue]/destination");
        assert_eq!(queues.last().unwrap(), "Network Team");
    }
    let unknown = vendors.client.post(vendors.appliance_url("/control/play")).json(&json!({"team": 99})).send().await.unwrap();
    assert_eq!(unknown.status(), 409);
    assert_eq!(vendors.appliance("ledger", None).await["sessions"].as_array().unwrap().len(), 2, "nothing was begun");
}
