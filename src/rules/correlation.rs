//! Which ticket or chat an external key names, and what our own keys look like. Whether we issued a code is known to the
//! proxy alone and is handed in.

use super::words::{ChatId, TicketId, WrongWord};
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// The ten random Crockford base-32 characters of an invite or launch; upper case, `O`, `I`, `L` read as `0`, `1`, `1`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Code(String);

impl Code {
    /// A code from 50 random bits (the low ones count).
    #[must_use]
    pub fn from_bits(bits: u64) -> Self {
        let _ = bits;
        Self(String::new())
    }
    /// The ten characters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}
impl FromStr for Code {
    type Err = WrongWord;
    fn from_str(text: &str) -> Result<Self, WrongWord> {
        Ok(Self(text.to_owned()))
    }
}
impl TryFrom<String> for Code {
    type Error = WrongWord;
    fn try_from(text: String) -> Result<Self, WrongWord> {
        text.parse()
    }
}
impl From<Code> for String {
    fn from(code: Code) -> Self {
        code.0
    }
}
impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What an external key says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", tag = "kind")]
pub enum ExternalKey {
    /// `1161.7K3M9QX2DH`.
    Ticket {
        /// Which ticket.
        ticket: TicketId,
        /// Our code.
        code: Code,
    },
    /// `chat-640.7K3M9QX2DH`.
    Chat {
        /// Which chat.
        chat: ChatId,
        /// Our code.
        code: Code,
    },
    /// A ticket number typed by a technician: `2044`, `#2044`, `NHD0001161`.
    Typed {
        /// Which ticket.
        ticket: TicketId,
    },
    /// Anything else: unlinked, never guessed.
    Other {
        /// As it stood, trimmed.
        text: String,
    },
    /// No key.
    Empty,
}

impl ExternalKey {
    /// Reads a key; `prefix` is the displayed ticket number's prefix (may be empty).
    #[must_use]
    pub fn read(text: Option<&str>, prefix: &str) -> Self {
        let _ = (text, prefix);
        Self::Empty
    }
}
impl fmt::Display for ExternalKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ticket { ticket, code } => write!(f, "{ticket}.{code}"),
            Self::Chat { chat, code } => write!(f, "chat-{chat}.{code}"),
            Self::Typed { ticket } => write!(f, "{ticket}"),
            Self::Other { text } => f.write_str(text),
            Self::Empty => Ok(()),
        }
    }
}
