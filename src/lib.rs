//! BeyondTrust Remote Support inside Halo: the decisions ([`rules`]), what people see ([`views`]), the words that plugin
//! and proxy exchange ([`api`]), and the browser side, which exists on wasm32 only. No I/O outside `browser`.

pub mod api;
pub mod rules;
#[cfg(feature = "views")]
pub mod views;

#[cfg(all(target_arch = "wasm32", any(feature = "panels", feature = "check", feature = "functions")))]
pub mod browser;
