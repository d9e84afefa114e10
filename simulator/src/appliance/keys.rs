//! Session keys: who they are for, how long they last, and whether somebody can take them now.

use super::{State, xml::element};
use crate::{now_ms, random_hex};
use serde_json::{Value, json};
use std::collections::HashMap;

const LONGEST_KEY: usize = 1024;

pub(crate) struct Key {
    pub(super) short_key: String,
    pub(super) ak: String,
    pub(super) queue: String,
    pub(super) external_key: String,
    pub(super) available: bool,
    pub(super) expires: i64,
    pub(super) url: String,
    pub(super) lsid: Option<String>,
}

impl Key {
    pub(super) fn shown(&self) -> Value {
        json!({
            "short_key": self.short_key, "key_url": self.url, "queue": self.queue, "external_key": self.external_key,
            "available": self.available, "expires": self.expires, "lsid": self.lsid,
        })
    }
}

/// Makes a key; answers the content of `session_key`. A representative who is not logged in is no error: `available="0"`.
pub(super) fn generate(state: &mut State, origin: &str, form: &HashMap<String, String>) -> Result<String, String> {
    if form.get("type").map(String::as_str) != Some("support") {
        return Err("The session type must be support.".to_owned());
    }
    let queue = form.get("queue_id").cloned().unwrap_or_default();
    let external_key = form.get("session.custom.external_key").cloned().unwrap_or_default();
    if external_key.chars().count() > LONGEST_KEY {
        return Err("The external key is too long.".to_owned());
    }
    let unknown = || "The given queue does not exist.".to_owned();
    let (kind, id, available) = if queue == "general" {
        ("general", None, state.representatives.values().any(|one| one.logged_in && one.kind == "Normal"))
    } else if let Some(id) = queue.strip_prefix("rep:").and_then(|id| id.parse::<u32>().ok()) {
        ("rep", Some(id), state.representatives.get(&id).ok_or_else(unknown)?.logged_in)
    } else if let Some(id) = queue.strip_prefix("team:").and_then(|id| id.parse::<u32>().ok()) {
        state.teams.iter().find(|(team, _)| *team == id).ok_or_else(unknown)?;
        ("team", Some(id), true)
    } else {
        return Err(unknown());
    };
    let ttl = form.get("ttl").and_then(|ttl| ttl.parse().ok()).unwrap_or_else(|| state.number("key_ttl_seconds"));
    let ak = random_hex(16);
    let key = Key {
        short_key: format!("{:07}", 1_000_000 + rand::random::<u32>() % 9_000_000),
        url: format!("{origin}/?ak={ak}"),
        ak,
        queue: queue.clone(),
        external_key: external_key.clone(),
        available,
        expires: now_ms() / 1000 + ttl,
        lsid: None,
    };
    let mut xml = format!(
        "\n\n<type>support</type>\n<expires>{}</expires>\n<queue available=\"{}\">{kind}</queue>\n",
        key.expires,
        u8::from(available)
    );
    if let Some(id) = id {
        xml += &element("queue_id", &id.to_string());
    }
    if !external_key.is_empty() {
        xml += &element("external_key", &external_key);
    }
    xml += &element("short_key", &key.short_key);
    xml += &element("key_url", &key.url);
    xml += &element("mail_subject", "Remote support session");
    xml += &element(
        "mail_body",
        &format!("\nOpen this address to join your remote support session.\n\n{}\n\nYou may leave at any time.\n", key.url),
    );
    state.keys.push(key);
    Ok(xml)
}
