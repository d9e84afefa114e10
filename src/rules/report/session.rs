//! The elements of a `SupportSession` report (BeyondTrust reference, Reporting API) as our types. Elements and attributes
//! that are not named here are skipped, whatever their order.

use super::{Customer, Event, Party, Session, SessionRepresentative, document::Document, values};
use crate::rules::wording::Message;
use quick_xml::events::BytesStart;

/// The sessions of a `session_list`, and the text of an `error` in it.
pub(super) fn list(document: &mut Document<'_>, sessions: &mut Vec<Session>) -> Option<String> {
    let mut error = None;
    while let Some(child) = document.child() {
        match child.local_name().as_ref() {
            "session" => {
                let session = session(document, &child);
                document.keep(sessions, session);
            }
            "error" => error = Some(document.text().unwrap_or_default()),
            _ => document.skip(),
        }
    }
    error
}

fn session(document: &mut Document<'_>, start: &BytesStart<'_>) -> Session {
    let lsid = document.attribute(start, "lsid").unwrap_or_default();
    let mut session = Session { lsid: lsid.parse().ok(), ..Session::default() };
    if session.lsid.is_none() {
        document.refuse(Message::new("report.lsid").with("text", lsid));
    }
    let mut duration = None;
    let (mut chat_download, mut recording_download) = (None, None);
    let mut primary_customer = None;
    while let Some(child) = document.child() {
        match child.local_name().as_ref() {
            "start_time" => session.start = document.time(&child),
            "end_time" => session.end = document.time(&child),
            "duration" => duration = document.text(),
            "external_key" => session.external_key = document.text(),
            "public_site" => session.public_site = document.text(),
            "session_chat_view_url" => session.chat_url = document.text(),
            "session_chat_download_url" => chat_download = document.text(),
            "session_recording_view_url" => session.recording_url = document.text(),
            "session_recording_download_url" => recording_download = document.text(),
            "primary_customer" => {
                primary_customer = document.attribute(&child, "gsnumber");
                session.primary_customer = document.text();
            }
            "primary_rep" => {
                session.primary_representative = document.attribute(&child, "gsnumber");
                document.skip();
            }
            "primary_team" => {
                let team = document.text();
                add_team(document, &mut session, team, true);
            }
            "team_list" => {
                while let Some(team) = document.child() {
                    let team = team_name(document, &team);
                    add_team(document, &mut session, team, false);
                }
            }
            "custom_attributes" => custom_attributes(document, &mut session),
            "customer_list" => {
                while let Some(child) = document.child() {
                    let (is_primary, customer) = customer(document, &child);
                    if is_primary {
                        primary_customer = primary_customer.or(customer.gsnumber.clone());
                    }
                    document.keep(&mut session.customers, customer);
                }
            }
            "rep_list" => {
                while let Some(child) = document.child() {
                    let representative = representative(document, &child);
                    document.keep(&mut session.representatives, representative);
                }
            }
            "session_details" => {
                while let Some(child) = document.child() {
                    let event = event(document, &child);
                    document.keep(&mut session.events, event);
                }
            }
            _ => document.skip(),
        }
    }
    session.chat_url = session.chat_url.or(chat_download);
    session.recording_url = session.recording_url.or(recording_download);
    session.seconds = duration.as_deref().and_then(values::seconds).or_else(|| session.end?.checked_sub(session.start?)?.try_into().ok());
    let (primary, others): (Vec<_>, Vec<_>) = session.customers.drain(..).partition(|customer| customer.gsnumber == primary_customer);
    session.customers = primary.into_iter().chain(others).collect();
    session
}

fn add_team(document: &mut Document<'_>, session: &mut Session, name: Option<String>, primary: bool) {
    let Some(name) = name else { return };
    if primary {
        session.teams.retain(|known| *known != name);
        session.teams.insert(0, name);
    } else if !session.teams.contains(&name) {
        document.keep(&mut session.teams, name);
    }
}

/// The name stands in the element itself or, as some appliances write it, in a `name` child or attribute.
fn team_name(document: &mut Document<'_>, start: &BytesStart<'_>) -> Option<String> {
    let attribute = document.attribute(start, "name");
    document.text().or(attribute)
}

fn custom_attributes(document: &mut Document<'_>, session: &mut Session) {
    while let Some(child) = document.child() {
        let code_name = document.attribute(&child, "code_name");
        if let (Some(code_name), Some(value)) = (code_name, document.text()) {
            document.keep(&mut session.attributes, (code_name, value));
        }
    }
}

