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

    /// The chat with its times; a long one is cut and says so.
    pub(super) fn conversation(&mut self, lines: &[Line], reader: Reader) {
        let label = self.label("note.session.transcript");
        if lines.is_empty() {
            return self.line(Message::new("note.session.transcriptEmpty"));
        }
        _ = write!(self.out, "<p>{label}</p><p>");
        let from = self.out.len();
        for (shown, line) in lines.iter().enumerate() {
            let text = format!("{} <b>{}</b>: {}", words::clock(line.at), text(&words::speaker(line, self.language)), text(&line.text));
            if self.out.len() - from + text.len() > LONGEST_TRANSCRIPT {
                self.out.push_str("</p>");
                let code = match reader {
                    Reader::Agents => "note.session.transcriptCut",
                    Reader::Customers => "note.session.transcriptCutForCustomers",
                };
                return self.line(Message::new(code).with("count", lines.len() - shown));
            }
            if shown > 0 {
                self.out.push_str("<br>");
            }
            self.out.push_str(&text);
        }
        self.out.push_str("</p>");
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

/// Text as HTML, its line breaks kept.
fn text(text: &str) -> String {
    escape(&text.replace("\r\n", "\n")).replace('\n', "<br>")
}
