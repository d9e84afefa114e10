//! What the customer reads: administrators' templates with `$NAMES` and, when a template has blocks, Handlebars.
//! Escapes each value for where it stands. Sends nothing.

mod blocks;
mod escape;
mod markup;
mod scan;
mod variables;

use super::{link::HttpsUrl, wording::Message};
use blocks::Filled;
use markup::Place;
use scan::{Piece, Scan, scan};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use variables::Value;
pub use variables::{LEFT_TO_HALO, VARIABLES};

/// What a template may say. Keys of `named` are variable names without the dollar sign (`FAULTID`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Values {
    /// `$LINKTOREMOTE`, `$REMOTELINK`; `None` leaves them blank (no usable default team).
    pub link: Option<HttpsUrl>,
    /// `$REMOTESSESSIONCODE`, `$REMOTESESSIONCODE`.
    pub session_code: Option<String>,
    /// The canned text behind `$REMOTEINVITE`: itself a template, nested once.
    pub canned: String,
    /// What we know of ticket, user and agent, by variable name.
    pub named: BTreeMap<String, String>,
}

/// What is produced.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// HTML: values escaped for text, attribute or URL.
    Html,
    /// Plain text: values as they are, one line.
    Text,
}

/// A rendered template.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Rendered {
    /// The text.
    pub output: String,
    /// `$NAMES` we do not know; they stay as typed and are left to Halo.
    pub left_to_halo: Vec<String>,
    /// What is odd but not refused, such as a stray `{{`.
    pub warnings: Vec<TemplateProblem>,
    /// The template names a link or code but there is none.
    pub blank_link: bool,
}

/// Something wrong in a template, with its place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TemplateProblem {
    /// What.
    pub message: Message,
    /// Refused, rather than odd.
    pub refused: bool,
    /// 1-based.
    pub line: u32,
    /// 1-based, in characters.
    pub column: u32,
}

/// Finds what is refused or odd in an HTML template, by one linear scan.
#[must_use]
pub fn lint(template: &str) -> Vec<TemplateProblem> {
    lint_as(template, Format::Html)
}

/// The same for either format: in plain text there is no markup to be wrong.
#[must_use]
pub fn lint_as(template: &str, format: Format) -> Vec<TemplateProblem> {
    scan(template, format, &Values::default()).problems
}

/// Renders a template.
///
/// # Errors
/// All that [`lint_as`] refuses; nothing is rendered then.
pub fn render(template: &str, values: &Values, format: Format) -> Result<Rendered, Vec<TemplateProblem>> {
    let mut rendered = Rendered::default();
    let output = Filler { values, format, nested: false, rendered: &mut rendered }.fill(template)?;
    rendered.output = match format {
        Format::Html => output,
        Format::Text => escape::one_line(&output),
    };
    Ok(rendered)
}

/// Puts values into one template; the canned text is filled by a second one.
struct Filler<'a> {
    values: &'a Values,
    format: Format,
    nested: bool,
    rendered: &'a mut Rendered,
}

impl Filler<'_> {
    fn fill(&mut self, template: &str) -> Result<String, Vec<TemplateProblem>> {
        let Scan { pieces, problems } = scan(template, self.format, self.values);
        if problems.iter().any(|problem| problem.refused) {
            return Err(problems);
        }
        self.rendered.warnings.extend(problems);
        let has_blocks = pieces.iter().any(|piece| matches!(piece, Piece::Tag(_)));
        let filled = pieces.into_iter().map(|piece| self.piece(piece)).collect::<Result<Vec<_>, _>>()?;
        if has_blocks {
            blocks::evaluate(&filled, |name| self.values.says_something(name))
        } else {
            Ok(filled.iter().map(Filled::text).collect())
        }
    }

    fn piece<'t>(&mut self, piece: Piece<'t>) -> Result<Filled<'t>, Vec<TemplateProblem>> {
        Ok(match piece {
            Piece::Literal(text) => Filled::Text(text.into()),
            Piece::Tag(tag) => Filled::Tag(tag),
            Piece::Variable { name, typed, place } => Filled::Text(match self.values.get(name) {
                Value::Link(link) => self.link(link, place).into(),
                Value::Named(value) => self.value(value, place).into(),
                Value::Missing => {
                    self.rendered.blank_link = true;
                    "".into()
                }
                Value::Canned if !self.nested => self.canned()?.into(),
                Value::Canned | Value::Unknown if typed.starts_with('$') => {
                    if !self.rendered.left_to_halo.iter().any(|left| left == typed) {
                        self.rendered.left_to_halo.push(typed.to_owned());
                    }
                    typed.into()
                }
                Value::Canned | Value::Unknown => "".into(),
            }),
        })
    }

    /// The canned text is HTML; for a plain text its words remain.
    fn canned(&mut self) -> Result<String, Vec<TemplateProblem>> {
        let html = Filler { values: self.values, format: Format::Html, nested: true, rendered: self.rendered }.fill(&self.values.canned)?;
        Ok(match self.format {
            Format::Html => html,
            Format::Text => escape::words_of(&html),
        })
    }

    fn link(&self, link: &HttpsUrl, place: Place) -> String {
        match (self.format, place) {
            (Format::Html, Place::UrlInside) => escape::percent(link.as_str()),
            (Format::Html, _) => escape::value(link.as_str()),
            (Format::Text, _) => link.as_str().to_owned(),
        }
    }

    fn value(&self, value: &str, place: Place) -> String {
        match (self.format, place) {
            (Format::Html, Place::UrlStart | Place::UrlInside) => escape::percent(value),
            (Format::Html, _) => escape::value(value),
            (Format::Text, _) => value.to_owned(),
        }
    }
}

/// Text escaped for HTML (text and quoted attributes); control characters and bidirectional overrides are made visible.
#[must_use]
pub fn escape(text: &str) -> String {
    escape::html(text)
}

#[cfg(test)]
mod tests;
