//! The decisions of the product, one room per question. Pure: no I/O, clock, randomness, environment, JavaScript or
//! async; they run in the browser and in the proxy from this one source.

pub mod automatic;
pub mod correlation;
pub mod directory;
pub mod disposition;
pub mod email;
pub mod failure;
pub mod lifecycle;
pub mod likely;
pub mod link;
pub mod names;
pub mod note;
pub mod pinned;
pub mod report;
pub mod routing;
pub mod settings;
pub mod template;
pub mod transcript;
pub mod wording;
pub mod words;
