//! Writes a session's note, and says what goes into a chat: in the technician's own name when we hold a token, else with the
//! service's credentials, saying so. Whether it is written already is `deliver`'s question.

use super::deliver::At;
use crate::{
    app::App,
    config::Attribution,
    halo::{Action, HaloError, NewAction, TextFile},
    store::{Held, IntendedNote},
};
use halo_remote_support::rules::{
    correlation::ExternalKey,
    disposition::{Disposition, Owner},
    failure::Failure,
    note::{self, Authorship, Manner},
    report::Session,
    settings::Settings,
    transcript::Reader,
    wording::{Language, Message},
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
    let reader = reader(intended);
    let file = note::transcript_file(session, reader, Language::En)
        .map(|text| TextFile { name: format!("{}.txt", session.lsid.as_ref().map_or("transcript", |lsid| lsid.as_str())), text });
    #[expect(clippy::cast_precision_loss, reason = "a session lasts fewer than 2^52 seconds")]
    let hours = session.seconds.filter(|_| settings.time_taken).map(|seconds| (seconds as f64 / HOUR * 10_000.0).round() / 10_000.0);
    let remark = match &intended.remark {
        None if intended.private => revoked(app, session, &settings).await.map_err(Unwritten::Before)?,
        remark => remark.clone(),
    };
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

/// Says so when the session's invite had been taken back: BeyondTrust was asked to end it, and it went on.
async fn revoked(app: &App, session: &Session<'_>, settings: &Settings) -> std::result::Result<Option<Message>, Failure> {
    let key = ExternalKey::read(session.external_key.as_deref(), &settings.ticket_prefix);
    let Some(code) = key.code() else { return Ok(None) };
    let invite = app.store.invite(code.clone()).await?;
    Ok(invite.and_then(|invite| invite.revoked_at).map(|_| Message::new("note.session.revoked").with("code", code)))
}

const fn reader(intended: &IntendedNote) -> Reader {
    if intended.private { Reader::Agents } else { Reader::Customers }
}

/// What is posted into a chat, for both sides.
pub(super) fn message(session: &Session<'_>, disposition: &Disposition) -> String {
    note::session_note(session, disposition, Manner::of(Reader::Customers), Language::En)
}

impl Draft<'_> {
    fn action(&self, authorship: Authorship) -> NewAction {
        let Self { app, intended, disposition, session, .. } = self;
        let manner = Manner { reader: reader(intended), authorship, remark: self.remark.as_ref(), attached: self.file.is_some() };
        NewAction {
            hidden_from_user: intended.private,
            started: session.start,
            ended: session.end,
            timetaken: self.hours,
            file: self.file.clone(),
            ..NewAction::new(
                intended.ticket,
                app.config.halo.session_outcome.clone(),
                note::session_note(session, disposition, manner, Language::En),
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
        let honoured = app.store.finding(HONOURS_AUTHOR).await.map_err(|problem| Unwritten::Before(problem.into()))?.filter(|_| ask);
        let authorship = if honoured.as_deref() == Some("yes") { Authorship::Technician } else { Authorship::Named };
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
