//! What a person types. Parses, calls, prints; decides nothing. Commands work beside a running proxy, on the same store.

mod print;
mod records;
mod serve;
mod token;

use crate::{
    app::{App, StartProblem},
    check,
    clock::{Clock as _, SystemClock},
    config::{self, Config, ConfigProblem},
    store::{EventState, SessionState, Sqlite, Store as _, StoreProblem},
};
use clap::{Parser, Subcommand, ValueEnum};
use halo_remote_support::rules::{
    failure::Failure,
    wording::Language,
    words::{Lsid, TicketId},
};
use std::{io::Write as _, path::PathBuf, process::ExitCode, sync::Arc};

/// Puts BeyondTrust Remote Support into Halo: holds the BeyondTrust secret, receives session-end events, writes to Halo.
#[derive(Parser)]
#[command(name = "remote-support-proxy", version, after_help = "Begin with `check`; docs/OPERATIONS.md tells what to do about each alert.")]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
    /// The configuration file; proxy.example.toml explains every key
    #[arg(long, global = true, default_value = "proxy.toml", env = "REMOTE_SUPPORT_CONFIG")]
    config: PathBuf,
    /// Print JSON for programs instead of lines for people
    #[arg(long, global = true)]
    json: bool,
}

#[derive(Subcommand)]
enum Command {
    /// Serve the plugin's API and pages, receive events, and write session notes until told to stop
    Serve,
    /// Try everything the proxy needs: the configuration, each right in BeyondTrust and Halo by name, an event's round trip
    ///
    /// Changes nothing in BeyondTrust and Halo. The round trip needs a running proxy: it posts a test event to the public
    /// address, as BeyondTrust would, and looks for it in the inbox. Ends with 1 when something does not work.
    Check {
        /// Only read the configuration (and make the tokens it names, when they are missing); call nobody
        #[arg(long)]
        offline: bool,
    },
    /// Print the address to enter in BeyondTrust under Management > Outbound Events > HTTP Recipients
    EventUrl {
        /// Make a new address; the old one works too until --forget-old
        #[arg(long, conflicts_with = "forget_old")]
        rotate: bool,
        /// Stop accepting the address before the last --rotate
        #[arg(long)]
        forget_old: bool,
    },
    /// Print the address to enter in Halo under Configuration > Integrations > Webhooks, for "New Ticket Logged" and "Action Added"
    WebhookUrl,
    /// List finished sessions, newest first: where each stands, and why
    ///
    /// States: awaiting_report (BeyondTrust's report is not finished), pending (a note is outstanding), written (on its
    /// ticket), stored (to be linked by hand), refused (by a rule; replay once it is mended), failed (given up; replay).
    Sessions {
        /// Only this one, with the steps that led to the decision
        lsid: Option<Lsid>,
        /// Only those in this state
        #[arg(long)]
        state: Option<StateWord>,
        /// Only those on this ticket
        #[arg(long)]
        ticket: Option<TicketId>,
        /// Only those that hold these words: name, customer, technician, external key, session id
        #[arg(long, default_value = "")]
        search: String,
        /// At most so many
        #[arg(long, default_value_t = 50)]
        limit: u32,
    },
    /// List the events in the inbox, newest first
    ///
    /// States: accepted (a session ended), ignored (a type that is not needed), quarantined (unreadable or too large).
    Events {
        /// Only those in this state
        #[arg(long)]
        state: Option<EventWord>,
        /// At most so many
        #[arg(long, default_value_t = 50)]
        limit: u32,
    },
    /// Do a session again from its report on: after a name, a right or a setting was mended
    ///
    /// Sessions that are on their ticket are left alone. A running proxy does the work; without one it is done at the next
    /// start.
    Replay {
        /// The session's id
        #[arg(required_unless_present = "all")]
        lsid: Option<Lsid>,
        /// All sessions in this state: refused or failed
        #[arg(long, value_name = "STATE", conflicts_with = "lsid")]
        all: Option<StateWord>,
    },
    /// Put a stored session on a ticket, or move a written one there
    Link {
        /// The session's id
        lsid: Lsid,
        /// The ticket's number, as in Halo's API: 1161
        ticket: TicketId,
    },
    /// Take a session's note off its ticket; the session is stored again
    Unlink {
        /// The session's id
        lsid: Lsid,
    },
    /// Copy the store, the key that opens its secrets and our own tokens into a new folder while the proxy runs
    ///
    /// To restore: stop the proxy, put the files back into the data folder (server.data), start it. Sessions that ended
    /// since are found again in BeyondTrust's reports, and notes that were written are recognised.
    Backup {
        /// The folder; it must not exist yet
        to: PathBuf,
    },
    /// Print the description of the HTTP API (OpenAPI 3.1)
    Openapi,
}

