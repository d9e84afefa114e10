//! What people see: state -> view model -> template -> HTML. No I/O, no JavaScript.

#[cfg(feature = "panels")]
pub mod invite;
#[cfg(feature = "panels")]
mod mail;
mod pages;
#[cfg(feature = "panels")]
mod time;
