//! `/api/reporting`: the SupportSession report, which lags behind the event, and has no end time until then.

use super::{
    State, World,
    sessions::{CUSTOMER, Entry, Session, representative_of},
    token,
    xml::{answer, carries, document, element, error, escape, namespace},
};
use crate::{iso, now_ms};
use axum::{
    extract::{Form, Query, State as Shared},
    http::HeaderMap,
    response::Response,
};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use std::{collections::HashMap, fmt::Write as _, sync::Arc};

const API: &str = "reporting";

pub(super) async fn by_query(world: Shared<Arc<World>>, headers: HeaderMap, Query(form): Query<HashMap<String, String>>) -> Response {
    report(&world, &headers, &form)
}

pub(super) async fn by_form(world: Shared<Arc<World>>, headers: HeaderMap, Form(form): Form<HashMap<String, String>>) -> Response {
    report(&world, &headers, &form)
}

fn report(world: &World, headers: &HeaderMap, form: &HashMap<String, String>) -> Response {
    let state = world.state();
    if !token::is_live(&state, headers) {
        return token::refused();
    }
    if state.settings["xml_api_enabled"] == false {
        return error(&state, API, "The XML API is not enabled.");
    }
    if state.permission("perm_reporting_support") != "1" {
        return error(&state, API, "The API account does not have permission to view this report.");
    }
    if form.get("generate_report").map(String::as_str) != Some("SupportSession") {
        return error(&state, API, "Invalid report");
    }
    if let Some(body) = state.text("report_override") {
        return answer(body.to_owned());
    }
    let number = |name: &str| form.get(name).and_then(|text| text.parse::<i64>().ok());
    let asked: Vec<&str> = form.get("lsid").or(form.get("lsids")).map(|text| text.split(',').collect()).unwrap_or_default();
    let window = |from: i64| {
        let duration = number("duration").unwrap_or(0);
        from..if duration == 0 { i64::MAX } else { from + duration }
    };
    let chosen: Vec<&Session> = if !asked.is_empty() {
        let found: Vec<_> = state.sessions.iter().filter(|session| asked.contains(&session.lsid.as_str())).collect();
        if found.is_empty() {
            return error(&state, API, "Invalid lsid.");
        }
        found
    } else if let Some(from) = number("end_time") {
        state.sessions.iter().filter(|session| finished(&state, session).is_some_and(|end| window(from).contains(&end))).collect()
    } else if let Some(from) = number("start_time") {
        state.sessions.iter().filter(|session| window(from).contains(&session.started)).collect()
    } else {
        return error(&state, API, "A session or a time window must be given.");
    };
    let content = chosen.iter().fold(String::from("\n"), |xml, session| xml + &one(&state, &world.origin, session));
    let namespace = format!("{} xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"", namespace(&state, API));
    document("session_list", &namespace, &content)
}

/// The end, once the report shows it.
fn finished(state: &State, session: &Session) -> Option<i64> {
    session.ended.filter(|_| session.ended_ms.is_some_and(|ended| now_ms() >= ended + state.number("report_lag_ms")))
}

fn timed(name: &str, at: i64) -> String {
    format!("<{name} timestamp=\"{at}\">{}</{name}>\n", iso(at))
}

fn download(origin: &str, lsid: &str, what: &str) -> String {
    format!(
        "{origin}/session_download?lsid=l%3D{lsid}%3Bh%3D0123456789abcdef0123456789abcdef01234567%3Bt%3Dsd%3Bm%3D{what}&dl_action={what}&view=1"
    )
}

fn one(state: &State, origin: &str, session: &Session) -> String {
    let end = finished(state, session);
    let mut xml = format!("<session lsid=\"{}\">\n", session.lsid);
    xml += &element("session_type", "support");
    xml += &element("lseq", &session.lseq.to_string());
    xml += &timed("start_time", session.started);
    if let Some(end) = end {
        let seconds = end - session.started;
        xml += &timed("end_time", end);
        xml += &element("duration", &format!("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60));
    }
    if let Some(first) = session.members.first() {
        xml += &timed("rep_join_time", first.joined);
    }
    xml += "<public_site id=\"1\">Default Site</public_site>\n";
    xml += &element("external_key", &session.external_key);
    xml += "<custom_attributes></custom_attributes>\n";
    if end.is_some() {
        xml += &element("session_chat_view_url", &download(origin, &session.lsid, "chat"));
        xml += &element("session_recording_view_url", &download(origin, &session.lsid, "recording"));
    }
    let files = session.log.iter().filter(|entry| entry.step.file.is_some()).count();
    xml += &element("file_transfer_count", &files.to_string());
    xml += "<file_move_count>0</file_move_count>\n<file_delete_count>0</file_delete_count>\n";
    let _ = writeln!(xml, "<primary_customer gsnumber=\"{CUSTOMER}\">{}</primary_customer>", escape(&session.customer));
    let owner = session
        .owner
        .and_then(|id| Some((id, state.representatives.get(&id)?, session.members.iter().rev().find(|member| member.id == id)?)));
    if let Some((id, one, member)) = owner {
        let _ = writeln!(xml, "<primary_rep gsnumber=\"{}\" id=\"{id}\">{}</primary_rep>", member.gsnumber, escape(&one.private));
    }
    let _ = write!(
        xml,
        "<customer_list>\n<customer gsnumber=\"{CUSTOMER}\">\n{}<public_ip>198.51.100.23:61422</public_ip>\n<private_ip>192.168.1.40</private_ip>\n\
         <hostname>BR-LT-0147</hostname>\n<os>Windows 11 Pro (23H2)</os>\n<primary_cust>1</primary_cust>\n<info>\n{}<company></company>\n</info>\n</customer>\n</customer_list>\n<rep_list>\n",
        element("username", &session.customer),
        element("name", &session.customer),
    );
    for member in &session.members {
        let Some(one) = state.representatives.get(&member.id) else { continue };
        let involved = member.left.unwrap_or_else(|| now_ms() / 1000) - member.joined;
        let _ = writeln!(xml, "<representative gsnumber=\"{}\" id=\"{}\">", member.gsnumber, member.id);
        xml += &element("username", &one.private.to_lowercase().replace(' ', "."));
        xml += &element("display_name", &one.display);
        xml += &element("public_display_name", &one.public);
        xml += &element("private_display_name", &one.private);
        xml += "<public_ip>[2001:db8:20::9]:50210</public_ip>\n<private_ip>10.20.0.17</private_ip>\n<hostname>WKS-0017</hostname>\n<os>Windows 11</os>\n";
        xml += &element("session_owner", if session.owner == Some(member.id) { "1" } else { "0" });
        xml += &element("seconds_involved", &involved.to_string());
        xml += "</representative>\n";
    }
    let _ = write!(xml, "</rep_list>\n<team_list>\n<team>{}</team>\n</team_list>\n<session_details>\n", escape(&session.queue));
    let _ = write!(xml, "<event timestamp=\"{}\" event_type=\"Session Start\">\n</event>\n", session.started);
    for entry in &session.log {
        xml += &event(state, session, entry);
    }
    if let Some(end) = end {
        let _ = write!(xml, "<event timestamp=\"{end}\" event_type=\"Session End\">\n</event>\n");
    }
    xml + "</session_details>\n</session>\n"
}

fn party(state: &State, session: &Session, tag: &str, who: &str) -> String {
    match representative_of(who) {
        Some(id) => {
            let gsnumber = session.members.iter().rev().find(|member| member.id == id).map_or(0, |member| member.gsnumber);
            let name = state.representatives.get(&id).map(|one| one.private.clone()).unwrap_or_default();
            format!("<{tag} type=\"representative\" gsnumber=\"{gsnumber}\">{}</{tag}>\n", escape(&name))
        }
        None => format!("<{tag} type=\"customer\" gsnumber=\"{CUSTOMER}\">{}</{tag}>\n", escape(&session.customer)),
    }
}

fn body(text: &str) -> String {
    // What XML cannot carry comes in base64 instead.
    if carries(text) { element("body", text) } else { element("encoded_body", &BASE64_STANDARD.encode(text)) }
}

fn event(state: &State, session: &Session, entry: &Entry) -> String {
    let step = &entry.step;
    let by = step.by.as_deref().unwrap_or("customer");
    let (kind, content) = if let Some(who) = &step.join {
        ("Conference Member Added", party(state, session, "performed_by", who))
    } else if let Some(who) = &step.leave {
        ("Conference Member Departed", party(state, session, "destination", who))
    } else if let Some(text) = &step.say {
        let default =
            if by == "customer" { session.members.first().map(|member| format!("rep:{}", member.id)) } else { Some("customer".to_owned()) };
        let to = step.to.clone().or(default).map(|to| party(state, session, "destination", &to)).unwrap_or_default();
        ("Chat Message", party(state, session, "performed_by", by) + &to + &body(text))
    } else if let Some(name) = &step.file {
        let size = step.bytes.map(|bytes| element("filesize", &bytes.to_string())).unwrap_or_default();
        (
            "File Upload",
            party(state, session, "performed_by", by)
                + &party(state, session, "destination", "customer")
                + &element("filename", name)
                + &size,
        )
    } else if let Some(text) = &step.note {
        ("Session Note Added", party(state, session, "performed_by", by) + &body(text))
    } else {
        ("Session Foreground Window Changed", String::new())
    };
    format!("<event timestamp=\"{}\" event_type=\"{kind}\">\n{content}</event>\n", entry.at)
}
