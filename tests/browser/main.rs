//! What needs a browser: the exports as a page calls them, and the panels' controller with a proxy that is played
//! by the page's own `fetch`. The shim is proved by the page tests.

#![cfg(target_arch = "wasm32")]
// clippy.toml allows this in `#[test]` functions, which these are not by name.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

mod exports;
mod names;
mod panel;

wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);
