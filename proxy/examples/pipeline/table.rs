//! What was measured, as `tests/bench/tables.mjs` takes it. Judges nothing.

use serde::{Serialize, Serializer};

/// Rows in the order they are shown in.
pub type Rows<T> = Vec<(&'static str, T)>;

#[derive(Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Table {
    pub title: String,
    /// What the samples are, unless they are milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<&'static str>,
    /// The row that the others are compared with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub base: Option<&'static str>,
    #[serde(serialize_with = "in_order")]
    pub samples: Rows<Vec<f64>>,
    #[serde(serialize_with = "in_order")]
    pub at_least: Rows<f64>,
    #[serde(serialize_with = "in_order")]
    pub at_most: Rows<f64>,
}

fn in_order<T: Serialize, S: Serializer>(rows: &Rows<T>, to: S) -> Result<S::Ok, S::Error> {
    to.collect_map(rows.iter().map(|(name, value)| (name, value)))
}

impl Table {
    pub fn print(&self) {
        println!("{}", serde_json::to_string(self).unwrap());
    }
}
