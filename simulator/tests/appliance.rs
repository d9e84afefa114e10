//! The appliance's manners: tokens, commands, pages. Shapes are held against the samples.

mod shape;
mod vendors;

use serde_json::json;
use shape::{assert_json, assert_xml, value, values};
use vendors::{Vendors, story};

#[tokio::test]
async fn the_31st_token_ends_the_oldest() {
    let vendors = Vendors::open().await;
    let first = vendors.ask_appliance_token("bt-secret-1").await.json().await.unwrap();
    assert_json(&first, "appliance/token.json");
    let first = first["access_token"].as_str().unwrap().to_owned();
    let works = async |token: &str| {
        let request = vendors.client.get(vendors.appliance_url("/api/command?action=get_api_info")).bearer_auth(token);
        request.send().await.unwrap().status() == 200
    };
    let second = vendors.appliance_token().await;
    for _ in 3..=30 {
        vendors.appliance_token().await;
    }
    assert!(works(&first).await, "30 may live");
    vendors.appliance_token().await;
    assert!(!works(&first).await && works(&second).await, "the 31st ends the oldest and no other");
}

#[tokio::test]
async fn a_wrong_secret_is_refused_and_a_new_secret_ends_all_tokens() {
    let vendors = Vendors::open().await;
    let refused = vendors.ask_appliance_token("wrong").await;
    assert_eq!(refused.status(), 401);
    assert_json(&refused.json().await.unwrap(), "appliance/token_refused.json");
    let token = vendors.appliance_token().await;
    vendors.appliance("settings", Some(json!({"client_secret": "another"}))).await;
    let answer = vendors.client.get(vendors.appliance_url("/api/command?action=get_api_info")).bearer_auth(token).send().await.unwrap();
    assert_eq!(answer.status(), 401);
}

#[tokio::test]
async fn tokens_expire() {
    let vendors = Vendors::open().await;
    vendors.appliance("settings", Some(json!({"token_seconds": 0}))).await;
    let token = vendors.appliance_token().await;
    let answer = vendors.client.get(vendors.appliance_url("/api/command?action=get_api_info")).bearer_auth(token).send().await.unwrap();
    assert_eq!(answer.status(), 401);
}

#[tokio::test]
async fn a_key_for_a_representative_says_whether_somebody_is_there() {
    let vendors = Vendors::open().await;
    let key = vendors.key("rep:7", "1161.7K3M9QX2DH").await;
    assert_xml(&key, "appliance/session_key_representative.xml");
    assert_eq!((value(&key, "session_key/queue"), value(&key, "session_key/queue@available")), ("rep".to_owned(), "1".to_owned()));
    assert_eq!(value(&key, "session_key/external_key"), "1161.7K3M9QX2DH");
    let code = value(&key, "session_key/short_key");
    assert!(code.len() == 7 && code.bytes().all(|letter| letter.is_ascii_digit()), "{code}");
    let url = value(&key, "session_key/key_url");
    let ak = url.strip_prefix(&format!("{}/?ak=", vendors.simulator.appliance_origin)).unwrap();
    assert!(ak.len() == 32 && ak.bytes().all(|letter| letter.is_ascii_hexdigit()), "{url}");
    assert!(value(&key, "session_key/mail_body").contains(&url));
    // Not an error: a key that nobody answers.
    let absent = vendors.key("rep:9", "1161").await;
    assert_xml(&absent, "appliance/session_key_representative.xml");
    assert_eq!(value(&absent, "session_key/queue@available"), "0");
}

#[tokio::test]
async fn a_key_for_everybody_names_no_queue_and_teams_are_as_available_as_their_members() {
    let vendors = Vendors::open().await;
    assert_xml(&vendors.key("general", "").await, "appliance/session_key_general.xml");
    let team = vendors.key("team:4", "").await;
    assert_eq!((value(&team, "session_key/queue_id"), value(&team, "session_key/queue@available")), ("4".to_owned(), "1".to_owned()));
    for id in [12, 13] {
        vendors.appliance(&format!("representatives/{id}"), Some(json!({"logged_in": false}))).await;
    }
    assert_eq!(value(&vendors.key("team:4", "").await, "session_key/queue@available"), "0");
    let by_name = vendors.key("rep_username:ann.keller", "").await;
    assert_eq!(value(&by_name, "session_key/queue_id"), "9");
    assert_eq!(value(&vendors.key("issue:vpn", "").await, "session_key/queue"), "issue");
}

