//! What we write on the ticket or into the chat: HTML with a fixed set of tags, every value escaped, each note with its
//! visible marker. Whether and where it is written is decided elsewhere.

use super::wording::Language;
use super::{disposition::Disposition, report::Session, routing::Routing, transcript::Reader, words::Lsid};

/// How the note relates to its author in Halo.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Authorship {
    /// Halo will show the technician as the author.
    Technician,
    /// Somebody else will be the author: the first line names the technician.
    Named,
}

/// The text that stands in a note and finds it again: `Remote session <lsid>`.
#[must_use]
pub fn session_marker(lsid: &Lsid) -> String {
    format!("Remote session {lsid}")
}

/// The note for a finished session.
#[must_use]
pub fn session_note(session: &Session, disposition: &Disposition, reader: Reader, authorship: Authorship, language: Language) -> String {
    let _ = (session, disposition, reader, authorship, language);
    String::new()
}

/// What an invite's audit action says.
#[derive(Clone, Debug)]
pub struct InviteNote<'a> {
    /// Recipient of the mail.
    pub email: &'a str,
    /// How it was routed.
    pub routing: &'a Routing,
    /// Our code: finds the action again.
    pub code: &'a super::correlation::Code,
    /// The code the customer may type.
    pub session_code: Option<&'a str>,
    /// When the key stops working.
    pub expires: Option<i64>,
}

/// The note of the audit action "Remote Session Invite". Holds the code, never the link.
#[must_use]
pub fn invite_note(note: &InviteNote<'_>, language: Language) -> String {
    let _ = (note, language);
    String::new()
}
