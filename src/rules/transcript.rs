//! What of a session may whom see: the chat, files and notes as lines for a reader. Words and HTML are `note`'s.

use super::{report::Session, words::UnixSeconds};
use serde::{Deserialize, Serialize};

/// Who will read it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Reader {
    /// Agents only: everything.
    Agents,
    /// Customers too: no representative-to-representative line, no address, no file path, no recording link.
    Customers,
}

/// What a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LineKind {
    /// Somebody wrote it in the chat.
    Chat,
    /// The appliance wrote it.
    System,
    /// A representative to a representative.
    Internal,
}

/// One line of the chat.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Line {
    /// When.
    pub at: Option<UnixSeconds>,
    /// Who.
    pub speaker: String,
    /// What kind.
    pub kind: LineKind,
    /// The text; inner newlines kept.
    pub text: String,
}

/// A file that changed hands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FileLine {
    /// When.
    pub at: Option<UnixSeconds>,
    /// Who.
    pub by: String,
    /// Name (for customers without its folders).
    pub name: String,
    /// Bytes, when told.
    pub bytes: Option<u64>,
}

/// What a reader may see, in document order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Transcript {
    /// Chat lines.
    pub lines: Vec<Line>,
    /// Files.
    pub files: Vec<FileLine>,
    /// Session notes by representatives (agents only).
    pub notes: Vec<Line>,
}

/// Chooses what this reader may see.
#[must_use]
pub fn for_reader(session: &Session, reader: Reader) -> Transcript {
    let _ = (session, reader);
    Transcript::default()
}
