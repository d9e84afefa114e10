//! The time, handed in wherever it matters so that tests set it. Waiting is not done here.

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

/// Where the time comes from.
pub trait Clock: fmt::Debug + Send + Sync {
    /// Milliseconds since 1970-01-01 UTC. May jump when somebody sets the machine's clock.
    fn now_ms(&self) -> i64;

    /// Time since some fixed moment; never goes back. For life spans: tokens, pauses.
    fn monotonic(&self) -> Duration;

    /// Seconds since 1970-01-01 UTC.
    fn now(&self) -> i64 {
        self.now_ms().div_euclid(1000)
    }
}

/// The machine's clock.
#[derive(Clone, Copy, Debug)]
pub struct SystemClock {
    started: Instant,
}

impl SystemClock {
    /// Reads the machine's clock from now on.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "the one place where time enters the program")]
    pub fn new() -> Self {
        Self { started: Instant::now() }
    }
}

impl Default for SystemClock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one place where time enters the program")]
    fn now_ms(&self) -> i64 {
        let signed = |span: Duration| i64::try_from(span.as_millis()).unwrap_or(i64::MAX);
        match SystemTime::now().duration_since(UNIX_EPOCH) {
            Ok(since) => signed(since),
            Err(before) => -signed(before.duration()),
        }
    }

    fn monotonic(&self) -> Duration {
        self.started.elapsed()
    }
}

/// A clock that moves only by hand: what tests use instead of waiting. Clones show the same time.
#[derive(Clone, Debug)]
pub struct HandClock {
    milliseconds: Arc<AtomicI64>,
    /// What only goes on.
    passed: Arc<AtomicI64>,
}

impl HandClock {
    /// A clock that stands at these seconds since 1970-01-01 UTC.
    #[must_use]
    pub fn at(seconds: i64) -> Self {
        let now = seconds.saturating_mul(1000);
        Self { milliseconds: Arc::new(AtomicI64::new(now)), passed: Arc::default() }
    }

    /// Moves the clock forward.
    pub fn advance(&self, by: Duration) {
        let by = i64::try_from(by.as_millis()).unwrap_or(i64::MAX);
        self.milliseconds.fetch_add(by, Ordering::SeqCst);
        self.passed.fetch_add(by, Ordering::SeqCst);
    }

    /// Sets the time of day back, as a person does with a machine's clock; no time passes.
    pub fn set_back(&self, by: Duration) {
        self.milliseconds.fetch_sub(i64::try_from(by.as_millis()).unwrap_or(i64::MAX), Ordering::SeqCst);
    }
}

impl Clock for HandClock {
    fn now_ms(&self) -> i64 {
        self.milliseconds.load(Ordering::SeqCst)
    }

    fn monotonic(&self) -> Duration {
        Duration::from_millis(u64::try_from(self.passed.load(Ordering::SeqCst)).unwrap_or(0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_moved_by_hand_shows_every_holder_the_same_time() {
        let clock = HandClock::at(1_773_133_200);
        let other = clock.clone();
        clock.advance(Duration::from_millis(2_500));
        assert_eq!(other.now(), 1_773_133_202);
        assert_eq!(other.now_ms(), 1_773_133_202_500);
        assert_eq!(other.monotonic(), Duration::from_millis(2_500));
    }

    #[test]
    fn the_machines_clock_is_past_the_day_this_was_written_and_does_not_go_back() {
        let clock = SystemClock::new();
        assert!(clock.now() > 1_767_225_600);
        assert!(clock.monotonic() <= clock.monotonic());
    }
}
