//! Writes a session's note, and says what goes into a chat: in the technician's own name when we hold a token, else with the
//! service's credentials, saying so. Whether it is written already is `deliver`'s question.

use super::deliver::At;
use crate::{
    app::App,
    config::Attribution,
    halo::{Action, HaloError, NewAction, TextFile},
    store::{Held, IntendedNote},
};
use halo_remote_support::{
    api::NotePreview,
    rules::{
        correlation::ExternalKey,
        disposition::{Disposition, Owner},
        failure::Failure,
        note::{self, Authorship, Manner},
        report::Session,
        settings::Settings,
        transcript::Reader,
        wording::{Language, Message},
    },
};

/// Whether Halo lets the service write in an agent's name, as we last read it back.
pub const HONOURS_AUTHOR: &str = "halo honours who_agentid";

const HOUR: f64 = 3600.0;

pub(super) enum Unwritten {
    /// Nothing was sent: somebody else holds the session now.
    Lost,
    /// Nothing was sent.
    Before(Failure),
    /// Halo's answer, or none.
    Halo(HaloError),
}

type Written = std::result::Result<Action, Unwritten>;

/// The note of one session in its forms.
struct Draft<'a> {
    app: &'a App,
    at: &'a At<'a>,
    intended: &'a IntendedNote,
    disposition: &'a Disposition,
    session: &'a Session<'a>,
    owner: &'a Owner,
    /// What people should know before they read it.
    remark: Option<Message>,
    /// The transcript, when it is too long for the note.
    file: Option<TextFile>,
    hours: Option<f64>,
}

pub(super) async fn write(at: &At<'_>, intended: &IntendedNote, disposition: &Disposition, session: &Session<'_>) -> Written {
    let app = at.app;
    let Some(owner) = &disposition.owner else {
        return Err(Unwritten::Before(app.fault("session", &"a note for a ticket has no owner")));
    };
    let settings = app.settings().await.map_err(Unwritten::Before)?.settings;
    let file = transcript_file(intended, session);
    #[expect(clippy::cast_precision_loss, reason = "a session lasts fewer than 2^52 seconds")]
    let hours = session.seconds.filter(|_| settings.time_taken).map(|seconds| (seconds as f64 / HOUR * 10_000.0).round() / 10_000.0);
    let remark = remark(app, intended, session, &settings).await.map_err(Unwritten::Before)?;
    let draft = Draft { app, at, intended, disposition, session, owner, remark, file, hours };
    match draft.send().await {
        // The file may be more than Halo takes: the note is worth more without it than not at all.
        Err(Unwritten::Halo(error)) if error.refused() && draft.file.is_some() => {
            tracing::warn!(%error, "Halo does not take the note with the whole transcript attached; it is written without");
            Draft { file: None, ..draft }.send().await
        }
        answer => answer,
    }
}

/// What people should know before they read the note: that its invite had been taken back, BeyondTrust was asked to end the session,
/// and it went on.
async fn remark(
    app: &App,
    intended: &IntendedNote,
    session: &Session<'_>,
    settings: &Settings,
) -> std::result::Result<Option<Message>, Failure> {
    if intended.remark.is_some() || !intended.private {
        return Ok(intended.remark.clone());
    }
    let key = ExternalKey::read(session.external_key.as_deref(), &settings.ticket_prefix);
    let Some(code) = key.code() else { return Ok(None) };
    let invite = app.store.invite(code.clone()).await?;
    Ok(invite.and_then(|invite| invite.revoked_at).map(|_| Message::new("note.session.revoked").with("code", code)))
}

const fn reader(intended: &IntendedNote) -> Reader {
    if intended.private { Reader::Agents } else { Reader::Customers }
}

/// The transcript, when it is too long for the note.
fn transcript_file(intended: &IntendedNote, session: &Session<'_>) -> Option<TextFile> {
    let name = || format!("{}.txt", session.lsid.as_ref().map_or("transcript", |lsid| lsid.as_str()));
    note::transcript_file(session, reader(intended), Language::En).map(|text| TextFile { name: name(), text })
}

/// What the note says.
fn worded(
    intended: &IntendedNote,
    disposition: &Disposition,
    session: &Session<'_>,
    authorship: Authorship,
    remark: Option<&Message>,
    file: Option<&TextFile>,
) -> String {
    let manner = Manner { reader: reader(intended), authorship, remark, attached: file.is_some() };
    note::session_note(session, disposition, manner, Language::En)
}

