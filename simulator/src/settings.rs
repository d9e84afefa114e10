//! A vendor's switches: one JSON object that `/control/settings` reads and changes by merge patch (RFC 7396, except that a
//! null stays as a null, because "no limit" is a value here). What a switch does is known where it is read.

use serde_json::{Value, json};

/// Merges a change into a settings object: only the parts that are named.
pub fn merge(into: &mut Value, change: &Value) {
    match (into, change) {
        (Value::Object(into), Value::Object(change)) => {
            for (name, value) in change {
                merge(into.entry(name.clone()).or_insert(Value::Null), value);
            }
        }
        (into, change) => *into = change.clone(),
    }
}

/// The switches of one vendor.
pub struct Settings(Value);

impl Settings {
    /// With these at the start.
    pub fn new(start: Value) -> Self {
        Self(start)
    }

    /// All of them.
    pub fn all(&self) -> Value {
        self.0.clone()
    }

    /// Changes those that are named; an unknown name is a test's typing error and is refused.
    pub fn change(&mut self, change: &Value) -> Result<(), String> {
        let known = |name: &String| self.0.get(name).is_some();
        let Some(fields) = change.as_object() else { return Err("settings are an object".to_owned()) };
        if let Some(unknown) = fields.keys().find(|name| !known(name)) {
            return Err(format!("there is no setting {unknown}"));
        }
        merge(&mut self.0, change);
        Ok(())
    }

    /// A part; null when there is none.
    pub fn get(&self, name: &str) -> &Value {
        &self.0[name]
    }

    /// A number; 0 when it is none.
    pub fn number(&self, name: &str) -> i64 {
        self.0[name].as_i64().unwrap_or(0)
    }

    /// A text.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.0[name].as_str()
    }

    /// A switch.
    pub fn is_on(&self, name: &str) -> bool {
        self.0[name] == true
    }

    /// Whether a list holds this.
    pub fn lists(&self, name: &str, item: impl Into<Value>) -> bool {
        let item = json!(item.into());
        self.0[name].as_array().is_some_and(|list| list.contains(&item))
    }
}
