//! The [`Store`] trait on SQLite: each step handed to the writer or to the reader. What it does stands beside.

use super::super::{
    About, Begun, ByHand, Cuts, Decision, EventCounts, EventState, EventSummary, Fence, Figures, Handled, Held, IntendedNote, InviteLife,
    InviteRow, InviteStopped, LaunchRow, NewInvite, Person, Postponed, Pruned, ReceivedEvent, Result, Ring, RingJob, SessionJob,
    SessionQuery, SessionState, SessionSummary, SignIn, Source, Store, StoreProblem, UnreadWebhook, Window,
};
use super::{Sqlite, by_hand, doorbells, events, invites, launches, lives, sessions, sign_in, upkeep};
use crate::sign_in::Caller;
use async_trait::async_trait;
use halo_remote_support::{
    api,
    rules::{
        correlation::Code,
        disposition::Issued,
        settings::Settings,
        wording::Message,
        words::{ActionId, AgentId, AssetId, Lsid, TicketId, UnixSeconds},
    },
};
use rusqlite::{OptionalExtension as _, params};
use std::{path::PathBuf, sync::Arc};

#[async_trait]
impl Store for Sqlite {
    async fn ready(&self) -> Result<()> {
        // A true write, to the disk and back: only that shows that the next event can be kept.
        self.write(|c| Ok(c.execute("INSERT OR REPLACE INTO findings (name, value, found_at) VALUES ('ready', '', 0)", []).map(drop)?))
            .await
    }
    async fn settings(&self) -> Result<Option<(u64, Settings, api::Connection)>> {
        self.read(sign_in::settings).await
    }
    async fn save_settings(
        &self,
        read: u64,
        settings: Settings,
        connection: api::Connection,
        by: Option<AgentId>,
        at: UnixSeconds,
    ) -> Result<Option<u64>> {
        self.write(move |c| sign_in::save_settings(c, read, settings, connection, by, at)).await
    }
    async fn secret(&self, name: &'static str) -> Result<Option<Vec<u8>>> {
        self.read(move |c| Ok(c.query_row("SELECT sealed FROM secrets WHERE name = ?1", [name], |row| row.get(0)).optional()?)).await
    }
    async fn save_secret(&self, name: &'static str, sealed: Vec<u8>, at: UnixSeconds) -> Result<()> {
        self.write(move |c| {
            c.execute("INSERT OR REPLACE INTO secrets (name, sealed, saved_at) VALUES (?1, ?2, ?3)", params![name, sealed, at])?;
            Ok(())
        })
        .await
    }
    async fn finding(&self, name: &'static str) -> Result<Option<String>> {
        self.read(move |c| Ok(c.query_row("SELECT value FROM findings WHERE name = ?1", [name], |row| row.get(0)).optional()?)).await
    }
    async fn save_finding(&self, name: &'static str, value: String, at: UnixSeconds) -> Result<()> {
        self.write(move |c| {
            c.execute("INSERT OR REPLACE INTO findings (name, value, found_at) VALUES (?1, ?2, ?3)", params![name, value, at])?;
            Ok(())
        })
        .await
    }

    async fn begin_sign_in(&self, begun: SignIn, forget_before: UnixSeconds) -> Result<()> {
        self.write(move |c| sign_in::begin(c, &begun, forget_before)).await
    }
    async fn take_sign_in(&self, state: Vec<u8>, begun_after: UnixSeconds) -> Result<Option<SignIn>> {
        self.write(move |c| sign_in::take(c, &state, begun_after)).await
    }
    async fn finish_sign_in(&self, caller: Caller, refresh: Option<Vec<u8>>, code: Vec<u8>, nonce: Vec<u8>, at: UnixSeconds) -> Result<()> {
        self.write(move |c| sign_in::finish(c, &caller, refresh, &code, &nonce, at)).await
    }
    async fn exchange(
        &self,
        code: Vec<u8>,
        nonce: Vec<u8>,
        made_after: UnixSeconds,
        cookie: Vec<u8>,
        expires_at: UnixSeconds,
    ) -> Result<Option<Caller>> {
        self.write(move |c| sign_in::exchange(c, &code, &nonce, made_after, &cookie, expires_at)).await
    }
    async fn caller(&self, cookie: Vec<u8>, now: UnixSeconds) -> Result<Option<Caller>> {
        self.read(move |c| sign_in::caller(c, &cookie, now)).await
    }
    async fn sign_out(&self, cookie: Vec<u8>) -> Result<()> {
        self.write(move |c| Ok(c.execute("DELETE FROM cookies WHERE cookie = ?1", [cookie]).map(drop)?)).await
    }
    async fn refresh_token(&self, agent: AgentId) -> Result<Option<Vec<u8>>> {
        self.read(move |c| {
            Ok(c.query_row("SELECT refresh FROM agent_tokens WHERE agent = ?1", [agent.get()], |row| row.get(0)).optional()?)
        })
        .await
    }
    async fn save_refresh_token(&self, agent: AgentId, sealed: Option<Vec<u8>>, at: UnixSeconds) -> Result<()> {
        self.write(move |c| sign_in::save_refresh_token(c, agent, sealed, at)).await
    }

