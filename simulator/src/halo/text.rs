//! What Halo keeps of an HTML note as plain text. No sanitising: whether Halo does is not documented, and the screens render notes
//! in a frame without scripts.

/// The text of HTML: tags away, line breaks where blocks end, the five entities read.
pub fn of_html(html: &str) -> String {
    let mut text = String::with_capacity(html.len());
    let mut rest = html;
    while let Some((before, tagged)) = rest.split_once('<') {
        text += before;
        let Some((tag, after)) = tagged.split_once('>') else {
            rest = "";
            break;
        };
        let name = tag.trim_start_matches('/').split([' ', '/']).next().unwrap_or_default().to_ascii_lowercase();
        if (tag.starts_with('/') && ["p", "div", "tr", "li", "h1", "h2", "h3", "h4", "ul", "ol", "table"].contains(&name.as_str()))
            || name == "br"
        {
            text.push('\n');
        }
        rest = after;
    }
    text += rest;
    let entities = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&#x27;", "'"), ("&nbsp;", " "), ("&amp;", "&")];
    let text = entities.iter().fold(text, |text, (entity, letter)| text.replace(entity, letter));
    text.trim().to_owned()
}
