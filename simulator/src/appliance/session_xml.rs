//! One `session` of a report, element by element. Which sessions are reported is `report`'s business.

use super::{
    sessions::{CUSTOMER, Entry, Member, Party, Session, What},
    xml::{Xml, carries},
};
use crate::iso;
use base64::{Engine as _, prelude::BASE64_STANDARD};

/// `ended` is the end as far as the report may show it, `now` the appliance's clock.
pub(super) fn write(xml: &mut Xml, session: &Session, ended: Option<i64>, now: i64, origin: &str) {
    xml.within("session", &[("lsid", &session.lsid)], |xml| {
        xml.leaf("session_type", "support");
        xml.leaf("lseq", &session.lseq.to_string());
        timed(xml, "start_time", session.started);
        if let Some(ended) = ended {
            timed(xml, "end_time", ended);
            xml.leaf("duration", &duration(ended - session.started));
        }
        if let Some(first) = session.members.first() {
            timed(xml, "rep_join_time", first.joined);
        }
        xml.tagged("public_site", &[("id", "1")], "Default Site");
        xml.leaf("external_key", &session.external_key);
        xml.leaf("custom_attributes", "");
        if ended.is_some() {
            links(xml, session, origin);
        }
        let files = session.log.iter().filter(|entry| entry.what == What::File).count();
        xml.leaf("file_transfer_count", &files.to_string());
        xml.leaf("file_move_count", "0");
        xml.leaf("file_delete_count", "0");
        people(xml, session, now);
        xml.within("session_details", &[], |xml| {
            for entry in session.log.iter().filter(|entry| ended.is_some() || entry.what != What::SessionEnd) {
                event(xml, session, entry);
            }
        });
    });
}

fn timed(xml: &mut Xml, name: &str, at: i64) {
    xml.tagged(name, &[("timestamp", &at.to_string())], &iso(at));
}

