//! What happens in each round, drawn from the seed before the first one begins: the same seed is the same plan, however fast
//! the machine is.

use crate::house::chaos::Mode;
use rand::{
    Rng as _, SeedableRng as _,
    rngs::StdRng,
    seq::{IndexedRandom as _, SliceRandom as _},
};
use serde_json::{Value, json};
use std::{fmt, time::Duration};

/// The chaos proxies hold a byte back for so long at most, each way.
const LONGEST_DELAY: u64 = 150;
/// So long after its connection was cut Halo may still do a write.
const LATEST_COMMIT: u64 = 400;
/// A write of unknown outcome is looked up after this long, and written again when it is not found. A write that arrives later
/// still is overlooked, rightly, and would be a second note: so it must be longer than any write can be on its way here.
///
/// The moment of the attempt is stored before the tokens for it are fetched. At worst Halo's authorisation server is asked
/// for, the technician's token is renewed in vain and the service's one is fetched, each of the three behind another task
/// that tries the same; then the request itself travels. The moment is stored in whole seconds, too.
pub const IN_DOUBT_WAIT: &str = "5s";
const _: () = assert!((3 * 2 * 2 + 1) * LONGEST_DELAY + LATEST_COMMIT + 1000 < 4000, "leaves a busy machine a second");
/// Shorter than many a step takes over a slow line, so that holders lose their rows all the time; what they do then must be
/// nothing.
pub const LEASE: &str = "2s";
/// Longer than [`LEASE`].
pub const OUTLASTS_THE_LEASE: u64 = 3500;

/// Sweeps come all the time, and leave nothing to its event.
pub const SWEEPS: &str = "[reconcile]\ngrace = \"0s\"\nevery = \"2s\"";

/// An open chat without a ticket, and a code that was issued for it.
pub const CHAT: u32 = 640;
pub const CHAT_CODE: &str = "7K3M9QX2DH";

/// Tickets with a user that invites are sent from.
pub const TICKETS: [u32; 3] = [1161, 2001, 2002];
/// A ticket that was deleted.
pub const DELETED: u32 = 2003;
/// Representatives whom Halo knows, and one whom it does not. 13 is not enabled for invites, and called otherwise in Halo.
pub const TECHNICIANS: [u32; 3] = [7, 12, 13];
pub const STRANGER: u32 = 77;

/// Bodies that are no session's end, and what the inbox calls them.
pub const GARBAGE: [(&str, &str); 6] = [
    ("", "quarantined"),
    ("\u{0}\u{1}%zz=%ff", "quarantined"),
    ("{\"event\":\"support_conference_end\"}", "quarantined"),
    ("event=support_conference_end&timestamp=1", "quarantined"),
    ("event=support_conference_end&lsid=1161", "quarantined"),
    ("event=support_conference_begin&lsid=1161", "ignored"),
];

/// How a session comes about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// By an invite's key; the number chooses one that was mailed.
    ByKey(usize),
    /// A technician typed the ticket's number.
    Typed(u32),
    /// On a ticket that was deleted.
    Deleted,
    /// Nobody knows its technician.
    Stranger,
    /// Without a key.
    WithoutKey,
    /// Out of an open chat without a ticket.
    FromChat,
    /// As [`Kind::Typed`], and no event tells of it.
    Unannounced(u32),
    /// Its report never reads.
    Impossible,
}

