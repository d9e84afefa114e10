//! The line to one vendor: how many calls went over it lately, whether it answers, whether we were asked to wait. Says when
//! background work may use it; a call that a person waits for always goes through. Calls are made elsewhere.
//!
//! Our own instead of a rate-limiting crate: the limit is the vendor's rolling window, it must be shown as a number, a part of
//! it is people's, and it shares its state with the breaker.

use crate::{clock::Clock, metrics::VendorMetrics};
use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

/// Halo's rolling window.
pub const WINDOW: Duration = Duration::from_secs(300);
/// One part in so many of the limit is kept for people.
const PEOPLES_PART: usize = 5;
/// So many failures in a row, and the line is taken to be broken.
const FAILURES: u32 = 5;
/// A broken line is tried again after this.
const REST: Duration = Duration::from_secs(30);
/// Wrong credentials do not mend themselves.
const CREDENTIALS_REST: Duration = Duration::from_secs(60);
/// A vendor that asks to wait without saying how long.
const ASKED_REST: Duration = Duration::from_secs(60);

/// Seconds between looks at what may change at any moment.
const OFTEN: u32 = 3;
/// … at what is at rest.
const AT_REST: u32 = 15;
/// … when the vendor is to be spared.
const SELDOM: u32 = 30;

/// How a call went, as far as the line is concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CallOutcome {
    /// The vendor answered, whatever it said.
    Answered,
    /// No answer, or one that says the vendor is in trouble.
    Transient,
    /// Asked to slow down.
    Throttled(Option<Duration>),
}

/// Why background work waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pause {
    /// Several calls in a row failed.
    Broken,
    /// The vendor asked us to.
    Asked,
    /// Our credentials are refused.
    Credentials,
    /// The rest of the limit is people's.
    Budget,
}

impl Pause {
    /// Its word in metrics and logs.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Broken => "broken",
            Self::Asked => "asked",
            Self::Credentials => "credentials",
            Self::Budget => "budget",
        }
    }
}

/// How the line stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Calls in the last five minutes.
    pub calls: usize,
    /// How many the vendor allows.
    pub limit: usize,
    /// Background work waits, and for how long.
    pub pause: Option<(Pause, Duration)>,
}

/// May background work use the line?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Leave {
    /// Yes.
    Free,
    /// One piece of it, to see whether the line works again: say so with [`Line::work_begins`].
    Trial,
    /// Not yet.
    Wait(Pause, Duration),
}

/// A piece of work that tries a resting line: how many calls there had been.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use = "the line rests until its trial ends, or half a minute"]
pub struct Trial(u64);

#[derive(Debug, Default)]
struct State {
    /// Calls within the window, by the monotonic clock.
    recent: VecDeque<Duration>,
    /// Calls ever.
    calls: u64,
    failures: u32,
    pause: Option<(Pause, Duration)>,
}

impl State {
    /// Rests the line; a longer rest that was begun before stays.
    fn rest(&mut self, why: Pause, until: Duration) {
        if self.pause.is_none_or(|(_, known)| known < until) {
            self.pause = Some((why, until));
        }
    }
}

/// A line.
#[derive(Debug)]
pub struct Line {
    clock: Arc<dyn Clock>,
    limit: usize,
    state: Mutex<State>,
    metrics: VendorMetrics,
}

