//! The simulators as a program, for the demo and the page tests.

use clap::Parser;
use remote_support_simulator::{Options, start};
use std::{io::Write as _, net::SocketAddr, path::PathBuf};

/// A simulated BeyondTrust appliance and a simulated Halo. For demonstrations and tests only.
#[derive(Parser)]
struct Arguments {
    /// Halo's port; 0 is any free one.
    #[arg(long, default_value_t = 8081)]
    halo_port: u16,
    /// The appliance's port; 0 is any free one.
    #[arg(long, default_value_t = 8083)]
    appliance_port: u16,
    /// The proxy's public origin.
    #[arg(long, default_value = "http://support.localhost:8082")]
    proxy_origin: String,
    /// Where the proxy is reached.
    #[arg(long)]
    proxy_connect: Option<SocketAddr>,
    /// Where the appliance sends its outbound events.
    #[arg(long)]
    event_url: Option<String>,
    /// Where Halo sends its webhooks.
    #[arg(long)]
    webhook_url: Option<String>,
    /// Folder with the demo's pages.
    #[arg(long)]
    pages: Option<PathBuf>,
}

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let arguments = Arguments::parse();
    let simulator = start(Options {
        halo_port: arguments.halo_port,
        appliance_port: arguments.appliance_port,
        proxy_origin: arguments.proxy_origin,
        proxy_connect: arguments.proxy_connect,
        event_url: arguments.event_url,
        webhook_url: arguments.webhook_url,
        pages: arguments.pages,
    })
    .await?;
    writeln!(std::io::stdout(), "{}", serde_json::json!({"halo": simulator.halo_origin, "appliance": simulator.appliance_origin}))?;
    std::future::pending().await
}
