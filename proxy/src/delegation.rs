//! Acting as an agent: access tokens by the refresh token the agent's sign-in left. Refreshes are serialised per agent, and
//! a rotated token is committed before it is used, because Halo's refresh tokens work once.

use crate::{
    clock::Clock,
    halo::{AccessToken, Halo, HaloError, Tokens},
    sign_in::REFRESH_PURPOSE,
    store::Store,
    vault::Vault,
};
use halo_remote_support::rules::{
    failure::{Failure, FailureKind},
    words::AgentId,
};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

/// Renewed this long before it ends.
const EARLY: Duration = Duration::from_secs(60);

#[derive(Clone)]
struct HeldToken {
    token: AccessToken,
    /// By the monotonic clock.
    until: Duration,
}

type Slot = Arc<tokio::sync::Mutex<Option<HeldToken>>>;

/// The agents' tokens. Access tokens stay in memory.
pub struct Delegation {
    store: Arc<dyn Store>,
    vault: Vault,
    halo: Halo,
    clock: Arc<dyn Clock>,
    slots: Mutex<HashMap<AgentId, Slot>>,
}

impl Delegation {
    /// Nobody's token is held yet.
    #[must_use]
    pub fn new(store: Arc<dyn Store>, vault: Vault, halo: Halo, clock: Arc<dyn Clock>) -> Self {
        Self { store, vault, halo, clock, slots: Mutex::default() }
    }

    fn slot(&self, agent: AgentId) -> Slot {
        Arc::clone(self.slots.lock().unwrap_or_else(PoisonError::into_inner).entry(agent).or_default())
    }

    /// Holds the access token a sign-in brought.
    pub async fn hold(&self, agent: AgentId, tokens: &Tokens) {
        *self.slot(agent).lock().await = Some(self.held(tokens));
    }

    /// A token to act as this agent; `None` when the agent has to sign in (again).
    ///
    /// # Errors
    /// Halo or the store out of reach.
    pub async fn token(&self, agent: AgentId) -> Result<Option<AccessToken>, Failure> {
        let slot = self.slot(agent);
        let mut slot = slot.lock().await;
        if let Some(held) = slot.as_ref().filter(|held| held.until > self.clock.monotonic()) {
            return Ok(Some(held.token.clone()));
        }
        *slot = None;
        let Some(sealed) = self.store.refresh_token(agent).await? else { return Ok(None) };
        let unusable = |problem: &dyn std::fmt::Display| {
            tracing::error!(%agent, %problem, "an agent's refresh token cannot be used; the agent has to sign in again");
        };
        let refresh = match self.vault.unseal_text(REFRESH_PURPOSE, &sealed) {
            Ok(refresh) => refresh,
            Err(problem) => {
                unusable(&problem);
                return Ok(None);
            }
        };
        let tokens = match self.halo.refresh(&refresh).await {
            Ok(tokens) => tokens,
            Err(error) if error.transient() => return Err(error.failure()),
            Err(error) => {
                unusable(&error);
                self.store.save_refresh_token(agent, None, self.clock.now()).await?;
                return Ok(None);
            }
        };
        if let Some(rotated) = &tokens.refresh {
            let sealed = self.vault.seal_text(REFRESH_PURPOSE, rotated).map_err(|problem| {
                unusable(&problem);
                Failure::new(FailureKind::StoreUnavailable)
            })?;
            self.store.save_refresh_token(agent, Some(sealed), self.clock.now()).await?;
        }
        let held = self.held(&tokens);
        let token = held.token.clone();
        *slot = Some(held);
        Ok(Some(token))
    }

    /// Makes a call as the agent; when Halo does not accept the token, once more with a renewed one. `None` when the agent
    /// has to sign in.
    ///
    /// # Errors
    /// What the call answers, or Halo or the store out of reach.
    pub async fn call<T, F>(&self, agent: AgentId, call: impl Fn(AccessToken) -> F) -> Result<Option<Result<T, HaloError>>, Failure>
    where
        F: Future<Output = Result<T, HaloError>>,
    {
        let Some(token) = self.token(agent).await? else { return Ok(None) };
        match call(token).await {
            // Halo also answers 401 for a missing right: one renewal, then the answer stands.
            Err(error) if error.unauthorized() => {
                *self.slot(agent).lock().await = None;
                let Some(token) = self.token(agent).await? else { return Ok(None) };
                Ok(Some(call(token).await))
            }
            answer => Ok(Some(answer)),
        }
    }

    fn held(&self, tokens: &Tokens) -> HeldToken {
        let life = Duration::from_secs(tokens.expires_in);
        HeldToken { token: tokens.access.clone(), until: self.clock.monotonic() + life.saturating_sub(EARLY.min(life / 2)) }
    }
}
