//! One linear scan over a template: where its variables and blocks stand, and what is refused or odd. Fills nothing in.

use super::{
    Format, TemplateProblem,
    markup::{Markup, Place, State},
    variables,
};
use crate::rules::wording::Message;
use std::{borrow::Cow, collections::BTreeMap};

/// A longer template is refused.
const LONGEST: usize = 64 * 1024;
/// Deeper blocks are refused.
const DEEPEST: usize = 16;
/// A `{{` without `}}` within so many bytes is no tag; keeps the scan linear.
const LONGEST_TAG: usize = 128;

/// A part of a template.
#[derive(Clone, Debug)]
pub(super) enum Piece<'t> {
    Literal(&'t str),
    Variable { name: &'t str, typed: &'t str, place: Place },
    Tag(Tag<'t>),
}

/// A tag of a block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Tag<'t> {
    If(Cow<'t, str>),
    Unless(Cow<'t, str>),
    ElseIf(Cow<'t, str>),
    Else,
    EndIf,
    EndUnless,
}

impl Tag<'_> {
    pub(super) fn into_owned(self) -> Tag<'static> {
        let own = |name: Cow<'_, str>| Cow::Owned(name.into_owned());
        match self {
            Self::If(name) => Tag::If(own(name)),
            Self::Unless(name) => Tag::Unless(own(name)),
            Self::ElseIf(name) => Tag::ElseIf(own(name)),
            Self::Else => Tag::Else,
            Self::EndIf => Tag::EndIf,
            Self::EndUnless => Tag::EndUnless,
        }
    }
}

/// What the scan found.
pub(super) struct Scan<'t> {
    pub(super) pieces: Vec<Piece<'t>>,
    pub(super) problems: Vec<TemplateProblem>,
}

/// A block that is not closed yet.
struct Open<'t> {
    at: usize,
    typed: &'t str,
    end: Tag<'t>,
    begin: Markup,
    /// Its `{{else}}` was there.
    last_branch: bool,
}

struct Scanner<'t, 'n> {
    template: &'t str,
    named: &'n BTreeMap<String, String>,
    /// `None` in plain text.
    markup: Option<Markup>,
    at: usize,
    literal_from: usize,
    open: Vec<Open<'t>>,
    pieces: Vec<Piece<'t>>,
    found: Vec<(usize, bool, Message)>,
}

/// Scans a template.
pub(super) fn scan<'t>(template: &'t str, format: Format, named: &BTreeMap<String, String>) -> Scan<'t> {
    let markup = (format == Format::Html).then(Markup::new);
    let mut scanner = Scanner { template, named, markup, at: 0, literal_from: 0, open: Vec::new(), pieces: Vec::new(), found: Vec::new() };
    if template.len() > LONGEST {
        let at = template.floor_char_boundary(LONGEST);
        scanner.found.push((at, true, Message::new("template.tooLong").with("limit", LONGEST)));
    } else {
        scanner.run();
    }
    Scan { pieces: scanner.pieces, problems: placed(template, scanner.found) }
}

