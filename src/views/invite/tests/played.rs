//! A panel and what the proxy tells it, played by the rules themselves.

use super::super::{Effect, Event, Moment, State};
use crate::{
    api::{self, ChannelOption, Channels, Invite, InviteState, Me, Presence, TicketSummary},
    rules::{
        directory::{Agent, Directory, Team},
        failure::{Failure, FailureKind},
        link::HttpsUrl,
        names::{RepresentativeNames, nfkc},
        routing::{Representative, Routing, route},
        settings::Settings,
        template::Values,
        wording::Language,
        words::{AgentId, Channel, TeamQueue, TicketId},
    },
};

pub(super) const NOON: i64 = 1_767_268_800;
pub(super) const DESK: Channel = Channel::Team(TeamQueue::Team(3));
pub(super) const HOSTILE: &str = "<img src=x onerror=alert(1)> \"q\" 'a' {{x}} \u{202e}live";

pub(super) fn agent(id: u32) -> Channel {
    Channel::Agent(AgentId::new(id).unwrap())
}

pub(super) fn routed(channel: Option<Channel>, fallback: bool, ann: &str) -> Routing {
    let agent = |id, name: &str| Agent {
        id: AgentId::new(id).unwrap(),
        name: name.to_owned(),
        beyondtrust_name: Some(name.to_owned()),
        invites_enabled: true,
        disabled: false,
        overridden: false,
    };
    let team =
        Team { queue: TeamQueue::Team(3), name: "Service Desk".to_owned(), display_name: String::new(), is_default: true, enabled: true };
    let directory = Directory { agents: vec![agent(42, "Priya Nair"), agent(43, ann)], teams: vec![team] };
    let names = RepresentativeNames { private: Some("Priya Nair".to_owned()), ..RepresentativeNames::default() };
    let logged_in = [Representative { id: 7, names, invited: false, sessions: Some(0) }];
    route(channel, &directory, &logged_in, &Settings { fallback, ..Settings::default() }, nfkc)
}

pub(super) fn offered(fallback: bool, ann: &str) -> Channels {
    let option = |channel, name: &str, presence| ChannelOption {
        channel,
        name: name.to_owned(),
        is_me: channel == agent(42),
        is_default: channel == DESK,
        presence,
        forecast: routed(Some(channel), fallback, ann),
    };
    Channels {
        channels: vec![
            option(agent(42), "Priya Nair", Presence::LoggedIn { sessions: Some(0) }),
            option(agent(43), ann, Presence::LoggedOut),
            option(DESK, "Service Desk", Presence::NotApplicable),
        ],
        without_channel: routed(None, fallback, ann),
        presence_age: Some(12),
        presence_failure: None,
        ticket: Some(TicketSummary {
            id: TicketId::new(1161).unwrap(),
            summary: "Outlook does not receive mail".to_owned(),
            user_name: Some("Connor Blake".to_owned()),
            email: Some("connor@batley.example".to_owned()),
        }),
        chat: None,
        chats: Vec::new(),
        draft: api::Draft {
            subject: "Remote session for ticket $FAULTID".to_owned(),
            body: "<p>Hello $USERNAME, please <a href=\"$LINKTOREMOTE\">click here</a> or enter <b>$REMOTESESSIONCODE</b>.</p>".to_owned(),
            chat: "<p><a href=\"$LINKTOREMOTE\">Join the session</a></p>".to_owned(),
        },
        preview: Values {
            link: Some(HttpsUrl::parse("https://support.example.com/?ak=sample").unwrap()),
            session_code: Some("7041993".to_owned()),
            named: [("FAULTID", "1161"), ("USERNAME", "Connor Blake")].map(|(name, value)| (name.to_owned(), value.to_owned())).into(),
            ..Values::default()
        },
        valid_for: Some(86_400),
    }
}

pub(super) fn invite(state: InviteState, routing: Routing) -> Invite {
    Invite {
        id: "7K3M9QX2DH".to_owned(),
        ticket: TicketId::new(1161),
        chat: None,
        state,
        reason: None,
        steps: Vec::new(),
        session: None,
        email: Some("connor@batley.example".to_owned()),
        sent_by: "Ann Keller".to_owned(),
        routing,
        created: NOON - 70,
        expires: Some(NOON + 86_400),
        warnings: Vec::new(),
    }
}

/// A panel at noon in London, with what it was told so far.
pub(super) struct Panel {
    pub(super) state: State,
    chance: u8,
}

impl Panel {
    pub(super) fn new() -> Self {
        let ticket = TicketId::new(1161).unwrap();
        let state = State::new(ticket, Language::En, "https://support.example".into(), "https://halo.example".into(), |_| 0);
        Self { state, chance: 0 }
    }
    pub(super) fn ready() -> Self {
        let mut panel = Self::new();
        panel.takes(Event::Me(Ok(me())));
        panel.takes(Event::Channels(Box::new(Ok(offered(true, "Ann Keller")))));
        panel
    }
    pub(super) fn takes(&mut self, event: Event) -> Vec<Effect> {
        self.chance += 1;
        self.state.update(event, &Moment { now: NOON, random: [self.chance; 32] })
    }
    pub(super) fn does(&mut self, action: &str, value: &str) -> Vec<Effect> {
        self.takes(Event::Did(action.to_owned(), value.to_owned()))
    }
    /// Sends, and hands back the key under which that was done.
    pub(super) fn sends(&mut self, action: &str) -> String {
        match self.does(action, "").as_slice() {
            [Effect::Send(_, key)] => key.clone(),
            other => panic!("{other:?}"),
        }
    }
    pub(super) fn answered(&mut self, answer: Result<Invite, Failure>) -> Vec<Effect> {
        self.takes(Event::Sent(Box::new(answer)))
    }
    pub(super) fn fails(&mut self, kind: FailureKind) {
        self.does("send", "");
        self.answered(Err(Failure::new(kind).with("asked", "Ann Keller").with("host", "support.example")));
    }
    /// The HTML, one element a line.
    pub(super) fn html(&self) -> String {
        let html = self.state.html().replace("><", ">\n<");
        assert!(!html.contains("went wrong on our side"), "{html}");
        html
    }
}

pub(super) fn me() -> Me {
    Me { id: AgentId::new(42).unwrap(), name: "Priya Nair".to_owned(), is_administrator: false }
}
