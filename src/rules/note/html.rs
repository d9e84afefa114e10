//! The few HTML elements a note is made of (`p`, `br`, `b`, `ul`, `li`, `a`), each text escaped. Knows nothing of sessions.

use super::{LONGEST_TRANSCRIPT, words};
use crate::rules::{
    link::HttpsUrl,
    template::escape,
    transcript::{Line, Reader},
    wording::{Language, Message, say},
};
use std::fmt::Write;

/// A note being written.
pub(super) struct Html {
    language: Language,
    out: String,
}

impl Html {
    pub(super) const fn new(language: Language) -> Self {
        Self { language, out: String::new() }
    }

    pub(super) fn done(self) -> String {
        self.out
    }

    /// A paragraph of HTML that is escaped already.
    pub(super) fn paragraph(&mut self, html: &str) {
        _ = write!(self.out, "<p>{html}</p>");
    }

    pub(super) fn line(&mut self, message: Message) {
        let text = text(&say(self.language, &message));
        self.paragraph(&text);
    }

    pub(super) fn bold_line(&mut self, message: Message) {
        let text = text(&say(self.language, &message));
        self.paragraph(&format!("<b>{text}</b>"));
    }

    fn label(&self, code: &str) -> String {
        format!("<b>{}</b>", escape(&say(self.language, &Message::new(code))))
    }

    /// Labels with their values, those without a value left out.
    pub(super) fn facts(&mut self, facts: &[(&str, Vec<String>)]) {
        let line = |(label, values): &(&str, Vec<String>)| {
            let values = values.iter().map(|value| text(value)).collect::<Vec<_>>().join(", ");
            format!("{} {values}", self.label(label))
        };
        let lines: Vec<_> = facts.iter().filter(|(_, values)| !values.is_empty()).map(line).collect();
        self.paragraph(&lines.join("<br>"));
    }

    pub(super) fn list(&mut self, label: &str, items: impl Iterator<Item = String>) {
        let items: String = items.map(|item| format!("<li>{}</li>", text(&item))).collect();
        if !items.is_empty() {
            let label = self.label(label);
            _ = write!(self.out, "<p>{label}</p><ul>{items}</ul>");
        }
    }

    /// The chat with its times; a long one is cut and says so, and where the rest is.
    pub(super) fn conversation(&mut self, lines: &[Line], reader: Reader, attached: bool) {
        let label = self.label("note.session.transcript");
        if lines.is_empty() {
            return self.line(Message::new("note.session.transcriptEmpty"));
        }
        let shown = shown(lines, self.language);
        let html = lines.iter().take(shown).map(|line| spoken(line, self.language)).collect::<Vec<_>>().join("<br>");
        _ = write!(self.out, "<p>{label}</p><p>{html}</p>");
        if shown < lines.len() {
            let code = match (attached, reader) {
                (true, _) => "note.session.transcriptAttached",
                (false, Reader::Agents) => "note.session.transcriptCut",
                (false, Reader::Customers) => "note.session.transcriptCutForCustomers",
            };
            self.line(Message::new(code).with("count", lines.len() - shown));
        }
    }

    /// Links that keep the rule for URLs; others are left out.
    pub(super) fn links(&mut self, links: &[(&str, &Option<String>)]) {
        let link = |(label, url): &(&str, &Option<String>)| {
            let url = HttpsUrl::parse(url.as_deref()?).ok()?;
            Some(format!("<a href=\"{}\">{}</a>", escape(url.as_str()), escape(&say(self.language, &Message::new(label)))))
        };
        let links: Vec<_> = links.iter().filter_map(link).collect();
        if !links.is_empty() {
            self.paragraph(&format!("{} {}", self.label("note.session.links"), links.join(", ")));
        }
    }
}

/// A line of the chat.
fn spoken(line: &Line, language: Language) -> String {
    format!("{} <b>{}</b>: {}", words::clock(line.at), text(&words::speaker(line, language)), text(&line.text))
}

/// How many lines of the chat a note holds.
fn shown(lines: &[Line], language: Language) -> usize {
    let mut length = 0;
    lines
        .iter()
        .take_while(|line| {
            length += spoken(line, language).len() + "<br>".len();
            length <= LONGEST_TRANSCRIPT
        })
        .count()
}

/// Whether a note would leave lines out.
pub(super) fn is_cut(lines: &[Line], language: Language) -> bool {
    shown(lines, language) < lines.len()
}

/// Text as HTML, its line breaks kept.
fn text(text: &str) -> String {
    escape(&text.replace("\r\n", "\n")).replace('\n', "<br>")
}
