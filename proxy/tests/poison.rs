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

#[tokio::test]
async fn f25_a_session_that_panics_is_left_alone_after_a_few_times_and_others_go_on() {
    let house = House::open().await;
    fail::cfg("step_begins", "5*panic").unwrap();
    let lsid = house.play(None, Some("1161"), "rep:7").await;
    let session = house.settled(&lsid).await;
    assert_eq!((&session["state"], &session["reason"]["code"]), (&json!("failed"), &json!("session.crashed")), "{session}");
    assert!((house.metric("remote_support_session_crashes_total").await - 5.0).abs() < f64::EPSILON);
    let other = house.play(None, Some("1161"), "rep:7").await;
    assert_eq!(house.settled(&other).await["state"], "written");
}
