//! Halo's lists: an envelope with a key of its own and, when pages are asked for, their numbers; at most 100 to a page.

use axum::{
    Json,
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};
use std::collections::HashMap;

const LARGEST_PAGE: usize = 100;
const USUAL_PAGE: usize = 50;

/// Query parameters.
pub type Asked = HashMap<String, String>;

/// Whether a parameter says yes.
pub fn wants(asked: &Asked, name: &str) -> bool {
    asked.get(name).is_some_and(|value| value.eq_ignore_ascii_case("true") || value == "1")
}

/// The part of a list that was asked for, in its envelope.
pub fn enveloped(asked: &Asked, key: &str, items: Vec<Value>) -> Response {
    let number = |name: &str| asked.get(name).and_then(|text| text.parse::<usize>().ok());
    let total = items.len();
    let mut envelope = json!({"record_count": total});
    let chosen: Vec<Value> = if wants(asked, "pageinate") {
        let size = number("page_size").unwrap_or(USUAL_PAGE).clamp(1, LARGEST_PAGE);
        let page = number("page_no").unwrap_or(1).max(1);
        envelope["page_no"] = json!(page);
        envelope["page_size"] = json!(size);
        items.into_iter().skip((page - 1).saturating_mul(size)).take(size).collect()
    } else {
        let count = number("count").unwrap_or(total);
        items.into_iter().take(count).collect()
    };
    envelope[key] = json!(chosen);
    Json(envelope).into_response()
}

/// Whether any of these fields holds the text that is searched for.
pub fn found(asked: &Asked, item: &Value, fields: &[&str]) -> bool {
    let Some(search) = asked.get("search").map(|text| text.to_lowercase()) else { return true };
    fields.iter().any(|field| item[field].as_str().is_some_and(|text| text.to_lowercase().contains(&search)))
}

/// Whether a field is the number a parameter asks for, or nothing is asked.
pub fn is_asked_for(asked: &Asked, item: &Value, field: &str) -> bool {
    asked.get(field).is_none_or(|id| id.parse::<u64>().ok() == item[field].as_u64())
}
