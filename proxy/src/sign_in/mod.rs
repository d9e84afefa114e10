//! Signing an agent in with Halo (authorisation code with PKCE, held here), and handing the frame a one-time code that it
//! exchanges for a cookie of its own partition. What an agent may do is `access`'s question.

use crate::{app::App, vault};
use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use halo_remote_support::rules::{
    correlation::Code,
    failure::{Failure, FailureKind},
    link::HttpsUrl,
    words::{AgentId, UnixSeconds},
};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// Seconds a person has for Halo's log-in page.
const SIGN_IN_SECONDS: UnixSeconds = 600;
/// Seconds a one-time code lives.
const CODE_SECONDS: UnixSeconds = 180;
/// Seconds a cookie lives: a working day.
pub const COOKIE_SECONDS: UnixSeconds = 12 * 3600;
const PURPOSE: &str = "sign-in";
/// What Halo's refresh tokens are sealed for.
pub(crate) const REFRESH_PURPOSE: &str = "refresh token";

/// Who is calling: an agent whom Halo signed in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Caller {
    /// Halo's id.
    pub agent: AgentId,
    /// Halo's name.
    pub name: String,
    /// `is_admin` when the agent signed in.
    pub is_administrator: bool,
}

#[derive(Serialize, Deserialize)]
struct Secrets {
    verifier: String,
    nonce: String,
}

/// A sign-in that begins: where the pop-up goes, and the cookie that ties it to this browser.
#[derive(Debug)]
pub struct Begun {
    /// Halo's log-in page.
    pub location: String,
    /// Value of the pop-up's cookie.
    pub browser: String,
}

/// A sign-in that ended well: what the callback page hands to the frame.
#[derive(Debug)]
pub struct Finished {
    /// The one-time code.
    pub code: Code,
    /// The frame's nonce.
    pub nonce: String,
    /// The frame's origin.
    pub origin: String,
}

/// Begins a sign-in for a frame at `origin` that made `nonce`.
///
/// # Errors
/// An origin that is not ours to serve, or Halo out of reach.
pub async fn begin(app: &App, nonce: &str, origin: &str) -> Result<Begun, Failure> {
    if !app.allows_origin(origin) {
        return Err(Failure::new(FailureKind::OriginRefused).with("origin", origin));
    }
    if !(22..=128).contains(&nonce.len()) || !nonce.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_') {
        return Err(Failure::new(FailureKind::BodyInvalid).with("text", "the nonce must be 22 to 128 characters of base64url"));
    }
    let (state, browser, verifier) = (vault::random_token(), vault::random_token(), vault::random_token());
    let challenge = BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes()));
    let location = app.halo.authorize_url(&state, &challenge).await?;
    let now = app.clock.now();
    let secrets = serde_json::to_vec(&Secrets { verifier, nonce: nonce.to_owned() }).map_err(|error| app.fault("sign-in", &error))?;
    let sign_in = crate::store::SignIn {
        state: vault::digest(&state),
        browser: vault::digest(&browser),
        secrets: app.vault.seal(PURPOSE, &secrets).map_err(|problem| app.fault("sign-in", &problem))?,
        origin: HttpsUrl::parse(origin).map_or_else(|_| origin.to_owned(), |url| url.origin()),
        started_at: now,
    };
    app.store.begin_sign_in(sign_in, now - SIGN_IN_SECONDS).await?;
    Ok(Begun { location, browser })
}

/// Ends a sign-in at the callback: redeems Halo's code, asks Halo who that is, keeps the refresh token sealed.
///
/// # Errors
/// A state that is spent, too old or another browser's; Halo's refusal.
pub async fn finish(app: &App, state: &str, browser: &str, code: &str) -> Result<Finished, Failure> {
    let stale = || Failure::new(FailureKind::SignInCode);
    let now = app.clock.now();
    let begun = app.store.take_sign_in(vault::digest(state), now - SIGN_IN_SECONDS).await?.ok_or_else(stale)?;
    // Another browser's state: somebody was sent here to be signed in as somebody else.
    if begun.browser != vault::digest(browser) {
        return Err(stale());
    }
    let secrets = app.vault.unseal(PURPOSE, &begun.secrets).map_err(|problem| app.fault("sign-in", &problem))?;
    let Secrets { verifier, nonce } = serde_json::from_slice(&secrets).map_err(|error| app.fault("sign-in", &error))?;
    let refused = |error: crate::halo::HaloError| {
        if error.transient() { error.failure() } else { Failure::new(FailureKind::SignInRefused).with("text", error) }
    };
    let tokens = app.halo.redeem(code, &verifier).await.map_err(refused)?;
    let agent = app.halo.me(&tokens.access).await.map_err(refused)?;
    let caller = Caller { agent: agent.id, name: agent.name, is_administrator: agent.is_admin };
    let one_time = app.new_code();
    let refresh = tokens
        .refresh
        .as_ref()
        .map(|refresh| app.vault.seal_text(REFRESH_PURPOSE, refresh))
        .transpose()
        .map_err(|problem| app.fault("sign-in", &problem))?;
    app.store.finish_sign_in(caller.clone(), refresh, vault::digest(one_time.as_str()), vault::digest(&nonce), now).await?;
    app.delegation.hold(caller.agent, &tokens).await;
    tracing::info!(agent = %caller.agent, "authn_login: an agent signed in");
    Ok(Finished { code: one_time, nonce, origin: begun.origin })
}

/// Exchanges a one-time code for a cookie.
///
/// # Errors
/// A code that is wrong, spent, too old, or made for another frame.
pub async fn exchange(app: &App, code: &str, nonce: &str) -> Result<(Caller, String), Failure> {
    let wrong = || Failure::new(FailureKind::SignInCode);
    let typed: String = code.chars().filter(char::is_ascii_alphanumeric).collect();
    let code: Code = typed.parse().map_err(|_| wrong())?;
    let cookie = vault::random_token();
    let now = app.clock.now();
    let caller = app
        .store
        .exchange(vault::digest(code.as_str()), vault::digest(nonce), now - CODE_SECONDS, vault::digest(&cookie), now + COOKIE_SECONDS)
        .await?
        .ok_or_else(wrong)?;
    Ok((caller, cookie))
}
