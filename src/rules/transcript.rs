//! What of a session may whom see: the chat, files and notes as lines for a reader. Words and HTML are `note`'s.

use super::{
    report::{Event, Party, Session, SessionRepresentative},
    words::UnixSeconds,
};
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

/// Events in which a file changed hands; failed transfers and files deleted on the spot are not among them.
const TRANSFERS: &[&str] = &["File Upload", "File Download", "Files Shared"];

/// Chooses what this reader may see.
#[must_use]
pub fn for_reader(session: &Session, reader: Reader) -> Transcript {
    let people = People { session, reader };
    let mut transcript = Transcript::default();
    for event in &session.events {
        match (&*event.kind, &event.body) {
            ("Chat Message", Some(text)) => transcript.lines.extend(people.line(event, people.kind(event), text)),
            ("Session Note Added", Some(text)) if reader == Reader::Agents => {
                transcript.notes.extend(people.line(event, LineKind::Internal, text))
            }
            (kind, _) if TRANSFERS.contains(&kind) => {
                transcript.files.extend(event.files.iter().map(|(name, bytes)| people.file(event, name, *bytes)))
            }
            _ => {}
        }
    }
    transcript
}

/// The people of a session as one reader may know them.
struct People<'a> {
    session: &'a Session<'a>,
    reader: Reader,
}

impl People<'_> {
    /// `None` when the reader may not see the line.
    fn line(&self, event: &Event, kind: LineKind, text: &str) -> Option<Line> {
        if kind == LineKind::Internal && self.reader == Reader::Customers {
            return None;
        }
        Some(Line { at: event.at, speaker: self.name(event.by.as_ref()), kind, text: text.to_owned() })
    }

    fn file(&self, event: &Event, name: &str, bytes: Option<u64>) -> FileLine {
        let name = match self.reader {
            Reader::Agents => name,
            Reader::Customers => name.rsplit(['/', '\\']).next().unwrap_or(name),
        };
        FileLine { at: event.at, by: self.name(event.by.as_ref()), name: name.to_owned(), bytes }
    }

    fn kind(&self, event: &Event) -> LineKind {
        match (&event.by, &event.to) {
            (Some(by), Some(to)) if self.is_representative(by) && self.is_representative(to) => LineKind::Internal,
            (Some(by), _) if by.role != "system" => LineKind::Chat,
            _ => LineKind::System,
        }
    }

    fn is_representative(&self, party: &Party) -> bool {
        party.role == "representative" || (party.role.is_empty() && self.representative(party).is_some())
    }

    fn representative(&self, party: &Party) -> Option<&SessionRepresentative> {
        let gsnumber = party.gsnumber.as_deref()?;
        self.session.representatives.iter().find(|representative| representative.gsnumber.as_deref() == Some(gsnumber))
    }

    /// Customers know a representative by the public name only.
    fn name(&self, party: Option<&Party>) -> String {
        let Some(party) = party else { return String::new() };
        let public = match self.reader {
            Reader::Customers => self.representative(party).map(SessionRepresentative::public_name),
            Reader::Agents => None,
        };
        public.unwrap_or(&party.name).to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::report::{self, Limits, tests::fixtures};

    fn session(bytes: &[u8]) -> Session<'_> {
        report::read(bytes, &Limits::default()).sessions.remove(0)
    }

    fn told(transcript: &Transcript) -> Vec<String> {
        let lines = transcript.lines.iter().map(|line| format!("{:?} {}: {}", line.kind, line.speaker, line.text));
        let files = transcript.files.iter().map(|file| format!("{} {} {:?}", file.by, file.name, file.bytes));
        let notes = transcript.notes.iter().map(|note| format!("note {}: {}", note.speaker, note.text));
        lines.chain(files).chain(notes).collect()
    }

    #[test]
    fn agents_see_everything() {
        assert_eq!(
            told(&for_reader(&session(fixtures::LINKED), Reader::Agents)),
            [
                "Chat Ann Keller: Good morning Connor, I am having a look at your mailbox.",
                "Chat Connor Blake: Thanks! It says <quota> & then stops.",
                "Chat Ann Keller: Old mail is archived now.\nPlease start Outlook again.",
                "Chat Connor Blake: Works :-)",
                "Ann Keller C:\\Users\\akeller\\tools\\archive-mail.zip Some(48211)",
                "Ann Keller /home/cblake/logs/outlook.log Some(730)",
                "Ann Keller settings.xml None",
                "note Ann Keller: Mailbox was full; archived 2024.",
            ]
        );
    }

    #[test]
    fn customers_see_no_paths_no_notes_and_public_names() {
        assert_eq!(
            told(&for_reader(&session(fixtures::LINKED), Reader::Customers)),
            [
                "Chat Ann K.: Good morning Connor, I am having a look at your mailbox.",
                "Chat Connor Blake: Thanks! It says <quota> & then stops.",
                "Chat Ann K.: Old mail is archived now.\nPlease start Outlook again.",
                "Chat Connor Blake: Works :-)",
                "Ann K. archive-mail.zip Some(48211)",
                "Ann K. outlook.log Some(730)",
                "Ann K. settings.xml None",
            ]
        );
    }

    #[test]
    fn customers_never_see_what_representatives_say_to_each_other() {
        let mut handover = session(fixtures::HANDOVER);
        let kinds = |session: &Session, reader| for_reader(session, reader).lines.iter().map(|line| line.kind).collect::<Vec<_>>();
        use LineKind::{Chat, Internal, System};
        for roles_told in [true, false] {
            assert_eq!(kinds(&handover, Reader::Agents), [Chat, Internal, Chat, System], "roles told: {roles_told}");
            assert_eq!(kinds(&handover, Reader::Customers), [Chat, Chat, System], "roles told: {roles_told}");
            for party in
                handover.events.iter_mut().flat_map(|event| [&mut event.by, &mut event.to]).flatten().filter(|party| party.role != "system")
            {
                party.role.to_mut().clear();
            }
        }
    }
}
