//! Outgoing webhooks ("New Ticket Logged", "Action Added"): JSON with ticket and action, to one address, in order. Nothing
//! published says what Halo does with one that is not answered; here it is sent again as often as a switch says, then given up.

use super::{State, World, now};
use crate::{
    now_ms,
    outgoing::{Post, post},
    random_hex,
};
use serde_json::{Value, json};
use std::{net::SocketAddr, sync::Arc, time::Duration};
use url::Url;

const RETRY: Duration = Duration::from_millis(200);
const NEW_TICKET: &str = "New Ticket Logged";
const ACTION_ADDED: &str = "Action Added";
const WEBHOOK: &str = "0d6d1b0e-8d2a-4d0e-9f8f-6b7a5f1c2e33";
const TICKET_FIELDS: [&str; 12] = [
    "id",
    "summary",
    "status_id",
    "tickettype_id",
    "client_id",
    "client_name",
    "site_id",
    "site_name",
    "user_id",
    "user_name",
    "agent_id",
    "chat_id",
];
const ACTION_FIELDS: [&str; 9] =
    ["id", "ticket_id", "outcome", "outcome_id", "who", "who_agentid", "datetime", "hiddenfromuser", "timetaken"];

/// One webhook on its way.
pub(crate) struct Delivery {
    id: String,
    body: Value,
    statuses: Vec<u16>,
    over: bool,
    at_ms: i64,
}

impl Delivery {
    pub(super) fn shown(&self) -> Value {
        let delivered = self.statuses.last().is_some_and(|status| (200..300).contains(status));
        json!({
            "event": self.body["event"], "ticket_id": self.body["ticket"]["id"], "action_id": self.body["action"]["id"], "body": self.body,
            "attempts": self.statuses.len(), "statuses": self.statuses, "delivered": delivered, "dropped": self.over && !delivered, "at_ms": self.at_ms,
        })
    }
}

fn only(record: &Value, fields: &[&str]) -> Value {
    fields.iter().map(|field| ((*field).to_owned(), record[field].clone())).collect::<serde_json::Map<_, _>>().into()
}

fn queue(state: &mut State, event: &str, ticket: &Value, action: Option<&Value>) {
    if state.settings.text("webhook_url").is_none() {
        return;
    }
    let id = random_hex(16);
    let mut body = json!({
        "id": id, "webhook_id": WEBHOOK, "event": event, "timestamp": now(), "object_id": ticket["id"], "ticket": only(ticket, &TICKET_FIELDS),
    });
    if let Some(action) = action {
        body["action"] = only(action, &ACTION_FIELDS);
    }
    state.webhooks.push(Delivery { id, body, statuses: Vec::new(), over: false, at_ms: now_ms() });
}

/// A ticket was logged.
pub(super) fn ticket_logged(state: &mut State, ticket: &Value) {
    queue(state, NEW_TICKET, ticket, None);
}

/// An action was added, whoever did.
pub(super) fn action_added(state: &mut State, action: &Value) {
    let ticket = state.tickets.iter().find(|ticket| ticket["id"] == action["ticket_id"]).cloned().unwrap_or_default();
    queue(state, ACTION_ADDED, &ticket, Some(action));
}

/// Sends webhooks for ever, one at a time, in order.
pub(crate) async fn deliver(world: Arc<World>, connect: Option<SocketAddr>) {
    loop {
        let next = {
            let state = world.state();
            let url = state.settings.text("webhook_url").and_then(|url| Url::parse(url).ok());
            let text = |name: &str| state.settings.text(name).map(str::to_owned);
            let basic = text("webhook_user").zip(text("webhook_password"));
            let first = state.webhooks.iter().find(|delivery| !delivery.over);
            first.zip(url).map(|(delivery, url)| (delivery.id.clone(), url, basic, delivery.body.to_string()))
        };
        let Some((id, url, basic, body)) = next else {
            world.wake.notified().await;
            continue;
        };
        let status = post(url, connect, Post { content_type: "application/json", basic, body }).await.unwrap_or(0);
        let again = {
            let mut state = world.state();
            let retries = usize::try_from(state.settings.number("webhook_retries")).unwrap_or(0);
            state.webhooks.iter_mut().find(|delivery| delivery.id == id).is_some_and(|delivery| {
                delivery.statuses.push(status);
                delivery.over = (200..300).contains(&status) || delivery.statuses.len() > retries;
                !delivery.over
            })
        };
        if again {
            tokio::time::sleep(RETRY).await;
        }
    }
}
