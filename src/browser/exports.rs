//! The rules as functions for pages: plain objects in and out, sentences in the reader's language. Nothing is decided here.

use super::{border::give, nfkc};
use crate::rules::{
    directory::{Agent, Directory},
    disposition::{self, ChatState, Context, Destination, Issued, Owner, Technician},
    failure::Failure,
    link::HttpsUrl,
    names::{Match, NameIndex, RepresentativeNames},
    note, pinned,
    report::{Problem, Session, Severity},
    routing::{self, Representative, Routing, Step},
    settings::Settings,
    template::{self, Field, Filled, Format, Rendered, Template, TemplateProblem, Values},
    wording::{Language, Message, say},
    words::Channel,
};
use js_sys::{Array, Error, JSON, Reflect};
use serde::{Serialize, de::DeserializeOwned};
use std::cell::RefCell;
use wasm_bindgen::{JsValue, prelude::wasm_bindgen};

/// A plain object as a value; `undefined` as nothing.
fn take<T: DeserializeOwned>(what: &str, value: &JsValue) -> Result<T, JsValue> {
    let text = if value.is_undefined() { None } else { JSON::stringify(value)?.as_string() };
    serde_json::from_str::<serde_json::Value>(text.as_deref().unwrap_or("null"))
        .and_then(serde_json::from_value)
        .map_err(|error| wrong(what, &error))
}

/// A field of an options object, when there is one and it is set.
pub(super) fn option(options: &JsValue, name: &str) -> Option<JsValue> {
    // Asking nothing for a field throws, and an error with its stack costs more than a small report.
    let asked = if options.is_object() { Reflect::get(options, &name.into()).ok() } else { None };
    asked.filter(|value| !value.is_null_or_undefined())
}

/// The language the options ask for.
pub(super) fn lang(options: &JsValue) -> Language {
    option(options, "lang").and_then(|tag| tag.as_string()).map_or_else(Language::default, |tag| Language::first_of([tag.as_str()]))
}

/// A switch of the options, when it is set.
fn switch(options: &JsValue, name: &str, default: bool) -> bool {
    option(options, name).map_or(default, |choice| choice.is_truthy())
}

/// An `Error` with the fields every error of ours has.
fn error(message: &str, code: &str, advice: &str, retryable: bool) -> JsValue {
    let error = Error::new(message);
    for (name, value) in [("code", code.into()), ("advice", advice.into()), ("retryable", retryable.into())] {
        // Fails for frozen objects only.
        _ = Reflect::set(&error, &name.into(), &value);
    }
    error.into()
}

pub(super) fn wrong(what: &str, problem: &impl std::fmt::Display) -> JsValue {
    error(&format!("{what}: {problem}"), "argument_invalid", "Pass the argument as remote-support.d.ts describes it.", false)
}

pub(super) fn failed(failure: &Failure, language: Language) -> JsValue {
    error(&failure.detail(language), failure.kind.code(), &failure.advice(language), failure.kind.retryable())
}

/// A message as code, arguments and sentence.
#[derive(Serialize)]
pub(super) struct Worded<'a> {
    #[serde(flatten)]
    message: &'a Message,
    text: String,
}

impl<'a> Worded<'a> {
    pub(super) fn new(message: &'a Message, language: Language) -> Self {
        Self { message, text: say(language, message) }
    }

    fn all(trace: &'a [Step], language: Language) -> Vec<Self> {
        trace.iter().map(|Step(message)| Self::new(message, language)).collect()
    }
}

/// Agents by name, folded once: a match then takes as long among ten thousand as among ten.
#[wasm_bindgen]
#[derive(Debug)]
pub struct AgentDirectory(NameIndex);

#[derive(Serialize)]
struct Matched<'a> {
    #[serde(flatten)]
    matched: &'a Match,
    trace: [Worded<'a>; 1],
}

#[wasm_bindgen]
impl AgentDirectory {
    /// Takes the agents in.
    ///
    /// # Errors
    /// The agents are not what they should be.
    #[wasm_bindgen(constructor)]
    pub fn new(agents: &JsValue) -> Result<Self, JsValue> {
        let agents: Vec<Agent> = take("agents", agents)?;
        Ok(Self(NameIndex::new(&agents, nfkc)))
    }

