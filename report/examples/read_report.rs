//! Reads one session report again and again and prints how long one reading takes, as JSON: for `cargo xtask bench`.
//! Compares nothing. Usage: `read_report <file>`

#![allow(clippy::disallowed_methods, clippy::disallowed_types, clippy::unwrap_used, reason = "a tool that reads a file and the clock")]

use remote_support_report::{Limits, read};
use std::{env, fs, hint::black_box, time::Instant};

/// Milliseconds that are read without being measured, and then measured, at least.
const LEAST: f64 = 40.0;

fn main() {
    let bytes = fs::read(env::args_os().nth(1).unwrap()).unwrap();
    assert!(read(&bytes, &Limits::default()).is_sound());
    for_a_while(&bytes);
    let mut times = for_a_while(&bytes);
    times.sort_by(f64::total_cmp);
    println!("{{\"milliseconds\":{}}}", times.get(times.len() / 2).unwrap());
}

/// The time of each reading, in milliseconds.
fn for_a_while(bytes: &[u8]) -> Vec<f64> {
    let mut times = Vec::new();
    while times.iter().sum::<f64>() < LEAST {
        let from = Instant::now();
        black_box(read(black_box(bytes), &Limits::default()));
        times.push(from.elapsed().as_secs_f64() * 1000.0);
    }
    times
}
