//! What `template` promises.

use super::*;
use crate::rules::wording::{Language, say};
use proptest::prelude::*;

const LINK: &str = "https://support.example.com/?ak=1&b=2";

fn values() -> Values {
    let named = [
        ("FAULTID", "1161"),
        ("SYMPTOM", "Printer <b>jam</b> $LINKTOREMOTE {{USERNAME}}"),
        ("SYMPTOM2", "details"),
        ("USERNAME", "<img src=x onerror=alert(1)>"),
        ("FIRSTNAME", "O'Neill \"Kit\""),
        ("AREA", ""),
        ("SITE", "javascript:alert(1)"),
    ];
    Values {
        link: Some(HttpsUrl::parse(LINK).unwrap()),
        session_code: Some("7041993".to_owned()),
        canned: "<p>Join: <a href=\"$LINKTOREMOTE\">here</a>, code $REMOTESSESSIONCODE. $REMOTEINVITE</p>".to_owned(),
        named: named.map(|(name, value)| (name.to_owned(), value.to_owned())).into(),
    }
}

fn html(template: &str) -> String {
    render(template, &values(), Format::Html).map(|rendered| rendered.output).unwrap_or_else(|problems| format!("{problems:?}"))
}

#[test]
fn each_value_is_escaped_for_the_place_it_stands_in() {
    for (template, expected) in [
        ("<p>$USERNAME</p>", "<p>&lt;img src=x onerror=alert(1)&gt;</p>"),
        ("<p title=\"$FIRSTNAME\">", "<p title=\"O&#39;Neill &quot;Kit&quot;\">"),
        ("<a href=\"$LINKTOREMOTE\">", "<a href=\"https://support.example.com/?ak=1&amp;b=2\">"),
        ("<a href=' $REMOTELINK'>", "<a href=' https://support.example.com/?ak=1&amp;b=2'>"),
        ("<a HREF = \"$SITE\">", "<a HREF = \"javascript%3Aalert%281%29\">"),
        ("<a href=\"/t/$FAULTID?n=$FIRSTNAME\">", "<a href=\"/t/1161?n=O%27Neill%20%22Kit%22\">"),
        ("<a href=\"/go?to=$LINKTOREMOTE\">", "<a href=\"/go?to=https%3A%2F%2Fsupport.example.com%2F%3Fak%3D1%26b%3D2\">"),
        ("open $LINKTOREMOTE, code $REMOTESESSIONCODE", "open https://support.example.com/?ak=1&amp;b=2, code 7041993"),
    ] {
        assert_eq!(html(template), expected);
    }
}

#[test]
fn names_are_read_longest_first_case_sensitive_and_expanded_once() {
    for (template, expected, left) in [
        ("$SYMPTOM2 $FAULTIDX", "details 1161X", vec![]),
        ("$SYMPTOM", "Printer &lt;b&gt;jam&lt;/b&gt; &#36;LINKTOREMOTE {{USERNAME}}", vec![]),
        ("costs $100 or $5, $faultid $F $", "costs $100 or $5, $faultid $F $", vec![]),
        ("$UNKNOWN $CFMyField $UNKNOWN", "$UNKNOWN $CFMyField $UNKNOWN", vec!["$UNKNOWN", "$CFMyField"]),
        ("$SERIOUSNESS2 $LASTNAME", "$SERIOUSNESS2 $LASTNAME", vec!["$SERIOUSNESS2", "$LASTNAME"]),
    ] {
        let rendered = render(template, &values(), Format::Html).unwrap();
        assert_eq!((rendered.output.as_str(), rendered.left_to_halo), (expected, left.into_iter().map(str::to_owned).collect()));
    }
}

#[test]
fn the_canned_text_nests_once() {
    let expected = "Hi <p>Join: <a href=\"https://support.example.com/?ak=1&amp;b=2\">here</a>, code 7041993. $REMOTEINVITE</p>";
    let rendered = render("Hi $REMOTEINVITE", &values(), Format::Html).unwrap();
    assert_eq!((rendered.output.as_str(), rendered.left_to_halo), (expected, vec!["$REMOTEINVITE".to_owned()]));
    let text = render("Hi $REMOTEINVITE", &values(), Format::Text).unwrap();
    assert_eq!(text.output, "Hi Join: here (https://support.example.com/?ak=1&b=2), code 7041993. $REMOTEINVITE");
}

