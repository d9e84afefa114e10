//! Tries everything the proxy needs, one by one and by name: BeyondTrust, Halo, and an event's way from the public address into the
//! inbox. Changes nothing at the vendors.

use crate::{
    app::App,
    halo::HaloError,
    outbound::{Outbound, Site},
    vault, worker,
};
use halo_remote_support::{
    api::{Check, ConnectionTest, Problem},
    rules::{
        failure::{Failure, FailureKind, Part},
        wording::{Language, Message},
    },
};
use reqwest::Method;
use secrecy::ExposeSecret as _;
use std::{sync::Arc, time::Duration};

const PATIENCE: Duration = Duration::from_secs(10);
/// The event type of a test: not BeyondTrust's, so it is counted and ignored.
const TEST_EVENT: &str = "remote_support_test";

/// Everything.
pub async fn run(app: &App) -> ConnectionTest {
    let mut checks = match app.appliance().await {
        Ok(appliance) => appliance.test().await.checks,
        Err(failure) => vec![failed("beyondtrust", &failure)],
    };
    checks.extend(halo(app).await);
    checks.push(
        round_trip(app).await.map_or_else(|failure| failed("event_round_trip", &failure), |message| passed("event_round_trip", message)),
    );
    ConnectionTest { ok: checks.iter().all(|check| check.ok), checks }
}

fn passed(name: &str, message: Message) -> Check {
    Check { name: name.to_owned(), ok: true, message, problem: None }
}

fn failed(name: &str, failure: &Failure) -> Check {
    let message = failure.message(Part::Title);
    Check { name: name.to_owned(), ok: false, message, problem: Some(Problem::new(failure, Language::En)) }
}

/// The service application's rights in Halo, each by a call that needs it.
async fn halo(app: &App) -> Vec<Check> {
    let halo = &app.halo;
    let check = |name: &str, outcome: Result<(), HaloError>| match outcome {
        Ok(()) => passed(name, Message::new(&format!("check.{name}"))),
        Err(error) => failed(name, &error.failure()),
    };
    let token = match halo.service_token().await {
        Ok(token) => token,
        Err(error) => return vec![failed("halo_token", &error.failure())],
    };
    let mut checks = vec![passed("halo_token", Message::new("check.halo_token").with("host", halo.url().host()))];
    for (name, path) in [("halo_agents", "Agent"), ("halo_tickets", "Tickets"), ("halo_users", "Users"), ("halo_chats", "Chat")] {
        checks.push(check(name, halo.may_list(&token, path).await));
    }
    worker::ask_builtin(app).await;
    let on = worker::builtin_is_on(app).await;
    checks.push(passed("halo_builtin", Message::new(if on { "check.halo_builtin_on" } else { "check.halo_builtin_off" })));
    checks
}

/// Posts a test event to the public address, as BeyondTrust would, and looks for it in the inbox.
async fn round_trip(app: &App) -> Result<Message, Failure> {
    let public = &app.config.server.public_url;
    let wrong = |text: String| Failure::new(FailureKind::EventRoundTrip).with("host", public.host()).with("text", text);
    // A name under `localhost` resolves in browsers only.
    let name = public.host().split(':').next().unwrap_or_default();
    let here = name == "localhost" || name.ends_with(".localhost");
    let site = Site {
        url: public.clone(),
        connect_to: here.then_some(app.config.server.listen),
        ca_file: None,
        close: true,
        total: PATIENCE,
        line: Arc::clone(&app.lines.own),
    };
    let outbound = Outbound::new(&site).map_err(|problem| wrong(problem.to_string()))?;
    let url = outbound.url(&format!("/events/{}", app.config.events.token.expose_secret()));
    let mark = vault::random_token();
    let body = url::form_urlencoded::Serializer::new(String::new()).append_pair("event", TEST_EVENT).append_pair("mark", &mark).finish();
    let sent = crate::intake::classify(body.as_bytes().into(), app.clock.now());
    let request = outbound.request(Method::POST, &url).body(body);
    let answer = outbound.send(request, 4096).await.map_err(|trouble| wrong(trouble.to_string()))?;
    if answer.status != reqwest::StatusCode::OK {
        return Err(wrong(format!("HTTP {}", answer.status.as_u16())));
    }
    let id: String = sent.digest.iter().take(6).map(|byte| format!("{byte:02x}")).collect();
    let kept = app.store.events(None, 200).await?.into_iter().any(|event| event.id == id);
    if !kept {
        return Err(wrong("answered, but not by a proxy on this store".to_owned()));
    }
    Ok(Message::new("check.event_round_trip").with("host", public.host()))
}
