//! What needs a browser: the exports as a page calls them, and the invite panel's controller with a proxy that is played
//! by the page's own `fetch`. The shim is proved by the page tests.

#![cfg(target_arch = "wasm32")]

mod exports;
mod invite;

wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);
