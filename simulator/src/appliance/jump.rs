//! Pinned devices (Jump Clients): a client-script link opens the representative console, which shows the devices that fit and
//! starts a session on the chosen one. Who may use which device is not simulated.

use super::{
    State, World,
    control::{Answer, conflict},
    people::{Queue, representative_id},
    sessions::{self, Step},
};
use axum::{
    Json, Router,
    extract::{Path, RawQuery, State as Shared},
    response::{Html, IntoResponse, Response},
    routing::{get, post},
};
use serde::Deserialize;
use serde_json::{Value, json};
use std::{path::PathBuf, sync::Arc};
use url::form_urlencoded;

/// A device with a pinned client.
pub(crate) struct Device {
    id: u32,
    hostname: String,
    comments: String,
    tag: String,
    public_ip: String,
    private_ip: String,
    /// Whose it is; the customer of its sessions.
    customer: String,
}

/// A link that was opened.
pub(crate) struct Launch {
    query: String,
    device: Option<u32>,
    lsid: Option<String>,
    at_ms: i64,
}

pub(super) fn seed() -> Vec<Device> {
    let device = |id: u32, hostname: &str, comments: &str, tag: &str, customer: &str| Device {
        id,
        hostname: hostname.to_owned(),
        comments: comments.to_owned(),
        tag: tag.to_owned(),
        public_ip: "203.0.113.18".to_owned(),
        private_ip: format!("10.18.4.{id}"),
        customer: customer.to_owned(),
    };
    vec![
        device(31, "LT-0148", "BR LT/0148 #2, Connor's laptop", "BR LT/0148 #2", "Connor Blake"),
        // The first one's tag is part of this one's.
        device(32, "LT-0148-21", "BR LT/0148 #21, reception", "BR LT/0148 #21", "Reception"),
        device(33, "KUEHL-01", "Kühl & Söhne PC", "Kühl & Söhne PC", "Kühl & Söhne"),
        device(34, "BATLEY-POS-07", "Till 7", "BR-POS-0007", "Till 7"),
    ]
}

impl Device {
    fn shown(&self) -> Value {
        json!({
            "id": self.id, "hostname": self.hostname, "comments": self.comments, "tag": self.tag, "public_ip": self.public_ip,
            "private_ip": self.private_ip, "customer": self.customer,
        })
    }

    /// Every field that is asked for must be found as a part, in any case.
    fn fits(&self, script: &Script) -> bool {
        let any = [&self.hostname, &self.comments, &self.public_ip, &self.private_ip];
        script.searches.iter().all(|(name, text)| {
            let part = |field: &String| field.to_lowercase().contains(&text.to_lowercase());
            match name.as_str() {
                "search_string" => any.into_iter().any(part),
                "client.hostname" => part(&self.hostname),
                "client.comments" => part(&self.comments),
                "client.tag" => part(&self.tag),
                "client.public_ip" => part(&self.public_ip),
                "client.private_ip" => part(&self.private_ip),
                _ => false,
            }
        })
    }
}

impl Launch {
    pub(super) fn shown(&self) -> Value {
        let script = Script::read(&self.query);
        json!({
            "query": self.query, "action": script.action, "search": script.shown(), "external_key": script.external_key,
            "problem": script.problem(), "device": self.device, "lsid": self.lsid, "at_ms": self.at_ms,
        })
    }
}

/// What a link says.
struct Script {
    kind: String,
    operation: String,
    action: String,
    method: String,
    searches: Vec<(String, String)>,
    external_key: String,
}

impl Script {
    fn read(query: &str) -> Self {
        let pairs: Vec<(String, String)> = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        let field = |name: &str| pairs.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone()).unwrap_or_default();
        let searches =
            pairs.iter().filter(|(name, value)| (name == "search_string" || name.starts_with("client.")) && !value.trim().is_empty());
        Self {
            kind: field("type"),
            operation: field("operation"),
            action: field("action"),
            method: field("jump.method"),
            searches: searches.cloned().collect(),
            external_key: field("session.custom.external_key"),
        }
    }

    fn shown(&self) -> Value {
        self.searches.iter().map(|(name, value)| (name.clone(), json!(value))).collect::<serde_json::Map<_, _>>().into()
    }

    /// Why the console cannot do it.
    fn problem(&self) -> Option<&'static str> {
        match (self.action.as_str(), self.method.as_str()) {
            _ if self.kind != "rep" || self.operation != "generate" => Some("The link is not for the representative console."),
            ("start_jump_item_session", "pinned" | "") | ("start_pinned_client_session", _) if self.searches.is_empty() => {
                Some("The link says no device.")
            }
            ("start_jump_item_session", "pinned" | "") | ("start_pinned_client_session", _) => None,
            ("start_jump_item_session", _) => Some("Only pinned devices are simulated."),
            _ => Some("The command of the link is not known."),
        }
    }
}

