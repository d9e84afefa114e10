//! Files that come with an action: kept as bytes, apart from the action, which only counts them.

use super::{
    State, World,
    access::{Answer, Caller, Refusal, say},
    lists::{Asked, enveloped, is_asked_for},
    nothing, now,
    tickets::{may_see, number},
};
use axum::{
    Json,
    extract::{Path, Query, State as Shared},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use serde_json::{Value, json};
use std::sync::Arc;

/// So much of a file's text is in the ledger.
const SHOWN: usize = 100 << 10;
const UNKNOWN_TYPE: &str = "application/octet-stream";

/// A file that came.
pub(super) struct File {
    name: String,
    kind: String,
    data: Vec<u8>,
}

/// A file that is kept, with whose it is.
pub(crate) struct Attachment {
    fields: Value,
    file: File,
}

impl Attachment {
    /// For the ledger.
    pub(super) fn shown(&self) -> Value {
        let text = String::from_utf8_lossy(&self.file.data);
        let end = text.floor_char_boundary(SHOWN);
        json!({
            "ticket_id": self.fields["ticket_id"], "action_id": self.fields["action_id"], "filename": self.file.name, "bytes": self.file.data.len(),
            "text": text.get(..end),
        })
    }

    fn is_of(&self, action: &Value) -> bool {
        self.fields["ticket_id"] == action["ticket_id"] && self.fields["action_id"] == action["id"]
    }
}

fn refuse(text: String) -> Refusal {
    (StatusCode::BAD_REQUEST, Json(json!({"Message": text}))).into()
}

/// The files of an action that is posted; where one is not taken, none is. Whether a data URL or bare base64 is meant is not
/// documented: both are read. The limit, and that it counts per file, is assumed.
pub(super) fn read(state: &State, new: &Value) -> Result<Vec<File>, Refusal> {
    let limit = state.settings.get("attachment_limit").as_u64().and_then(|limit| usize::try_from(limit).ok());
    let file = |given: &Value| {
        let name =
            given["filename"].as_str().filter(|name| !name.is_empty()).ok_or_else(|| refuse("A filename is required.".to_owned()))?;
        let text = given["data_base64"].as_str().unwrap_or_default();
        let (address, base64) = text.strip_prefix("data:").and_then(|rest| rest.split_once(";base64,")).unwrap_or(("", text));
        let data = BASE64_STANDARD.decode(base64).map_err(|_| refuse(format!("The attachment {name} could not be read.")))?;
        if limit.is_some_and(|limit| data.len() > limit) {
            return Err(refuse(format!("The attachment {name} is larger than this system allows.")));
        }
        let kind = given["content_type"].as_str().unwrap_or(if address.is_empty() { UNKNOWN_TYPE } else { address });
        Ok(File { name: name.to_owned(), kind: kind.to_owned(), data })
    };
    new["attachments"].as_array().into_iter().flatten().map(file).collect()
}

/// Keeps files for an action; answers how many it has now.
pub(super) fn keep(state: &mut State, action: &Value, files: Vec<File>) -> usize {
    for file in files {
        let last = state.attachments.iter().filter_map(|attachment| attachment.fields["id"].as_u64()).max();
        let fields = json!({
            "id": 1 + last.unwrap_or(0), "ticket_id": action["ticket_id"], "action_id": action["id"], "filename": file.name,
            "content_type": file.kind, "filesize": file.data.len(), "isimage": file.kind.starts_with("image/"), "note": "", "type": 0,
            "datecreated": now(),
        });
        state.attachments.push(Attachment { fields, file });
    }
    state.attachments.iter().filter(|attachment| attachment.is_of(action)).count()
}

/// They go with their action.
pub(super) fn drop_those_of(state: &mut State, action: &Value) {
    state.attachments.retain(|attachment| !attachment.is_of(action));
}

/// Without what they hold.
pub(super) async fn list(Shared(world): Shared<Arc<World>>, caller: Caller, Query(asked): Query<Asked>) -> Response {
    let state = world.state();
    let answer = || -> Answer {
        may_see(&state, &caller, false)?;
        let Some(ticket) = asked.get("ticket_id") else { return Err(refuse("A ticket_id is required.".to_owned())) };
        if !state.tickets.iter().any(|known| known["id"] == number(ticket)) {
            return Ok(nothing());
        }
        let fits = |fields: &&Value| is_asked_for(&asked, fields, "ticket_id") && is_asked_for(&asked, fields, "action_id");
        let chosen = state.attachments.iter().map(|attachment| &attachment.fields).filter(fits);
        Ok(enveloped(&asked, "attachments", chosen.cloned().collect()))
    };
    say(answer())
}

/// What a file holds.
pub(super) async fn one(Shared(world): Shared<Arc<World>>, caller: Caller, Path(id): Path<String>) -> Response {
    let state = world.state();
    let answer = || -> Answer {
        may_see(&state, &caller, false)?;
        let found = state.attachments.iter().find(|attachment| attachment.fields["id"] == number(&id));
        let content = |found: &Attachment| ([(header::CONTENT_TYPE, found.file.kind.clone())], found.file.data.clone()).into_response();
        Ok(found.map_or_else(nothing, content))
    };
    say(answer())
}
