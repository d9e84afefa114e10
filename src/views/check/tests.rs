//! What the check promises.

use super::*;
use crate::rules::names::nfkc;

const BROKEN: &str = include_str!("../../../tests/fixtures/reports/odd.xml");
const SEVERAL: &str = include_str!("../../../tests/fixtures/reports/several.xml");

fn panel() -> State {
    State::new(Language::En, "https://support.example.com".to_owned(), "https://halo.example.com".to_owned())
}

fn did(state: &mut State, action: &str, value: &str) -> Vec<Effect> {
    state.update(Event::Did(action.to_owned(), value.to_owned()), "nonce")
}

fn shows(state: &State, text: &str) -> bool {
    state.html(nfkc).contains(text)
}

fn from_proxy(json: &str) -> Event {
    Event::Settings(Box::new(Ok(serde_json::from_str(json).unwrap())))
}

#[test]
fn what_is_pasted_is_read_at_once_and_what_is_typed_waits() {
    let mut state = panel();
    did(&mut state, "typed", "<session_list>");
    did(&mut state, "typed", "<session_list/>");
    assert!(state.given.is_none() && shows(&state, "&lt;session_list/&gt;"));
    assert_eq!(did(&mut state, "check", ""), [Effect::Focus("rs-verdict")]);
    assert!(shows(&state, "The report holds no session."));
    did(&mut state, "other", "");
    did(&mut state, "typed", EXAMPLE);
    assert!(shows(&state, "Refused: no technician of the session is known in Halo."));
}

#[test]
fn a_file_that_the_browser_cannot_read_is_told_until_another_comes() {
    let mut state = panel();
    did(&mut state, "waiting", "");
    assert!(shows(&state, "aria-busy=\"true\""));
    did(&mut state, "unreadable", "");
    assert!(shows(&state, "The file could not be read.") && shows(&state, "aria-busy=\"false\""));
    state.update(Event::File("x.xml".to_owned(), EXAMPLE.as_bytes().to_vec()), "");
    assert!(!shows(&state, "The file could not be read."));
}

#[test]
fn nothing_given_is_nothing_checked() {
    let mut state = panel();
    assert_eq!(did(&mut state, "check", ""), [Effect::Focus("rs-report")]);
    assert!(state.given.is_none());
}

#[test]
fn settings_of_the_proxy_decide_until_something_is_changed_here() {
    let proxy = r#"{"settings": {"addAutomatically": true, "privateNotes": true},
        "agents": [{"id": 1, "name": "Unassigned"}, {"id": 43, "name": "Ann Keller", "beyondtrustName": "Ann K."}]}"#;
    let mut state = panel();
    assert_eq!(did(&mut state, "start", ""), [Effect::GetSettings]);
    did(&mut state, "example", "");
    state.update(from_proxy(proxy), "");
    assert_eq!(state.agents, "Ann Keller = Ann K.\n");
    assert!(shows(&state, "Added to ticket 1161") && shows(&state, "From the proxy."));
    did(&mut state, "add", "");
    assert!(shows(&state, "is off.") && shows(&state, "nothing is saved"));
    state.update(from_proxy(proxy), "");
    assert!(!state.settings.add_automatically, "what was changed here stays");
}

#[test]
fn a_report_with_an_error_or_without_an_end_says_so_first() {
    let mut state = panel();
    state.update(Event::File("odd.xml".to_owned(), BROKEN.as_bytes().to_vec()), "");
    assert!(shows(&state, "Nothing would be written: the report has an error.") && shows(&state, "odd.xml, 356 bytes"));
    state.update(Event::File("several.xml".to_owned(), SEVERAL.as_bytes().to_vec()), "");
    did(&mut state, "session", "1");
    assert!(shows(&state, "Not yet: the session has no end"));
}

#[test]
fn whoever_is_signed_out_or_no_administrator_checks_with_the_defaults() {
    let mut state = panel();
    state.update(Event::Settings(Box::new(Err(Failure::new(FailureKind::SignedOut)))), "");
    assert!(shows(&state, "id=\"rs-sign-in\""));
    let [Effect::Open { address, .. }] = &did(&mut state, "sign-in", "")[..] else { panic!("no window") };
    assert_eq!(address, "https://support.example.com/api/v1/sign-in?nonce=nonce&origin=https%3A%2F%2Fhalo.example.com");
    did(&mut state, "popup-blocked", "");
    assert!(shows(&state, "id=\"rs-sign-in-link\""));
    assert_eq!(did(&mut state, "signed-in", "C0DE"), [Effect::Exchange { code: "C0DE".to_owned(), nonce: "nonce".to_owned() }]);
    let failure = Failure::new(FailureKind::NotAdministrator).with("agent", "Ann Keller");
    state.update(Event::Settings(Box::new(Err(failure))), "");
    assert!(shows(&state, "Until then the defaults are used."));
}

#[test]
fn hostile_reports_names_and_files_stay_text() {
    let mut state = panel();
    let hostile = EXAMPLE.replace("Ann Keller", "&lt;img src=x onerror=alert(1)&gt;").replace("1161.7K3M9QX2DH", "&lt;script&gt;");
    did(&mut state, "agents", "<img src=x onerror=alert(1)> = <img src=x onerror=alert(1)>");
    state.update(Event::File("<b>.xml".to_owned(), hostile.into_bytes()), "");
    for tag in ["<img", "<script", "<b>.xml"] {
        assert!(!shows(&state, tag), "{tag}");
    }
    state.update(Event::File("x".to_owned(), b"<session_list>\n<session lsid='<img src=x>'/>".to_vec()), "");
    assert!(!shows(&state, "<img"));
}

#[test]
fn only_the_part_of_a_long_line_around_the_problem_is_shown() {
    let long = format!("<session_list>{}<session lsid='7'/>{}</session_list>", "<a/>".repeat(1000), "<a/>".repeat(1000));
    let given = Given::new(None, long.as_bytes());
    let (problem, excerpt) = &given.problems[0];
    assert_eq!((problem.line, problem.column), (1, 4015));
    assert!(excerpt.starts_with("… <a/>") && excerpt.contains("<session lsid='7'/>") && excerpt.ends_with(" …") && excerpt.len() < 130);
}