/// The link's page, when there are pages, and the JSON it lives on.
pub(super) fn page(file: Option<PathBuf>) -> Router<Arc<World>> {
    Router::new().route(
        "/api/client_script",
        get(async move |Shared(world): Shared<Arc<World>>, RawQuery(query): RawQuery| -> Response {
            let query = query.unwrap_or_default();
            world.state().launches.push(Launch { query, device: None, lsid: None, at_ms: crate::now_ms() });
            let text = file.as_ref().and_then(|file| std::fs::read_to_string(file).ok());
            text.map_or_else(
                || Html("The representative console (simulated)".to_owned()).into_response(),
                |text| Html(text).into_response(),
            )
        }),
    )
}

pub(super) fn endpoints() -> Router<Arc<World>> {
    Router::new().route("/demo/jump", get(found).post(start)).route("/control/devices/{id}", post(device))
}

/// What the console finds for a link.
async fn found(Shared(world): Shared<Arc<World>>, RawQuery(query): RawQuery) -> Json<Value> {
    let state = world.state();
    let script = Script::read(&query.unwrap_or_default());
    let problem = script.problem();
    let devices = state.devices.iter().filter(|device| problem.is_none() && device.fits(&script)).map(Device::shown);
    Json(json!({
        "problem": problem, "action": script.action, "search": script.shown(), "external_key": script.external_key,
        "devices": devices.collect::<Vec<_>>(),
    }))
}

#[derive(Deserialize)]
struct Start {
    /// The link's, so that the session gets its key.
    query: String,
    device: u32,
    /// `rep:<id>`.
    by: String,
}

async fn start(Shared(world): Shared<Arc<World>>, Json(wish): Json<Start>) -> Answer {
    let mut state = world.state();
    let script = Script::read(&wish.query);
    if let Some(problem) = script.problem() {
        return Err(conflict(problem.to_owned()));
    }
    let device = state.devices.iter().find(|device| device.id == wish.device && device.fits(&script));
    let customer = device.map(|device| device.customer.clone()).ok_or_else(|| conflict("there is no such device".to_owned()))?;
    let here = |id: &u32| state.people.representatives.get(id).is_some_and(|one| one.logged_in_since.is_some());
    let id = representative_id(&wish.by).filter(here).ok_or_else(|| conflict("you are not logged in".to_owned()))?;
    let lsid = begin(&mut state, &script.external_key, id, &customer, &wish.by).map_err(conflict)?;
    let opened = state.launches.iter_mut().rev().find(|launch| launch.query == wish.query);
    if let Some(launch) = opened {
        launch.device = Some(wish.device);
        launch.lsid = Some(lsid.clone());
    }
    world.wake.notify_one();
    Ok(Json(json!({"lsid": lsid})))
}

/// A pinned session needs nobody at the device: the representative is in it at once.
fn begin(state: &mut State, key: &str, representative: u32, customer: &str, by: &str) -> Result<String, String> {
    let now = state.now();
    let lsid = sessions::start(state, key, Queue::Representative(representative), customer, now);
    sessions::step(state, &lsid, &Step::joining(by), now)?;
    Ok(lsid)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DeviceChange {
    hostname: Option<String>,
    comments: Option<String>,
    tag: Option<String>,
    customer: Option<String>,
}

/// Changes a device, or makes one.
async fn device(Shared(world): Shared<Arc<World>>, Path(id): Path<u32>, Json(change): Json<DeviceChange>) -> Json<Value> {
    let mut state = world.state();
    if !state.devices.iter().any(|device| device.id == id) {
        let none = String::new;
        let (public_ip, private_ip) = ("203.0.113.18".to_owned(), format!("10.18.4.{id}"));
        state.devices.push(Device {
            id,
            hostname: format!("DEVICE-{id}"),
            comments: none(),
            tag: none(),
            public_ip,
            private_ip,
            customer: none(),
        });
    }
    let Some(device) = state.devices.iter_mut().find(|device| device.id == id) else { return Json(json!({})) };
    let fields = [
        (&mut device.hostname, change.hostname),
        (&mut device.comments, change.comments),
        (&mut device.tag, change.tag),
        (&mut device.customer, change.customer),
    ];
    for (field, value) in fields {
        if let Some(value) = value {
            *field = value;
        }
    }
    Json(device.shown())
}
