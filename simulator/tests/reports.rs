//! Reports: one session whole, and the sessions of a window. Shapes are held against the samples.

mod shape;
mod vendors;

use serde_json::json;
use shape::{assert_xml, of_xml, value, values};
use vendors::{Vendors, story};

#[tokio::test]
async fn a_session_is_reported_whole() {
    let vendors = Vendors::open().await;
    let key = vendors.key("team:3", "old").await;
    let short_key = value(&key, "session_key/short_key");
    let lsid = vendors.play(json!({"short_key": short_key, "script": story(), "end": true})).await;
    let report = vendors.report(&[("lsid", &lsid)]).await;
    assert_xml(&report, "appliance/session_report.xml");
    let of = |place: &str| value(&report, &format!("session_list/session{place}"));
    assert_eq!((of("@lsid"), of("/external_key")), (lsid.clone(), "1161.7K3M9QX2DH".to_owned()), "the key typed later wins");
    assert_eq!(
        (of("/primary_rep"), of("/primary_rep@id"), of("/primary_team@id")),
        ("Ann Keller".to_owned(), "9".to_owned(), "3".to_owned())
    );
    let seconds: i64 = of("/end_time@timestamp").parse::<i64>().unwrap() - of("/start_time@timestamp").parse::<i64>().unwrap();
    assert_eq!(of("/duration"), format!("00:{:02}:{:02}", seconds / 60, seconds % 60));
    assert!(seconds > 60, "a played session has a length");
    let start = time::OffsetDateTime::parse(&of("/start_time"), &time::format_description::well_known::Rfc3339).unwrap();
    assert_eq!(start.unix_timestamp().to_string(), of("/start_time@timestamp"));
    let involved = values(&report, "session_list/session/rep_list/representative/seconds_involved");
    assert!(involved.iter().all(|seconds| seconds.parse::<i64>().unwrap() > 0), "{involved:?}");
    let chat = "session_list/session/session_details/event[Chat Message]";
    assert_eq!(values(&report, &format!("{chat}/body"))[0], "It says <0x800> & \"closes\" ]]>", "escaped");
    use base64::{Engine as _, prelude::BASE64_STANDARD};
    let encoded = BASE64_STANDARD.decode(value(&report, &format!("{chat}/encoded_body"))).unwrap();
    assert_eq!(String::from_utf8(encoded).unwrap(), "bell \u{7} and escape \u{1b}", "what XML cannot carry comes in base64 instead");
    assert_eq!(values(&report, &format!("{chat}/destination@type")), ["representative", "representative", "representative"]);
}

#[tokio::test]
async fn sessions_nobody_took_and_sessions_in_progress_leave_out_what_they_have_not() {
    let vendors = Vendors::open().await;
    let abandoned = vendors.play(json!({"external_key": "", "script": [{"say": "Anybody?", "by": "customer"}], "end": true})).await;
    assert_xml(&vendors.report(&[("lsid", &abandoned)]).await, "appliance/session_report_abandoned.xml");
    let running = vendors.play(json!({"external_key": "1161", "script": [{"join": "rep:7"}], "end": false})).await;
    assert_xml(&vendors.report(&[("lsid", &running)]).await, "appliance/session_report_in_progress.xml");
    let both = vendors.report(&[("lsids", &format!("{abandoned},{running}"))]).await;
    assert_eq!(values(&both, "session_list/session@lsid").len(), 2);
}

#[tokio::test]
async fn windows_by_their_end_hold_closed_sessions_only() {
    let vendors = Vendors::open().await;
    let ended = vendors.play(json!({"external_key": "1161", "script": [{"join": "rep:7"}], "end": true})).await;
    let running = vendors.play(json!({"external_key": "1162", "script": [{"join": "rep:7"}], "end": false})).await;
    let report = vendors.report(&[("lsid", &ended)]).await;
    let end = value(&report, "session_list/session/end_time@timestamp");
    let lsids = async |form: &[(&str, &str)]| values(&vendors.report(form).await, "session_list/session@lsid");
    assert_eq!(lsids(&[("end_time", &end), ("duration", "0")]).await, [ended.as_str()]);
    assert_eq!(lsids(&[("end_date", "2020-01-01"), ("duration", "0")]).await, [ended.as_str()]);
    assert_eq!(lsids(&[("start_time", "0"), ("duration", "0")]).await, [ended.as_str(), running.as_str()]);
    let nothing = vendors.report(&[("end_date", "2020-01-01"), ("duration", "1")]).await;
    assert_eq!(of_xml(&nothing).len(), 1, "an empty list is a root without children, not an error");
    let listing =
        vendors.xml("/api/reporting", &[("generate_report", "SupportSessionListing"), ("end_time", "0"), ("duration", "0")]).await;
    assert_xml(&listing, "appliance/session_listing.xml");
}

