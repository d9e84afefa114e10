//! The small texts inside a report: times, durations, addresses, encoded messages. Each is read or it is not; none fails a
//! report.

use super::UnixSeconds;
use base64::{Engine, engine::general_purpose::STANDARD};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

/// Seconds since 1970 as a number, or an ISO 8601 time with its offset.
pub(crate) fn time(text: &str) -> Option<UnixSeconds> {
    text.parse().ok().or_else(|| OffsetDateTime::parse(text, &Rfc3339).ok().map(OffsetDateTime::unix_timestamp))
}

/// `HH:MM:SS`; hours may pass 24.
pub(crate) fn seconds(text: &str) -> Option<u64> {
    let mut parts = text.split(':').map(|part| part.parse::<u64>().ok());
    match (parts.next()?, parts.next()?, parts.next()?, parts.next()) {
        (Some(hours), Some(minutes @ 0..60), Some(seconds @ 0..60), None) => hours.checked_mul(3600)?.checked_add(minutes * 60 + seconds),
        _ => None,
    }
}

/// An address without its port: `198.51.100.23:61422`, `[2001:db8::9]:50210`; `Unknown` is none.
pub(crate) fn address(text: String) -> Option<String> {
    if text.eq_ignore_ascii_case("unknown") {
        return None;
    }
    if let Some((address, _)) = text.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        return Some(address.to_owned());
    }
    match text.split_once(':') {
        Some((address, port)) if !port.contains(':') => Some(address.to_owned()),
        _ => Some(text),
    }
}

/// `encoded_body`: base64 with line breaks, UTF-8 with characters XML forbids, which become visible replacements.
pub(crate) fn encoded(text: &str) -> Option<String> {
    let base64: Vec<u8> = text.bytes().filter(|b| !b.is_ascii_whitespace()).collect();
    let decoded = STANDARD.decode(base64).ok()?;
    Some(String::from_utf8_lossy(&decoded).trim().chars().map(printable).collect())
}

/// The character, or its replacement when it is a control character other than white space.
pub(crate) const fn printable(c: char) -> char {
    match c {
        '\n' | '\t' | '\r' => c,
        '\0'..='\x1F' | '\x7F'..='\u{9F}' => char::REPLACEMENT_CHARACTER,
        c => c,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_numbers_or_iso_texts() {
        for (text, expected) in [
            ("1773133200", Some(1_773_133_200)),
            ("2026-03-10T09:00:00+00:00", Some(1_773_133_200)),
            ("2026-03-10T04:00:00-05:00", Some(1_773_133_200)),
            ("2026-03-10T09:00:00.5Z", Some(1_773_133_200)),
            ("2026-03-10T09:00:00", None),
            ("yesterday", None),
            ("99999999999999999999", None),
        ] {
            assert_eq!(time(text), expected, "{text}");
        }
    }

    #[test]
    fn durations_may_pass_a_day() {
        for (text, expected) in [
            ("00:12:01", Some(721)),
            ("30:00:00", Some(108_000)),
            ("00:60:00", None),
            ("12:01", None),
            ("1:2:3:4", None),
            ("-1:00:00", None),
            ("18446744073709551615:00:00", None),
        ] {
            assert_eq!(seconds(text), expected, "{text}");
        }
    }

    #[test]
    fn addresses_lose_their_port() {
        for (text, expected) in [
            ("198.51.100.23:61422", Some("198.51.100.23")),
            ("198.51.100.23", Some("198.51.100.23")),
            ("[2001:db8::9]:50210", Some("2001:db8::9")),
            ("2001:db8::9", Some("2001:db8::9")),
            ("Unknown", None),
        ] {
            assert_eq!(address(text.to_owned()).as_deref(), expected);
        }
    }

    #[test]
    fn encoded_messages_show_what_xml_forbids() {
        for (text, expected) in [
            ("YgtlbGwHIQ==", Some("b\u{FFFD}ell\u{FFFD}!")),
            ("YWJj\r\n ZGVm", Some("abcdef")),
            ("/w==", Some("\u{FFFD}")),
            ("not base64!", None),
        ] {
            assert_eq!(encoded(text).as_deref(), expected, "{text}");
        }
    }
}