#[test]
fn without_a_link_the_variables_are_blank_and_it_is_said() {
    let blank = Values { link: None, session_code: None, ..values() };
    for (template, output, blank_link) in [
        ("[$LINKTOREMOTE][$REMOTELINK][$REMOTESSESSIONCODE][$REMOTESESSIONCODE]", "[][][][]", true),
        ("$REMOTEINVITE", "<p>Join: <a href=\"\">here</a>, code . $REMOTEINVITE</p>", true),
        ("$FAULTID", "1161", false),
    ] {
        let rendered = render(template, &blank, Format::Html).unwrap();
        assert_eq!((rendered.output.as_str(), rendered.blank_link), (output, blank_link));
    }
}

#[test]
fn plain_text_is_one_line_with_raw_values_and_no_control_characters() {
    let values = Values { named: [("SYMPTOM".to_owned(), "a <b>\r\nBcc: x\u{7}\u{202E}".to_owned())].into(), ..values() };
    for (template, expected) in [
        ("Ticket: $SYMPTOM", "Ticket: a <b>  Bcc: x"),
        ("a < b \"$LINKTOREMOTE", "a < b \"https://support.example.com/?ak=1&b=2"),
        ("<script>$REMOTESSESSIONCODE", "<script>7041993"),
        ("a\tb\nc", "a b c"),
    ] {
        assert_eq!(render(template, &values, Format::Text).unwrap().output, expected);
    }
}

#[test]
fn blocks_show_what_has_a_value() {
    for (template, expected) in [
        (
            "{{#if LINKTOREMOTE}}<a href=\"{{LINKTOREMOTE}}\">x</a>{{else}}none{{/if}}",
            "<a href=\"https://support.example.com/?ak=1&amp;b=2\">x</a>",
        ),
        ("{{#if AREA}}a{{else if FAULTID}}{{FAULTID}}{{else}}c{{/if}}", "1161"),
        ("{{#unless AREA}}no client{{/unless}}", "no client"),
        ("{{! a remark }}{{ USERNAME }}", "&lt;img src=x onerror=alert(1)&gt;"),
        ("a\n{{#if FAULTID}}\nb\\{{FAULTID}}\n{{/if}}\n", "a\n\nb\\1161\n\n"),
        ("<a href=\"{{#if AREA}}x{{else}}{{LINKTOREMOTE}}{{/if}}\">", "<a href=\"https://support.example.com/?ak=1&amp;b=2\">"),
        ("{{#if FAULTID}}$SYMPTOM{{/if}}", "Printer &lt;b&gt;jam&lt;/b&gt; &#36;LINKTOREMOTE {{USERNAME}}"),
        ("<p {{#if FAULTID}}class=\"x\" {{/if}}>", "<p class=\"x\" >"),
        ("{{NOBODY}}{{#if NOBODY}}x{{/if}}.", "."),
    ] {
        assert_eq!(html(template), expected, "{template}");
    }
}

/// `refused` and place of each problem, with its code's last part.
fn problems(template: &str) -> Vec<String> {
    let mark = |refused| if refused { "!" } else { "?" };
    let name = |problem: &TemplateProblem| problem.message.code.replace("template.", "");
    lint(template).iter().map(|problem| format!("{}{} {}:{}", mark(problem.refused), name(problem), problem.line, problem.column)).collect()
}