    /// Which agent each representative is.
    ///
    /// # Errors
    /// The representatives are not what they should be.
    #[wasm_bindgen(js_name = "match")]
    pub fn find(&self, representatives: &JsValue, options: &JsValue) -> Result<JsValue, JsValue> {
        let representatives: Vec<RepresentativeNames> = take("representatives", representatives)?;
        let language = lang(options);
        let found: Vec<_> = representatives
            .iter()
            .map(|names| {
                let matched = self.0.find(names, nfkc);
                let step = matched.step(names.shown().unwrap_or("?"), &self.0);
                (matched, step)
            })
            .collect();
        let told = |(matched, step)| Matched { matched, trace: [Worded::new(step, language)] };
        give(&found.iter().map(|(matched, step)| told((matched, step))).collect::<Vec<_>>())
    }
}

/// The same for agents that are asked about once.
///
/// # Errors
/// The arguments are not what they should be.
#[wasm_bindgen(js_name = matchAgents)]
pub fn match_agents(representatives: &JsValue, agents: &JsValue, options: &JsValue) -> Result<JsValue, JsValue> {
    AgentDirectory::new(agents)?.find(representatives, options)
}

#[derive(Serialize)]
struct WordedRouting<'a> {
    #[serde(flatten)]
    routing: &'a Routing,
    text: String,
    trace: Vec<Worded<'a>>,
}

/// Whose queue an invite goes to.
///
/// # Errors
/// The arguments are not what they should be.
#[wasm_bindgen(js_name = routeInvite)]
pub fn route_invite(channel: &JsValue, directory: &JsValue, logged_in: &JsValue, options: &JsValue) -> Result<JsValue, JsValue> {
    let channel: Option<Channel> = take("channel", channel)?;
    let directory: Directory = take("directory", directory)?;
    let logged_in: Vec<Representative> = take("loggedIn", logged_in)?;
    let mut settings = Settings::default();
    settings.fallback = switch(options, "fallback", settings.fallback);
    let mut routing = routing::route(channel, &directory, &logged_in, &settings, nfkc);
    let trace = std::mem::take(&mut routing.trace);
    let language = lang(options);
    give(&WordedRouting { text: say(language, &routing.message), trace: Worded::all(&trace, language), routing: &routing })
}

#[derive(Serialize)]
struct WordedDisposition<'a> {
    #[serde(flatten)]
    destination: &'a Destination,
    owner: &'a Option<Owner>,
    technicians: &'a [Technician],
    reason: Worded<'a>,
    note: Option<String>,
    trace: Vec<Worded<'a>>,
}

/// Where a session's details go, why, and the note as it would be written.
///
/// # Errors
/// The arguments are not what they should be.
#[wasm_bindgen(js_name = decideDisposition)]
pub fn decide_disposition(session: &JsValue, context: &JsValue, options: &JsValue) -> Result<JsValue, JsValue> {
    let session: Session<'_> = take("session", session)?;
    let field = |name| option(context, name).unwrap_or(JsValue::NULL);
    let agents: Option<Vec<Agent>> = take("context.agents", &field("agents"))?;
    let issued: Option<Issued> = take("context.issued", &field("issued"))?;
    let chat: Option<ChatState> = take("context.chat", &field("chat"))?;
    let chosen = field("settings");
    let mut settings = Settings::default();
    settings.add_automatically = switch(&chosen, "addAutomatically", settings.add_automatically);
    settings.only_generated = switch(&chosen, "onlyGenerated", settings.only_generated);
    settings.private_notes = switch(&chosen, "privateNotes", settings.private_notes);
    settings.ticket_prefix = option(&chosen, "ticketPrefix").and_then(|prefix| prefix.as_string()).unwrap_or_default();
    let agents = NameIndex::new(&agents.unwrap_or_default(), nfkc);
    let context = Context { agents: &agents, settings: &settings, issued: issued.as_ref(), chat: chat.as_ref(), nfkc };
    let decided = disposition::decide(&session, &context);
    let language = lang(options);
    give(&WordedDisposition {
        destination: &decided.destination,
        owner: &decided.owner,
        technicians: &decided.technicians,
        reason: Worded::new(&decided.reason, language),
        note: note::preview(&session, &decided, &settings, language),
        trace: Worded::all(&decided.trace, language),
    })
}

