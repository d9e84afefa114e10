//! The invite panel's view model: everything worded and decided, so that the templates only place it.

use super::{
    Draft, Phase, SigningIn, State, Tried,
    form::{Form, tone},
};
use crate::{
    api::Invite,
    rules::{
        failure::{Failure, FailureKind},
        routing::Reason,
        wording::{Language, Message, say},
    },
    views::{
        pages::{self, Words},
        time,
    },
};
use askama::Template;

impl State {
    /// The panel as HTML.
    #[must_use]
    pub fn html(&self) -> String {
        pages::html(&Panel::new(self), self.language)
    }

    pub(super) fn say(&self, message: &Message) -> String {
        say(self.language, message)
    }
}

/// The panel; exactly one of the parts behind `status` is there.
#[derive(Template)]
#[template(path = "invite/panel.html")]
struct Panel {
    words: Words,
    ticket: String,
    agent: Option<String>,
    busy: bool,
    /// What a screen reader is told about progress.
    status: Option<String>,
    loading: bool,
    signed_out: Option<SignedOut>,
    signing_in: Option<SigningInView>,
    form: Option<Form>,
    doubt: Option<Told>,
    done: Option<Done>,
    failed: Option<Failed>,
}

impl Panel {
    fn new(state: &State) -> Self {
        let mut panel = Self {
            words: Words(state.language),
            ticket: state.ticket.to_string(),
            agent: state.me.as_ref().map(|me| me.name.clone()),
            busy: matches!(state.phase, Phase::Loading | Phase::Sending),
            status: None,
            loading: false,
            signed_out: None,
            signing_in: None,
            form: None,
            doubt: None,
            done: None,
            failed: None,
        };
        let status = match &state.phase {
            Phase::Loading => {
                panel.loading = true;
                "ui.invite.loading"
            }
            Phase::SignedOut => {
                let kept = state.draft != Draft::default();
                panel.signed_out = Some(SignedOut { kept });
                return panel;
            }
            Phase::SigningIn(sign_in) => {
                panel.signing_in = Some(SigningInView::new(state, sign_in));
                "ui.signIn.waiting"
            }
            Phase::Ready => {
                panel.form = Form::new(state);
                return panel;
            }
            Phase::Sending => {
                panel.form = Form::new(state);
                "ui.invite.sending"
            }
            Phase::InDoubt(_) => {
                let failure = Failure::new(FailureKind::InDoubt).with("ticket", state.ticket);
                panel.doubt = Some(Told::new(&failure, state.language));
                return panel;
            }
            Phase::Done(invite) => {
                panel.done = Some(Done::new(state, invite));
                return panel;
            }
            Phase::Failed(failure, tried) => {
                panel.failed = Some(Failed::new(state, failure, *tried));
                return panel;
            }
        };
        panel.status = Some(state.say(&Message::new(status)));
        panel
    }
}

struct SignedOut {
    kept: bool,
}

struct SigningInView {
    blocked: bool,
    address: String,
    code: String,
    busy: bool,
    failure: Option<Told>,
}

impl SigningInView {
    fn new(state: &State, sign_in: &SigningIn) -> Self {
        Self {
            blocked: sign_in.blocked,
            address: state.sign_in_address(&sign_in.nonce),
            code: sign_in.code.clone(),
            busy: sign_in.busy,
            failure: sign_in.failure.as_ref().map(|failure| Told::new(failure, state.language)),
        }
    }
}

/// A failure in words.
pub(super) struct Told {
    title: String,
    detail: String,
    advice: String,
}

impl Told {
    pub(super) fn new(failure: &Failure, language: Language) -> Self {
        Self { title: failure.title(language), detail: failure.detail(language), advice: failure.advice(language) }
    }
}

struct Done {
    email: String,
    route: String,
    warn: bool,
    expires: Option<String>,
    warnings: Vec<String>,
}

impl Done {
    fn new(state: &State, invite: &Invite) -> Self {
        let routing = &invite.routing;
        let route = match (&routing.name, routing.asked.as_ref().filter(|_| routing.reason == Reason::Fallback)) {
            (Some(name), Some(asked)) => Message::new("ui.done.asked").with("asked", asked).with("name", name),
            (Some(name), None) => Message::new("ui.done.route").with("name", name),
            (None, _) => routing.message.clone(),
        };
        Self {
            email: invite.email.clone().unwrap_or_default(),
            route: state.say(&route),
            warn: tone(routing) != "ok",
            expires: invite.expires.map(|at| time::moment(at, state.now, state.offset, state.language)),
            warnings: invite.warnings.iter().map(|warning| state.say(warning)).collect(),
        }
    }
}

struct Failed {
    title: String,
    detail: String,
    advice: String,
    /// TECHUNAVAILABLE is Halo's own word for it and stands out.
    tech_unavailable: bool,
    sign_in: bool,
    /// The way on that is most likely to help comes first and stands out.
    retry_first: bool,
    retry: bool,
    choose: bool,
    choose_first: bool,
    edit: bool,
    /// The default team that could take it.
    default_team: Option<String>,
    /// They are on the clipboard.
    copied: bool,
    /// They are shown, as the browser does not let us copy.
    details: Option<String>,
    /// Nothing was sent, for sure.
    kept: bool,
    /// It may have been sent; trying again sends at most once.
    unsure: bool,
}

impl Failed {
    fn new(state: &State, failure: &Failure, tried: Tried) -> Self {
        use FailureKind::{
            AgentWithoutName, AmbiguousRepresentative, ChannelNotEnabled, ChannelUnknown, CookieBlocked, DefaultTeamDisabled, Internal,
            NoDefaultTeam, OtherAgentsOff, ProxyUnreachable, TechUnavailable, TemplateRefused,
        };
        let kind = failure.kind;
        let sending = tried == Tried::Sending;
        let tech_unavailable = kind == TechUnavailable;
        let another = tech_unavailable
            || matches!(kind, AgentWithoutName | AmbiguousRepresentative | ChannelNotEnabled | ChannelUnknown)
            || matches!(kind, DefaultTeamDisabled | NoDefaultTeam | OtherAgentsOff);
        let default_team = state.channels.as_ref().map(|(offered, _)| &offered.without_channel).filter(|routing| routing.queue.is_some());
        let retry =
            tried != Tried::SigningIn && kind != CookieBlocked && kind != TemplateRefused && (tech_unavailable || !(sending && another));
        let unsure = sending && matches!(kind, ProxyUnreachable | Internal);
        let Told { title, detail, advice } = Told::new(failure, state.language);
        Self {
            title,
            detail,
            advice,
            tech_unavailable,
            sign_in: tried == Tried::SigningIn || kind == CookieBlocked,
            retry_first: retry && !another,
            retry: retry && another,
            choose_first: another && !tech_unavailable,
            choose: sending,
            edit: kind == TemplateRefused,
            default_team: default_team.filter(|_| sending && tech_unavailable).and_then(|routing| routing.name.clone()),
            copied: state.copied == Some(true),
            details: (state.copied == Some(false)).then(|| state.details(failure)),
            kept: sending && !unsure,
            unsure,
        }
    }
}
