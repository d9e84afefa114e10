//! What the customer reads: administrators' templates with `$NAMES` and, in Handlebars' notation, blocks. Escapes each
//! value for where it stands. Sends nothing.

mod escape;
mod markup;
mod scan;
mod variables;

use super::{link::HttpsUrl, wording::Message};
use markup::Place;
use scan::{Piece, Scan, Tag, scan};
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
    scan(template, format, &BTreeMap::new()).problems
}

/// Renders a template.
///
/// # Errors
/// All that [`lint_as`] refuses; nothing is rendered then.
pub fn render(template: &str, values: &Values, format: Format) -> Result<Rendered, Vec<TemplateProblem>> {
    Template::new(template, format, &values.named)?.render(values)
}

/// A template that was scanned once and can be rendered many times.
#[derive(Clone, Debug)]
pub struct Template<'t> {
    pieces: Vec<Piece<'t>>,
    warnings: Vec<TemplateProblem>,
    format: Format,
}

impl<'t> Template<'t> {
    /// Scans a template. `named` holds, by name, what will be filled in besides link, code and canned text; only its keys
    /// are looked at.
    ///
    /// # Errors
    /// All that is refused or odd, when something is refused.
    pub fn new(template: &'t str, format: Format, named: &BTreeMap<String, String>) -> Result<Self, Vec<TemplateProblem>> {
        let Scan { pieces, problems } = scan(template, format, named);
        if problems.iter().any(|problem| problem.refused) { Err(problems) } else { Ok(Self { pieces, warnings: problems, format }) }
    }

    /// The same template, no longer bound to its text.
    #[must_use]
    pub fn into_owned(self) -> Template<'static> {
        let Self { pieces, warnings, format } = self;
        Template { pieces: pieces.into_iter().map(Piece::into_owned).collect(), warnings, format }
    }

    /// Fills the values in.
    ///
    /// # Errors
    /// All that is refused in the canned text.
    pub fn render(&self, values: &Values) -> Result<Rendered, Vec<TemplateProblem>> {
        let mut rendered = Rendered { warnings: self.warnings.clone(), ..Rendered::default() };
        let output = Filler { values, format: self.format, nested: false, rendered: &mut rendered }.fill(&self.pieces)?;
        rendered.output = match self.format {
            Format::Html => output,
            Format::Text => escape::one_line(&output),
        };
        Ok(rendered)
    }
}

/// Puts values into one template; the canned text is filled by a second one.
struct Filler<'a> {
    values: &'a Values,
    format: Format,
    nested: bool,
    rendered: &'a mut Rendered,
}

/// A block that is open while a template is filled.
struct Block {
    /// What surrounds it is shown.
    outside: bool,
    /// One of its branches is or was shown.
    taken: bool,
}

impl Filler<'_> {
    fn fill(&mut self, pieces: &[Piece<'_>]) -> Result<String, Vec<TemplateProblem>> {
        let mut out = String::with_capacity(pieces.iter().map(Piece::length).sum());
        let mut blocks: Vec<Block> = Vec::new();
        let mut shown = true;
        for piece in pieces {
            match piece {
                Piece::Literal(text) if shown => out.push_str(text),
                Piece::Variable { name, typed, place } if shown => self.variable(name, typed, *place, &mut out)?,
                // A branch that hides the variable for want of a link is a blank link all the same.
                Piece::Variable { name, .. } => self.rendered.blank_link |= matches!(self.values.get(name), Value::Missing),
                Piece::Literal(_) => {}
                Piece::Tag(tag) => shown = self.block(tag, shown, &mut blocks),
            }
        }
        Ok(out)
    }

    /// Whether what follows the tag is shown.
    fn block(&self, tag: &Tag<'_>, shown: bool, blocks: &mut Vec<Block>) -> bool {
        let holds = |tag: &Tag<'_>| match tag {
            Tag::If(name) | Tag::ElseIf(name) => self.values.says_something(name),
            Tag::Unless(name) => !self.values.says_something(name),
            Tag::Else | Tag::EndIf | Tag::EndUnless => true,
        };
        match (tag, blocks.last_mut()) {
            (Tag::If(_) | Tag::Unless(_), _) => {
                let taken = shown && holds(tag);
                blocks.push(Block { outside: shown, taken });
                taken
            }
            (Tag::ElseIf(_) | Tag::Else, Some(block)) => {
                let shown = block.outside && !block.taken && holds(tag);
                block.taken |= shown;
                shown
            }
            // The scan lets only balanced blocks through.
            _ => blocks.pop().is_none_or(|block| block.outside),
        }
    }

    fn variable(&mut self, name: &str, typed: &str, place: Place, out: &mut String) -> Result<(), Vec<TemplateProblem>> {
        match self.values.get(name) {
            Value::Link(link) => self.link(link, place, out),
            Value::Named(value) => self.value(value, place, out),
            Value::Missing => self.rendered.blank_link = true,
            Value::Canned if !self.nested => out.push_str(&self.canned()?),
            Value::Canned | Value::Unknown if typed.starts_with('$') => {
                if !self.rendered.left_to_halo.iter().any(|left| left == typed) {
                    self.rendered.left_to_halo.push(typed.to_owned());
                }
                out.push_str(typed);
            }
            Value::Canned | Value::Unknown => {}
        }
        Ok(())
    }

    /// The canned text is HTML; for a plain text its words remain.
    fn canned(&mut self) -> Result<String, Vec<TemplateProblem>> {
        let canned = Template::new(&self.values.canned, Format::Html, &self.values.named)?;
        self.rendered.warnings.extend(canned.warnings);
        let html = Filler { values: self.values, format: Format::Html, nested: true, rendered: self.rendered }.fill(&canned.pieces)?;
        Ok(match self.format {
            Format::Html => html,
            Format::Text => escape::words_of(&html),
        })
    }

    fn link(&self, link: &HttpsUrl, place: Place, out: &mut String) {
        match (self.format, place) {
            (Format::Html, Place::UrlInside) => escape::percent(link.as_str(), out),
            (Format::Html, _) => escape::value(link.as_str(), out),
            (Format::Text, _) => out.push_str(link.as_str()),
        }
    }

    fn value(&self, value: &str, place: Place, out: &mut String) {
        match (self.format, place) {
            (Format::Html, Place::UrlStart | Place::UrlInside) => escape::percent(value, out),
            (Format::Html, _) => escape::value(value, out),
            (Format::Text, _) => out.push_str(value),
        }
    }
}

/// Percent-encoded for any part of a URL.
pub(in crate::rules) fn percent(text: &str) -> String {
    let mut out = String::new();
    escape::percent(text, &mut out);
    out
}

/// Text escaped for HTML (text and quoted attributes); control characters and bidirectional overrides are made visible.
#[must_use]
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 8);
    escape::html(text, &mut out);
    out
}

#[cfg(test)]
mod tests;
