//! What `report` promises. The documents are in `tests/fixtures/reports`.

use super::*;
use crate::rules::wording::{Language, say};
use proptest::prelude::*;

macro_rules! fixtures {
    ($($name:ident = $file:literal,)+) => {
        /// Reports composed in the vendor's shapes.
        pub(in crate::rules) mod fixtures {
            $(pub(in crate::rules) const $name: &[u8] = include_bytes!(concat!("../../../tests/fixtures/reports/", $file));)+
            /// Every one, for properties.
            pub(in crate::rules) const ALL: &[&[u8]] = &[$($name),+];
        }
    };
}
fixtures! {
    LINKED = "linked.xml",
    HANDOVER = "handover.xml",
    ABANDONED = "abandoned.xml",
    SEVERAL = "several.xml",
    HOSTILE = "hostile.xml",
    ODD = "odd.xml",
    ERROR = "error.xml",
    ERROR_IN_LIST = "error_in_list.xml",
    DOCTYPE = "doctype.xml",
    UPGRADE = "upgrade.html",
}

fn read_all(bytes: &[u8]) -> Report<'_> {
    read(bytes, &Limits::default())
}

/// The problems as people see them.
fn problems(report: &Report) -> Vec<String> {
    let one = |problem: &Problem| {
        format!("{:?} {}:{} {}", problem.severity, problem.line, problem.column, say(Language::En, &(&problem.fault).into()))
    };
    report.problems.iter().map(one).collect()
}

#[test]
fn a_whole_session_is_read() {
    insta::assert_json_snapshot!(read_all(fixtures::LINKED));
}

#[test]
fn order_prefixes_cdata_iso_times_and_encoded_messages_make_no_difference() {
    insta::assert_json_snapshot!(read_all(fixtures::HANDOVER));
}

#[test]
fn absent_empty_and_self_closed_elements_are_one_case() {
    let report = read_all(fixtures::ABANDONED);
    assert_eq!(problems(&report), Vec::<String>::new());
    let [session] = report.sessions.as_slice() else { panic!("{} sessions", report.sessions.len()) };
    assert_eq!((&session.external_key, &session.primary_customer, session.representatives.len()), (&None, &None, 0));
    assert_eq!((session.seconds, session.events.len()), (Some(240), 2));
}

#[test]
fn several_sessions_are_read_and_one_without_an_end_is_in_progress() {
    let report = read_all(fixtures::SEVERAL);
    let told: Vec<_> = report.sessions.iter().map(|session| (session.end, session.seconds, session.external_key.as_deref())).collect();
    assert_eq!(told, [(Some(1_781_120_600), Some(93_600), Some("chat-640.M2C4V6B8N0")), (None, None, Some("NHD0001161"))]);
    assert!(report.is_sound());
}

#[test]
fn an_empty_list_is_sound_and_an_error_document_is_not() {
    assert!(read_all(b"<session_list/>").is_sound());
    for (bytes, text) in [(fixtures::ERROR, "There is no such session."), (fixtures::ERROR_IN_LIST, "The account may not read reports.")] {
        let report = read_all(bytes);
        assert_eq!((report.error.as_deref(), report.is_sound()), (Some(text), false));
        assert!(problems(&report)[0].contains(text));
    }
}

