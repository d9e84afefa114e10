//! The invite panel's view model: everything worded and decided, so that the templates only place it.

use super::{
    About, Draft, Phase, State,
    form::{Form, tone},
    life::{TROUBLE, is_live, rests, standing, unsent},
};
use crate::{
    api::{Invite, InviteEvent, InviteState, SessionState},
    rules::{
        failure::{Failure, FailureKind},
        lifecycle::Unsent,
        routing::Reason,
        wording::Message,
        words::{Queue, UnixSeconds},
    },
    views::{
        pages::{self, Words},
        panel::{FailedView, FrameView, Stage, Told, Tried},
    },
};
use askama::Template;

/// Steps of one invite that are shown; a session may have seen many technicians come and go.
const STEPS: usize = 6;
/// Earlier invites that are named below the newest.
const EARLIER: usize = 4;

impl State {
    pub(super) fn say(&self, code: &str) -> String {
        self.frame.say(&Message::new(code))
    }

    /// The panel as HTML, with a way back to where it was opened from.
    pub(in crate::views) fn page(&self, back: Option<String>) -> String {
        let mut panel = Panel::new(self);
        panel.frame.back = back;
        pages::html(&panel, self.frame.language)
    }

    /// What stands beside the button when the chat's invite was refused.
    pub(super) fn refused(&self, failure: &Failure) -> FailedView {
        let view = FailedView::new(&self.frame, failure);
        let retry = view_of_default_team(self, failure, view);
        if failure.kind == FailureKind::TemplateRefused {
            retry.with("edit", self.say("ui.action.edit"))
        } else {
            retry.with("retry", self.say("ui.action.retry"))
        }
    }
}

/// The panel.
#[derive(Template)]
#[template(path = "invite/panel.html")]
struct Panel {
    words: Words,
    frame: FrameView,
    form: Option<Form>,
    doubt: Option<Told>,
    card: Option<Card>,
    /// Older invites, a line each.
    earlier: Vec<String>,
    /// The form stands back behind a button.
    folded: bool,
}

impl Panel {
    fn new(state: &State) -> Self {
        let kept = Draft { attempt: None, ..state.draft.clone() } != Draft::default();
        let mut frame = FrameView::new(&state.frame, "invite", kept);
        if let Stage::Failed(failure, Tried::Doing) = &state.frame.stage {
            frame.failed = Some(failed(state, failure));
        }
        if state.phase == Phase::Sending {
            frame.busy = true;
            frame.status = Some(state.say("ui.invite.sending"));
        }
        let doubt = match &state.phase {
            Phase::InDoubt(_) => {
                let failure = Failure::new(FailureKind::InDoubt).with("about", &state.frame.about);
                Some(Told::new(&failure, state.frame.language))
            }
            _ => None,
        };
        let open = frame.is_open() && doubt.is_none();
        let in_chat = matches!(state.about, About::Chat(_));
        let card = state.life.shown();
        let others = || state.life.invites.iter().filter(|invite| card.is_none_or(|card| card.id != invite.id));
        Self {
            words: Words(state.frame.language),
            form: if open && !state.life.folded { Form::new(state) } else { None },
            card: card.filter(|_| open).map(|invite| Card::new(state, invite)),
            earlier: others().take(if open && !in_chat { EARLIER } else { 0 }).map(|invite| line(state, invite)).collect(),
            folded: open && state.life.folded,
            frame,
            doubt,
        }
    }
}

/// What failed in the panel's place, and the ways on.
fn failed(state: &State, failure: &Failure) -> FailedView {
    use FailureKind::{
        AgentWithoutName, AmbiguousRepresentative, ChannelNotEnabled, ChannelUnknown, CookieBlocked, DefaultTeamDisabled,
        IdempotencyConflict, Internal, NoDefaultTeam, OtherAgentsOff, ProxyUnreachable, TechUnavailable, TemplateRefused,
    };
    let kind = failure.kind;
    let another = matches!(kind, TechUnavailable | AgentWithoutName | AmbiguousRepresentative | ChannelNotEnabled | ChannelUnknown)
        || matches!(kind, DefaultTeamDisabled | NoDefaultTeam | OtherAgentsOff);
    let [retry, choose, edit, sign_in] =
        ["ui.action.retry", "ui.action.choose", "ui.action.edit", "ui.action.signIn"].map(|code| state.say(code));
    let mut view = view_of_default_team(state, failure, FailedView::new(&state.frame, failure));
    view = match kind {
        CookieBlocked => view.with("sign-in", sign_in),
        TemplateRefused => view.with("edit", edit).with("choose", choose),
        TechUnavailable => view.with("choose", choose).with("retry", retry),
        _ if another => view.with("choose", choose),
        _ => view.with("retry", retry).with("choose", choose),
    };
    view.hint = match kind {
        ProxyUnreachable | Internal => Some(state.say("ui.failed.unsure")),
        // Something went out under this request before.
        IdempotencyConflict => None,
        _ => Some(state.say("ui.failed.kept")),
    };
    view
}

