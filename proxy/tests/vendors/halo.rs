//! Halo's client.

use super::stub::{Reply, Seen, Stub};
use futures_util::future::join_all;
use halo_remote_support::rules::{
    failure::FailureKind,
    link::HttpsUrl,
    words::{ActionId, AgentId, TicketId, UserId},
};
use remote_support_proxy::{
    clock::HandClock,
    config::{self, AttachmentForm, Attribution, Builtin},
    halo::{AccessToken, Halo, HaloError, Mail, NewAction},
};
use serde_json::{Value, json};
use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpListener,
};

const CALLBACK: &str = "http://support.localhost:8082/api/v1/sign-in/callback";

fn settings(address: std::net::SocketAddr) -> config::Halo {
    config::Halo {
        url: HttpsUrl::parse("http://halo.localhost:8081").unwrap(),
        connect_to: Some(address),
        tenant: None,
        ca_file: None,
        service_client_id: "service".into(),
        service_client_secret: "s3cret".into(),
        agent_client_id: "agents".into(),
        token_url: None,
        authorize_url: None,
        agent_scope: "read:tickets offline_access".into(),
        service_scope: "read:tickets".into(),
        invite_outcome: "Remote Session Invite".into(),
        session_outcome: "Remote Session".into(),
        attribution: Attribution::default(),
        attachment_form: AttachmentForm::default(),
        merged_field: "merged_into_id".into(),
        builtin: Builtin::Off,
        builtin_head_start: std::time::Duration::from_secs(60),
        calls_per_5_minutes: 300,
    }
}

struct Bench {
    stub: Stub,
    halo: Halo,
    clock: HandClock,
}

impl Bench {
    /// A Halo with the usual authorisation server that answers the rest as told.
    async fn new(answer: impl Fn(&Seen) -> Reply + Send + Sync + 'static) -> Self {
        let made = AtomicU32::new(0);
        Self::raw(move |request| match request.path.as_str() {
            "/api/AuthInfo" => Reply::json(json!({"auth_url": "http://halo.localhost:8081/auth/", "tenant_id": "demo"})),
            "/auth/token" => {
                let number = made.fetch_add(1, Ordering::SeqCst) + 1;
                Reply::json(json!({"access_token": format!("token-{number}"), "token_type": "Bearer", "expires_in": 3600}))
            }
            _ => answer(request),
        })
        .await
    }
    async fn raw(answer: impl Fn(&Seen) -> Reply + Send + Sync + 'static) -> Self {
        Self::with(answer, |_| ()).await
    }
    async fn with(answer: impl Fn(&Seen) -> Reply + Send + Sync + 'static, change: impl FnOnce(&mut config::Halo)) -> Self {
        let stub = Stub::start(answer).await;
        let clock = HandClock::at(1_773_133_200);
        let mut settings = settings(stub.address);
        change(&mut settings);
        let halo = Halo::new(&settings, CALLBACK.into(), Arc::new(clock.clone()), super::line()).unwrap();
        Self { stub, halo, clock }
    }
    async fn json(answer: Value) -> Self {
        Self::new(move |_| Reply::json(answer.clone())).await
    }
}

fn token() -> AccessToken {
    AccessToken::new("agent-token".into())
}
fn ticket() -> TicketId {
    TicketId::new(1161).unwrap()
}
fn note() -> NewAction {
    NewAction {
        ticket: ticket(),
        outcome: "Remote Session".into(),
        note_html: "<p>Remote session 0123</p>".into(),
        hidden_from_user: true,
        email: None,
        who_agent: AgentId::new(43),
        started: Some(1_773_133_200),
        ended: Some(1_773_134_700),
        timetaken: Some(0.42),
        file: None,
    }
}

/// What discovery tells, what the settings say, begin of the authorise address, token address.
type Found<'a> = (Value, fn(&mut config::Halo), &'a str, &'a str);