#[test]
fn what_is_refused_or_odd_is_named_with_its_place() {
    let deep = "{{#if AREA}}".repeat(17) + &"{{/if}}".repeat(17);
    let long = "ä".repeat(40_000);
    for (template, expected) in [
        ("plain $FAULTID and {{USERNAME}}", vec![]),
        ("<a href=$LINKTOREMOTE>", vec!["!unquotedAttribute 1:9"]),
        ("<a href=x$LINKTOREMOTE>", vec!["!unquotedAttribute 1:10"]),
        ("ä\n <b $FAULTID>", vec!["!insideTag 2:5"]),
        ("<script>let x = '$FAULTID'</script> $FAULTID", vec!["!insideScript 1:18"]),
        ("<STYLE>a{$FAULTID}</STYLE >$FAULTID", vec!["!insideScript 1:10"]),
        ("<p style=\"$AREA\" onclick='$AREA'>", vec!["!insideScript 1:11", "!insideScript 1:27"]),
        ("<!-- $FAULTID --> $FAULTID", vec!["!insideComment 1:6"]),
        ("<!-- {{#if AREA}}--> {{/if}}", vec!["!insideComment 1:6", "!blockAcrossMarkup 1:22"]),
        ("<!doctype $FAULTID>", vec!["!insideTag 1:11"]),
        ("<a title=\"$REMOTEINVITE\">", vec!["!inviteInAttribute 1:11"]),
        ("{{{FAULTID}}}", vec!["!tripleBraces 1:1"]),
        ("{{&FAULTID}} {{> other}}", vec!["!tripleBraces 1:1", "!partial 1:14"]),
        ("{{#each users}}", vec!["!unsupported 1:1"]),
        ("{{lookup a b}} {{user.name}} {{}}", vec!["!unsupported 1:1", "!unsupported 1:16", "!unsupported 1:30"]),
        ("{{#if AREA}}", vec!["!blockNotClosed 1:1"]),
        ("{{/if}} {{else}}", vec!["!blockNotOpened 1:1", "!blockNotOpened 1:9"]),
        ("{{#if AREA}}{{/unless}}", vec!["!blockNotClosed 1:1", "!blockNotOpened 1:13"]),
        ("{{#if AREA}}{{else}}{{else}}{{/if}}", vec!["!branchAfterElse 1:21"]),
        ("{{#unless AREA}}{{else}}{{else if SITE}}{{/unless}}", vec!["!branchAfterElse 1:25"]),
        ("{{#if AREA}}{{else if SITE}}{{else if STATUS}}{{else}}{{#if SITE}}{{else}}{{/if}}{{/if}}", vec![]),
        ("{{#if AREA}}<b{{/if}}>", vec!["!blockAcrossMarkup 1:15"]),
        ("<a href=\"{{#if AREA}}\">{{else}}x{{/if}}\">", vec!["!blockAcrossMarkup 1:24"]),
        ("{{ stray", vec!["?strayBraces 1:1"]),
        ("{{NOBODY}}", vec!["?unknownName 1:1"]),
        (&deep, vec!["!tooDeep 1:193"]),
        (&long, vec!["!tooLong 1:32769"]),
    ] {
        assert_eq!(problems(template), expected, "{}", template.get(..40).unwrap_or(template));
    }
}

#[test]
fn what_lint_refuses_is_not_rendered_and_each_problem_is_a_sentence() {
    for template in ["<a href=$LINKTOREMOTE>", "{{{x}}}", "{{#if AREA}}", "<script>{{AREA}}</script>"] {
        let refused = render(template, &values(), Format::Html).unwrap_err();
        assert!(refused.iter().any(|problem| problem.refused));
        for problem in refused {
            assert_ne!(say(Language::En, &problem.message), problem.message.code);
        }
    }
    let canned = Values { canned: "<a href=$LINKTOREMOTE>".to_owned(), ..values() };
    assert!(render("$REMOTEINVITE", &canned, Format::Html).is_err());
}

#[test]
fn the_largest_template_is_scanned_in_one_pass() {
    for unit in ["{{ ", "$A", "<", "<a b='", "{{#if A}}", "<!--", "{", "<script>"] {
        let _ = lint(&unit.repeat(64 * 1024 / unit.len()));
    }
}

#[test]
fn control_characters_and_overrides_are_visible_in_escaped_text() {
    assert_eq!(escape("a\u{0}\u{1B}\u{7F}\u{85}\u{202E}b\n\t"), "a␀␛␡[U+0085][U+202E]b\n\t");
}

#[test]
fn a_text_without_markup_keeps_its_lines_and_its_names() {
    for (text, expected) in [
        ("", ""),
        ("Join me: $LINKTOREMOTE", "Join me: $LINKTOREMOTE"),
        ("Load < 5 & rising\r\n\n\"Ann\"\n", "Load &lt; 5 &amp; rising<br><br>&quot;Ann&quot;"),
        ("<b>bold</b>", "&lt;b&gt;bold&lt;/b&gt;"),
    ] {
        assert_eq!(html_of(text), expected);
    }
}

#[test]
fn every_mail_and_chat_message_we_ship_with_is_told_with_kind_blank_and_hostile_values() {
    use crate::rules::settings::Templates;
    let Templates { subject, mail, chat, canned } = Templates::default();
    let named = |values: &[(&str, &str)]| values.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let kind = Values {
        canned: canned.clone(),
        named: named(&[("FAULTID", "1161"), ("USERNAME", "Connor"), ("AGENTNAME", "Ann Keller")]),
        ..values()
    };
    let blank = Values { link: None, session_code: None, ..kind.clone() };
    let name = "<img src=x onerror=alert(1)>$LINKTOREMOTE {{FAULTID}}\r\nBcc: x@example.com\u{202E}";
    let hostile = Values { canned, named: named(&[("FAULTID", "1161"), ("USERNAME", name), ("AGENTNAME", name)]), ..values() };
    let mut told = String::new();
    for (what, values) in [("kind", kind), ("blank", blank), ("hostile", hostile)] {
        for (template, format) in [(&subject, Format::Text), (&mail, Format::Html), (&chat, Format::Html)] {
            let rendered = render(template, &values, format).unwrap();
            told += &format!("{what}, {format:?}, blank link: {}\n{}\n\n", rendered.blank_link, rendered.output);
        }
    }
    assert!(!told.contains("<img"));
    insta::assert_snapshot!(told);
}

