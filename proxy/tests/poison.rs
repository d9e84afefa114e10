//! F25, alone in its process because a fail point counts for all of it: a session whose step panics.
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

use house::House;
use serde_json::json;
use std::time::Duration;

#[tokio::test]
async fn f25_a_session_that_panics_is_left_alone_after_a_few_times_and_others_go_on() {
    let (house, clock) = House::open_by("").await;
    fail::cfg("step_begins", "panic").unwrap();
    let lsid = house.play(None, Some("1161"), "rep:7").await;
    for round in 1..=5_u32 {
        house
            .until("it has panicked", async |house| {
                let seen: u32 = house.sql().query_row("SELECT unfinished FROM sessions", [], |row| row.get(0)).ok()?;
                (seen == round && house.metric("remote_support_session_crashes_total").await >= f64::from(round)).then_some(())
            })
            .await;
        if round == 5 {
            fail::remove("step_begins");
        }
        clock.advance(Duration::from_secs(16));
    }
    let session = house.settled(&lsid).await;
    assert_eq!((&session["state"], &session["reason"]["code"]), (&json!("failed"), &json!("session.crashed")), "{session}");
    let other = house.play(None, Some("1161"), "rep:7").await;
    assert_eq!(house.settled(&other).await["state"], "written");
}
