//! Events answered 200, beside the bare loop, in turns.

use crate::{
    Bench,
    bare::Bare,
    house::EVENT_TOKEN,
    load::{Load, Until, post_events},
    program::{Stage, Vendors},
    table::Table,
};
use std::time::Duration;

const BARE: &str = "bare loop of durable inserts";
const ONE: &str = "proxy, 1 connection";
const MANY: &str = "proxy, 16 connections";
const NAMES: [&str; 3] = [BARE, ONE, MANY];
const CONNECTIONS: usize = 16;
/// Events posted before anything is measured: sessions that are pending then.
const BACKLOG: usize = 5000;

pub fn measure(bench: &Bench) {
    let states = [
        ("the worker idle", Vendors::Mute, Some(10.0)),
        ("thousands of sessions pending, both vendors down", Vendors::Down, Some(25.0)),
        ("the worker at thousands of sessions, both vendors answering", Vendors::Up, None),
    ];
    for (title, vendors, p99) in states {
        let stage = Stage::new(bench, &vendors);
        let proxy = stage.start(bench);
        let bare = Bare::new(stage.house.folder.path());
        post_events(proxy.address, EVENT_TOKEN, CONNECTIONS, Until::Count(BACKLOG));
        let time = Until::Time(Duration::from_millis(if bench.quick { 700 } else { 2000 }));
        let post = |connections| post_events(proxy.address, EVENT_TOKEN, connections, time);
        let contestants: [&dyn Fn() -> Load; 3] = [&|| bare.run(time), &|| post(1), &|| post(CONNECTIONS)];
        let mut loads: [Vec<Load>; 3] = Default::default();
        // In each round another one begins, as everywhere in the benchmark.
        for round in 0..bench.count(7, 3) {
            for place in 0..3 {
                let which = (round + place) % 3;
                loads[which].push(contestants[which]());
            }
        }
        let table = |what: &str, unit, number: &dyn Fn(&Load) -> f64| Table {
            title: format!("{what}, {title}"),
            unit,
            base: Some(BARE),
            samples: NAMES.into_iter().zip(loads.iter().map(|loads| loads.iter().map(number).collect())).collect(),
            ..Table::default()
        };
        Table { at_least: vec![(ONE, 0.5), (MANY, 4.0)], ..table("events answered 200", Some("/s"), &|load| load.rate) }.print();
        table("p50", None, &|load| load.percentile(50)).print();
        let at_most = p99.map(|most| vec![(ONE, most), (MANY, most)]).unwrap_or_default();
        Table { at_most, ..table("p99", None, &|load| load.percentile(99)) }.print();
    }
}
