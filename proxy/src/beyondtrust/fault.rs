//! What kind of failure an answer of the appliance, or the lack of one, is. Never decides by a text's wording alone what
//! is done next: wording only chooses the advice.

use crate::outbound::{Answer, Trouble};
use halo_remote_support::rules::{
    failure::{Failure, FailureKind},
    link::HttpsUrl,
};
use reqwest::StatusCode;
use roxmltree::{Document, Node, ParsingOptions};

/// More nodes than any command answers.
const NODES: u32 = 500_000;
/// Of a vendor's text, as much as a person reads.
const TEXT: usize = 300;

fn at(kind: FailureKind, site: &HttpsUrl) -> Failure {
    Failure::new(kind).with("host", site.host())
}

/// HTML, a redirect, an unknown path: some other site answers there.
pub fn not_beyondtrust(site: &HttpsUrl) -> Failure {
    at(FailureKind::ApplianceNotBeyondtrust, site)
}

/// An answer of the appliance that we do not understand.
pub fn unexpected(text: &str) -> Failure {
    Failure::new(FailureKind::ApplianceError).with("text", text)
}

/// A vendor's text as it may be shown: one line, no control characters, not endless.
pub fn shown(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut shown: String = line.chars().filter(|c| !c.is_control()).take(TEXT).collect();
    if shown.len() < line.len() {
        shown.push('…');
    }
    shown
}

/// No answer.
pub fn trouble(trouble: Trouble, site: &HttpsUrl, limit: usize) -> Failure {
    match trouble {
        Trouble::Certificate => at(FailureKind::ApplianceCertificate, site),
        Trouble::Timeout | Trouble::ConnectTimeout => at(FailureKind::ApplianceTimeout, site),
        Trouble::Unreachable | Trouble::Broken => at(FailureKind::ApplianceUnreachable, site),
        Trouble::TooLarge => at(FailureKind::ApplianceTooLarge, site).with("limit", limit >> 20),
    }
}

/// An answer of the two XML APIs by its status; 200 may still hold an error.
pub fn status(answer: Answer, site: &HttpsUrl) -> Result<Answer, Failure> {
    match answer.status {
        StatusCode::OK => Ok(answer),
        StatusCode::TOO_MANY_REQUESTS => Err(busy(&answer)),
        StatusCode::SERVICE_UNAVAILABLE if answer.retry_after.is_some() => Err(busy(&answer)),
        // The token was granted, so this is the appliance, and it does not let the account near the API.
        StatusCode::FORBIDDEN | StatusCode::NOT_FOUND => Err(at(FailureKind::ApplianceXmlApiOff, site)),
        status if status.is_server_error() || status.is_client_error() => Err(unexpected(&format!("HTTP {}", status.as_u16()))),
        _ => Err(not_beyondtrust(site)),
    }
}

fn busy(answer: &Answer) -> Failure {
    let failure = Failure::new(FailureKind::ApplianceBusy);
    match answer.retry_after {
        Some(wait) => failure.with("seconds", wait.as_secs()),
        None => failure,
    }
}

/// A token granted a moment ago is refused.
pub fn refused_twice(answer: &Answer, site: &HttpsUrl) -> Failure {
    let body = String::from_utf8_lossy(&answer.body);
    if speaks_of_xml_api(&body) { at(FailureKind::ApplianceXmlApiOff, site) } else { at(FailureKind::ApplianceCredentials, site) }
}

