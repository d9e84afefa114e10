//! The report's XML as elements to walk through: one forward pass, limits, and every problem with its place. Knows nothing
//! of sessions.

use super::{Fault, Limits, Problem, Severity, values};
use quick_xml::{
    Reader, XmlVersion,
    errors::Error,
    escape::resolve_predefined_entity,
    events::{BytesDecl, BytesRef, BytesStart, Event},
};
use std::borrow::Cow;

/// More problems than these are not told: who reads the hundredth?
const MOST_PROBLEMS: usize = 100;
/// More elements that are kept (sessions, people, events, values) are refused: an empty element of ten bytes costs a few
/// hundred in memory.
const MOST_KEPT: usize = 250_000;

/// A document on its way. After a problem that ends it, every question is answered with "no more".
pub(crate) struct Document<'a> {
    bytes: &'a [u8],
    reader: Reader<&'a [u8]>,
    limits: Limits,
    depth: usize,
    kept: usize,
    stopped: bool,
    /// Where the event at hand begins.
    event_from: u64,
    place: Place,
    pub(crate) problems: Vec<Problem>,
}

/// How far lines have been counted.
#[derive(Clone, Copy)]
struct Place {
    offset: usize,
    line: u32,
    line_from: usize,
}

impl<'a> Document<'a> {
    pub(crate) fn new(bytes: &'a [u8], limits: &Limits) -> Self {
        // It holds every part against UTF-8 itself.
        let mut reader = Reader::from_reader(bytes);
        // Absent, empty and self-closed elements are one case.
        reader.config_mut().expand_empty_elements = true;
        let place = Place { offset: 0, line: 1, line_from: 0 };
        Self { bytes, reader, limits: *limits, depth: 0, kept: 0, stopped: false, event_from: 0, place, problems: Vec::new() }
    }

