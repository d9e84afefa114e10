//! Where in an HTML template a place stands: text, attribute, link, script. Follows markup just closely enough to know
//! that; it judges no HTML and builds no tree.

/// What kind of place a value would be put into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// Between tags.
    Text,
    /// In a quoted attribute.
    Attribute,
    /// At the beginning of a quoted attribute that holds a URL.
    UrlStart,
    /// Further inside such an attribute.
    UrlInside,
    /// In an attribute without quotes.
    Unquoted,
    /// Elsewhere inside a tag.
    Tag,
    /// In a comment.
    Comment,
    /// In a script or style, as element or attribute.
    Script,
}

/// What an attribute holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Holds {
    Text,
    Url,
    Code,
}

const URL_ATTRIBUTES: &[&str] = &[
    "action",
    "background",
    "cite",
    "codebase",
    "data",
    "formaction",
    "href",
    "longdesc",
    "manifest",
    "ping",
    "poster",
    "src",
    "srcset",
    "xlink:href",
];

impl Holds {
    fn of(attribute: &str) -> Self {
        let name = attribute.to_ascii_lowercase();
        if name.starts_with("on") || name == "style" || name == "srcdoc" {
            Self::Code
        } else if URL_ATTRIBUTES.contains(&name.as_str()) {
            Self::Url
        } else {
            Self::Text
        }
    }
}

/// How far the markup is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    Text,
    Tag,
    Named(Holds),
    Value(Holds),
    Quoted(char, Holds),
    Unquoted(Holds),
    Comment,
    Declaration,
    Raw(&'static str),
}

/// Follows the markup of one template.
#[derive(Clone, Copy, Debug)]
pub(super) struct Markup {
    pub(super) state: State,
    /// The open tag is that of a script or style.
    raw: Option<&'static str>,
    /// Something stands already in the quoted attribute.
    pub(super) begun: bool,
}

impl Markup {
    pub(super) const fn new() -> Self {
        Self { state: State::Text, raw: None, begun: false }
    }

    /// What kind of place this is.
    pub(super) const fn place(&self) -> Place {
        match self.state {
            State::Text => Place::Text,
            State::Quoted(_, Holds::Text) => Place::Attribute,
            State::Quoted(_, Holds::Url) if self.begun => Place::UrlInside,
            State::Quoted(_, Holds::Url) => Place::UrlStart,
            State::Raw(_) | State::Quoted(_, Holds::Code) => Place::Script,
            State::Value(_) | State::Unquoted(_) => Place::Unquoted,
            State::Tag | State::Named(_) | State::Declaration => Place::Tag,
            State::Comment => Place::Comment,
        }
    }

    /// A value was put here.
    pub(super) const fn put(&mut self) {
        self.begun = true;
        if let State::Value(holds) = self.state {
            self.state = State::Unquoted(holds);
        }
    }

    /// Goes one piece further and says how many bytes that was; never 0 unless the text is empty.
    pub(super) fn step(&mut self, rest: &str) -> usize {
        let Some(c) = rest.chars().next() else { return 0 };
        match (self.state, c) {
            (State::Text, '<') => return self.open(rest),
            (State::Raw(element), '<') if closes(rest, element) => return self.open(rest),
            (State::Comment, '-') if rest.starts_with("-->") => {
                self.state = State::Text;
                return "-->".len();
            }
            (State::Tag | State::Named(_) | State::Value(_) | State::Unquoted(_), '>') => self.leave(),
            (State::Declaration, '>') => self.state = State::Text,
            (State::Named(holds), '=') => self.state = State::Value(holds),
            (State::Tag | State::Named(_), c) if !c.is_whitespace() && c != '/' && c != '=' => {
                let end = rest.find(|c: char| c.is_whitespace() || "=>/${".contains(c)).unwrap_or(rest.len());
                self.state = State::Named(Holds::of(rest.get(..end).unwrap_or_default()));
                return end.max(c.len_utf8());
            }
            (State::Value(holds), '"' | '\'') => {
                self.state = State::Quoted(c, holds);
                self.begun = false;
            }
            (State::Value(holds), c) if !c.is_whitespace() => self.state = State::Unquoted(holds),
            (State::Unquoted(_), c) if c.is_whitespace() => self.state = State::Tag,
            (State::Quoted(quote, _), c) if c == quote => self.state = State::Tag,
            (State::Quoted(..), c) if !c.is_whitespace() => self.begun = true,
            _ => {}
        }
        c.len_utf8()
    }

    /// At a `<`.
    fn open(&mut self, rest: &str) -> usize {
        if rest.starts_with("<!--") {
            self.state = State::Comment;
            return "<!--".len();
        }
        let name_from = if rest.starts_with("</") { 2 } else { 1 };
        let name = rest.get(name_from..).unwrap_or_default();
        if !name.starts_with(|c: char| c.is_ascii_alphabetic()) {
            if rest.starts_with("<!") || rest.starts_with("<?") || rest.starts_with("</") {
                self.state = State::Declaration;
            }
            return 1;
        }
        let length = name.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(name.len());
        let name = name.get(..length).unwrap_or_default();
        self.raw = ["script", "style"].into_iter().find(|raw| name_from == 1 && raw.eq_ignore_ascii_case(name));
        self.state = State::Tag;
        name_from + length
    }

    /// At the `>` of a tag.
    const fn leave(&mut self) {
        self.state = match self.raw {
            Some(element) => State::Raw(element),
            None => State::Text,
        };
    }
}

/// Whether this is the end tag of the element.
fn closes(rest: &str, element: &str) -> bool {
    let name = rest.strip_prefix("</").and_then(|rest| rest.get(..element.len()));
    name.is_some_and(|name| name.eq_ignore_ascii_case(element))
}
