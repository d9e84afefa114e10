//! What we write on the ticket or into the chat: HTML with a fixed set of tags, every value escaped, each note with its
//! visible marker. Whether and where it is written is decided elsewhere.

mod html;
mod words;

use super::{
    correlation::Code,
    disposition::{Destination, Disposition},
    report::Session,
    routing::Routing,
    settings::Settings,
    template::escape,
    transcript::{self, Reader},
    wording::{Language, Message, say},
    words::{Lsid, UnixSeconds},
};
use html::Html;

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

/// The text that stands in an invite's action or chat message and finds it again: `Invite 7K3M9QX2DH`.
#[must_use]
pub fn invite_marker(code: &Code) -> String {
    format!("Invite {code}")
}

/// A longer transcript is cut, visibly; counted in bytes of its HTML.
const LONGEST_TRANSCRIPT: usize = 200_000;

/// For whom a note is, and what stands in it besides the session.
#[derive(Clone, Copy, Debug)]
pub struct Manner<'a> {
    /// Who reads it.
    pub reader: Reader,
    /// How it relates to its author.
    pub authorship: Authorship,
    /// A line of its own near the top: who linked the session, from where it was moved.
    pub remark: Option<&'a Message>,
    /// The whole transcript goes with it as a file; see [`transcript_file`].
    pub attached: bool,
}

impl Manner<'_> {
    /// The technician's own note, without remark or attachment.
    #[must_use]
    pub const fn of(reader: Reader) -> Self {
        Self { reader, authorship: Authorship::Technician, remark: None, attached: false }
    }
}

/// The note for a finished session.
#[must_use]
pub fn session_note(session: &Session, disposition: &Disposition, manner: Manner<'_>, language: Language) -> String {
    let Manner { reader, authorship, remark, attached } = manner;
    let mut note = Html::new(language);
    let transcript = transcript::for_reader(session, reader);
    if let (Authorship::Named, Some(by)) = (authorship, by(session, disposition, reader)) {
        note.bold_line(by);
    }
    if let Some(remark) = remark {
        note.line(remark.clone());
    }
    if reader == Reader::Agents && matches!(disposition.destination, Destination::Ticket { typed: true, .. }) {
        note.line(Message::new("note.session.typed"));
    }
    note.facts(&facts(session, reader, language));
    note.list("note.session.files", transcript.files.iter().map(|file| words::file(file, language)));
    note.list("note.session.notes", transcript.notes.iter().map(words::spoken));
    note.conversation(&transcript.lines, reader, attached);
    if reader == Reader::Agents {
        note.links(&[("note.link.chat", &session.chat_url), ("note.link.recording", &session.recording_url)]);
    }
    if let Some(lsid) = &session.lsid {
        note.paragraph(&escape(&session_marker(lsid)));
    }
    note.done()
}

/// The whole transcript as plain text, when it is too long for the note: to be attached to it.
#[must_use]
pub fn transcript_file(session: &Session, reader: Reader, language: Language) -> Option<String> {
    let lines = transcript::for_reader(session, reader).lines;
    html::is_cut(&lines, language).then(|| {
        let line = |line: &transcript::Line| {
            let speaker = words::speaker(line, language);
            format!("{} {speaker}: {}\n", words::clock(line.at), line.text.replace("\r\n", "\n"))
        };
        lines.iter().map(line).collect()
    })
}

/// A size for people: `47.1 KB`.
#[must_use]
pub fn size(bytes: u64, language: Language) -> String {
    words::size(bytes, language)
}

/// The note as it would be written for this decision; none when nothing would be.
#[must_use]
pub fn preview(session: &Session<'_>, disposition: &Disposition, settings: &Settings, language: Language) -> Option<String> {
    let reader = match disposition.destination {
        Destination::Ticket { .. } if settings.private_notes => Reader::Agents,
        Destination::Ticket { .. } | Destination::Chat { .. } => Reader::Customers,
        Destination::Stored | Destination::Refused => return None,
    };
    Some(session_note(session, disposition, Manner::of(reader), language))
}