#[tokio::test]
async fn the_authorisation_server_is_found_or_taken_from_the_settings() {
    let cases: &[Found] = &[
        (
            json!({"auth_url": "http://halo.localhost:8081/auth", "tenant_id": "demo"}),
            |_| (),
            "http://halo.localhost:8081/auth/authorize?tenant=demo&",
            "/auth/token?tenant=demo",
        ),
        (json!({"auth_url": "http://halo.localhost:8081/", "tenant_id": ""}), |_| (), "http://halo.localhost:8081/authorize?", "/token?"),
        (json!({"auth_url": null}), |_| (), "http://halo.localhost:8081/auth/authorize?", "/auth/token?"),
        (
            json!("odd"),
            |halo| halo.tenant = Some("own".into()),
            "http://halo.localhost:8081/auth/authorize?tenant=own&",
            "/auth/token?tenant=own",
        ),
        (
            json!({"auth_url": "http://halo.localhost:8081/auth", "tenant_id": "demo"}),
            |halo| {
                halo.authorize_url = Some(HttpsUrl::parse("http://login.localhost/a").unwrap());
                halo.token_url = Some(HttpsUrl::parse("http://halo.localhost:8081/t").unwrap());
            },
            "http://login.localhost/a?tenant=demo&",
            "/t?tenant=demo",
        ),
    ];
    for (told, change, authorize, token) in cases {
        let told = told.clone();
        let answer = move |request: &Seen| match request.path.as_str() {
            "/api/AuthInfo" => Reply::json(told.clone()),
            _ => Reply::json(json!({"access_token": "x"})),
        };
        let bench = Bench::with(answer, change).await;
        let url = bench.halo.authorize_url("st&te", "challenge").await.unwrap();
        assert!(url.starts_with(authorize), "{url}");
        bench.halo.service_token().await.unwrap();
        let asked = bench.stub.seen().pop().unwrap();
        assert_eq!(format!("{}?{}", asked.path, asked.query), *token);
        assert_eq!(bench.stub.on("/api/AuthInfo").len(), 1, "asked once");
    }
}

#[tokio::test]
async fn a_halo_that_is_down_is_asked_again_later_and_an_insecure_server_is_never_used() {
    let up = Arc::new(AtomicU32::new(0));
    let answers = Arc::clone(&up);
    let bench = Bench::raw(move |_| match answers.fetch_add(1, Ordering::SeqCst) {
        0 => Reply::status(503),
        _ => Reply::json(json!({"auth_url": "http://auth.example.com/auth"})),
    })
    .await;
    assert_eq!(bench.halo.authorize_url("s", "c").await.unwrap_err().kind, FailureKind::HaloUnexpected);
    assert_eq!(bench.halo.authorize_url("s", "c").await.unwrap_err().kind, FailureKind::HaloUnexpected);
    assert_eq!(bench.stub.seen().len(), 2);
}

#[tokio::test]
async fn signing_in_is_code_with_pkce() {
    let bench = Bench::new(|_| Reply::status(404)).await;
    let url = url::Url::parse(&bench.halo.authorize_url("st&te", "chal-lenge").await.unwrap()).unwrap();
    let query: std::collections::HashMap<_, _> = url.query_pairs().into_owned().collect();
    for (name, value) in [
        ("response_type", "code"),
        ("client_id", "agents"),
        ("redirect_uri", CALLBACK),
        ("scope", "read:tickets offline_access"),
        ("state", "st&te"),
        ("code_challenge", "chal-lenge"),
        ("code_challenge_method", "S256"),
        ("tenant", "demo"),
    ] {
        assert_eq!(query[name], value);
    }
    bench.halo.redeem("c0de", "verifier").await.unwrap();
    let asked = &bench.stub.on("/auth/token")[0];
    for (name, value) in [
        ("grant_type", "authorization_code"),
        ("client_id", "agents"),
        ("redirect_uri", CALLBACK),
        ("code", "c0de"),
        ("code_verifier", "verifier"),
    ] {
        assert_eq!(asked.field(name).as_deref(), Some(value), "{name}");
    }
    assert_eq!(asked.field("client_secret"), None);
}

#[tokio::test]
async fn a_refresh_token_is_replaced_or_kept() {
    use secrecy::ExposeSecret as _;
    for (answer, expected) in [
        (json!({"access_token": "a", "refresh_token": "rt-2", "expires_in": "600"}), "rt-2"),
        (json!({"access_token": "a", "refresh_token": null}), "rt-1"),
    ] {
        let bench = Bench::raw(move |_| Reply::json(answer.clone())).await;
        let tokens = bench.halo.refresh(&"rt-1".into()).await.unwrap();
        assert_eq!(tokens.refresh.unwrap().expose_secret(), expected);
        assert!([600, 3600].contains(&tokens.expires_in));
    }
}

