//! Ticket types, outcomes (action buttons) and custom fields. Lists are bare arrays; anybody who is signed in may read them.

use super::{World, access::Caller, nothing, tickets::number};
use axum::{
    Json,
    extract::{Path, State as Shared},
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};
use std::sync::Arc;

/// The outcome whose system use is "Remote Session Invitation".
const INVITATION: u32 = 87;
/// The number of that system use is not documented; this one is a guess, and nothing should depend on it.
const INVITATION_USE: u32 = 70;

/// Custom fields a desk has made for remote sessions: id, name, label.
const FIELDS: [(u32, &str, &str); 3] = [
    (201, "CFRemoteSessionChannel", "Remote Session Technician/Channel"),
    (202, "CFSendRemoteInvite", "Send Remote Session Invitation"),
    (203, "CFActionRemoteSessionChannel", "Remote Session Technician/Channel"),
];

pub(super) fn ticket_types() -> Vec<Value> {
    let kind = |id: u32, name: &str, send: u32| {
        json!({
            "id": id, "name": name, "use": "tickettype", "default_sendremoteinvite": send, "allowall_iframe_customtabs": id == 3,
            "allowed_iframe_customtabs": [],
        })
    };
    vec![kind(1, "Incident", 0), kind(3, "Service Request", 1)]
}

pub(super) fn outcomes() -> Vec<Value> {
    let outcome = |id: u32, name: &str, system: u32, mails: u32, private: bool, hidden: bool| {
        json!({
            "id": id, "outcome": name, "buttonname": name, "labellong": name, "systemid": system, "sendemail": mails, "hidefromuser": private,
            "hidden": hidden, "sequence": id, "customurl": "",
        })
    };
    vec![
        outcome(1, "Email User", 1, 1, false, false),
        outcome(2, "Private Note", 0, 0, true, false),
        outcome(INVITATION, "Remote Session Invite", INVITATION_USE, 1, false, false),
        outcome(88, "Remote Session", 0, 0, true, true),
        outcome(89, "Invite to Remote Session", 0, 0, false, false),
    ]
}

/// The fields by where they stand on the demo's screens.
pub(super) fn on_screen() -> Value {
    let field = |(id, name, _): (u32, &str, &str)| json!({"id": id, "name": name});
    let [ticket_channel, ticket_send, action_channel] = FIELDS.map(field);
    json!({"ticket_channel": ticket_channel, "ticket_send": ticket_send, "action_channel": action_channel})
}

/// The id of the outcome of this name: an action that names its outcome gets its number too.
pub(super) fn outcome_id(name: &str) -> Option<Value> {
    outcomes().into_iter().find(|outcome| outcome["outcome"] == name).map(|outcome| outcome["id"].clone())
}

/// The name of the outcome with this id.
pub(super) fn outcome_name(id: &Value) -> Option<Value> {
    outcomes().into_iter().find(|outcome| outcome["id"] == *id).map(|outcome| outcome["outcome"].clone())
}

/// What was written into custom fields, over what they held. A field is named by its id or its name; a writer may leave the
/// other out, a reader gets both.
pub(super) fn custom_fields(held: &Value, new: &Value) -> Value {
    let mut fields: Vec<Value> = held.as_array().cloned().unwrap_or_default();
    for field in new.as_array().into_iter().flatten() {
        let known = FIELDS.iter().find(|(id, name, _)| field["id"] == *id || field["name"] == *name);
        let (id, name, label) = known.map_or_else(
            || (field["id"].clone(), field["name"].clone(), field["name"].clone()),
            |(id, name, label)| (json!(id), json!(name), json!(label)),
        );
        let display = if field["display"].is_null() { &field["value"] } else { &field["display"] };
        let whole = json!({"id": id, "name": name, "label": label, "value": field["value"], "display": display});
        match fields.iter_mut().find(|known| known["id"] == id) {
            Some(known) => *known = whole,
            None => fields.push(whole),
        }
    }
    json!(fields)
}

pub(super) async fn type_list(Shared(world): Shared<Arc<World>>, _: Caller) -> Json<Value> {
    Json(json!(world.state().ticket_types))
}

pub(super) async fn one_type(Shared(world): Shared<Arc<World>>, _: Caller, Path(id): Path<String>) -> Response {
    let state = world.state();
    state.ticket_types.iter().find(|kind| kind["id"] == number(&id)).map_or_else(nothing, |kind| Json(kind).into_response())
}

pub(super) async fn outcome_list(_: Caller) -> Json<Value> {
    Json(json!(outcomes()))
}

pub(super) async fn one_outcome(_: Caller, Path(id): Path<String>) -> Response {
    outcomes().into_iter().find(|outcome| outcome["id"] == number(&id)).map_or_else(nothing, |outcome| Json(outcome).into_response())
}
