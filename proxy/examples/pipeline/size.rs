//! Memory and start-up with an empty store and with a hundred thousand sessions that wait, both vendors down.

use crate::{
    Bench,
    house::EVENT_TOKEN,
    load::{Until, post_events},
    program::{Memory, Stage, Started, Vendors},
    table::Table,
};

const EMPTY: &str = "on an empty store";
const FULL: &str = "on a full one";

pub fn measure(bench: &Bench) {
    let stage = Stage::new(bench, &Vendors::Down);
    let count = bench.count(100_000, 20_000);
    let starts = || -> Vec<Started> { (0..bench.count(5, 3)).map(|_| stage.start(bench).started).collect() };

    let empty = starts();
    let proxy = stage.start(bench);
    let before = proxy.memory().now;
    post_events(proxy.address, EVENT_TOKEN, 16, Until::Count(count));
    let Memory { now: after, most } = proxy.memory();
    drop(proxy);
    let full = starts();
    let again = stage.start(bench).memory().now;

    #[expect(clippy::cast_precision_loss, reason = "fewer than 2^52")]
    let megabytes = [("at first", before), ("after them", after), ("at most", most), ("started again on them", again)]
        .map(|(name, bytes)| (name, vec![bytes as f64 / 1e6]));
    let title = format!("resident memory, {count} events");
    Table { title, unit: Some("MB"), base: Some("at first"), samples: megabytes.into(), ..Table::default() }.print();
    for (what, number) in [("listens", (|it| it.listens) as fn(&Started) -> f64), ("is ready", |it| it.ready)] {
        let samples = [(EMPTY, &empty), (FULL, &full)].map(|(name, starts)| (name, starts.iter().map(number).collect()));
        let title = format!("from start until it {what}; full: {count} sessions pending, and it was killed");
        Table { title, base: Some(EMPTY), samples: samples.into(), ..Table::default() }.print();
    }
}
