//! The loop itself: a house whose vendors misbehave, and what was done in it.

use super::plan::{
    CHAT, CHAT_CODE, DELETED, Deed, GARBAGE, IN_DOUBT_WAIT, Kind, LEASE, OUTLASTS_THE_LEASE, Round, STRANGER, SWEEPS, TICKETS, Trouble,
    Vendor,
};
use crate::house::{Frame, House, Plan, chaos::Mode, child::Proxy};
use futures_util::future::join_all;
use rusqlite::{Connection, OpenFlags};
use serde_json::{Value, json};
use std::{collections::BTreeSet, path::PathBuf, time::Duration};
use tokio::task::JoinHandle;

pub const PRIYA: u32 = 42;
/// A fail point is reached within this time, or not in this round.
const UNTIL_THE_POINT: Duration = Duration::from_secs(4);
/// Everything is done within this time after the last kill.
const DRAIN: Duration = Duration::from_secs(90);

/// What must become of a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// One note, on this ticket.
    Written(u32),
    /// One note, on one of these: somebody may have moved it.
    Moved(u32, u32),
    Stored,
    /// Stored, and told once in the chat.
    Told,
    Refused,
    Failed,
}

/// A session that was played to its end.
#[derive(Clone, Debug)]
pub struct Played {
    pub lsid: String,
    pub fate: Fate,
    /// What was said in it and in no other.
    pub words: String,
}

/// An invite that was asked for, answered or not.
#[derive(Clone, Debug)]
pub struct Asked {
    pub key: String,
    pub ticket: u32,
}

/// What came of a deed.
enum Done {
    Played(Played),
    Invited(Asked, Option<u16>),
    Moved { lsid: String, to: u32 },
    Sent,
}

pub struct Story {
    pub house: House,
    pub played: Vec<Played>,
    pub invites: Vec<Asked>,
    /// Fail points that stopped it.
    pub reached: BTreeSet<&'static str>,
    seed: u64,
    cookie: String,
    /// Halo has spent the agent's sign-in: a renewal's answer was lost.
    signed_out: bool,
    troubles: Vec<JoinHandle<()>>,
}

impl Story {
    /// A house with a first invite for every ticket.
    pub async fn open(seed: u64) -> Self {
        let mut house = House::build(&Plan { lease: LEASE, in_doubt_wait: IN_DOUBT_WAIT, chaos: true, more: SWEEPS }).await;
        house.release_port();
        for ticket in TICKETS.into_iter().chain([DELETED]) {
            house.halo(&format!("tickets/{ticket}"), Some(json!({"summary": format!("Ticket {ticket}")}))).await;
        }
        let url = format!("http://{}/control/tickets/{DELETED}", house.simulator.halo_addr);
        assert!(house.client.delete(url).send().await.unwrap().status().is_success());
        let stranger = json!({"logged_in": true, "public": "Nobody Known", "private": "Nobody Known", "display": "Nobody Known"});
        house.appliance(&format!("representatives/{STRANGER}"), Some(stranger)).await;
        let mut story = Self {
            house,
            played: Vec::new(),
            invites: Vec::new(),
            reached: BTreeSet::new(),
            seed,
            cookie: String::new(),
            signed_out: true,
            troubles: Vec::new(),
        };
        let proxy = story.start(None).await;
        story.house.issue_for_chat(CHAT_CODE, CHAT);
        for ticket in TICKETS {
            let asked = story.ask(ticket, &ticket.to_string());
            let (status, answer) = story.frame().invite(&asked.key, &request(ticket)).await;
            assert_eq!(status, 201, "{answer}");
            story.invites.push(asked);
        }
        story.outlast_the_lease().await;
        proxy.kill().await;
        story
    }

    async fn start(&mut self, stop_at: Option<&str>) -> Proxy {
        if self.signed_out {
            self.troubles_end().await;
            let proxy = Proxy::start(&self.house, None).await;
            self.cookie = self.house.sign_in(PRIYA).await.cookie;
            self.signed_out = false;
            if stop_at.is_none() {
                return proxy;
            }
            proxy.kill().await;
        }
        Proxy::start(&self.house, stop_at).await
    }

