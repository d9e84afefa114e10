//! Receives Halo's webhooks: authenticate by path token (and by name and password, where they are configured), keep what ticket
//! or action they tell of, answer 200. A webhook is a doorbell: nothing else is read from it and nothing is decided here.

use crate::{
    app::App,
    config::Webhook,
    intake,
    store::{Ring, UnreadWebhook},
};
use axum::{
    body::Body,
    extract::{OriginalUri, Path, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use halo_remote_support::rules::words::{ActionId, TicketId};
use secrecy::ExposeSecret as _;
use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};
use std::{collections::HashSet, sync::Arc};
use subtle::ConstantTimeEq as _;

/// A body may have this many bytes.
const LIMIT: usize = 1024 * 1024;
/// What of a larger body is kept.
const HEAD: usize = 4096;
/// More occurrences in one body are nobody's batch.
const MOST: usize = 1000;

/// `POST /halo/{token}`.
pub async fn receive(
    State(app): State<Arc<App>>,
    Path(token): Path<String>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
    body: Body,
) -> Response {
    if !same(&token, app.config.webhook.token.expose_secret()) {
        return crate::http::unknown_page(OriginalUri(uri)).await.into_response();
    }
    if !is_halo(&app.config.webhook, &headers) {
        return (StatusCode::UNAUTHORIZED, [(header::WWW_AUTHENTICATE, "Basic realm=\"webhook\"")]).into_response();
    }
    let Some(body) = intake::read(body).await else { return StatusCode::BAD_REQUEST.into_response() };
    let (mut body, length, digest) = body.into_parts();
    let read = if length > LIMIT { Err(format!("the body has {length} bytes; {LIMIT} are allowed")) } else { rings(&body) };
    let at = app.clock.now();
    let kept = match read {
        Ok(rings) => {
            tracing::info!(?rings, "Halo told of tickets and actions");
            app.store.ring(rings, at).await
        }
        Err(reason) => {
            tracing::warn!(reason, "a webhook of Halo could not be read; it is kept for people to look at");
            body.truncate(if length > LIMIT { HEAD } else { LIMIT });
            app.store.unread_webhook(UnreadWebhook { digest, reason, body }, at).await
        }
    };
    if let Err(problem) = kept {
        tracing::error!(%problem, "a webhook could not be kept");
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    app.wake.notify_one();
    StatusCode::OK.into_response()
}

fn same(presented: &str, ours: &str) -> bool {
    Sha256::digest(presented.as_bytes()).ct_eq(&Sha256::digest(ours.as_bytes())).into()
}

/// Whether name and password are the configured ones; any, when none are.
fn is_halo(webhook: &Webhook, headers: &HeaderMap) -> bool {
    let (Some(user), Some(password)) = (&webhook.user, &webhook.password) else { return true };
    let presented = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()).and_then(|value| value.strip_prefix("Basic "));
    let presented = presented.and_then(|value| BASE64_STANDARD.decode(value).ok()).and_then(|bytes| String::from_utf8(bytes).ok());
    same(&presented.unwrap_or_default(), &format!("{user}:{}", password.expose_secret()))
}

/// What a body tells of: tickets that were logged and actions that were added, each once. Other events tell of nothing. The outer
/// names are not documented, so things are known by what they look like.
///
/// # Errors
/// Why nothing can be read from it.
pub fn rings(body: &[u8]) -> Result<Vec<Ring>, String> {
    let value: Value = serde_json::from_slice(body).map_err(|_| "the body is not JSON".to_owned())?;
    let mut seen = Seen::default();
    seen.look(&value, "", None, 0);
    if !seen.any {
        return Err("the body names no ticket and no action".to_owned());
    }
    if seen.too_many() {
        return Err(format!("the body names more than {MOST} tickets and actions"));
    }
    Ok(seen.rings)
}

#[derive(Default)]
struct Seen {
    /// In the order in which they were told.
    rings: Vec<Ring>,
    known: HashSet<Ring>,
    /// Something was recognised, though perhaps nothing for us.
    any: bool,
}

fn number(value: Option<&Value>) -> Option<u32> {
    match value? {
        Value::Number(number) => number.as_u64().and_then(|id| u32::try_from(id).ok()),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

fn ticket_of(name: &str, fields: &Map<String, Value>) -> Option<TicketId> {
    let looks = fields.contains_key("summary") || fields.contains_key("tickettype_id") || matches!(name, "ticket" | "fault");
    number(fields.get("id")).filter(|_| looks).and_then(TicketId::new)
}

fn action_of(name: &str, fields: &Map<String, Value>, around: Option<TicketId>) -> Option<Ring> {
    let looks = ["outcome", "outcome_id", "who", "who_agentid"].iter().any(|field| fields.contains_key(*field)) || name == "action";
    if !looks || fields.contains_key("summary") {
        return None;
    }
    let ticket = number(fields.get("ticket_id")).and_then(TicketId::new).or(around)?;
    Some(Ring { ticket, action: Some(ActionId::new(number(fields.get("id"))?)?) })
}

impl Seen {
    fn add(&mut self, ring: Ring) {
        if self.known.insert(ring) {
            self.rings.push(ring);
        }
    }

    /// Whatever else is told, the body is refused.
    const fn too_many(&self) -> bool {
        self.rings.len() > MOST
    }

    /// One occurrence: a ticket, an action, or both beside each other under the name of an event.
    fn look(&mut self, value: &Value, name: &str, event: Option<&str>, depth: u8) {
        if depth > 8 || self.too_many() {
            return;
        }
        match value {
            Value::Array(items) => items.iter().for_each(|item| self.look(item, name, event, depth + 1)),
            Value::String(text) if text.trim_start().starts_with(['{', '[']) => {
                if let Ok(inner) = serde_json::from_str(text) {
                    self.look(&inner, name, event, depth + 1);
                }
            }
            Value::Object(fields) => {
                let event = fields.get("event").and_then(Value::as_str).or(event);
                let object = |(name, value): (&'_ String, &'_ Value)| value.as_object().map(|fields| (name.to_lowercase(), fields.clone()));
                let inside: Vec<(String, Map<String, Value>)> = fields.iter().filter_map(object).collect();
                let ticket = ticket_of(name, fields).or_else(|| inside.iter().find_map(|(name, fields)| ticket_of(name, fields)));
                let action = action_of(name, fields, None)
                    .or_else(|| inside.iter().find_map(|(name, fields)| action_of(name, fields, ticket)))
                    .or_else(|| {
                        Some(Ring {
                            ticket: number(fields.get("ticket_id")).and_then(TicketId::new)?,
                            action: Some(ActionId::new(number(fields.get("action_id"))?)?),
                        })
                    });
                // Without either: the ids alone.
                let bare = || number(fields.get("object_id").or_else(|| fields.get("ticket_id")).or_else(|| fields.get("faultid")));
                let ticket = ticket.or_else(|| bare().filter(|_| action.is_none()).and_then(TicketId::new));
                self.any |= ticket.is_some() || action.is_some();
                let is_new =
                    event.map(str::to_lowercase).map(|event| ["new ticket", "logged", "created"].iter().any(|word| event.contains(word)));
                match (ticket, action, is_new) {
                    (Some(ticket), _, Some(true)) | (Some(ticket), None, None) => self.add(Ring { ticket, action: None }),
                    (_, Some(action), _) => self.add(action),
                    // Of a ticket alone, and not that it was logged.
                    (Some(_), None, Some(false)) => {}
                    (None, None, _) => {
                        for (name, value) in fields {
                            self.look(value, &name.to_lowercase(), event, depth + 1);
                        }
                    }
                }
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read(body: &Value) -> Result<Vec<(u32, u32)>, String> {
        let rings = rings(body.to_string().as_bytes())?;
        Ok(rings.iter().map(|ring| (ring.ticket.get(), ring.action.map_or(0, ActionId::get))).collect())
    }

    #[test]
    fn a_webhook_is_read_whatever_it_is_wrapped_in() {
        let ticket = json!({"id": 1161, "summary": "S", "tickettype_id": 1, "user_id": 207});
        let action = json!({"id": 5, "ticket_id": 1161, "outcome": "X", "who_agentid": 42});
        let added = json!({"id": "6f9a", "event": "Action Added", "object_id": 1161, "ticket": ticket, "action": action});
        let new = json!({"event": "New Ticket Logged", "object_id": 1161, "ticket": ticket});
        for (body, expected) in [
            (new.clone(), vec![(1161, 0)]),
            (added.clone(), vec![(1161, 5)]),
            (json!({"body": added}), vec![(1161, 5)]),
            (json!({"payload": added.to_string()}), vec![(1161, 5)]),
            (json!([new, added, added]), vec![(1161, 0), (1161, 5)]),
            (json!({"events": [new, added]}), vec![(1161, 0), (1161, 5)]),
            (json!({"event": "New Ticket Logged", "ticket": ticket, "action": action}), vec![(1161, 0)]),
            (json!({"something": ticket}), vec![(1161, 0)]),
            (json!({"fault": {"id": "1161"}}), vec![(1161, 0)]),
            (json!({"ticket_id": 1161, "action_id": 5}), vec![(1161, 5)]),
            (json!({"event": "Ticket Status Changed", "ticket": ticket}), vec![]),
        ] {
            assert_eq!(read(&body), Ok(expected), "{body}");
        }
    }

    #[test]
    fn a_body_of_nobodys_size_is_read_no_further_than_its_limit() {
        let actions = |count: usize| json!((1..=count).map(|id| json!({"ticket_id": 1161, "action_id": id})).collect::<Vec<_>>());
        assert_eq!(read(&actions(MOST)).map(|rings| rings.len()), Ok(MOST));
        let (told_twice, body) = (json!([actions(MOST), actions(MOST)]), actions(30 * MOST));
        assert_eq!(read(&told_twice).map(|rings| rings.len()), Ok(MOST), "each once");
        assert_eq!(read(&body), Err("the body names more than 1000 tickets and actions".to_owned()));
        let mut seen = Seen::default();
        seen.look(&body, "", None, 0);
        assert_eq!(seen.rings.len(), MOST + 1, "one too many is enough");
    }

    #[test]
    fn what_cannot_be_read_says_why() {
        for body in [json!({}), json!([]), json!(7), json!({"ticket": {"id": 0}}), json!({"id": 5, "name": "x"}), json!(null)] {
            assert_eq!(read(&body), Err("the body names no ticket and no action".to_owned()), "{body}");
        }
        assert_eq!(rings(b"<html>"), Err("the body is not JSON".to_owned()));
    }
}
