//! The view model of the form: who may take the session, what will happen, the text as it will look.

use super::{Phase, State, draft::Preview, life::standing};
use crate::{
    api::{ChannelOption, Channels, InviteState, Presence},
    rules::{
        failure::{Failure, FailureKind},
        routing::{Reason, Routing},
        template::TemplateProblem,
        wording::Message,
        words::{AgentId, Channel, TeamQueue},
    },
    views::{
        mail,
        panel::{FailedView, Told},
    },
};

/// The invite as it is being written.
pub(super) struct Form {
    pub(super) sending: bool,
    /// BeyondTrust could not be asked.
    pub(super) presence_failure: Option<Told>,
    pub(super) count: u64,
    pub(super) query: String,
    pub(super) placeholder: String,
    pub(super) channels: Vec<ChannelView>,
    /// How many more fit.
    pub(super) more: Option<String>,
    pub(super) active: Option<String>,
    pub(super) age: Option<String>,
    pub(super) forecast: Forecast,
    /// Mail or one of the ticket's chats; empty when there is nothing to choose.
    pub(super) places: Vec<PlaceView>,
    /// The invite is mailed.
    pub(super) mailed: bool,
    pub(super) email: String,
    pub(super) email_wrong: Option<String>,
    pub(super) editing: bool,
    pub(super) edited: bool,
    pub(super) subject: String,
    pub(super) body: String,
    pub(super) mail: Mail,
    pub(super) valid: Option<String>,
    /// A colleague has just invited.
    pub(super) asking: Option<Told>,
    /// It was posted: a tick and when.
    pub(super) posted: Option<String>,
    /// It could not be posted: a cross and the reason.
    pub(super) refused: Option<FailedView>,
}

pub(super) struct PlaceView {
    /// What choosing it hands back; empty: by mail.
    pub(super) value: String,
    pub(super) name: String,
    pub(super) chosen: bool,
}

impl Form {
    /// The form, once the proxy has said what there is to choose from.
    pub(super) fn new(state: &State) -> Option<Self> {
        let (offered, at) = state.channels.as_ref()?;
        let frame = &state.frame;
        let shown = state.shown_channels();
        let options = offered.channels.iter().filter(|option| shown.contains(&option.channel));
        let more = (state.fitting_channels().len().saturating_sub(shown.len())) as u64;
        let channels: Vec<_> = options.map(|option| ChannelView::new(state, option)).collect();
        let age = offered.presence_age.map(|age| (frame.intl.ago)(i64::from(age) + frame.now - at, frame.language));
        let (email, draft) = (state.draft.email(offered).to_owned(), &state.draft);
        let wrong = draft.email_wrong && !draft.email_is_fine(offered);
        let in_chat = state.chat().is_some();
        let count = offered.channels.len() as u64;
        Some(Self {
            sending: state.phase == Phase::Sending,
            presence_failure: offered.presence_failure.as_ref().map(|problem| Told::new(&problem.failure(), frame.language)),
            count,
            query: state.query.clone(),
            placeholder: frame.say(&frame.intl.count("ui.channels.search", count, frame.language)),
            active: channels.iter().find(|channel| channel.selected).map(|channel| channel.id.clone()),
            channels,
            more: (more > 0).then(|| frame.say(&frame.intl.count("ui.channels.more", more, frame.language))),
            age: age.map(|age| frame.say(&Message::new("ui.presence.age").with("ago", age))),
            forecast: Forecast::new(state, offered),
            places: places(state, offered),
            mailed: !in_chat,
            email_wrong: wrong.then(|| Failure::new(FailureKind::EmailInvalid).with("email", &email)).map(|failure| {
                if email.is_empty() { frame.say(&Message::new("ui.email.missing")) } else { failure.detail(frame.language) }
            }),
            email: draft.email.clone().unwrap_or(email),
            editing: draft.editing,
            edited: draft.is_edited(in_chat),
            subject: draft.subject(offered).to_owned(),
            body: draft.body(offered, in_chat).to_owned(),
            mail: Mail::new(state, &draft.preview(offered, in_chat)),
            valid: offered.valid_for.map(|seconds| (frame.intl.span)(u64::from(seconds), frame.language)),
            asking: match &state.phase {
                Phase::Asking(failure) => Some(Told::new(failure, frame.language)),
                _ => None,
            },
            posted: posted(state),
            refused: match &state.phase {
                Phase::Refused(failure) => Some(state.refused(failure)),
                _ => None,
            },
        })
    }
}

/// Where the invite may go from a ticket with open chats.
fn places(state: &State, offered: &Channels) -> Vec<PlaceView> {
    if offered.ticket.is_none() || offered.chats.is_empty() {
        return Vec::new();
    }
    let mail = PlaceView { value: String::new(), name: state.say("ui.place.mail"), chosen: state.place.is_none() };
    let chats = offered.chats.iter().map(|chat| {
        let name = if chat.name.is_empty() { chat.id.to_string() } else { chat.name.clone() };
        let name = state.frame.say(&Message::new("ui.place.chat").with("name", name));
        PlaceView { value: chat.id.to_string(), name, chosen: state.place == Some(chat.id) }
    });
    std::iter::once(mail).chain(chats).collect()
}

