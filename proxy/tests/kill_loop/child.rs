//! The real binary as a child process: started, seen to stand at a fail point, killed.

use crate::house::{House, PATIENCE};
use std::{process::Stdio, time::Duration};
use tokio::{
    io::{AsyncBufReadExt as _, BufReader, Lines},
    process::{Child, ChildStdout, Command},
};

pub struct Proxy {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Proxy {
    /// Starts it on the house's folder; `stop_at` is the fail point at which it will stand still.
    pub async fn start(house: &House, stop_at: Option<&str>) -> Self {
        let log = std::fs::OpenOptions::new().create(true).append(true).open(house.folder.path().join("proxy.log")).unwrap();
        let mut child = Command::new(env!("CARGO_BIN_EXE_remote-support-proxy"))
            .args(["serve", "--config"])
            .arg(house.config_path())
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

    /// Whether it comes to stand still at its fail point within this time.
    pub async fn stands_at(&mut self, point: &str, patience: Duration) -> bool {
        let Ok(line) = tokio::time::timeout(patience, self.lines.next_line()).await else { return false };
        assert_eq!(line.unwrap().as_deref(), Some(format!("fail point {point}").as_str()), "the proxy says where it stands");
        true
    }

    /// SIGKILL: no handler runs, nothing is flushed.
    pub async fn kill(mut self) {
        assert!(self.child.try_wait().unwrap().is_none(), "the proxy ended by itself");
        self.child.kill().await.unwrap();
    }
}
