//! A panel and what the proxy tells it, played by the rules themselves.

use super::super::{About, State};
use crate::{
    api::{self, ChannelOption, Channels, ChatSummary, Invite, InviteState, Invites, Presence, TicketSummary},
    rules::{
        directory::{Agent, Directory, Team},
        link::HttpsUrl,
        names::{RepresentativeNames, nfkc},
        routing::{Representative, Routing, route},
        settings::Settings,
        template::Values,
        words::{AgentId, Channel, ChatId, TeamQueue, TicketId},
    },
    views::panel::played::{NOON, Played, frame, me},
};

pub(super) const DESK: Channel = Channel::Team(TeamQueue::Team(3));

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

pub(in crate::views) fn offered(fallback: bool, ann: &str) -> Channels {
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
        cause: None,
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

pub(super) type Panel = Played<State>;

pub(super) fn panel() -> Panel {
    Played::new(State::new(About::Ticket(TicketId::new(1161).unwrap()), frame("Ticket 1161")))
}

pub(super) fn list(invites: &[Invite]) -> Invites {
    Invites { invites: invites.to_vec(), look_again: 15 }
}

/// Signed in, with what there is to choose from, and these earlier invites.
pub(super) fn ready_with(invites: &[Invite]) -> Panel {
    let mut panel = panel();
    panel.does("start", "");
    panel.answers("me", &me(false));
    panel.answers("invites", &list(invites));
    panel.answers("channels", &offered(true, "Ann Keller"));
    panel
}

pub(super) fn ready() -> Panel {
    ready_with(&[])
}

/// The same in the chat 640.
pub(super) fn in_chat() -> Panel {
    let mut panel = Played::new(State::new(About::Chat(ChatId::new(640).unwrap()), frame("Chat 640")));
    panel.does("start", "");
    panel.answers("me", &me(false));
    panel.answers("invites", &list(&[]));
    panel.answers("channels", &Channels { ticket: None, chat: Some(chat(640)), ..offered(true, "Ann Keller") });
    panel
}

pub(super) fn chat(id: u32) -> ChatSummary {
    ChatSummary { id: ChatId::new(id).unwrap(), name: "Connor Blake".to_owned(), user_name: None, ticket: None, open: true }
}