/// The link that opens the device with this tag.
///
/// # Errors
/// The site is no https address; the tag is empty, was not filled in by Halo, or is too long.
#[wasm_bindgen(js_name = pinnedSessionUrl)]
pub fn pinned_session_url(site: &str, search: &str, options: &JsValue) -> Result<String, JsValue> {
    let site = HttpsUrl::parse(site).map_err(|error| wrong("site", &error))?;
    let chosen: Option<pinned::Options> = take("options", options)?;
    let url = pinned::session_url(&site, search, &chosen.unwrap_or_default()).map_err(|failure| failed(&failure, lang(options)))?;
    Ok(url.into())
}

#[derive(Serialize)]
pub(super) struct WordedProblem<'a> {
    code: &'a str,
    message: String,
    severity: &'static str,
    line: u32,
    column: u32,
}

impl<'a> WordedProblem<'a> {
    fn new(code: &'a str, message: &Message, refused: bool, (line, column): (u32, u32), language: Language) -> Self {
        let severity = if refused { "error" } else { "warning" };
        Self { code, message: say(language, message), severity, line, column }
    }

    fn of_template(problems: &'a [TemplateProblem], language: Language) -> Vec<Self> {
        let one = |problem: &'a TemplateProblem| {
            Self::new(&problem.message.code, &problem.message, problem.refused, (problem.line, problem.column), language)
        };
        problems.iter().map(one).collect()
    }

    pub(super) fn of_report(problems: &'a [Problem], language: Language) -> Vec<Self> {
        let one = |problem: &'a Problem| {
            Self::new(
                problem.fault.code,
                &(&problem.fault).into(),
                problem.severity == Severity::Error,
                (problem.line, problem.column),
                language,
            )
        };
        problems.iter().map(one).collect()
    }
}

/// What rendering told besides the text, which the page puts together itself.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RenderedInvite<'a> {
    output: Option<()>,
    warnings: Vec<WordedProblem<'a>>,
    left_to_halo: &'a [String],
    blank_link: bool,
}

/// A template that was scanned once. Its own text crosses the border then, and after that only values do:
/// `www/plugin/invite-template.js` puts them together.
#[wasm_bindgen]
#[derive(Debug)]
pub struct InviteTemplate {
    scanned: Result<Template<'static>, Vec<TemplateProblem>>,
    /// What [`Self::fill`] wants, in this order.
    names: Vec<String>,
    /// The latest link: subject, mail and every preview of it have the same one.
    link: RefCell<Option<HttpsUrl>>,
}

/// A template as the page keeps it.
#[derive(Serialize)]
struct Plan<'a> {
    parts: Vec<PlanPart<'a>>,
    /// What [`InviteTemplate::fill`] wants, in this order: a field of the values, or one of `named`.
    fields: Vec<(&'static str, Option<&'a str>)>,
}

/// The template's own text, or the place of a slot; -1 for a tag, which shows nothing.
#[derive(Serialize)]
#[serde(untagged)]
enum PlanPart<'a> {
    Text(&'a str),
    Slot(i32),
}

#[wasm_bindgen]
impl InviteTemplate {
    /// Scans a template for values of these names.
    ///
    /// # Errors
    /// The arguments are not what they should be.
    #[wasm_bindgen(constructor)]
    pub fn new(template: &str, names: &JsValue, options: &JsValue) -> Result<Self, JsValue> {
        let format = match option(options, "format").and_then(|format| format.as_string()).as_deref() {
            None | Some("html") => Format::Html,
            Some("text") => Format::Text,
            Some(other) => return Err(wrong("format", &other)),
        };
        let names: Vec<String> = take("values.named", names)?;
        let named = names.iter().map(|name| (name.clone(), String::new())).collect();
        let scanned = Template::new(template, format, &named).map(Template::into_owned);
        let mut wanted: Vec<String> = scanned.iter().flat_map(Template::names).map(str::to_owned).collect();
        if wanted.iter().any(|name| Field::of(name) == Field::Canned) {
            // The canned text may name whatever the mail may.
            wanted = names;
            wanted.extend(["LINKTOREMOTE", "REMOTESESSIONCODE", "REMOTEINVITE"].map(str::to_owned));
        }
        Ok(Self { scanned, names: wanted, link: RefCell::default() })
    }

