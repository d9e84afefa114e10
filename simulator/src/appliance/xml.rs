//! Writing the appliance's XML: a declaration, a blank line, the root; text escaped; either namespace or none.

use super::State;
use axum::{
    http::header,
    response::{IntoResponse, Response},
};

/// Text as XML content.
pub(super) fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// Whether XML can carry this text as it is.
pub(super) fn carries(text: &str) -> bool {
    text.chars().all(|letter| matches!(letter, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..))
}

/// `<name>text</name>`, one line.
pub(super) fn element(name: &str, text: &str) -> String {
    format!("<{name}>{}</{name}>\n", escape(text))
}

/// The `xmlns` attribute of the command or reporting API.
pub(super) fn namespace(state: &State, api: &str) -> String {
    match state.text("namespace") {
        Some("legacy") => format!(" xmlns=\"http://www.bomgar.com/namespaces/API/{api}\""),
        Some("none") => String::new(),
        _ => format!(" xmlns=\"https://www.beyondtrust.com/namespaces/API/{api}\""),
    }
}

/// A document: HTTP 200, whatever it says.
pub(super) fn document(root: &str, namespace: &str, content: &str) -> Response {
    answer(format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\n<{root}{namespace}>{content}</{root}>\n"))
}

/// A body as it is.
pub(super) fn answer(body: String) -> Response {
    ([(header::CONTENT_TYPE, "text/xml; charset=UTF-8"), (header::CONNECTION, "close")], body).into_response()
}

/// An error document; the appliance answers those with 200 too.
pub(super) fn error(state: &State, api: &str, text: &str) -> Response {
    document("error", &namespace(state, api), &escape(text))
}