fn customer(document: &mut Document<'_>, start: &BytesStart<'_>) -> (bool, Customer) {
    let mut is_primary = false;
    let mut customer = Customer { gsnumber: document.attribute(start, "gsnumber"), ..Customer::default() };
    while let Some(child) = document.child() {
        match child.local_name().as_ref() {
            "username" => customer.username = document.text(),
            "hostname" => customer.hostname = document.text(),
            "os" => customer.os = document.text(),
            "public_ip" => customer.public_ip = document.text().and_then(values::address),
            "private_ip" => customer.private_ip = document.text().and_then(values::address),
            "primary_cust" => is_primary = flag(document),
            "info" => {
                while let Some(child) = document.child() {
                    match child.local_name().as_ref() {
                        "name" => customer.name = document.text(),
                        "company" => customer.company = document.text(),
                        _ => document.skip(),
                    }
                }
            }
            _ => document.skip(),
        }
    }
    (is_primary, customer)
}

fn representative(document: &mut Document<'_>, start: &BytesStart<'_>) -> SessionRepresentative {
    let mut representative = SessionRepresentative {
        gsnumber: document.attribute(start, "gsnumber"),
        id: document.attribute(start, "id").and_then(|id| id.parse().ok()),
        ..SessionRepresentative::default()
    };
    while let Some(child) = document.child() {
        match child.local_name().as_ref() {
            "username" => representative.username = document.text(),
            "display_name" => representative.names.display = document.text(),
            "public_display_name" => representative.names.public = document.text(),
            "private_display_name" => representative.names.private = document.text(),
            // Older appliances say `primary_rep`.
            "session_owner" | "primary_rep" => representative.owner = flag(document),
            "seconds_involved" => representative.seconds_involved = number(document).unwrap_or_default(),
            "invited" => representative.invited = flag(document),
            _ => document.skip(),
        }
    }
    representative
}

fn event(document: &mut Document<'_>, start: &BytesStart<'_>) -> Event {
    let kind = document.attribute(start, "event_type").unwrap_or_default();
    let mut event = Event { at: document.timestamp(start), kind, ..Event::default() };
    let mut single = (None, None);
    while let Some(child) = document.child() {
        match child.local_name().as_ref() {
            "performed_by" => event.by = party(document, &child),
            "destination" => event.to = party(document, &child),
            "body" => event.body = event.body.or(document.text()),
            "encoded_body" => event.body = encoded_body(document).or(event.body),
            "data" => data(document, &mut event.data),
            "filename" => single.0 = document.text(),
            "filesize" => single.1 = number(document),
            "files" => files(document, &mut event.files),
            _ => document.skip(),
        }
    }
    if event.files.is_empty() {
        let told = |name: &str| event.data.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone());
        let size = single.1.or_else(|| told("filesize")?.parse().ok());
        event.files.extend(single.0.or_else(|| told("filename")).map(|name| (name, size)));
    }
    event
}

fn party(document: &mut Document<'_>, start: &BytesStart<'_>) -> Option<Party> {
    let role = document.attribute(start, "type").unwrap_or_default();
    let gsnumber = document.attribute(start, "gsnumber");
    let name = document.text().unwrap_or_default();
    (!role.is_empty() || gsnumber.is_some() || !name.is_empty()).then_some(Party { role, gsnumber, name })
}

fn encoded_body(document: &mut Document<'_>) -> Option<String> {
    let text = document.text()?;
    let body = values::encoded(&text);
    if body.is_none() {
        document.warn(Message::new("report.encodedBody"));
    }
    Some(body.unwrap_or_else(|| char::REPLACEMENT_CHARACTER.to_string()))
}

fn data(document: &mut Document<'_>, pairs: &mut Vec<(String, String)>) {
    while let Some(child) = document.child() {
        let name = document.attribute(&child, "name");
        let value = document.attribute(&child, "value");
        let text = document.text();
        if let (Some(name), Some(value)) = (name, value.or(text)) {
            document.keep(pairs, (name, value));
        }
    }
}

fn files(document: &mut Document<'_>, files: &mut Vec<(String, Option<u64>)>) {
    while let Some(_file) = document.child() {
        let mut file = (None, None);
        while let Some(child) = document.child() {
            match child.local_name().as_ref() {
                "filename" => file.0 = document.text(),
                "filesize" => file.1 = number(document),
                _ => document.skip(),
            }
        }
        if let (Some(name), size) = file {
            document.keep(files, (name, size));
        }
    }
}

fn flag(document: &mut Document<'_>) -> bool {
    document.text().is_some_and(|text| text == "1" || text.eq_ignore_ascii_case("true"))
}

fn number(document: &mut Document<'_>) -> Option<u64> {
    document.text()?.parse().ok()
}