/// Who had the session, for a note whose author is somebody else.
fn by(session: &Session, disposition: &Disposition, reader: Reader) -> Option<Message> {
    Some(match &disposition.owner {
        Some(owner) => Message::new("note.session.by").with("name", &owner.name),
        None => Message::new("note.session.byUnknown").with("name", words::name_for(session.representatives.first()?, reader)),
    })
}

/// The facts of a session as (label, values).
fn facts(session: &Session, reader: Reader, language: Language) -> Vec<(&'static str, Vec<String>)> {
    let time = |at: Option<i64>| at.and_then(words::utc);
    let ended = match session.end {
        Some(_) => time(session.end),
        None => Some(say(language, &Message::new("note.session.notEnded"))),
    };
    vec![
        ("note.session.duration", session.seconds.map(|seconds| words::duration(seconds, language)).into_iter().collect()),
        ("note.session.started", time(session.start).into_iter().collect()),
        ("note.session.ended", ended.into_iter().collect()),
        ("note.session.customer", words::customer(session, reader, language).into_iter().collect()),
        ("note.session.technicians", words::technicians(session, reader, language)),
        ("note.session.teams", session.teams.clone()),
    ]
}

/// What an invite's audit action says.
#[derive(Clone, Debug)]
pub struct InviteNote<'a> {
    /// Recipient of the mail.
    pub email: &'a str,
    /// How it was routed.
    pub routing: &'a Routing,
    /// Our code: finds the action again.
    pub code: &'a Code,
    /// The code the customer may type.
    pub session_code: Option<&'a str>,
    /// When the key stops working.
    pub expires: Option<UnixSeconds>,
}

/// The note of the audit action "Remote Session Invite". Holds the code, never the link.
#[must_use]
pub fn invite_note(invite: &InviteNote<'_>, language: Language) -> String {
    remarked_invite_note([], invite, language)
}

/// The action that says why an automatic invite did not go out.
#[must_use]
pub fn warning_note<'a>(lines: impl IntoIterator<Item = &'a Message>, code: &Code, language: Language) -> String {
    let mut note = Html::new(language);
    lines.into_iter().for_each(|line| note.line(line.clone()));
    note.paragraph(&escape(&invite_marker(code)));
    note.done()
}

/// The same note with lines of its own at the top: who sent it, and what went otherwise than wished.
#[must_use]
pub fn remarked_invite_note<'a>(remarks: impl IntoIterator<Item = &'a Message>, invite: &InviteNote<'_>, language: Language) -> String {
    let mut note = Html::new(language);
    remarks.into_iter().for_each(|remark| note.line(remark.clone()));
    let route = match (&invite.routing.asked, &invite.routing.name) {
        (Some(asked), Some(name)) => Message::new("note.invite.asked").with("asked", asked).with("name", name),
        (None, Some(name)) => Message::new("note.invite.route").with("name", name),
        (_, None) => Message::new("note.invite.noLink").with("reason", say(language, &invite.routing.message)),
    };
    let session_code = invite.session_code.map(|code| Message::new("note.invite.sessionCode").with("code", code));
    let expires = invite.expires.and_then(words::utc).map(|time| Message::new("note.invite.expires").with("time", time));
    for message in
        [Some(Message::new("note.invite.to").with("email", invite.email)), Some(route), session_code, expires].into_iter().flatten()
    {
        note.line(message);
    }
    note.paragraph(&escape(&invite_marker(invite.code)));
    note.done()
}

/// What is posted to a live chat: the rendered template, with a last line that finds the message again.
#[must_use]
pub fn chat_invite(rendered: &str, code: &Code) -> String {
    format!("{rendered}<p>{}</p>", escape(&invite_marker(code)))
}

#[cfg(test)]
mod tests;
