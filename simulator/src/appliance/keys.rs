//! Session keys: who they are for, how long they last, and whether somebody can take them now. What happens after a customer
//! uses one is in `sessions`.

use super::{State, people::Queue, xml::Xml};
use crate::random_hex;
use serde_json::{Value, json};
use std::collections::HashMap;

const LONGEST_ATTRIBUTE: usize = 1024;
const ATTRIBUTES_TOGETHER: usize = 10 * 1024;

/// A key that was made.
pub(crate) struct Key {
    pub(super) short_key: String,
    /// The secret half of the link.
    pub(super) ak: String,
    pub(super) url: String,
    pub(super) queue: Queue,
    /// `queue_id` as it was asked for.
    asked: String,
    pub(super) external_key: String,
    pub(super) available: bool,
    pub(super) expires: i64,
    /// The newest session it began.
    pub(super) lsid: Option<String>,
}

impl Key {
    pub(super) fn shown(&self) -> Value {
        json!({
            "short_key": self.short_key, "key_url": self.url, "queue": self.asked, "external_key": self.external_key, "available": self.available,
            "expires": self.expires, "lsid": self.lsid,
        })
    }

    /// The content of `session_key`.
    pub(super) fn write(&self, xml: &mut Xml) {
        xml.leaf("type", "support");
        xml.leaf("expires", &self.expires.to_string());
        xml.tagged("queue", &[("available", if self.available { "1" } else { "0" })], self.queue.word());
        if let Some(id) = self.queue.id() {
            xml.leaf("queue_id", &id.to_string());
        }
        if !self.external_key.is_empty() {
            xml.leaf("external_key", &self.external_key);
        }
        xml.leaf("short_key", &self.short_key);
        xml.leaf("key_url", &self.url);
        xml.leaf("mail_subject", "Your remote support session");
        xml.leaf(
            "mail_body",
            &format!("\nOpen this address to join your remote support session.\n\n{}\n\nYou may leave at any time.\n", self.url),
        );
    }
}

/// Makes a key. A representative who is not logged in is no error: the key says that nobody is available.
pub(super) fn generate(state: &mut State, origin: &str, form: &HashMap<String, String>) -> Result<usize, &'static str> {
    if form.get("type").map(String::as_str) != Some("support") {
        return Err("The session type is not known.");
    }
    let attributes = || form.iter().filter(|(name, _)| name.starts_with("session.custom."));
    if attributes().any(|(_, value)| value.chars().count() > LONGEST_ATTRIBUTE) {
        return Err("A session attribute is too long.");
    }
    if attributes().map(|(name, value)| name.len() + value.len()).sum::<usize>() > ATTRIBUTES_TOGETHER {
        return Err("The session attributes are too long.");
    }
    let asked = form.get("queue_id").map(String::as_str).unwrap_or_default();
    let queue = state.people.queue(asked).ok_or("The given queue does not exist.")?;
    let ttl = match form.get("ttl") {
        Some(ttl) => ttl.parse::<i64>().ok().filter(|ttl| *ttl > 0).ok_or("The given lifetime is not valid.")?,
        None => state.settings.number("key_ttl_seconds"),
    };
    let ak = random_hex(16);
    state.keys.push(Key {
        short_key: unused_code(state),
        url: format!("{origin}/?ak={ak}"),
        ak,
        available: state.people.is_staffed(&queue),
        queue,
        asked: asked.to_owned(),
        external_key: form.get("session.custom.external_key").cloned().unwrap_or_default(),
        expires: state.now() + ttl,
        lsid: None,
    });
    Ok(state.keys.len() - 1)
}

fn unused_code(state: &State) -> String {
    loop {
        let code = (1_000_000 + rand::random::<u32>() % 9_000_000).to_string();
        if state.keys.iter().all(|key| key.short_key != code) {
            return code;
        }
    }
}