fn duration(seconds: i64) -> String {
    format!("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60)
}

/// Addresses of the chat and, when a technician was there to share a screen, of the recording.
fn links(xml: &mut Xml, session: &Session, origin: &str) {
    let link = |what: &str, view: &str| {
        let (lsid, hash) = (&session.lsid, format!("{}{}", session.lsid, &session.lsid[..8]));
        format!("{origin}/session_download?lsid=l%3D{lsid}%3Bh%3D{hash}%3Bt%3Dsd%3Bm%3D{what}&dl_action={what}{view}")
    };
    let kinds = [Some("chat"), (!session.members.is_empty()).then_some("recording")];
    for what in kinds.into_iter().flatten() {
        xml.leaf(&format!("session_{what}_view_url"), &link(what, "&view=1"));
        xml.leaf(&format!("session_{what}_download_url"), &link(what, ""));
    }
}

fn people(xml: &mut Xml, session: &Session, now: i64) {
    let customer = CUSTOMER.to_string();
    xml.tagged("primary_customer", &[("gsnumber", &customer)], &session.customer);
    if let Some(owner) = session.owner.map(|place| &session.members[place]) {
        xml.tagged("primary_rep", &[("gsnumber", &owner.gsnumber.to_string()), ("id", &owner.id.to_string())], &owner.private);
    }
    let team = session.queue.team().map(|id| id.to_string());
    if let Some(id) = &team {
        xml.tagged("primary_team", &[("id", id)], &session.queue_name);
    }
    xml.within("customer_list", &[], |xml| {
        xml.within("customer", &[("gsnumber", &customer)], |xml| {
            xml.leaf("username", &session.customer);
            xml.leaf("public_ip", "198.51.100.23:61422");
            xml.leaf("private_ip", "192.168.1.40");
            xml.leaf("hostname", "BR-LT-0147");
            xml.leaf("os", "Windows 11 Pro (23H2)");
            xml.leaf("primary_cust", "1");
            xml.within("info", &[], |xml| {
                xml.leaf("name", &session.customer);
                for name in ["company", "company_code", "issue", "details"] {
                    xml.leaf(name, "");
                }
            });
        });
    });
    xml.within("rep_list", &[], |xml| {
        for (place, member) in session.members.iter().enumerate() {
            representative(xml, member, session.owner == Some(place), now);
        }
    });
    xml.within("team_list", &[], |xml| {
        if let Some(id) = &team {
            xml.tagged("team", &[("id", id)], &session.queue_name);
        }
    });
}

fn representative(xml: &mut Xml, member: &Member, is_owner: bool, now: i64) {
    xml.within("representative", &[("gsnumber", &member.gsnumber.to_string()), ("id", &member.id.to_string())], |xml| {
        xml.leaf("username", &member.username);
        xml.leaf("display_name", &member.display);
        xml.leaf("public_display_name", &member.public);
        xml.leaf("private_display_name", &member.private);
        xml.leaf("public_ip", "[2001:db8:20::9]:50210");
        xml.leaf("private_ip", "10.20.0.17");
        xml.leaf("hostname", &format!("WKS-{:04}", member.id));
        xml.leaf("os", "Windows 11 Enterprise (23H2)");
        xml.leaf("session_owner", if is_owner { "1" } else { "0" });
        xml.leaf("seconds_involved", &(member.left.unwrap_or(now) - member.joined).max(0).to_string());
        if member.invited {
            xml.leaf("invited", "1");
        }
    });
}

fn event(xml: &mut Xml, session: &Session, entry: &Entry) {
    let kind = match entry.what {
        What::SessionStart => "Session Start",
        What::OwnerChanged => "Conference Owner Changed",
        What::MemberAdded => "Conference Member Added",
        What::MemberDeparted => "Conference Member Departed",
        What::Queued => "Session Transferred to Queue",
        What::Chat => "Chat Message",
        What::File => "File Upload",
        What::Note => "Session Note Added",
        What::ExternalKey => "External Key",
        What::SessionEnd => "Session End",
    };
    xml.within("event", &[("timestamp", &entry.at.to_string()), ("event_type", kind)], |xml| {
        for (tag, party) in [("performed_by", &entry.by), ("destination", &entry.to)] {
            if let Some(party) = party {
                party_xml(xml, session, tag, party);
            }
        }
        match entry.what {
            // What XML cannot carry comes in base64 instead.
            What::Chat | What::Note if carries(&entry.text) => xml.leaf("body", &entry.text),
            What::Chat | What::Note => xml.leaf("encoded_body", &BASE64_STANDARD.encode(&entry.text)),
            What::File => {
                xml.leaf("filename", &entry.text);
                xml.leaf("filesize", &entry.bytes.to_string());
            }
            What::OwnerChanged => data(xml, &[("owner", &entry.text)]),
            What::MemberAdded => match entry.by {
                Some(Party::Member(place)) => {
                    let member = &session.members[place];
                    let id = member.id.to_string();
                    data(
                        xml,
                        &[
                            ("private_name", &member.private),
                            ("public_name", &member.public),
                            ("username", &member.username),
                            ("user_id", &id),
                        ],
                    );
                }
                _ => data(xml, &[("private_name", &session.customer), ("public_name", &session.customer), ("hostname", "BR-LT-0147")]),
            },
            What::ExternalKey => data(xml, &[("external_key", &entry.text)]),
            What::SessionStart | What::MemberDeparted | What::Queued | What::SessionEnd => {}
        }
    });
}

fn data(xml: &mut Xml, values: &[(&str, &str)]) {
    xml.within("data", &[], |xml| {
        for (name, value) in values {
            xml.empty("value", &[("name", name), ("value", value)]);
        }
    });
}

fn party_xml(xml: &mut Xml, session: &Session, tag: &str, party: &Party) {
    let (kind, gsnumber, name) = match party {
        Party::System(name) => ("system", 0, name),
        Party::Customer => ("customer", CUSTOMER, &session.customer),
        Party::Member(place) => ("representative", session.members[*place].gsnumber, &session.members[*place].private),
    };
    xml.tagged(tag, &[("type", kind), ("gsnumber", &gsnumber.to_string())], name);
}
