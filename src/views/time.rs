//! Moments and spans as people say them. Knows no clock: the moment and the local offset are handed in.

use crate::rules::{
    wording::{Language, Message, say},
    words::UnixSeconds,
};
use time::{Date, Duration, macros::date};

const EPOCH: Date = date!(1970 - 01 - 01);

/// Minutes that local time is ahead of UTC at a moment: the browser knows, we do not.
pub type LocalOffset = fn(UnixSeconds) -> i32;

/// The calendar day (days since 1970) and the second of that day, in local time.
fn local(at: UnixSeconds, offset: LocalOffset) -> (i64, i64) {
    let at = at.saturating_add(i64::from(offset(at)) * 60);
    (at.div_euclid(86_400), at.rem_euclid(86_400))
}

/// `today, 12:02`, `tomorrow, 12:02`, `2026-03-04, 12:02`.
pub(super) fn moment(at: UnixSeconds, now: UnixSeconds, offset: LocalOffset, language: Language) -> String {
    let ((day, second), (today, _)) = (local(at, offset), local(now, offset));
    let message = match day - today {
        0 => Message::new("ui.time.today"),
        1 => Message::new("ui.time.tomorrow"),
        _ => {
            let date = EPOCH.checked_add(Duration::days(day)).unwrap_or(Date::MAX);
            let date = format!("{:04}-{:02}-{:02}", date.year(), u8::from(date.month()), date.day());
            Message::new("ui.time.on").with("date", date)
        }
    };
    say(language, &message.with("time", format!("{:02}:{:02}", second / 3600, second / 60 % 60)))
}

/// How long ago, in the largest whole unit.
pub(super) fn ago(seconds: i64, language: Language) -> String {
    let message = match seconds.max(0) {
        0..5 => Message::new("ui.time.now"),
        seconds @ 5..60 => Message::new("ui.time.secondsAgo").with("count", seconds),
        seconds @ 60..3600 => Message::new("ui.time.minutesAgo").with("count", seconds / 60),
        seconds => Message::new("ui.time.hoursAgo").with("count", seconds / 3600),
    };
    say(language, &message)
}

/// A span such as the validity of a key.
pub(super) fn span(seconds: u32, language: Language) -> String {
    let message = match seconds {
        0..60 => Message::new("ui.time.seconds").with("count", seconds),
        60..7200 => Message::new("ui.time.minutes").with("count", seconds / 60),
        _ => Message::new("ui.time.hours").with("count", seconds / 3600),
    };
    say(language, &message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_told_in_local_time() {
        let noon = 1_767_268_800; // 2026-01-01 12:00 UTC
        for (at, offset, expected) in [
            (noon, (|_| 0) as LocalOffset, "today, 12:00"),
            (noon + 86_400, |_| 0, "tomorrow, 12:00"),
            (noon + 12 * 3600, |_| 60, "tomorrow, 01:00"),
            (noon + 12 * 3600, |_| -300, "today, 19:00"),
            (noon + 3 * 86_400, |_| 330, "2026-01-04, 17:30"),
        ] {
            assert_eq!(moment(at, noon, offset, Language::En), expected);
        }
    }

    #[test]
    fn spans_are_told_in_one_unit() {
        assert_eq!([0, 7, 61, 7300].map(|seconds| ago(seconds, Language::En)), ["just now", "7 s ago", "1 min ago", "2 h ago"]);
        assert_eq!([30, 600, 7199, 86_400].map(|seconds| span(seconds, Language::En)), ["30 s", "10 min", "119 min", "24 h"]);
    }
}
