//! What all controllers share: what they ask of the shim (`www/plugin/element.js`), and the browser's randomness.

#[cfg(feature = "check")]
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use serde::Serialize;
use serde_json::Value;

/// What the shim is to do now.
#[derive(Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Change {
    /// The panel.
    pub(super) html: String,
    /// Id of the element that gets the focus.
    pub(super) focus: Option<&'static str>,
    /// The sign-in window.
    pub(super) open: Option<Open>,
    /// A page of somebody else, for a tab of its own.
    pub(super) visit: Option<String>,
    /// For the clipboard.
    pub(super) copy: Option<String>,
    /// Name and detail of an event for the page.
    pub(super) emit: Option<(&'static str, Value)>,
    /// Milliseconds and action of the shim's clock.
    pub(super) again: Option<(u32, &'static str)>,
}

#[derive(Serialize)]
pub(super) struct Open {
    pub(super) address: String,
    pub(super) nonce: String,
}

/// Fresh random bytes.
pub(super) fn random() -> [u8; 32] {
    let mut random = [0; 32];
    if let Some(crypto) = web_sys::window().and_then(|window| window.crypto().ok()) {
        // Fails for more than 64 KiB only.
        _ = crypto.get_random_values_with_u8_array(&mut random);
    }
    random
}

/// The same as letters and digits, to bind an answer to its question.
#[cfg(feature = "check")]
pub(super) fn nonce() -> String {
    BASE64_URL_SAFE_NO_PAD.encode(random())
}