    /// What the page keeps of it; nothing when it is refused.
    ///
    /// # Errors
    /// Never; the border asks for it.
    pub fn plan(&self) -> Result<JsValue, JsValue> {
        let part = |(text, slot): (Option<_>, Option<usize>)| {
            text.map_or_else(|| PlanPart::Slot(slot.and_then(|slot| slot.try_into().ok()).unwrap_or(-1)), PlanPart::Text)
        };
        let field = |name| match Field::of(name) {
            Field::Link => ("link", None),
            Field::SessionCode => ("sessionCode", None),
            Field::Canned => ("canned", None),
            Field::Named(name) => ("named", Some(name)),
        };
        let plan = |template| Plan {
            parts: Template::parts(template).map(part).collect(),
            fields: self.names.iter().map(|name| field(name)).collect(),
        };
        give(&self.scanned.as_ref().ok().map(plan))
    }

    fn link(&self, text: &str) -> Result<HttpsUrl, JsValue> {
        if let Some(link) = self.link.borrow().as_ref().filter(|link| link.as_str() == text) {
            return Ok(link.clone());
        }
        let link = HttpsUrl::parse(text).map_err(|error| wrong("values.link", &error))?;
        *self.link.borrow_mut() = Some(link.clone());
        Ok(link)
    }

    /// Fills values in: one behind a `=` for each of the plan's names, an empty text for one there is none of, NUL between
    /// them. The slots' texts come back in the same manner, alone, or with the places that are shown and what there is to tell.
    ///
    /// # Errors
    /// The link is not acceptable.
    pub fn fill(&self, values: &str, lang: &str) -> Result<JsValue, JsValue> {
        let language = Language::first_of([lang]);
        let refused = |problems: &[TemplateProblem]| {
            let told = RenderedInvite {
                output: None,
                warnings: WordedProblem::of_template(problems, language),
                left_to_halo: &[],
                blank_link: false,
            };
            Ok(Array::of3(&JsValue::NULL, &JsValue::NULL, &give(&told)?).into())
        };
        let template = match &self.scanned {
            Ok(template) => template,
            Err(problems) => return refused(problems),
        };
        let mut filled = Values::default();
        for (name, value) in self.names.iter().zip(values.split('\0')) {
            let Some(value) = value.strip_prefix('=') else { continue };
            match Field::of(name) {
                Field::Link => filled.link = Some(self.link(value)?),
                Field::SessionCode => filled.session_code = Some(value.to_owned()),
                Field::Canned => filled.canned = value.to_owned(),
                Field::Named(name) => _ = filled.named.insert(name.to_owned(), value.to_owned()),
            }
        }
        let Filled { slots, shown, told } = match template.fill(&filled) {
            Ok(filled) => filled,
            Err(problems) => return refused(&problems),
        };
        let texts = slots.join("\0");
        if shown.is_none() && told == Rendered::default() {
            return Ok(texts.into());
        }
        let shown: Option<Vec<u32>> = shown.map(|places| places.into_iter().filter_map(|place| u32::try_from(place).ok()).collect());
        let shown = shown.map_or(JsValue::NULL, |places| js_sys::Uint32Array::from(places.as_slice()).into());
        let told = match told == Rendered::default() {
            true => JsValue::NULL,
            false => give(&RenderedInvite {
                output: None,
                warnings: WordedProblem::of_template(&told.warnings, language),
                left_to_halo: &told.left_to_halo,
                blank_link: told.blank_link,
            })?,
        };
        Ok(Array::of3(&texts.into(), &shown, &told).into())
    }
}

/// What is refused or odd in an HTML template.
///
/// # Errors
/// Never; the border asks for it.
#[wasm_bindgen(js_name = lintTemplate)]
pub fn lint_template(template: &str, options: &JsValue) -> Result<JsValue, JsValue> {
    give(&WordedProblem::of_template(&template::lint(template), lang(options)))
}
