//! Plain objects in, plain objects out.

use halo_remote_support::browser::{exports, nfkc};
use js_sys::{JSON, Reflect};
use wasm_bindgen::JsValue;
use wasm_bindgen_test::wasm_bindgen_test;

fn object(json: &str) -> JsValue {
    JSON::parse(json).unwrap()
}

/// The field at a path such as `problems.0.code`, as a text.
fn at(value: &JsValue, path: &str) -> String {
    let found = path.split('.').fold(value.clone(), |value, name| match name.parse() {
        Ok(place) => Reflect::get_u32(&value, place).unwrap(),
        Err(_) => Reflect::get(&value, &name.into()).unwrap(),
    });
    found.as_string().unwrap_or_else(|| JSON::stringify(&found).map(String::from).unwrap_or_default())
}

#[wasm_bindgen_test]
fn a_wrong_argument_is_an_error_that_says_so() {
    let error = exports::match_agents(&JsValue::from(7), &JsValue::UNDEFINED, &JsValue::UNDEFINED).unwrap_err();
    assert_eq!(at(&error, "code"), "argument_invalid");
    assert_eq!(at(&error, "retryable"), "false");
}

#[wasm_bindgen_test]
fn names_are_compared_with_the_browsers_own_tables() {
    assert_eq!(nfkc("ﬁ\u{2460}"), "fi1");
    let representatives = object(r#"[{"private": "ＺＯË  MÜLLER-ŁUKASZ"}, {"public": "Nobody"}]"#);
    let agents = object(r#"[{"id": 46, "name": "Zoe", "beyondtrustName": "Zoë Müller–Łukasz"}]"#);
    let matches = exports::match_agents(&representatives, &agents, &JsValue::UNDEFINED).unwrap();
    assert_eq!((at(&matches, "0.kind"), at(&matches, "0.agent"), at(&matches, "1.kind")), ("matched".into(), "46".into(), "none".into()));
}

#[wasm_bindgen_test]
fn an_invite_is_routed_and_rendered() {
    let directory = object(
        r#"{"agents": [{"id": 43, "name": "Ann Keller", "beyondtrustName": "Ann K.", "invitesEnabled": true}],
            "teams": [{"queue": "team:3", "name": "Service Desk", "isDefault": true, "enabled": true}]}"#,
    );
    let ann = object(r#"{"agent": 43}"#);
    let routing = exports::route_invite(&ann, &directory, &object("[]"), &JsValue::UNDEFINED).unwrap();
    assert_eq!((at(&routing, "reason"), at(&routing, "name")), ("fallback".into(), "Service Desk".into()));
    assert!(at(&routing, "text").starts_with("Goes to Service Desk."));
    let strict = exports::route_invite(&ann, &directory, &object("[]"), &object(r#"{"fallback": false}"#)).unwrap();
    assert_eq!((at(&strict, "reason"), at(&strict, "queue")), ("techUnavailable".into(), "null".into()));

    let names = object(r#"["USERNAME"]"#);
    let scanned = |template: &str| exports::InviteTemplate::new(template, &names, &JsValue::UNDEFINED).unwrap();
    let template = scanned("<a href=\"$LINKTOREMOTE\">$USERNAME</a>");
    assert_eq!(at(&template.plan().unwrap(), "fields"), r#"[["link",null],["named","USERNAME"]]"#);
    let filled = template.fill("=https://support.example.com/?ak=1\0=<b>", "").unwrap();
    assert_eq!(filled.as_string().unwrap(), "https://support.example.com/?ak=1\0&lt;b&gt;");
    assert_eq!(at(&template.fill("=javascript:1\0", "").unwrap_err(), "code"), "argument_invalid");
    let refused = scanned("{{{x}}}").fill("", "de").unwrap();
    assert_eq!((at(&refused, "0"), at(&refused, "2.warnings.0.severity")), ("null".into(), "error".into()));
    let problems = exports::lint_template("<p title=$USERNAME>", &JsValue::UNDEFINED).unwrap();
    assert_eq!((at(&problems, "0.code"), at(&problems, "0.line")), ("template.unquotedAttribute".into(), "1".into()));
}
