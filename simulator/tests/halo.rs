//! Halo's manners: sign-in, actions, lists, refusals. Shapes are held against the samples.

mod shape;
mod vendors;

use serde_json::{Value, json};
use shape::assert_json;
use vendors::Vendors;

#[tokio::test]
async fn a_code_is_redeemed_once_and_only_with_its_verifier() {
    let vendors = Vendors::open().await;
    let code = vendors.code(42).await;
    let (status, refused) = vendors.redeem(&code, "not-the-verifier").await;
    assert_eq!((status.as_u16(), &refused["error"]), (400, &json!("invalid_grant")));
    assert_json(&refused, "halo/token_refused.json");
    let (access, _) = vendors.sign_in(42).await;
    assert_eq!(vendors.read(&access, "/api/Agent/me").await["name"], "Priya Nair");
    assert_eq!(access.split('.').count(), 3, "looks like a JWT");
    let ledger = vendors.halo("ledger", None).await;
    assert_eq!(ledger["sign_ins"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn authorise_takes_known_redirects_challenges_and_scopes_only() {
    let vendors = Vendors::open().await;
    let ask = async |change: Option<(&str, &str)>| {
        let mut query = Vendors::authorize_query("all offline_access");
        query.push(("agent", "42".to_owned()));
        if let Some((name, value)) = change {
            query.retain(|(known, _)| *known != name);
            query.push((name, value.to_owned()));
        }
        vendors.client.get(vendors.halo_url("/auth/authorize")).query(&query).send().await.unwrap()
    };
    assert_eq!(ask(None).await.status(), 303);
    let wrong = [
        ("redirect_uri", "http://evil.example/"),
        ("client_id", "x"),
        ("code_challenge", "short"),
        ("code_challenge_method", "plain"),
        ("response_type", "token"),
    ];
    for change in wrong {
        assert_eq!(ask(Some(change)).await.status(), 400, "{change:?}");
    }
    let scope = ask(Some(("scope", "read:agents"))).await;
    assert!(scope.headers()["location"].to_str().unwrap().contains("error=invalid_scope"));
    assert!(ask(None).await.headers().get("cross-origin-opener-policy").is_none());
    vendors.halo("settings", Some(json!({"coop": "same-origin"}))).await;
    assert_eq!(ask(Some(("agent", ""))).await.headers()["cross-origin-opener-policy"], "same-origin");
}

#[tokio::test]
async fn a_refresh_token_works_once() {
    let vendors = Vendors::open().await;
    let (_, first) = vendors.sign_in(43).await;
    let (status, second) = vendors.refresh(&first).await;
    assert_eq!(status, 200);
    assert_json(&second, "halo/token_agent.json");
    assert_ne!(second["refresh_token"], json!(first), "it rotates");
    let (status, refused) = vendors.refresh(&first).await;
    assert_eq!((status.as_u16(), &refused["error"]), (400, &json!("invalid_grant")));
    let (status, _) = vendors.refresh(second["refresh_token"].as_str().unwrap()).await;
    assert_eq!(status, 200, "the newest still works");
    let log = vendors.halo("ledger", None).await["refreshes"].clone();
    assert_eq!(log.as_array().unwrap().iter().map(|one| one["ok"] == true).collect::<Vec<_>>(), [true, false, true]);
    assert_eq!((&log[0]["agent"], &log[0]["old"]), (&json!(43), &json!(first)));
}

#[tokio::test]
async fn the_service_logs_in_as_its_agent_and_gets_no_refresh_token() {
    let vendors = Vendors::open().await;
    let form =
        |secret, scope| [("grant_type", "client_credentials"), ("client_id", "halo-service"), ("client_secret", secret), ("scope", scope)];
    let (status, answer) = vendors.token(&form("halo-service-secret-1", "read:tickets")).await;
    assert_eq!(status, 200);
    assert_json(&answer, "halo/token_service.json");
    for (form, status, error) in [
        (form("wrong", "read:tickets"), 401, "invalid_client"),
        (form("halo-service-secret-1", "read:agents"), 400, "invalid_scope"),
        (
            [("grant_type", "client_credentials"), ("client_id", "halo-agent-app"), ("client_secret", ""), ("scope", "all")],
            400,
            "unauthorized_client",
        ),
    ] {
        let (seen, answer) = vendors.token(&form).await;
        assert_eq!((seen.as_u16(), &answer["error"]), (status, &json!(error)));
    }
    let token = vendors.service_token().await;
    assert_eq!(vendors.read(&token, "/API/AGENT/ME").await["id"], 90, "paths in any case");
    let info: Value = vendors.client.get(vendors.halo_url("/api/AuthInfo")).send().await.unwrap().json().await.unwrap();
    assert_json(&info, "halo/authinfo.json");
}

#[tokio::test]
async fn the_beyondtrust_name_is_in_the_detail_only() {
    let vendors = Vendors::open().await;
    let token = vendors.service_token().await;
    let list = vendors.read(&token, "/api/Agent").await;
    assert_json(&list[1], "halo/agent_in_list.json");
    assert_json(&vendors.read(&token, "/api/Agent/46").await, "halo/agent.json");
    assert_eq!(list.as_array().unwrap().len(), 6, "without the API's own agent");
    let invited = vendors.read(&token, "/api/Agent?remoteagents=true&remoteagenttype=beyondtrust").await;
    assert_eq!(invited.as_array().unwrap().iter().map(|agent| agent["id"].as_u64().unwrap()).collect::<Vec<_>>(), [42, 43, 44, 46]);
    for key in ["agents", "results"] {
        vendors.halo("settings", Some(json!({"agent_list": key}))).await;
        assert_eq!(vendors.read(&token, "/api/Agent").await[key].as_array().unwrap().len(), 6);
    }
    assert_eq!(vendors.get(&token, "/api/Agent/999").send().await.unwrap().status(), 404);
}

#[tokio::test]
async fn tickets_and_users_have_the_documented_shape() {
    let vendors = Vendors::open().await;
    let token = vendors.service_token().await;
    let ticket = vendors.read(&token, "/api/Tickets/1161").await;
    assert_json(&ticket, "halo/ticket.json");
    assert!(ticket["dateclosed"].as_str().unwrap().starts_with("1899"), "a date that is not set");
    assert_eq!(vendors.read(&token, "/api/Tickets/1164").await["_canupdate"], false);
    assert_eq!(vendors.read(&token, "/api/Tickets/1163").await["user_id"], 0);
    let page = vendors.read(&token, "/api/Tickets?pageinate=true&page_size=2&page_no=3").await;
    assert_json(&page, "halo/ticket_list.json");
    assert_eq!((&page["record_count"], page["tickets"].as_array().unwrap().len()), (&json!(5), 1));
    assert!(vendors.read(&token, "/api/Tickets").await.get("page_no").is_none(), "page numbers only where pages are asked for");
    assert_eq!(vendors.read(&token, "/api/Tickets?open_only=true").await["record_count"], 4);
    assert_json(&vendors.read(&token, "/api/Users/207").await, "halo/user.json");
    assert_json(&vendors.read(&token, "/api/Users?search=connor").await, "halo/user_list.json");
    let missing = vendors.get(&token, "/api/Tickets/999").send().await.unwrap();
    assert_eq!((missing.status().as_u16(), missing.headers()["content-type"].to_str().unwrap()), (404, "text/plain; charset=utf-8"));
    assert_eq!(missing.text().await.unwrap(), "");
}

#[tokio::test]
async fn a_post_of_an_action_creates_without_an_id_and_changes_with_one() {
    let vendors = Vendors::open().await;
    let (token, _) = vendors.sign_in(42).await;
    let first = vendors.act(&token, json!({"ticket_id": 1161, "outcome": "Remote Session", "note_html": "<p>one &lt;two&gt;</p><p>three</p>", "hiddenfromuser": true})).await;
    assert_json(&first, "halo/action.json");
    assert_eq!(
        (&first["id"], &first["note"]),
        (&json!(2), &json!("one <two>\nthree")),
        "a ticket begins with one action, and the note is text too"
    );
    let again = vendors.act(&token, json!({"ticket_id": 1161, "outcome": "Remote Session", "note_html": "<p>one</p>"})).await;
    assert_eq!(again["id"], 3, "the same without an id is one more");
    let other = vendors.act(&token, json!({"ticket_id": 1162, "outcome": "Remote Session", "note": "elsewhere"})).await;
    assert_eq!(other["id"], 2, "ids count per ticket");
    let changed = vendors.act(&token, json!({"ticket_id": 1161, "id": 2, "note_html": "<p>changed</p>"})).await;
    assert_eq!((&changed["id"], &changed["note"], &changed["outcome"]), (&json!(2), &json!("changed"), &json!("Remote Session")));
    let list = vendors.read(&token, "/api/Actions?ticket_id=1161&count=2").await;
    assert_json(&list, "halo/action_list.json");
    assert_eq!((&list["record_count"], &list["actions"][0]["id"]), (&json!(3), &json!(3)), "the newest first");
    let with_html = vendors.read(&token, "/api/Actions?ticket_id=1161&includehtmlnote=true&excludeprivate=true").await;
    assert_eq!(with_html["actions"].as_array().unwrap().iter().filter(|action| action["note_html"].is_string()).count(), 2);
    assert_eq!(vendors.read(&token, "/api/Actions/2?ticket_id=1161").await["note"], "changed");
    assert_eq!(vendors.get(&token, "/api/Actions/2?ticket_id=1163").send().await.unwrap().status(), 404);
    assert_eq!(vendors.halo("ledger", None).await["actions"].as_array().unwrap().len(), 3, "the ledger holds what was posted");
}

#[tokio::test]
async fn who_agentid_is_ignored_unless_it_is_honoured() {
    let vendors = Vendors::open().await;
    let token = vendors.service_token().await;
    for (honoured, who, name) in [(false, 90, "Remote Support Service"), (true, 43, "Ann Keller")] {
        vendors.halo("settings", Some(json!({"honour_who_agentid": honoured}))).await;
        let action = vendors
            .act(&token, json!({"ticket_id": 1161, "outcome": "Remote Session", "note": "n", "who_agentid": 43, "who": "Nobody"}))
            .await;
        let stored = vendors.read(&token, &format!("/api/Actions/{}?ticket_id=1161", action["id"])).await;
        assert_eq!((&stored["who_agentid"], &stored["who"], &stored["actionby_agent_id"]), (&json!(who), &json!(name), &json!(90)));
    }
}

#[tokio::test]
async fn a_mail_goes_out_only_when_it_is_asked_for() {
    let vendors = Vendors::open().await;
    let (token, _) = vendors.sign_in(42).await;
    let mail = json!({
        "ticket_id": 1161, "outcome": "Remote Session Invite", "note_html": "<p>sent</p>", "emailto": "connor@batley.example", "emailsubject": "Come & see",
        "emailbody_html": "<p>Hello <b>$FAULTID</b></p>",
    });
    vendors.act(&token, mail.clone()).await;
    assert_eq!(vendors.halo("ledger", None).await["mails"], json!([]));
    let mut mail = mail;
    mail["sendemail"] = json!(true);
    let action = vendors.act(&token, mail).await;
    assert_eq!(action["emaildirection"], "O");
    let mails = vendors.halo("ledger", None).await["mails"].clone();
    assert_eq!(mails.as_array().unwrap().len(), 1);
    assert_eq!((&mails[0]["to"], &mails[0]["subject"]), (&json!("connor@batley.example"), &json!("Come & see")));
    assert_eq!(
        (&mails[0]["html"], &mails[0]["action_id"], &mails[0]["ticket_id"]),
        (&json!("<p>Hello <b>$FAULTID</b></p>"), &action["id"], &json!(1161))
    );
    let shown: Value = vendors.client.get(vendors.halo_url("/demo/mails")).send().await.unwrap().json().await.unwrap();
    assert_eq!(shown["mails"], mails);
}

#[tokio::test]
async fn bad_actions_are_refused_in_halos_odd_shapes() {
    let vendors = Vendors::open().await;
    let (token, _) = vendors.sign_in(42).await;
    let refused = async |body: Value| {
        let answer = vendors.post(&token, "/api/Actions", &body).send().await.unwrap();
        (answer.status().as_u16(), answer.json::<Value>().await.unwrap_or_default())
    };
    let good = json!({"ticket_id": 1161, "outcome": "X", "note": "n"});
    assert_eq!(refused(good.clone()).await.0, 400, "an array is required");
    let (status, body) = refused(json!([{"ticket_id": 1161, "note": "n"}])).await;
    assert_eq!(status, 400);
    assert_json(&body, "halo/error_exception.json");
    let (status, body) = refused(json!([{"ticket_id": 1161, "outcome": "X"}])).await;
    assert_eq!(status, 400);
    assert_json(&body, "halo/error_message.json");
    let (status, body) = refused(json!([{"id": "two", "ticket_id": 1161}])).await;
    assert_eq!(status, 400);
    assert_json(&body, "halo/error_model_state.json");
    assert_eq!(refused(json!([{"ticket_id": 999, "outcome": "X", "note": "n"}])).await.0, 404);
    assert_eq!(refused(json!([{"ticket_id": 1164, "outcome": "X", "note": "n"}])).await.0, 403, "_canupdate is false");
    assert_eq!(refused(json!([{"ticket_id": 1165, "outcome": "X", "note": "n"}])).await.0, 200, "a closed ticket takes actions");
    vendors.halo("settings", Some(json!({"closed_refuses": true}))).await;
    assert_eq!(refused(json!([{"ticket_id": 1165, "outcome": "X", "note": "n"}])).await.0, 400, "unless it refuses them");
    let form = vendors.client.post(vendors.halo_url("/api/Actions")).bearer_auth(&token).body("x").send().await.unwrap();
    assert_eq!(form.status(), 415, "not JSON");
    vendors.halo("settings", Some(json!({"action_reply": "array"}))).await;
    assert!(vendors.act(&token, good).await.is_array());
}

#[tokio::test]
async fn tokens_scopes_modules_and_rates_are_refused_each_in_its_way() {
    let vendors = Vendors::open().await;
    let anybody = vendors.get("nobody's", "/api/Tickets/1161").send().await.unwrap();
    assert_eq!(
        (anybody.status().as_u16(), anybody.headers()["www-authenticate"].to_str().unwrap()),
        (401, "Bearer error=\"invalid_token\"")
    );
    let form = [
        ("grant_type", "client_credentials"),
        ("client_id", "halo-service"),
        ("client_secret", "halo-service-secret-1"),
        ("scope", "read:tickets"),
    ];
    let narrow = vendors.token(&form).await.1["access_token"].as_str().unwrap().to_owned();
    assert_eq!(vendors.get(&narrow, "/api/Tickets/1161").send().await.unwrap().status(), 200);
    assert_eq!(vendors.get(&narrow, "/api/Users/207").send().await.unwrap().status(), 403, "outside the scope");
    assert_eq!(
        vendors.post(&narrow, "/api/Actions", &json!([{"ticket_id": 1161, "outcome": "X", "note": "n"}])).send().await.unwrap().status(),
        403
    );
    let (ann, _) = vendors.sign_in(43).await;
    vendors.halo("settings", Some(json!({"deny_agents": [43]}))).await;
    for path in ["/api/Tickets", "/api/Tickets/1161", "/api/Actions?ticket_id=1161"] {
        assert_eq!(vendors.get(&ann, path).send().await.unwrap().status(), 403, "{path}");
    }
    vendors.halo("settings", Some(json!({"deny_agents": [], "no_module": ["43:Tickets"]}))).await;
    let module = vendors.get(&ann, "/api/Tickets/1161").send().await.unwrap();
    assert_eq!(module.status(), 401, "as for a bad token");
    assert_json(&module.json().await.unwrap(), "halo/error_message.json");
    vendors.halo("settings", Some(json!({"rate_limit": 1}))).await;
    let limited = vendors.get(&ann, "/api/Agent/me").send().await.unwrap();
    assert_eq!((limited.status().as_u16(), limited.headers().get("retry-after")), (429, None));
    assert!(limited.json::<Value>().await.unwrap()["Message"].as_str().unwrap().starts_with("Rate Limit Reached"));
    vendors.halo("settings", Some(json!({"rate_limit_shape": "text", "retry_after": 17}))).await;
    let limited = vendors.get(&ann, "/api/Agent/me").send().await.unwrap();
    assert_eq!(limited.headers()["retry-after"], "17");
    assert!(limited.text().await.unwrap().starts_with("Rate Limit Reached"));
}

#[tokio::test]
async fn the_ledger_names_the_agent_and_a_setting_nobody_knows_is_refused() {
    let vendors = Vendors::open().await;
    let (token, _) = vendors.sign_in(42).await;
    vendors.read(&token, "/api/Tickets/1161?includedetails=true").await;
    let requests = vendors.halo("ledger", None).await["requests"].clone();
    let last = requests.as_array().unwrap().last().unwrap().clone();
    assert_eq!((&last["path"], &last["query"], &last["agent"]), (&json!("/api/Tickets/1161"), &json!("includedetails=true"), &json!(42)));
    let typo = vendors.client.post(vendors.halo_url("/control/settings")).json(&json!({"honor_who_agentid": true})).send().await.unwrap();
    assert_eq!(typo.status(), 409);
}

#[tokio::test]
async fn assets_are_found_by_their_awkward_tags_and_a_new_ticket_rings_the_webhook() {
    let vendors = Vendors::open().await;
    vendors.halo("settings", Some(json!({"webhook_url": "http://127.0.0.1:1/halo/x"}))).await;
    let made = vendors.halo("portal-tickets", Some(json!({"user_id": 207, "summary": "Help", "tickettype_id": 3}))).await;
    assert_eq!((&made["user_email"], &made["send_remoteinvite"]), (&json!("connor@batley.example"), &json!(true)));
    let ledger = vendors.halo("ledger", None).await;
    assert_eq!((&ledger["webhooks"][0]["event"], &ledger["webhooks"][0]["ticket_id"]), (&json!("New Ticket Logged"), &made["id"]));
    assert!(ledger["mails"].as_array().unwrap().is_empty(), "Halo's own integration is not connected");
    vendors.halo("settings", Some(json!({"builtin_integration": true}))).await;
    vendors.halo("portal-tickets", Some(json!({"user_id": 207, "summary": "Help", "tickettype_id": 3}))).await;
    assert_eq!(vendors.halo("ledger", None).await["mails"][0]["native"], true);
    let (token, _) = vendors.sign_in(42).await;
    let tags = async |query: &str| -> Vec<String> {
        let list = vendors.read(&token, &format!("/api/Asset?{query}")).await;
        list["assets"].as_array().unwrap().iter().map(|asset| asset["inventory_number"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(tags("search=BR%20LT%2F0148%20%232&search_inventory_number_only=true").await, ["BR LT/0148 #2", "BR LT/0148 #21"]);
    assert_eq!(tags("inventory_number=BR%20LT%2F0148%20%232").await, ["BR LT/0148 #2"]);
    assert_eq!(tags("ticket_id=1161").await, ["BR LT/0148 #2"]);
}

#[tokio::test]
async fn what_people_do_on_the_screens_is_done_by_the_api_in_their_names() {
    let vendors = Vendors::open().await;
    vendors.halo("settings", Some(json!({"webhook_url": "http://127.0.0.1:1/halo/x"}))).await;
    let act = async |path: &str, body: Value| {
        let answer = vendors.client.post(vendors.halo_url(&format!("/demo/{path}"))).json(&body).send().await.unwrap();
        (answer.status().as_u16(), answer.json::<Value>().await.unwrap_or_default())
    };
    let action = json!({"ticket_id": 1161, "outcome": "Private Note", "note_html": "<p>Seen</p>", "customfields": [{"id": 203, "value": "Ann Keller"}]});
    assert_eq!(act("action", json!({"agent": 43, "action": action})).await.1["who"], "Ann Keller");
    let not_his = json!({"agent": 43, "action": {"ticket_id": 1164, "outcome": "Private Note", "note_html": "<p>Seen</p>"}});
    assert_eq!(act("action", not_his).await.0, 403);
    let logged = act("new-ticket", json!({"user": 207, "ticket": {"summary": "Help", "tickettype_id": 3}})).await.1;
    assert_eq!((&logged["user_name"], &logged["send_remoteinvite"]), (&json!("Connor Blake"), &json!(true)));
    let typed = act("new-ticket", json!({"agent": 42, "ticket": {"summary": "Help", "user_id": 207, "tickettype_id": 1}})).await.1;
    assert_eq!(typed["agent_id"], 42);
    let ledger = vendors.halo("ledger", None).await;
    let events: Vec<_> = ledger["webhooks"].as_array().unwrap().iter().map(|hook| hook["event"].as_str().unwrap()).collect();
    assert_eq!(events, ["Action Added", "New Ticket Logged", "New Ticket Logged"]);
    assert_eq!(act("chat-message", json!({"chat": 640, "agent": 42, "text": "a < b"})).await.1["text"], "a &lt; b");
    act("chat-close", json!({"chat": 640, "closed": true})).await;
    assert_eq!(act("chat-message", json!({"chat": 640, "text": "Hello?"})).await.0, 409, "a closed chat takes nothing from its customer");
}
