//! The appliance's client.

use super::{
    line,
    stub::{Reply, Seen, Stub},
    tls,
};
use futures_util::future::join_all;
use halo_remote_support::rules::{
    failure::FailureKind,
    link::HttpsUrl,
    words::{Queue, TeamQueue},
};
use remote_support_proxy::{
    beyondtrust::{Access, Appliance},
    clock::HandClock,
};
use serde_json::json;
use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};
use tokio::net::TcpListener;

const NOW: i64 = 1_773_133_200;
const CURRENT: &str = "https://www.beyondtrust.com/namespaces/API/command";

struct Bench {
    stub: Stub,
    appliance: Appliance,
    clock: HandClock,
}

fn access(url: &str, stub: &Stub) -> Access {
    Access {
        url: HttpsUrl::parse(url).unwrap(),
        connect_to: Some(stub.address),
        ca_file: None,
        client_id: "client".into(),
        client_secret: "s3cret+/=".into(),
    }
}

impl Bench {
    /// An appliance that grants tokens `token-1`, `token-2`, … and answers the rest as told.
    async fn new(answer: impl Fn(&Seen) -> Reply + Send + Sync + 'static) -> Self {
        let made = AtomicU32::new(0);
        Self::raw(move |request| {
            if request.path == "/oauth2/token" {
                let number = made.fetch_add(1, Ordering::SeqCst) + 1;
                return Reply::json(json!({"access_token": format!("token-{number}"), "token_type": "bearer", "expires_in": 3600}));
            }
            answer(request)
        })
        .await
    }

    async fn raw(answer: impl Fn(&Seen) -> Reply + Send + Sync + 'static) -> Self {
        let stub = Stub::start(answer).await;
        let clock = HandClock::at(NOW);
        let appliance = Appliance::new(access("http://appliance.localhost:8083", &stub), Arc::new(clock.clone()), line()).unwrap();
        Self { stub, appliance, clock }
    }
    fn tokens(&self) -> usize {
        self.stub.on("/oauth2/token").len()
    }
    async fn failure(&self) -> FailureKind {
        self.appliance.support_teams().await.unwrap_err().kind
    }
}

fn teams(namespace: &str) -> String {
    let namespace = if namespace.is_empty() { String::new() } else { format!(" xmlns=\"{namespace}\"") };
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\n<support_teams{namespace}>\n <support_team id=\"3\"><issues/><name> Printers &amp; <![CDATA[<Paper>]]> </name><new_thing a=\"b\"/></support_team>\n\
         <support_team id=\"4\"><name/></support_team><support_team id=\"x\"><name>odd</name></support_team></support_teams>"
    )
}

fn info(permissions: &[(&str, &str)], timestamp: i64) -> String {
    let list: String = permissions.iter().map(|(name, value)| format!("<permission name=\"{name}\">{value}</permission>")).collect();
    format!(
        "<api_information xmlns=\"{CURRENT}\"><api_version>1.26.0</api_version><timestamp>{timestamp}</timestamp><permissions>{list}</permissions></api_information>"
    )
}

fn key(link: &str) -> String {
    format!(
        "<session_key xmlns=\"{CURRENT}\"><type>support</type><expires>1773219600</expires><queue available=\"0\">rep</queue><queue_id>9</queue_id>\
         <short_key>ab12-9Z</short_key><key_url>{link}</key_url><mail_body>\n x \n</mail_body></session_key>"
    )
}

#[tokio::test]
async fn f18_fifty_calls_at_once_make_one_token_request() {
    let bench = Bench::new(|_| Reply::xml(teams(CURRENT))).await;
    let answers = join_all((0..50).map(|_| bench.appliance.support_teams())).await;
    assert!(answers.iter().all(Result::is_ok));
    assert_eq!(bench.tokens(), 1);
    let asked = &bench.stub.on("/oauth2/token")[0];
    assert_eq!(asked.body, "grant_type=client_credentials");
    assert_eq!(asked.header("authorization"), "Basic Y2xpZW50OnMzY3JldCsvPQ==");
}

