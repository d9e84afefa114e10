//! What must be true in the end, by the vendors' ledgers and the store.

use super::{
    plan::GARBAGE,
    story::{Asked, Fate, Played, Story},
};
use crate::house::SECRET_MARKS;
use rusqlite::Connection;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

const SESSION: &str = "Remote Session";
const INVITE: &str = "Remote Session Invite";

/// Everything that must be true. The proxy is dead.
pub async fn everything(story: &Story, sent: &[(Asked, String)]) {
    let halo = story.house.halo("ledger", None).await;
    let appliance = story.house.appliance("ledger", None).await;
    // To be looked at should anything be wrong.
    let folder = story.house.folder.path();
    std::fs::write(folder.join("halo.json"), serde_json::to_vec_pretty(&halo).unwrap()).unwrap();
    std::fs::write(folder.join("appliance.json"), serde_json::to_vec_pretty(&appliance).unwrap()).unwrap();
    let store = Connection::open(story.store()).unwrap();
    every_event_that_was_answered_is_in_the_inbox(&store, &appliance);
    every_session_has_come_to_its_end(&store, &story.played);
    each_session_has_its_one_note(&halo, &story.played);
    each_session_from_a_chat_is_told_there_once(&halo, &story.played);
    each_invite_has_its_one_mail(&halo, sent);
    nothing_is_held(&store);
    let verdict: String = store.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
    assert_eq!(verdict, "ok", "the store is whole");
    the_log_holds_no_secret_and_no_panic(story);
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn list<'a>(ledger: &'a Value, name: &str) -> &'a [Value] {
    ledger[name].as_array().unwrap()
}

fn every_event_that_was_answered_is_in_the_inbox(store: &Connection, appliance: &Value) {
    let mut inbox = BTreeMap::new();
    let mut statement = store.prepare("SELECT body, state, repeats FROM events").unwrap();
    let mut rows = statement.query([]).unwrap();
    while let Some(row) = rows.next().unwrap() {
        let (body, state, repeats): (Vec<u8>, String, i64) = (row.get(0).unwrap(), row.get(1).unwrap(), row.get(2).unwrap());
        inbox.insert(body, (state, repeats + 1));
    }
    let mut answered: BTreeMap<&str, i64> = BTreeMap::new();
    for event in list(appliance, "events") {
        let yes = list(event, "statuses").iter().filter(|status| **status == 200).count();
        assert_eq!(yes, 1, "in the end every event is answered 200, once: {event}");
        *answered.entry(text(&event["body"])).or_default() += 1;
    }
    for (body, times) in &answered {
        let Some((state, kept)) = inbox.get(body.as_bytes()) else { panic!("answered 200 and not in the inbox: {body}") };
        assert!(kept >= times, "answered 200 {times} times and kept {kept} times: {body}");
        let expected = GARBAGE.iter().find(|(garbage, _)| garbage == body).map_or("accepted", |(_, state)| state);
        assert_eq!(state, expected, "{body}");
    }
    assert_eq!(inbox.len(), answered.len(), "the inbox holds nothing else");
}

fn every_session_has_come_to_its_end(store: &Connection, played: &[Played]) {
    let mut states = BTreeMap::new();
    let mut statement = store.prepare("SELECT lsid, state, reason FROM sessions").unwrap();
    let mut rows = statement.query([]).unwrap();
    while let Some(row) = rows.next().unwrap() {
        let (lsid, state, reason): (String, String, Option<String>) = (row.get(0).unwrap(), row.get(1).unwrap(), row.get(2).unwrap());
        states.insert(lsid, (state, reason.unwrap_or_default()));
    }
    for Played { lsid, fate, words } in played {
        let expected = match fate {
            Fate::Written(_) | Fate::Moved(..) => "written",
            Fate::Stored | Fate::Told => "stored",
            Fate::Refused => "refused",
            Fate::Failed => "failed",
        };
        let Some((state, reason)) = states.get(lsid) else { panic!("the session {lsid} ({words}) is not in the store") };
        assert_eq!(state, expected, "the session {lsid} ({words}): {reason}");
    }
    assert_eq!(states.len(), played.len(), "the store holds no other session, and so no other one failed");
}