/// Whether HTML text is one text node: no tag, and each ampersand begins a reference we write.
fn is_one_text_node(html: &str) -> bool {
    let references = ["&amp;", "&lt;", "&gt;", "&quot;", "&#39;", "&#36;"];
    !html.contains(['<', '>', '"', '\''])
        && html.match_indices('&').all(|(at, _)| references.iter().any(|one| html.get(at..).unwrap().starts_with(one)))
}

const NAMES: &[&str] = &["FAULTID", "AREA", "SITE", "USERNAME"];

/// A template with blocks in blocks.
fn blocks() -> impl Strategy<Value = String> {
    let name = || prop::sample::select(NAMES);
    let leaf = prop_oneof![Just("<p>".to_owned()), Just("a b".to_owned()), name().prop_map(|name| format!("{{{{{name}}}}}"))];
    leaf.prop_recursive(5, 40, 4, move |inner| {
        let inside = || prop::collection::vec(inner.clone(), 0..3).prop_map(|parts| parts.concat());
        prop_oneof![
            (name(), inside()).prop_map(|(name, text)| format!("{{{{#if {name}}}}}{text}{{{{/if}}}}")),
            (name(), inside(), inside())
                .prop_map(|(name, text, other)| format!("{{{{#unless {name}}}}}{text}{{{{else}}}}{other}{{{{/unless}}}}")),
            (name(), inside(), name(), inside(), inside()).prop_map(|(name, text, second, other, last)| {
                format!("{{{{#if {name}}}}}{text}{{{{else if {second}}}}}{other}{{{{else}}}}{last}{{{{/if}}}}")
            }),
            inside(),
        ]
    })
}

proptest! {
    #[test]
    fn blocks_mean_what_handlebars_means(template in blocks(), filled in prop::collection::vec(any::<Option<bool>>(), NAMES.len())) {
        let text = |filled: Option<bool>| filled.map(|filled| if filled { "text" } else { "" }.to_owned());
        let named: BTreeMap<_, _> = NAMES.iter().zip(filled).filter_map(|(name, filled)| Some(((*name).to_owned(), text(filled)?))).collect();
        let theirs = handlebars::Handlebars::new().render_template(&template, &named).unwrap();
        let ours = render(&template, &Values { named, ..Values::default() }, Format::Html).unwrap();
        prop_assert_eq!(ours.output, theirs, "{}", template);
    }

    #[test]
    fn any_value_becomes_one_text_node(value: String) {
        prop_assert!(is_one_text_node(&escape(&value)));
        let values = Values { named: [("FAULTID".to_owned(), value)].into(), ..Values::default() };
        for template in ["$FAULTID", "{{#if FAULTID}}{{FAULTID}}{{/if}}"] {
            prop_assert!(is_one_text_node(&render(template, &values, Format::Html).unwrap().output));
        }
        prop_assert!(!render("$FAULTID", &values, Format::Text).unwrap().output.contains(char::is_control));
    }

    #[test]
    fn no_template_panics_and_lint_and_render_agree(
        template in prop::collection::vec(prop_oneof![
            Just("$FAULTID"), Just("$REMOTEINVITE"), Just("{{#if AREA}}"), Just("{{else}}"), Just("{{/if}}"), Just("{{AREA}}"), Just("<a href=\""),
            Just("\">"), Just("<script>"), Just("</script>"), Just("<!--"), Just("-->"), Just("{{"), Just("}}"), Just("ä "), Just("\n"), Just("$"),
            Just("<a b="), Just("'"), Just("{"), Just("\\"),
        ], 0..24),
    ) {
        let template = template.concat();
        let refused = lint(&template).iter().any(|problem| problem.refused);
        let rendered = render(&template, &values(), Format::Html);
        prop_assert_eq!(rendered.is_err(), refused, "{:?}", rendered);
    }

    #[test]
    fn any_text_is_linted(template: String) {
        let _ = lint(&template);
        let _ = lint_as(&template, Format::Text);
    }
}
