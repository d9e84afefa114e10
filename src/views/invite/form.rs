//! The view model of the form: who may take the session, what will happen, the mail as it will look.

use super::{Phase, State, draft::Preview, view::Told};
use crate::{
    api::{ChannelOption, Channels, Invite, InviteState, Presence},
    rules::{
        failure::{Failure, FailureKind},
        routing::{Reason, Routing},
        wording::Message,
        words::{AgentId, Channel, TeamQueue},
    },
    views::{mail, time},
};

/// An earlier invite is worth a line for so many seconds.
const RECENT: i64 = 3600;

/// The invite as it is being written.
pub(super) struct Form {
    pub(super) sending: bool,
    /// BeyondTrust could not be asked.
    pub(super) presence_failure: Option<Told>,
    pub(super) count: usize,
    pub(super) query: String,
    pub(super) channels: Vec<ChannelView>,
    pub(super) active: Option<String>,
    pub(super) age: Option<String>,
    pub(super) forecast: Forecast,
    pub(super) email: String,
    pub(super) email_wrong: Option<String>,
    pub(super) editing: bool,
    pub(super) edited: bool,
    pub(super) subject: String,
    pub(super) body: String,
    pub(super) mail: Mail,
    pub(super) valid: Option<String>,
    pub(super) recent: Vec<String>,
}

impl Form {
    /// The form, once the proxy has said what there is to choose from.
    pub(super) fn new(state: &State) -> Option<Self> {
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
        state.say(
            &message
                .with("name", &invite.sent_by)
                .with("email", invite.email.as_deref().unwrap_or_default())
                .with("ago", time::ago(age, state.language)),
        )
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
            name: option.name.clone(),
            is_me: option.is_me,
            selected: state.selected == Some(option.channel),
            dot,
            words: state.say(&message),
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
            let rest = state.say(&Message::new("ui.forecast.unknown").with("name", &option.name));
            return Self { tone: "warn", lead: None, rest, hint: None };
        }
        let routing = option.map_or(&offered.without_channel, |option| &option.forecast);
        let (lead, rest) = sentences(state.say(&routing.message), routing);
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
    Some(state.say(&Message::new("ui.forecast.noted").with("asked", asked)))
}

pub(super) struct Mail {
    pub(super) subject: Option<String>,
    pub(super) blocks: Vec<mail::Block>,
    /// What is wrong, with its place.
    pub(super) problems: Vec<MailProblem>,
    pub(super) left_to_halo: Option<String>,
    pub(super) shown: bool,
}

pub(super) struct MailProblem {
    pub(super) refused: bool,
    pub(super) place: String,
    pub(super) text: String,
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
