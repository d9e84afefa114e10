//! `/control/play`: a whole session at once, without anybody at the pages; also one that ended long ago, that nobody was told of,
//! or that was taken in a team's queue.

use super::{
    State, World,
    control::{Answer, conflict},
    events,
    people::Queue,
    sessions::{self, Party, Step, What},
};
use axum::{Json, extract::State as Shared};
use serde::Deserialize;
use serde_json::json;
use std::sync::Arc;

/// The customer of a played session, unless it says otherwise.
pub(super) const CUSTOMER: &str = "Connor Blake";
/// A played session takes so many seconds a step.
const STEP: i64 = 20;

fn yes() -> bool {
    true
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Play {
    short_key: Option<String>,
    external_key: Option<String>,
    customer: Option<String>,
    #[serde(default)]
    script: Vec<Step>,
    #[serde(default)]
    end: bool,
    /// Seconds since its end, or since its last step when it goes on.
    #[serde(default)]
    ended_ago: i64,
    /// Whether outbound events tell of it.
    #[serde(default = "yes")]
    announce: bool,
    /// The team in whose queue it was taken.
    team: Option<u32>,
    /// Its report is cut off, for ever.
    #[serde(default)]
    damaged: bool,
}

/// Plays a session at once, its times spread over the minutes before its end.
pub(super) async fn play(Shared(world): Shared<Arc<World>>, Json(play): Json<Play>) -> Answer {
    let mut state = world.state();
    let team = play.team.map(Queue::Team);
    if let Some(id) = play.team.filter(|id| !state.people.teams.contains_key(id)) {
        return Err(conflict(format!("there is no team {id}")));
    }
    let customer = play.customer.as_deref().unwrap_or(CUSTOMER);
    let last = if play.end { STEP } else { 0 };
    let length = last + play.script.iter().map(|step| step.wait.unwrap_or(STEP)).sum::<i64>();
    let mut at = state.now() - play.ended_ago - length;
    let told = state.events.len();
    let lsid = match &play.short_key {
        Some(code) => {
            let key =
                state.keys.iter().position(|key| key.short_key == *code).ok_or_else(|| conflict(format!("there is no key {code}")))?;
            sessions::use_key(&mut state, key, customer, at).map_err(conflict)?
        }
        None => {
            let queue = team.clone().unwrap_or(Queue::General);
            sessions::start(&mut state, play.external_key.as_deref().unwrap_or_default(), queue, customer, at)
        }
    };
    if !play.announce {
        events::silence(&mut state, &lsid, told);
    }
    if let Some(queue) = team {
        transfer(&mut state, &lsid, queue, at);
    }
    for step in &play.script {
        at += step.wait.unwrap_or(STEP);
        sessions::step(&mut state, &lsid, step, at).map_err(conflict)?;
    }
    if play.end {
        sessions::end(&mut state, &lsid, at + last).map_err(conflict)?;
        if let Some(session) = state.sessions.iter_mut().find(|session| session.lsid == lsid) {
            // The report's lag counts from the end, too.
            session.ended_ms = session.ended_ms.map(|ended| ended - play.ended_ago * 1000);
        }
    }
    if play.damaged {
        state.damaged.insert(lsid.clone());
    }
    world.wake.notify_one();
    Ok(Json(json!({"lsid": lsid})))
}

/// The session waits in another queue than its key's.
fn transfer(state: &mut State, lsid: &str, queue: Queue, at: i64) {
    let name = state.people.queue_name(&queue);
    let Some(session) = state.sessions.iter_mut().find(|session| session.lsid == lsid && session.queue != queue) else { return };
    session.note(at, What::Queued, None, Some(Party::System(name.clone())), "");
    session.queue = queue;
    session.queue_name = name;
}
