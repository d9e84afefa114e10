//! A report that was given to the panel: what was read of it, and the lines its problems stand in. Decides nothing.

use crate::rules::report::{self, Limits, Problem, Session};

/// So much of a line is shown, and so much before the problem's place.
const SHOWN: usize = 110;
const BEFORE: usize = 40;

/// A report, read; its document is not kept.
#[derive(Clone, Debug)]
pub(super) struct Given {
    /// The file's; pasted texts have none.
    pub(super) name: Option<String>,
    pub(super) bytes: usize,
    pub(super) sound: bool,
    pub(super) sessions: Vec<Session<'static>>,
    /// With the part of the line they stand in.
    pub(super) problems: Vec<(Problem, String)>,
}

impl Given {
    pub(super) fn new(name: Option<String>, bytes: &[u8]) -> Self {
        let report = report::read(bytes, &Limits::default());
        let sound = report.is_sound();
        // One pass: the problems stand in the order of their lines.
        let mut lines = bytes.split(|byte| *byte == b'\n').zip(1..).peekable();
        let told = |problem: Problem| {
            while lines.next_if(|(_, number)| *number < problem.line).is_some() {}
            let excerpt = excerpt(lines.peek().map_or(&[], |(line, _)| *line), &problem);
            (problem, excerpt)
        };
        let sessions = report.sessions.into_iter().map(Session::into_owned).collect();
        Self { name, bytes: bytes.len(), sound, sessions, problems: report.problems.into_iter().map(told).collect() }
    }
}

/// The line's part around the problem.
fn excerpt(line: &[u8], problem: &Problem) -> String {
    let from = (problem.column as usize).saturating_sub(BEFORE + 1);
    let part = line.get(from..).unwrap_or_default();
    let shown = String::from_utf8_lossy(part.get(..SHOWN).unwrap_or(part)).trim().to_owned();
    let before = if from > 0 && !shown.is_empty() { "… " } else { "" };
    let behind = if part.len() > SHOWN { " …" } else { "" };
    format!("{before}{shown}{behind}")
}
