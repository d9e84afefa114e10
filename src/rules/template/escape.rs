//! Values made harmless for the place they are put into: HTML text and quoted attributes, URLs, one line of plain text.
//! Which place that is, is `markup`'s question.

use std::fmt::Write;

/// Escaped for HTML text and quoted attributes; what could hide or reorder text is made visible.
pub(super) fn html(text: &str, out: &mut String) {
    if text.bytes().all(|b| matches!(b, b' '..=b'~') && !b"&<>\"'".contains(&b)) {
        return out.push_str(text);
    }
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\n' | '\t' | '\r' => out.push(c),
            '\0'..='\x1F' => out.extend(char::from_u32(0x2400 + c as u32)),
            '\x7F' => out.push('␡'),
            c if c.is_control() || reorders(c) => _ = write!(out, "[U+{:04X}]", c as u32),
            c => out.push(c),
        }
    }
}

/// Escaped for HTML, and with `$` as a reference: Halo fills in `$NAMES` of its own in what we hand it, and must find none
/// in a value.
pub(super) fn value(text: &str, out: &mut String) {
    for (place, part) in text.split('$').enumerate() {
        if place > 0 {
            out.push_str("&#36;");
        }
        html(part, out);
    }
}

/// Percent-encoded for any part of a URL (the unreserved characters of RFC 3986 stay).
pub(super) fn percent(text: &str, out: &mut String) {
    for b in text.bytes() {
        match b {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => out.push(b.into()),
            _ => _ = write!(out, "%{b:02X}"),
        }
    }
}

/// One line of plain text: line breaks and tabs become spaces, other control characters and overrides vanish.
pub(super) fn one_line(text: &str) -> String {
    let line = |c: char| match c {
        '\n' | '\r' | '\t' | '\u{85}' | '\u{2028}' | '\u{2029}' => Some(' '),
        c if c.is_control() || reorders(c) => None,
        c => Some(c),
    };
    text.chars().filter_map(line).collect()
}

/// The words of our own filled HTML, with the address behind each link.
pub(super) fn words_of(html: &str) -> String {
    let mut chunks = html.split('<');
    let mut out = chunks.next().unwrap_or_default().to_owned();
    let mut address = None;
    for chunk in chunks {
        let (tag, text) = chunk.split_once('>').unwrap_or((chunk, ""));
        if let Some((_, href)) = tag.split_once("href=\"") {
            address = href.split('"').next();
        } else if tag.starts_with("/a")
            && let Some(address) = address.take()
        {
            _ = write!(out, " ({address})");
        }
        out.push_str(text);
    }
    [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&#36;", "$"), ("&nbsp;", " "), ("&amp;", "&")]
        .into_iter()
        .fold(out, |text, (reference, character)| text.replace(reference, character))
}

/// Marks that change the direction of what follows (Unicode bidirectional controls).
const fn reorders(c: char) -> bool {
    matches!(c, '\u{61C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}