#[tokio::test]
async fn what_cannot_be_is_an_error_document_with_status_200() {
    let vendors = Vendors::open().await;
    let too_long = "1".repeat(1025);
    for (queue, external_key) in [("rep:999", ""), ("team:999", ""), ("rep_username:nobody", ""), ("", ""), ("general", too_long.as_str())]
    {
        assert_xml(&vendors.key(queue, external_key).await, "appliance/error_command.xml");
    }
    assert_xml(&vendors.command(&[("action", "make_coffee")]).await, "appliance/error_command.xml");
    assert_xml(&vendors.command(&[("action", "generate_session_key"), ("queue_id", "general")]).await, "appliance/error_command.xml");
    assert_xml(&vendors.report(&[("lsid", &"0".repeat(32))]).await, "appliance/error_reporting.xml");
    assert_xml(&vendors.report(&[]).await, "appliance/error_reporting.xml");
    assert_xml(&vendors.report(&[("lsid", "a"), ("end_time", "0"), ("duration", "0")]).await, "appliance/error_reporting.xml");
}

#[tokio::test]
async fn permissions_and_the_xml_api_can_be_off() {
    let vendors = Vendors::open().await;
    vendors.appliance("settings", Some(json!({"permissions": {"perm_command": "read_only", "perm_reporting_support": "0"}}))).await;
    assert_xml(&vendors.key("general", "").await, "appliance/error_command.xml");
    assert_xml(&vendors.command(&[("action", "get_logged_in_reps")]).await, "appliance/logged_in_reps.xml");
    assert_xml(&vendors.report(&[("end_time", "0"), ("duration", "0")]).await, "appliance/error_reporting.xml");
    vendors.appliance("settings", Some(json!({"permissions": {"perm_command": "deny"}}))).await;
    assert_xml(&vendors.command(&[("action", "get_logged_in_reps")]).await, "appliance/error_command.xml");
    let info = vendors.command(&[("action", "get_api_info")]).await;
    assert_xml(&info, "appliance/api_info.xml");
    vendors.appliance("settings", Some(json!({"xml_api_enabled": false}))).await;
    assert_xml(&vendors.command(&[("action", "get_api_info")]).await, "appliance/error_command.xml");
    assert_xml(&vendors.report(&[("end_time", "0"), ("duration", "0")]).await, "appliance/error_reporting.xml");
}

#[tokio::test]
async fn representatives_teams_and_health_have_the_documented_shape() {
    let vendors = Vendors::open().await;
    let reps = vendors.command(&[("action", "get_logged_in_reps")]).await;
    assert_xml(&reps, "appliance/logged_in_reps.xml");
    assert_eq!(values(&reps, "logged_in_reps/rep@id"), ["7", "12", "13", "40"], "who is logged out is not there");
    assert_eq!(values(&reps, "logged_in_reps/rep/type").last().unwrap(), "Invited");
    vendors.appliance("representatives/9", Some(json!({"logged_in": true}))).await;
    let reps = vendors.command(&[("action", "get_logged_in_reps")]).await;
    assert_eq!(values(&reps, "logged_in_reps/rep/private_display_name")[1], "Ann Keller");
    assert_eq!(values(&reps, "logged_in_reps/rep/public_display_name")[1], "Ann K.");
    assert_xml(&vendors.command(&[("action", "get_support_teams")]).await, "appliance/support_teams.xml");
    let teams = vendors.command(&[("action", "get_support_teams"), ("showmembers", "1")]).await;
    assert_xml(&teams, "appliance/support_teams_with_members.xml");
    assert!(
        values(&teams, "support_teams/support_team/members/representative@id").contains(&"9".to_owned()),
        "members are listed, logged in or not"
    );
    assert_xml(&vendors.command(&[("action", "check_health")]).await, "appliance/check_health.xml");
}

