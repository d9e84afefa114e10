use super::*;
use crate::rules::{
    directory::{Agent, Team},
    names::nfkc,
};

fn agent_id(id: u32) -> AgentId {
    AgentId::new(id).unwrap()
}

fn directory() -> Directory {
    let agent = |id, name: &str| Agent {
        id: agent_id(id),
        name: name.to_owned(),
        beyondtrust_name: None,
        invites_enabled: true,
        disabled: false,
        overridden: false,
    };
    let team = |queue, name: &str| Team {
        queue: TeamQueue::Team(queue),
        name: name.to_owned(),
        display_name: String::new(),
        is_default: queue == 3,
        enabled: true,
    };
    Directory {
        agents: vec![agent(1, "Unassigned"), agent(43, "Ann Keller"), agent(44, "Twin"), agent(45, "Twin")],
        teams: vec![team(3, "Service Desk"), team(4, "Network Team")],
    }
}

fn settings(change: impl FnOnce(&mut Automatic)) -> Settings {
    let mut automatic = Automatic {
        send_field: Some(202),
        channel_field: Some(201),
        action_channel_field: Some(203),
        invite_outcomes: vec![89],
        ..Automatic::default()
    };
    change(&mut automatic);
    Settings { automatic, ..Settings::default() }
}

const AGENT: By = By::Agent(match AgentId::new(42) {
    Some(agent) => agent,
    None => panic!(),
});