    fn frame(&self) -> Frame<'_> {
        Frame { house: &self.house, cookie: self.cookie.clone() }
    }

    /// Holders that lose their leases: two writes come to nothing without an answer; the look-ups before they are written again
    /// say truly that there is no note, and say it only when another holder has looked, too, and written it. Whoever comes late
    /// must not write.
    async fn outlast_the_lease(&mut self) {
        let fault = |method: &str, kind: &str| json!([{"path": "/api/Actions", "method": method, "kind": kind, "times": 2, "milliseconds": OUTLASTS_THE_LEASE}]);
        self.house.halo("faults", Some(json!([{"path": "/api/Actions", "method": "POST", "kind": "cut", "times": 2}]))).await;
        for name in ["first-late", "second-late"] {
            let played = self.play(Kind::Typed(TICKETS[0]), 7, name).await;
            self.played.push(played);
        }
        let asked = async |house: &House, method: &str| -> Vec<Value> {
            let ledger = house.halo("ledger", None).await;
            let all = ledger["requests"].as_array().unwrap().iter();
            all.filter(|request| request["method"] == method && request["path"] == "/api/Actions").cloned().collect()
        };
        let cut = async |house: &House| asked(house, "POST").await.iter().filter(|request| request["status"].is_null()).count();
        self.house.until("two writes are cut", async |house| (cut(house).await == 2).then_some(())).await;
        self.house.halo("faults", Some(fault("GET", "commit_then_delay"))).await;
        self.settle().await;
        // The late answers come, and who asked does what it does.
        let answered = async |house: &House| asked(house, "GET").await.iter().all(|request| !request["status"].is_null());
        self.house.until("the late look-ups are answered", async |house| answered(house).await.then_some(())).await;
        let played = self.play(Kind::Typed(TICKETS[0]), 7, "in-time").await;
        self.played.push(played);
        self.settle().await;
    }

    /// One round, to its kill.
    pub async fn round(&mut self, number: usize, round: &Round) {
        if round.is_calm() {
            self.recover().await;
        }
        self.house.appliance("settings", Some(json!({"report_lag_ms": round.lag_ms}))).await;
        match round.fault {
            Some(fault) if fault.vendor == Vendor::Halo => drop(self.house.halo("faults", Some(fault.control())).await),
            Some(fault) => drop(self.house.appliance("faults", Some(fault.control())).await),
            None => {}
        }
        let mut proxy = self.start(round.point).await;
        if let Some(trouble) = round.trouble {
            self.troubles.push(self.begin(trouble));
        }
        let deeds = join_all(round.deeds.iter().enumerate().map(async |(place, (after, deed))| {
            tokio::time::sleep(*after).await;
            self.done(*deed, &format!("{number}-{place}")).await
        }));
        let killed = async {
            let reached = match round.point {
                Some(point) => proxy.stands_within(point, UNTIL_THE_POINT).await,
                None => false,
            };
            tokio::time::sleep(round.moment).await;
            proxy.kill().await;
            reached
        };
        // What it leaves undone when it is killed goes on without it: the appliance keeps its events.
        let (done, reached) = tokio::join!(deeds, killed);
        match round.point {
            Some(point) if reached => drop(self.reached.insert(point)),
            Some(point) => println!("    {point} was not reached"),
            None => {}
        }
        for done in done {
            match done {
                Done::Played(played) => self.played.push(played),
                Done::Invited(asked, status) => {
                    self.signed_out |= status == Some(401);
                    self.invites.push(asked);
                }
                Done::Moved { lsid, to } => {
                    let moved = self.played.iter_mut().find(|played| played.lsid == lsid).unwrap();
                    if let Fate::Written(from) = moved.fate {
                        moved.fate = Fate::Moved(from, to);
                    }
                }
                Done::Sent => {}
            }
        }
    }

    fn begin(&self, Trouble { vendor, mode, begins, lasts }: Trouble) -> JoinHandle<()> {
        let lines = self.house.lines.as_ref().unwrap();
        let line = match vendor {
            Vendor::Halo => lines.halo.remote(),
            Vendor::Appliance => lines.appliance.remote(),
        };
        tokio::spawn(async move {
            tokio::time::sleep(begins).await;
            line.send_replace(mode);
            tokio::time::sleep(lasts).await;
            line.send_replace(Mode::Pass);
        })
    }

    async fn troubles_end(&mut self) {
        for trouble in self.troubles.drain(..) {
            trouble.await.unwrap();
        }
    }

    /// Both vendors are well again.
    async fn recover(&mut self) {
        self.troubles_end().await;
        for vendor in [self.house.simulator.halo_addr, self.house.simulator.appliance_addr] {
            let faults = format!("http://{vendor}/control/faults");
            assert!(self.house.client.delete(faults).send().await.unwrap().status().is_success());
        }
        self.house.appliance("settings", Some(json!({"report_lag_ms": 0}))).await;
    }

    async fn done(&self, deed: Deed, name: &str) -> Done {
        match deed {
            Deed::Session { kind, technician } => Done::Played(self.play(kind, technician, name).await),
            Deed::Invite(ticket) => {
                let asked = self.ask(ticket, name);
                let status = self.invite_unless_killed(&asked).await;
                Done::Invited(asked, status)
            }
            Deed::Again { which, changed } => {
                let ledger = self.house.appliance("ledger", None).await;
                let ends = |event: &&Value| event["body"].as_str().unwrap().starts_with("event=support_conference_end&version=");
                let bodies: Vec<_> = ledger["events"].as_array().unwrap().iter().filter(ends).collect();
                let mut body = bodies[which % bodies.len()]["body"].as_str().unwrap().to_owned();
                if changed {
                    body += &format!("&again={name}");
                }
                self.send(&body).await
            }
            Deed::Garbage(which) => self.send(GARBAGE[which].0).await,
            Deed::Move { which, to } => {
                // Each is moved once at most, so that there are two places to look at.
                let elsewhere = |played: &&Played| matches!(played.fate, Fate::Written(from) if from != to);
                let movable: Vec<_> = self.played.iter().filter(elsewhere).collect();
                if movable.is_empty() {
                    return Done::Sent;
                }
                let chosen = movable[which % movable.len()];
                let Fate::Written(from) = chosen.fate else { return Done::Sent };
                let lsid = chosen.lsid.clone();
                let url = self.house.proxy_url(&format!("/api/v1/sessions/{lsid}/link"));
                let request = self.house.client.post(url).json(&json!({"ticket": to, "from": from})).header("cookie", &self.cookie);
                // Killed or not, done or refused because it is just being written: either is well.
                drop(request.header("origin", &self.house.origin).header("x-remote-support", "1").send().await);
                Done::Moved { lsid, to }
            }
        }
    }

    async fn send(&self, body: &str) -> Done {
        self.house.appliance("events", Some(json!({"body": body}))).await;
        Done::Sent
    }

    async fn play(&self, kind: Kind, technician: u32, name: &str) -> Played {
        let by = format!("rep:{technician}");
        let words = format!("words of {name} of {}", self.seed);
        let script = json!([
            {"join": by},
            {"say": format!("{words}, said by the technician."), "by": by},
            {"say": "It says <0x800> & closes", "by": "customer"},
            {"file": "repair-profile.zip", "bytes": 48211, "by": by},
        ]);
        let (place, fate) = match kind {
            Kind::ByKey(which) => {
                let (short_key, ticket) = self.mailed_key(which).await;
                (json!({"short_key": short_key}), Fate::Written(ticket))
            }
            Kind::Typed(ticket) => (json!({"external_key": ticket.to_string()}), Fate::Written(ticket)),
            Kind::Deleted => (json!({"external_key": DELETED.to_string()}), Fate::Stored),
            Kind::Stranger => (json!({"external_key": TICKETS[0].to_string()}), Fate::Refused),
            Kind::WithoutKey => (json!({}), Fate::Stored),
            Kind::FromChat => (json!({"external_key": format!("chat-{CHAT}.{CHAT_CODE}")}), Fate::Told),
            Kind::Unannounced(ticket) => (json!({"external_key": ticket.to_string(), "announce": false}), Fate::Written(ticket)),
            Kind::Impossible => (json!({"external_key": TICKETS[0].to_string(), "damaged": true}), Fate::Failed),
        };
        let mut body = json!({"script": script, "end": true});
        body.as_object_mut().unwrap().extend(place.as_object().unwrap().clone());
        let lsid = self.house.appliance("play", Some(body)).await["lsid"].as_str().unwrap().to_owned();
        Played { lsid, fate, words }
    }

    /// A key that a customer found in a mail, and the mail's ticket.
    async fn mailed_key(&self, which: usize) -> (String, u32) {
        let mails = self.house.mails().await;
        let mail = &mails[which % mails.len()];
        let html = mail["html"].as_str().unwrap();
        let keys = self.house.keys().await;
        let key = keys.iter().map(|key| key["short_key"].as_str().unwrap()).find(|key| html.contains(key)).unwrap();
        (key.to_owned(), mail["ticket_id"].as_u64().unwrap().try_into().unwrap())
    }

    fn ask(&self, ticket: u32, name: &str) -> Asked {
        Asked { key: format!("idempotency-key-{}-{name}", self.seed), ticket }
    }

    /// The answer's status; none when the proxy was killed before it.
    async fn invite_unless_killed(&self, asked: &Asked) -> Option<u16> {
        let request = self.house.client.post(self.house.proxy_url("/api/v1/invites")).json(&request(asked.ticket));
        let request = request.header("cookie", &self.cookie).header("origin", &self.house.origin).header("x-remote-support", "1");
        let answer = request.header("idempotency-key", &asked.key).send().await.ok()?;
        Some(answer.status().as_u16())
    }

    /// Both vendors are well, nothing is killed any more, and people who got no answer press the button again.
    pub async fn drain(&mut self) -> Vec<(Asked, String)> {
        self.recover().await;
        self.signed_out = true;
        let proxy = self.start(None).await;
        let frame = self.frame();
        let mut sent = Vec::new();
        for asked in &self.invites {
            let id = self
                .house
                .until("the invite is sent", async |_| {
                    let (status, answer) = frame.invite(&asked.key, &request(asked.ticket)).await;
                    (status == 201).then(|| answer["id"].as_str().unwrap().to_owned())
                })
                .await;
            sent.push((asked.clone(), id));
        }
        let known = async |house: &House| {
            let store = Connection::open_with_flags(self.store(), OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap();
            let count: i64 = store.query_row("SELECT count(*) FROM sessions", [], |row| row.get(0)).unwrap();
            let idle = house.appliance("idle", None).await["idle"] == true;
            (idle && usize::try_from(count).unwrap() >= self.played.len()).then_some(())
        };
        self.house.until_within(DRAIN, "every session is heard of", known).await;
        self.settle().await;
        proxy.kill().await;
        sent
    }

    /// Waits until the appliance has no event left and the proxy nothing to do.
    async fn settle(&self) {
        let rests = async |house: &House| {
            let idle = house.appliance("idle", None).await["idle"] == true;
            let store = Connection::open_with_flags(self.store(), OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap();
            let due = "SELECT (SELECT count(*) FROM sessions WHERE next_at IS NOT NULL) + (SELECT count(*) FROM invites WHERE next_at IS NOT NULL)";
            let due: i64 = store.query_row(due, [], |row| row.get(0)).unwrap();
            (idle && due == 0).then_some(())
        };
        self.house.until_within(DRAIN, "nothing is outstanding", rests).await;
    }

    pub fn store(&self) -> PathBuf {
        self.house.folder.path().join("data/store.sqlite3")
    }
}

fn request(ticket: u32) -> Value {
    json!({"ticket": ticket, "channel": {"agent": PRIYA}, "email": "connor@batley.example"})
}

impl Drop for Story {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.house.folder.disable_cleanup(true);
            println!("log and store are kept in {}", self.house.folder.path().display());
        }
    }
}
