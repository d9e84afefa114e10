//! The rules as functions for pages: plain objects in and out, sentences already in English. Nothing is decided here.

use super::nfkc;
use crate::rules::{
    directory::{Agent, Directory},
    names::{Match, NameIndex},
    routing::{self, Representative},
    settings::Settings,
    template::{self, Format, TemplateProblem, Values},
    wording::{Language, say},
    words::Channel,
};
use js_sys::{Error, JSON, Reflect};
use serde::{Serialize, de::DeserializeOwned};
use wasm_bindgen::{JsValue, prelude::wasm_bindgen};

/// The catalogue's language for a tag such as `en-GB`; English when there is none.
pub(super) fn language(tag: &str) -> Language {
    let known = |primary: &str| Language::ALL.iter().copied().find(|language| format!("{language:?}").eq_ignore_ascii_case(primary));
    tag.split(['-', '_']).next().and_then(known).unwrap_or_default()
}

/// A value as a plain object. One JSON text crosses the border instead of many small calls.
pub(super) fn give(value: &impl Serialize) -> Result<JsValue, JsValue> {
    let text = serde_json::to_string(value).map_err(|error| wrong("the result", &error))?;
    JSON::parse(&text)
}

/// A plain object as a value; `undefined` as nothing.
fn take<T: DeserializeOwned>(what: &str, value: &JsValue) -> Result<T, JsValue> {
    let text = if value.is_undefined() { None } else { JSON::stringify(value)?.as_string() };
    serde_json::from_str::<serde_json::Value>(text.as_deref().unwrap_or("null"))
        .and_then(serde_json::from_value)
        .map_err(|error| wrong(what, &error))
}

/// A field of an options object, when there is one and it is set.
fn option(options: &JsValue, name: &str) -> Option<JsValue> {
    Reflect::get(options, &name.into()).ok().filter(|value| !value.is_null_or_undefined())
}

/// An `Error` with the fields every error of ours has.
fn wrong(what: &str, error: &impl std::fmt::Display) -> JsValue {
    let result = Error::new(&format!("{what}: {error}"));
    let fields = [
        ("code", JsValue::from("argument_invalid")),
        ("advice", JsValue::from("Pass the argument as remote-support.d.ts describes it.")),
        ("retryable", JsValue::FALSE),
    ];
    for (name, value) in fields {
        // Fails for frozen objects only.
        _ = Reflect::set(&result, &name.into(), &value);
    }
    result.into()
}

/// Which agent each representative is.
///
/// # Errors
/// The arguments are not what they should be.
#[wasm_bindgen(js_name = matchAgents)]
pub fn match_agents(representatives: &JsValue, agents: &JsValue) -> Result<JsValue, JsValue> {
    let representatives: Vec<crate::rules::names::RepresentativeNames> = take("representatives", representatives)?;
    let agents: Vec<Agent> = take("agents", agents)?;
    let index = NameIndex::new(&agents, nfkc);
    let matches: Vec<Match> = representatives.iter().map(|names| index.find(names, nfkc)).collect();
    give(&matches)
}

/// Whose queue an invite goes to.
///
/// # Errors
/// The arguments are not what they should be.
#[wasm_bindgen(js_name = routeInvite)]
pub fn route_invite(channel: &JsValue, directory: &JsValue, logged_in: &JsValue, choices: &JsValue) -> Result<JsValue, JsValue> {
    let channel: Option<Channel> = take("channel", channel)?;
    let directory: Directory = take("directory", directory)?;
    let logged_in: Vec<Representative> = take("loggedIn", logged_in)?;
    // The one setting that routing asks for; reading all of them would cost every page that loads us.
    let mut settings = Settings::default();
    settings.fallback = option(choices, "fallback").map_or(settings.fallback, |choice| choice.is_truthy());
    let routing = routing::route(channel, &directory, &logged_in, &settings, nfkc);
    let result = give(&routing)?;
    Reflect::set(&result, &"text".into(), &say(Language::En, &routing.message).into())?;
    Ok(result)
}

#[derive(Serialize)]
struct WordedProblem<'a> {
    code: &'a str,
    message: String,
    refused: bool,
    line: u32,
    column: u32,
}

impl<'a> WordedProblem<'a> {
    fn all(problems: &'a [TemplateProblem]) -> Vec<Self> {
        let worded = |TemplateProblem { message, refused, line, column }: &'a TemplateProblem| Self {
            code: &message.code,
            message: say(Language::En, message),
            refused: *refused,
            line: *line,
            column: *column,
        };
        problems.iter().map(worded).collect()
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RenderedInvite<'a> {
    output: Option<&'a str>,
    warnings: Vec<WordedProblem<'a>>,
    left_to_halo: &'a [String],
    blank_link: bool,
}

/// Renders a template; a refused one has no output and its problems as warnings.
///
/// # Errors
/// The arguments are not what they should be.
#[wasm_bindgen(js_name = renderInvite)]
pub fn render_invite(template: &str, values: &JsValue, options: &JsValue) -> Result<JsValue, JsValue> {
    let values: Option<Values> = take("values", values)?;
    let format = match option(options, "format").and_then(|format| format.as_string()).as_deref() {
        None | Some("html") => Format::Html,
        Some("text") => Format::Text,
        Some(other) => return Err(wrong("format", &other)),
    };
    match template::render(template, &values.unwrap_or_default(), format) {
        Ok(rendered) => give(&RenderedInvite {
            output: Some(&rendered.output),
            warnings: WordedProblem::all(&rendered.warnings),
            left_to_halo: &rendered.left_to_halo,
            blank_link: rendered.blank_link,
        }),
        Err(problems) => {
            give(&RenderedInvite { output: None, warnings: WordedProblem::all(&problems), left_to_halo: &[], blank_link: false })
        }
    }
}

/// What is refused or odd in an HTML template.
///
/// # Errors
/// Never; the border asks for it.
#[wasm_bindgen(js_name = lintTemplate)]
pub fn lint_template(template: &str) -> Result<JsValue, JsValue> {
    give(&WordedProblem::all(&template::lint(template)))
}
