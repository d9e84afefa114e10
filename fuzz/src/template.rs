//! What a template makes of values: administrators write the one, customers the other.

use halo_remote_support::rules::{
    link::HttpsUrl,
    template::{Format, Rendered, TemplateProblem, Values, lint_as, render},
};

/// Between lines `---`: the template, the canned text behind `$REMOTEINVITE`, a value.
pub fn template(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let mut parts = text.splitn(3, "\n---\n");
    let template = parts.next().unwrap_or_default();
    let canned = parts.next().unwrap_or("<p>Join: <a href=\"$LINKTOREMOTE\">here</a></p>");
    let value = parts.next().unwrap_or("<img src=\"x\" onerror='$SYMPTOM {{USERNAME}}'>&\r\n\u{202E}");
    for format in [Format::Html, Format::Text] {
        let rendered = render(template, &values("", value), format);
        lint_and_render_agree(&lint_as(template, format), &rendered);
        let with_canned = render(template, &values(canned, value), format);
        if let Err(problems) = &with_canned {
            let refused = rendered.err().unwrap_or_else(|| lint_as(canned, Format::Html));
            assert_eq!(*problems, refused, "the template is refused, or else its canned text");
        }
        if let Ok(rendered) = with_canned {
            promises_of_the_output(&rendered, format);
            if format == Format::Html {
                let harmless = render(template, &values(canned, if value.trim().is_empty() { "" } else { "x" }), format);
                let harmless = harmless.map(|rendered| rendered.output).unwrap_or_default();
                assert_eq!(markup(&rendered.output), markup(&harmless), "a value adds neither markup nor variables");
            }
        }
    }
}

/// What is known of ticket, user and agent, all of it the same text.
fn values(canned: &str, value: &str) -> Values {
    let named = ["FAULTID", "SYMPTOM", "USERNAME", "AREA"].map(|name| (name.to_owned(), value.to_owned())).into();
    let link = HttpsUrl::parse("https://support.example.com/?ak=1&b=$FAULTID").ok();
    Values { link, session_code: Some(value.to_owned()), canned: canned.to_owned(), named }
}

fn lint_and_render_agree(linted: &[TemplateProblem], rendered: &Result<Rendered, Vec<TemplateProblem>>) {
    let told = match rendered {
        Ok(rendered) => &rendered.warnings,
        Err(problems) => problems,
    };
    assert_eq!(told, linted, "lint and render find the same");
    assert_eq!(rendered.is_err(), linted.iter().any(|problem| problem.refused), "what is refused is not rendered");
    assert!(linted.is_sorted_by_key(|problem| (problem.line, problem.column)), "problems stand in the template's order");
    assert!(linted.iter().all(|problem| problem.line > 0 && problem.column > 0));
}

fn promises_of_the_output(rendered: &Rendered, format: Format) {
    assert!(!rendered.blank_link, "there are a link and a code");
    assert!(rendered.left_to_halo.iter().all(|name| name.len() > 1 && name.starts_with('$')));
    if format == Format::Text {
        assert!(!rendered.output.contains(char::is_control), "plain text is one line");
    }
}

/// The characters with which a tag, a quoted attribute or a variable begins or ends.
fn markup(html: &str) -> Vec<char> {
    html.chars().filter(|c| "<>\"'$".contains(*c)).collect()
}
