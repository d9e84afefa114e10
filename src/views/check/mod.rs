//! "What would happen?": an administrator gives a session report and sees what the rules make of it. Nothing is written and
//! nothing leaves the browser; only the settings are read from the proxy.

mod given;
mod view;

use super::sign_in;
use crate::rules::{
    directory::Agent,
    disposition::{ChatState, Issued},
    failure::{Failure, FailureKind},
    settings::Settings,
    wording::Language,
    words::TicketId,
};
use given::Given;
use serde::Deserialize;

/// A text that grows by so many characters at once was pasted, and is read at once.
const PASTED: usize = 20;

const EXAMPLE: &str = include_str!("example.xml");

/// What the check wants of `GET /settings`, with the proxy's names; the rest would only make the module larger.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct ProxySettings {
    settings: Choices,
    /// Halo's agents; none when Halo could not be asked.
    agents: Option<Vec<Agent>>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Choices {
    add_automatically: bool,
    only_generated: bool,
    private_notes: bool,
    ticket_prefix: String,
}

/// Where the settings come from.
#[derive(Clone, Debug, PartialEq)]
enum Source {
    Asking,
    Proxy,
    /// Nobody is signed in; the nonce of a sign-in under way, and whether its window was blocked.
    SignedOut(Option<(String, bool)>),
    Unreadable(Failure),
}

/// Everything the panel knows.
#[derive(Clone, Debug)]
pub struct State {
    language: Language,
    proxy: String,
    origin: String,
    source: Source,
    /// Something was changed on the spot.
    edited: bool,
    settings: Settings,
    /// One a line: Halo name, `=`, BeyondTrust display name.
    agents: String,
    /// What is being typed; pasted texts and files are [`Given`].
    typed: String,
    /// A file is on its way.
    waiting: bool,
    /// The last file could not be read.
    unreadable: bool,
    given: Option<Given>,
    session: usize,
    /// The code in the key counts as issued by us.
    issued: bool,
    /// The chat in the key: open, ended, or linked to a ticket.
    chat_open: bool,
    chat_ticket: String,
}

/// What comes in.
#[derive(Clone, Debug)]
pub enum Event {
    /// A person did something.
    Did(String, String),
    /// A file was chosen or dropped.
    File(String, Vec<u8>),
    /// `GET /settings`.
    Settings(Box<Result<ProxySettings, Failure>>),
    /// `POST /sign-in/exchange`.
    Exchanged(Result<(), Failure>),
}

/// What is to be done about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Ask for the settings.
    GetSettings,
    /// Open the sign-in window, at once.
    Open {
        /// Its address.
        address: String,
        /// What its answer must carry.
        nonce: String,
    },
    /// Exchange the one-time code.
    Exchange {
        /// The code.
        code: String,
        /// The nonce.
        nonce: String,
    },
    /// Move the focus to the element with this id.
    Focus(&'static str),
}

impl State {
    /// A panel that knows nothing yet.
    #[must_use]
    pub fn new(language: Language, proxy: String, origin: String) -> Self {
        Self {
            language,
            proxy,
            origin,
            source: Source::Asking,
            edited: false,
            settings: Settings::default(),
            agents: String::new(),
            typed: String::new(),
            waiting: false,
            unreadable: false,
            given: None,
            session: 0,
            issued: true,
            chat_open: true,
            chat_ticket: String::new(),
        }
    }

    /// Takes an event in. `nonce` is fresh randomness in letters and digits.
    pub fn update(&mut self, event: Event, nonce: &str) -> Vec<Effect> {
        match event {
            Event::Did(action, value) => return self.did(&action, value, nonce),
            Event::File(name, bytes) => return self.give(Some(name), &bytes),
            Event::Settings(answer) => self.answered(*answer),
            Event::Exchanged(Ok(())) => return self.ask(),
            Event::Exchanged(Err(failure)) => self.source = Source::Unreadable(failure),
        }
        Vec::new()
    }

