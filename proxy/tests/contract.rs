//! The API's description is the contract: it has every route and every code, it holds together, and the proxy asks of callers
//! what it says. Each answer is held against it where the test house reads it.
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

use halo_remote_support::rules::failure::FailureKind;
use house::{
    House,
    contract::{Answer, DESCRIPTION, fits, keeps, referred, resolved},
};
use remote_support_proxy::http::OPENAPI;
use reqwest::Method;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];

/// An operation of the description.
struct Operation {
    path: &'static str,
    method: &'static str,
    item: &'static Value,
    says: &'static Value,
}

impl Operation {
    fn all() -> Vec<Self> {
        let operations = |(path, item): (&'static String, &'static Value)| {
            let methods = METHODS.into_iter().filter_map(|method| Some((method, item.get(method)?)));
            methods.map(move |(method, says)| Self { path, method, item, says })
        };
        object(&DESCRIPTION["paths"]).iter().flat_map(operations).collect()
    }

    fn name(&self) -> String {
        format!("{} {}", self.method, self.path)
    }

    /// Where they stand and what they are called.
    fn parameters(&self) -> BTreeSet<(&'static str, &'static str)> {
        let all = [self.item, self.says].into_iter().filter_map(|there| there.get("parameters")).flat_map(|list| list.as_array().unwrap());
        all.map(resolved).map(|parameter| (text(&parameter["in"]), text(&parameter["name"]))).collect()
    }

    /// Each way of showing who one is.
    fn security(&self) -> &'static Vec<Value> {
        self.says.get("security").unwrap_or(&DESCRIPTION["security"]).as_array().unwrap()
    }
}

