//! The report's XML as elements to walk through: one forward pass, limits, and every problem with its place. Knows nothing
//! of sessions.

use super::{Limits, Problem, Severity, values};
use crate::rules::wording::Message;
use quick_xml::{
    Reader, XmlVersion,
    errors::Error,
    escape::resolve_predefined_entity,
    events::{BytesDecl, BytesRef, BytesStart, Event},
};

/// More problems than these are not told: who reads the hundredth?
const MOST_PROBLEMS: usize = 100;
/// More elements that are kept (sessions, people, events, values) are refused: an empty element of ten bytes costs a few
/// hundred in memory.
const MOST_KEPT: usize = 250_000;

/// A document on its way. After a problem that ends it, every question is answered with "no more".
pub(super) struct Document<'a> {
    text: &'a str,
    reader: Reader<&'a [u8]>,
    limits: Limits,
    depth: usize,
    kept: usize,
    stopped: bool,
    /// Where the event at hand begins.
    event_from: u64,
    buffer: String,
    place: Place,
    pub(super) problems: Vec<Problem>,
}

/// How far lines have been counted.
#[derive(Clone, Copy)]
struct Place {
    offset: usize,
    line: u32,
    line_from: usize,
}

impl<'a> Document<'a> {
    pub(super) fn new(text: &'a str, limits: &Limits) -> Self {
        let mut reader = Reader::from_str(text);
        // Absent, empty and self-closed elements are one case.
        reader.config_mut().expand_empty_elements = true;
        let place = Place { offset: 0, line: 1, line_from: 0 };
        Self {
            text,
            reader,
            limits: *limits,
            depth: 0,
            kept: 0,
            stopped: false,
            event_from: 0,
            buffer: String::new(),
            place,
            problems: Vec::new(),
        }
    }