    fn did(&mut self, action: &str, value: String, nonce: &str) -> Vec<Effect> {
        let switch = |setting: &mut bool| *setting = !*setting;
        match action {
            "start" | "retry" => return self.ask(),
            "sign-in" => {
                let address = sign_in::address(&self.proxy, &self.origin, nonce);
                self.source = Source::SignedOut(Some((nonce.to_owned(), false)));
                return vec![Effect::Open { address, nonce: nonce.to_owned() }];
            }
            "popup-blocked" => {
                if let Source::SignedOut(Some((_, blocked))) = &mut self.source {
                    *blocked = true;
                }
            }
            "signed-in" => {
                if let Source::SignedOut(Some((nonce, _))) = &self.source {
                    return vec![Effect::Exchange { code: value, nonce: nonce.clone() }];
                }
            }
            "typed" => {
                let pasted = value.len() > self.typed.len() + PASTED;
                self.typed = value;
                if pasted {
                    return self.check();
                }
            }
            "check" => return self.check(),
            "waiting" => (self.waiting, self.unreadable) = (true, false),
            "unreadable" => (self.waiting, self.unreadable) = (false, true),
            "example" => return self.give(None, EXAMPLE.as_bytes()),
            "other" => {
                (self.given, self.session) = (None, 0);
                return vec![Effect::Focus("rs-report")];
            }
            "session" => self.session = value.parse().unwrap_or_default(),
            "issued" => switch(&mut self.issued),
            "chat" => self.chat_open = value == "open",
            "chat-ticket" => self.chat_ticket = value,
            _ => self.edit(action, value),
        }
        Vec::new()
    }

    fn edit(&mut self, action: &str, value: String) {
        let settings = &mut self.settings;
        match action {
            "add" => settings.add_automatically = !settings.add_automatically,
            "only" => settings.only_generated = !settings.only_generated,
            "private" => settings.private_notes = !settings.private_notes,
            "prefix" => settings.ticket_prefix = value,
            "agents" => self.agents = value,
            _ => return,
        }
        self.edited = true;
    }

    fn ask(&mut self) -> Vec<Effect> {
        self.source = Source::Asking;
        vec![Effect::GetSettings]
    }

    fn answered(&mut self, answer: Result<ProxySettings, Failure>) {
        self.source = match answer {
            Ok(ProxySettings { settings, agents }) => {
                // What was edited meanwhile stays.
                if !self.edited {
                    self.agents = agents.iter().flatten().filter(|agent| !agent.is_unassigned()).map(line).collect();
                    let Choices { add_automatically, only_generated, private_notes, ticket_prefix } = settings;
                    self.settings = Settings { add_automatically, only_generated, private_notes, ticket_prefix, ..Settings::default() };
                }
                Source::Proxy
            }
            Err(failure) if failure.kind == FailureKind::SignedOut => Source::SignedOut(None),
            Err(failure) => Source::Unreadable(failure),
        };
    }

    fn check(&mut self) -> Vec<Effect> {
        if self.typed.trim().is_empty() {
            return vec![Effect::Focus("rs-report")];
        }
        let text = std::mem::take(&mut self.typed);
        self.give(None, text.as_bytes())
    }

    fn give(&mut self, name: Option<String>, bytes: &[u8]) -> Vec<Effect> {
        self.given = Some(Given::new(name, bytes));
        (self.session, self.waiting, self.unreadable) = (0, false, false);
        vec![Effect::Focus("rs-verdict")]
    }

    /// The agents as they stand in the box.
    fn agents(&self) -> Vec<Agent> {
        let agent = |(place, line): (usize, &str)| {
            let (name, beyondtrust_name) = line.split_once('=').unwrap_or((line, ""));
            Some(Agent {
                // 1 is nobody.
                id: crate::rules::words::AgentId::new(u32::try_from(place).ok()?.checked_add(2)?)?,
                name: name.trim().to_owned(),
                beyondtrust_name: Some(beyondtrust_name.trim().to_owned()).filter(|name| !name.is_empty()),
                invites_enabled: true,
                disabled: false,
                overridden: false,
            })
        };
        self.agents.lines().filter(|line| !line.trim().is_empty()).enumerate().filter_map(agent).collect()
    }

    fn issued(
        &self,
        code: &crate::rules::correlation::Code,
        ticket: Option<TicketId>,
        chat: Option<crate::rules::words::ChatId>,
    ) -> Option<Issued> {
        self.issued.then(|| Issued { code: code.clone(), ticket, chat })
    }

    fn chat(&self) -> ChatState {
        ChatState { open: self.chat_open, ticket: self.chat_ticket.trim().parse().ok(), name: None }
    }
}

fn line(agent: &Agent) -> String {
    match &agent.beyondtrust_name {
        Some(name) => format!("{} = {name}\n", agent.name),
        None => format!("{}\n", agent.name),
    }
}

#[cfg(test)]
mod tests;
