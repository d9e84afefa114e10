//! What becomes of an invite after it is sent: shown with what BeyondTrust's events told, renewed, taken back. How it is sent is
//! `super`'s business.

use super::{Payload, Progress, payload::Standing, send};
use crate::{
    access::{self, InChat, Operation},
    app::App,
    http::Refusal,
    sign_in::Caller,
    store::{About, InviteLife, InviteRow, InviteStage, Person, SESSIONS_REPORTED},
};
use halo_remote_support::{
    api::{Invite, InviteState, InviteStep, NewInvite, SessionState},
    rules::{
        correlation::Code,
        failure::{Failure, FailureKind},
        lifecycle::{Life, Unsent},
        words::Lsid,
    },
};

/// What is to be seen of an invite may change at any moment: the invite, or where its session's details go.
#[must_use]
pub fn is_live(invite: &Invite) -> bool {
    // A held one rests, too: its reason is another.
    let rests = invite.reason.as_ref().is_some_and(|reason| Unsent::told(reason).is_none_or(Unsent::rests));
    let under_way = |state| matches!(state, SessionState::AwaitingReport | SessionState::Pending);
    (invite.state.is_live() && !rests) || invite.session.as_ref().is_some_and(|session| under_way(session.state))
}

/// Invites as people see them, in their order.
///
/// # Errors
/// When a row cannot be opened.
pub async fn shown(app: &App, rows: &[InviteRow]) -> Result<Vec<Invite>, Failure> {
    let reported = app.store.finding(SESSIONS_REPORTED).await?.is_some();
    let lives = app.store.invite_lives(rows.iter().map(|row| row.code.clone()).collect()).await?;
    rows.iter().zip(lives).map(|(row, life)| one(app, row, life, reported)).collect()
}

/// One invite as people see it.
///
/// # Errors
/// When its row cannot be opened.
pub async fn shown_one(app: &App, row: &InviteRow) -> Result<Invite, Failure> {
    shown(app, std::slice::from_ref(row)).await?.pop().ok_or_else(|| app.fault("invite", &"an invite has no life"))
}

fn one(app: &App, row: &InviteRow, life: InviteLife, reported: bool) -> Result<Invite, Failure> {
    let payload = Payload::unseal(app, &row.payload)?;
    let last = life.steps.last().map(|(lsid, _)| lsid);
    // A session whose key was changed on the way ends under another one; that it is over shows by its row.
    let over = life.session.as_ref().is_some_and(|session| last.is_none_or(|last| *last == session.lsid));
    let steps: Vec<InviteStep> = life.steps.into_iter().map(|(_, step)| step).collect();
    let out = row.stage == InviteStage::Sent;
    let state =
        Life { out, revoked: row.revoked_at.is_some(), steps: &steps, over, expires: payload.expires, reported }.state(app.clock.now());
    // Its warning stands on the ticket, and that is all there is of it.
    let held = payload.automatic.as_ref().is_some_and(|automatic| automatic.held.is_some());
    let state = if held && state != InviteState::Revoked { InviteState::Draft } else { state };
    let draft = state == InviteState::Draft && !held;
    let unsent = draft.then(|| Unsent::of(row.attempted_at.is_some(), row.next_at.is_some(), row.reason.is_some())).flatten();
    let cause = unsent.filter(|unsent| *unsent != Unsent::InDoubt).and(row.reason.clone());
    Ok(payload.shown(Standing {
        code: &row.code,
        about: row.about,
        created: row.created_at,
        state,
        reason: unsent.map(Unsent::message),
        cause,
        steps,
        session: life.session,
    }))
}

/// The code in an address.
///
/// # Errors
/// `invite_unknown` for what is none.
fn code(text: &str) -> Result<Code, Failure> {
    text.parse().map_err(|_| unknown(&text.chars().take(40).collect::<String>()))
}

fn unknown(invite: &dyn std::fmt::Display) -> Failure {
    Failure::new(FailureKind::InviteUnknown).with("invite", invite)
}

async fn known(app: &App, text: &str) -> Result<InviteRow, Failure> {
    let code = code(text)?;
    app.store.invite(code.clone()).await?.ok_or_else(|| unknown(&code))
}

/// Sends an invite anew: same channel, same recipient or chat, same texts, another key. Whether the caller may is asked as for
/// any, and so is whether a colleague was faster, unless the answer is to count `again`.
///
/// # Errors
/// As [`send`], and `invite_unknown`.
pub async fn renew(app: &App, caller: &Caller, idempotency_key: &str, id: &str, again: bool) -> Result<Progress, Refusal> {
    let row = known(app, id).await?;
    let old = Payload::unseal(app, &row.payload)?;
    let request = NewInvite {
        ticket: row.about.ticket(),
        chat: row.about.chat(),
        channel: old.channel,
        subject: row.about.ticket().map(|_| old.subject),
        email: old.email,
        body: Some(old.body),
        again,
    };
    send(app, caller, idempotency_key, &request).await
}

/// Takes an invite back for good. A customer who waits is sent away; a technician who is at work is not.
///
/// # Errors
/// `invite_unknown`, `invite_not_now`, or the refusal for its ticket or chat.
pub async fn revoke(app: &App, caller: &Caller, id: &str) -> Result<Invite, Refusal> {
    let row = known(app, id).await?;
    match row.about {
        About::Ticket(ticket) => drop(access::may(app, caller, Operation::RevokeInvite(ticket)).await?),
        About::Chat(chat) => drop(access::may_in_chat(app, caller, chat, InChat::See).await?),
    }
    let before = shown_one(app, &row).await?;
    if matches!(before.state, InviteState::Joined | InviteState::Ended) {
        return Err(Failure::new(FailureKind::InviteNotNow).with("state", before.state.word()).into());
    }
    let Some(row) = app.store.revoke_invite(row.code, Person::from(caller), app.clock.now()).await? else {
        return Err(unknown(&id).into());
    };
    tracing::info!(invite = %row.code, by = %caller.agent, "an invite was taken back");
    if before.state == InviteState::Waiting
        && let Some((lsid, _)) = app.store.invite_lives(vec![row.code.clone()]).await?.pop().and_then(|mut life| life.steps.pop())
    {
        end_session_of_revoked(app, &row.code, &lsid).await;
    }
    Ok(shown_one(app, &row).await?)
}

/// Somebody uses an invite that was taken back: BeyondTrust is asked to end the session. Its key cannot be taken back there, so
/// this is the best we can do; when it fails, the next event of the session asks again.
pub async fn end_session_of_revoked(app: &App, code: &Code, lsid: &Lsid) {
    match app.interactive(|appliance| async move { appliance.terminate_session(lsid).await }).await {
        Ok(()) => tracing::info!(invite = %code, %lsid, "the session of an invite that was taken back was ended"),
        Err(failure) => tracing::warn!(invite = %code, %lsid, %failure, "the session of an invite that was taken back could not be ended"),
    }
}
