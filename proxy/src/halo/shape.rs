//! Halo's shapes: anything may be null or missing, numbers may come as text or as `33.0`, dates that are not set say 1899,
//! lists come bare or in one of several envelopes. Nothing is decided from them here.

use halo_remote_support::rules::words::UnixSeconds;
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

/// A text; a number is taken as text, and blank is none.
pub fn text<'de, D: Deserializer<'de>>(input: D) -> Result<Option<String>, D::Error> {
    Ok(match Value::deserialize(input)? {
        Value::String(text) => Some(text).filter(|text| !text.trim().is_empty()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    })
}

/// A flag: true, 1, "true".
pub fn flag<'de, D: Deserializer<'de>>(input: D) -> Result<Option<bool>, D::Error> {
    Ok(match Value::deserialize(input)? {
        Value::Bool(flag) => Some(flag),
        Value::Number(number) => number.as_f64().map(|number| number != 0.0),
        Value::String(text) => match text.trim().to_ascii_lowercase().as_str() {
            "true" | "1" => Some(true),
            "false" | "0" => Some(false),
            _ => None,
        },
        _ => None,
    })
}

/// An id: a positive whole number, also as `33.0` or `"33"`. 0 and below mean nobody.
pub fn id<'de, D: Deserializer<'de>>(input: D) -> Result<Option<u32>, D::Error> {
    Ok(match Value::deserialize(input)? {
        Value::Number(number) => {
            number.as_u64().or_else(|| number.as_f64().filter(|n| n.fract() == 0.0).and_then(|n| format!("{n:.0}").parse().ok()))
        }
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
    .and_then(|id| u32::try_from(id).ok())
    .filter(|id| *id != 0))
}

/// A date that is set: Halo writes 1899-12-30 or 1900-01-01 for one that is not.
pub fn date<'de, D: Deserializer<'de>>(input: D) -> Result<Option<String>, D::Error> {
    Ok(text(input)?.filter(|date| date.get(..4).and_then(|year| year.parse::<u32>().ok()).is_some_and(|year| year > 1900)))
}

/// A moment that is set, in seconds since 1970. Halo's times without a zone are UTC.
pub fn time<'de, D: Deserializer<'de>>(input: D) -> Result<Option<UnixSeconds>, D::Error> {
    let read = |text: String| {
        let with_zone = OffsetDateTime::parse(&text, &Rfc3339).ok();
        with_zone.or_else(|| OffsetDateTime::parse(&format!("{text}Z"), &Rfc3339).ok())
    };
    Ok(date(input)?.and_then(read).map(OffsetDateTime::unix_timestamp))
}

/// Custom fields by their number, as people see their values. Blank ones are left out.
pub fn custom_fields<'de, D: Deserializer<'de>>(input: D) -> Result<Vec<(u32, String)>, D::Error> {
    #[derive(Deserialize)]
    struct Field {
        #[serde(default, deserialize_with = "id")]
        id: Option<u32>,
        #[serde(default)]
        value: Value,
        #[serde(default, deserialize_with = "text")]
        display: Option<String>,
    }
    let words = |value: &Value| match value {
        Value::Bool(flag) => Some(flag.to_string()),
        value => text(value).ok().flatten(),
    };
    let Value::Array(fields) = Value::deserialize(input)? else { return Ok(Vec::new()) };
    let fields = fields.into_iter().filter_map(|field| serde_json::from_value::<Field>(field).ok());
    Ok(fields.filter_map(|field| Some((field.id?, field.display.or_else(|| words(&field.value))?))).collect())
}

/// A list and how long Halo says it is.
#[derive(Debug)]
pub struct Listed {
    /// What came.
    pub items: Vec<Value>,
    /// `record_count` of the envelope.
    pub count: Option<usize>,
}

/// A bare array, an envelope with this key, or the first array of the envelope that is not `columns`; a single object is
/// a list of one. `None` for anything else.
pub fn list(value: Value, key: &str) -> Option<Listed> {
    match value {
        Value::Array(items) => Some(Listed { items, count: None }),
        Value::Object(mut fields) => {
            let count = fields.get("record_count").and_then(Value::as_u64).and_then(|count| usize::try_from(count).ok());
            if fields.contains_key("id") {
                return Some(Listed { items: vec![Value::Object(fields)], count: None });
            }
            let key = match fields.get(key) {
                Some(Value::Array(_)) => key.to_owned(),
                _ => fields
                    .iter()
                    .find(|(name, value)| value.is_array() && *name != "columns")
                    .map(|(name, _)| name.clone())
                    .unwrap_or_default(),
            };
            match fields.remove(&key) {
                Some(Value::Array(items)) => Some(Listed { items, count }),
                _ if count == Some(0) => Some(Listed { items: Vec::new(), count }),
                _ => None,
            }
        }
        Value::Null => Some(Listed { items: Vec::new(), count: None }),
        _ => None,
    }
}

/// A single object, also as a list of one.
pub fn single(value: Value) -> Option<Value> {
    match value {
        Value::Object(_) => Some(value),
        Value::Array(items) => match <[Value; 1]>::try_from(items) {
            Ok([one @ Value::Object(_)]) => Some(one),
            _ => None,
        },
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn lists_come_in_several_envelopes() {
        let cases = [
            (json!([1, 2]), Some((2, None))),
            (json!({"record_count": 5, "actions": [1, 2]}), Some((2, Some(5)))),
            (json!({"record_count": 2, "columns": [9], "results": [1, 2]}), Some((2, Some(2)))),
            (json!({"record_count": 0, "actions": null}), Some((0, Some(0)))),
            (json!({"id": 3, "teams": [1, 2]}), Some((1, None))),
            (json!(null), Some((0, None))),
            (json!({"message": "x"}), None),
            (json!("x"), None),
        ];
        for (value, expected) in cases {
            assert_eq!(list(value.clone(), "actions").map(|listed| (listed.items.len(), listed.count)), expected, "{value}");
        }
    }

    #[test]
    fn times_are_read_with_and_without_a_zone() {
        #[derive(Deserialize)]
        struct Odd {
            #[serde(default, deserialize_with = "time")]
            time: Option<UnixSeconds>,
        }
        for (text, expected) in [
            (json!("2026-01-05T09:41:02.517Z"), Some(1_767_606_062)),
            (json!("2026-01-05T09:41:02.517"), Some(1_767_606_062)),
            (json!("2026-01-05T10:41:02+01:00"), Some(1_767_606_062)),
            (json!("1899-12-30T00:00:00"), None),
            (json!("yesterday"), None),
            (json!(null), None),
        ] {
            let odd: Odd = serde_json::from_value(json!({"time": text})).unwrap();
            assert_eq!(odd.time, expected, "{text}");
        }
    }

    #[test]
    fn ids_flags_and_dates_are_read_as_halo_writes_them() {
        #[derive(Deserialize)]
        struct Odd {
            #[serde(default, deserialize_with = "id")]
            id: Option<u32>,
            #[serde(default, deserialize_with = "flag")]
            flag: Option<bool>,
            #[serde(default, deserialize_with = "date")]
            date: Option<String>,
        }
        for (value, expected) in [
            (json!({"id": 33.0, "flag": 1, "date": "2026-01-05T09:41:00Z"}), (Some(33), Some(true), true)),
            (json!({"id": "33", "flag": "false", "date": "1899-12-30T00:00:00"}), (Some(33), Some(false), false)),
            (json!({"id": 0, "flag": null, "date": "1900-01-01T00:00:00"}), (None, None, false)),
            (json!({"id": -1, "flag": [], "date": null}), (None, None, false)),
            (json!({"id": 33.5, "flag": {}, "date": 7}), (None, None, false)),
            (json!({}), (None, None, false)),
        ] {
            let odd: Odd = serde_json::from_value(value.clone()).unwrap();
            assert_eq!((odd.id, odd.flag, odd.date.is_some()), expected, "{value}");
        }
    }
}