impl Line {
    /// A line that allows so many calls in five minutes.
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>, limit: u32, metrics: VendorMetrics) -> Self {
        Self { clock, limit: limit as usize, state: Mutex::default(), metrics }
    }

    fn state(&self) -> (MutexGuard<'_, State>, Duration) {
        let now = self.clock.monotonic();
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        while state.recent.front().is_some_and(|at| *at + WINDOW <= now) {
            state.recent.pop_front();
        }
        (state, now)
    }

    /// A call is about to be made.
    pub fn begins(&self) -> Duration {
        let (mut state, now) = self.state();
        state.recent.push_back(now);
        state.calls = state.calls.wrapping_add(1);
        now
    }

    /// The call that began then went like this.
    pub fn ended(&self, began: Duration, outcome: CallOutcome) {
        let (mut state, now) = self.state();
        self.metrics.call(now.saturating_sub(began), outcome);
        match outcome {
            CallOutcome::Answered => {
                state.failures = 0;
                if matches!(state.pause, Some((Pause::Broken, _))) || matches!(state.pause, Some((Pause::Asked, until)) if until <= now) {
                    state.pause = None;
                }
            }
            CallOutcome::Transient => {
                state.failures = state.failures.saturating_add(1);
                if state.failures >= FAILURES {
                    state.rest(Pause::Broken, now + REST);
                }
            }
            CallOutcome::Throttled(wait) => state.rest(Pause::Asked, now + wait.unwrap_or(ASKED_REST)),
        }
    }

    /// A token was asked for.
    pub fn token_asked(&self) {
        self.metrics.token();
    }

    /// The vendor does not take our credentials.
    pub fn credentials_refused(&self) {
        let (mut state, now) = self.state();
        state.rest(Pause::Credentials, now + CREDENTIALS_REST);
    }

    /// The vendor takes our credentials, or they were changed: what was learned about the old ones does not count.
    pub fn credentials_changed(&self) {
        let (mut state, _) = self.state();
        if matches!(state.pause, Some((Pause::Credentials, _))) {
            state.pause = None;
        }
    }

    /// May background work use the line now?
    #[must_use]
    pub fn leave(&self) -> Leave {
        let (state, now) = self.state();
        match state.pause {
            Some((why, until)) if until > now => Leave::Wait(why, until - now),
            Some((Pause::Broken | Pause::Credentials, _)) => Leave::Trial,
            _ => self.over_budget(&state, now).map_or(Leave::Free, |wait| Leave::Wait(Pause::Budget, wait)),
        }
    }

    /// One piece of work tries the line; the rest waits for its outcome.
    fn trial_begins(&self) -> Trial {
        let (mut state, now) = self.state();
        state.pause = state.pause.map(|(why, _)| (why, now + REST));
        Trial(state.calls)
    }

    /// Background work was taken up that may use the line; where it was resting, this is its trial.
    pub fn work_begins(&self) -> Option<Trial> {
        (self.leave() == Leave::Trial).then(|| self.trial_begins())
    }

    /// The work came to its end. A trial without a call has tried nothing: the next piece of work may.
    pub fn work_ended(&self, trial: Option<Trial>) {
        let Some(Trial(calls)) = trial else { return };
        let (mut state, now) = self.state();
        if state.calls == calls {
            state.pause = state.pause.map(|(why, until)| (why, until.min(now)));
        }
    }

    /// How long until background work has its part of the limit again.
    fn over_budget(&self, state: &State, now: Duration) -> Option<Duration> {
        let ours = self.limit - self.limit / PEOPLES_PART;
        let beyond = state.recent.len().checked_sub(ours)?;
        state.recent.get(beyond).map(|at| (*at + WINDOW).saturating_sub(now))
    }

    /// Seconds after which a screen's next look is worth its price.
    #[must_use]
    pub fn look_again(&self, live: bool) -> u32 {
        look_again(live, self.standing())
    }

    /// How the line stands, to be shown.
    #[must_use]
    pub fn standing(&self) -> Standing {
        let (state, now) = self.state();
        // A line that was broken counts as broken until a call was answered, not only until it may be tried.
        let lasting = |why: Pause| matches!(why, Pause::Broken | Pause::Credentials);
        let pause = state.pause.filter(|(why, until)| *until > now || lasting(*why)).map(|(why, until)| (why, until.saturating_sub(now)));
        let budget = || self.over_budget(&state, now).map(|wait| (Pause::Budget, wait));
        Standing { calls: state.recent.len(), limit: self.limit, pause: pause.or_else(budget) }
    }
}