    async fn begin_invite(&self, invite: NewInvite) -> Result<Begun> {
        self.write(move |c| invites::begin(c, &invite)).await
    }
    async fn claim_invite(&self, window: Window) -> Result<Option<InviteRow>> {
        self.write(move |c| invites::claim(c, window)).await
    }
    async fn invite_keyed(&self, code: Code, fence: Fence, payload: Vec<u8>) -> Result<Held> {
        self.write(move |c| invites::keyed(c, &code, fence, &payload)).await
    }
    async fn invite_attempted(&self, code: Code, fence: Fence, at: UnixSeconds) -> Result<Held> {
        self.write(move |c| invites::attempted(c, &code, fence, at)).await
    }
    async fn invite_sent(&self, code: Code, fence: Fence, action: Option<ActionId>, held: bool) -> Result<Held> {
        self.write(move |c| invites::sent(c, &code, fence, action, held)).await
    }
    async fn invite_stopped(&self, code: Code, fence: Fence, stopped: InviteStopped) -> Result<Held> {
        self.write(move |c| invites::stopped(c, &code, fence, &stopped)).await
    }
    async fn abandon_invite(&self, code: Code, fence: Fence) -> Result<Held> {
        self.write(move |c| invites::abandon(c, &code, fence)).await
    }
    async fn invite(&self, code: Code) -> Result<Option<InviteRow>> {
        self.read(move |c| invites::one(c, &code)).await
    }
    async fn invites_of(&self, about: About, limit: u32) -> Result<Vec<InviteRow>> {
        self.read(move |c| invites::of(c, about, limit)).await
    }
    async fn invite_lives(&self, codes: Vec<Code>) -> Result<Vec<InviteLife>> {
        self.read(move |c| codes.iter().map(|code| lives::of(c, code)).collect()).await
    }
    async fn revoke_invite(&self, code: Code, by: Person, at: UnixSeconds) -> Result<Option<InviteRow>> {
        self.write(move |c| invites::revoke(c, &code, &by, at)).await
    }
    async fn add_launch(&self, launch: LaunchRow) -> Result<()> {
        self.write(move |c| launches::add(c, &launch)).await
    }
    async fn launches_of(&self, asset: AssetId, limit: u32) -> Result<Vec<LaunchRow>> {
        self.read(move |c| launches::of_asset(c, asset, limit)).await
    }
    async fn ring(&self, rings: Vec<Ring>, at: UnixSeconds) -> Result<()> {
        self.write(move |c| doorbells::ring(c, &rings, at)).await
    }
    async fn unread_webhook(&self, webhook: UnreadWebhook, at: UnixSeconds) -> Result<()> {
        self.write(move |c| doorbells::unread(c, &webhook, at)).await
    }
    async fn claim_ring(&self, window: Window) -> Result<Option<RingJob>> {
        self.write(move |c| doorbells::claim(c, window)).await
    }
    async fn ring_done(&self, ring: Ring, fence: Fence, reason: Message) -> Result<Held> {
        self.write(move |c| doorbells::done(c, ring, fence, &reason)).await
    }
    async fn ring_postponed(&self, ring: Ring, fence: Fence, next_at: Option<UnixSeconds>, reason: Message) -> Result<Held> {
        self.write(move |c| doorbells::postponed(c, ring, fence, next_at, &reason)).await
    }
    async fn issued(&self, code: Code) -> Result<Option<Issued>> {
        self.read(move |c| invites::issued(c, &code)).await
    }

