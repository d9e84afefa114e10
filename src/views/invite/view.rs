//! The invite panel's view model: everything worded and decided, so that the templates only place it.

use super::{Draft, Phase, SigningIn, State, Tried, draft::Preview};
use crate::{
    api::{ChannelOption, Channels, Invite, InviteState, Presence},
    rules::{
        failure::{Failure, FailureKind},
        routing::{Reason, Routing},
        wording::{Language, Message, say},
        words::{AgentId, Channel, TeamQueue},
    },
    views::{mail, pages, time},
};
use serde::Serialize;

/// An earlier invite is worth a line for so many seconds.
const RECENT: i64 = 3600;

impl State {
    /// The panel as HTML.
    #[must_use]
    pub fn html(&self) -> String {
        pages::html("invite", &Panel::new(self))
    }

    fn say(&self, message: &Message) -> String {
        say(self.language, message)
    }
}

/// The panel; exactly one of the parts behind `status` is there.
#[derive(Serialize)]
struct Panel {
    language: Language,
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
            language: state.language,
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

#[derive(Serialize)]
struct SignedOut {
    kept: bool,
}

#[derive(Serialize)]
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
#[derive(Serialize)]
struct Told {
    title: String,
    detail: String,
    advice: String,
}

impl Told {
    fn new(failure: &Failure, language: Language) -> Self {
        Self { title: failure.title(language), detail: failure.detail(language), advice: failure.advice(language) }
    }
}

#[derive(Serialize)]
struct Form {
    sending: bool,
    /// BeyondTrust could not be asked.
    presence_failure: Option<Told>,
    count: usize,
    query: String,
    channels: Vec<ChannelView>,
    active: Option<String>,
    age: Option<String>,
    forecast: Forecast,
    email: String,
    email_wrong: Option<String>,
    editing: bool,
    edited: bool,
    subject: String,
    body: String,
    mail: Mail,
    valid: Option<String>,
    recent: Vec<String>,
}

impl Form {
    fn new(state: &State) -> Option<Self> {
        let (offered, at) = state.channels.as_ref()?;
        let shown = state.shown_channels();
        let options = offered.channels.iter().filter(|option| shown.contains(&option.channel));
        let channels: Vec<_> = options.map(|option| ChannelView::new(state, option)).collect();
        let age = offered.presence_age.map(|age| time::ago(i64::from(age) + state.now - at, state.language));
        let (email, draft) = (state.draft.email(offered).to_owned(), &state.draft);
        let wrong = draft.email_wrong && !draft.email_is_fine(offered);
        Some(Self {
            sending: state.phase == Phase::Sending,
            presence_failure: offered.presence_failure.as_ref().map(|problem| Told::new(&problem.failure(), state.language)),
            count: offered.channels.len(),
            query: state.query.clone(),
            active: channels.iter().find(|channel| channel.selected).map(|channel| channel.id.clone()),
            channels,
            age: age.map(|age| state.say(&Message::new("ui.presence.age").with("ago", age))),
            forecast: Forecast::new(state, offered),
            email_wrong: wrong.then(|| Failure::new(FailureKind::EmailInvalid).with("email", &email)).map(|failure| {
                if email.is_empty() { state.say(&Message::new("ui.email.missing")) } else { failure.detail(state.language) }
            }),
            email: draft.email.clone().unwrap_or(email),
            editing: draft.editing,
            edited: draft.subject.is_some() || draft.body.is_some(),
            subject: draft.subject(offered).to_owned(),
            body: draft.body(offered).to_owned(),
            mail: Mail::new(state, &draft.preview(offered)),
            valid: offered.valid_for.map(|seconds| time::span(seconds, state.language)),
            recent: state.invites.iter().filter_map(|invite| recent(state, invite)).take(1).collect(),
        })
    }
}

/// "Ann Keller sent one 1 min ago".
fn recent(state: &State, invite: &Invite) -> Option<String> {
    let age = state.now - invite.created;
    let counts = !matches!(invite.state, InviteState::Draft | InviteState::Revoked | InviteState::Expired | InviteState::Ended);
    (counts && age < RECENT).then(|| {
        let mine = state.me.as_ref().is_some_and(|me| me.name == invite.sent_by);
        let message = Message::new(if mine { "ui.recent.you" } else { "ui.recent.other" });
        state.say(&message.with("name", &invite.sent_by).with("email", &invite.email).with("ago", time::ago(age, state.language)))
    })
}

#[derive(Serialize)]
struct ChannelView {
    id: String,
    /// What choosing it hands back.
    value: String,
    name: String,
    is_me: bool,
    selected: bool,
    /// `here`, `away`, `unknown`, `team`.
    dot: &'static str,
    words: String,
}

impl ChannelView {
    fn new(state: &State, option: &ChannelOption) -> Self {
        let (dot, message) = match option.presence {
            Presence::LoggedIn { sessions: None } => ("here", Message::new("ui.presence.here")),
            Presence::LoggedIn { sessions: Some(0) } => ("here", Message::new("ui.presence.hereFree")),
            Presence::LoggedIn { sessions: Some(1) } => ("here", Message::new("ui.presence.hereOne")),
            Presence::LoggedIn { sessions: Some(count) } => ("here", Message::new("ui.presence.hereMany").with("count", count)),
            Presence::LoggedOut => ("away", Message::new("ui.presence.away")),
            Presence::Unknown => ("unknown", Message::new("ui.presence.unknown")),
            Presence::NotApplicable if option.is_default => ("team", Message::new("ui.presence.defaultTeam")),
            Presence::NotApplicable => ("team", Message::new("ui.presence.team")),
        };
        Self {
            id: element_id(option.channel),
            value: serde_json::to_string(&option.channel).unwrap_or_default(),
            name: option.name.clone(),
            is_me: option.is_me,
            selected: state.selected == Some(option.channel),
            dot,
            words: state.say(&message),
        }
    }
}

fn element_id(channel: Channel) -> String {
    match channel {
        Channel::Agent(id) => format!("rs-agent-{}", AgentId::get(id)),
        Channel::Team(TeamQueue::General) => "rs-team-general".to_owned(),
        Channel::Team(TeamQueue::Team(id)) => format!("rs-team-{id}"),
    }
}

/// What will happen, before anything does.
#[derive(Serialize)]
struct Forecast {
    /// `ok`, `warn`, `bad`.
    tone: &'static str,
    /// The first sentence, when it can be told apart.
    lead: Option<String>,
    rest: String,
    hint: Option<String>,
}

impl Forecast {
    fn new(state: &State, offered: &Channels) -> Self {
        let option = state.selected.and_then(|selected| offered.channels.iter().find(|option| option.channel == selected));
        if let Some(option) = option.filter(|option| option.presence == Presence::Unknown) {
            let rest = state.say(&Message::new("ui.forecast.unknown").with("name", &option.name));
            return Self { tone: "warn", lead: None, rest, hint: None };
        }
        let routing = option.map_or(&offered.without_channel, |option| &option.forecast);
        let (lead, rest) = sentences(state.say(&routing.message), routing);
        Self { tone: tone(routing), lead, rest, hint: noted(state, routing) }
    }
}

const fn tone(routing: &Routing) -> &'static str {
    match (&routing.queue, routing.reason) {
        (None, _) => "bad",
        (_, Reason::Fallback) => "warn",
        _ => "ok",
    }
}

