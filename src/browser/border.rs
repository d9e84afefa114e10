//! What crosses between Rust and JavaScript, whatever it is about: values as plain objects, the page's language.

use crate::rules::wording::Language;
use js_sys::{Error, JSON};
use serde::Serialize;
use wasm_bindgen::JsValue;

/// The catalogue's language for a tag such as `en-GB`; English when there is none.
pub(super) fn language(tag: &str) -> Language {
    let primary = tag.split(['-', '_']).next().unwrap_or_default();
    Language::ALL.iter().copied().find(|language| language.tag().eq_ignore_ascii_case(primary)).unwrap_or_default()
}

/// A value as a plain object. One JSON text crosses the border instead of many small calls.
pub(super) fn give(value: &impl Serialize) -> Result<JsValue, JsValue> {
    let text = serde_json::to_string(value).map_err(|error| JsValue::from(Error::new(&error.to_string())))?;
    JSON::parse(&text)
}
