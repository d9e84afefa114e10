//! The real binary as a child process: started, stopped at a fail point, killed, told to stop, confined.

use super::{House, PATIENCE};
use std::{
    process::{ExitStatus, Stdio},
    time::Duration,
};
use tokio::{
    io::{AsyncBufReadExt as _, BufReader, Lines},
    process::{Child, ChildStdout, Command},
};

/// Known to tests alone; the benchmarks, which share this house, build a release of their own.
const PROGRAM: Option<&str> = option_env!("CARGO_BIN_EXE_remote-support-proxy");

pub struct Proxy {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Proxy {
    /// Starts it on the house's folder and waits until it listens. `stop_at` names the fail point at which it stands still.
    pub async fn start(house: &House, stop_at: Option<&str>) -> Self {
        let mut command = Command::new(PROGRAM.unwrap());
        command.args(["serve", "--config"]).arg(house.config_path());
        Self::begin(house, command, stop_at).await
    }

    /// The same; no file may grow beyond so many blocks of 512 bytes, as if the disk were full.
    pub async fn start_confined(house: &House, blocks: u32) -> Self {
        let mut command = Command::new("sh");
        let script = format!("trap '' XFSZ; ulimit -S -f {blocks}; exec \"$0\" serve --config \"$1\"");
        command.args(["-c", &script, PROGRAM.unwrap()]).arg(house.config_path());
        Self::begin(house, command, None).await
    }

    async fn begin(house: &House, mut command: Command, stop_at: Option<&str>) -> Self {
        let log = std::fs::OpenOptions::new().create(true).append(true).open(house.log_path()).unwrap();
        let mut child = command
            .env("STOP_AT", stop_at.unwrap_or_default())
            .env("RUST_LOG", "debug")
            .stdout(Stdio::piped())
            .stderr(log)
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let line = tokio::time::timeout(PATIENCE, lines.next_line()).await.expect("the proxy starts").unwrap().unwrap_or_default();
        assert!(line.starts_with("listening on"), "{line}");
        Self { child, lines }
    }

    /// Waits until it stands still at its fail point.
    pub async fn stands_at(&mut self, point: &str) {
        assert!(self.stands_within(point, PATIENCE).await, "the fail point is not reached");
    }

    /// Whether it comes to stand still at its fail point within this time.
    pub async fn stands_within(&mut self, point: &str, patience: Duration) -> bool {
        let Ok(line) = tokio::time::timeout(patience, self.lines.next_line()).await else { return false };
        assert_eq!(line.unwrap().as_deref(), Some(format!("fail point {point}").as_str()), "the proxy says where it stands");
        true
    }

    /// SIGKILL: no handler runs, nothing is flushed.
    pub async fn kill(mut self) {
        assert!(self.child.try_wait().unwrap().is_none(), "the proxy ended by itself");
        self.child.kill().await.unwrap();
    }

    pub fn id(&self) -> u32 {
        self.child.id().unwrap()
    }

    /// SIGTERM, as a service manager does; how it ended.
    pub async fn terminate(mut self) -> ExitStatus {
        let sent = std::process::Command::new("kill").args(["-TERM", &self.id().to_string()]).status().unwrap();
        assert!(sent.success());
        tokio::time::timeout(Duration::from_secs(10), self.child.wait()).await.expect("it stops within ten seconds").unwrap()
    }
}