#[tokio::test]
async fn a_session_that_runs_can_be_ended_once() {
    let vendors = Vendors::open().await;
    let lsid = vendors.appliance("play", Some(json!({"script": [{"join": "rep:7"}]}))).await["lsid"].as_str().unwrap().to_owned();
    let terminate = async || vendors.command(&[("action", "terminate_session"), ("lsid", &lsid)]).await;
    assert_xml(&terminate().await, "appliance/terminate_session_success.xml");
    assert_xml(&terminate().await, "appliance/error_command.xml");
    assert_xml(&vendors.command(&[("action", "terminate_session")]).await, "appliance/error_command.xml");
    let session = vendors.appliance("ledger", None).await["sessions"][0].clone();
    assert_eq!(session["state"], "ended", "{session}");
}

#[tokio::test]
async fn every_namespace_and_none() {
    let vendors = Vendors::open().await;
    for (setting, command, reporting) in [
        ("current", "https://www.beyondtrust.com/namespaces/API/command", "https://www.beyondtrust.com/namespaces/API/reporting"),
        ("legacy", "http://www.bomgar.com/namespaces/API/command", "http://www.bomgar.com/namespaces/API/reporting"),
        ("none", "", ""),
    ] {
        vendors.appliance("settings", Some(json!({"namespace": setting}))).await;
        let info = vendors.command(&[("action", "get_api_info")]).await;
        let report = vendors.report(&[("end_time", "0"), ("duration", "0")]).await;
        let error = vendors.report(&[("lsid", "none")]).await;
        for (text, namespace) in [(info, command), (report, reporting), (error, reporting)] {
            let (_, after) = text.split_once(" xmlns=\"").unwrap_or_default();
            assert_eq!(after.split('"').next(), Some(namespace), "{text}");
        }
    }
}

#[tokio::test]
async fn the_ledger_tells_how_it_was_called_and_a_reset_forgets_everything() {
    let vendors = Vendors::open().await;
    vendors.key("rep:7", "1161").await;
    let ledger = vendors.appliance("ledger", None).await;
    let requests = ledger["requests"].as_array().unwrap();
    assert_eq!((requests[0]["path"].as_str(), requests[0]["status"].as_u64()), (Some("/oauth2/token"), Some(200)));
    assert_eq!((requests[1]["action"].as_str(), requests[1]["connection_close"].as_bool()), (Some("generate_session_key"), Some(true)));
    let key = &ledger["keys"][0];
    assert_eq!(
        (key["queue"].as_str(), key["available"].as_bool(), key["external_key"].as_str()),
        (Some("rep:7"), Some(true), Some("1161"))
    );
    assert_eq!(ledger["tokens"].as_array().unwrap().len(), 1);
    let reset = vendors.client.post(vendors.appliance_url("/control/reset")).send().await.unwrap();
    assert_eq!(reset.status(), 200);
    let ledger = vendors.appliance("ledger", None).await;
    for list in ["requests", "keys", "sessions", "events", "tokens"] {
        assert_eq!(ledger[list], json!([]), "{list}");
    }
}

