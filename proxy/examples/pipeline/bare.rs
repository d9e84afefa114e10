//! What the disk allows: the bytes of an event's row inserted in a loop, durable one by one. No index, no second table, no HTTP.

use crate::load::{BODY, Load, Until};
use rusqlite::Connection;
use std::{path::Path, time::Instant};

/// Digest, state, event, lsid, body and time of an event.
const ROW: usize = 32 + 8 + 22 + 32 + BODY + 8;
/// So many rows fill SQLite's log until it begins to be written over, which is quicker than when it grows.
const WARM_UP: usize = 1500;

pub struct Bare(Connection);

impl Bare {
    /// In this folder, which is on the disk of the proxy's store.
    pub fn new(folder: &Path) -> Self {
        let connection = Connection::open(folder.join("bare.db")).unwrap();
        connection.pragma_update(None, "journal_mode", "wal").unwrap();
        connection.pragma_update(None, "synchronous", "full").unwrap();
        connection.execute_batch("CREATE TABLE events (id INTEGER PRIMARY KEY, row BLOB NOT NULL) STRICT").unwrap();
        let bare = Self(connection);
        bare.run(Until::Count(WARM_UP));
        bare
    }

    pub fn run(&self, until: Until) -> Load {
        let mut insert = self.0.prepare("INSERT INTO events (row) VALUES (?1)").unwrap();
        let mut row = [0_u8; ROW];
        let mut latencies = Vec::new();
        let begin = Instant::now();
        while !until.is_over(begin, latencies.len()) {
            row[..16].copy_from_slice(&rand::random::<[u8; 16]>());
            let from = Instant::now();
            insert.execute([&row[..]]).unwrap();
            latencies.push(from.elapsed());
        }
        Load::new(latencies, begin.elapsed())
    }
}
