//! Writing the appliance's XML: a declaration, a blank line, the root; text escaped; either namespace or none. Written by hand
//! because the layout (blank line, self-closed or empty elements) is part of what is simulated.

use super::State;
use crate::escape;
use axum::{
    http::header,
    response::{IntoResponse, Response},
};
use std::fmt::Write as _;

/// The two XML APIs.
#[derive(Clone, Copy)]
pub(super) enum Api {
    Command,
    Reporting,
}

/// Whether XML 1.0 can carry this text as it is.
pub(super) fn carries(text: &str) -> bool {
    text.chars().all(|letter| matches!(letter, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..))
}

/// A document that grows.
#[derive(Default)]
pub(super) struct Xml(String);

impl Xml {
    /// `<name attributes>` on a line of its own, then what `content` adds, then the end.
    pub(super) fn within(&mut self, name: &str, attributes: &[(&str, &str)], content: impl FnOnce(&mut Self)) {
        self.open(name, attributes);
        self.0.push('\n');
        content(self);
        let _ = writeln!(self.0, "</{name}>");
    }

    /// `<name>text</name>`.
    pub(super) fn leaf(&mut self, name: &str, text: &str) {
        self.tagged(name, &[], text);
    }

    /// `<name attributes>text</name>`.
    pub(super) fn tagged(&mut self, name: &str, attributes: &[(&str, &str)], text: &str) {
        self.open(name, attributes);
        let _ = writeln!(self.0, "{}</{name}>", escape(text));
    }

    /// `<name attributes />`.
    pub(super) fn empty(&mut self, name: &str, attributes: &[(&str, &str)]) {
        self.open(name, attributes);
        self.0.pop();
        self.0 += " />\n";
    }

    fn open(&mut self, name: &str, attributes: &[(&str, &str)]) {
        let _ = write!(self.0, "<{name}");
        for (name, value) in attributes {
            let _ = write!(self.0, " {name}=\"{}\"", escape(value));
        }
        self.0.push('>');
    }
}

fn namespace(state: &State, api: Api) -> String {
    let api = match api {
        Api::Command => "command",
        Api::Reporting => "reporting",
    };
    match state.settings.text("namespace") {
        Some("legacy") => format!(" xmlns=\"http://www.bomgar.com/namespaces/API/{api}\""),
        Some("none") => String::new(),
        _ => format!(" xmlns=\"https://www.beyondtrust.com/namespaces/API/{api}\""),
    }
}

/// A document: HTTP 200, whatever it says.
pub(super) fn document(state: &State, api: Api, root: &str, content: impl FnOnce(&mut Xml)) -> Response {
    let mut xml = Xml::default();
    content(&mut xml);
    let instance = if matches!(api, Api::Reporting) { " xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"" } else { "" };
    answer(format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\n<{root}{}{instance}>\n{}</{root}>\n", namespace(state, api), xml.0))
}

/// An error document; the appliance answers those with 200 too.
pub(super) fn error(state: &State, api: Api, text: &str) -> Response {
    answer(format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\n<error{}>{}</error>\n", namespace(state, api), escape(text)))
}

/// A command that only does something is done.
pub(super) fn success(state: &State, api: Api, text: &str) -> Response {
    answer(format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\n<success{}>{}</success>\n", namespace(state, api), escape(text)))
}

/// A body as it is. The appliance closes the connection after each call.
pub(super) fn answer(body: String) -> Response {
    ([(header::CONTENT_TYPE, "text/xml; charset=UTF-8"), (header::CONNECTION, "close")], body).into_response()
}