/// The note as [`write()`] would write it now; nothing is sent.
pub(super) async fn preview(
    app: &App,
    intended: &IntendedNote,
    disposition: &Disposition,
    session: &Session<'_>,
) -> std::result::Result<NotePreview, Failure> {
    let authorship = match &disposition.owner {
        // Whether Halo lets the agent write on this ticket is seen only by writing.
        Some(owner) if app.delegation.token(owner.agent).await.is_ok_and(|token| token.is_some()) => Authorship::Technician,
        Some(_) => service_authorship(app).await?.0,
        None => Authorship::Named,
    };
    let file = transcript_file(intended, session);
    let remark = remark(app, intended, session, &app.settings().await?.settings).await?;
    Ok(NotePreview {
        html: worded(intended, disposition, session, authorship, remark.as_ref(), file.as_ref()),
        private: intended.private,
        owner: disposition.owner.as_ref().map(|owner| owner.name.clone()),
    })
}

/// How a note begins that the service writes, and what Halo was last seen to make of an agent named in it.
async fn service_authorship(app: &App) -> std::result::Result<(Authorship, Option<String>), Failure> {
    let ask = app.config.halo.attribution == Attribution::DelegatedThenReadBack;
    let honoured = app.store.finding(HONOURS_AUTHOR).await?.filter(|_| ask);
    Ok((if honoured.as_deref() == Some("yes") { Authorship::Technician } else { Authorship::Named }, honoured))
}

/// What is posted into a chat, for both sides.
pub(super) fn message(session: &Session<'_>, disposition: &Disposition) -> String {
    note::session_note(session, disposition, Manner::of(Reader::Customers), Language::En)
}

impl Draft<'_> {
    fn action(&self, authorship: Authorship) -> NewAction {
        let Self { app, intended, disposition, session, .. } = self;
        NewAction {
            hidden_from_user: intended.private,
            started: session.start,
            ended: session.end,
            timetaken: self.hours,
            file: self.file.clone(),
            ..NewAction::new(
                intended.ticket,
                app.config.halo.session_outcome.clone(),
                worded(intended, disposition, session, authorship, self.remark.as_ref(), self.file.as_ref()),
            )
        }
    }

    /// Before every sending the lease must still be ours, and the store must know.
    async fn announce(&self) -> std::result::Result<(), Unwritten> {
        match self.at.attempted().await {
            Ok(Held::Yes) => Ok(()),
            Ok(Held::Lost) => Err(Unwritten::Lost),
            Err(problem) => Err(Unwritten::Before(problem.into())),
        }
    }

    async fn send(&self) -> Written {
        let app = self.app;
        self.announce().await?;
        let own = &self.action(Authorship::Technician);
        let answer = app
            .delegation
            .call(self.owner.agent, |token| async move { app.halo.add_action(&token, own).await })
            .await
            .map_err(Unwritten::Before)?;
        match answer {
            // This agent may not write here, or is not signed in: the service can.
            Some(Err(error)) if error.unauthorized() || error.forbidden() => {}
            Some(answer) => return answer.map_err(Unwritten::Halo),
            None => {}
        }
        self.announce().await?;
        self.as_service().await
    }

    async fn as_service(&self) -> Written {
        let (app, owner) = (self.app, self.owner);
        let ask = app.config.halo.attribution == Attribution::DelegatedThenReadBack;
        let (authorship, honoured) = service_authorship(app).await.map_err(Unwritten::Before)?;
        let action = &NewAction { who_agent: Some(owner.agent).filter(|_| ask), ..self.action(authorship) };
        let written =
            app.halo.as_service(|token| async move { app.halo.add_action(&token, action).await }).await.map_err(Unwritten::Halo)?;
        let now_honoured = if written.who_agent == Some(owner.agent) { "yes" } else { "no" };
        if ask && honoured.as_deref() != Some(now_honoured) {
            tracing::info!(honoured = now_honoured, "read back whether Halo lets the service write in an agent's name");
            // Only how the next note begins depends on it.
            if let Err(problem) = app.store.save_finding(HONOURS_AUTHOR, now_honoured.to_owned(), app.clock.now()).await {
                tracing::warn!(%problem, "what was read back could not be kept");
            }
        }
        Ok(written)
    }
}
