//! What an external key names: a technician may type anything into it.

use halo_remote_support::rules::{
    correlation::{Code, ExternalKey},
    words::{ChatId, TicketId},
};

/// The first line is the ticket prefix of the settings, the rest is the key.
pub fn external_key(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let (prefix, key) = text.split_once('\n').unwrap_or(("", &text));
    keys_we_write(bytes, prefix);
    // The settings refuse such a prefix: the ticket number could not be told from it.
    if prefix.trim().ends_with(char::is_numeric) {
        return;
    }
    let read = ExternalKey::read(Some(key), prefix);
    assert_eq!(ExternalKey::read(Some(&read.to_string()), prefix), read, "what is shown of a key is the same key");
    match &read {
        ExternalKey::Ticket { ticket, code } => {
            assert!(digits(key).trim_start_matches('0').starts_with(&ticket.to_string()), "the key does not begin with ticket {ticket}");
            assert_eq!(code.as_str().parse().as_ref(), Ok(code));
        }
        ExternalKey::Typed { ticket } => assert!(digits(key).ends_with(&ticket.to_string()), "the key does not end with ticket {ticket}"),
        ExternalKey::Chat { chat, .. } => assert!(digits(key).contains(&chat.to_string()), "the key does not name chat {chat}"),
        ExternalKey::Asset { asset, .. } => assert!(digits(key).contains(&asset.to_string()), "the key does not name asset {asset}"),
        ExternalKey::Other { text } => assert_eq!(text, key.trim(), "what is not understood is left alone"),
        ExternalKey::Empty => assert_eq!(key.trim(), ""),
    }
}

/// A key we write is the key we read, whatever the prefix and however the case was changed on the way.
fn keys_we_write(bytes: &[u8], prefix: &str) {
    let bits = bytes.iter().take(8).fold(0, |bits: u64, byte| bits << 8 | u64::from(*byte));
    let (code, id) = (Code::from_bits(bits), bits as u32);
    let ticket = TicketId::new(id).map(|ticket| ExternalKey::Ticket { ticket, code: code.clone() });
    let chat = ChatId::new(id).map(|chat| ExternalKey::Chat { chat, code });
    for key in ticket.into_iter().chain(chat) {
        assert_eq!(ExternalKey::read(Some(&key.to_string()), prefix), key);
        assert_eq!(ExternalKey::read(Some(&key.to_string().to_lowercase()), prefix), key);
    }
}

/// The key with its full-width digits in their usual width.
fn digits(key: &str) -> String {
    let narrow = |c: char| if ('０'..='９').contains(&c) { char::from_u32(c as u32 - 0xFEE0).unwrap_or(c) } else { c };
    key.trim().chars().map(narrow).collect()
}