#[tokio::test]
async fn each_refusal_of_the_authorisation_server_has_its_own_failure() {
    let cases = [
        (400, r#"{"error":"invalid_grant","error_description":"spent"}"#, FailureKind::SignedOut, false),
        (401, r#"{"error":"invalid_client"}"#, FailureKind::HaloCredentials, false),
        (400, r#"{"error":"invalid_scope"}"#, FailureKind::HaloCredentials, false),
        (400, r#"{"error":"unauthorized_client"}"#, FailureKind::HaloCredentials, false),
        (401, "", FailureKind::HaloCredentials, false),
        (200, "{}", FailureKind::HaloUnexpected, true),
        (200, "<html>", FailureKind::HaloUnexpected, true),
        (429, "", FailureKind::HaloBusy, false),
        (503, "", FailureKind::HaloUnexpected, true),
        (302, "", FailureKind::HaloUnexpected, false),
    ];
    for (status, body, kind, ambiguous) in cases {
        let bench =
            Bench::raw(
                move |request| {
                    if request.path == "/api/AuthInfo" { Reply::status(404) } else { Reply(status, "application/json", body.into()) }
                },
            )
            .await;
        let error = bench.halo.refresh(&"rt-1".into()).await.unwrap_err();
        assert_eq!((error.failure().kind, error.ambiguous()), (kind, ambiguous), "{status} {body}");
        assert_eq!(bench.halo.service_token().await.unwrap_err().failure().kind, kind);
        let asked = bench.stub.seen().len();
        bench.halo.service_token().await.unwrap_err();
        assert_eq!(bench.stub.seen().len(), asked, "a failure is remembered for a moment");
    }
}

#[tokio::test]
async fn the_service_token_is_shared_and_renewed_a_minute_early() {
    let bench = Bench::new(|_| Reply::status(404)).await;
    let tokens = join_all((0..50).map(|_| bench.halo.service_token())).await;
    assert!(tokens.iter().all(|token| token.as_ref().unwrap().expose() == "token-1"));
    assert_eq!((bench.stub.on("/auth/token").len(), bench.stub.on("/api/AuthInfo").len()), (1, 1));
    let asked = &bench.stub.on("/auth/token")[0];
    for (name, value) in
        [("grant_type", "client_credentials"), ("client_id", "service"), ("client_secret", "s3cret"), ("scope", "read:tickets")]
    {
        assert_eq!(asked.field(name).as_deref(), Some(value), "{name}");
    }
    bench.clock.advance(Duration::from_secs(3540));
    assert_eq!(bench.halo.service_token().await.unwrap().expose(), "token-2");
}

#[tokio::test]
async fn a_service_token_refused_once_is_renewed_and_refused_for_ever_is_left_alone() {
    let once =
        Bench::new(
            |request| if request.header("authorization") == "Bearer token-1" { Reply::status(401) } else { Reply::json(json!({"id": 90})) },
        )
        .await;
    let answers = join_all((0..10).map(|_| {
        once.halo.as_service(|token: AccessToken| {
            let halo = &once.halo;
            async move { halo.me(&token).await }
        })
    }))
    .await;
    assert!(answers.iter().all(Result::is_ok));
    assert_eq!(once.stub.on("/auth/token").len(), 2);

    let never = Bench::new(|_| Reply(401, "application/json", json!({"Message": "no right to this module"}).to_string())).await;
    for _ in 0..5 {
        let error = never
            .halo
            .as_service(|token: AccessToken| {
                let halo = &never.halo;
                async move { halo.me(&token).await }
            })
            .await
            .unwrap_err();
        assert!(error.unauthorized());
        assert_eq!(error.failure().kind, FailureKind::HaloPermission);
    }
    assert_eq!(never.stub.on("/auth/token").len(), 2);
    assert!(!never.halo.forget_service_token(&token()).await, "an agent's token is not ours to renew");
}

#[tokio::test]
async fn an_agent_is_read_from_whatever_shape() {
    let plain = json!({"id": 42, "name": "Priya Nair", "is_admin": true, "email": "priya@northwind.example", "beyondtrust_name": " ", "allowbeyondtrustinvites": null, "isdisabled": 0});
    for answer in [plain.clone(), json!([plain])] {
        let bench = Bench::json(answer).await;
        let agent = bench.halo.me(&token()).await.unwrap();
        assert_eq!(
            (agent.id.get(), agent.name.as_str(), agent.is_admin, agent.beyondtrust_name, agent.invites_enabled, agent.disabled),
            (42, "Priya Nair", true, None, false, false)
        );
        let asked = &bench.stub.on("/api/Agent/me")[0];
        assert_eq!(asked.header("authorization"), "Bearer agent-token");
    }
    for odd in [json!({}), json!(null), json!([]), json!({"id": 0, "name": "x"}), json!("x")] {
        let bench = Bench::json(odd).await;
        assert_eq!(bench.halo.me(&token()).await.unwrap_err().failure().kind, FailureKind::HaloUnexpected);
    }
}

#[tokio::test]
async fn all_agents_come_with_their_beyondtrust_names() {
    let list = json!([
        {"id": 1, "name": "Unassigned", "allowbeyondtrustinvites": true},
        {"id": 42, "name": "Priya Nair", "allowbeyondtrustinvites": true, "isdisabled": false},
        {"id": 43, "name": "Ann Keller", "allowbeyondtrustinvites": true, "beyondtrust_name": "Ann K."},
        {"id": 45, "name": "Kit O'Neill", "allowbeyondtrustinvites": false},
        {"id": 47, "name": "Gone", "allowbeyondtrustinvites": false, "isdisabled": true},
        {"id": 90, "name": "Service", "isapiagent": true},
        {"id": null, "name": "odd"}
    ]);
    for answer in [list.clone(), json!({"agents": list}), json!({"record_count": 7, "columns": [], "results": list})] {
        let bench = Bench::new(move |request| match request.path.as_str() {
            "/api/Agent" => Reply::json(answer.clone()),
            "/api/Agent/42" => {
                Reply::json(json!({"id": 42, "name": "Priya Nair", "beyondtrust_name": "Priya N.", "allowbeyondtrustinvites": true}))
            }
            "/api/Agent/45" => Reply::json(json!({"id": 45, "beyondtrust_name": "Kit"})),
            _ => Reply::status(500),
        })
        .await;
        let agents = bench.halo.agents(&token()).await.unwrap().agents;
        let found: Vec<_> =
            agents.iter().map(|agent| (agent.id.get(), agent.beyondtrust_name.as_deref(), agent.invites_enabled, agent.disabled)).collect();
        assert_eq!(
            found,
            [
                (42, Some("Priya N."), true, false),
                (43, Some("Ann K."), true, false),
                (45, Some("Kit"), false, false),
                (47, None, false, true)
            ]
        );
        assert_eq!(bench.stub.seen().len(), 3, "details only where the list has no name");
    }
    let broken = Bench::new(|request| {
        if request.path == "/api/Agent" { Reply::json(json!([{"id": 42, "allowbeyondtrustinvites": true}])) } else { Reply::status(500) }
    })
    .await;
    assert!(broken.halo.agents(&token()).await.unwrap_err().transient());

    let many: Vec<_> = (2..302).map(|id| json!({"id": id, "name": format!("agent {id}")})).collect();
    let large =
        Bench::new(move |request| if request.path == "/api/Agent" { Reply::json(json!(many)) } else { Reply::json(json!({"id": 2})) })
            .await;
    assert_eq!(large.halo.agents(&token()).await.unwrap().agents.len(), 300);
    assert_eq!(large.stub.seen().len(), 101, "Halo's limit of requests is not used up for agents nobody invites for");
    let unreadable =
        Bench::new(
            |request| {
                if request.path == "/api/Agent" { Reply::json(json!([{"id": 45, "name": "Kit O'Neill"}])) } else { Reply::status(429) }
            },
        )
        .await;
    let list = unreadable.halo.agents(&token()).await.unwrap();
    assert_eq!((list.agents.len(), list.partial), (1, true), "and it is said that names are missing");
}

#[tokio::test]
async fn open_chats_are_read_from_whatever_shape_the_latest_first() {
    let agent = |id| AgentId::new(id).unwrap();
    let chats = json!([
        {"id": 1, "ticket_id": 1161, "lastupdatedate": "2026-03-10T08:52:01.337", "participants": [{"agent_id": 42, "user_id": 0}, {"agent_id": 0, "user_id": 207}, {"agent_id": 43, "has_left_chat": true}]},
        {"id": "2", "isclosed": false, "ticket_id": "1161", "lastupdatedate": "2026-03-10T10:52:01+01:00", "participants": []},
        {"id": 3, "isclosed": true, "ticket_id": 1161},
        {"id": 4, "ticket_id": 2000},
        {"id": 5, "ticket_id": 0, "lastupdatedate": "1899-12-30T00:00:00"},
        {"id": 0},
    ]);
    for answer in [chats.clone(), json!({"record_count": 6, "chats": chats})] {
        let bench = Bench::json(answer.clone()).await;
        let open = bench.halo.open_chats(&token(), Some(ticket())).await.unwrap();
        let read: Vec<_> = open.iter().map(|chat| (chat.id.get(), chat.changed, chat.agents.clone(), chat.user)).collect();
        // What says nothing of its ticket is believed to be the one that was asked for.
        let expected = [
            (2, Some(1_773_136_321), Some(vec![]), None),
            (1, Some(1_773_132_721), Some(vec![agent(42)]), UserId::new(207)),
            (5, None, None, None),
        ];
        assert_eq!(read, expected, "{answer}");
        let all = bench.halo.open_chats(&token(), None).await.unwrap();
        assert_eq!(all.len(), 4, "all but the closed one");
        let asked = bench.stub.on("/api/Chat");
        assert_eq!((asked[0].field("ticket_id").as_deref(), asked[0].field("ignore_all_closed").as_deref()), (Some("1161"), Some("true")));
        assert_eq!(asked[1].field("ticket_id"), None);
    }
    assert!(Bench::json(json!("chats")).await.halo.open_chats(&token(), None).await.is_err());
}

#[tokio::test]
async fn a_ticket_is_read_from_whatever_shape() {
    let full = json!({
        "id": 1161, "summary": "Printer <b>jam</b>", "user_id": 207.0, "user_name": "Connor Blake", "user_email": "connor@batley.example", "client_name": "Batley",
        "site_name": null, "agent_id": 1, "dateclosed": "1899-12-30T00:00:00", "hasbeenclosed": true, "_canupdate": true, "tickettype_name": "Incident", "chat_id": 0
    });
    let bench = Bench::json(full).await;
    let found = bench.halo.ticket(&token(), ticket()).await.unwrap();
    assert_eq!(
        (found.id, found.summary.as_str(), found.user_id, found.site_name.as_str()),
        (ticket(), "Printer <b>jam</b>", UserId::new(207), "")
    );
    assert!(found.can_update && !found.closed && found.chat_id.is_none(), "opened again");
    // answer, user, may change, closed
    for (answer, user, can_update, closed) in [
        (json!({"id": 1161}), None, true, false),
        (json!({"id": 1161, "user_id": 0, "_canupdate": false}), None, false, false),
        (json!({"id": "1161", "user_id": null, "_canupdate": null, "dateclosed": "2026-01-05T12:00:00Z"}), None, true, true),
        (json!([{"id": 1161, "hasbeenclosed": true}]), None, true, true),
    ] {
        let bench = Bench::json(answer.clone()).await;
        let found = bench.halo.ticket(&token(), ticket()).await.unwrap();
        assert_eq!((found.user_id, found.can_update, found.closed), (user, can_update, closed), "{answer}");
    }
    for gone in [Reply::status(404), Reply::json(json!(null)), Reply::json(json!({"id": 0}))] {
        let (status, body) = (gone.0, gone.2);
        let bench = Bench::new(move |_| Reply(status, "application/json", body.clone())).await;
        assert!(bench.halo.ticket(&token(), ticket()).await.unwrap_err().not_found());
    }
}

#[tokio::test]
async fn a_user_is_read_from_whatever_shape() {
    for (answer, name, email) in [
        (
            json!({"id": 207, "name": "Connor Blake", "firstname": "Connor", "emailaddress": "connor@batley.example"}),
            "Connor Blake",
            "connor@batley.example",
        ),
        (json!([{"id": 207, "name": null, "emailaddress": "", "email2": "second@batley.example"}]), "user 207", "second@batley.example"),
        (json!({"id": 207}), "user 207", ""),
    ] {
        let bench = Bench::json(answer).await;
        let user = bench.halo.user(&token(), UserId::new(207).unwrap()).await.unwrap();
        assert_eq!((user.name.as_str(), user.email.as_str()), (name, email));
    }
}

#[tokio::test]
async fn all_actions_are_read_page_by_page_when_there_are_more() {
    let one = |id: u32| json!({"id": id, "note": format!("note {id}"), "note_html": null, "who_agentid": 42, "emailto": ""});
    let bench = Bench::new(move |request| {
        let page: u32 = request.field("page_no").map_or(1, |page| page.parse().unwrap());
        let size = if request.field("pageinate").is_some() { 100 } else { 50 };
        let actions: Vec<_> = ((page - 1) * size + 1..=(page * size).min(230)).map(one).collect();
        Reply::json(json!({"record_count": 230, "actions": actions}))
    })
    .await;
    let actions = bench.halo.actions(&token(), ticket()).await.unwrap();
    assert_eq!(actions.len(), 230);
    assert!(actions[229].holds("note 230"));
    let asked = &bench.stub.on("/api/Actions")[0];
    assert_eq!((asked.field("ticket_id").as_deref(), asked.field("includehtmlnote").as_deref()), (Some("1161"), Some("true")));

    // Paging is not known there: the same page again and again must not look like a whole list.
    let stuck = Bench::json(json!({"record_count": 3, "actions": [one(1)]})).await;
    assert_eq!(stuck.halo.actions(&token(), ticket()).await.unwrap_err().failure().kind, FailureKind::HaloUnexpected);
    for (answer, count) in [(json!([]), 0), (json!([one(1)]), 1), (json!({"record_count": 0, "actions": null}), 0)] {
        assert_eq!(Bench::json(answer).await.halo.actions(&token(), ticket()).await.unwrap().len(), count);
    }
    for odd in [json!({"message": "x"}), json!([{"note": "no id"}])] {
        assert!(Bench::json(odd).await.halo.actions(&token(), ticket()).await.is_err());
    }
}

#[tokio::test]
async fn an_action_is_read_with_its_fields_and_its_html_note() {
    let answer =
        json!({"id": 5, "outcome_id": 89, "note": "a < b", "note_html": "<p>a &lt; b</p>", "customfields": [{"id": 203, "value": "x"}]});
    let bench = Bench::json(answer).await;
    let action = bench.halo.action(&token(), ticket(), ActionId::new(5).unwrap()).await.unwrap();
    assert_eq!((action.note_html.as_deref(), action.field(203)), (Some("<p>a &lt; b</p>"), Some("x")));
    let asked = &bench.stub.on("/api/Actions/5")[0];
    for (name, value) in [("ticket_id", "1161"), ("includedetails", "true"), ("includehtmlnote", "true")] {
        assert_eq!(asked.field(name).as_deref(), Some(value), "{name}");
    }
}

#[tokio::test]
async fn an_action_is_written_as_halo_wants_it() {
    let bench =
        Bench::json(json!([{"id": 5, "outcome": "Remote Session", "who": "Ann Keller", "who_agentid": 43, "_warning": "odd"}])).await;
    let added = bench.halo.add_action(&token(), &note()).await.unwrap();
    assert_eq!((added.id, added.who_agent, added.warning.as_deref()), (ActionId::new(5).unwrap(), AgentId::new(43), Some("odd")));
    let asked = &bench.stub.on("/api/Actions")[0];
    assert_eq!(asked.method, "POST");
    assert_eq!(
        asked.json(),
        json!([{
            "ticket_id": 1161, "outcome": "Remote Session", "note_html": "<p>Remote session 0123</p>", "hiddenfromuser": true, "sendemail": false, "who_agentid": 43,
            "actionarrivaldate": "2026-03-10T09:00:00Z", "actioncompletiondate": "2026-03-10T09:25:00Z", "timetaken": 0.42
        }])
    );
    let mail = Mail { to: "connor@batley.example".into(), subject: "Join".into(), body_html: "<a>link</a>".into() };
    let invite =
        NewAction { email: Some(mail), hidden_from_user: false, who_agent: None, started: None, ended: None, timetaken: None, ..note() };
    bench.halo.add_action(&token(), &invite).await.unwrap();
    let sent = &bench.stub.on("/api/Actions")[1].json()[0];
    assert_eq!(
        (&sent["sendemail"], &sent["emailto"], &sent["emailsubject"], &sent["emailbody_html"]),
        (&json!(true), &json!("connor@batley.example"), &json!("Join"), &json!("<a>link</a>"))
    );
    assert!(sent.get("id").is_none() && sent.get("who_agentid").is_none());
}

#[tokio::test]
async fn a_write_is_sent_once_and_says_whether_it_may_have_happened() {
    for (status, body, ambiguous, kind) in [
        (400, r#"{"Message":"Choose a closure category."}"#, false, FailureKind::HaloRefused),
        (401, "", false, FailureKind::HaloPermission),
        (403, "", false, FailureKind::HaloPermission),
        (429, "", false, FailureKind::HaloBusy),
        (504, "<html>", true, FailureKind::HaloUnexpected),
        (200, "<html>", true, FailureKind::HaloUnexpected),
        (200, r#"{"ok":true}"#, true, FailureKind::HaloUnexpected),
    ] {
        let bench = Bench::new(move |_| Reply(status, "application/json", body.into())).await;
        let error = bench.halo.add_action(&token(), &note()).await.unwrap_err();
        assert_eq!((error.ambiguous(), error.failure().kind), (ambiguous, kind), "{status} {body}");
        assert_eq!(bench.stub.on("/api/Actions").len(), 1);
        assert_eq!(error.retry_after(), (status == 429).then(|| Duration::from_secs(17)));
    }
}

#[tokio::test]
async fn a_write_cut_off_is_in_doubt_and_one_never_sent_is_not() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let writes = Arc::new(AtomicU32::new(0));
    let counted = Arc::clone(&writes);
    let server = tokio::spawn(async move {
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut buffer = vec![0; 4096];
            let read = stream.read(&mut buffer).await.unwrap_or(0);
            if String::from_utf8_lossy(&buffer[..read]).starts_with("POST") {
                counted.fetch_add(1, Ordering::SeqCst);
            }
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 500\r\n\r\n{\"id\":").await;
        }
    });
    let halo = |address| Halo::new(&settings(address), CALLBACK.into(), Arc::new(HandClock::at(0)), super::line()).unwrap();
    let cut = halo(address).add_action(&token(), &note()).await.unwrap_err();
    assert!(cut.ambiguous() && cut.transient(), "{cut}");
    assert_eq!(writes.load(Ordering::SeqCst), 1, "sent once");
    assert!(!halo(address).ticket(&token(), ticket()).await.unwrap_err().ambiguous(), "a read is never in doubt");
    server.abort();
    let closed = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let refused = halo(closed).add_action(&token(), &note()).await.unwrap_err();
    assert!(!refused.ambiguous() && refused.transient());
    assert_eq!(refused.failure().kind, FailureKind::HaloUnreachable);
}

#[tokio::test]
async fn the_resource_server_may_be_written_with_or_without_api() {
    for url in
        ["http://halo.localhost:8081", "http://halo.localhost:8081/", "http://halo.localhost:8081/api", "http://halo.localhost:8081/api/"]
    {
        let bench = Bench::with(|_| Reply::json(json!({"id": 42})), |halo| halo.url = HttpsUrl::parse(url).unwrap()).await;
        bench.halo.me(&token()).await.unwrap();
        let asked = &bench.stub.seen()[0];
        assert_eq!((asked.path.as_str(), asked.header("host")), ("/api/Agent/me", "halo.localhost:8081"));
    }
}

#[tokio::test]
async fn secrets_and_bodies_do_not_show() {
    let bench = Bench::new(|_| Reply(504, "text/html", "connor@batley.example was here".into())).await;
    bench.halo.service_token().await.unwrap();
    let error: HaloError = bench.halo.add_action(&token(), &note()).await.unwrap_err();
    let mail = Mail { to: "connor@batley.example".into(), subject: "x".into(), body_html: "link".into() };
    let shown = format!("{:?} {error:?} {error} {} {:?} {mail:?}", bench.halo, error.failure(), token());
    for secret in ["s3cret", "token-1", "agent-token", "batley"] {
        assert!(!shown.contains(secret), "{secret} in {shown}");
    }
}
