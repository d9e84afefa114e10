//! `/api/reporting`: which sessions are asked for, by id or by a window of time. How one is written is in `session_xml`.

use super::{
    State, World, session_xml,
    sessions::Session,
    token,
    xml::{Api::Reporting, answer, document, error},
};
use crate::now_ms;
use axum::{
    extract::{Form, Query, State as Shared},
    http::HeaderMap,
    response::Response,
};
use std::{collections::HashMap, sync::Arc};
use time::{Date, Time, macros::format_description};

type Fields = HashMap<String, String>;

const DAY: i64 = 86_400;
const WINDOWS: [&str; 4] = ["start_date", "start_time", "end_date", "end_time"];
/// Exactly one of these or of the windows chooses the sessions.
const IDS: [&str; 2] = ["lsid", "lsids"];

pub(super) async fn by_query(world: Shared<Arc<World>>, headers: HeaderMap, Query(form): Query<Fields>) -> Response {
    report(&world, &headers, &form)
}

pub(super) async fn by_form(world: Shared<Arc<World>>, headers: HeaderMap, Form(form): Form<Fields>) -> Response {
    report(&world, &headers, &form)
}

fn report(world: &World, headers: &HeaderMap, form: &Fields) -> Response {
    let state = world.state();
    if let Err(refusal) = token::check(&state, headers) {
        return *refusal;
    }
    if !state.settings.is_on("xml_api_enabled") {
        return error(&state, Reporting, "The XML API is not enabled.");
    }
    if state.permission("perm_reporting_support") != "1" {
        return error(&state, Reporting, "The API account does not have permission to view this report.");
    }
    if let Some(body) = state.settings.text("report_override") {
        return answer(body.to_owned());
    }
    if let Ok(megabytes @ 1..) = usize::try_from(state.settings.number("report_megabytes")) {
        return answer(format!("<session_list>{}", " ".repeat(megabytes << 20)));
    }
    let asked = form.get("generate_report").map(String::as_str).unwrap_or_default();
    if !["SupportSession", "SupportSessionListing"].contains(&asked) {
        return error(&state, Reporting, "Invalid report type");
    }
    // An account or an appliance that reports single sessions only.
    if let Some(text) = state.settings.text("window_error").filter(|_| WINDOWS.iter().any(|name| form.contains_key(*name))) {
        return error(&state, Reporting, text);
    }
    let chosen = match choose(&state, form, asked == "SupportSessionListing") {
        Ok(chosen) => chosen,
        Err(text) => return error(&state, Reporting, text),
    };
    if asked == "SupportSession" {
        if let Some(session) = chosen.iter().find(|session| state.damaged.contains(&session.lsid)) {
            return answer(format!("<session_list><session lsid=\"{}\"><session_type>", session.lsid));
        }
        document(&state, Reporting, "session_list", |xml| {
            for session in chosen {
                session_xml::write(xml, session, shown_end(&state, session), state.now(), &world.origin);
            }
        })
    } else {
        document(&state, Reporting, "session_summary_list", |xml| {
            for session in chosen {
                let mut attributes = vec![("lsid", session.lsid.as_str()), ("has_recording", "1")];
                attributes.extend((!session.external_key.is_empty()).then_some(("external_key", session.external_key.as_str())));
                xml.empty("session_summary", &attributes);
            }
        })
    }
}

/// The end, once the report shows it: it may lag behind the event.
fn shown_end(state: &State, session: &Session) -> Option<i64> {
    session.ended.filter(|_| session.ended_ms.is_some_and(|ended| now_ms() >= ended + state.settings.number("report_lag_ms")))
}

fn choose<'a>(state: &'a State, form: &Fields, windows_only: bool) -> Result<Vec<&'a Session>, &'static str> {
    let mut given = IDS.iter().chain(&WINDOWS).filter(|name| form.contains_key(**name));
    let (Some(set), None) = (given.next(), given.next()) else { return Err("Exactly one of lsid, lsids or a time window is required.") };
    let value = form.get(*set).map(String::as_str).unwrap_or_default();
    let all = || state.sessions.iter();
    if set.starts_with("lsid") {
        if windows_only {
            return Err("A time window is required.");
        }
        let ids: Vec<&str> = if *set == "lsid" { vec![value] } else { value.split(',').map(str::trim).collect() };
        let found: Vec<&Session> = all().filter(|session| ids.iter().any(|id| id.eq_ignore_ascii_case(&session.lsid))).collect();
        return if found.is_empty() { Err("Invalid lsid.") } else { Ok(found) };
    }
    let number = |text: Option<&String>| text.and_then(|text| text.parse::<i64>().ok());
    let by_date = set.ends_with("_date");
    let from = if by_date { midnight(value) } else { number(form.get(*set)) }.ok_or("Invalid date or time.")?;
    let duration = number(form.get("duration")).filter(|duration| *duration >= 0).ok_or("A duration is required.")?;
    let until = if duration == 0 { i64::MAX } else { from.saturating_add(duration.saturating_mul(if by_date { DAY } else { 1 })) };
    // By their end only closed sessions, by their beginning those in progress too.
    let time = |session: &Session| if set.starts_with("end") { shown_end(state, session) } else { Some(session.started) };
    Ok(all().filter(|session| time(session).is_some_and(|time| (from..until).contains(&time))).collect())
}

fn midnight(text: &str) -> Option<i64> {
    let date = Date::parse(text, format_description!("[year]-[month]-[day]")).ok()?;
    Some(date.with_time(Time::MIDNIGHT).assume_utc().unix_timestamp())
}
