//! Whether a text is the address of one mailbox that an invite may go to. Whether the mailbox exists only the mail tells.

use email_address::{EmailAddress, Options};

/// One plain address: no display name, no quoting, no list. Quotes and separators are refused because Halo reads `;` and
/// `,` as the border between recipients.
#[must_use]
pub fn is_mailbox(text: &str) -> bool {
    let options = Options::default().without_display_text().without_domain_literal().with_required_tld();
    !text.contains(['"', ';', ',', '<', '>']) && EmailAddress::parse_with_options(text, options).is_ok()
}

#[cfg(test)]
mod tests {
    use super::is_mailbox;

    #[test]
    fn one_plain_mailbox_and_nothing_else() {
        let cases = [
            ("connor@batley.example", true),
            ("connor.blake+halo@mail.batley.example", true),
            ("jörg@bätley.example", true),
            ("", false),
            ("connor", false),
            ("connor@", false),
            ("connor@batley", false),
            ("@batley.example", false),
            ("connor @batley.example", false),
            ("connor@batley.example, eve@evil.example", false),
            ("connor@batley.example;eve@evil.example", false),
            ("\"connor;eve\"@batley.example", false),
            ("Connor <connor@batley.example>", false),
            ("connor@batley.example\r\nBcc: eve@evil.example", false),
            ("connor@[127.0.0.1]", false),
        ];
        for (text, expected) in cases {
            assert_eq!(is_mailbox(text), expected, "{text:?}");
        }
    }
}
