//! What people see: state -> view model -> Handlebars -> HTML. No I/O, no JavaScript.

pub mod invite;
mod mail;
mod pages;
mod time;
