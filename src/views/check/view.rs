//! The check's view model: everything worded and decided, so that the template only places it.

use super::{Source, State, given::Given};
use crate::{
    rules::{
        correlation::ExternalKey,
        disposition::{self, Context, Destination, Disposition},
        names::{NameIndex, Nfkc},
        note,
        report::{Session, Severity},
        routing::Step,
        wording::{Message, say},
    },
    views::{
        mail,
        pages::{self, Words},
    },
};
use askama::Template;

impl State {
    /// The panel as HTML.
    #[must_use]
    pub fn html(&self, nfkc: Nfkc) -> String {
        pages::html(&Panel::new(self, nfkc), self.language)
    }
}

#[derive(Template)]
#[template(path = "check/panel.html")]
struct Panel<'a> {
    words: Words,
    waiting: bool,
    unreadable: bool,
    typed: &'a str,
    settings: SettingsView<'a>,
    result: Option<Shown>,
}

struct SettingsView<'a> {
    /// Where they come from.
    source: String,
    sign_in: bool,
    /// The sign-in page, when its window was blocked.
    link: Option<String>,
    retry: bool,
    add: bool,
    only: bool,
    private: bool,
    prefix: &'a str,
    agents: &'a str,
}

/// What the rules make of the report.
struct Shown {
    /// Name and size of what was given.
    given: String,
    problems: Vec<ProblemView>,
    /// More than one session: to choose from.
    sessions: Vec<Choice>,
    session: Option<SessionView>,
}

struct ProblemView {
    refused: bool,
    place: String,
    text: String,
    excerpt: String,
}

struct Choice {
    value: usize,
    name: String,
    selected: bool,
}

struct SessionView {
    /// `ok`, `warn`, `bad`.
    tone: &'static str,
    verdict: String,
    /// What would be decided, when something stands before it.
    otherwise: Option<String>,
    technicians: Vec<String>,
    note: Option<Vec<mail::Block>>,
    trace: Vec<String>,
    /// The key holds a code of ours, which could have been issued or not.
    coded: Option<bool>,
    /// The key names a chat: open, and its ticket.
    chat: Option<(bool, String)>,
}

impl<'a> Panel<'a> {
    fn new(state: &'a State, nfkc: Nfkc) -> Self {
        Self {
            words: Words(state.language),
            waiting: state.waiting,
            unreadable: state.unreadable,
            typed: &state.typed,
            settings: SettingsView::new(state),
            result: state.given.as_ref().map(|given| Shown::new(state, given, nfkc)),
        }
    }
}

impl<'a> SettingsView<'a> {
    fn new(state: &'a State) -> Self {
        let words = Words(state.language);
        let source = match &state.source {
            _ if state.edited => words.say("ui.check.edited"),
            Source::Asking => words.say("ui.check.asking"),
            Source::Proxy => words.say("ui.check.fromProxy"),
            Source::SignedOut(Some((_, true))) => words.say("ui.signIn.blocked"),
            Source::SignedOut(_) => words.say("ui.check.defaults"),
            Source::Unreadable(failure) => {
                let told = format!("{} {}", failure.detail(state.language), words.say("ui.check.defaultsUsed"));
                told
            }
        };
        let link = match &state.source {
            Source::SignedOut(Some((nonce, true))) => Some(super::sign_in::address(&state.proxy, &state.origin, nonce)),
            _ => None,
        };
        Self {
            source,
            sign_in: matches!(state.source, Source::SignedOut(_)) && !state.edited && link.is_none(),
            link,
            retry: matches!(state.source, Source::Unreadable(_)) && !state.edited,
            add: state.settings.add_automatically,
            only: state.settings.only_generated,
            private: state.settings.private_notes,
            prefix: &state.settings.ticket_prefix,
            agents: &state.agents,
        }
    }
}

impl Shown {
    fn new(state: &State, given: &Given, nfkc: Nfkc) -> Self {
        let words = Words(state.language);
        let problem = |(problem, excerpt): &(crate::rules::report::Problem, String)| {
            let place = Message::new("ui.check.place").with("line", problem.line).with("column", problem.column);
            ProblemView {
                refused: problem.severity == Severity::Error,
                place: say(state.language, &place),
                text: say(state.language, &(&problem.fault).into()),
                excerpt: excerpt.clone(),
            }
        };
        let choice = |(value, session): (usize, &Session<'_>)| Choice {
            value,
            name: session.lsid.as_ref().map_or_else(|| "?".to_owned(), ToString::to_string),
            selected: value == state.session,
        };
        let name = given.name.clone().unwrap_or_else(|| words.say("ui.check.pasted"));
        Self {
            given: format!("{name}, {}", note::size(given.bytes as u64, state.language)),
            problems: given.problems.iter().map(problem).collect(),
            sessions: if given.sessions.len() > 1 { given.sessions.iter().enumerate().map(choice).collect() } else { Vec::new() },
            session: given.sessions.get(state.session).map(|session| SessionView::new(state, session, given.sound, nfkc)),
        }
    }
}

impl SessionView {
    fn new(state: &State, session: &Session<'_>, sound: bool, nfkc: Nfkc) -> Self {
        let key = ExternalKey::read(session.external_key.as_deref(), &state.settings.ticket_prefix);
        let issued = match &key {
            ExternalKey::Ticket { ticket, code } => state.issued(code, Some(*ticket), None),
            ExternalKey::Chat { chat, code } => state.issued(code, None, Some(*chat)),
            ExternalKey::Asset { code, .. } => state.issued(code, None, None),
            _ => None,
        };
        let names_chat = matches!(key, ExternalKey::Chat { .. });
        let (chat, agents) = (state.chat(), NameIndex::new(&state.agents(), nfkc));
        let context =
            Context { agents: &agents, settings: &state.settings, issued: issued.as_ref(), chat: names_chat.then_some(&chat), nfkc };
        let decided = disposition::decide(session, &context);
        let sentences = |steps: &[Step], technicians: bool| {
            let steps = steps.iter().filter(|Step(message)| message.code.starts_with("names.") == technicians);
            steps.map(|Step(message)| say(state.language, message)).collect()
        };
        let reason = say(state.language, &decided.reason);
        let words = Words(state.language);
        let (tone, verdict, otherwise) = match (sound, session.end) {
            (false, _) => ("bad", words.say("ui.check.unsound"), Some(reason)),
            (true, None) => ("warn", words.say("ui.check.running"), Some(reason)),
            (true, Some(_)) => (tone(&decided), reason, None),
        };
        Self {
            tone,
            verdict,
            otherwise,
            technicians: sentences(&decided.trace, true),
            note: note::preview(session, &decided, &state.settings, state.language).map(|note| mail::blocks(&note)),
            trace: sentences(&decided.trace, false),
            coded: key.code().map(|_| state.issued),
            chat: (names_chat && state.issued).then(|| (state.chat_open, state.chat_ticket.clone())),
        }
    }
}

const fn tone(decided: &Disposition) -> &'static str {
    match decided.destination {
        Destination::Ticket { .. } | Destination::Chat { .. } => "ok",
        Destination::Stored => "warn",
        Destination::Refused => "bad",
    }
}