/// Seconds until the next look: soon when something may happen at any moment, the later the less of the limit is left.
fn look_again(live: bool, standing: Standing) -> u32 {
    let Standing { calls, limit, pause } = standing;
    if pause.is_some() {
        return SELDOM;
    }
    // Half the limit is left to looks without a second thought.
    let free = limit / 2;
    let over = u32::try_from(calls.saturating_sub(free)).unwrap_or(u32::MAX);
    let span = u32::try_from(limit.saturating_sub(free).max(1)).unwrap_or(u32::MAX);
    let wanted = OFTEN.saturating_add((SELDOM - OFTEN).saturating_mul(over) / span).min(SELDOM);
    if live { wanted } else { wanted.max(AT_REST) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{clock::HandClock, metrics::Metrics};

    fn line(limit: u32) -> (HandClock, Line) {
        let clock = HandClock::at(1_000);
        (clock.clone(), Line::new(Arc::new(clock), limit, Metrics::new().vendor("halo")))
    }
    fn call(line: &Line, outcome: CallOutcome) {
        let began = line.begins();
        line.ended(began, outcome);
    }

    #[test]
    fn five_failures_in_a_row_rest_the_line_and_one_trial_tells() {
        let (clock, line) = line(1_000);
        for _ in 0..4 {
            call(&line, CallOutcome::Transient);
        }
        call(&line, CallOutcome::Answered);
        for _ in 0..4 {
            call(&line, CallOutcome::Transient);
        }
        assert_eq!(line.leave(), Leave::Free, "four in a row");
        call(&line, CallOutcome::Transient);
        assert_eq!(line.leave(), Leave::Wait(Pause::Broken, REST));
        clock.advance(REST);
        assert_eq!(line.leave(), Leave::Trial);
        let trial = line.work_begins();
        assert!(trial.is_some() && line.work_begins().is_none());
        assert_eq!(line.leave(), Leave::Wait(Pause::Broken, REST), "one at a time");
        line.work_ended(trial);
        assert_eq!(line.leave(), Leave::Trial, "without a call nothing was tried");
        let trial = line.work_begins();
        call(&line, CallOutcome::Transient);
        line.work_ended(trial);
        assert_eq!(line.leave(), Leave::Wait(Pause::Broken, REST));
        clock.advance(REST);
        let trial = line.work_begins();
        call(&line, CallOutcome::Answered);
        line.work_ended(trial);
        assert_eq!(line.leave(), Leave::Free);
    }

    #[test]
    fn a_fifth_of_the_limit_is_kept_for_people() {
        let (clock, line) = line(10);
        for _ in 0..7 {
            call(&line, CallOutcome::Answered);
        }
        assert_eq!(line.leave(), Leave::Free);
        clock.advance(Duration::from_secs(100));
        call(&line, CallOutcome::Answered);
        assert_eq!(line.leave(), Leave::Wait(Pause::Budget, Duration::from_secs(200)), "until the oldest call leaves the window");
        call(&line, CallOutcome::Answered);
        assert_eq!(line.standing().calls, 9, "a person's call is counted and goes through");
        clock.advance(Duration::from_secs(200));
        assert_eq!((line.leave(), line.standing().calls), (Leave::Free, 2));
    }

    #[test]
    fn a_vendor_that_asks_to_wait_is_waited_for() {
        let (clock, line) = line(1_000);
        call(&line, CallOutcome::Throttled(Some(Duration::from_secs(17))));
        assert_eq!(line.leave(), Leave::Wait(Pause::Asked, Duration::from_secs(17)));
        call(&line, CallOutcome::Answered);
        assert_eq!(line.leave(), Leave::Wait(Pause::Asked, Duration::from_secs(17)), "what a person got does not shorten it");
        clock.advance(Duration::from_secs(17));
        assert_eq!(line.leave(), Leave::Free);
        call(&line, CallOutcome::Throttled(None));
        assert_eq!(line.leave(), Leave::Wait(Pause::Asked, ASKED_REST));
    }

    #[test]
    fn the_less_is_left_the_later_the_next_look() {
        for (live, calls, pause, expected) in [
            (true, 0, None, 3),
            (true, 150, None, 3),
            (true, 200, None, 12),
            (true, 250, None, 21),
            (true, 300, None, 30),
            (true, 400, None, 30),
            (true, 0, Some((Pause::Asked, REST)), 30),
            (false, 0, None, 15),
            (false, 200, None, 15),
            (false, 250, None, 21),
            (false, 300, None, 30),
        ] {
            assert_eq!(look_again(live, Standing { calls, limit: 300, pause }), expected, "{live} {calls} {pause:?}");
        }
        for calls in [0, 1, 2] {
            assert!((3..=30).contains(&look_again(true, Standing { calls, limit: 1, pause: None })));
            assert_eq!(look_again(true, Standing { calls: 0, limit: usize::MAX, pause: None }), 3);
        }
    }

    #[test]
    fn refused_credentials_rest_the_line_until_they_are_changed() {
        let (_clock, line) = line(1_000);
        line.credentials_refused();
        assert_eq!(line.leave(), Leave::Wait(Pause::Credentials, CREDENTIALS_REST));
        line.credentials_changed();
        assert_eq!(line.leave(), Leave::Free);
    }
}
