//! BeyondTrust's name for a session. Parsing only.

use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// A text that is no session id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotAnLsid;

impl fmt::Display for NotAnLsid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("this is not a session id (32 hexadecimal digits)")
    }
}
impl std::error::Error for NotAnLsid {}

/// BeyondTrust's logging session id: 32 hexadecimal digits, kept in lower case.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Lsid(String);

impl Lsid {
    /// The 32 digits, lower case.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}
impl FromStr for Lsid {
    type Err = NotAnLsid;
    fn from_str(text: &str) -> Result<Self, NotAnLsid> {
        if text.len() == 32 && text.bytes().all(|b| b.is_ascii_hexdigit()) { Ok(Self(text.to_ascii_lowercase())) } else { Err(NotAnLsid) }
    }
}
impl TryFrom<String> for Lsid {
    type Error = NotAnLsid;
    fn try_from(text: String) -> Result<Self, NotAnLsid> {
        text.parse()
    }
}
impl From<Lsid> for String {
    fn from(lsid: Lsid) -> Self {
        lsid.0
    }
}
impl fmt::Display for Lsid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