/// The token endpoint gave none.
pub fn no_token(answer: &Answer, error: Option<&str>, message: Option<&str>, site: &HttpsUrl) -> Failure {
    let told = [error, message].into_iter().flatten().collect::<Vec<_>>().join(": ");
    match answer.status {
        _ if speaks_of_xml_api(&told) => at(FailureKind::ApplianceXmlApiOff, site),
        StatusCode::TOO_MANY_REQUESTS => busy(answer),
        StatusCode::SERVICE_UNAVAILABLE if answer.retry_after.is_some() => busy(answer),
        status if status.is_server_error() => unexpected(&format!("HTTP {}", status.as_u16())),
        _ if answer.is_web_page() => not_beyondtrust(site),
        StatusCode::UNAUTHORIZED => at(FailureKind::ApplianceCredentials, site),
        _ if error == Some("invalid_client") => at(FailureKind::ApplianceCredentials, site),
        StatusCode::FORBIDDEN => at(FailureKind::ApplianceXmlApiOff, site),
        _ if !told.is_empty() => unexpected(&shown(&told)),
        _ => not_beyondtrust(site),
    }
}

/// Reads a document: a DOCTYPE is refused, and `<error>` as the root or right below it is a failure.
pub fn document<T>(answer: &Answer, site: &HttpsUrl, read: impl FnOnce(Node<'_, '_>) -> Result<T, Failure>) -> Result<T, Failure> {
    if answer.is_web_page() {
        return Err(not_beyondtrust(site));
    }
    let Ok(text) = std::str::from_utf8(&answer.body) else { return Err(unexpected("a document that is not UTF-8")) };
    let options = ParsingOptions { allow_dtd: false, nodes_limit: NODES, ..ParsingOptions::default() };
    let document = match Document::parse_with_options(text.trim_start(), options) {
        Ok(document) => document,
        Err(roxmltree::Error::DtdDetected) => return Err(unexpected("a document with a DOCTYPE, which is not read")),
        Err(_) if !text.trim_start().trim_start_matches('\u{feff}').starts_with('<') => return Err(not_beyondtrust(site)),
        Err(_) => return Err(unexpected("a document that is damaged or cut off")),
    };
    let root = document.root_element();
    let error = if root.tag_name().name() == "error" { Some(root) } else { super::answer::child(root, "error") };
    match error {
        Some(error) => Err(error_document(&super::answer::text(error).unwrap_or_default(), site)),
        None => read(root),
    }
}

/// The appliance's own words; they may be in another language, so they only choose the advice.
fn error_document(text: &str, site: &HttpsUrl) -> Failure {
    let lower = text.to_lowercase();
    if speaks_of_xml_api(&lower) {
        at(FailureKind::ApplianceXmlApiOff, site)
    } else if lower.contains("permission") || lower.contains("not authorized") || lower.contains("not authorised") {
        let permission =
            if lower.contains("report") { "Reporting API: Allow Access to Support Session Reports" } else { "Command API: Full Access" };
        Failure::new(FailureKind::AppliancePermission).with("permission", permission).with("text", shown(text))
    } else if text.is_empty() {
        unexpected("an error without words")
    } else {
        unexpected(&shown(text))
    }
}

fn speaks_of_xml_api(text: &str) -> bool {
    let lower = text.to_lowercase();
    let off = ["not enabled", "disabled", "is off", "not available"].iter().any(|word| lower.contains(word));
    off && ["xml api", "api is", "api has", "the api"].iter().any(|word| lower.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn error_texts_only_choose_the_advice() {
        let site = HttpsUrl::parse("https://remote.example.com").unwrap();
        for (text, kind) in [
            ("The XML API is not enabled.", FailureKind::ApplianceXmlApiOff),
            ("API has been disabled for this site", FailureKind::ApplianceXmlApiOff),
            ("The account has no permission for this command", FailureKind::AppliancePermission),
            ("Die Warteschlange gibt es nicht", FailureKind::ApplianceError),
            ("The queue is not available", FailureKind::ApplianceError),
            ("", FailureKind::ApplianceError),
        ] {
            assert_eq!(error_document(text, &site).kind, kind, "{text}");
        }
    }

    #[test]
    fn a_vendors_text_is_shown_short_and_on_one_line() {
        let long = format!("a\n\tb\u{7}{}", "x".repeat(1000));
        let text = shown(&long);
        assert!(text.starts_with("a b") && text.ends_with('…') && text.chars().count() == TEXT + 1);
    }
}
