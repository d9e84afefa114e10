//! The proxy as a person runs it: the released program with everything at its default, before vendors in one of three moods.

use crate::{
    Bench,
    house::{House, Plan},
    load,
};
use std::{
    fs,
    io::{BufRead as _, BufReader},
    net::{SocketAddr, TcpListener},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};
use toml::{Table, Value};

/// What becomes of the proxy's calls.
pub enum Vendors {
    /// The simulators answer.
    Up,
    /// Connections are refused.
    Down,
    /// Connections are taken and nothing is said, so that the worker waits and leaves the store alone.
    Mute,
}

/// A house whose proxy is started and stopped.
pub struct Stage {
    pub house: House,
    _mute: TcpListener,
}

impl Stage {
    pub fn new(bench: &Bench, vendors: &Vendors) -> Self {
        let mut house = bench.runtime.block_on(House::build(&Plan::default()));
        house.release_port();
        let mute = TcpListener::bind("127.0.0.1:0").unwrap();
        let elsewhere = match vendors {
            Vendors::Up => None,
            // Given up again at once: nobody listens there.
            Vendors::Down => Some(TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()),
            Vendors::Mute => Some(mute.local_addr().unwrap()),
        };
        let mut config: Table = fs::read_to_string(house.config_path()).unwrap().parse().unwrap();
        // The house hurries for the tests' sake.
        config.remove("worker");
        for vendor in ["halo", "beyondtrust"] {
            let table = config[vendor].as_table_mut().unwrap();
            table.insert("calls_per_5_minutes".to_owned(), Value::Integer(i64::from(u32::MAX)));
            if let Some(address) = elsewhere {
                table.insert("connect_to".to_owned(), Value::String(address.to_string()));
            }
        }
        fs::write(house.config_path(), config.to_string()).unwrap();
        Self { house, _mute: mute }
    }

    pub fn start(&self, bench: &Bench) -> Proxy {
        Proxy::start(bench, self)
    }
}

/// Milliseconds from its start.
#[derive(Clone, Copy)]
pub struct Started {
    /// Until it said that it listens.
    pub listens: f64,
    /// Until it answered that it is ready.
    pub ready: f64,
}

/// Bytes of memory it holds.
pub struct Memory {
    pub now: u64,
    pub most: u64,
}

/// A running one; killed when dropped, as by a power cut.
pub struct Proxy {
    child: Child,
    pub address: SocketAddr,
    pub started: Started,
}

impl Proxy {
    fn start(bench: &Bench, stage: &Stage) -> Self {
        let address = stage.house.proxy;
        let milliseconds = |since: Instant| since.elapsed().as_secs_f64() * 1000.0;
        let from = Instant::now();
        let mut child = Command::new(&bench.proxy)
            .args(["serve", "--config"])
            .arg(stage.house.config_path())
            .env_remove("RUST_LOG")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let listens = milliseconds(from);
        assert!(line.starts_with("listening on"), "{line}");
        while load::Connection::new(address).ask("GET /readyz HTTP/1.1\r\nhost: support.localhost\r\nconnection: close\r\n\r\n") != 200 {
            thread::sleep(Duration::from_millis(1));
        }
        Self { child, address, started: Started { listens, ready: milliseconds(from) } }
    }

    pub fn memory(&self) -> Memory {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let field = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap();
            line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() * 1024
        };
        Memory { now: field("VmRSS:"), most: field("VmHWM:") }
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}