    /// The root element.
    pub(super) fn root(&mut self) -> Option<BytesStart<'a>> {
        loop {
            match self.next()? {
                Event::Start(start) => return Some(start),
                Event::Decl(declaration) => self.declaration(&declaration),
                Event::Text(text) if text.trim().is_empty() => {}
                Event::Comment(_) | Event::PI(_) => {}
                _ => return self.stop(Message::new("report.notXml")),
            }
        }
    }

    /// The next child of the current element, or `None` at its end. The child must be consumed by [`Self::text`],
    /// [`Self::skip`] or by asking for its own children until there are none.
    pub(super) fn child(&mut self) -> Option<BytesStart<'a>> {
        loop {
            match self.next()? {
                Event::Start(start) => return Some(start),
                Event::End(_) => return None,
                _ => {}
            }
        }
    }

    /// The trimmed text of the current element, without that of its children; `None` when there is none.
    pub(super) fn text(&mut self) -> Option<String> {
        let mut buffer = std::mem::take(&mut self.buffer);
        buffer.clear();
        while let Some(event) = self.next() {
            match event {
                Event::Text(text) => buffer.push_str(&text.xml10_content()),
                Event::CData(text) => buffer.push_str(&text.xml10_content()),
                Event::GeneralRef(reference) => self.reference(&reference, &mut buffer),
                Event::Start(_) => self.skip(),
                Event::End(_) => break,
                _ => {}
            }
        }
        let text = buffer.trim();
        let text = (!text.is_empty()).then(|| text.to_owned());
        self.buffer = buffer;
        text
    }

    /// Leaves the current element out.
    pub(super) fn skip(&mut self) {
        let outside = self.depth.saturating_sub(1);
        while self.depth > outside && self.next().is_some() {}
    }

    /// The trimmed value of an attribute, by local name; `None` when it is absent or empty.
    pub(super) fn attribute(&mut self, start: &BytesStart<'_>, name: &str) -> Option<String> {
        for attribute in start.attributes() {
            match attribute {
                Ok(attribute) if attribute.key.local_name().as_ref() == name => match attribute.normalized_value(XmlVersion::Implicit1_0) {
                    Ok(value) => return Some(value.trim().to_owned()).filter(|value| !value.is_empty()),
                    Err(error) => {
                        self.warn(Message::new("report.attribute").with("text", error));
                        return None;
                    }
                },
                Ok(_) => {}
                Err(error) => {
                    self.problem(Severity::Error, Message::new("report.attribute").with("text", error));
                    return None;
                }
            }
        }
        None
    }

    /// The time of an element: its `timestamp`, else its text.
    pub(super) fn time(&mut self, start: &BytesStart<'_>) -> Option<i64> {
        let timestamp = self.attribute(start, "timestamp");
        let element = start.local_name();
        let text = self.text();
        self.read_time(element.as_ref(), timestamp.or(text))
    }

    /// The time in the `timestamp` of an element whose content is something else.
    pub(super) fn timestamp(&mut self, start: &BytesStart<'_>) -> Option<i64> {
        let timestamp = self.attribute(start, "timestamp");
        self.read_time(start.local_name().as_ref(), timestamp)
    }

    fn read_time(&mut self, element: &str, text: Option<String>) -> Option<i64> {
        let text = text?;
        let time = values::time(&text);
        if time.is_none() {
            self.warn(Message::new("report.time").with("element", element).with("text", text));
        }
        time.filter(|time| *time > 0)
    }

    /// Asks for room for one element more that is kept.
    pub(super) fn keep<T>(&mut self, list: &mut Vec<T>, item: T) {
        if self.kept == MOST_KEPT {
            let _: Option<()> = self.stop(Message::new("report.tooMany").with("limit", MOST_KEPT));
        } else {
            self.kept += 1;
            list.push(item);
        }
    }

    /// After the root: nothing but white space, comments and processing instructions may follow.
    pub(super) fn end(&mut self) {
        while let Some(event) = self.next() {
            match event {
                Event::Text(text) if text.trim().is_empty() => {}
                Event::Comment(_) | Event::PI(_) => {}
                _ => _ = self.stop::<()>(Message::new("report.trailing")),
            }
        }
    }

    pub(super) fn warn(&mut self, message: Message) {
        self.problem(Severity::Warning, message);
    }

    /// Tells the problem, after which the report cannot be trusted, and reads on.
    pub(super) fn refuse(&mut self, message: Message) {
        self.problem(Severity::Error, message);
    }

    /// Tells the problem and ends the document.
    pub(super) fn stop<T>(&mut self, message: Message) -> Option<T> {
        self.stop_at(self.event_from, message)
    }

    fn next(&mut self) -> Option<Event<'a>> {
        if self.stopped {
            return None;
        }
        self.event_from = self.reader.buffer_position();
        match self.reader.read_event() {
            Ok(Event::Start(start)) => self.open(start),
            Ok(Event::End(end)) => {
                self.depth = self.depth.saturating_sub(1);
                Some(Event::End(end))
            }
            Ok(Event::Eof) if self.depth > 0 => self.stop(Message::new("report.truncated")),
            Ok(Event::Eof) => {
                self.stopped = true;
                None
            }
            Ok(Event::DocType(name)) if self.depth == 0 && begins_with_html(&name) => self.stop(Message::new("report.html")),
            Ok(Event::DocType(_)) => self.stop(Message::new("report.doctype")),
            Ok(event) => Some(event),
            // The reader tells of unknown markup only when it has looked for its end in vain.
            Err(Error::Syntax(_)) => self.stop_at(self.reader.error_position(), Message::new("report.truncated")),
            Err(error) => self.stop_at(self.reader.error_position(), Message::new("report.syntax").with("text", error)),
        }
    }

    fn open(&mut self, start: BytesStart<'a>) -> Option<Event<'a>> {
        self.depth += 1;
        if self.depth > self.limits.depth {
            return self.stop(Message::new("report.tooDeep").with("limit", self.limits.depth));
        }
        // An attribute takes five bytes at least; most elements need not be counted.
        if start.attributes_raw().len() / 5 > self.limits.attributes {
            let mut attributes = start.attributes();
            if attributes.with_checks(false).take(self.limits.attributes + 1).count() > self.limits.attributes {
                return self.stop(Message::new("report.tooManyAttributes").with("limit", self.limits.attributes));
            }
        }
        Some(Event::Start(start))
    }

    fn declaration(&mut self, declaration: &BytesDecl<'_>) {
        let named = declaration.encoding().and_then(Result::ok);
        if named.is_some_and(|name| !name.eq_ignore_ascii_case("utf-8")) && !self.text.is_ascii() {
            let _: Option<()> = self.stop(Message::new("report.encoding"));
        }
    }

    fn reference(&mut self, reference: &BytesRef<'_>, buffer: &mut String) {
        match (reference.resolve_char_ref(), resolve_predefined_entity(reference)) {
            (Ok(Some(c)), _) => buffer.push(values::printable(c)),
            (Ok(None), Some(text)) => buffer.push_str(text),
            (Ok(None), None) => {
                self.warn(Message::new("report.entity").with("name", &**reference));
                buffer.extend(["&", reference, ";"]);
            }
            (Err(_), _) => buffer.push(char::REPLACEMENT_CHARACTER),
        }
    }

    fn problem(&mut self, severity: Severity, message: Message) {
        self.problem_at(self.event_from, severity, message);
    }

    fn stop_at<T>(&mut self, offset: u64, message: Message) -> Option<T> {
        if !self.stopped {
            self.stopped = true;
            self.problem_at(offset, Severity::Error, message);
        }
        None
    }

    fn problem_at(&mut self, offset: u64, severity: Severity, message: Message) {
        if severity == Severity::Error {
            // Told even when the list is full: a hundred warnings must not make a report sound.
            self.problems.truncate(MOST_PROBLEMS - 1);
        }
        if self.problems.len() < MOST_PROBLEMS {
            let offset = usize::try_from(offset).unwrap_or(usize::MAX).max(self.place.offset);
            let (line, column) = self.place.advance(self.text.as_bytes(), offset);
            self.problems.push(Problem { severity, message, line, column });
        }
    }
}

impl Place {
    /// Counts on to an offset, so that all problems together cost one pass.
    fn advance(&mut self, bytes: &[u8], offset: usize) -> (u32, u32) {
        let offset = offset.min(bytes.len());
        for (at, byte) in bytes.get(self.offset..offset).unwrap_or_default().iter().enumerate() {
            if *byte == b'\n' {
                self.line += 1;
                self.line_from = self.offset + at + 1;
            }
        }
        self.offset = offset;
        (self.line, u32::try_from(offset - self.line_from + 1).unwrap_or(u32::MAX))
    }
}

/// Where an offset stands, for documents that are refused before they are read.
pub(super) fn position(bytes: &[u8], offset: usize) -> (u32, u32) {
    Place { offset: 0, line: 1, line_from: 0 }.advance(bytes, offset)
}

fn begins_with_html(doctype: &str) -> bool {
    doctype.trim_start().get(..4).is_some_and(|name| name.eq_ignore_ascii_case("html"))
}