#[tokio::test]
async fn a_report_can_lag_be_overridden_and_be_cut_off() {
    let vendors = Vendors::open().await;
    vendors.appliance("settings", Some(json!({"report_lag_ms": 3_600_000}))).await;
    let lsid = vendors.play(json!({"external_key": "1161", "script": [{"join": "rep:7"}], "end": true})).await;
    let early = vendors.report(&[("lsid", &lsid)]).await;
    assert!(!of_xml(&early).contains("session_list/session/end_time"), "{early}");
    vendors.appliance("settings", Some(json!({"report_lag_ms": 0}))).await;
    assert!(of_xml(&vendors.report(&[("lsid", &lsid)]).await).contains("session_list/session/end_time"));
    vendors.appliance("settings", Some(json!({"report_override": "<html>upgrading"}))).await;
    assert_eq!(vendors.report(&[("lsid", &lsid)]).await, "<html>upgrading");
    vendors.appliance("settings", Some(json!({"report_override": null}))).await;
    let damaged = vendors.play(json!({"external_key": "1161", "end": true, "damaged": true})).await;
    assert!(!vendors.report(&[("lsid", &damaged)]).await.contains("</session_list>"));
    assert!(vendors.report(&[("lsid", &lsid)]).await.contains("</session_list>"), "the others are whole");
}

#[tokio::test]
async fn a_listing_by_end_holds_closed_sessions_of_the_window_only() {
    let vendors = Vendors::open().await;
    let script = json!([{"join": "rep:7"}]);
    let ended = vendors.play(json!({"external_key": "1161", "script": script, "end": true, "ended_ago": 600})).await;
    let running = vendors.play(json!({"external_key": "1162", "script": script, "end": false, "ended_ago": 600})).await;
    let older = vendors.play(json!({"script": script, "end": true, "ended_ago": 7200})).await;
    let now = time::OffsetDateTime::now_utc().unix_timestamp();
    let list = async |set: &str, ago: i64, duration: &str| {
        let from = (now - ago).to_string();
        let listing =
            vendors.xml("/api/reporting", &[("generate_report", "SupportSessionListing"), (set, &from), ("duration", duration)]).await;
        values(&listing, "session_summary_list/session_summary@lsid")
    };
    assert_eq!(list("end_time", 900, "900").await, [ended.as_str()]);
    assert_eq!(list("end_time", 10_800, "10800").await, [ended.as_str(), older.as_str()]);
    assert_eq!(list("end_time", 10_800, "5400").await, [older.as_str()], "the window closes");
    assert_eq!(list("start_time", 900, "0").await, [ended.as_str(), running.as_str()]);
    vendors.appliance(&format!("sessions/{running}/end"), Some(json!({}))).await;
    assert_eq!(list("end_time", 300, "0").await, [running.as_str()], "once it is closed");
}

#[tokio::test]
async fn windows_can_be_refused_while_single_sessions_are_reported() {
    let vendors = Vendors::open().await;
    let lsid = vendors.play(json!({"script": [{"join": "rep:7"}], "end": true})).await;
    let refusal = "Reports by time are not available to this account.";
    vendors.appliance("settings", Some(json!({"window_error": refusal}))).await;
    for report in ["SupportSession", "SupportSessionListing"] {
        for set in ["start_date", "start_time", "end_date", "end_time"] {
            let from = if set.ends_with("date") { "2026-01-01" } else { "0" };
            let form = [("generate_report", report), (set, from), ("duration", "0")];
            assert_eq!(value(&vendors.xml("/api/reporting", &form).await, "error"), refusal, "{report} by {set}");
        }
    }
    for set in ["lsid", "lsids"] {
        assert_eq!(value(&vendors.report(&[(set, &lsid)]).await, "session_list/session@lsid"), lsid);
    }
    vendors.appliance("settings", Some(json!({"window_error": null}))).await;
    assert_eq!(values(&vendors.report(&[("end_time", "0"), ("duration", "0")]).await, "session_list/session@lsid"), [lsid]);
}