/// Where nobody is logged in, the default team may take it.
fn view_of_default_team(state: &State, failure: &Failure, view: FailedView) -> FailedView {
    let default = state.channels.as_ref().map(|(offered, _)| &offered.without_channel).filter(|routing| routing.queue.is_some());
    match default.and_then(|routing| routing.name.as_ref()).filter(|_| failure.kind == FailureKind::TechUnavailable) {
        Some(name) => view.with("send-default", state.frame.say(&Message::new("ui.action.sendTo").with("name", name))),
        None => view,
    }
}

/// An invite and what became of it.
struct Card {
    id: String,
    title: String,
    /// Who sent it, and how long ago.
    by: String,
    route: String,
    /// Not as it was asked.
    rerouted: bool,
    steps: Vec<StepView>,
    hint: Option<String>,
    warnings: Vec<String>,
    revoke: bool,
    /// What a new one is called.
    renew: Option<String>,
    /// A new one is what is needed.
    renew_first: bool,
    sure: bool,
    busy: bool,
    trouble: Option<FailedView>,
    /// A colleague was faster: whether one more is meant.
    asking: bool,
}

struct StepView {
    /// `done`, `now`, `todo`, `bad`.
    tone: &'static str,
    text: String,
    time: Option<String>,
}

impl Card {
    fn new(state: &State, invite: &Invite) -> Self {
        let frame = &state.frame;
        let standing = standing(invite, frame.now);
        let time = |at| (frame.intl.moment)(at, frame.now, frame.language);
        let rests = rests(invite);
        // The title says it already; what kept it is the news.
        let reason = invite.reason.as_ref().filter(|_| invite.cause.is_none() || unsent(invite) != Some(Unsent::NotSent));
        let over = rests || matches!(standing, InviteState::Expired | InviteState::Revoked);
        let hint = match standing {
            InviteState::Unreported => Some(state.say("ui.life.unreported")),
            InviteState::Sent | InviteState::Waiting => {
                invite.expires.map(|at| frame.say(&Message::new("ui.done.expires").with("time", time(at))))
            }
            _ => None,
        };
        Self {
            id: invite.id.clone(),
            title: title(state, invite, standing),
            by: by(state, invite),
            route: route(state, invite),
            rerouted: tone(&invite.routing) != "ok",
            steps: steps(state, invite, standing),
            hint,
            warnings: invite.warnings.iter().chain(reason).chain(&invite.cause).map(|warning| frame.say(warning)).collect(),
            revoke: matches!(standing, InviteState::Sent | InviteState::Unreported | InviteState::Waiting),
            renew: (over || matches!(standing, InviteState::Sent | InviteState::Unreported))
                .then(|| state.say(if over && !rests { "ui.life.renew" } else { "ui.life.again" })),
            renew_first: over,
            sure: state.life.sure.as_ref() == Some(&invite.id),
            busy: state.life.busy.as_ref().is_some_and(|(_, id)| *id == invite.id),
            trouble: state
                .life
                .trouble
                .as_ref()
                .filter(|(id, _)| *id == invite.id)
                .map(|(_, failure)| FailedView { place: TROUBLE, ..FailedView::new(frame, failure) }),
            asking: state.life.trouble.as_ref().is_some_and(|(id, failure)| *id == invite.id && failure.kind == FailureKind::RecentInvite),
        }
    }
}

fn title(state: &State, invite: &Invite, standing: InviteState) -> String {
    let code = match (standing, invite.chat.is_some()) {
        (InviteState::Draft, _) if unsent(invite) == Some(Unsent::Unknown) => "ui.life.unknown",
        (InviteState::Draft, _) if rests(invite) => "ui.life.rests",
        (InviteState::Draft, _) => "ui.life.draft",
        (InviteState::Expired, _) => "ui.life.expired",
        (InviteState::Revoked, _) => "ui.life.revoked",
        (InviteState::Waiting, _) => "ui.life.waiting",
        (InviteState::Joined, _) => "ui.life.joined",
        (InviteState::Ended, _) => "ui.life.ended",
        (_, false) => "ui.done.title",
        (_, true) => "ui.posted.title",
    };
    state.frame.say(&Message::new(code).with("email", invite.email.as_deref().unwrap_or_default()))
}

fn by(state: &State, invite: &Invite) -> String {
    let frame = &state.frame;
    let mine = frame.me.as_ref().is_some_and(|me| me.name == invite.sent_by);
    let ago = (frame.intl.ago)(frame.now - invite.created, frame.language);
    frame.say(&Message::new(if mine { "ui.life.you" } else { "ui.life.other" }).with("name", &invite.sent_by).with("ago", ago))
}

