//! Who may call at all: origins, headers, cookies, sign-in. Nobody gets past by another door.
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

use house::House;
use reqwest::{Method, header};
use serde_json::{Value, json};

const PRIYA: u32 = 42;

#[tokio::test]
async fn a_state_change_needs_our_header_and_an_allowed_origin() {
    let house = House::open().await;
    let frame = house.sign_in(PRIYA).await;
    let halo = house.simulator.halo_origin.clone();
    let body = json!({"ticket": 1161, "email": "connor@batley.example"});
    let evil = "http://evil.localhost".to_owned();
    let cases: [(Option<&String>, bool, &str); 5] = [
        (Some(&evil), true, "origin_refused"),
        (Some(&"null".to_owned()), true, "origin_refused"),
        (None, true, "origin_refused"),
        (Some(&house.origin), false, "header_missing"),
        (Some(&halo), false, "header_missing"),
    ];
    for (origin, with_header, code) in cases {
        for (method, path) in
            [(Method::POST, "invites"), (Method::PUT, "settings"), (Method::POST, "sign-out"), (Method::POST, "sign-in/exchange")]
        {
            let mut request =
                house.client.request(method, house.proxy_url(&format!("/api/v1/{path}"))).json(&body).header("cookie", &frame.cookie);
            if let Some(origin) = origin {
                request = request.header("origin", origin);
            }
            if with_header {
                request = request.header("x-remote-support", "1");
            }
            let answer = request.header("idempotency-key", "idempotency-key-0001").send().await.unwrap();
            assert_eq!(answer.status(), 403, "{origin:?} {path}");
            assert_eq!(answer.headers()["content-type"], "application/problem+json");
            assert_eq!(answer.json::<Value>().await.unwrap()["code"], code, "{origin:?} {path}");
        }
    }
    assert_eq!(house.keys().await.len(), 0);
}

#[tokio::test]
async fn only_allowed_origins_may_read_our_answers() {
    let house = House::open().await;
    for (origin, allowed) in
        [(house.simulator.halo_origin.clone(), true), ("http://evil.localhost".to_owned(), false), ("null".to_owned(), false)]
    {
        let answer = house.client.get(house.proxy_url("/api/v1/me")).header("origin", &origin).send().await.unwrap();
        let granted = answer.headers().get(header::ACCESS_CONTROL_ALLOW_ORIGIN).map(|value| value.to_str().unwrap().to_owned());
        assert_eq!(granted, allowed.then_some(origin.clone()), "{origin}");
        if allowed {
            assert_eq!(answer.headers()[header::ACCESS_CONTROL_ALLOW_CREDENTIALS], "true");
        }
        assert!(answer.headers().get_all(header::VARY).iter().any(|vary| vary.to_str().unwrap().to_lowercase().contains("origin")));
    }
}

#[tokio::test]
async fn everything_but_sign_in_and_health_asks_who_is_calling() {
    let house = House::open().await;
    let nobody = house.client.get(house.proxy_url("/api/v1/me")).send().await.unwrap();
    assert_eq!((nobody.status().as_u16(), nobody.text().await.unwrap().as_str()), (204, ""), "who am I? is no mistake");
    for path in [
        "channels?ticket=1161",
        "channels?chat=640",
        "chats",
        "invites?ticket=1161",
        "invites?chat=640",
        "launches?asset=5120",
        "sessions",
        "settings",
    ] {
        let answer = house.client.get(house.proxy_url(&format!("/api/v1/{path}"))).send().await.unwrap();
        assert_eq!(answer.status(), 401, "{path}");
        assert_eq!(answer.json::<Value>().await.unwrap()["code"], "signed_out", "{path}");
    }
    for path in ["/healthz", "/readyz"] {
        assert_eq!(house.client.get(house.proxy_url(path)).send().await.unwrap().status(), 200);
    }
    let unknown = house.client.get(house.proxy_url("/api/v1/nothing")).send().await.unwrap();
    assert_eq!(unknown.json::<Value>().await.unwrap()["code"], "not_found");
}

#[tokio::test]
async fn a_one_time_code_works_once_for_the_frame_that_asked() {
    let house = House::open().await;
    let (code, nonce) = house.one_time_code(PRIYA).await;
    assert_eq!(house.exchange(&code, "nonce-of-another-frame-0123").await.status(), 400);
    assert_eq!(house.exchange(&code, &nonce).await.status(), 400, "a wrong nonce spends it");
    let (code, nonce) = house.one_time_code(PRIYA).await;
    let typed = format!(" {}-{} ", code[..4].to_lowercase(), &code[4..]);
    assert_eq!(house.exchange(&typed, &nonce).await.status(), 200, "typed by a person");
    assert_eq!(house.exchange(&code, &nonce).await.status(), 400, "spent");
}

