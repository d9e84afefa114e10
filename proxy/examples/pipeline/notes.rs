//! From the end of a session to its note in Halo.

use crate::{
    Bench,
    house::{EVENT_TOKEN, House},
    load::{Connection, Load},
    program::{Stage, Vendors},
    table::Table,
};
use serde_json::{Value, json};
use std::{
    thread,
    time::{Duration, Instant, SystemTime},
};

const PROXY: &str = "proxy";
/// Milliseconds after which Halo answers.
const HALO: u32 = 20;

pub fn measure(bench: &Bench) {
    let stage = Stage::new(bench, &Vendors::Up);
    let proxy = stage.start(bench);
    let mut played = Played { bench, house: &stage.house, count: 0 };
    let mut connection = Connection::new(proxy.address);

    // The first one asks for tokens and agents, too.
    let mut latencies = Vec::new();
    for _ in 0..=bench.count(50, 15) {
        let lsid = played.session();
        let from = now();
        connection.post_event(EVENT_TOKEN, &lsid);
        latencies.push(played.last_note().saturating_sub(from));
    }
    let took = Load::new(latencies.split_off(1), Duration::from_secs(1));
    for percent in [50, 99] {
        let title = format!("from event to note, p{percent}");
        Table { title, samples: vec![(PROXY, vec![took.percentile(percent)])], ..Table::default() }.print();
    }

    bench.runtime.block_on(stage.house.halo("settings", Some(json!({"latency_ms": HALO}))));
    let mut rates = Vec::new();
    for _ in 0..bench.count(3, 1) {
        let sessions: Vec<_> = (0..bench.count(300, 100)).map(|_| played.session()).collect();
        let from = now();
        for lsid in &sessions {
            connection.post_event(EVENT_TOKEN, lsid);
        }
        #[expect(clippy::cast_precision_loss, reason = "fewer than 2^52")]
        rates.push(sessions.len() as f64 / played.last_note().saturating_sub(from).as_secs_f64());
    }
    let title = format!("sessions written, with a Halo that answers in {HALO} ms");
    Table { title, unit: Some("/s"), samples: vec![(PROXY, rates)], ..Table::default() }.print();
}

/// Since 1970, as the simulators' ledgers count.
fn now() -> Duration {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap()
}

/// Sessions at the appliance, each for a ticket of its own.
struct Played<'a> {
    bench: &'a Bench,
    house: &'a House,
    count: u32,
}

impl Played<'_> {
    /// One that has just ended, and no event of the appliance's tells of it.
    fn session(&mut self) -> String {
        self.count += 1;
        let ticket = 5000 + self.count;
        let script = json!([
            {"join": "rep:7"},
            {"say": "Hello, I will have a look.", "by": "rep:7"},
            {"say": "It says <0x800> & closes", "by": "customer"},
            {"note": "Rebuilt the mail profile.", "by": "rep:7"},
        ]);
        let session = json!({"external_key": ticket.to_string(), "script": script, "end": true, "announce": false});
        self.bench.runtime.block_on(async {
            self.house.halo(&format!("tickets/{ticket}"), Some(json!({}))).await;
            self.house.appliance("play", Some(session)).await["lsid"].as_str().unwrap().to_owned()
        })
    }

    /// When the last note came to Halo, once each session has its own.
    fn last_note(&self) -> Duration {
        let begin = Instant::now();
        loop {
            thread::sleep(Duration::from_millis(100));
            let ledger = self.bench.runtime.block_on(self.house.halo("ledger", None));
            let actions = ledger["actions"].as_array().unwrap().len();
            if actions == self.count as usize {
                let posted = |request: &&Value| {
                    request["method"] == "POST" && request["path"].as_str().is_some_and(|path| path.eq_ignore_ascii_case("/api/actions"))
                };
                let last = ledger["requests"].as_array().unwrap().iter().rfind(posted).unwrap();
                return Duration::from_millis(last["at_ms"].as_u64().unwrap());
            }
            assert!(begin.elapsed() < Duration::from_secs(120), "{actions} of {} notes came", self.count);
        }
    }
}
