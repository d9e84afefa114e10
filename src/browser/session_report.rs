//! A session report's way to a page. Its log, which is nearly all of it, crosses as numbers and two texts that
//! `www/plugin/session-report.js` puts together again, in less than half the time that JSON takes; the rest is JSON.
//! What a report says is the rule's business.

use super::{
    border::give,
    exports::{WordedProblem, lang, option, wrong},
};
use crate::rules::{
    report::{self, Limits, Party, Report, log::Log},
    words::Lsid,
};
use js_sys::{Array, Float64Array};
use serde::Serialize;
use std::borrow::Cow;
use wasm_bindgen::{JsValue, prelude::wasm_bindgen};

/// All but the log.
#[derive(Serialize)]
struct Head<'a> {
    ok: bool,
    report: &'a Report<'a>,
    problems: Vec<WordedProblem<'a>>,
    /// How many events each session has.
    events: Vec<usize>,
    kinds: Vec<Cow<'a, str>>,
    parties: Vec<Party<'a>>,
}

/// Reads a report: `[head, numbers, narrow, wide]`.
///
/// # Errors
/// The options are not what they should be; never the report.
#[wasm_bindgen(js_name = readSessionReport)]
pub fn read_session_report(xml: &[u8], options: &JsValue) -> Result<Array, JsValue> {
    let wanted = match option(options, "lsid") {
        Some(lsid) => Some(lsid.as_string().unwrap_or_default().parse::<Lsid>().map_err(|error| wrong("lsid", &error))?),
        None => None,
    };
    let mut report = report::read(xml, &Limits::default());
    if let Some(lsid) = &wanted {
        report.require(lsid);
    }
    let events: Vec<_> = report.sessions.iter_mut().map(|session| std::mem::take(&mut session.events)).collect();
    let mut log = Log::default();
    events.iter().flatten().for_each(|event| log.add(event));
    let ok = report.is_sound();
    let problems = std::mem::take(&mut report.problems);
    let head = Head {
        ok,
        report: &report,
        problems: WordedProblem::of_report(&problems, lang(options)),
        events: events.iter().map(Vec::len).collect(),
        kinds: log.kinds,
        parties: log.parties,
    };
    let numbers = Float64Array::from(log.numbers.as_slice());
    Ok(Array::of4(&give(&head)?, &numbers, &log.narrow.into(), &log.wide.into()))
}
