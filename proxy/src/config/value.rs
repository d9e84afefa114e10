//! The forms in which values stand in `proxy.toml`: an empty text means "not set", durations are written `90s`, lists may
//! come from an environment variable with commas. No meaning is checked here.

use halo_remote_support::rules::link::HttpsUrl;
use serde::{Deserialize, Deserializer, de::Error as _};
use std::{net::SocketAddr, path::PathBuf, str::FromStr, time::Duration};

/// A setting that an empty text leaves unset.
#[derive(Clone, Debug)]
pub struct Optional<T>(pub Option<T>);

impl<T> Default for Optional<T> {
    fn default() -> Self {
        Self(None)
    }
}

/// What can be written as one text.
pub trait Text: Sized {
    /// Reads it; the error says what was expected.
    fn read(text: &str) -> Result<Self, String>;
}

impl<'de, T: Text> Deserialize<'de> for Optional<T> {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        match plain(input)? {
            text if text.trim().is_empty() => Ok(Self(None)),
            text => T::read(text.trim()).map(|value| Self(Some(value))).map_err(D::Error::custom),
        }
    }
}

/// A text or a whole number: an environment variable makes no difference between them.
fn plain<'de, D: Deserializer<'de>>(input: D) -> Result<String, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Plain {
        Text(String),
        Number(i64),
    }
    match Plain::deserialize(input).map_err(|_| D::Error::custom("must be a text in quotes"))? {
        Plain::Text(text) => Ok(text),
        Plain::Number(number) => Ok(number.to_string()),
    }
}

impl Text for String {
    fn read(text: &str) -> Result<Self, String> {
        Ok(text.to_owned())
    }
}
impl Text for PathBuf {
    fn read(text: &str) -> Result<Self, String> {
        Ok(Self::from(text))
    }
}
impl Text for SocketAddr {
    fn read(text: &str) -> Result<Self, String> {
        Self::from_str(text).map_err(|_| format!("is \"{text}\", not an IP address with a port such as 127.0.0.1:8082"))
    }
}
impl Text for HttpsUrl {
    fn read(text: &str) -> Result<Self, String> {
        Self::parse(text).map_err(|wrong| format!("is \"{text}\": {wrong}"))
    }
}
impl Text for u32 {
    fn read(text: &str) -> Result<Self, String> {
        text.parse().map_err(|_| format!("is \"{text}\", not a whole number"))
    }
}
impl Text for Duration {
    fn read(text: &str) -> Result<Self, String> {
        humantime::parse_duration(text).map_err(|_| format!("is \"{text}\", not a duration such as 500ms, 90s, 2m or 72h"))
    }
}

/// A list; from the environment also as one text with commas.
#[derive(Clone, Debug)]
pub struct List<T>(pub Option<Vec<T>>);

impl<T> Default for List<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<'de, T: Text> Deserialize<'de> for List<T> {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Items {
            Many(Vec<String>),
            One(String),
        }
        let items = match Items::deserialize(input).map_err(|_| D::Error::custom("must be a list such as [\"…\", \"…\"]"))? {
            Items::Many(items) => items,
            Items::One(text) => text.split(',').map(str::to_owned).filter(|item| !item.trim().is_empty()).collect(),
        };
        items.iter().map(|item| T::read(item.trim())).collect::<Result<_, _>>().map(|items| Self(Some(items))).map_err(D::Error::custom)
    }
}

/// One of a few words.
#[derive(Clone, Debug)]
pub struct Word<T>(pub T);

impl<T: Default> Default for Word<T> {
    fn default() -> Self {
        Self(T::default())
    }
}

impl<'de, T: Default + Deserialize<'de>> Deserialize<'de> for Word<T> {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        T::deserialize(input).map(Self).map_err(|error| {
            // serde: unknown variant `xml`, expected `text` or `json`
            let text = error.to_string();
            D::Error::custom(match text.split_once("expected ") {
                Some((_, words)) => format!("must be {}", words.trim().trim_start_matches("one of ")),
                None => "is not one of the words it may be".to_owned(),
            })
        })
    }
}

/// Where a secret is; never the secret itself.
#[derive(Clone, Debug)]
pub enum SecretPlace {
    /// In a file.
    File(PathBuf),
    /// In an environment variable.
    Env(String),
}

impl<'de> Deserialize<'de> for SecretPlace {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        const FORM: &str = "must be { file = \"…\" } or { env = \"…\" }";
        match toml::Value::deserialize(input).map_err(|_| D::Error::custom(FORM))? {
            toml::Value::String(_) => Err(D::Error::custom(
                "holds the secret itself, and proxy.toml is not the place for secrets: it must be { file = \"…\" } or { env = \"…\" }",
            )),
            toml::Value::Table(table) => {
                let mut entries = table.into_iter();
                match (entries.next(), entries.next()) {
                    (Some((key, toml::Value::String(text))), None) if !text.trim().is_empty() => match key.as_str() {
                        "file" => Ok(Self::File(PathBuf::from(text.trim()))),
                        "env" => Ok(Self::Env(text.trim().to_owned())),
                        _ => Err(D::Error::custom(FORM)),
                    },
                    _ => Err(D::Error::custom(FORM)),
                }
            }
            _ => Err(D::Error::custom(FORM)),
        }
    }
}
