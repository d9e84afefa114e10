//! A mail's HTML as paragraphs of plain runs, for the preview: words, emphasis and what is a link survive, everything
//! else (styles, pictures, scripts) does not, so that a template can show nothing but its words. Not a browser.

/// A paragraph, heading or list item.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Block {
    /// A heading.
    pub heading: bool,
    /// A list item.
    pub item: bool,
    /// Its text.
    pub runs: Vec<Run>,
}

/// Text in one manner.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Run {
    /// The words.
    pub text: String,
    /// Bold.
    pub strong: bool,
    /// Leads somewhere.
    pub link: bool,
    /// A line ends here.
    pub line_break: bool,
}

/// Reads HTML, however it is written: there is nothing to refuse, only less to show.
pub fn blocks(html: &str) -> Vec<Block> {
    let mut reader = Reader::default();
    let mut rest = html;
    while let Some((before, after)) = rest.split_once('<') {
        reader.text(before);
        rest = if let Some(comment) = after.strip_prefix("!--") {
            comment.split_once("-->").map_or("", |(_, rest)| rest)
        } else if after.starts_with(|c: char| c.is_ascii_alphabetic() || matches!(c, '/' | '!' | '?')) {
            let end = tag_end(after);
            reader.tag(after.get(..end).unwrap_or(after));
            after.get(end + 1..).unwrap_or_default()
        } else {
            reader.text("<");
            after
        };
    }
    reader.text(rest);
    reader.close();
    reader.done
}

/// Where a tag ends: the `>` that stands in no quoted value.
fn tag_end(tag: &str) -> usize {
    let mut quote = None;
    for (place, c) in tag.char_indices() {
        match (quote, c) {
            (None, '>') => return place,
            (None, '"' | '\'') => quote = Some(c),
            (Some(open), c) if open == c => quote = None,
            _ => {}
        }
    }
    tag.len()
}

#[derive(Default)]
struct Reader {
    done: Vec<Block>,
    open: Block,
    strong: u32,
    links: u32,
    /// Inside something that is not shown.
    hidden: Option<String>,
    /// White space is waiting for a word.
    space: bool,
}

impl Reader {
    fn tag(&mut self, tag: &str) {
        let closes = tag.starts_with('/');
        let name: String =
            tag.trim_start_matches('/').chars().take_while(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
        if let Some(hidden) = &self.hidden {
            if closes && *hidden == name {
                self.hidden = None;
            }
            return;
        }
        let count = |depth: &mut u32| *depth = if closes { depth.saturating_sub(1) } else { depth.saturating_add(1) };
        match name.as_str() {
            "script" | "style" | "title" | "head" | "template" if !closes => self.hidden = Some(name),
            "b" | "strong" | "th" => count(&mut self.strong),
            "a" => count(&mut self.links),
            "br" => {
                self.open.runs.push(Run { line_break: true, ..Run::default() });
                self.space = false;
            }
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => {
                self.close();
                self.open.heading = !closes;
            }
            "li" => {
                self.close();
                self.open.item = !closes;
            }
            "p" | "div" | "ul" | "ol" | "table" | "tr" | "blockquote" | "hr" | "pre" | "section" => self.close(),
            "td" => self.space = true,
            _ => {}
        }
    }

    fn text(&mut self, raw: &str) {
        if self.hidden.is_some() {
            return;
        }
        let mut words = String::new();
        for c in unescape(raw).chars() {
            if matches!(c, ' ' | '\n' | '\r' | '\t') {
                self.space = true;
                continue;
            }
            if std::mem::take(&mut self.space) {
                match self.open.runs.last_mut() {
                    _ if !words.is_empty() => words.push(' '),
                    // Where a link ends, its underline does.
                    Some(run) if !run.line_break && !run.link => run.text.push(' '),
                    Some(run) if run.link => words.push(' '),
                    _ => {}
                }
            }
            words.push(c);
        }
        if words.is_empty() {
            return;
        }
        let (strong, link) = (self.strong > 0, self.links > 0);
        match self.open.runs.last_mut() {
            Some(run) if !run.line_break && run.strong == strong && run.link == link => run.text.push_str(&words),
            _ => self.open.runs.push(Run { text: words, strong, link, line_break: false }),
        }
    }

    fn close(&mut self) {
        self.space = false;
        let block = std::mem::take(&mut self.open);
        if block.runs.iter().any(|run| !run.line_break) {
            self.done.push(block);
        }
    }
}

/// Character references of our own escaping and the usual ones of mail; others stay as typed.
fn unescape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        out.push_str(before);
        let reference = after.split_once(';').filter(|(name, _)| name.len() <= 8);
        match reference.and_then(|(name, behind)| Some((character(name)?, behind))) {
            Some((c, behind)) => {
                out.push(c);
                rest = behind;
            }
            None => {
                out.push('&');
                rest = after;
            }
        }
    }
    out.push_str(rest);
    out
}

fn character(name: &str) -> Option<char> {
    Some(match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        "nbsp" => '\u{A0}',
        "ndash" => '–',
        "mdash" => '—',
        "hellip" => '…',
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code)?
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Blocks in short: `# ` heading, `- ` item, `*strong*`, `[link]`, `/` line break.
    fn short(html: &str) -> Vec<String> {
        let run = |run: &Run| match run {
            Run { line_break: true, .. } => "/".to_owned(),
            Run { link: true, text, .. } => format!("[{text}]"),
            Run { strong: true, text, .. } => format!("*{text}*"),
            Run { text, .. } => text.clone(),
        };
        let block = |block: &Block| {
            let mark = if block.heading {
                "# "
            } else if block.item {
                "- "
            } else {
                ""
            };
            format!("{mark}{}", block.runs.iter().map(run).collect::<String>())
        };
        blocks(html).iter().map(block).collect()
    }

    #[test]
    fn words_emphasis_and_links_survive() {
        for (html, expected) in [
            ("plain", &["plain"][..]),
            ("<p>Hello <b>you</b>,</p>\n<p>click <a href=\"https://x/?a>b\">here</a>.</p>", &["Hello *you*,", "click [here]."]),
            ("<h2>Title</h2>one<br>two<ul><li>a<li>b</ul>", &["# Title", "one/two", "- a", "- b"]),
            ("a &lt;b&gt; &amp;lt; &#36;X &#x41; &nosuch; & b", &["a <b> &lt; $X A &nosuch; & b"]),
            ("<style>p{}</style><script>alert('<p>')</script>x<!-- <b>no</b> -->y", &["xy"]),
            ("1 < 2 <", &["1 < 2 <"]),
            ("<p", &[]),
            ("<p></p><p>&nbsp;</p>", &["\u{a0}"]),
        ] {
            assert_eq!(short(html), expected, "{html}");
        }
    }
}