impl<'t> Scanner<'t, '_> {
    fn run(&mut self) {
        while let Some(rest) = self.template.get(self.at..).filter(|rest| !rest.is_empty()) {
            let taken = match rest.strip_prefix('$') {
                Some(behind) => self.dollar(rest, behind),
                None if rest.starts_with("{{") => self.braces(rest),
                None => 0,
            };
            self.at += match taken {
                0 => self.literal(rest),
                taken => {
                    self.literal_from = self.at + taken;
                    taken
                }
            };
        }
        self.end_literal();
        self.not_closed();
    }

    /// Tells of the blocks that are still open, each at its place among what was found: both are in order already.
    fn not_closed(&mut self) {
        let mut found = std::mem::take(&mut self.found).into_iter().peekable();
        for open in std::mem::take(&mut self.open) {
            while let Some(earlier) = found.next_if(|(at, ..)| *at <= open.at) {
                self.found.push(earlier);
            }
            self.found.push((open.at, true, Message::new("template.blockNotClosed").with("tag", open.typed)));
        }
        self.found.extend(found);
    }

    fn literal(&mut self, rest: &str) -> usize {
        match &mut self.markup {
            Some(markup) => markup.step(rest),
            None => rest.chars().next().map_or(1, char::len_utf8),
        }
    }

    fn end_literal(&mut self) {
        if let Some(text) = self.template.get(self.literal_from..self.at).filter(|text| !text.is_empty()) {
            self.pieces.push(Piece::Literal(text));
        }
    }

    fn problem(&mut self, refused: bool, message: Message) {
        self.found.push((self.at, refused, message));
    }

    fn refuse(&mut self, code: &str, tag: &str) {
        self.problem(true, Message::new(code).with("tag", tag));
    }

    /// At a `$`: how many bytes are a variable.
    fn dollar(&mut self, rest: &'t str, behind: &'t str) -> usize {
        let Some(name) = variables::name_at(behind, self.named) else { return 0 };
        let typed = rest.get(..=name.len()).unwrap_or_default();
        self.variable(name, typed);
        typed.len()
    }

    fn variable(&mut self, name: &'t str, typed: &'t str) {
        let place = self.markup.map_or(Place::Text, |markup| markup.place());
        if variables::is_ours(name, self.named) {
            self.check_place(typed, place, name == "REMOTEINVITE");
        }
        self.end_literal();
        self.pieces.push(Piece::Variable { name, typed, place });
        if let Some(markup) = &mut self.markup {
            markup.put();
        }
    }

    fn check_place(&mut self, typed: &str, place: Place, has_markup: bool) {
        let code = match place {
            Place::Attribute | Place::UrlStart | Place::UrlInside if has_markup => "template.inviteInAttribute",
            Place::Text | Place::Attribute | Place::UrlStart | Place::UrlInside => return,
            Place::Unquoted => "template.unquotedAttribute",
            Place::Tag => "template.insideTag",
            Place::Comment => "template.insideComment",
            Place::Script => "template.insideScript",
        };
        self.problem(true, Message::new(code).with("name", typed));
    }

    /// At a `{{`: how many bytes are a tag, or to be skipped.
    fn braces(&mut self, rest: &'t str) -> usize {
        let near = rest.get(..rest.floor_char_boundary(LONGEST_TAG)).unwrap_or(rest);
        if near.starts_with("{{{") {
            self.refuse("template.tripleBraces", "{{{");
            return near.find(|c| c != '{').unwrap_or(near.len());
        }
        let Some(inner) =
            near.get(2..).and_then(|behind| behind.split_once("}}")).map(|(inner, _)| inner).filter(|inner| !inner.contains('{'))
        else {
            self.problem(false, Message::new("template.strayBraces"));
            return 0;
        };
        let typed = near.get(..inner.len() + 4).unwrap_or(near);
        let mut words = inner.split_whitespace();
        let tag = match (words.next().unwrap_or_default(), words.next(), words.next(), words.next()) {
            ("#if", Some(name), None, None) if is_name(name) => Tag::If(name.into()),
            ("#unless", Some(name), None, None) if is_name(name) => Tag::Unless(name.into()),
            ("else", Some("if"), Some(name), None) if is_name(name) => Tag::ElseIf(name.into()),
            ("else", None, ..) => Tag::Else,
            ("/if", None, ..) => Tag::EndIf,
            ("/unless", None, ..) => Tag::EndUnless,
            (name, None, ..) if is_name(name) => {
                self.know(name, typed);
                self.variable(name, typed);
                return typed.len();
            }
            (comment, ..) if comment.starts_with('!') => {
                self.end_literal();
                return typed.len();
            }
            (word, ..) => {
                let code = match word.chars().next() {
                    Some('>') => "template.partial",
                    Some('&') => "template.tripleBraces",
                    _ => "template.unsupported",
                };
                self.refuse(code, typed);
                return typed.len();
            }
        };
        self.block(tag, typed);
        typed.len()
    }

    fn know(&mut self, name: &str, typed: &str) {
        if !variables::is_ours(name, self.named) {
            self.problem(false, Message::new("template.unknownName").with("name", typed));
        }
    }

    fn block(&mut self, tag: Tag<'t>, typed: &'t str) {
        self.end_literal();
        self.pieces.push(Piece::Tag(tag.clone()));
        let here = self.markup.unwrap_or(Markup::new());
        if let State::Comment | State::Raw(_) = here.state {
            self.check_place(typed, here.place(), false);
        }
        if let Tag::If(name) | Tag::Unless(name) | Tag::ElseIf(name) = &tag {
            self.know(name, typed);
        }
        let end = match tag {
            Tag::If(_) => Some(Tag::EndIf),
            Tag::Unless(_) => Some(Tag::EndUnless),
            _ => None,
        };
        if let Some(end) = end {
            if self.open.len() == DEEPEST {
                self.problem(true, Message::new("template.tooDeep").with("limit", DEEPEST));
            }
            self.open.push(Open { at: self.at, typed, end, begin: here, last_branch: false });
            return;
        }
        let is_else = matches!(tag, Tag::Else | Tag::ElseIf(_));
        let Some(mut block) = self.open.pop_if(|block| is_else || block.end == tag) else {
            return self.refuse("template.blockNotOpened", typed);
        };
        if block.begin.state != here.state {
            self.refuse("template.blockAcrossMarkup", block.typed);
        }
        match &mut self.markup {
            // The other branch begins where the first one did.
            Some(markup) if is_else => *markup = block.begin,
            Some(markup) => markup.begun = true,
            None => {}
        }
        if is_else {
            if block.last_branch {
                self.refuse("template.branchAfterElse", typed);
            }
            block.last_branch = tag == Tag::Else;
            self.open.push(block);
        }
    }
}

fn is_name(word: &str) -> bool {
    word.starts_with(|c: char| c.is_ascii_alphabetic()) && word != "else" && word.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
}

/// Byte offsets, in order, as lines and columns; in one pass.
fn placed(template: &str, found: Vec<(usize, bool, Message)>) -> Vec<TemplateProblem> {
    let (mut line, mut column) = (1, 1);
    let mut chars = template.char_indices().peekable();
    found
        .into_iter()
        .map(|(at, refused, message)| {
            while let Some((_, c)) = chars.next_if(|(place, _)| *place < at) {
                (line, column) = if c == '\n' { (line + 1, 1) } else { (line, column + 1) };
            }
            TemplateProblem { message, refused, line, column }
        })
        .collect()
}
