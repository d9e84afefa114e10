//! `serve`: listens, works, and stops in good order.

use super::{CommandProblem, print::Output};
use crate::{app::App, clock::SystemClock, config::Config, http, telemetry, worker};
use std::{sync::Arc, time::Duration};
use tokio::{net::TcpListener, sync::watch};

/// Running requests may take this long after we were told to stop; together with the last steps it stays below the ten seconds
/// that service managers allow.
const LAST_REQUESTS: Duration = Duration::from_secs(8);

pub(super) async fn serve(config: Config, out: Output) -> Result<(), CommandProblem> {
    telemetry::start(&config.log);
    let listen = config.server.listen;
    let public_url = config.server.public_url.clone();
    let app = App::start(config, Arc::new(SystemClock::new())).await?;
    let listener = TcpListener::bind(listen).await.map_err(|error| CommandProblem::Listen(listen, error))?;
    let address = listener.local_addr()?;
    out.say(
        &serde_json::json!({"listening": format!("http://{address}"), "public": public_url.origin()}),
        &format!("listening on http://{address} (public {})", public_url.origin()),
    )?;
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
    let finished = async {
        server.await?;
        // A worker that panicked has nothing to finish.
        let _ = worker.await;
        Ok::<_, std::io::Error>(())
    };
    tokio::select! {
        ended = finished => ended?,
        // Neither a browser that keeps its connection open nor a step that hangs must keep us.
        () = async { drop(late.changed().await); tokio::time::sleep(LAST_REQUESTS).await } => {}
    }
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