/// The tick beside the button, after an invite went into the chat from here.
fn posted(state: &State) -> Option<String> {
    let fresh = state.life.known(state.life.fresh.as_deref()?)?;
    let counts = fresh.chat.is_some() && state.chat() == fresh.chat && state.phase == Phase::Ready;
    let revoked = standing(fresh, state.frame.now) == InviteState::Revoked;
    (counts && !revoked).then(|| {
        let time = (state.frame.intl.moment)(fresh.created, state.frame.now, state.frame.language);
        state.frame.say(&Message::new("ui.posted.tick").with("time", time))
    })
}

pub(super) struct ChannelView {
    /// Also what choosing it hands back.
    pub(super) id: String,
    pub(super) name: String,
    pub(super) is_me: bool,
    pub(super) selected: bool,
    /// `here`, `away`, `unknown`, `team`.
    pub(super) dot: &'static str,
    pub(super) words: String,
}

impl ChannelView {
    fn new(state: &State, option: &ChannelOption) -> Self {
        let frame = &state.frame;
        let (dot, message) = match option.presence {
            Presence::LoggedIn { sessions: None } => ("here", Message::new("ui.presence.here")),
            Presence::LoggedIn { sessions: Some(0) } => ("here", Message::new("ui.presence.hereFree")),
            Presence::LoggedIn { sessions: Some(count) } => {
                ("here", frame.intl.count("ui.presence.sessions", count.into(), frame.language))
            }
            Presence::LoggedOut => ("away", Message::new("ui.presence.away")),
            Presence::Unknown => ("unknown", Message::new("ui.presence.unknown")),
            Presence::NotApplicable if option.is_default => ("team", Message::new("ui.presence.defaultTeam")),
            Presence::NotApplicable => ("team", Message::new("ui.presence.team")),
        };
        Self {
            id: element_id(option.channel),
            name: option.name.clone(),
            is_me: option.is_me,
            selected: state.selected == Some(option.channel),
            dot,
            words: frame.say(&message),
        }
    }
}

/// The channel's element; ids hold no character that HTML or a selector cares about.
pub(super) fn element_id(channel: Channel) -> String {
    match channel {
        Channel::Agent(id) => format!("rs-agent-{}", AgentId::get(id)),
        Channel::Team(TeamQueue::General) => "rs-team-general".to_owned(),
        Channel::Team(TeamQueue::Team(id)) => format!("rs-team-{id}"),
    }
}

/// What will happen, before anything does.
pub(super) struct Forecast {
    /// `ok`, `warn`, `bad`.
    pub(super) tone: &'static str,
    /// The first sentence, when it can be told apart.
    pub(super) lead: Option<String>,
    pub(super) rest: String,
    pub(super) hint: Option<String>,
}

impl Forecast {
    fn new(state: &State, offered: &Channels) -> Self {
        let option = state.selected.and_then(|selected| offered.channels.iter().find(|option| option.channel == selected));
        if let Some(option) = option.filter(|option| option.presence == Presence::Unknown) {
            let rest = state.frame.say(&Message::new("ui.forecast.unknown").with("name", &option.name));
            return Self { tone: "warn", lead: None, rest, hint: None };
        }
        let routing = option.map_or(&offered.without_channel, |option| &option.forecast);
        let (lead, rest) = sentences(state.frame.say(&routing.message), routing);
        Self { tone: tone(routing), lead, rest, hint: noted(state, routing) }
    }
}

/// How good the news is.
pub(super) const fn tone(routing: &Routing) -> &'static str {
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
    Some(state.frame.say(&Message::new("ui.forecast.noted").with("asked", asked)))
}

pub(super) struct Mail {
    pub(super) subject: Option<String>,
    pub(super) blocks: Vec<mail::Block>,
    /// What is wrong, with its place.
    pub(super) problems: Vec<MailProblem>,
    pub(super) left_to_halo: Option<String>,
    /// The customer cannot come by it.
    pub(super) leads_nowhere: bool,
    pub(super) shown: bool,
}

pub(super) struct MailProblem {
    pub(super) refused: bool,
    pub(super) place: String,
    pub(super) text: String,
}

impl Mail {
    fn new(state: &State, preview: &Preview) -> Self {
        let problem = |(part, problem): (&str, &TemplateProblem)| {
            let place = Message::new(if part == "subject" { "ui.mail.subjectAt" } else { "ui.mail.bodyAt" });
            MailProblem {
                refused: problem.refused,
                place: state.frame.say(&place.with("line", problem.line).with("column", problem.column)),
                text: state.frame.say(&problem.message),
            }
        };
        let left = preview.left_to_halo();
        Self {
            subject: preview.subject.iter().flatten().next().map(|rendered| rendered.output.clone()),
            blocks: preview.body.as_ref().map(|rendered| mail::blocks(&rendered.output)).unwrap_or_default(),
            problems: preview.problems().map(problem).collect(),
            left_to_halo: (!left.is_empty()).then(|| left.join(", ")),
            leads_nowhere: preview.leads_nowhere,
            shown: preview.body.is_ok(),
        }
    }
}
