//! The demo's two processes: started, watched, stopped when dropped. What they do is their own business.

use super::folder::Folder;
use crate::workspace::Workspace;
use anyhow::{Context, Result, bail};
use serde::Deserialize;
use std::{
    fs::File,
    io::{BufRead, BufReader, Read, Write},
    net::{Ipv4Addr, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

/// Longer than the slowest start on a busy machine.
const PATIENCE: Duration = Duration::from_secs(30);

/// One process with its log.
struct Process {
    name: &'static str,
    child: Child,
    log: PathBuf,
}

impl Process {
    fn start(name: &'static str, command: &mut Command, log: PathBuf) -> Result<Self> {
        let file = File::options().create(true).append(true).open(&log)?;
        let child = command.stdin(Stdio::null()).stderr(file).spawn();
        let child = child.with_context(|| format!("cannot start the {name}; build it with `cargo xtask build`"))?;
        Ok(Self { name, child, log })
    }

    /// An error when the process has ended by itself, with the end of its log.
    fn check(&mut self) -> Result<()> {
        if let Some(status) = self.child.try_wait()? {
            bail!("the {} ended with {status}; its last words:\n{}", self.name, last_lines(&self.log));
        }
        Ok(())
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

fn last_lines(log: &Path) -> String {
    let text = std::fs::read_to_string(log).unwrap_or_default();
    let lines: Vec<_> = text.lines().collect();
    lines.iter().skip(lines.len().saturating_sub(12)).map(|line| format!("  {line}\n")).collect()
}

/// The simulated Halo and appliance.
pub struct Simulator {
    process: Process,
    pub halo: String,
    pub appliance: String,
}

/// The line the simulator prints when it listens.
#[derive(Deserialize)]
struct Listening {
    halo: String,
    appliance: String,
}

impl Simulator {
    pub fn start(workspace: &Workspace, folder: &Folder, [halo, appliance]: [u16; 2], proxy: &str, port: u16) -> Result<Self> {
        let mut command = workspace.program(workspace.binary("remote-support-simulator"));
        command.arg("--halo-port").arg(halo.to_string()).arg("--appliance-port").arg(appliance.to_string());
        command.arg("--proxy-origin").arg(proxy).arg("--proxy-connect").arg(format!("127.0.0.1:{port}"));
        command.arg("--event-url").arg(format!("{proxy}/events/{}", folder.event_token));
        command.arg("--webhook-url").arg(format!("{proxy}/halo/{}", folder.webhook_token));
        command.arg("--pages").arg(workspace.root.join("www/halo")).stdout(Stdio::piped());
        let mut process = Process::start("simulator", &mut command, folder.path().join("simulator.log"))?;
        let mut lines = BufReader::new(process.child.stdout.take().context("the simulator has no output")?);
        let mut line = String::new();
        lines.read_line(&mut line)?;
        let Ok(listening) = serde_json::from_str::<Listening>(&line) else {
            process.child.wait()?;
            process.check()?;
            bail!("the simulator did not say where it listens, but: {line}");
        };
        // Whatever else it prints must not fill the pipe.
        thread::spawn(move || std::io::copy(&mut lines, &mut std::io::sink()));
        Ok(Self { process, halo: listening.halo, appliance: listening.appliance })
    }

    pub fn check(&mut self) -> Result<()> {
        self.process.check()
    }
}

/// The product. Can be stopped and started again, as if the machine had lost power.
pub struct Proxy {
    process: Option<Process>,
    binary: PathBuf,
    configuration: PathBuf,
    log: PathBuf,
    port: u16,
}

impl Proxy {
    pub fn start(workspace: &Workspace, folder: &Folder, port: u16) -> Result<Self> {
        let binary = workspace.binary("remote-support-proxy");
        let mut proxy = Self { process: None, binary, configuration: folder.configuration(), log: folder.path().join("proxy.log"), port };
        proxy.start_again()?;
        Ok(proxy)
    }

    /// Starts the process and waits until it answers.
    pub fn start_again(&mut self) -> Result<()> {
        let mut command = Command::new(&self.binary);
        command.arg("serve").arg("--config").arg(&self.configuration).stdout(File::options().create(true).append(true).open(&self.log)?);
        let mut process = Process::start("proxy", &mut command, self.log.clone())?;
        let deadline = Instant::now() + PATIENCE;
        while !healthy(self.port) {
            process.check()?;
            if Instant::now() > deadline {
                bail!(
                    "the proxy did not answer /healthz on port {} within {} s; its last words:\n{}",
                    self.port,
                    PATIENCE.as_secs(),
                    last_lines(&self.log)
                );
            }
            thread::sleep(Duration::from_millis(50));
        }
        self.process = Some(process);
        Ok(())
    }

    pub fn stop(&mut self) {
        self.process = None;
    }

    pub fn check(&mut self) -> Result<()> {
        self.process.as_mut().map_or(Ok(()), Process::check)
    }
}

/// Whether `GET /healthz` answers 200.
fn healthy(port: u16) -> bool {
    let ask = || -> std::io::Result<String> {
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
        stream.set_read_timeout(Some(Duration::from_secs(2)))?;
        write!(stream, "GET /healthz HTTP/1.1\r\nhost: support.localhost:{port}\r\nconnection: close\r\n\r\n")?;
        let mut answer = [0; 12];
        stream.read_exact(&mut answer)?;
        Ok(String::from_utf8_lossy(&answer).into_owned())
    };
    ask().is_ok_and(|answer| answer.ends_with(" 200"))
}
