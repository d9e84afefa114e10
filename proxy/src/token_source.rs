//! Keeps one access token for an application and makes a new one when it is due: one maker at a time, early, and never in
//! a storm. How a token is asked for is the vendor modules' affair; agents' own tokens are not kept here.

use crate::clock::Clock;
use secrecy::{ExposeSecret as _, SecretString};
use std::{sync::Arc, time::Duration};
use tokio::sync::Mutex;

/// After a token was refused and replaced, a further refusal within this time makes no new one: the vendor refuses the
/// application, not the token.
const BETWEEN_REFUSALS: Duration = Duration::from_secs(10);

/// A token as it came.
#[derive(Clone, Debug)]
pub struct Fresh {
    /// What goes behind `Bearer`.
    pub secret: SecretString,
    /// Life span the vendor named.
    pub lives: Duration,
}

/// A token to call with.
#[derive(Clone, Debug)]
pub struct Token {
    secret: SecretString,
    serial: u64,
}

impl Token {
    /// The token itself.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.secret.expose_secret()
    }
    /// Which token it is, for [`TokenSource::refused`].
    #[must_use]
    pub const fn serial(&self) -> u64 {
        self.serial
    }
}

/// One application's tokens. `E` is why none could be made.
#[derive(Debug)]
pub struct TokenSource<E> {
    state: Mutex<State<E>>,
    clock: Arc<dyn Clock>,
    early: Duration,
    pause: fn(&E) -> Duration,
}

#[derive(Debug)]
struct State<E> {
    serial: u64,
    held: Option<Held>,
    failed: Option<(Duration, E)>,
    refused_at: Option<Duration>,
}

#[derive(Debug)]
struct Held {
    token: Token,
    renew_at: Duration,
    ends_at: Duration,
}

impl<E: Clone> TokenSource<E> {
    /// Renews `early` before the end; after a failure nobody asks again for `pause`.
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>, early: Duration, pause: fn(&E) -> Duration) -> Self {
        Self { state: Mutex::new(State { serial: 0, held: None, failed: None, refused_at: None }), clock, early, pause }
    }

    /// The token, made with `make` when there is none or it is about to end. Callers who come meanwhile wait for the same
    /// one.
    ///
    /// # Errors
    /// What `make` said, now or a moment ago.
    pub async fn token(&self, make: impl AsyncFnOnce() -> Result<Fresh, E>) -> Result<Token, E> {
        let mut state = self.state.lock().await;
        let now = self.clock.monotonic();
        if let Some(held) = &state.held
            && now < held.renew_at
        {
            return Ok(held.token.clone());
        }
        let usable = state.held.as_ref().filter(|held| now < held.ends_at).map(|held| held.token.clone());
        if let Some((until, error)) = &state.failed
            && now < *until
        {
            return usable.ok_or_else(|| error.clone());
        }
        match make().await {
            Ok(fresh) => Ok(state.hold(fresh, now, self.early)),
            Err(error) => {
                state.failed = Some((now.saturating_add((self.pause)(&error)), error.clone()));
                // Renewed early on purpose: the old one still works.
                usable.ok_or(error)
            }
        }
    }

    /// A new token whatever is held, to prove that the secret works today.
    ///
    /// # Errors
    /// What `make` said.
    pub async fn renew(&self, make: impl AsyncFnOnce() -> Result<Fresh, E>) -> Result<Token, E> {
        let mut state = self.state.lock().await;
        let now = self.clock.monotonic();
        let fresh = make().await?;
        Ok(state.hold(fresh, now, self.early))
    }

    /// The vendor refused this token. True when calling again is worth it: there is a newer one, or one will be made.
    pub async fn refused(&self, serial: u64) -> bool {
        let mut state = self.state.lock().await;
        // Replaced already, or just being replaced by somebody else whose token was refused too.
        if state.held.as_ref().is_none_or(|held| held.token.serial != serial) {
            return true;
        }
        let now = self.clock.monotonic();
        if state.refused_at.is_some_and(|at| now < at.saturating_add(BETWEEN_REFUSALS)) {
            return false;
        }
        state.refused_at = Some(now);
        state.held = None;
        true
    }
}