/// A state of a session, as typed.
#[derive(Clone, Copy)]
struct StateWord(SessionState);

impl ValueEnum for StateWord {
    fn value_variants<'a>() -> &'a [Self] {
        const ALL: [StateWord; 6] = {
            let [a, b, c, d, e, f] = SessionState::ALL;
            [StateWord(a), StateWord(b), StateWord(c), StateWord(d), StateWord(e), StateWord(f)]
        };
        &ALL
    }
    fn to_possible_value(&self) -> Option<clap::builder::PossibleValue> {
        Some(self.0.word().into())
    }
}

/// A state of an event, as typed.
#[derive(Clone, Copy)]
struct EventWord(EventState);

impl ValueEnum for EventWord {
    fn value_variants<'a>() -> &'a [Self] {
        const ALL: [EventWord; 3] = {
            let [a, b, c] = EventState::ALL;
            [EventWord(a), EventWord(b), EventWord(c)]
        };
        &ALL
    }
    fn to_possible_value(&self) -> Option<clap::builder::PossibleValue> {
        Some(self.0.word().into())
    }
}

/// Why a command ended badly, as one sentence.
#[derive(Debug, thiserror::Error)]
pub enum CommandProblem {
    /// proxy.toml.
    #[error(transparent)]
    Config(#[from] ConfigProblem),
    /// Store, key file, vendors.
    #[error(transparent)]
    Start(#[from] StartProblem),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreProblem),
    /// What was asked for cannot be done.
    #[error("{} {}", .0.detail(Language::En), .0.advice(Language::En))]
    Failure(#[from] Failure),
    /// The address.
    #[error("server.listen: {0} cannot be listened on: {1}; choose a free address or stop the program that uses it")]
    Listen(std::net::SocketAddr, std::io::Error),
    /// A file or folder.
    #[error("{0}: {1}")]
    File(String, std::io::Error),
    /// Something of the system.
    #[error("{0}")]
    System(#[from] std::io::Error),
}

impl Cli {
    /// Runs the command.
    ///
    /// # Errors
    /// One sentence that says what to do.
    pub async fn run(self) -> Result<ExitCode, CommandProblem> {
        let Self { command, config, json } = self;
        // Needs no configuration: it is the same for everybody.
        if matches!(command, Command::Openapi) {
            writeln!(std::io::stdout(), "{}", crate::http::OPENAPI.trim_end())?;
            return Ok(ExitCode::SUCCESS);
        }
        let path = config;
        let config = Config::load(&path, config::environment())?;
        let out = print::Output { json };
        match command {
            Command::Serve => serve::serve(config, out).await?,
            Command::Check { offline: true } => {
                out.say(&serde_json::json!({"configuration": path}), &format!("{} can be used", path.display()))?
            }
            Command::Check { offline: false } => {
                let test = check::run(&*beside(config).await?).await;
                out.checks(&test)?;
                return Ok(if test.ok { ExitCode::SUCCESS } else { ExitCode::FAILURE });
            }
            Command::EventUrl { rotate, forget_old } => token::event_url(config, &path, rotate, forget_old, out)?,
            Command::WebhookUrl => token::webhook_url(&config, out)?,
            Command::Sessions { lsid, state, ticket, search, limit } => {
                let store = Sqlite::beside(&config.store_file())?;
                match lsid {
                    Some(lsid) => records::session(&store, &lsid, out).await?,
                    None => records::sessions(&store, state.map(|word| word.0), ticket, search, limit, out).await?,
                }
            }
            Command::Events { state, limit } => {
                let events = Sqlite::beside(&config.store_file())?.events(state.map(|word| word.0), limit).await?;
                out.events(&events)?;
            }
            Command::Replay { lsid, all } => {
                records::replay(&Sqlite::beside(&config.store_file())?, lsid, all.map(|word| word.0), out).await?;
            }
            Command::Link { lsid, ticket } => records::link(&Sqlite::beside(&config.store_file())?, &lsid, ticket, out).await?,
            Command::Unlink { lsid } => records::unlink(&Sqlite::beside(&config.store_file())?, &lsid, out).await?,
            Command::Backup { to } => records::backup(&config, to, out).await?,
            Command::Openapi => {}
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// The proxy's parts beside a proxy that may be running; the store is made when there is none yet.
async fn beside(config: Config) -> Result<Arc<App>, StartProblem> {
    let file = config.store_file();
    let store = match Sqlite::beside(&file) {
        Err(StoreProblem::Missing(_) | StoreProblem::Older { .. }) => Sqlite::open(&file)?,
        store => store?,
    };
    App::with_store(config, Arc::new(SystemClock::new()), Arc::new(store)).await
}

fn now() -> i64 {
    SystemClock::new().now()
}
