//! Reads what the proxy answered; whatever does not read is a fault of ours, told as one. It asks nothing.

use crate::rules::failure::{Failure, FailureKind};
use serde::de::DeserializeOwned;
use serde_json::Value;

/// Reads an answer.
pub fn read<T: DeserializeOwned>(answer: Result<String, Failure>) -> Result<T, Failure> {
    let unreadable = |error: &serde_json::Error| Failure::new(FailureKind::Internal).with("reference", error);
    // By way of a `Value`: types that are read from nothing else are half as large in the module.
    let value: Value = serde_json::from_str(&answer?).map_err(|error| unreadable(&error))?;
    serde_json::from_value(value).map_err(|error| unreadable(&error))
}