impl<E> State<E> {
    fn hold(&mut self, fresh: Fresh, now: Duration, early: Duration) -> Token {
        self.serial = self.serial.wrapping_add(1);
        self.failed = None;
        let token = Token { secret: fresh.secret, serial: self.serial };
        // A very short life is still used for its first half.
        let margin = early.min(fresh.lives / 2);
        self.held = Some(Held {
            token: token.clone(),
            renew_at: now.saturating_add(fresh.lives.saturating_sub(margin)),
            ends_at: now.saturating_add(fresh.lives),
        });
        token
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::HandClock;
    use std::sync::atomic::{AtomicU32, Ordering};

    struct Bench {
        clock: HandClock,
        source: TokenSource<&'static str>,
        made: AtomicU32,
    }

    impl Bench {
        fn new() -> Self {
            let clock = HandClock::at(1_773_133_200);
            let source = TokenSource::new(Arc::new(clock.clone()), Duration::from_secs(300), |_| Duration::from_secs(5));
            Self { clock, source, made: AtomicU32::new(0) }
        }
        async fn ask(&self, answer: Result<u64, &'static str>) -> Result<Token, &'static str> {
            self.source
                .token(async || {
                    tokio::task::yield_now().await;
                    let number = self.made.fetch_add(1, Ordering::SeqCst) + 1;
                    answer.map(|seconds| Fresh { secret: format!("token {number}").into(), lives: Duration::from_secs(seconds) })
                })
                .await
        }
        fn made(&self) -> u32 {
            self.made.load(Ordering::SeqCst)
        }
    }

    #[tokio::test]
    async fn fifty_callers_wait_for_one_token() {
        let bench = Bench::new();
        let tokens = futures_util::future::join_all((0..50).map(|_| bench.ask(Ok(3600)))).await;
        assert_eq!(bench.made(), 1);
        assert!(tokens.iter().all(|token| token.as_ref().unwrap().expose() == "token 1"));
    }

    #[tokio::test]
    async fn a_token_is_renewed_before_its_end_and_kept_should_that_fail() {
        let bench = Bench::new();
        bench.ask(Ok(3600)).await.unwrap();
        bench.clock.advance(Duration::from_secs(3299));
        assert_eq!(bench.ask(Ok(3600)).await.unwrap().expose(), "token 1");
        bench.clock.advance(Duration::from_secs(2));
        assert_eq!(bench.ask(Err("down")).await.unwrap().expose(), "token 1");
        assert_eq!(bench.made(), 2);
        assert_eq!(bench.ask(Ok(3600)).await.unwrap().expose(), "token 1", "no second try within the pause");
        bench.clock.advance(Duration::from_secs(5));
        assert_eq!(bench.ask(Ok(3600)).await.unwrap().expose(), "token 3");
    }

    #[tokio::test]
    async fn a_life_span_shorter_than_the_margin_is_still_used() {
        let bench = Bench::new();
        bench.ask(Ok(100)).await.unwrap();
        bench.clock.advance(Duration::from_secs(49));
        bench.ask(Ok(100)).await.unwrap();
        assert_eq!(bench.made(), 1);
    }

    #[tokio::test]
    async fn a_failure_is_remembered_for_a_moment() {
        let bench = Bench::new();
        for _ in 0..10 {
            assert_eq!(bench.ask(Err("wrong secret")).await.unwrap_err(), "wrong secret");
        }
        assert_eq!(bench.made(), 1);
        bench.clock.advance(Duration::from_secs(5));
        bench.ask(Ok(3600)).await.unwrap();
        assert_eq!(bench.made(), 2);
    }

    #[tokio::test]
    async fn a_refused_token_is_replaced_once_and_not_again_at_once() {
        let bench = Bench::new();
        let first = bench.ask(Ok(3600)).await.unwrap();
        assert!(bench.source.refused(first.serial()).await);
        assert!(bench.source.refused(first.serial()).await, "refused to two callers at once: both call again");
        let second = bench.ask(Ok(3600)).await.unwrap();
        assert!(bench.source.refused(first.serial()).await, "a late report about the first one does not cost the second");
        assert_eq!(bench.ask(Ok(3600)).await.unwrap().serial(), second.serial());
        assert!(!bench.source.refused(second.serial()).await);
        assert_eq!(bench.made(), 2);
        bench.clock.advance(BETWEEN_REFUSALS);
        assert!(bench.source.refused(second.serial()).await);
    }

    #[tokio::test]
    async fn a_token_never_shows_itself() {
        let bench = Bench::new();
        let token = bench.ask(Ok(3600)).await.unwrap();
        assert!(!format!("{token:?} {:?}", bench.source).contains("token 1"));
    }
}