/// The first sentence and the others; a name with a full stop in it would cut wrongly, and keeps them together.
fn sentences(text: String, routing: &Routing) -> (Option<String>, String) {
    if routing.message.args.values().any(|value| value.contains(". ")) {
        return (None, text);
    }
    match text.split_once(". ") {
        Some((lead, rest)) => (Some(format!("{lead}.")), rest.to_owned()),
        None => (None, text),
    }
}

fn noted(state: &State, routing: &Routing) -> Option<String> {
    let asked = routing.asked.as_ref().filter(|_| routing.reason == Reason::Fallback)?;
    Some(state.say(&Message::new("ui.forecast.noted").with("asked", asked)))
}

#[derive(Serialize)]
struct Mail {
    subject: Option<String>,
    blocks: Vec<mail::Block>,
    /// What is wrong, with its place.
    problems: Vec<MailProblem>,
    left_to_halo: Option<String>,
    shown: bool,
}

#[derive(Serialize)]
struct MailProblem {
    refused: bool,
    place: String,
    text: String,
}

impl Mail {
    fn new(state: &State, preview: &Preview) -> Self {
        let problem = |(part, problem): (&str, &crate::rules::template::TemplateProblem)| {
            let place = Message::new(if part == "subject" { "ui.mail.subjectAt" } else { "ui.mail.bodyAt" });
            MailProblem {
                refused: problem.refused,
                place: state.say(&place.with("line", problem.line).with("column", problem.column)),
                text: state.say(&problem.message),
            }
        };
        let left = preview.left_to_halo();
        Self {
            subject: preview.subject.as_ref().ok().map(|rendered| rendered.output.clone()),
            blocks: preview.body.as_ref().map(|rendered| mail::blocks(&rendered.output)).unwrap_or_default(),
            problems: preview.problems().map(problem).collect(),
            left_to_halo: (!left.is_empty()).then(|| left.join(", ")),
            shown: preview.body.is_ok(),
        }
    }
}

#[derive(Serialize)]
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
            email: invite.email.clone(),
            route: state.say(&route),
            warn: tone(routing) != "ok",
            expires: invite.expires.map(|at| time::moment(at, state.now, state.offset, state.language)),
            warnings: invite.warnings.iter().map(|warning| state.say(warning)).collect(),
        }
    }
}

#[derive(Serialize)]
struct Failed {
    title: String,
    detail: String,
    advice: String,
    /// TECHUNAVAILABLE is Halo's own word for it and stands out.
    tech_unavailable: bool,
    sign_in: bool,
    retry: bool,
    choose: bool,
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
        let unsure = sending && matches!(kind, ProxyUnreachable | Internal);
        let Told { title, detail, advice } = Told::new(failure, state.language);
        Self {
            title,
            detail,
            advice,
            tech_unavailable,
            sign_in: tried == Tried::SigningIn || kind == CookieBlocked,
            retry: tried != Tried::SigningIn
                && kind != CookieBlocked
                && kind != TemplateRefused
                && !(sending && another && !tech_unavailable),
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