/// Something that happens in a round.
#[derive(Clone, Copy, Debug)]
pub enum Deed {
    Session {
        kind: Kind,
        technician: u32,
    },
    Invite(u32),
    /// An earlier session's event comes again, as it was or with another time.
    Again {
        which: usize,
        changed: bool,
    },
    Garbage(usize),
    /// An agent moves an earlier session's note to another ticket.
    Move {
        which: usize,
        to: u32,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Vendor {
    Halo,
    Appliance,
}

/// A vendor's line misbehaves for a while.
#[derive(Clone, Copy, Debug)]
pub struct Trouble {
    pub vendor: Vendor,
    pub mode: Mode,
    pub begins: Duration,
    pub lasts: Duration,
}

/// A vendor deals oddly with one call.
#[derive(Clone, Copy, Debug)]
pub struct Fault {
    pub vendor: Vendor,
    method: &'static str,
    path: &'static str,
    kind: &'static str,
    milliseconds: u64,
}

impl Fault {
    /// For the vendor's control.
    pub fn control(&self) -> Value {
        let Self { method, path, kind, milliseconds, .. } = self;
        json!([{"path": path, "method": method, "kind": kind, "status": 504, "milliseconds": milliseconds}])
    }
}

/// One round.
#[derive(Clone, Debug)]
pub struct Round {
    /// The fail point it is killed at; otherwise it is killed at any moment.
    pub point: Option<&'static str>,
    /// How long it may go on, or stand at its fail point: meanwhile an answer that should not have been given arrives.
    pub moment: Duration,
    /// With the time each begins at.
    pub deeds: Vec<(Duration, Deed)>,
    pub trouble: Option<Trouble>,
    /// What becomes of one call.
    pub fault: Option<Fault>,
    /// Reports have no end until then.
    pub lag_ms: u64,
}

impl Round {
    /// Nothing but the kill happens to it.
    pub fn is_calm(&self) -> bool {
        self.trouble.is_none() && self.fault.is_none() && self.lag_ms == 0
    }
}

impl fmt::Display for Round {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.point {
            Some(point) => write!(f, "killed {:?} after {point}", self.moment)?,
            None => write!(f, "killed after {:?}", self.moment)?,
        }
        if let Some(Trouble { vendor, mode, begins, lasts }) = self.trouble {
            write!(f, "; {vendor:?}: {mode:?} after {begins:?} for {lasts:?}")?;
        }
        if let Some(Fault { vendor, method, path, kind, milliseconds }) = self.fault {
            write!(f, "; {vendor:?}: {method} {path} {kind} {milliseconds} ms")?;
        }
        if self.lag_ms > 0 {
            write!(f, "; reports lag {} ms", self.lag_ms)?;
        }
        for (_, deed) in &self.deeds {
            match deed {
                Deed::Session { kind, technician } => write!(f, "; {kind:?} by {technician}")?,
                deed => write!(f, "; {deed:?}")?,
            }
        }
        Ok(())
    }
}

/// Every other round is a fail point's, in turn; the others are for any of them, or for any moment. The first turn of each
/// point is a calm one, so that it is mostly reached.
pub fn draw(seed: u64, rounds: usize, points: &[&'static str]) -> Vec<Round> {
    let mut dice = StdRng::seed_from_u64(seed);
    let offset = dice.random_range(0..points.len());
    (0..rounds)
        .map(|number| {
            let turn = (number % 2 == 0).then_some(number / 2);
            let any = points.choose(&mut dice).copied().filter(|_| dice.random_bool(0.4));
            let point = turn.map(|turn| points[(turn + offset) % points.len()]).or(any);
            round(&mut dice, point, turn.is_some_and(|turn| turn < points.len()))
        })
        .collect()
}

/// Another calm turn of a fail point that its first one did not come to.
pub fn once_more(seed: u64, number: usize, point: &'static str) -> Round {
    let mut dice = StdRng::seed_from_u64(seed.wrapping_add(number as u64));
    round(&mut dice, Some(point), true)
}

fn milliseconds(dice: &mut StdRng, range: std::ops::Range<u64>) -> Duration {
    Duration::from_millis(dice.random_range(range))
}

fn round(dice: &mut StdRng, point: Option<&'static str>, calm: bool) -> Round {
    let mut deeds = vec![session(dice, true)];
    if calm || dice.random_bool(if point.is_some() { 0.7 } else { 0.4 }) {
        deeds.push(Deed::Invite(*TICKETS.choose(dice).unwrap()));
    }
    if calm {
        // What leads to each fail point.
        let technician = TECHNICIANS[0];
        deeds.push(Deed::Session { kind: Kind::FromChat, technician });
        deeds.push(Deed::Session { kind: Kind::Unannounced(TICKETS[0]), technician });
        // The first that can be moved has been at rest for long.
        deeds.push(Deed::Move { which: 0, to: TICKETS[1] });
    }
    for _ in 0..dice.random_range(0..4) {
        deeds.push(match dice.random_range(0..12) {
            10 | 11 => moved(dice),
            0 | 1 => Deed::Again { which: dice.random_range(0..1000), changed: dice.random() },
            2 => Deed::Garbage(dice.random_range(0..GARBAGE.len())),
            _ => session(dice, false),
        });
    }
    // One a round: two at once may meet on the same note, and then there are three places it may be.
    let mut moves = 0;
    deeds.retain(|deed| {
        moves += usize::from(matches!(deed, Deed::Move { .. }));
        moves <= 1 || !matches!(deed, Deed::Move { .. })
    });
    deeds.shuffle(dice);
    let deeds = deeds.into_iter().map(|deed| (milliseconds(dice, 0..400), deed)).collect();
    let trouble = trouble(dice);
    let (fault, lag_ms) = (fault(dice), if dice.random_bool(0.25) { 1500 } else { 0 });
    // Now and then long enough for a lease to be lost.
    let moment = match point {
        Some(_) if calm => Duration::from_millis(300),
        Some(_) => milliseconds(dice, 0..300),
        None if dice.random_bool(0.2) => milliseconds(dice, 1500..4500),
        None => milliseconds(dice, 0..1500),
    };
    if calm {
        return Round { point, moment, deeds, trouble: None, fault: None, lag_ms: 0 };
    }
    Round { point, moment, deeds, trouble, fault, lag_ms }
}

fn moved(dice: &mut StdRng) -> Deed {
    Deed::Move { which: dice.random_range(0..1000), to: *TICKETS.choose(dice).unwrap() }
}

fn session(dice: &mut StdRng, on_a_ticket: bool) -> Deed {
    let choose = if on_a_ticket { 6 } else { 13 };
    let kind = match dice.random_range(0..choose) {
        0..4 => Kind::ByKey(dice.random_range(0..1000)),
        4..6 => Kind::Typed(*TICKETS.choose(dice).unwrap()),
        6 => Kind::Deleted,
        7 => Kind::Stranger,
        8 => Kind::WithoutKey,
        9 | 10 => Kind::FromChat,
        11 => Kind::Unannounced(*TICKETS.choose(dice).unwrap()),
        _ => Kind::Impossible,
    };
    let technician = if kind == Kind::Stranger { STRANGER } else { *TECHNICIANS.choose(dice).unwrap() };
    Deed::Session { kind, technician }
}

fn fault(dice: &mut StdRng) -> Option<Fault> {
    let write = |kind, milliseconds| Fault { vendor: Vendor::Halo, method: "POST", path: "/api/Actions", kind, milliseconds };
    // Reads are answered after the lease of who asks is over.
    let late = dice.random_range(2000..=OUTLASTS_THE_LEASE);
    let read = |vendor, method, path| Fault { vendor, method, path, kind: "commit_then_delay", milliseconds: late };
    let faults = [
        write("cut", 0),
        write("commit_then_cut", 0),
        write("commit_then_status", 0),
        write("status", 0),
        write("cut_then_commit", dice.random_range(1..=LATEST_COMMIT)),
        Fault { vendor: Vendor::Halo, method: "GET", path: "/api/Agent/45", kind: "cut", milliseconds: 0 },
        read(Vendor::Halo, "GET", "/api/Actions"),
        read(Vendor::Appliance, "POST", "/api/reporting"),
    ];
    faults.choose(dice).copied().filter(|_| dice.random_bool(0.45))
}

fn trouble(dice: &mut StdRng) -> Option<Trouble> {
    let vendor = if dice.random() { Vendor::Halo } else { Vendor::Appliance };
    let mode = match dice.random_range(0..3) {
        0 => Mode::Cut,
        1 => Mode::Delay(milliseconds(dice, 20..LONGEST_DELAY + 1)),
        // Nothing of the answer, a piece of its head, or a piece of its body.
        _ => Mode::Reset(*[0, 40, 400].choose(dice).unwrap()),
    };
    let trouble = Trouble { vendor, mode, begins: milliseconds(dice, 0..500), lasts: milliseconds(dice, 200..1800) };
    Some(trouble).filter(|_| dice.random_bool(0.55))
}
