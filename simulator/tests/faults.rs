//! Faults on demand: what the caller sees, and what was done all the same.

mod vendors;

use serde_json::{Value, json};
use std::time::{Duration, Instant};
use vendors::Vendors;

async fn fault(vendors: &Vendors, fault: Value) {
    vendors.halo("faults", Some(json!([fault]))).await;
}

async fn written(vendors: &Vendors) -> usize {
    vendors.halo("ledger", None).await["actions"].as_array().unwrap().len()
}

fn action() -> Value {
    json!([{"ticket_id": 1161, "outcome": "Remote Session", "note": "n"}])
}

#[tokio::test]
async fn a_cut_connection_is_an_error_for_the_caller_and_nothing_is_done() {
    let vendors = Vendors::open().await;
    let token = vendors.service_token().await;
    fault(&vendors, json!({"path": "/api/actions", "method": "POST", "kind": "cut"})).await;
    let error = vendors.post(&token, "/api/Actions", &action()).send().await.unwrap_err();
    assert!(!error.is_timeout() && error.status().is_none(), "{error:?}");
    assert_eq!(written(&vendors).await, 0);
    let last = vendors.halo("ledger", None).await["requests"].as_array().unwrap().last().unwrap().clone();
    assert_eq!((&last["path"], &last["status"]), (&json!("/api/Actions"), &Value::Null));
    assert_eq!(vendors.post(&token, "/api/Actions", &action()).send().await.unwrap().status(), 200, "it struck once");
}

#[tokio::test]
async fn a_commit_survives_a_cut_a_hang_and_a_lost_gateway() {
    let vendors = Vendors::open().await;
    let token = vendors.service_token().await;
    for (number, kind) in ["commit_then_cut", "commit_then_hang", "cut_then_commit"].into_iter().enumerate() {
        fault(&vendors, json!({"path": "/api/Actions", "method": "POST", "kind": kind, "milliseconds": 50})).await;
        vendors.post(&token, "/api/Actions", &action()).send().await.unwrap_err();
        vendors.until("the write is in the ledger", async |vendors| (written(vendors).await == number + 1).then_some(())).await;
    }
    fault(&vendors, json!({"path": "/api/Actions", "kind": "commit_then_status", "status": 504, "body": "<html>"})).await;
    let answer = vendors.post(&token, "/api/Actions", &action()).send().await.unwrap();
    assert_eq!((answer.status().as_u16(), written(&vendors).await), (504, 4));
}

#[tokio::test]
async fn a_write_that_takes_too_long_for_the_gateway_is_done_in_the_end() {
    let vendors = Vendors::open().await;
    let token = vendors.service_token().await;
    vendors.halo("settings", Some(json!({"gateway_ms": 20}))).await;
    fault(&vendors, json!({"path": "/api/Actions", "kind": "delay", "milliseconds": 200})).await;
    let answer = vendors.post(&token, "/api/Actions", &action()).send().await.unwrap();
    assert_eq!((answer.status().as_u16(), written(&vendors).await), (504, 0));
    vendors.until("it is written late", async |vendors| (written(vendors).await == 1).then_some(())).await;
}

#[tokio::test]
async fn a_delayed_write_is_done_although_the_caller_left() {
    let vendors = Vendors::open().await;
    let token = vendors.service_token().await;
    fault(&vendors, json!({"path": "/api/Actions", "kind": "delay", "milliseconds": 200})).await;
    let error = vendors.post(&token, "/api/Actions", &action()).timeout(Duration::from_millis(20)).send().await.unwrap_err();
    assert!(error.is_timeout());
    vendors.until("it is written late", async |vendors| (written(vendors).await == 1).then_some(())).await;
}

#[tokio::test]
async fn a_hang_is_a_hang() {
    let vendors = Vendors::open().await;
    let token = vendors.service_token().await;
    fault(&vendors, json!({"path": "/api/Agent/me", "kind": "hang"})).await;
    let error = vendors.get(&token, "/api/Agent/me").timeout(Duration::from_millis(100)).send().await.unwrap_err();
    assert!(error.is_timeout());
}