fn object(value: &'static Value) -> &'static Map<String, Value> {
    value.as_object().unwrap_or_else(|| panic!("not an object: {value}"))
}

fn text(value: &'static Value) -> &'static str {
    value.as_str().unwrap_or_else(|| panic!("not a text: {value}"))
}

/// Everything the value holds, itself included.
fn everything(value: &'static Value) -> Vec<&'static Value> {
    let within: Vec<_> = match value {
        Value::Array(values) => values.iter().collect(),
        Value::Object(fields) => fields.values().collect(),
        _ => Vec::new(),
    };
    std::iter::once(value).chain(within.into_iter().flat_map(everything)).collect()
}

/// The routes as the source has them: `.route("…", get(…).post(…))`, those before the nesting under its prefix.
fn routes(source: &str) -> BTreeSet<String> {
    let (_, after) = source.split_once(".nest(\"/api").expect("the API is nested");
    let prefix = format!("/api{}", after.split_once('"').unwrap().0);
    let nested_at = source.len() - after.len();
    let handlers = regex_lite::Regex::new(r"(?:^|[^\w:])(get|post|put|patch|delete)\(").unwrap();
    let mut routes = BTreeSet::new();
    for (at, _) in source.match_indices(".route(") {
        let call = within_parentheses(&source[at + ".route(".len()..]);
        let (_, rest) = call.split_once('"').unwrap();
        let (path, rest) = rest.split_once('"').unwrap();
        let path = if at < nested_at { format!("{prefix}{path}") } else { path.to_owned() };
        routes.extend(handlers.captures_iter(rest).map(|found| format!("{} {path}", &found[1])));
    }
    routes
}

/// The text up to the parenthesis that closes it.
fn within_parentheses(text: &str) -> &str {
    let mut open = 1;
    let closes = |c: char| {
        open += i32::from(c == '(') - i32::from(c == ')');
        open == 0
    };
    &text[..text.find(closes).unwrap()]
}

#[test]
fn the_routes_that_are_described_are_those_that_are_there() {
    let described: BTreeSet<_> = Operation::all().iter().map(Operation::name).collect();
    assert_eq!(described, routes(include_str!("../src/http/mod.rs")));
}

#[test]
fn routes_are_read_from_the_source_as_they_are_nested() {
    let source = r#"Router::new().route("/a", get(x::get_a).post(post_a))
        .route(
            "/b/{c}",
            put(b).layer(limit(1)),
        );
        Router::new().nest("/api/v9", api).route("/d", get(|| async { "e" }))"#;
    let expected = ["get /api/v9/a", "post /api/v9/a", "put /api/v9/b/{c}", "get /d"].map(str::to_owned);
    assert_eq!(routes(source), expected.into());
}

#[test]
fn the_codes_of_refusals_are_all_there_are() {
    let described: Vec<_> = DESCRIPTION["components"]["schemas"]["FailureCode"]["enum"].as_array().unwrap().iter().map(text).collect();
    assert_eq!(described, FailureKind::ALL.iter().map(|kind| kind.code()).collect::<Vec<_>>());
    let operations = Operation::all();
    let refusals = operations.iter().filter_map(|operation| text(&operation.says["description"]).split_once("Refusals"));
    for code in refusals.flat_map(|(_, codes)| codes.split('`').skip(1).step_by(2)).filter(|code| *code != "routing") {
        assert!(described.contains(&code), "{code} is no code");
    }
}

#[test]
fn every_reference_leads_somewhere_and_nothing_shared_is_unused() {
    let all = everything(&DESCRIPTION);
    let references: BTreeSet<_> = all.iter().filter_map(|value| value.get("$ref")?.as_str()).collect();
    for reference in &references {
        assert!(referred(reference).is_some(), "{reference} leads nowhere");
    }
    for (kind, components) in object(&DESCRIPTION["components"]).iter().filter(|(kind, _)| *kind != "securitySchemes") {
        for name in object(components).keys() {
            assert!(references.contains(format!("#/components/{kind}/{name}").as_str()), "nothing refers to {kind}/{name}");
        }
    }
}

#[test]
fn every_operation_says_what_it_is_takes_and_answers() {
    assert!(text(&DESCRIPTION["openapi"]).starts_with("3.1."));
    for field in ["title", "version"] {
        assert!(!text(&DESCRIPTION["info"][field]).is_empty());
    }
    let tags: BTreeSet<_> = DESCRIPTION["tags"].as_array().unwrap().iter().map(|tag| text(&tag["name"])).collect();
    let schemes = object(&DESCRIPTION["components"]["securitySchemes"]);
    let mut ids = BTreeSet::new();
    for operation in Operation::all() {
        let (name, says) = (operation.name(), operation.says);
        assert!(ids.insert(text(&says["operationId"])), "{name}: its id is another's");
        assert!(!text(&says["summary"]).is_empty() && text(&says["description"]).ends_with('.'), "{name}");
        assert!(says["tags"].as_array().unwrap().iter().all(|tag| tags.contains(text(tag))), "{name}: unknown tag");
        for scheme in operation.security().iter().flat_map(object) {
            assert!(schemes.contains_key(scheme.0), "{name}: {} is no way of showing who one is", scheme.0);
        }

        let parameters = operation.parameters();
        let in_path: BTreeSet<_> = parameters.iter().filter(|(place, _)| *place == "path").map(|(_, name)| *name).collect();
        let in_template: BTreeSet<_> = operation.path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}')).collect();
        assert_eq!(in_path, in_template, "{name}");
        let changes = operation.path.starts_with("/api/") && operation.method != "get";
        for header in ["origin", "x-remote-support"] {
            assert_eq!(parameters.contains(&("header", header)), changes, "{name}: {header}");
        }

        let answers = object(&says["responses"]);
        assert!(answers.keys().any(|status| status.starts_with(['2', '3'])), "{name} is never granted");
        assert!(!operation.path.starts_with("/api/") || answers.contains_key("default"), "{name} is never refused");
        for (status, answer) in answers {
            assert!(status == "default" || status.parse::<u16>().is_ok_and(|status| (200..600).contains(&status)), "{name}: {status}");
            let answer = resolved(answer);
            assert!(!text(&answer["description"]).is_empty(), "{name}: {status}");
            for media in answer.get("content").into_iter().flat_map(object) {
                assert!(media.1["schema"].is_object(), "{name}: {status} as {}", media.0);
            }
        }
    }
}

#[test]
fn every_schema_is_one_and_its_examples_fit() {
    for (name, schema) in object(&DESCRIPTION["components"]["schemas"]) {
        if let Err(error) = jsonschema::draft202012::meta::validate(schema) {
            panic!("{name}: {error}");
        }
        for example in schema.get("examples").into_iter().flat_map(|examples| examples.as_array().unwrap()) {
            fits(schema, example).unwrap_or_else(|sentence| panic!("an example of {name}: {sentence}"));
        }
    }
}

#[test]
fn no_answer_has_room_for_a_field_that_is_not_described() {
    let mut waiting: Vec<&'static Value> = Vec::new();
    for operation in Operation::all().iter().filter(|operation| operation.path != "/api/v1/openapi.json") {
        let answers = object(&operation.says["responses"]).values().map(resolved);
        waiting.extend(
            answers.filter_map(|answer| answer.get("content")).flat_map(|content| object(content).values()).map(|media| &media["schema"]),
        );
    }
    let mut seen = BTreeSet::new();
    while let Some(schema) = waiting.pop() {
        // What such a schema builds on may be open: it is closed here.
        let closed_here = schema.get("unevaluatedProperties") == Some(&json!(false));
        if let Some(reference) = schema.get("$ref").map(text).filter(|_| !closed_here) {
            waiting.extend(seen.insert(reference).then(|| referred(reference)).flatten());
        }
        if schema.get("properties").is_some() {
            assert!(closed_here || schema.get("additionalProperties") == Some(&json!(false)), "there is room in {schema}");
        }
        for fields in ["properties", "additionalProperties", "items", "oneOf", "anyOf"] {
            match schema.get(fields) {
                Some(Value::Array(schemas)) => waiting.extend(schemas),
                Some(Value::Object(schemas)) if fields == "properties" => waiting.extend(schemas.values()),
                Some(one @ Value::Object(_)) => waiting.push(one),
                _ => {}
            }
        }
    }
    assert!(seen.contains("#/components/schemas/WholeTeam") && seen.contains("#/components/schemas/Destination"), "{seen:?}");
}

#[test]
fn an_answer_against_the_description_is_noticed() {
    let me = |status, answer: &Value| {
        keeps("GET", "/api/v1/me", &Value::Null, &Answer { status, content_type: Some("application/json"), text: &answer.to_string() })
    };
    let priya = json!({"id": 42, "name": "Priya Nair", "isAdministrator": true});
    let with = |name: &str, value: Value| {
        let mut changed = priya.clone();
        changed[name] = value;
        changed
    };
    assert_eq!(me(200, &priya), Ok(()));
    for (status, answer, expected) in [
        (200, with("email", json!("priya@batley.example")), "'email' was unexpected"),
        (200, with("id", json!(0)), "at \"/id\": 0 is less than the minimum of 1"),
        (200, json!({"id": 42, "name": "Priya Nair"}), "\"isAdministrator\" is a required property"),
        (201, priya.clone(), "it has no such status"),
        (404, priya.clone(), "the content type is application/json"),
    ] {
        let sentence = me(status, &answer).unwrap_err();
        assert!(sentence.contains(expected), "{sentence}");
    }

    let answer = |status, content_type, text| Answer { status, content_type, text };
    assert_eq!(keeps("GET", "/api/v1/nothing", &Value::Null, &answer(404, None, "")), Ok(()));
    assert_eq!(keeps("PATCH", "/api/v1/me", &Value::Null, &answer(405, None, "")), Ok(()));
    for (method, path, body, answer, expected) in [
        ("GET", "/api/v1/nothing", Value::Null, answer(200, None, ""), "there is no such route in it"),
        ("GET", "/healthz", Value::Null, answer(500, None, ""), "it has no such status"),
        ("POST", "/api/v1/sign-out", Value::Null, answer(204, None, "Bye"), "it has no body"),
        ("GET", "/api/v1/me", Value::Null, answer(200, Some("application/json"), "{"), "the body is not JSON"),
        (
            "GET",
            "/api/v1/me",
            Value::Null,
            answer(401, Some("application/problem+json"), r#"{"status":403}"#),
            "the problem document says 403",
        ),
        ("POST", "/api/v1/invites", json!({"ticket": 1161}), answer(201, None, ""), "the request was granted, though"),
    ] {
        let sentence = keeps(method, path, &body, &answer).unwrap_err();
        assert!(sentence.contains(expected), "{sentence}");
    }
}

#[tokio::test]
async fn the_proxy_serves_the_description_and_asks_what_it_says_of_those_who_call() {
    let house = House::open().await;
    let answer = house.client.get(house.proxy_url("/api/v1/openapi.json")).send().await.unwrap();
    assert_eq!((answer.status().as_u16(), answer.headers()["content-type"].to_str().unwrap()), (200, "application/json"));
    assert_eq!(answer.text().await.unwrap(), OPENAPI);

    // Asked by a stranger: first without our header, then with it.
    for operation in Operation::all() {
        let path = operation
            .path
            .replace("{lsid}", "0123456789abcdef0123456789abcdef")
            .replace("{token}", "guessed")
            .replace("{id}", "7QK4M2X9RT");
        for with_header in [false, true] {
            let method: Method = operation.method.to_uppercase().parse().unwrap();
            let mut request = house.client.request(method, house.proxy_url(&path)).header("origin", &house.origin);
            request = request.query(&[("ticket", "1161"), ("nonce", "nonce-of-the-frame-0123456789"), ("origin", &house.origin)]);
            if with_header {
                request = request.header("x-remote-support", "1");
            }
            let answer = request.send().await.unwrap();
            let status = answer.status().as_u16();
            let content_type = answer.headers().get("content-type").map(|kind| kind.to_str().unwrap().to_owned());
            let body = answer.text().await.unwrap();
            let kept = Answer { status, content_type: content_type.as_deref(), text: &body };
            let name = operation.name();
            if !with_header && operation.parameters().contains(&("header", "x-remote-support")) {
                assert!(body.contains("\"header_missing\""), "{name}: {status} {body}");
            } else if operation.security() == &[json!({"cookie": []})] {
                assert!(body.contains("\"signed_out\""), "{name}: {status} {body}");
            }
            // What a granted request must hold is of no interest here: this one holds nothing.
            if status >= 300 || operation.says.get("requestBody").is_none() {
                keeps(&operation.method.to_uppercase(), &path, &Value::Null, &kept)
                    .unwrap_or_else(|sentence| panic!("{name}: {sentence}\n{body}"));
            }
        }
    }
}

/// Frames hold what they read against the description; these are the routes no other story passes.
#[tokio::test]
async fn a_session_is_described_wherever_it_is_handled() {
    let house = House::open().await;
    let frame = house.sign_in(42).await;
    let lsid = house.play(None, None, "rep:7").await;
    let path = format!("/sessions/{lsid}");
    house.until("it is stored", async |_| (frame.get(&path).await.1["state"] == "stored").then_some(())).await;
    let (status, list) = frame.get("/sessions?state=stored&linkTo=1161&search=priya").await;
    assert_eq!((status, &list["sessions"][0]["lsid"]), (200, &json!(lsid)), "{list}");
    for (step, body, state) in
        [("link", json!({"ticket": 1161}), "written"), ("unlink", json!({}), "stored"), ("replay", json!({}), "stored")]
    {
        let (status, session) = frame.send(Method::POST, &format!("{path}/{step}"), &[], &body).await;
        assert_eq!((status, &session["state"]), (200, &json!(state)), "{step}: {session}");
    }
    let unknown = "/sessions/00000000000000000000000000000000";
    assert_eq!(frame.get(unknown).await.1["code"], "session_unknown");
    assert_eq!(frame.send(Method::POST, &format!("{path}/unlink"), &[], &json!({})).await.1["code"], "session_not_now");
    assert_eq!(frame.get("/openapi.json").await.0, 200);
}

#[tokio::test]
async fn a_question_that_does_not_read_is_refused_with_what_is_wrong_with_it() {
    let house = House::open().await;
    let frame = house.sign_in(42).await;
    for path in
        ["/channels", "/channels?ticket=x", "/sessions?state=nowhere", "/invites?ticket=0", "/invites?ticket=1&chat=1", "/chats?ticket=x"]
    {
        let (status, problem) = frame.get(path).await;
        assert_eq!((status, &problem["code"]), (400, &json!("body_invalid")), "{path}: {problem}");
    }
}