fn each_session_has_its_one_note(halo: &Value, played: &[Played]) {
    let notes: Vec<(&str, &Value)> = list(halo, "actions")
        .iter()
        .filter(|action| action["outcome"] == SESSION)
        .map(|action| (text(&action["note_html"]), action))
        .collect();
    for Played { lsid, fate, words } in played {
        let marker = format!("Remote session {lsid}");
        let found: Vec<_> = notes.iter().filter(|(note, _)| note.contains(&marker)).collect();
        let (Fate::Written(ticket) | Fate::Moved(ticket, _)) = fate else {
            assert!(found.is_empty(), "{fate:?}, and there is a note: {found:?}");
            assert!(notes.iter().all(|(note, _)| !note.contains(&format!("{words},"))), "{fate:?}, and a note tells of it: {words}");
            continue;
        };
        let tickets: Vec<_> = found.iter().map(|(_, action)| (&action["ticket_id"], &action["id"], &action["who"])).collect();
        assert_eq!(found.len(), 1, "exactly one note of {lsid} ({words}), on ticket {ticket}: {tickets:?}");
        let (note, action) = found[0];
        let moved = if let Fate::Moved(_, to) = fate { *to } else { *ticket };
        assert!(action["ticket_id"] == *ticket || action["ticket_id"] == moved, "{lsid} ({words}) is on its own ticket");
        for part in
            [format!("{words}, said by the technician."), "It says &lt;0x800&gt; &amp; closes".to_owned(), "repair-profile.zip".to_owned()]
        {
            assert!(note.contains(&part), "{part} in {note}");
        }
        assert_eq!(note.matches("words of ").count(), 1, "no other session's words in {note}");
    }
    let expected = played.iter().filter(|played| matches!(played.fate, Fate::Written(_) | Fate::Moved(..))).count();
    assert_eq!(notes.len(), expected, "there are no other notes");
}

fn each_session_from_a_chat_is_told_there_once(halo: &Value, played: &[Played]) {
    let messages = list(halo, "chat_messages");
    let told: Vec<_> = played.iter().filter(|played| played.fate == Fate::Told).collect();
    for Played { lsid, words, .. } in &told {
        let found = messages.iter().filter(|message| text(&message["text"]).contains(lsid)).count();
        assert_eq!(found, 1, "exactly one message of {lsid} ({words})");
    }
    assert_eq!(messages.len(), told.len(), "there are no other messages");
}

fn each_invite_has_its_one_mail(halo: &Value, sent: &[(Asked, String)]) {
    let actions: Vec<&Value> = list(halo, "actions").iter().filter(|action| action["outcome"] == INVITE).collect();
    let mails = list(halo, "mails");
    for (Asked { key, ticket }, id) in sent {
        let marker = format!("Invite {id}");
        let found: Vec<_> = actions.iter().filter(|action| text(&action["note_html"]).contains(&marker)).collect();
        assert_eq!(found.len(), 1, "exactly one audit action of {key}: {found:?}");
        assert_eq!(found[0]["ticket_id"], *ticket, "{key} is on its own ticket");
        let same = |mail: &&Value| mail["ticket_id"] == *ticket && mail["action_id"] == found[0]["id"];
        assert_eq!(mails.iter().filter(same).count(), 1, "exactly one mail of {key}");
    }
    let ids: BTreeSet<_> = sent.iter().map(|(_, id)| id).collect();
    assert_eq!(
        (ids.len(), actions.len(), mails.len()),
        (sent.len(), sent.len(), sent.len()),
        "there are no other invites, actions or mails"
    );
}

fn nothing_is_held(store: &Connection) {
    for table in ["sessions", "invites"] {
        let held = format!("SELECT count(*) FROM {table} WHERE lease_until IS NOT NULL OR next_at IS NOT NULL");
        let held: i64 = store.query_row(&held, [], |row| row.get(0)).unwrap();
        assert_eq!(held, 0, "{table} that are leased or due");
    }
}

fn the_log_holds_no_secret_and_no_panic(story: &Story) {
    let log = std::fs::read_to_string(story.house.folder.path().join("proxy.log")).unwrap();
    assert!(log.contains("decided"), "the log was written");
    for mark in SECRET_MARKS.into_iter().chain(["panicked at", "something that should not happen"]) {
        let line = log.lines().find(|line| line.contains(mark));
        assert_eq!(line, None, "{mark} in the log");
    }
}
