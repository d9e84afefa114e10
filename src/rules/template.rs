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
use std::{borrow::Cow, collections::BTreeMap};
use variables::Value;
pub use variables::{Field, LEFT_TO_HALO, VARIABLES};

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
    parts: Vec<Part<'t>>,
    slots: Vec<Slot<'t>>,
    warnings: Vec<TemplateProblem>,
    format: Format,
}

/// A part of a scanned template.
#[derive(Clone, Debug)]
enum Part<'t> {
    /// As it stands; in plain text, one line.
    Literal(Cow<'t, str>),
    /// The slot with this place.
    Slot(usize),
    Tag(Tag<'t>),
}

/// What is filled in: a name in one kind of place, however often it stands there.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Slot<'t> {
    name: Cow<'t, str>,
    typed: Cow<'t, str>,
    place: Place,
}

/// The values of one rendering, for whoever has the template's own text already.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filled {
    /// The slots' texts, escaped.
    pub slots: Vec<String>,
    /// Places of the parts that are shown; `None` when all are, as there is no block.
    pub shown: Option<Vec<usize>>,
    /// All but the output.
    pub told: Rendered,
}

impl<'t> Template<'t> {
    /// Scans a template. `named` holds, by name, what will be filled in besides link, code and canned text; only its keys
    /// are looked at.
    ///
    /// # Errors
    /// All that is refused or odd, when something is refused.
    pub fn new(template: &'t str, format: Format, named: &BTreeMap<String, String>) -> Result<Self, Vec<TemplateProblem>> {
        let Scan { pieces, problems } = scan(template, format, named);
        if problems.iter().any(|problem| problem.refused) {
            return Err(problems);
        }
        let mut slots = Vec::new();
        let part = |piece| match piece {
            Piece::Literal(text) if format == Format::Text => Part::Literal(escape::one_line(text).into()),
            Piece::Literal(text) => Part::Literal(text.into()),
            Piece::Tag(tag) => Part::Tag(tag),
            Piece::Variable { name, typed, place } => {
                let slot = Slot { name: name.into(), typed: typed.into(), place };
                Part::Slot(slots.iter().position(|known| *known == slot).unwrap_or_else(|| {
                    slots.push(slot);
                    slots.len() - 1
                }))
            }
        };
        let parts = pieces.into_iter().map(part).collect();
        Ok(Self { parts, slots, warnings: problems, format })
    }

    /// The same template, no longer bound to its text.
    #[must_use]
    pub fn into_owned(self) -> Template<'static> {
        let own = |text: Cow<'_, str>| Cow::Owned(text.into_owned());
        let part = |part| match part {
            Part::Literal(text) => Part::Literal(own(text)),
            Part::Slot(place) => Part::Slot(place),
            Part::Tag(tag) => Part::Tag(tag.into_owned()),
        };
        let slot = |Slot { name, typed, place }| Slot { name: own(name), typed: own(typed), place };
        Template {
            parts: self.parts.into_iter().map(part).collect(),
            slots: self.slots.into_iter().map(slot).collect(),
            warnings: self.warnings,
            format: self.format,
        }
    }

    /// The parts in order: the template's own text, or the place of a slot; neither for a tag.
    pub fn parts(&self) -> impl Iterator<Item = (Option<&str>, Option<usize>)> {
        self.parts.iter().map(|part| match part {
            Part::Literal(text) => (Some(&**text), None),
            Part::Slot(place) => (None, Some(*place)),
            Part::Tag(_) => (None, None),
        })
    }

    /// The names that slots and blocks ask for, each once.
    #[must_use]
    pub fn names(&self) -> Vec<&str> {
        let asked = self.parts.iter().filter_map(|part| match part {
            Part::Tag(Tag::If(name) | Tag::Unless(name) | Tag::ElseIf(name)) => Some(&**name),
            _ => None,
        });
        let mut names: Vec<&str> = self.slots.iter().map(|slot| &*slot.name).chain(asked).collect();
        names.sort_unstable();
        names.dedup();
        names
    }

    /// Fills the values in.
    ///
    /// # Errors
    /// All that is refused in the canned text.
    pub fn render(&self, values: &Values) -> Result<Rendered, Vec<TemplateProblem>> {
        self.fill(values).map(|filled| self.assemble(filled))
    }

    fn render_nested(&self, values: &Values) -> Result<Rendered, Vec<TemplateProblem>> {
        self.fill_as(values, true).map(|filled| self.assemble(filled))
    }

    fn assemble(&self, Filled { slots, shown, mut told }: Filled) -> Rendered {
        let mut out =
            String::with_capacity(self.parts.iter().map(|part| if let Part::Literal(text) = part { text.len() } else { 32 }).sum());
        let mut put = |part: &Part<'_>| match part {
            Part::Literal(text) => out.push_str(text),
            Part::Slot(place) => out.push_str(slots.get(*place).map_or("", String::as_str)),
            Part::Tag(_) => {}
        };
        match shown {
            Some(shown) => shown.iter().filter_map(|place| self.parts.get(*place)).for_each(put),
            None => self.parts.iter().for_each(&mut put),
        }
        told.output = out;
        told
    }

    /// The values as they will stand in the template, and which of its parts are shown.
    ///
    /// # Errors
    /// All that is refused in the canned text.
    pub fn fill(&self, values: &Values) -> Result<Filled, Vec<TemplateProblem>> {
        self.fill_as(values, false)
    }

    fn fill_as(&self, values: &Values, nested: bool) -> Result<Filled, Vec<TemplateProblem>> {
        let mut told = Rendered { warnings: self.warnings.clone(), ..Rendered::default() };
        let mut filler = Filler { values, format: self.format, nested, told: &mut told };
        let slots = self.slots.iter().map(|slot| filler.slot(slot)).collect::<Result<Vec<_>, _>>()?;
        let shown = self.shown(values);
        let left: Vec<bool> = self.slots.iter().map(|slot| is_left_to_halo(&slot.name, &slot.typed, values, nested)).collect();
        if left.contains(&true) {
            let is_shown = |place: usize| shown.as_ref().is_none_or(|shown| shown.binary_search(&place).is_ok());
            for (place, part) in self.parts.iter().enumerate() {
                let Part::Slot(slot) = part else { continue };
                let typed = self.slots.get(*slot).map_or("", |slot| &*slot.typed);
                let known = told.left_to_halo.iter().any(|known| known == typed);
                if left.get(*slot) == Some(&true) && is_shown(place) && !known {
                    told.left_to_halo.push(typed.to_owned());
                }
            }
        }
        Ok(Filled { slots, shown, told })
    }

    /// The parts that the blocks show; `None` without blocks.
    fn shown(&self, values: &Values) -> Option<Vec<usize>> {
        if !self.parts.iter().any(|part| matches!(part, Part::Tag(_))) {
            return None;
        }
        let mut blocks: Vec<Block> = Vec::new();
        let mut here = true;
        let mut shown = Vec::with_capacity(self.parts.len());
        for (place, part) in self.parts.iter().enumerate() {
            match part {
                Part::Tag(tag) => here = follow(tag, values, here, &mut blocks),
                _ if here => shown.push(place),
                _ => {}
            }
        }
        Some(shown)
    }
}

