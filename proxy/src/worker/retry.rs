//! What happens after a call that did not succeed: one table. When a vendor may be called at all is `line`'s question; whether a
//! write may have happened is the client's.

use crate::{invites::seconds, store::Outcome};
use halo_remote_support::{
    api::SessionState,
    rules::{
        failure::{Failure, FailureKind},
        words::UnixSeconds,
    },
};
use std::time::Duration;

/// What people have to mend is looked at again this often at most.
const UNTIL_MENDED: Duration = Duration::from_secs(300);
/// What should not be is tried so often: it may have been a moment's.
const ODD: u32 = 5;
/// Waits are lengthened by up to a part in so many, so that not all sessions come back at once.
const SPREAD: i64 = 5;

/// A kind of trouble.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// Nobody was reached, or the vendor is unwell.
    Transient,
    /// The vendor asked us to wait.
    Throttled,
    /// Credentials, rights, settings, certificates: people must mend it.
    Mendable,
    /// What should not be and will hardly change: a fault of ours, an answer too large to read.
    Odd,
}

/// How long is waited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wait {
    /// The schedule's entry for the attempt; its last one repeats.
    Schedule,
    /// As long as we were asked.
    Asked,
    /// The schedule's last entry, at most [`UNTIL_MENDED`].
    Longest,
}

/// A row of the table.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// For what.
    pub trouble: Trouble,
    /// It counts as an attempt.
    pub counts: bool,
    /// How long is waited.
    pub wait: Wait,
    /// Given up after so many attempts, not by age alone.
    pub most: Option<u32>,
}

/// The table. Everything is given up by age in the end, so that a weekend's outage heals by itself and nothing waits for ever.
pub const TABLE: [Row; 4] = [
    Row { trouble: Trouble::Transient, counts: true, wait: Wait::Schedule, most: None },
    Row { trouble: Trouble::Throttled, counts: false, wait: Wait::Asked, most: None },
    Row { trouble: Trouble::Mendable, counts: false, wait: Wait::Longest, most: None },
    Row { trouble: Trouble::Odd, counts: true, wait: Wait::Schedule, most: Some(ODD) },
];

/// Where a session stands with its attempts.
#[derive(Clone, Copy, Debug)]
pub struct Standing<'a> {
    /// Now.
    pub now: UnixSeconds,
    /// Since when it is being tried.
    pub since: UnixSeconds,
    /// Attempts so far.
    pub attempts: u32,
    /// Waits between them.
    pub schedule: &'a [Duration],
    /// Age at which it is given up.
    pub give_up_after: Duration,
    /// Any number: spreads the waits.
    pub roll: u32,
}

impl Standing<'_> {
    /// What happens next, and whether this was an attempt.
    #[must_use]
    pub fn next(&self, trouble: Trouble, asked: Option<Duration>) -> (Outcome, bool) {
        let row = TABLE.iter().find(|row| row.trouble == trouble).copied();
        let row = row.unwrap_or(Row { trouble, counts: true, wait: Wait::Schedule, most: None });
        let too_old = self.now - self.since > seconds(self.give_up_after);
        if too_old || row.most.is_some_and(|most| self.attempts + 1 >= most) {
            return (Outcome::Rest(SessionState::Failed), row.counts);
        }
        let scheduled = pause(self.schedule, self.attempts);
        let longest = self.schedule.last().copied().unwrap_or(UNTIL_MENDED).min(UNTIL_MENDED);
        let wait = match row.wait {
            Wait::Schedule => scheduled + self.spread(scheduled),
            Wait::Longest => seconds(longest) + self.spread(seconds(longest)),
            Wait::Asked => asked.map_or(scheduled, seconds).max(1),
        };
        (Outcome::Later(self.now + wait.max(asked.map_or(0, seconds))), row.counts)
    }

    fn spread(&self, wait: UnixSeconds) -> UnixSeconds {
        i64::from(self.roll) % (wait / SPREAD + 1)
    }
}

/// The pause before the next attempt: the schedule's entry, its last one for all later attempts.
#[must_use]
pub fn pause(schedule: &[Duration], attempts: u32) -> UnixSeconds {
    let entry = schedule.get(attempts as usize).or(schedule.last()).copied().unwrap_or(Duration::from_secs(60));
    seconds(entry)
}

