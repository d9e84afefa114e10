//! The elements of a `SupportSession` report (BeyondTrust reference, Reporting API) as our types. Elements and attributes
//! that are not named here are skipped, whatever their order.

use super::{Customer, Event, Fault, Party, Session, SessionRepresentative, document::Document, values};
use quick_xml::events::BytesStart;
use std::borrow::Cow;

/// The sessions of a `session_list`, and the text of an `error` in it.
pub(crate) fn list<'a>(document: &mut Document<'a>, sessions: &mut Vec<Session<'a>>) -> Option<String> {
    let mut error = None;
    while let Some(child) = document.child() {
        match child.local_name().as_ref() {
            "session" => {
                let session = session(document, &child);
                document.keep(sessions, session);
            }
            "error" => error = Some(document.owned_text().unwrap_or_default()),
            _ => document.skip(),
        }
    }
    error
}

fn session<'a>(document: &mut Document<'a>, start: &BytesStart<'_>) -> Session<'a> {
    let lsid = document.attribute(start, "lsid").unwrap_or_default();
    let mut session = Session { lsid: lsid.parse().ok(), ..Session::default() };
    if session.lsid.is_none() {
        document.refuse(Fault::new("report.lsid").with("text", lsid));
    }
    let mut duration = None;
    let (mut chat_download, mut recording_download) = (None, None);
    let mut primary_customer = None;
    while let Some(child) = document.child() {
        match child.local_name().as_ref() {
            "start_time" => session.start = document.time(&child),
            "end_time" => session.end = document.time(&child),
            "duration" => duration = document.owned_text(),
            "external_key" => session.external_key = document.owned_text(),
            "public_site" => session.public_site = document.owned_text(),
            "session_chat_view_url" => session.chat_url = document.owned_text(),
            "session_chat_download_url" => chat_download = document.owned_text(),
            "session_recording_view_url" => session.recording_url = document.owned_text(),
            "session_recording_download_url" => recording_download = document.owned_text(),
            "primary_customer" => {
                primary_customer = document.attribute(&child, "gsnumber");
                session.primary_customer = document.owned_text();
            }
            "primary_rep" => {
                session.primary_representative = document.attribute(&child, "gsnumber");
                document.skip();
            }
            "primary_team" => {
                let team = document.owned_text();
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

fn add_team(document: &mut Document<'_>, session: &mut Session<'_>, name: Option<String>, primary: bool) {
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
    document.owned_text().or(attribute)
}

fn custom_attributes(document: &mut Document<'_>, session: &mut Session<'_>) {
    while let Some(child) = document.child() {
        let code_name = document.attribute(&child, "code_name");
        if let (Some(code_name), Some(value)) = (code_name, document.owned_text()) {
            document.keep(&mut session.attributes, (code_name, value));
        }
    }
}

fn customer(document: &mut Document<'_>, start: &BytesStart<'_>) -> (bool, Customer) {
    let mut is_primary = false;
    let mut customer = Customer { gsnumber: document.attribute(start, "gsnumber"), ..Customer::default() };
    while let Some(child) = document.child() {
        match child.local_name().as_ref() {
            "username" => customer.username = document.owned_text(),
            "hostname" => customer.hostname = document.owned_text(),
            "os" => customer.os = document.owned_text(),
            "public_ip" => customer.public_ip = document.owned_text().and_then(values::address),
            "private_ip" => customer.private_ip = document.owned_text().and_then(values::address),
            "primary_cust" => is_primary = flag(document),
            "info" => {
                while let Some(child) = document.child() {
                    match child.local_name().as_ref() {
                        "name" => customer.name = document.owned_text(),
                        "company" => customer.company = document.owned_text(),
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
            "username" => representative.username = document.owned_text(),
            "display_name" => representative.names.display = document.owned_text(),
            "public_display_name" => representative.names.public = document.owned_text(),
            "private_display_name" => representative.names.private = document.owned_text(),
            // Older appliances say `primary_rep`.
            "session_owner" | "primary_rep" => representative.owner = flag(document),
            "seconds_involved" => representative.seconds_involved = number(document).unwrap_or_default(),
            "invited" => representative.invited = flag(document),
            _ => document.skip(),
        }
    }
    representative
}

fn event<'a>(document: &mut Document<'a>, start: &BytesStart<'_>) -> Event<'a> {
    let [timestamp, kind] = document.attributes(start, ["timestamp", "event_type"]);
    let at = document.read_time(start.local_name().as_ref(), timestamp);
    let mut event = Event { at, kind: kind.unwrap_or_default(), ..Event::default() };
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

fn party<'a>(document: &mut Document<'a>, start: &BytesStart<'_>) -> Option<Party<'a>> {
    let [role, gsnumber] = document.attributes(start, ["type", "gsnumber"]);
    let name = document.text();
    if role.is_none() && gsnumber.is_none() && name.is_none() {
        return None;
    }
    Some(Party { role: role.unwrap_or_default(), gsnumber, name: name.unwrap_or_default() })
}

fn encoded_body<'a>(document: &mut Document<'a>) -> Option<Cow<'a, str>> {
    let text = document.text()?;
    let body = values::encoded(&text);
    if body.is_none() {
        document.warn(Fault::new("report.encodedBody"));
    }
    Some(body.unwrap_or_else(|| char::REPLACEMENT_CHARACTER.to_string()).into())
}

fn data<'a>(document: &mut Document<'a>, pairs: &mut Vec<(Cow<'a, str>, Cow<'a, str>)>) {
    while let Some(child) = document.child() {
        let [name, value] = document.attributes(&child, ["name", "value"]);
        let text = document.text();
        if let (Some(name), Some(value)) = (name, value.or(text)) {
            document.keep(pairs, (name, value));
        }
    }
}

fn files<'a>(document: &mut Document<'a>, files: &mut Vec<(Cow<'a, str>, Option<u64>)>) {
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