    async fn receive(&self, event: ReceivedEvent) -> Result<Option<Code>> {
        self.write(move |c| {
            let revoked = events::receive(c, &event)?;
            // Only the end of a session is a promise worth killing for.
            if event.state == EventState::Accepted {
                fail::fail_point!("intake_before_commit");
            }
            Ok(revoked)
        })
        .await
    }
    async fn announce(&self, lsids: Vec<Lsid>, at: UnixSeconds) -> Result<Vec<Lsid>> {
        self.write(move |c| {
            let mut new = Vec::new();
            for lsid in lsids {
                if sessions::announce(c, &lsid, Source::Sweep, at)? {
                    new.push(lsid);
                }
            }
            fail::fail_point!("sweep_before_commit");
            Ok(new)
        })
        .await
    }
    async fn claim_session(&self, window: Window, states: &'static [SessionState]) -> Result<Option<SessionJob>> {
        self.write(move |c| sessions::claim(c, window, states)).await
    }
    async fn decided(&self, lsid: Lsid, fence: Fence, decision: Decision) -> Result<Held> {
        self.write(move |c| sessions::decided(c, &lsid, fence, &decision)).await
    }
    async fn write_attempted(&self, lsid: Lsid, fence: Fence, write: i64, at: UnixSeconds) -> Result<Held> {
        self.write(move |c| sessions::attempted(c, &lsid, fence, write, at)).await
    }
    async fn write_done(&self, lsid: Lsid, fence: Fence, write: i64, action: Option<ActionId>, at: UnixSeconds) -> Result<Held> {
        self.write(move |c| sessions::done(c, &lsid, fence, write, action, at)).await
    }
    async fn write_redirected(
        &self,
        lsid: Lsid,
        fence: Fence,
        write: i64,
        note: IntendedNote,
        reason: Message,
        at: UnixSeconds,
    ) -> Result<Held> {
        self.write(move |c| sessions::redirected(c, &lsid, fence, write, &note, &reason, at)).await
    }
    async fn written_elsewhere(&self, lsid: Lsid, fence: Fence, ticket: TicketId, reason: Message, at: UnixSeconds) -> Result<Held> {
        self.write(move |c| sessions::written_elsewhere(c, &lsid, fence, ticket, &reason, at)).await
    }
    async fn session_postponed(&self, lsid: Lsid, fence: Fence, postponed: Postponed) -> Result<Held> {
        self.write(move |c| sessions::postponed(c, &lsid, fence, &postponed)).await
    }
    async fn session_died(&self, lsid: Lsid, fence: Fence, at: UnixSeconds) -> Result<Held> {
        self.write(move |c| sessions::died(c, &lsid, fence, at)).await
    }
    async fn by_hand(&self, lsid: Lsid, wish: ByHand, by: Person, at: UnixSeconds) -> Result<Handled> {
        self.write(move |c| by_hand::handle(c, &lsid, &wish, &by, at)).await
    }
    async fn session(&self, lsid: Lsid) -> Result<Option<SessionSummary>> {
        self.read(move |c| sessions::one(c, &lsid)).await
    }
    async fn report(&self, lsid: Lsid) -> Result<Option<Vec<u8>>> {
        self.read(move |c| sessions::report_of(c, &lsid)).await
    }
    async fn sessions(&self, query: SessionQuery) -> Result<Vec<SessionSummary>> {
        self.read(move |c| sessions::list(c, None, &query)).await
    }

    async fn events(&self, state: Option<EventState>, limit: u32) -> Result<Vec<EventSummary>> {
        self.read(move |c| events::list(c, state, limit)).await
    }
    async fn event_counts(&self) -> Result<EventCounts> {
        self.read(events::counts).await
    }
    async fn figures(&self) -> Result<Figures> {
        self.read(upkeep::figures).await
    }
    async fn prune(&self, cuts: Cuts) -> Result<Pruned> {
        self.write(move |c| upkeep::prune(c, cuts)).await
    }
    async fn backup(&self, to: PathBuf) -> Result<()> {
        let from = Arc::clone(&self.path);
        tokio::task::spawn_blocking(move || upkeep::backup(&from, &to)).await.map_err(|_| StoreProblem::Closed)?
    }
}