#[tokio::test]
async fn a_status_comes_with_headers_and_body_for_one_command_and_so_many_times() {
    let vendors = Vendors::open().await;
    let fault = json!({
        "path": "/api/command", "action": "generate_session_key", "kind": "status", "status": 503, "headers": {"retry-after": "3"}, "body": "busy", "times": 2
    });
    vendors.appliance("faults", Some(json!([fault]))).await;
    assert!(vendors.command(&[("action", "get_api_info")]).await.contains("api_information"), "another command is not struck");
    let token = vendors.appliance_token().await;
    let ask = async || {
        let form = [("action", "generate_session_key"), ("type", "support"), ("queue_id", "general")];
        vendors.client.post(vendors.appliance_url("/api/command")).bearer_auth(&token).form(&form).send().await.unwrap()
    };
    for _ in 0..2 {
        let answer = ask().await;
        assert_eq!((answer.status().as_u16(), answer.headers()["retry-after"].to_str().unwrap()), (503, "3"));
        assert_eq!(answer.text().await.unwrap(), "busy");
    }
    assert_eq!(ask().await.status(), 200);
    assert_eq!(vendors.appliance("ledger", None).await["keys"].as_array().unwrap().len(), 1, "only the last made a key");
}

#[tokio::test]
async fn faults_can_be_taken_back() {
    let vendors = Vendors::open().await;
    let token = vendors.service_token().await;
    fault(&vendors, json!({"path": "/api/Agent/me", "kind": "status", "times": 100})).await;
    assert_eq!(vendors.get(&token, "/api/Agent/me").send().await.unwrap().status(), 503);
    vendors.client.delete(vendors.halo_url("/control/faults")).send().await.unwrap();
    assert_eq!(vendors.get(&token, "/api/Agent/me").send().await.unwrap().status(), 200);
}

#[tokio::test]
async fn both_vendors_can_be_slow_and_do_what_they_do_at_the_end() {
    let vendors = Vendors::open().await;
    let (token, appliance_token) = (vendors.service_token().await, vendors.appliance_token().await);
    vendors.halo("settings", Some(json!({"latency_ms": 300}))).await;
    vendors.appliance("settings", Some(json!({"latency_ms": 300}))).await;
    let late = Duration::from_millis(300);
    let begun = Instant::now();
    let post = tokio::spawn(vendors.post(&token, "/api/Actions", &action()).send());
    vendors
        .until("it has arrived", async |vendors| {
            let requests = vendors.halo("ledger", None).await["requests"].clone();
            requests.as_array().unwrap().iter().any(|seen| seen["path"] == "/api/Actions").then_some(())
        })
        .await;
    let early = written(&vendors).await;
    assert!(early == 0 || begun.elapsed() >= late, "not yet");
    assert_eq!(post.await.unwrap().unwrap().status(), 200);
    assert!(begun.elapsed() >= late);
    assert_eq!(written(&vendors).await, 1);
    let begun = Instant::now();
    let url = vendors.appliance_url("/api/command?action=get_api_info");
    assert_eq!(vendors.client.get(url).bearer_auth(appliance_token).send().await.unwrap().status(), 200);
    assert!(begun.elapsed() >= late);
}

#[tokio::test]
async fn a_late_answer_tells_what_was_true_before() {
    let vendors = Vendors::open().await;
    let token = vendors.service_token().await;
    fault(&vendors, json!({"path": "/api/Actions", "method": "GET", "kind": "commit_then_delay", "milliseconds": 200})).await;
    let list = || async { vendors.get(&token, "/api/Actions?ticket_id=1161").send().await.unwrap().json::<Value>().await.unwrap() };
    let write = async {
        vendors
            .until("it is asked", async |vendors| {
                let ledger = vendors.halo("ledger", None).await;
                ledger["requests"].as_array().unwrap().iter().any(|request| request["path"] == "/api/Actions").then_some(())
            })
            .await;
        vendors.post(&token, "/api/Actions", &action()).send().await.unwrap();
    };
    let (before, ()) = tokio::join!(list(), write);
    let after = list().await;
    assert_eq!((before["record_count"].as_u64(), after["record_count"].as_u64()), (Some(1), Some(2)), "{before}");
}
