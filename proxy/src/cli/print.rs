//! What commands print: lines for people, or JSON for programs. Columns are as wide as what stands in them.

use crate::store::{EventSummary, SessionSummary};
use halo_remote_support::{
    api::ConnectionTest,
    rules::{
        wording::{Language, say},
        words::UnixSeconds,
    },
};
use serde::Serialize;
use std::io::{self, Write as _};
use time::{OffsetDateTime, macros::format_description};

/// Where and how to print.
#[derive(Clone, Copy)]
pub(super) struct Output {
    pub(super) json: bool,
}

fn moment(at: UnixSeconds) -> String {
    let format = format_description!("[year]-[month]-[day] [hour]:[minute]:[second]Z");
    OffsetDateTime::from_unix_timestamp(at).ok().and_then(|time| time.format(format).ok()).unwrap_or_default()
}

impl Output {
    fn print(self, text: &str) -> io::Result<()> {
        match writeln!(io::stdout(), "{text}") {
            // `… | head` has seen enough.
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
            outcome => outcome,
        }
    }

    /// The same thing for programs and for people.
    pub(super) fn say(self, value: &impl Serialize, sentence: &str) -> io::Result<()> {
        if self.json { self.print(&serde_json::to_string(value)?) } else { self.print(sentence) }
    }

    fn table(self, head: &[&str], rows: &[Vec<String>], nothing: &str) -> io::Result<()> {
        if rows.is_empty() {
            return self.print(nothing);
        }
        let head: Vec<String> = head.iter().map(ToString::to_string).collect();
        let all = || std::iter::once(&head).chain(rows);
        let widths: Vec<usize> = (0..head.len())
            .map(|column| all().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max().unwrap_or(0))
            .collect();
        for row in all() {
            let line: Vec<String> = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:width$}")).collect();
            self.print(line.join("  ").trim_end())?;
        }
        Ok(())
    }

    pub(super) fn sessions(self, sessions: &[SessionSummary]) -> io::Result<()> {
        if self.json {
            return self.print(&serde_json::to_string(sessions)?);
        }
        let row = |session: &SessionSummary| {
            let reason = session.reason.as_ref().map(|reason| say(Language::En, reason)).unwrap_or_default();
            let waits = session.next_at.map(|at| format!("next try {}; ", moment(at))).unwrap_or_default();
            let swept = if session.swept { "not announced; " } else { "" };
            vec![
                session.lsid.to_string(),
                session.state.word().to_owned(),
                session.ticket.map(|ticket| ticket.to_string()).unwrap_or_else(|| "-".to_owned()),
                moment(session.announced_at),
                format!("{swept}{waits}{reason}"),
            ]
        };
        self.table(&["SESSION", "STATE", "TICKET", "HEARD OF", "WHY"], &sessions.iter().map(row).collect::<Vec<_>>(), "no such sessions")
    }

    /// One session, with the steps that led to the decision.
    pub(super) fn session(self, session: &SessionSummary) -> io::Result<()> {
        if self.json {
            return self.print(&serde_json::to_string(session)?);
        }
        self.sessions(std::slice::from_ref(session))?;
        if let Some(facts) = &session.facts {
            let none = || "-".to_owned();
            self.print(&format!("\n  name         {}", facts.name))?;
            self.print(&format!("  customer     {}", facts.customer.clone().unwrap_or_else(none)))?;
            self.print(&format!("  technicians  {}", facts.technicians.join(", ")))?;
            self.print(&format!("  ended        {}", facts.ended.map_or_else(none, moment)))?;
        }
        for step in session.disposition.iter().flat_map(|disposition| &disposition.trace) {
            self.print(&format!("  - {}", say(Language::En, &step.0)))?;
        }
        Ok(())
    }

    pub(super) fn events(self, events: &[EventSummary]) -> io::Result<()> {
        if self.json {
            return self.print(&serde_json::to_string(events)?);
        }
        let row = |event: &EventSummary| {
            let why = event.reason.clone().or_else(|| event.lsid.clone().map(|lsid| format!("session {lsid}"))).unwrap_or_default();
            let again = if event.repeats > 0 { format!("came {} times; ", event.repeats + 1) } else { String::new() };
            vec![
                event.id.clone(),
                event.state.word().to_owned(),
                moment(event.received_at),
                event.event.clone().unwrap_or_else(|| "-".to_owned()),
                format!("{again}{why}"),
            ]
        };
        self.table(&["EVENT", "STATE", "CAME", "TYPE", "ABOUT"], &events.iter().map(row).collect::<Vec<_>>(), "no such events")
    }

    pub(super) fn checks(self, test: &ConnectionTest) -> io::Result<()> {
        if self.json {
            return self.print(&serde_json::to_string(test)?);
        }
        for check in &test.checks {
            let mark = if check.ok { "ok  " } else { "FAIL" };
            self.print(&format!("{mark}  {:24}  {}", check.name, say(Language::En, &check.message)))?;
            if let Some(problem) = &check.problem {
                self.print(&format!("      {:24}  {} {}", "", problem.detail, problem.advice))?;
            }
        }
        Ok(())
    }
}
