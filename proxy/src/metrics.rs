//! What is counted for those who watch the proxy, in Prometheus' text format. Numbers only: nothing of whom they are about.
//! What stands in the store is read when somebody asks; the rest is counted as it happens.

use crate::{
    app::App,
    line::{CallOutcome, Pause},
    store::StoreProblem,
};
use prometheus_client::{
    encoding::text::encode,
    metrics::{counter::Counter, family::Family, gauge::Gauge, histogram::Histogram},
    registry::{Registry, Unit},
};
use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

/// One label.
type Labels = [(&'static str, &'static str); 1];
type Labels2 = [(&'static str, &'static str); 2];

/// Seconds of a vendor's call, up to our own patience with a report.
const SECONDS: [f64; 10] = [0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 60.0, 90.0];

/// The counters. Clones count together.
#[derive(Clone, Debug)]
pub struct Metrics(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    registry: Mutex<Registry>,
    events: Family<Labels, Counter>,
    answers: Family<[(&'static str, String); 1], Counter>,
    calls: Family<Labels2, Counter>,
    call_seconds: Family<Labels, Histogram>,
    tokens: Family<Labels, Counter>,
    steps: Family<Labels, Counter>,
    crashes: Counter,
    duplicates: Counter,
    sweeps: Family<Labels, Counter>,
    swept: Counter,
    sessions: Family<Labels, Gauge>,
    inbox: Family<Labels, Gauge>,
    line_calls: Family<Labels, Gauge>,
    line_limit: Family<Labels, Gauge>,
    line_paused: Family<Labels2, Gauge>,
    ages: Family<Labels, Gauge>,
    in_doubt: Gauge,
    held: Gauge,
    invites: Gauge,
    store_bytes: Gauge,
    disk: Family<Labels, Gauge>,
}

impl Default for Metrics {
    fn default() -> Self {
        Self::new()
    }
}

fn histogram() -> Histogram {
    Histogram::new(SECONDS)
}

impl Metrics {
    /// Nothing is counted yet.
    #[must_use]
    pub fn new() -> Self {
        let inner = Inner {
            registry: Mutex::new(Registry::with_prefix("remote_support")),
            events: Family::default(),
            answers: Family::default(),
            calls: Family::default(),
            call_seconds: Family::new_with_constructor(histogram),
            tokens: Family::default(),
            steps: Family::default(),
            crashes: Counter::default(),
            duplicates: Counter::default(),
            sweeps: Family::default(),
            swept: Counter::default(),
            sessions: Family::default(),
            inbox: Family::default(),
            line_calls: Family::default(),
            line_limit: Family::default(),
            line_paused: Family::default(),
            ages: Family::default(),
            in_doubt: Gauge::default(),
            held: Gauge::default(),
            invites: Gauge::default(),
            store_bytes: Gauge::default(),
            disk: Family::default(),
        };
        inner.register();
        inner.begin();
        Self(Arc::new(inner))
    }

    /// The part that counts one vendor's calls.
    #[must_use]
    pub fn vendor(&self, vendor: &'static str) -> VendorMetrics {
        VendorMetrics { all: self.clone(), vendor }
    }

    /// An event came and was answered with this status.
    pub fn event(&self, state: &'static str, status: u16) {
        self.0.events.get_or_create(&[("state", state)]).inc();
        self.0.answers.get_or_create(&[("status", status.to_string())]).inc();
    }

    /// A step of a session ended so.
    pub fn step(&self, outcome: &'static str) {
        self.0.steps.get_or_create(&[("outcome", outcome)]).inc();
    }

    /// A step ended in a panic.
    pub fn crash(&self) {
        self.0.crashes.inc();
    }

    /// A ticket holds two notes of one session.
    pub fn duplicate(&self) {
        self.0.duplicates.inc();
    }

    /// A sweep over BeyondTrust's reports ended so, and found so many sessions that no event had announced.
    pub fn sweep(&self, outcome: &'static str, found: usize) {
        self.0.sweeps.get_or_create(&[("outcome", outcome)]).inc();
        self.0.swept.inc_by(found as u64);
    }

    /// Everything, as Prometheus reads it.
    ///
    /// # Errors
    /// The store out of reach.
    pub async fn page(&self, app: &App) -> Result<String, StoreProblem> {
        let figures = app.store.figures().await?;
        let inner = &self.0;
        let now = app.clock.now();
        let signed = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
        for (state, count) in &figures.sessions {
            inner.sessions.get_or_create(&[("state", state.word())]).set(signed(*count));
        }
        let events = &figures.events;
        for (state, count) in [("accepted", events.accepted), ("ignored", events.ignored), ("quarantined", events.quarantined)] {
            inner.inbox.get_or_create(&[("state", state)]).set(signed(count));
        }
        let age = |of: &'static str, since: Option<i64>| {
            // Never is told as -1: 0 would look like just now.
            inner.ages.get_or_create(&[("of", of)]).set(since.map_or(-1, |since| (now - since).max(0)));
        };
        inner.ages.get_or_create(&[("of", "oldest_unprocessed_session")]).set(figures.oldest_since.map_or(0, |since| (now - since).max(0)));
        age("last_event", figures.events.last_at);
        age("last_sweep", crate::reconcile::last_success(app).await?);
        for (vendor, line) in app.lines.all() {
            let standing = line.standing();
            let whole = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
            inner.line_calls.get_or_create(&[("vendor", vendor)]).set(whole(standing.calls));
            inner.line_limit.get_or_create(&[("vendor", vendor)]).set(whole(standing.limit));
            for why in [Pause::Broken, Pause::Asked, Pause::Credentials, Pause::Budget] {
                let paused = standing.pause.is_some_and(|(pause, _)| pause == why);
                inner.line_paused.get_or_create(&[("vendor", vendor), ("why", why.word())]).set(i64::from(paused));
            }
        }
        inner.in_doubt.set(signed(figures.in_doubt));
        inner.held.set(signed(figures.held));
        inner.invites.set(signed(figures.invites_outstanding));
        inner.store_bytes.set(signed(figures.bytes));
        if let Ok(disk) = rustix::fs::statvfs(&app.config.server.data) {
            inner.disk.get_or_create(&[("part", "free")]).set(signed(disk.f_bavail.saturating_mul(disk.f_frsize)));
            inner.disk.get_or_create(&[("part", "all")]).set(signed(disk.f_blocks.saturating_mul(disk.f_frsize)));
        }
        let mut page = String::new();
        // Writing to a string does not fail.
        _ = encode(&mut page, &inner.registry.lock().unwrap_or_else(PoisonError::into_inner));
        Ok(page)
    }
}

impl Inner {
    /// Every series that an alert looks at begins at 0: an increase from nothing to 1 is none.
    fn begin(&self) {
        for state in ["accepted", "ignored", "quarantined"] {
            drop(self.events.get_or_create(&[("state", state)]));
        }
        for status in ["200", "503"] {
            drop(self.answers.get_or_create(&[("status", status.to_owned())]));
        }
        for outcome in ["written", "stored", "refused", "failed"] {
            drop(self.steps.get_or_create(&[("outcome", outcome)]));
        }
    }

    fn register(&self) {
        let mut registry = self.registry.lock().unwrap_or_else(PoisonError::into_inner);
        registry.register("events", "BeyondTrust's events since the start, by what they were", self.events.clone());
        registry.register("event_answers", "Answers to BeyondTrust's events since the start, by HTTP status", self.answers.clone());
        registry.register("vendor_calls", "Calls since the start, by vendor and outcome", self.calls.clone());
        registry.register_with_unit("vendor_call", "How long a vendor's answers took", Unit::Seconds, self.call_seconds.clone());
        registry.register("vendor_tokens", "Tokens asked for since the start", self.tokens.clone());
        registry.register("session_steps", "Steps of sessions since the start, by outcome", self.steps.clone());
        registry.register("session_crashes", "Steps of sessions that panicked; a defect", self.crashes.clone());
        registry.register("duplicate_notes", "Tickets seen with two notes of one session; delete one by hand", self.duplicates.clone());
        registry.register("sweeps", "Sweeps over BeyondTrust's reports since the start, by outcome", self.sweeps.clone());
        registry.register("swept_sessions", "Sessions that no event had announced", self.swept.clone());
        registry.register("sessions", "Sessions by state", self.sessions.clone());
        registry.register("inbox_events", "Events kept, by state", self.inbox.clone());
        registry.register("vendor_calls_last_5_minutes", "Calls within the vendor's rolling window", self.line_calls.clone());
        registry.register("vendor_calls_limit", "How many calls the window allows", self.line_limit.clone());
        registry.register("vendor_paused", "1 while background work does not call the vendor, by reason", self.line_paused.clone());
        registry.register_with_unit(
            "age",
            "Age of the oldest session not written, stored, refused or given up; time since the last event and the last sweep (-1: never)",
            Unit::Seconds,
            self.ages.clone(),
        );
        registry.register("writes_in_doubt", "Writes to Halo whose outcome is not known yet", self.in_doubt.clone());
        registry.register("sessions_held", "Sessions somebody works on", self.held.clone());
        registry.register("invites_outstanding", "Invites whose mail is outstanding", self.invites.clone());
        registry.register_with_unit("store_size", "Size of the store", Unit::Bytes, self.store_bytes.clone());
        registry.register_with_unit("disk", "Space where the store is", Unit::Bytes, self.disk.clone());
    }
}

/// Counts one vendor's calls.
#[derive(Clone, Debug)]
pub struct VendorMetrics {
    all: Metrics,
    vendor: &'static str,
}

impl VendorMetrics {
    /// A call went like this and took so long.
    pub fn call(&self, took: Duration, outcome: CallOutcome) {
        let outcome = match outcome {
            CallOutcome::Answered => "answered",
            CallOutcome::Transient => "failed",
            CallOutcome::Throttled(_) => "throttled",
        };
        self.all.0.calls.get_or_create(&[("vendor", self.vendor), ("outcome", outcome)]).inc();
        self.all.0.call_seconds.get_or_create(&[("vendor", self.vendor)]).observe(took.as_secs_f64());
    }

    /// A token was asked for.
    pub fn token(&self) {
        self.all.0.tokens.get_or_create(&[("vendor", self.vendor)]).inc();
    }
}