/// What kind of trouble a failure is, and how long the vendor asked us to wait.
#[must_use]
pub fn trouble(failure: &Failure) -> (Trouble, Option<Duration>) {
    use FailureKind as Kind;
    let asked = || failure.args.get("seconds").and_then(|text| text.parse().ok()).map(Duration::from_secs);
    match failure.kind {
        Kind::ApplianceBusy | Kind::HaloBusy => (Trouble::Throttled, asked()),
        Kind::ApplianceUnreachable
        | Kind::ApplianceTimeout
        | Kind::ApplianceError
        | Kind::HaloUnreachable
        | Kind::HaloTimeout
        | Kind::HaloUnexpected
        | Kind::StoreUnavailable => (Trouble::Transient, None),
        Kind::Internal | Kind::ApplianceTooLarge => (Trouble::Odd, None),
        _ => (Trouble::Mendable, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCHEDULE: [Duration; 4] = [Duration::from_secs(5), Duration::from_secs(30), Duration::from_secs(120), Duration::from_secs(1800)];

    fn standing(age: i64, attempts: u32, roll: u32) -> Standing<'static> {
        let give_up_after = Duration::from_secs(72 * 3600);
        Standing { now: 1_000_000, since: 1_000_000 - age, attempts, schedule: &SCHEDULE, give_up_after, roll }
    }

    #[test]
    fn the_last_pause_of_a_schedule_repeats() {
        let schedule = [0, 10, 30].map(Duration::from_secs);
        assert_eq!((0..5).map(|attempts| pause(&schedule, attempts)).collect::<Vec<_>>(), [0, 10, 30, 30, 30]);
        assert_eq!(pause(&[], 3), 60);
        assert_eq!(pause(&[Duration::from_millis(50)], 0), 1);
    }

    #[test]
    fn each_trouble_waits_as_the_table_says() {
        const WEEKEND: i64 = 71 * 3600;
        // trouble, age, attempts, asked -> seconds to wait (None: given up), counted
        for (trouble, age, attempts, asked, expected, counted) in [
            (Trouble::Transient, 0, 0, None, Some(5), true),
            (Trouble::Transient, 10, 1, None, Some(30), true),
            (Trouble::Transient, WEEKEND, 200, None, Some(1800), true),
            (Trouble::Transient, 73 * 3600, 200, None, None, true),
            (Trouble::Throttled, 0, 0, Some(17), Some(17), false),
            (Trouble::Throttled, 0, 2, None, Some(120), false),
            (Trouble::Throttled, 73 * 3600, 0, Some(17), None, false),
            (Trouble::Mendable, 0, 0, None, Some(300), false),
            (Trouble::Mendable, 73 * 3600, 0, None, None, false),
            (Trouble::Odd, 0, 0, None, Some(5), true),
            (Trouble::Odd, 0, 4, None, None, true),
        ] {
            let (outcome, counts) = standing(age, attempts, 0).next(trouble, asked.map(Duration::from_secs));
            let wait = match outcome {
                Outcome::Later(at) => Some(at - 1_000_000),
                Outcome::Rest(SessionState::Failed) => None,
                Outcome::Rest(other) => panic!("{other:?}"),
            };
            assert_eq!((wait, counts), (expected, counted), "{trouble:?} {age} {attempts}");
        }
    }

    #[test]
    fn waits_are_spread_by_a_fifth_at_most() {
        for roll in [0, 1, 7, 360, 361, u32::MAX] {
            let (Outcome::Later(at), _) = standing(0, 9, roll).next(Trouble::Transient, None) else { panic!() };
            assert!((1_001_800..=1_002_160).contains(&at), "{roll}: {at}");
        }
    }

    #[test]
    fn every_trouble_has_its_row() {
        for kind in FailureKind::ALL {
            let (trouble, _) = trouble(&Failure::new(*kind));
            assert_eq!(TABLE.iter().filter(|row| row.trouble == trouble).count(), 1, "{kind:?}");
        }
        assert_eq!(trouble(&Failure::new(FailureKind::HaloBusy).with("seconds", 17)), (Trouble::Throttled, Some(Duration::from_secs(17))));
        assert_eq!(trouble(&Failure::new(FailureKind::HaloPermission)).0, Trouble::Mendable);
    }
}