#[test]
fn every_malformed_document_has_its_reason_and_place() {
    let truncated = &fixtures::LINKED[..fixtures::LINKED.len() / 2];
    let line = |bytes: &[u8]| bytes.iter().filter(|b| **b == b'\n').count() + 1;
    for (bytes, expected) in [
        (&b""[..], "Error 1:1 The document is empty."),
        (b" \n ", "Error 1:1 The document is empty."),
        (b"{\"error\": \"no\"}", "Error 1:1 This is not XML: there is text before the first element."),
        (fixtures::UPGRADE, "Error 1:1 This is a web page, not a session report."),
        (b"<html><body>503</body></html>", "Error 1:1 This is a web page, not a session report."),
        (fixtures::DOCTYPE, "Error 2:1 The document has a DOCTYPE"),
        (b"<logged_in_reps/>", "Error 1:1 The document begins with <logged_in_reps>, not with <session_list>."),
        (b"<session_list/>\n\0", "Error 2:1 Something follows after the end of the report."),
        (b"<session_list/><session_list/>", "Error 1:16 Something follows after the end of the report."),
        (b"<session_list>", "Error 1:15 The document ends in the middle of the report."),
        (b"<session_list><ses", "Error 1:15 The document ends in the middle of the report."),
        (b"<session_list>\n </session>", "Error 2:2 The XML is broken: "),
        (b"<session_list>\n<session lsid=5></session></session_list>", "Error 2:1 An attribute cannot be read: "),
        (b"<session_list><session a='1' a='2'/></session_list>", "Error 1:15 An attribute cannot be read: "),
        (b"<session_list><session lsid='7'/></session_list>", "Error 1:15 The session has no valid lsid (32 hexadecimal digits): \"7\"."),
        (b"<session_list>\n \xE9</session_list>", "Error 2:2 The document is not UTF-8."),
        (b"\xFF\xFE<\0s\0", "Error 1:1 The document is not UTF-8."),
        ("<?xml version='1.0' encoding='ISO-8859-1'?><session_list>é</session_list>".as_bytes(), "Error 1:1 The document is not UTF-8."),
        (truncated, "The document ends in the middle of the report."),
    ] {
        let report = read_all(bytes);
        let told = problems(&report);
        assert!(told.iter().any(|problem| problem.contains(expected)), "{expected} not in {told:?}");
        assert!(!report.is_sound());
    }
    assert_eq!(read_all(truncated).problems[0].line as usize, line(truncated));
}

#[test]
fn odd_parts_are_read_all_the_same_and_said() {
    let report = read_all(fixtures::ODD);
    assert_eq!(
        problems(&report),
        [
            "Error 3:1 The session has no valid lsid (32 hexadecimal digits): \"not-an-id\".",
            "Warning 4:1 The time \"soon\" in start_time cannot be read; it is left out.",
            "Warning 5:16 Entity &nbsp; is not defined; it stays as typed.",
            "Warning 7:90 A message's encoded_body is not base64; it is shown as \u{FFFD}.",
        ]
    );
    let session = &report.sessions[0];
    assert_eq!(
        (session.start, session.external_key.as_deref(), session.events[0].body.as_deref()),
        (None, Some("a&nbsp;b"), Some("\u{FFFD}"))
    );
}

#[test]
fn limits_end_in_a_named_problem() {
    let deep = "<session_list>".to_owned() + &"<a>".repeat(100);
    let wide = "<session_list><a ".to_owned() + &(0..100).map(|n| format!("a{n}='' ")).collect::<String>() + "/></session_list>";
    let many = "<session_list>".to_owned() + &"<session/>".repeat(260_000) + "</session_list>";
    for (limits, text, code) in [
        (Limits::default(), deep, "report.tooDeep"),
        (Limits::default(), wide, "report.tooManyAttributes"),
        (Limits::default(), many, "report.tooMany"),
        (Limits { bytes: 10, ..Limits::default() }, "<session_list/>".to_owned(), "report.tooLarge"),
    ] {
        let report = read(text.as_bytes(), &limits);
        assert_eq!(report.problems.last().map(|problem| problem.fault.code), Some(code));
        assert!(report.problems.len() <= 100);
    }
}

#[test]
fn an_error_is_told_however_many_warnings_stand_before_it() {
    let odd = "<session lsid='0123456789abcdef0123456789abcdef'>".to_owned() + &"<end_time>soon</end_time>".repeat(200) + "</session>";
    for (behind, code) in [("<session/>", "report.lsid"), ("<error>no</error>", "report.applianceError"), ("</b>", "report.syntax")] {
        let document = format!("<session_list>{odd}{behind}</session_list>");
        let report = read_all(document.as_bytes());
        assert_eq!(report.problems.len(), 100);
        assert_eq!(report.problems.last().map(|problem| problem.fault.code), Some(code));
        assert!(!report.is_sound());
    }
}

proptest! {
    #[test]
    fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = read_all(&bytes);
    }

    #[test]
    fn no_mutilated_report_panics(which in 0..fixtures::ALL.len(), at: prop::sample::Index, with in prop::collection::vec(any::<u8>(), 0..4), cut: bool) {
        let mut bytes = fixtures::ALL[which].to_vec();
        let at = at.index(bytes.len());
        let end = if cut { bytes.len() } else { at };
        bytes.splice(at..end, with);
        for problem in read_all(&bytes).problems {
            prop_assert!(problem.line > 0 && problem.column > 0);
            prop_assert_ne!(say(Language::En, &(&problem.fault).into()), problem.fault.code);
        }
    }
}
