//! Assets with the awkward tags that real desks give them: parts of each other, umlauts, an ampersand, none at all.

use super::{
    World,
    access::{Answer, Caller, Module, say},
    lists::{Asked, enveloped, found, is_asked_for, wants},
    nothing,
    tickets::number,
};
use axum::{
    Json,
    extract::{Path, Query, State as Shared},
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};
use std::sync::Arc;

/// Only in the detail.
const DETAILS: [&str; 4] = ["fields", "customfields", "users", "custombuttons"];

struct Seed {
    id: u32,
    tag: &'static str,
    key_field: &'static str,
    kind: (u32, &'static str),
    user: Option<(u32, &'static str)>,
}

const ASSETS: [Seed; 4] = [
    Seed { id: 5120, tag: "BR LT/0148 #2", key_field: "LT-0148", kind: (4, "Laptop"), user: Some((207, "Connor Blake")) },
    // The first tag is part of this one.
    Seed { id: 5121, tag: "BR LT/0148 #21", key_field: "LT-0148-21", kind: (4, "Laptop"), user: None },
    Seed { id: 5122, tag: "Kühl & Söhne PC", key_field: "KUEHL-01", kind: (5, "Desktop"), user: None },
    Seed { id: 5123, tag: "", key_field: "UNTAGGED-01", kind: (5, "Desktop"), user: None },
];

pub(super) fn seed() -> Vec<Value> {
    let asset = |seed: Seed| {
        let users = seed.user.map(|(id, name)| {
            json!({"id": id, "name": name, "emailaddress": "connor@batley.example", "site_id": 33, "site_name": "Reason Avenue", "client_name": "Batley Refreshments"})
        });
        json!({
            "id": seed.id, "inventory_number": seed.tag, "key_field": seed.key_field, "key_field2": "Latitude 5540", "key_field3": format!("8XKQ{}", seed.id),
            "device_number": seed.id - 5000, "client_id": 18, "client_name": "Batley Refreshments", "site_id": 33, "site_name": "Reason Avenue",
            "username": seed.user.map_or("", |(_, name)| name), "assettype_id": seed.kind.0, "assettype_name": seed.kind.1, "status_id": 1, "status_name": "Active",
            "inactive": false, "third_party_id": 0, "third_party_id_string": "", "use": "device",
            "fields": [{"id": 12, "name": "Host Name", "value": seed.key_field}], "customfields": [], "users": users.into_iter().collect::<Vec<_>>(),
            "custombuttons": [],
        })
    };
    ASSETS.into_iter().map(asset).collect()
}

/// As a list shows it, also the one inside a ticket.
pub(super) fn in_list(asset: &Value) -> Value {
    let mut asset = asset.clone();
    if let Some(fields) = asset.as_object_mut() {
        fields.retain(|name, _| !DETAILS.contains(&name.as_str()));
    }
    asset
}

pub(super) async fn list(Shared(world): Shared<Arc<World>>, caller: Caller, Query(asked): Query<Asked>) -> Response {
    let state = world.state();
    let answer = || -> Answer {
        caller.may(&state, Module::Assets, false)?;
        let of_ticket = asked.get("ticket_id").map(|ticket| number(ticket)).map(|ticket| {
            let assets = state.tickets.iter().find(|known| known["id"] == ticket).and_then(|known| known["assets"].as_array().cloned());
            assets.unwrap_or_default().iter().map(|asset| asset["id"].clone()).collect::<Vec<_>>()
        });
        let searched: &[&str] = if wants(&asked, "search_inventory_number_only") {
            &["inventory_number"]
        } else {
            &["inventory_number", "key_field", "key_field2", "key_field3", "username"]
        };
        let fits = |asset: &&Value| {
            of_ticket.as_ref().is_none_or(|assets| assets.contains(&asset["id"]))
                && asked.get("inventory_number").is_none_or(|tag| asset["inventory_number"] == tag.as_str())
                && ["client_id", "site_id", "assettype_id"].iter().all(|field| is_asked_for(&asked, asset, field))
                && found(&asked, asset, searched)
        };
        Ok(enveloped(&asked, "assets", state.assets.iter().filter(fits).map(in_list).collect()))
    };
    say(answer())
}

pub(super) async fn one(Shared(world): Shared<Arc<World>>, caller: Caller, Path(id): Path<String>) -> Response {
    let state = world.state();
    let answer = || -> Answer {
        caller.may(&state, Module::Assets, false)?;
        let found = state.assets.iter().find(|asset| asset["id"] == number(&id));
        Ok(found.map_or_else(nothing, |asset| Json(asset).into_response()))
    };
    say(answer())
}
