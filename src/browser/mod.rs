//! The browser side: exports, proxy client, element plumbing. Decides nothing: the rules and views do.

mod border;
#[cfg(feature = "check")]
pub mod check;
#[cfg(any(feature = "panels", feature = "check"))]
mod client;
#[cfg(feature = "functions")]
pub mod exports;
#[cfg(feature = "panels")]
mod intl;
#[cfg(feature = "panels")]
pub mod panel;
#[cfg(feature = "functions")]
pub mod session_report;
#[cfg(any(feature = "panels", feature = "check"))]
mod shim;

use wasm_bindgen::prelude::wasm_bindgen;

/// Runs once when the module is loaded: a fault of ours shows its place in the console.
#[wasm_bindgen(start)]
fn start() {
    console_error_panic_hook::set_once();
}

/// NFKC by the browser's own tables.
#[must_use]
pub fn nfkc(text: &str) -> String {
    js_sys::JsString::from(text).normalize("NFKC").into()
}
