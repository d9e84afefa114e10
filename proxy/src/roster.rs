//! Who exists in Halo and who is logged in to BeyondTrust, kept at hand so that neither vendor is asked for each screen.
//! It does not decide who may be chosen or matched.

use crate::{app::App, halo::AgentList};
use halo_remote_support::rules::{directory::Directory, failure::Failure, routing::Representative, settings::Settings};
use std::time::Duration;
use tokio::sync::Mutex;

/// Halo's agents may be this old: an N+1 read on a small rate limit.
const AGENTS_AGE: Duration = Duration::from_secs(600);
/// A list with holes is filled soon.
const PARTIAL_AGE: Duration = Duration::from_secs(20);
/// Pickers may show presence this old.
const PRESENCE_AGE: Duration = Duration::from_secs(30);

struct Kept<T> {
    value: T,
    /// By the monotonic clock.
    since: Duration,
}

/// The two lists. A waiting caller gets what the one before it fetched.
#[derive(Default)]
pub struct Roster {
    agents: Mutex<Option<Kept<AgentList>>>,
    presence: Mutex<Option<Kept<Vec<Representative>>>>,
}

/// Who is logged in, and how old that knowledge is.
#[derive(Clone, Debug)]
pub struct Presence {
    /// The representatives.
    pub representatives: Vec<Representative>,
    /// Age of the list.
    pub age: Duration,
}

impl Roster {
    /// Halo's agents and the administrator's teams, overrides applied.
    ///
    /// # Errors
    /// Halo out of reach with nothing at hand.
    pub async fn directory(&self, app: &App, settings: &Settings) -> Result<Directory, Failure> {
        let mut kept = self.agents.lock().await;
        let limit = |list: &AgentList| if list.partial { PARTIAL_AGE } else { AGENTS_AGE };
        if kept.as_ref().is_none_or(|kept| app.clock.monotonic().saturating_sub(kept.since) > limit(&kept.value)) {
            match self.fetch_agents(app).await {
                Ok(value) => *kept = Some(Kept { value, since: app.clock.monotonic() }),
                // Yesterday's agents are better than none; the failure shows when there are none.
                Err(failure) if kept.is_some() => tracing::warn!(%failure, "Halo's agents could not be refreshed; the older list is used"),
                Err(failure) => return Err(failure),
            }
        }
        let agents = kept.as_ref().map(|kept| kept.value.agents.clone()).unwrap_or_default();
        Ok(Directory::new(agents, settings))
    }

    /// Some names are not known just now: who is not found among the agents may yet be one.
    pub async fn is_partial(&self) -> bool {
        self.agents.lock().await.as_ref().is_some_and(|kept| kept.value.partial)
    }

    async fn fetch_agents(&self, app: &App) -> Result<AgentList, Failure> {
        app.halo.as_service(|token| async move { app.halo.agents(&token).await }).await.map_err(|error| error.failure())
    }

    /// Forgets the agents when they are older than this; whether they were.
    pub async fn forget_agents_older(&self, app: &App, age: Duration) -> bool {
        let mut kept = self.agents.lock().await;
        let older = kept.as_ref().is_some_and(|kept| app.clock.monotonic().saturating_sub(kept.since) > age);
        if older {
            *kept = None;
        }
        older
    }

    /// Forgets both lists, so that the next question reads them afresh.
    pub async fn forget(&self) {
        *self.agents.lock().await = None;
        *self.presence.lock().await = None;
    }

    /// Who is logged in, at most 30 s old.
    ///
    /// # Errors
    /// BeyondTrust out of reach or not configured.
    pub async fn presence(&self, app: &App) -> Result<Presence, Failure> {
        let mut kept = self.presence.lock().await;
        if let Some(kept) = kept.as_ref() {
            let age = app.clock.monotonic().saturating_sub(kept.since);
            if age <= PRESENCE_AGE {
                return Ok(Presence { representatives: kept.value.clone(), age });
            }
        }
        let representatives = app.interactive(|appliance| async move { appliance.logged_in_representatives().await }).await?;
        *kept = Some(Kept { value: representatives.clone(), since: app.clock.monotonic() });
        Ok(Presence { representatives, age: Duration::ZERO })
    }

    /// Who is logged in at this moment: what a key is made by.
    ///
    /// # Errors
    /// As [`Self::presence`].
    pub async fn fresh_presence(&self, app: &App) -> Result<Vec<Representative>, Failure> {
        *self.presence.lock().await = None;
        Ok(self.presence(app).await?.representatives)
    }
}
