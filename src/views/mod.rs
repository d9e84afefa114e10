//! What people see: state -> view model -> template -> HTML. No I/O, no JavaScript.

#[cfg(feature = "check")]
pub mod check;
#[cfg(feature = "panels")]
pub mod invite;
mod mail;
mod pages;
mod sign_in;
#[cfg(feature = "panels")]
mod time;