#[tokio::test]
async fn every_call_closes_its_connection() {
    let bench = Bench::new(|_| Reply::xml(teams(CURRENT))).await;
    for _ in 0..3 {
        bench.appliance.support_teams().await.unwrap();
    }
    let seen = bench.stub.seen();
    assert_eq!(seen.len(), 4);
    let connections: std::collections::HashSet<_> = seen.iter().map(|request| request.connection).collect();
    assert_eq!(connections.len(), 4);
    assert!(seen.iter().all(|request| request.header("connection") == "close" && request.header("cookie").is_empty()));
}

#[tokio::test]
async fn f18_a_token_refused_once_is_renewed_and_the_call_repeated_once() {
    let bench =
        Bench::new(
            |request| if request.header("authorization") == "Bearer token-1" { Reply::status(401) } else { Reply::xml(teams(CURRENT)) },
        )
        .await;
    join_all((0..20).map(|_| bench.appliance.support_teams())).await.into_iter().for_each(|answer| assert!(answer.is_ok()));
    assert_eq!(bench.tokens(), 2);
}

#[tokio::test]
async fn a_token_refused_for_ever_is_one_clear_failure_and_no_storm() {
    let bench = Bench::new(|_| Reply::status(401)).await;
    for _ in 0..10 {
        assert_eq!(bench.failure().await, FailureKind::ApplianceCredentials);
    }
    assert_eq!(bench.tokens(), 2, "one renewal");
    assert_eq!(bench.stub.on("/api/command").len(), 11);
    bench.clock.advance(Duration::from_secs(10));
    bench.failure().await;
    assert_eq!(bench.tokens(), 3, "tried again after a while");
}

#[tokio::test]
async fn a_wrong_secret_is_not_tried_again_and_again() {
    let bench = Bench::raw(|_| Reply(401, "application/json", json!({"error": "invalid_client", "message": "no"}).to_string())).await;
    for kind in join_all((0..30).map(|_| bench.failure())).await {
        assert_eq!(kind, FailureKind::ApplianceCredentials);
    }
    assert_eq!(bench.stub.seen().len(), 1);
    bench.clock.advance(Duration::from_secs(30));
    bench.failure().await;
    assert_eq!(bench.stub.seen().len(), 2);
}

#[tokio::test]
async fn tokens_are_renewed_five_minutes_early() {
    let bench = Bench::new(|_| Reply::xml(teams(CURRENT))).await;
    for (advance, tokens) in [(0, 1), (3299, 1), (1, 2)] {
        bench.clock.advance(Duration::from_secs(advance));
        bench.appliance.support_teams().await.unwrap();
        assert_eq!(bench.tokens(), tokens);
    }
}