#[tokio::test]
async fn the_customers_page_shows_no_private_talk_and_public_names() {
    let vendors = Vendors::open().await;
    let key = vendors.key("team:3", "1161").await;
    let (short_key, url) = (value(&key, "session_key/short_key"), value(&key, "session_key/key_url"));
    let ak = url.split_once("ak=").unwrap().1.to_owned();
    let demo = async |path: &str, body: Option<serde_json::Value>| {
        let url = vendors.appliance_url(path);
        let request = if let Some(body) = body { vendors.client.post(url).json(&body) } else { vendors.client.get(url) };
        let answer = request.send().await.unwrap();
        assert!(answer.status().is_success(), "{path}: {}", answer.status());
        answer.json::<serde_json::Value>().await.unwrap()
    };
    assert_eq!(demo(&format!("/demo/session?short_key={short_key}"), None).await["ak"], json!(ak));
    assert_eq!(demo(&format!("/demo/session?ak={ak}"), None).await["state"], "unused");
    let lsid = demo("/demo/join-customer", Some(json!({"ak": ak}))).await["lsid"].clone();
    assert_eq!(demo(&format!("/demo/session?ak={ak}"), None).await["state"], "waiting");
    for step in story().as_array().unwrap() {
        demo("/demo/step", Some(json!({"lsid": lsid, "step": step}))).await;
    }
    let seen = demo(&format!("/demo/session?ak={ak}"), None).await;
    assert_eq!((&seen["state"], &seen["representatives"]), (&json!("active"), &json!(["Ann K."])));
    let text = seen.to_string();
    assert!(!text.contains("yours?") && !text.contains("Rebuilt") && !text.contains("Ann Keller") && text.contains("repair.zip"), "{text}");
    let console = demo("/demo/sessions", None).await;
    assert_eq!(console["sessions"][0]["lines"].as_array().unwrap().iter().filter(|line| line["to"] == "rep:9").count(), 1, "{console}");
    assert_eq!(console["sessions"][0]["notes"][0]["by"], "Ann Keller");
    demo("/demo/end", Some(json!({"lsid": lsid}))).await;
    assert_eq!(demo(&format!("/demo/session?ak={ak}"), None).await["state"], "ended");
}

#[tokio::test]
async fn a_client_script_link_finds_devices_by_parts_and_its_session_carries_the_key() {
    let vendors = Vendors::open().await;
    let query = "type=rep&operation=generate&action=start_jump_item_session&jump.method=pinned&search_string=BR%20LT%2F0148%20%232&session.custom.external_key=1161.7K3M9QX2DH";
    let found = async |query: &str| -> serde_json::Value {
        vendors.client.get(vendors.appliance_url(&format!("/demo/jump?{query}"))).send().await.unwrap().json().await.unwrap()
    };
    vendors.client.get(vendors.appliance_url(&format!("/api/client_script?{query}"))).send().await.unwrap();
    let devices = found(query).await["devices"].clone();
    let names: Vec<_> = devices.as_array().unwrap().iter().map(|device| device["hostname"].as_str().unwrap()).collect();
    assert_eq!(names, ["LT-0148", "LT-0148-21"], "the vendor finds parts");
    let none = found("type=rep&operation=generate&action=start_pinned_client_session&search_string=").await;
    assert_eq!(none["problem"], "The link says no device.");
    let wish = json!({"query": query, "device": 31, "by": "rep:7"});
    let started = vendors.client.post(vendors.appliance_url("/demo/jump")).json(&wish).send().await.unwrap();
    let lsid = started.json::<serde_json::Value>().await.unwrap()["lsid"].clone();
    let ledger = vendors.appliance("ledger", None).await;
    assert_eq!((&ledger["launches"][0]["lsid"], &ledger["launches"][0]["search"]["search_string"]), (&lsid, &json!("BR LT/0148 #2")));
    assert_eq!((&ledger["sessions"][0]["external_key"], &ledger["sessions"][0]["state"]), (&json!("1161.7K3M9QX2DH"), &json!("active")));
    let absent = json!({"query": query, "device": 31, "by": "rep:9"});
    assert_eq!(vendors.client.post(vendors.appliance_url("/demo/jump")).json(&absent).send().await.unwrap().status(), 409, "not logged in");
}

#[tokio::test]
async fn an_appliance_that_is_down_answers_nothing_and_can_still_be_turned() {
    let vendors = Vendors::open().await;
    vendors.appliance("settings", Some(json!({"down": true}))).await;
    let ask = || vendors.client.get(vendors.appliance_url("/api/command?action=check_health")).send();
    assert!(ask().await.is_err());
    vendors.appliance("settings", Some(json!({"down": false}))).await;
    assert!(ask().await.is_ok());
}
