//! What is read from a report that an appliance, or whoever stands between, made up.

use halo_remote_support::rules::{
    report::{Limits, Problem, Severity, read},
    wording::{Language, say},
};

/// The bytes are the answer to `generate_report.ns`.
pub fn report(bytes: &[u8]) {
    let report = read(bytes, &Limits::default());
    assert!(report.problems.len() <= 100, "{} problems are too many to tell", report.problems.len());
    assert!(report.problems.is_sorted_by_key(|problem| (problem.line, problem.column)), "problems stand in document order");
    for problem in &report.problems {
        is_told(problem, bytes);
    }
    let sound = report.problems.iter().all(|problem| problem.severity == Severity::Warning);
    assert_eq!(report.is_sound(), sound);
    if sound {
        assert!(report.sessions.iter().all(|session| session.lsid.is_some()), "a session without its id is not trusted");
        assert_eq!(report.error, None, "an error of the appliance is not a report");
    }
    let handed = serde_json::to_vec(&report.sessions).expect("a session has only strings as keys");
    assert_eq!(serde_json::from_slice(&handed).ok().as_ref(), Some(&report.sessions), "what a page hands back is what was read");
}

/// A problem has a sentence in every language and a place in the document.
fn is_told(problem: &Problem, bytes: &[u8]) {
    for language in Language::ALL {
        assert_ne!(say(*language, &(&problem.fault).into()), problem.fault.code);
    }
    let line = bytes.split(|byte| *byte == b'\n').nth(problem.line as usize - 1);
    let length = line.unwrap_or_else(|| panic!("there is no line {}", problem.line)).len();
    assert!((1..=length + 1).contains(&(problem.column as usize)), "line {} has no column {}", problem.line, problem.column);
}
