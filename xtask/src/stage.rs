//! Says on standard error what is being done and how long it took. Standard output is left to results.

use anyhow::Result;
use std::time::{Duration, Instant};

/// The stages of one command.
pub struct Stages {
    started: Instant,
    times: Vec<(String, Duration)>,
}

impl Stages {
    pub fn new() -> Self {
        Self { started: Instant::now(), times: Vec::new() }
    }

    /// Runs one stage and notes its time, also when it fails.
    pub fn run<T>(&mut self, name: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
        eprintln!("==> {name}");
        let started = Instant::now();
        let result = work();
        let time = started.elapsed();
        eprintln!("    {name}: {}{}", seconds(time), if result.is_ok() { "" } else { ", failed" });
        self.times.push((name.to_owned(), time));
        result
    }

    /// All stages with their times, in one line each.
    pub fn summary(&self) -> String {
        let width = self.times.iter().map(|(name, _)| name.chars().count()).max().unwrap_or(0).max(5);
        let mut text = String::from("stage times\n");
        for (name, time) in &self.times {
            text += &format!("  {name:width$}  {:>8}\n", seconds(*time));
        }
        text + &format!("  {:width$}  {:>8}", "total", seconds(self.started.elapsed()))
    }
}

/// `12.3 s`, or `2 min 05 s` when longer than two minutes.
pub fn seconds(time: Duration) -> String {
    if time.as_secs() < 120 {
        format!("{:.1} s", time.as_secs_f64())
    } else {
        format!("{} min {:02} s", time.as_secs() / 60, time.as_secs() % 60)
    }
}
