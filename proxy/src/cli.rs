//! What a person types: `serve`, `check-config`, `event-url`, `sessions`. Parses, calls, prints; decides nothing.

use crate::{
    app::{App, StartProblem},
    clock::SystemClock,
    config::{self, Config, ConfigProblem},
    http, telemetry, worker,
};
use clap::{Parser, Subcommand};
use secrecy::ExposeSecret as _;
use std::{io::Write as _, path::PathBuf, sync::Arc, time::Duration};
use tokio::{net::TcpListener, sync::watch};

/// Running requests may take this long after we were told to stop.
const LAST_REQUESTS: Duration = Duration::from_secs(10);

/// Puts BeyondTrust Remote Support into Halo: holds the BeyondTrust secret, receives session-end events, writes to Halo.
#[derive(Parser)]
#[command(name = "remote-support-proxy", version)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve the plugin's API and pages, receive events, and write session notes until told to stop.
    Serve(ConfigPath),
    /// Read proxy.toml and say whether it can be used. Calls nobody.
    CheckConfig(ConfigPath),
    /// Print the URL to enter in BeyondTrust under Management > Outbound Events.
    EventUrl(ConfigPath),
}

#[derive(clap::Args)]
struct ConfigPath {
    /// The configuration file; proxy.example.toml explains every key.
    #[arg(long, default_value = "proxy.toml", env = "REMOTE_SUPPORT_CONFIG")]
    config: PathBuf,
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
    /// The address.
    #[error("server.listen: {0} cannot be listened on: {1}; choose a free address or stop the program that uses it")]
    Listen(std::net::SocketAddr, std::io::Error),
    /// Something of the system.
    #[error("{0}")]
    System(#[from] std::io::Error),
}

impl Cli {
    /// Runs the command.
    ///
    /// # Errors
    /// One sentence that says what to do.
    pub async fn run(self) -> Result<(), CommandProblem> {
        match self.command {
            Command::Serve(path) => serve(load(&path)?).await,
            Command::CheckConfig(path) => {
                load(&path)?;
                Ok(writeln!(std::io::stdout(), "{} can be used", path.config.display())?)
            }
            Command::EventUrl(path) => {
                let config = load(&path)?;
                Ok(writeln!(std::io::stdout(), "{}/events/{}", config.server.public_url.origin(), config.events.token.expose_secret())?)
            }
        }
    }
}

fn load(path: &ConfigPath) -> Result<Config, ConfigProblem> {
    Config::load(&path.config, config::environment())
}

async fn serve(config: Config) -> Result<(), CommandProblem> {
    telemetry::start(&config.log);
    let listen = config.server.listen;
    let public_url = config.server.public_url.clone();
    let app = App::start(config, Arc::new(SystemClock::new())).await?;
    let listener = TcpListener::bind(listen).await.map_err(|error| CommandProblem::Listen(listen, error))?;
    writeln!(std::io::stdout(), "listening on http://{} (public {})", listener.local_addr()?, public_url.origin())?;
    let (stop, stopped) = watch::channel(false);
    tokio::spawn(async move {
        told_to_stop().await;
        tracing::info!("stopping: running requests and steps are finished first");
        let _ = stop.send(true);
    });
    let worker = tokio::spawn(worker::run(Arc::clone(&app), stopped.clone()));
    let mut until = stopped.clone();
    let mut late = stopped;
    let server = axum::serve(listener, http::router(app)).with_graceful_shutdown(async move { drop(until.changed().await) });
    tokio::select! {
        ended = server => ended?,
        // A browser that keeps its connection open must not keep us.
        () = async { drop(late.changed().await); tokio::time::sleep(LAST_REQUESTS).await } => {}
    }
    let _ = worker.await;
    Ok(())
}

async fn told_to_stop() {
    let interrupt = tokio::signal::ctrl_c();
    match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
        Ok(mut terminate) => {
            tokio::select! {
                _ = interrupt => {}
                _ = terminate.recv() => {}
            }
        }
        Err(_) => drop(interrupt.await),
    }
}