fn route(state: &State, invite: &Invite) -> String {
    let routing = &invite.routing;
    let message = match (&routing.name, routing.asked.as_ref().filter(|_| routing.reason == Reason::Fallback)) {
        (Some(name), Some(asked)) => Message::new("ui.done.asked").with("asked", asked).with("name", name),
        (Some(name), None) => Message::new("ui.done.route").with("name", name),
        (None, _) => routing.message.clone(),
    };
    state.frame.say(&message)
}

/// What happened and what is still to come.
fn steps(state: &State, invite: &Invite, standing: InviteState) -> Vec<StepView> {
    let frame = &state.frame;
    let step = |tone, text: String, at: Option<UnixSeconds>| StepView {
        tone,
        text,
        time: at.map(|at| (frame.intl.moment)(at, frame.now, frame.language)),
    };
    let say = |code: &str| state.say(code);
    let mut steps = Vec::new();
    if rests(invite) {
        return steps;
    }
    if standing == InviteState::Draft {
        steps.push(step("now", say("ui.step.sending"), None));
        return steps;
    }
    let sent = match (&invite.email, invite.chat) {
        (_, Some(_)) => say("ui.step.posted"),
        (email, None) => frame.say(&Message::new("ui.step.sent").with("email", email.as_deref().unwrap_or_default())),
    };
    steps.push(step("done", sent, Some(invite.created)));
    let queue = invite.routing.name.as_deref().unwrap_or_default();
    for happened in invite.steps.iter().skip(invite.steps.len().saturating_sub(STEPS)) {
        let code = match happened.is {
            InviteEvent::Waiting if matches!(invite.routing.queue, Some(Queue::Representative { .. })) => "ui.step.waitingFor",
            InviteEvent::Waiting => "ui.step.waiting",
            InviteEvent::Joined => "ui.step.joined",
            InviteEvent::Left => "ui.step.left",
            InviteEvent::Ended => "ui.step.ended",
        };
        let name = happened.name.as_deref().unwrap_or_default();
        steps.push(step("done", frame.say(&Message::new(code).with("name", name).with("queue", queue)), Some(happened.at)));
    }
    match standing {
        InviteState::Expired => steps.push(step("bad", say("ui.step.expired"), invite.expires)),
        InviteState::Revoked => steps.push(step("bad", say("ui.step.revoked"), None)),
        InviteState::Sent => steps.push(step("now", say("ui.step.opens"), None)),
        InviteState::Waiting | InviteState::Joined => {
            if let Some(last) = steps.last_mut() {
                last.tone = "now";
            }
        }
        _ => {}
    }
    if is_live(standing) && standing != InviteState::Unreported {
        steps.push(step("todo", say("ui.step.ends"), None));
    }
    steps.extend(note(state, invite, standing));
    steps
}

/// What becomes of the session's details.
fn note(state: &State, invite: &Invite, standing: InviteState) -> Option<StepView> {
    let words = |message: &Message| state.frame.say(message);
    let Some(session) = &invite.session else {
        let awaited = is_live(standing) || standing == InviteState::Ended;
        let code = if invite.ticket.is_some() { "ui.step.note" } else { "ui.step.details" };
        return awaited.then(|| StepView {
            tone: if standing == InviteState::Ended { "now" } else { "todo" },
            text: state.say(code),
            time: None,
        });
    };
    let (tone, text) = match (session.state, session.ticket) {
        (SessionState::Written, Some(ticket)) => ("done", words(&Message::new("ui.step.noted").with("ticket", ticket))),
        (SessionState::AwaitingReport | SessionState::Pending, _) => ("now", state.say("ui.step.noting")),
        (SessionState::Stored, _) => ("done", state.say("ui.step.stored")),
        (_, _) => ("bad", session.reason.as_ref().map_or_else(|| state.say("ui.step.notNoted"), words)),
    };
    Some(StepView { tone, text, time: None })
}

/// An older invite in one line.
fn line(state: &State, invite: &Invite) -> String {
    let standing = standing(invite, state.frame.now);
    let time = (state.frame.intl.moment)(invite.created, state.frame.now, state.frame.language);
    let word = match standing {
        InviteState::Draft if rests(invite) => "rests",
        InviteState::Unreported => InviteState::Sent.word(),
        told => told.word(),
    };
    let message = match invite.chat {
        Some(chat) => Message::new("ui.life.lineChat").with("chat", chat),
        None => Message::new("ui.life.line").with("email", invite.email.as_deref().unwrap_or("–")),
    };
    state.frame.say(&message.with("time", time).with("name", &invite.sent_by).with("state", word))
}