    /// The root element.
    pub(crate) fn root(&mut self) -> Option<BytesStart<'a>> {
        loop {
            match self.next()? {
                Event::Start(start) => return Some(start),
                Event::Decl(declaration) => self.declaration(&declaration),
                Event::Text(text) if text.trim().is_empty() => {}
                Event::Comment(_) | Event::PI(_) => {}
                _ => return self.stop(Fault::new("report.notXml")),
            }
        }
    }

    /// The next child of the current element, or `None` at its end. The child must be consumed by [`Self::text`],
    /// [`Self::skip`] or by asking for its own children until there are none.
    pub(crate) fn child(&mut self) -> Option<BytesStart<'a>> {
        // Between elements white space means nothing.
        self.reader.config_mut().trim_text_start = true;
        loop {
            match self.next()? {
                Event::Start(start) => return Some(start),
                Event::End(_) => return None,
                _ => {}
            }
        }
    }

    /// The trimmed text of the current element, without that of its children; `None` when there is none. Borrowed from the
    /// document as long as it stands there in one piece.
    pub(crate) fn text(&mut self) -> Option<Cow<'a, str>> {
        // Around a reference it means something.
        self.reader.config_mut().trim_text_start = false;
        let mut text = Cow::Borrowed("");
        while let Some(event) = self.next() {
            match event {
                Event::Text(part) => join(&mut text, part.xml10_content()),
                Event::CData(part) => join(&mut text, part.xml10_content()),
                Event::GeneralRef(reference) => self.reference(&reference, &mut text),
                Event::Start(_) => self.skip(),
                Event::End(_) => break,
                _ => {}
            }
        }
        trimmed(text)
    }

    /// The same as a text of its own.
    pub(crate) fn owned_text(&mut self) -> Option<String> {
        self.text().map(Cow::into_owned)
    }

    /// Leaves the current element out.
    pub(crate) fn skip(&mut self) {
        let outside = self.depth.saturating_sub(1);
        while self.depth > outside && self.next().is_some() {}
    }

    /// The trimmed values of attributes, by local name; `None` for one that is absent or empty.
    pub(crate) fn attributes<const N: usize>(&mut self, start: &BytesStart<'_>, names: [&str; N]) -> [Option<Cow<'a, str>>; N] {
        let mut values = [const { None }; N];
        for attribute in start.attributes() {
            let attribute = match attribute {
                Ok(attribute) => attribute,
                Err(error) => {
                    self.refuse(Fault::new("report.attribute").with("text", error));
                    break;
                }
            };
            let name = attribute.key.local_name();
            let Some((_, value)) = names.iter().zip(&mut values).find(|(wanted, _)| **wanted == name.as_ref()) else { continue };
            match attribute.normalized_value(XmlVersion::Implicit1_0) {
                Ok(Cow::Borrowed(text)) => *value = trimmed(self.standing(text).map_or_else(|| text.to_owned().into(), Cow::Borrowed)),
                Ok(Cow::Owned(text)) => *value = trimmed(text.into()),
                Err(error) => self.warn(Fault::new("report.attribute").with("text", error)),
            }
        }
        values
    }

    /// The trimmed value of one attribute as a text of its own.
    pub(crate) fn attribute(&mut self, start: &BytesStart<'_>, name: &str) -> Option<String> {
        let [value] = self.attributes(start, [name]);
        value.map(Cow::into_owned)
    }

    /// A part that the reader lends for as long as its event lives, as the part of the document that it is.
    fn standing(&self, part: &str) -> Option<&'a str> {
        let from = part.as_ptr().addr().checked_sub(self.bytes.as_ptr().addr())?;
        std::str::from_utf8(self.bytes.get(from..from.checked_add(part.len())?)?).ok()
    }

    /// The time of an element: its `timestamp`, else its text.
    pub(crate) fn time(&mut self, start: &BytesStart<'_>) -> Option<i64> {
        let [timestamp] = self.attributes(start, ["timestamp"]);
        let from = self.event_from;
        let text = self.text();
        // What cannot be read is told where its element begins.
        let behind = std::mem::replace(&mut self.event_from, from);
        let time = self.read_time(start.local_name().as_ref(), timestamp.or(text));
        self.event_from = behind;
        time
    }

    /// A time that stands in the element of this name.
    pub(crate) fn read_time(&mut self, element: &str, text: Option<Cow<'_, str>>) -> Option<i64> {
        let text = text?;
        let time = values::time(&text);
        if time.is_none() {
            self.warn(Fault::new("report.time").with("element", element).with("text", text));
        }
        time.filter(|time| *time > 0)
    }

    /// Asks for room for one element more that is kept.
    pub(crate) fn keep<T>(&mut self, list: &mut Vec<T>, item: T) {
        if self.kept == MOST_KEPT {
            let _: Option<()> = self.stop(Fault::new("report.tooMany").with("limit", MOST_KEPT));
        } else {
            self.kept += 1;
            list.push(item);
        }
    }

    /// After the root: nothing but white space, comments and processing instructions may follow.
    pub(crate) fn end(&mut self) {
        while let Some(event) = self.next() {
            match event {
                Event::Text(text) if text.trim().is_empty() => {}
                Event::Comment(_) | Event::PI(_) => {}
                _ => _ = self.stop::<()>(Fault::new("report.trailing")),
            }
        }
    }

    pub(crate) fn warn(&mut self, fault: Fault) {
        self.problem(Severity::Warning, fault);
    }

    /// Tells the problem, after which the report cannot be trusted, and reads on.
    pub(crate) fn refuse(&mut self, fault: Fault) {
        self.problem(Severity::Error, fault);
    }

    /// Tells the problem and ends the document.
    pub(crate) fn stop<T>(&mut self, fault: Fault) -> Option<T> {
        self.stop_at(self.event_place(), fault)
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
            Ok(Event::Eof) if self.depth > 0 => self.stop(Fault::new("report.truncated")),
            Ok(Event::Eof) => {
                self.stopped = true;
                None
            }
            Ok(Event::DocType(name)) if self.depth == 0 && begins_with_html(&name) => self.stop(Fault::new("report.html")),
            Ok(Event::DocType(_)) => self.stop(Fault::new("report.doctype")),
            Ok(event) => Some(event),
            // The reader tells of unknown markup only when it has looked for its end in vain.
            Err(Error::Syntax(_)) => self.stop_at(self.reader.error_position(), Fault::new("report.truncated")),
            Err(Error::Encoding(_)) => {
                let valid = std::str::from_utf8(self.bytes).map_or_else(|error| error.valid_up_to(), str::len);
                self.stop_at(valid as u64, Fault::new("report.encoding"))
            }
            Err(error) => self.stop_at(self.reader.error_position(), Fault::new("report.syntax").with("text", error)),
        }
    }

    fn open(&mut self, start: BytesStart<'a>) -> Option<Event<'a>> {
        self.depth += 1;
        if self.depth > self.limits.depth {
            return self.stop(Fault::new("report.tooDeep").with("limit", self.limits.depth));
        }
        // An attribute takes five bytes at least; most elements need not be counted.
        if start.attributes_raw().len() / 5 > self.limits.attributes {
            let mut attributes = start.attributes();
            if attributes.with_checks(false).take(self.limits.attributes + 1).count() > self.limits.attributes {
                return self.stop(Fault::new("report.tooManyAttributes").with("limit", self.limits.attributes));
            }
        }
        Some(Event::Start(start))
    }

    fn declaration(&mut self, declaration: &BytesDecl<'_>) {
        let named = declaration.encoding().and_then(Result::ok);
        if named.is_some_and(|name| !name.eq_ignore_ascii_case("utf-8")) && !self.bytes.is_ascii() {
            let _: Option<()> = self.stop(Fault::new("report.encoding"));
        }
    }

    fn reference(&mut self, reference: &BytesRef<'_>, text: &mut Cow<'_, str>) {
        let buffer = text.to_mut();
        match (reference.resolve_char_ref(), resolve_predefined_entity(reference)) {
            (Ok(Some(c)), _) => buffer.push(values::printable(c)),
            (Ok(None), Some(text)) => buffer.push_str(text),
            (Ok(None), None) => {
                self.warn(Fault::new("report.entity").with("name", &**reference));
                buffer.extend(["&", reference, ";"]);
            }
            (Err(_), _) => buffer.push(char::REPLACEMENT_CHARACTER),
        }
    }

    fn problem(&mut self, severity: Severity, fault: Fault) {
        self.problem_at(self.event_place(), severity, fault);
    }

    /// Where the event at hand begins, behind the white space before it.
    fn event_place(&self) -> u64 {
        let from = usize::try_from(self.event_from).unwrap_or(usize::MAX);
        let blank = self.bytes.get(from..).map_or(0, |rest| rest.iter().take_while(|byte| byte.is_ascii_whitespace()).count());
        self.event_from + blank as u64
    }

    fn stop_at<T>(&mut self, offset: u64, fault: Fault) -> Option<T> {
        if !self.stopped {
            self.stopped = true;
            self.problem_at(offset, Severity::Error, fault);
        }
        None
    }

    fn problem_at(&mut self, offset: u64, severity: Severity, fault: Fault) {
        if severity == Severity::Error {
            // Told even when the list is full: a hundred warnings must not make a report sound.
            self.problems.truncate(MOST_PROBLEMS - 1);
        }
        if self.problems.len() < MOST_PROBLEMS {
            let offset = usize::try_from(offset).unwrap_or(usize::MAX).max(self.place.offset);
            let (line, column) = self.place.advance(self.bytes, offset);
            self.problems.push(Problem { severity, fault, line, column });
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

fn join<'a>(text: &mut Cow<'a, str>, part: Cow<'a, str>) {
    if text.is_empty() {
        *text = part;
    } else {
        text.to_mut().push_str(&part);
    }
}

/// `None` when nothing is left.
fn trimmed(text: Cow<'_, str>) -> Option<Cow<'_, str>> {
    let trimmed = match text {
        Cow::Borrowed(text) => Cow::Borrowed(text.trim()),
        Cow::Owned(text) if text.trim().len() == text.len() => Cow::Owned(text),
        Cow::Owned(text) => Cow::Owned(text.trim().to_owned()),
    };
    (!trimmed.is_empty()).then_some(trimmed)
}

/// Where an offset stands, for documents that are refused before they are read.
pub(crate) fn position(bytes: &[u8], offset: usize) -> (u32, u32) {
    Place { offset: 0, line: 1, line_from: 0 }.advance(bytes, offset)
}

fn begins_with_html(doctype: &str) -> bool {
    doctype.trim_start().get(..4).is_some_and(|name| name.eq_ignore_ascii_case("html"))
}
