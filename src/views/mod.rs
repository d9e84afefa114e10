//! What people see: state -> view model -> template -> HTML. No I/O, no JavaScript.

pub mod answer;
#[cfg(feature = "panels")]
pub mod chats;
#[cfg(feature = "check")]
pub mod check;
#[cfg(feature = "panels")]
pub mod invite;
#[cfg(feature = "panels")]
pub mod link;
mod mail;
mod pages;
#[cfg(feature = "panels")]
pub mod panel;
#[cfg(feature = "panels")]
pub mod pinned;
mod sign_in;
