//! Times, sizes and people of a session as words. Plain text: escaping is `html`'s business.

use crate::rules::{
    report::{Session, SessionRepresentative},
    transcript::{FileLine, Line, LineKind, Reader},
    wording::{Language, Message, say},
    words::UnixSeconds,
};
use time::OffsetDateTime;

/// `2026-06-10 10:00:00 UTC`; `None` for a time beyond the calendar.
pub(super) fn utc(at: UnixSeconds) -> Option<String> {
    let time = OffsetDateTime::from_unix_timestamp(at).ok()?;
    let (year, month, day) = (time.year(), u8::from(time.month()), time.day());
    Some(format!("{year:04}-{month:02}-{day:02} {} UTC", clock(Some(at))))
}

/// `10:00:50` in UTC, or dashes of the same width.
pub(super) fn clock(at: Option<UnixSeconds>) -> String {
    match at.and_then(|at| OffsetDateTime::from_unix_timestamp(at).ok()) {
        Some(time) => format!("{:02}:{:02}:{:02}", time.hour(), time.minute(), time.second()),
        None => "--:--:--".to_owned(),
    }
}

/// `15 min 25 s`.
pub(super) fn duration(seconds: u64, language: Language) -> String {
    let (hours, minutes, rest) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    let message = match (hours, minutes) {
        (0, 0) => Message::new("note.duration.seconds"),
        (0, _) => Message::new("note.duration.minutes"),
        _ => Message::new("note.duration.hours"),
    };
    say(language, &message.with("hours", hours).with("minutes", minutes).with("seconds", rest))
}

/// `47.1 KB`.
pub(super) fn size(bytes: u64, language: Language) -> String {
    const STEPS: &[(u64, &str)] = &[(1 << 30, "note.size.gigabytes"), (1 << 20, "note.size.megabytes"), (1 << 10, "note.size.kilobytes")];
    let message = match STEPS.iter().find(|(step, _)| bytes >= *step) {
        Some((step, code)) => Message::new(code).with("count", format!("{}.{}", bytes / step, bytes % step * 10 / step)),
        None => Message::new("note.size.bytes").with("count", bytes),
    };
    say(language, &message)
}

/// `archive.zip (47.1 KB), Ann Keller`.
pub(super) fn file(file: &FileLine, language: Language) -> String {
    let message = match file.bytes {
        Some(bytes) => Message::new("note.session.fileSized").with("size", size(bytes, language)),
        None => Message::new("note.session.file"),
    };
    say(language, &message.with("name", &file.name).with("by", &file.by))
}

/// `10:00:50 Ann Keller: text`.
pub(super) fn spoken(line: &Line) -> String {
    format!("{} {}: {}", clock(line.at), line.speaker, line.text)
}

/// Who speaks; what technicians say to each other is marked.
pub(super) fn speaker(line: &Line, language: Language) -> String {
    match line.kind {
        LineKind::Internal => say(language, &Message::new("note.session.internal").with("name", &line.speaker)),
        LineKind::Chat | LineKind::System => line.speaker.clone(),
    }
}

/// The name this reader may know.
pub(super) fn name_for(representative: &SessionRepresentative, reader: Reader) -> &str {
    match reader {
        Reader::Agents => representative.shown_name(),
        Reader::Customers => representative.public_name(),
    }
}

/// Each technician with the time in the session; the connections of one who reconnected are summed up.
pub(super) fn technicians(session: &Session, reader: Reader, language: Language) -> Vec<String> {
    let mut people: Vec<(&str, bool, u64)> = Vec::new();
    for representative in &session.representatives {
        let name = name_for(representative, reader);
        match people.iter_mut().find(|(known, invited, _)| (*known, *invited) == (name, representative.invited)) {
            Some((.., seconds)) => *seconds = seconds.saturating_add(representative.seconds_involved),
            None => people.push((name, representative.invited, representative.seconds_involved)),
        }
    }
    let one = |(name, invited, seconds): (&str, bool, u64)| {
        let code = if invited { "note.session.invited" } else { "note.session.technician" };
        say(language, &Message::new(code).with("name", name).with("duration", duration(seconds, language)))
    };
    people.into_iter().map(one).collect()
}

/// The customer, for agents with the computer.
pub(super) fn customer(session: &Session, reader: Reader, language: Language) -> Option<String> {
    let first = session.customers.first();
    let hostname = first.and_then(|customer| customer.hostname.as_ref()).filter(|_| reader == Reader::Agents);
    let name = first.and_then(|customer| customer.name.as_ref()).or(session.primary_customer.as_ref());
    match (name.or(first.and_then(|customer| customer.username.as_ref())), hostname) {
        (Some(name), Some(hostname)) if name != hostname => {
            Some(say(language, &Message::new("note.session.customerAt").with("name", name).with("hostname", hostname)))
        }
        (name, hostname) => name.or(hostname).cloned(),
    }
}