/// A block that is open while a template is filled.
struct Block {
    /// What surrounds it is shown.
    outside: bool,
    /// One of its branches is or was shown.
    taken: bool,
}

/// Whether what follows the tag is shown.
fn follow(tag: &Tag<'_>, values: &Values, shown: bool, blocks: &mut Vec<Block>) -> bool {
    let holds = |tag: &Tag<'_>| match tag {
        Tag::If(name) | Tag::ElseIf(name) => values.says_something(name),
        Tag::Unless(name) => !values.says_something(name),
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

/// A `$NAME` that we do not fill stays as typed; the canned text is filled once and not inside itself.
fn is_left_to_halo(name: &str, typed: &str, values: &Values, nested: bool) -> bool {
    typed.starts_with('$')
        && match values.get(name) {
            Value::Unknown => true,
            Value::Canned => nested,
            Value::Link(_) | Value::Named(_) | Value::Missing => false,
        }
}

/// Makes the slots' texts; the canned text is filled as a template of its own.
struct Filler<'a> {
    values: &'a Values,
    format: Format,
    nested: bool,
    told: &'a mut Rendered,
}

impl Filler<'_> {
    fn slot(&mut self, Slot { name, typed, place }: &Slot<'_>) -> Result<String, Vec<TemplateProblem>> {
        let mut out = String::new();
        match self.values.get(name) {
            _ if is_left_to_halo(name, typed, self.values, self.nested) => out.push_str(typed),
            Value::Link(link) => self.put(link.as_str(), *place == Place::UrlInside, &mut out),
            Value::Named(value) => self.put(value, matches!(place, Place::UrlStart | Place::UrlInside), &mut out),
            // Also in a branch that is hidden for want of it.
            Value::Missing => self.told.blank_link = true,
            Value::Canned if !self.nested => out = self.canned()?,
            Value::Canned | Value::Unknown => {}
        }
        Ok(out)
    }

    /// The canned text is HTML; for a plain text its words remain.
    fn canned(&mut self) -> Result<String, Vec<TemplateProblem>> {
        let canned = Template::new(&self.values.canned, Format::Html, &self.values.named)?;
        let Rendered { output, left_to_halo, warnings, blank_link } = canned.render_nested(self.values)?;
        self.told.warnings.extend(warnings);
        self.told.blank_link |= blank_link;
        self.told.left_to_halo.extend(left_to_halo);
        Ok(match self.format {
            Format::Html => output,
            Format::Text => escape::one_line(&escape::words_of(&output)),
        })
    }

    fn put(&self, value: &str, in_url: bool, out: &mut String) {
        match self.format {
            Format::Html if in_url => escape::percent(value, out),
            Format::Html => escape::value(value, out),
            Format::Text => out.push_str(&escape::one_line(value)),
        }
    }
}

/// Percent-encoded for any part of a URL.
pub(crate) fn percent(text: &str) -> String {
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

/// A text without markup as HTML: escaped, and its lines stay lines. `$NAMES` stay names.
#[must_use]
pub fn html_of(text: &str) -> String {
    text.lines().map(escape).collect::<Vec<_>>().join("<br>")
}

#[cfg(test)]
mod tests;
