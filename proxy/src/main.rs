//! The binary: reads the command line and runs it. Everything else stands in the library.

use clap::Parser as _;
use remote_support_proxy::cli::Cli;
use std::{io::Write as _, process::ExitCode};

#[tokio::main]
async fn main() -> ExitCode {
    let cli = Cli::parse();
    #[cfg(feature = "fail-points")]
    remote_support_proxy::stop_at_fail_points();
    match cli.run().await {
        Ok(code) => code,
        Err(problem) => {
            let _ = writeln!(std::io::stderr(), "remote-support-proxy: {problem}");
            ExitCode::FAILURE
        }
    }
}