#[tokio::test]
async fn each_odd_answer_to_the_token_request_has_its_own_failure() {
    let cases = [
        (401, "", FailureKind::ApplianceCredentials),
        (400, r#"{"error":"invalid_client"}"#, FailureKind::ApplianceCredentials),
        (200, r#"{"error":"invalid_client","message":"no"}"#, FailureKind::ApplianceCredentials),
        (403, "", FailureKind::ApplianceXmlApiOff),
        (401, r#"{"error":"access_denied","message":"The XML API is not enabled."}"#, FailureKind::ApplianceXmlApiOff),
        (200, r#"{"error":"odd","message":"thing"}"#, FailureKind::ApplianceError),
        (200, r#"{"access_token":""}"#, FailureKind::ApplianceNotBeyondtrust),
        (200, "<!DOCTYPE html><html>sign in</html>", FailureKind::ApplianceNotBeyondtrust),
        (401, "<html>sign in</html>", FailureKind::ApplianceNotBeyondtrust),
        (404, "not found", FailureKind::ApplianceNotBeyondtrust),
        (302, "", FailureKind::ApplianceNotBeyondtrust),
        (503, "<html>upgrade</html>", FailureKind::ApplianceError),
        (429, "", FailureKind::ApplianceBusy),
    ];
    for (status, body, kind) in cases {
        let bench = Bench::raw(move |_| Reply(status, "text/plain", body.to_owned())).await;
        assert_eq!(bench.failure().await, kind, "{status} {body}");
        let test = bench.appliance.test().await;
        assert_eq!((test.ok, test.checks.len()), (false, 1));
        assert_eq!((test.checks[0].name.as_str(), test.checks[0].problem.as_ref().unwrap().code), ("token", kind));
    }
}

#[tokio::test]
async fn each_odd_answer_to_a_command_has_its_own_failure() {
    let billion = "<!DOCTYPE x [<!ENTITY a \"b\">]><support_teams/>";
    let cases = [
        (200, "<error>Die Warteschlange fehlt</error>".to_owned(), FailureKind::ApplianceError),
        (
            200,
            format!("<?xml version=\"1.0\"?><error xmlns=\"{CURRENT}\">The account lacks permission to use this.</error>"),
            FailureKind::AppliancePermission,
        ),
        (200, format!("<support_teams xmlns=\"{CURRENT}\"><error>later please</error></support_teams>"), FailureKind::ApplianceError),
        (200, "<error>The XML API is not enabled</error>".to_owned(), FailureKind::ApplianceXmlApiOff),
        (200, "<!DOCTYPE html><html/>".to_owned(), FailureKind::ApplianceNotBeyondtrust),
        (200, billion.to_owned(), FailureKind::ApplianceError),
        (200, "{}".to_owned(), FailureKind::ApplianceNotBeyondtrust),
        (200, String::new(), FailureKind::ApplianceNotBeyondtrust),
        (200, "<support_teams><support_team>".to_owned(), FailureKind::ApplianceError),
        (200, "<support_teams/><more/>".to_owned(), FailureKind::ApplianceError),
        (200, "<something_else/>".to_owned(), FailureKind::ApplianceError),
        (200, format!("<support_teams>{}</support_teams>", " ".repeat(5 << 20)), FailureKind::ApplianceTooLarge),
        (200, format!("{}{}", "<a>".repeat(200_000), "</a>".repeat(200_000)), FailureKind::ApplianceError),
        (403, String::new(), FailureKind::ApplianceXmlApiOff),
        (404, String::new(), FailureKind::ApplianceXmlApiOff),
        (400, String::new(), FailureKind::ApplianceError),
        (500, r#"{"error":"x"}"#.to_owned(), FailureKind::ApplianceError),
        (503, "<html>upgrade</html>".to_owned(), FailureKind::ApplianceError),
        (429, String::new(), FailureKind::ApplianceBusy),
        (302, String::new(), FailureKind::ApplianceNotBeyondtrust),
    ];
    for (status, body, kind) in cases {
        let sent = body.clone();
        let bench = Bench::new(move |_| Reply(status, "text/xml", sent.clone())).await;
        assert_eq!(bench.failure().await, kind, "{status} {}", body.chars().take(80).collect::<String>());
    }
}

#[tokio::test]
async fn documents_are_read_whatever_their_namespace_and_order() {
    for namespace in [CURRENT, "http://www.bomgar.com/namespaces/API/command", ""] {
        let bench = Bench::new(move |_| Reply::xml(teams(namespace))).await;
        let teams = bench.appliance.support_teams().await.unwrap();
        assert_eq!(teams.iter().map(|team| (team.id, team.name.as_str())).collect::<Vec<_>>(), [(3, "Printers & <Paper>"), (4, "team 4")]);
    }
    let prefixed = "\u{feff}<?xml version=\"1.0\"?><b:logged_in_reps xmlns:b=\"x\"><b:rep id=\" 9 \"><b:type>Embassy</b:type><b:public_display_name/>\
                    <b:private_display_name>Ann&#32;Keller</b:private_display_name></b:rep><b:rep id=\"7\"><b:support_session_count>2</b:support_session_count>\
                    <b:display_name>Pr&#237;ya</b:display_name></b:rep><b:rep/></b:logged_in_reps>";
    let bench = Bench::new(move |_| Reply::xml(prefixed)).await;
    let found = bench.appliance.logged_in_representatives().await.unwrap();
    assert_eq!(found.len(), 2);
    assert_eq!(
        (found[0].id, found[0].invited, found[0].names.private.as_deref(), found[0].names.public.as_deref()),
        (9, true, Some("Ann Keller"), None)
    );
    assert_eq!((found[1].id, found[1].invited, found[1].sessions, found[1].names.display.as_deref()), (7, false, Some(2), Some("Príya")));
    let bench = Bench::new(|_| Reply::xml(format!("<logged_in_reps xmlns=\"{CURRENT}\"/>"))).await;
    assert!(bench.appliance.logged_in_representatives().await.unwrap().is_empty());
}

#[tokio::test]
async fn a_session_key_is_asked_for_with_everything_and_read_with_care() {
    let bench = Bench::new(|_| Reply::xml(key("http://appliance.localhost:8083/?ak=0123&amp;x=1"))).await;
    let made = bench.appliance.generate_session_key(&Queue::Representative { id: 9 }, "1161.7K3M9QX2DH", Some(3600)).await.unwrap();
    assert_eq!((made.short_key.as_str(), made.key_url.as_str()), ("ab12-9Z", "http://appliance.localhost:8083/?ak=0123&x=1"));
    assert_eq!((made.expires, made.available), (Some(1_773_219_600), false));
    let asked = &bench.stub.on("/api/command")[0];
    assert_eq!(asked.method, "POST");
    assert_eq!(asked.header("content-type"), "application/x-www-form-urlencoded");
    for (name, value) in [
        ("action", "generate_session_key"),
        ("type", "support"),
        ("queue_id", "rep:9"),
        ("session.custom.external_key", "1161.7K3M9QX2DH"),
        ("ttl", "3600"),
    ] {
        assert_eq!(asked.field(name).as_deref(), Some(value), "{name}");
    }
    bench.appliance.generate_session_key(&Queue::Team { queue: TeamQueue::Team(3) }, "k", None).await.unwrap();
    let asked = &bench.stub.on("/api/command")[1];
    assert_eq!((asked.field("queue_id").as_deref(), asked.field("ttl")), (Some("team:3"), None));
    let long = bench.appliance.generate_session_key(&Queue::Team { queue: TeamQueue::General }, &"x".repeat(1025), None).await;
    assert_eq!(long.unwrap_err().kind, FailureKind::BodyInvalid);
    assert_eq!(bench.stub.on("/api/command").len(), 2);
}

#[tokio::test]
async fn a_link_to_another_host_is_refused() {
    for link in [
        "https://evil.example.com/?ak=1",
        "http://appliance.localhost:8083@evil.example.com/?ak=1",
        "javascript:alert(1)",
        "http://appliance.localhost/?ak=1",
    ] {
        let bench = Bench::new(move |_| Reply::xml(key(link))).await;
        let failure = bench.appliance.generate_session_key(&Queue::Team { queue: TeamQueue::General }, "1161.X", None).await.unwrap_err();
        assert_eq!(failure.kind, FailureKind::LinkOffSite, "{link}");
        assert!(!failure.to_string().contains("ak="));
    }
}

#[tokio::test]
async fn a_session_is_ended_when_the_appliance_says_so() {
    let lsid = "0123456789abcdef0123456789abcdef".parse().unwrap();
    for (body, done) in [
        (format!("<success xmlns=\"{CURRENT}\">Successfully terminated</success>"), true),
        ("<answer><success>Successfully terminated</success></answer>".to_owned(), true),
        ("<error>This is not possible.</error>".to_owned(), false),
        ("<session_key/>".to_owned(), false),
    ] {
        let answer = body.clone();
        let bench = Bench::new(move |_| Reply::xml(answer.clone())).await;
        assert_eq!(bench.appliance.terminate_session(&lsid).await.is_ok(), done, "{body}");
        let asked = &bench.stub.on("/api/command")[0];
        assert_eq!((asked.field("action").as_deref(), asked.field("lsid").as_deref()), (Some("terminate_session"), Some(lsid.as_str())));
    }
}

#[tokio::test]
async fn a_report_comes_as_it_is_error_documents_included() {
    let lsid = "0123456789ABCDEF0123456789abcdef".parse().unwrap();
    for body in ["<error>Invalid lsid.</error>", "<session_list/>", "<session_list><cut"] {
        let bench = Bench::new(move |_| Reply::xml(body)).await;
        assert_eq!(bench.appliance.session_report(&lsid).await.unwrap(), body.as_bytes());
        let asked = &bench.stub.on("/api/reporting")[0];
        assert_eq!(
            (asked.field("generate_report").as_deref(), asked.field("lsid").as_deref()),
            (Some("SupportSession"), Some(lsid.as_str()))
        );
    }
    let bench = Bench::new(|_| Reply::xml("<html>")).await;
    assert_eq!(bench.appliance.session_report(&lsid).await.unwrap_err().kind, FailureKind::ApplianceNotBeyondtrust);
}

/// Permissions, the appliance's clock, what each check finds.
type Trial<'a> = (&'a [(&'a str, &'a str)], i64, &'a [(&'a str, Option<FailureKind>)]);

#[tokio::test]
async fn the_connection_test_names_each_thing() {
    let all = [("perm_command", "full_access"), ("perm_reporting_support", "1"), ("perm_configuration", "1"), ("perm_new", "7")];
    let cases: &[Trial] = &[
        (
            &all,
            NOW + 299,
            &[("token", None), ("perm_command", None), ("perm_reporting_support", None), ("perm_configuration", None), ("clock", None)],
        ),
        (
            &all,
            NOW - 301,
            &[
                ("token", None),
                ("perm_command", None),
                ("perm_reporting_support", None),
                ("perm_configuration", None),
                ("clock", Some(FailureKind::ClockSkew)),
            ],
        ),
        (
            &[("perm_command", "read_only")],
            NOW,
            &[
                ("token", None),
                ("perm_command", Some(FailureKind::AppliancePermission)),
                ("perm_reporting_support", Some(FailureKind::AppliancePermission)),
                ("perm_configuration", None),
                ("clock", None),
            ],
        ),
    ];
    for (permissions, timestamp, expected) in cases {
        let document = info(permissions, *timestamp);
        let bench = Bench::new(move |_| Reply::xml(document.clone())).await;
        let test = bench.appliance.test().await;
        let found: Vec<_> =
            test.checks.iter().map(|check| (check.name.as_str(), check.problem.as_ref().map(|problem| problem.code))).collect();
        assert_eq!(found, *expected);
        assert_eq!(test.ok, expected.iter().all(|(_, failure)| failure.is_none()));
        assert!(test.checks.iter().all(|check| check.ok == check.problem.is_none()));
    }
    let bench = Bench::new(|_| Reply::xml("<error>The XML API is not enabled</error>")).await;
    let test = bench.appliance.test().await;
    assert_eq!(test.checks[1].problem.as_ref().unwrap().code, FailureKind::ApplianceXmlApiOff);
}

#[tokio::test]
async fn the_connection_test_proves_the_secret_although_a_token_is_held() {
    let bench = Bench::new(|_| Reply::xml(info(&[], NOW))).await;
    bench.appliance.api_info().await.unwrap();
    bench.appliance.test().await;
    assert_eq!(bench.tokens(), 2);
}

#[tokio::test]
async fn host_certificate_and_address_failures_are_told_apart() {
    let stub = Stub::start(|_| Reply::status(200)).await;
    let clock = || Arc::new(HandClock::at(NOW));
    let closed = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let unreachable = Access { connect_to: Some(closed), ..access("http://appliance.localhost", &stub) };
    let failure = Appliance::new(unreachable, clock(), line()).unwrap().support_teams().await.unwrap_err();
    assert_eq!((failure.kind, failure.args["host"].as_str()), (FailureKind::ApplianceUnreachable, "appliance.localhost"));

    let tls = tls::serve("appliance.localhost", r#"{"access_token":"t","expires_in":60}"#).await;
    let untrusted = Access { connect_to: Some(tls.address), ..access("https://appliance.localhost", &stub) };
    let test = Appliance::new(untrusted.clone(), clock(), line()).unwrap().test().await;
    assert_eq!(test.checks[0].problem.as_ref().unwrap().code, FailureKind::ApplianceCertificate);
    let trusted = Access { ca_file: Some(tls.ca_file.clone()), ..untrusted.clone() };
    let test = Appliance::new(trusted, clock(), line()).unwrap().test().await;
    assert!(test.checks[0].ok);

    let missing = Access { ca_file: Some("/nowhere/ca.pem".into()), ..untrusted };
    assert_eq!(Appliance::new(missing, clock(), line()).unwrap_err().kind, FailureKind::SettingWrong);
}

#[tokio::test]
async fn secrets_do_not_show() {
    let bench = Bench::new(|_| Reply::xml(key("http://appliance.localhost:8083/?ak=bearerlink"))).await;
    let made = bench.appliance.generate_session_key(&Queue::Team { queue: TeamQueue::General }, "1161.X", None).await.unwrap();
    let shown = format!("{:?} {made:?}", bench.appliance);
    for secret in ["s3cret", "token-1", "bearerlink", "ab12-9Z"] {
        assert!(!shown.contains(secret), "{secret} in {shown}");
    }
}
