//! Scenario 37 against the real binary: it is killed before the commit, before the 200, after the note and after the mail
//! were kept by Halo but not recorded, and at a moment of nobody's choosing. After each restart there is one note and one mail.
#![cfg(feature = "fail-points")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    clippy::string_slice,
    reason = "a test that panics has failed"
)]

mod house;

use house::{House, SECRET_MARKS};
use serde_json::json;
use std::{
    process::Stdio,
    time::{Duration, SystemTime, UNIX_EPOCH},
};
use tokio::{
    io::{AsyncBufReadExt as _, BufReader, Lines},
    process::{Child, ChildStdout, Command},
};

const PRIYA: u32 = 42;
const INVITE: &str = "Remote Session Invite";
const SESSION: &str = "Remote Session";

struct Proxy {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Proxy {
    async fn start(house: &House, stop_at: Option<&str>) -> Self {
        let log = std::fs::OpenOptions::new().create(true).append(true).open(house.folder.path().join("proxy.log")).unwrap();
        let mut child = Command::new(env!("CARGO_BIN_EXE_remote-support-proxy"))
            .args(["serve", "--config"])
            .arg(house.config_path())
            .env("STOP_AT", stop_at.unwrap_or_default())
            .env("RUST_LOG", "debug")
            .stdout(Stdio::piped())
            .stderr(log)
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let line = tokio::time::timeout(house::PATIENCE, lines.next_line()).await.expect("the proxy starts").unwrap().unwrap_or_default();
        assert!(line.starts_with("listening on"), "{line}");
        Self { child, lines }
    }

    /// Waits until it stands still at its fail point.
    async fn stands_at(&mut self, point: &str) {
        let line = tokio::time::timeout(house::PATIENCE, self.lines.next_line()).await.expect("the fail point is reached").unwrap();
        assert_eq!(line.as_deref(), Some(format!("fail point {point}").as_str()));
    }

    /// SIGKILL: no handler runs, nothing is flushed.
    async fn kill(mut self) {
        self.child.kill().await.unwrap();
    }
}

fn seed() -> u64 {
    std::env::var("KILL_SEED")
        .ok()
        .and_then(|seed| seed.parse().ok())
        .unwrap_or_else(|| u64::from(SystemTime::now().duration_since(UNIX_EPOCH).unwrap().subsec_nanos()))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn faults_37_killed_at_any_step_leaves_one_note_and_one_mail() {
    let seed = seed();
    println!("kill loop, seed {seed} (KILL_SEED={seed} repeats it)");
    let mut house = House::build("3s").await;
    house.release_port();
    let points = [Some("intake_before_commit"), Some("intake_before_answer"), Some("note_after_write"), Some("invite_after_write"), None];
    let rotation = usize::try_from(seed % 5).unwrap();
    for round in 0..5_usize {
        let point = points[(round + rotation) % 5];
        println!("round {}: killed {}", round + 1, point.unwrap_or("at a random moment"));
        let notes = house.actions(1161, SESSION).await.len();
        let mails = house.mails().await.len();
        let mut proxy = Proxy::start(&house, point).await;
        let frame = house.sign_in(PRIYA).await;
        let key = format!("idempotency-key-{seed}-{round}");
        let request = json!({"ticket": 1161, "channel": {"agent": PRIYA}, "email": "connor@batley.example"});
        if point == Some("invite_after_write") {
            // Nobody waits for this answer: the process dies before it comes.
            let url = house.proxy_url("/api/v1/invites");
            let post =
                house.client.post(url).header("cookie", &frame.cookie).header("origin", &house.origin).header("x-remote-support", "1");
            let lost = tokio::spawn(post.header("idempotency-key", &key).json(&request).send());
            proxy.stands_at("invite_after_write").await;
            proxy.kill().await;
            assert!(lost.await.unwrap().is_err());
            proxy = Proxy::start(&house, None).await;
        } else {
            let (status, answer) = frame.invite(&key, &request).await;
            assert_eq!(status, 201, "{answer}");
        }
        let short_key = house.keys().await.pop().unwrap()["short_key"].as_str().unwrap().to_owned();
        let lsid = house.play(Some(&short_key), None, "rep:7").await;
        match point {
            Some(point) if point != "invite_after_write" => proxy.stands_at(point).await,
            Some(_) => {}
            None => tokio::time::sleep(Duration::from_millis(seed % 400)).await,
        }
        proxy.kill().await;
        let proxy = Proxy::start(&house, None).await;
        house
            .until("one note and one mail more", async |house| {
                let written = house
                    .actions(1161, SESSION)
                    .await
                    .iter()
                    .filter(|action| action["note_html"].as_str().unwrap_or_default().contains(&lsid))
                    .count();
                (written == 1 && house.mails().await.len() == mails + 1).then_some(())
            })
            .await;
        let frame = house.sign_in(PRIYA).await;
        house
            .until("nothing is outstanding", async |_| {
                let (_, sessions) = frame.get("/sessions").await;
                let (_, invites) = frame.get("/invites?ticket=1161").await;
                let settled = sessions["sessions"].as_array()?.iter().all(|session| session["state"] == "written");
                (settled && invites["invites"].as_array()?.iter().all(|invite| invite["state"] == "sent")).then_some(())
            })
            .await;
        assert_eq!(house.actions(1161, SESSION).await.len(), notes + 1, "exactly one note");
        assert_eq!(house.mails().await.len(), mails + 1, "exactly one mail");
        assert_eq!(house.actions(1161, INVITE).await.len(), round + 1, "exactly one audit action");
        proxy.kill().await;
    }
    let log = std::fs::read_to_string(house.folder.path().join("proxy.log")).unwrap();
    assert!(log.contains("decided"), "the log was written");
    for mark in SECRET_MARKS {
        assert!(!log.contains(mark), "{mark} in the log");
    }
}