fn logged(by: By, kind_sends: bool, send: Option<&'static str>) -> Logged<'static> {
    Logged { by, kind: Some(3), kind_sends, send, channel: None, native: false }
}

fn verdict(ticket: &Logged<'_>, settings: &Settings) -> Verdict {
    on_ticket(ticket, &directory(), settings, nfkc).verdict
}

fn none(code: &str) -> Verdict {
    Verdict::None { reason: Message::new(code) }
}

fn send(channel: Option<Channel>, by: By) -> Verdict {
    let by = if let By::Agent(agent) = by { Some(agent) } else { None };
    Verdict::Send { channel, by, remark: None }
}

#[test]
fn a_new_ticket_sends_as_its_field_or_its_type_says() {
    let set = settings(|_| {});
    let unmapped = settings(|automatic| automatic.send_field = None);
    let ours_off = settings(|automatic| {
        automatic.types.insert(3, false);
    });
    let ours_on = settings(|automatic| {
        automatic.types.insert(3, true);
    });
    for (by, kind_sends, field, settings, expected) in [
        (AGENT, true, Some("0"), &set, none("automatic.fieldOff")),
        (AGENT, true, Some("False"), &set, none("automatic.fieldOff")),
        (AGENT, true, None, &set, send(None, AGENT)),
        (AGENT, false, None, &set, none("automatic.typeOff")),
        (AGENT, false, Some("true"), &set, send(None, AGENT)),
        (AGENT, true, Some("true"), &unmapped, none("automatic.notSetUp")),
        (AGENT, true, None, &ours_off, none("automatic.typeOff")),
        (By::User, true, Some("0"), &set, send(None, By::User)),
        (By::User, false, Some("1"), &set, none("automatic.typeOff")),
        (By::User, false, None, &ours_on, send(None, By::User)),
        (By::User, true, None, &unmapped, send(None, By::User)),
    ] {
        assert_eq!(verdict(&logged(by, kind_sends, field), settings), expected, "{by:?} {kind_sends} {field:?}");
    }
    let native = Logged { native: true, ..logged(AGENT, true, Some("1")) };
    assert_eq!(verdict(&native, &set), Verdict::Warn { reason: Message::new("automatic.native") });
    let native_off = Logged { native: true, ..logged(AGENT, true, Some("0")) };
    assert_eq!(verdict(&native_off, &set), none("automatic.fieldOff"));
}

#[test]
fn a_field_names_an_agent_or_a_team_or_says_that_it_does_not() {
    let unknown = |code: &str, name: &str| (None, Some(Message::new(code).with("name", name)));
    let agent = |id| (Some(Channel::Agent(agent_id(id))), None);
    let team = |id| (Some(Channel::Team(TeamQueue::Team(id))), None);
    for (value, expected) in [
        (None, (None, None)),
        (Some("  "), (None, None)),
        (Some("ann  KELLER"), agent(43)),
        (Some("agent:43"), agent(43)),
        (Some("Network Team"), team(4)),
        (Some("team:3"), team(3)),
        (Some("team:9"), unknown("automatic.channelUnknown", "team:9")),
        (Some("agent:9"), unknown("automatic.channelUnknown", "agent:9")),
        (Some("Unassigned"), unknown("automatic.channelUnknown", "Unassigned")),
        (Some("Ann"), unknown("automatic.channelUnknown", "Ann")),
        (Some("Twin"), unknown("automatic.channelAmbiguous", "Twin")),
    ] {
        assert_eq!(channel_of(value, &directory(), nfkc, &mut Vec::new()), expected, "{value:?}");
    }
}

#[test]
fn a_field_does_not_invite_for_others_where_the_settings_forbid_it() {
    for (others, named, by, expected) in [
        (true, "Ann Keller", AGENT, Some(Channel::Agent(agent_id(43)))),
        (false, "Ann Keller", AGENT, None),
        (false, "Network Team", AGENT, None),
        (false, "Ann Keller", By::Agent(agent_id(43)), Some(Channel::Agent(agent_id(43)))),
    ] {
        let settings = Settings { invite_for_others: others, ..settings(|_| {}) };
        let ticket = Logged { channel: Some(named), ..logged(by, true, None) };
        let Verdict::Send { channel, remark, .. } = verdict(&ticket, &settings) else { panic!("it is sent all the same") };
        assert_eq!(channel, expected, "{others} {named} {by:?}");
        assert_eq!(remark.map(|remark| remark.code), expected.is_none().then(|| "automatic.othersOff".to_owned()));
        let By::Agent(agent) = by else { panic!("an agent logs it") };
        let action = Added { outcome: Some(89), by: Some(agent), ours: false, channel: Some(named) };
        let Verdict::Send { channel, .. } = on_action(&action, &directory(), &settings, nfkc).verdict else {
            panic!("so it is by an action")
        };
        assert_eq!(channel, expected, "{others} {named} {by:?}");
    }
}

#[test]
fn an_action_invites_by_its_number_and_never_begets_itself() {
    let added = Added { outcome: Some(89), by: Some(agent_id(43)), ours: false, channel: Some("Network Team") };
    let decide = |added: &Added<'_>, settings: &Settings| on_action(added, &directory(), settings, nfkc).verdict;
    let set = settings(|_| {});
    let to_network = Verdict::Send { channel: Some(Channel::Team(TeamQueue::Team(4))), by: Some(agent_id(43)), remark: None };
    assert_eq!(decide(&added, &set), to_network);
    assert_eq!(decide(&Added { ours: true, ..added.clone() }, &set), none("automatic.ours"));
    assert_eq!(decide(&Added { outcome: Some(2), ..added.clone() }, &set), none("automatic.otherAction"));
    assert_eq!(decide(&Added { outcome: None, ..added.clone() }, &set), none("automatic.otherAction"));
    assert_eq!(decide(&added, &settings(|automatic| automatic.invite_outcomes.clear())), none("automatic.notSetUp"));
    let unmapped = decide(&added, &settings(|automatic| automatic.action_channel_field = None));
    let remark = Some(Message::new("automatic.channelNotSetUp"));
    assert_eq!(unmapped, Verdict::Send { channel: None, by: Some(agent_id(43)), remark });
}

#[test]
fn the_actions_own_text_is_the_mail_and_leads_into_the_session() {
    assert_eq!(body(None, "T", "C"), "T");
    assert_eq!(body(Some(" "), "T", "C"), "T");
    assert_eq!(body(Some("<p>$LINKTOREMOTE</p>"), "T", "C"), "<p>$LINKTOREMOTE</p>");
    assert_eq!(body(Some("<p>Hi</p>"), "T", "C"), "<p>Hi</p>$REMOTEINVITE");
}

proptest::proptest! {
    #[test]
    fn any_text_in_the_fields_is_decided(send: Option<String>, channel: Option<String>, kind_sends: bool, native: bool) {
        let ticket = Logged { by: AGENT, kind: None, kind_sends, send: send.as_deref(), channel: channel.as_deref(), native };
        let decision = on_ticket(&ticket, &directory(), &settings(|_| {}), nfkc);
        if let Verdict::Send { by, .. } = &decision.verdict {
            proptest::prop_assert_eq!(*by, Some(agent_id(42)));
            proptest::prop_assert!(!native);
        }
        proptest::prop_assert!(!decision.trace.is_empty());
    }
}
