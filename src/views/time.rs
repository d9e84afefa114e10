//! Moments and spans as people say them. Knows no clock: the moment and the local offset are handed in.

use crate::rules::{
    wording::{Language, Message, say},
    words::UnixSeconds,
};
use time::{OffsetDateTime, UtcOffset};

/// Minutes that local time is ahead of UTC at a moment: the browser knows, we do not.
pub type LocalOffset = fn(UnixSeconds) -> i32;

fn local(at: UnixSeconds, offset: LocalOffset) -> Option<OffsetDateTime> {
    let offset = UtcOffset::from_whole_seconds(offset(at).checked_mul(60)?).ok()?;
    Some(OffsetDateTime::from_unix_timestamp(at).ok()?.to_offset(offset))
}

/// `today, 12:02`, `tomorrow, 12:02`, `2026-03-04, 12:02`.
pub(super) fn moment(at: UnixSeconds, now: UnixSeconds, offset: LocalOffset, language: Language) -> String {
    let (Some(at), Some(now)) = (local(at, offset), local(now, offset)) else { return String::new() };
    let clock = format!("{:02}:{:02}", at.hour(), at.minute());
    let message = match (at.date().to_julian_day()) - now.date().to_julian_day() {
        0 => Message::new("ui.time.today"),
        1 => Message::new("ui.time.tomorrow"),
        _ => Message::new("ui.time.on").with("date", at.date()),
    };
    say(language, &message.with("time", clock))
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
