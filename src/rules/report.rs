//! What a session report says, and whether it is sound: the room's reader is the crate `remote_support_report`, so that it
//! can be compiled for speed. Here are the words for what it finds.

use super::wording::Message;
pub use remote_support_report::*;

impl From<&Fault> for Message {
    fn from(fault: &Fault) -> Self {
        fault.args.iter().fold(Self::new(fault.code), |message, (name, value)| message.with(name, value))
    }
}

#[cfg(test)]
pub(in crate::rules) mod tests;