#[tokio::test]
async fn a_sign_in_belongs_to_the_browser_that_began_it_and_to_an_allowed_origin() {
    let house = House::open().await;
    let (_, authorize) = house.begin_sign_in("nonce-of-the-frame-0123456789").await;
    let back = house.log_in_at_halo(&authorize, PRIYA).await;
    let page = house.callback(&back, "__Host-remote-support-sign-in=of-somebody-else").await;
    assert_eq!(page.status(), 400);
    assert!(!page.text().await.unwrap().contains("data-code"));
    let (cookie, authorize) = house.begin_sign_in("nonce-of-the-frame-0123456789").await;
    let back = house.log_in_at_halo(&authorize, PRIYA).await;
    assert_eq!(house.callback(&back, &cookie).await.status(), 200);
    assert_eq!(house.callback(&back, &cookie).await.status(), 400, "a state works once");

    let evil = [("nonce", "nonce-of-the-frame-0123456789"), ("origin", "http://evil.localhost")];
    let answer = house.client.get(house.proxy_url("/api/v1/sign-in")).query(&evil).send().await.unwrap();
    assert_eq!(answer.status(), 403);
}

#[tokio::test]
async fn what_an_agent_may_do_on_a_ticket_is_what_halo_says() {
    let house = House::open().await;
    let frame = house.sign_in(43).await;
    house.halo("settings", Some(json!({"deny_agents": [43]}))).await;
    for path in ["/channels?ticket=1161", "/invites?ticket=1161", "/sessions?ticket=1161"] {
        let (status, problem) = frame.get(path).await;
        assert_eq!((status, &problem["code"]), (403, &json!("not_allowed")), "{path}: {problem}");
    }
    let (status, _) = frame.get("/channels?ticket=4711").await;
    assert!(status == 403 || status == 404);
}

#[tokio::test]
async fn sign_out_ends_it() {
    let house = House::open().await;
    let frame = house.sign_in(PRIYA).await;
    let (status, me) = frame.get("/me").await;
    assert_eq!((status, &me["name"]), (200, &json!("Priya Nair")));
    assert_eq!(frame.send(Method::POST, "/sign-out", &[], &json!({})).await.0, 204);
    assert_eq!(frame.get("/me").await.0, 204);
}

#[tokio::test]
async fn an_agent_stays_signed_in_across_a_restart_and_an_expired_token() {
    let mut house = House::open().await;
    house.halo("settings", Some(json!({"token_seconds": 1}))).await;
    let cookie = house.sign_in(PRIYA).await.cookie;
    house.restart().await;
    let frame = house::Frame { house: &house, cookie };
    for _ in 0..3 {
        assert_eq!(frame.get("/invites?ticket=1161").await.0, 200);
    }
    let (one, two, three) =
        tokio::join!(frame.get("/invites?ticket=1161"), frame.get("/invites?ticket=1162"), frame.get("/sessions?ticket=1161"));
    assert_eq!([one.0, two.0, three.0], [200; 3]);
    let ledger = house.halo("ledger", None).await;
    assert!(
        ledger["refreshes"].as_array().unwrap().iter().all(|refresh| refresh["ok"] == true),
        "no refresh token is used twice: {}",
        ledger["refreshes"]
    );
}

#[tokio::test]
async fn frames_carry_a_strict_policy() {
    let house = House::open().await;
    std::fs::create_dir_all(house.folder.path().join("www/embed")).unwrap();
    std::fs::write(house.folder.path().join("www/embed/page.html"), "<!doctype html><title>Page</title>").unwrap();
    let answer = house.client.get(house.proxy_url("/embed/ticket?ticket=1161")).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    let policy = answer.headers()[header::CONTENT_SECURITY_POLICY].to_str().unwrap().to_owned();
    assert!(policy.contains("script-src 'self' 'wasm-unsafe-eval';") && policy.contains("style-src 'self';"), "{policy}");
    assert!(policy.ends_with(&format!("frame-ancestors 'self' {}", house.simulator.halo_origin)), "{policy}");
    assert_eq!(answer.headers()["x-content-type-options"], "nosniff");
    std::fs::create_dir_all(house.folder.path().join("pkg")).unwrap();
    for (name, keep) in [("remote-support.js", "no-cache"), ("glue-0a1b2c3d4e.js", "public, max-age=31536000, immutable")] {
        std::fs::write(house.folder.path().join("pkg").join(name), "export {};").unwrap();
        let request = house.client.get(house.proxy_url(&format!("/embed/pkg/{name}"))).header("origin", &house.simulator.halo_origin);
        let answer = request.send().await.unwrap();
        assert_eq!((answer.status().as_u16(), answer.headers()["cache-control"].to_str().unwrap()), (200, keep), "{name}");
        assert_eq!(answer.headers()["content-type"], "text/javascript");
        assert_eq!(answer.headers()["access-control-allow-origin"], house.simulator.halo_origin.as_str());
    }
    for path in ["/embed/../proxy.toml", "/embed/%2e%2e%2fproxy.toml", "/embed/pkg/../../proxy.toml", "/embed/.hidden", "/embed/nothing"] {
        let answer = house.client.get(house.proxy_url(path)).send().await.unwrap();
        assert_eq!(answer.status(), 404, "{path}");
    }
}
