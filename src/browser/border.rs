//! What crosses between Rust and JavaScript, whatever it is about: values as plain objects.

use js_sys::{Error, JSON};
use serde::Serialize;
use wasm_bindgen::JsValue;

/// A value as a plain object. One JSON text crosses the border instead of many small calls.
pub(super) fn give(value: &impl Serialize) -> Result<JsValue, JsValue> {
    let text = serde_json::to_string(value).map_err(|error| JsValue::from(Error::new(&error.to_string())))?;
    JSON::parse(&text)
}
