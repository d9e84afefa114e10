//! What must hold for any input, one function per target. Finds no inputs itself: `cargo xtask fuzz` looks for one that
//! breaks a promise, and `proxy/tests/corpus.rs` runs those in `corpus/` through the same functions.

mod event_form;
mod external_key;
mod link_builder;
mod report;
mod template;

pub use event_form::event_form;
pub use external_key::external_key;
pub use link_builder::link_builder;
pub use report::report;
pub use template::template;

/// The name of a target and of its folder in `corpus/`, and what must hold.
pub type Target = (&'static str, fn(&[u8]));

/// Every target.
pub const TARGETS: [Target; 5] = [
    ("event_form", event_form),
    ("external_key", external_key),
    ("link_builder", link_builder),
    ("report", report),
    ("template", template),
];
