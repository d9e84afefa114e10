//! "Test connection": tries what the product needs one by one and names what is missing. Changes nothing.

use super::{ApiInfo, Appliance};
use halo_remote_support::{
    api::{Check, ConnectionTest, Problem},
    rules::{
        failure::{Failure, FailureKind, Part},
        wording::{Language, Message},
    },
};

/// Clocks further apart than this make expiry times and reports doubtful.
const SKEW: i64 = 300;

pub async fn run(appliance: &Appliance) -> ConnectionTest {
    let mut checks = Vec::new();
    let host = appliance.url().host();
    match appliance.renew_token().await {
        Ok(_) => checks.push(passed("token", Message::new("check.token").with("host", host))),
        Err(failure) => checks.push(failed("token", &failure)),
    }
    if checks.iter().all(|check| check.ok) {
        match appliance.api_info().await {
            Ok(info) => {
                checks.push(permission(&info, "perm_command", "full_access", "Command API: Full Access"));
                checks.push(permission(
                    &info,
                    "perm_reporting_support",
                    "1",
                    "Reporting API: Allow Access to Support Session Reports and Recordings",
                ));
                checks.push(configuration(&info));
                checks.push(clock(&info, appliance.0.clock.now()));
            }
            // Without the list of permissions this is what stands in the way of all of them.
            Err(failure) => checks.push(failed("perm_command", &failure)),
        }
    }
    ConnectionTest { ok: checks.iter().all(|check| check.ok), checks }
}

fn passed(name: &str, message: Message) -> Check {
    Check { name: name.to_owned(), ok: true, message, problem: None }
}

fn failed(name: &str, failure: &Failure) -> Check {
    let message = failure.message(Part::Title);
    Check { name: name.to_owned(), ok: false, message, problem: Some(Problem::new(failure, Language::En)) }
}

fn permission(info: &ApiInfo, name: &str, needed: &str, words: &str) -> Check {
    if info.permissions.get(name).is_some_and(|held| held.trim().eq_ignore_ascii_case(needed)) {
        passed(name, Message::new(&format!("check.{name}")))
    } else {
        failed(name, &Failure::new(FailureKind::AppliancePermission).with("permission", words))
    }
}

/// Useful for finding representatives by user name later; nothing fails without it.
fn configuration(info: &ApiInfo) -> Check {
    let held = info.permissions.get("perm_configuration").is_some_and(|held| held.trim() == "1");
    passed("perm_configuration", Message::new(if held { "check.perm_configuration" } else { "check.perm_configuration_missing" }))
}

fn clock(info: &ApiInfo, now: i64) -> Check {
    match info.timestamp.map(|theirs| theirs.saturating_sub(now).saturating_abs()) {
        Some(apart) if apart > SKEW => failed("clock", &Failure::new(FailureKind::ClockSkew).with("seconds", apart)),
        Some(apart) => passed("clock", Message::new("check.clock").with("seconds", apart)),
        None => passed("clock", Message::new("check.clock_unknown")),
    }
}
