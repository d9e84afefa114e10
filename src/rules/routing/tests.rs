//! What `routing` promises.

use super::*;
use crate::rules::{
    names::nfkc,
    wording::{Language, say},
    words::{AgentId, TeamQueue},
};

fn id(id: u32) -> AgentId {
    AgentId::new(id).unwrap()
}

fn agent(number: u32, name: &str, beyondtrust_name: &str, enabled: bool) -> Agent {
    let beyondtrust_name = (!beyondtrust_name.is_empty()).then(|| beyondtrust_name.to_owned());
    Agent { id: id(number), name: name.to_owned(), beyondtrust_name, invites_enabled: enabled, disabled: false, overridden: false }
}

fn team(number: u32, display_name: &str, is_default: bool, enabled: bool) -> Team {
    Team { queue: TeamQueue::Team(number), name: format!("Team {number}"), display_name: display_name.to_owned(), is_default, enabled }
}

fn logged_in(number: u32, private: &str, public: &str, invited: bool) -> Representative {
    let names = RepresentativeNames { private: Some(private.to_owned()), public: Some(public.to_owned()), display: None };
    Representative { id: number, names, invited, sessions: None }
}

fn agents() -> Vec<Agent> {
    vec![
        agent(42, "Priya Nair", "Priya Nair", true),
        agent(43, "Ann Keller", "Ann K.", true),
        agent(44, "Tomás Ødegård", "", true),
        agent(45, "Kit O'Neill", "Kit", false),
        agent(46, "Guest Expert", "Guest Expert", true),
        agent(47, "Sam Park", "sam", true),
    ]
}

fn console() -> Vec<Representative> {
    vec![
        logged_in(7, "PRIYA  NAIR", "Priya N.", false),
        logged_in(7, "Priya Nair", "Priya N.", false),
        logged_in(40, "Guest Expert", "Guest", true),
        logged_in(20, "Sam", "Sam P.", false),
        logged_in(21, "Sammy", "SAM", false),
    ]
}

/// Routes with these default teams; answers queue, reason and sentence.
fn routed(channel: Option<Channel>, teams: &[Team], fallback: bool) -> (String, Reason, String) {
    let directory = Directory { agents: agents(), teams: teams.to_vec() };
    let routing = route(channel, &directory, &console(), &Settings { fallback, ..Settings::default() }, nfkc);
    let queue = routing.queue.as_ref().map_or("-".to_owned(), Queue::to_string);
    assert_eq!(routing.queue.is_none(), routing.failure().is_some(), "no queue means a failure, and only then");
    assert_eq!(routing.queue.is_some(), routing.name.is_some() && routing.channel.is_some());
    assert!(!routing.trace.is_empty());
    (queue, routing.reason, say(Language::En, &routing.message))
}

#[test]
fn every_invite_goes_where_the_table_says() {
    let (usable, disabled, none) =
        (vec![team(3, "Service Desk", true, true), team(4, "", false, true)], vec![team(3, "", true, false)], vec![]);
    let (agent, queue) = (|number| Some(Channel::Agent(id(number))), |number| Some(Channel::Team(TeamQueue::Team(number))));
    for (channel, teams, fallback, to, reason, sentence) in [
        (agent(42), &none, false, "rep:7", Reason::AgentAvailable, "Goes to Priya Nair, who is logged in to BeyondTrust."),
        (queue(4), &usable, true, "team:4", Reason::TeamAsked, "Goes to Team 4."),
        (None, &usable, false, "team:3", Reason::NoChannel, "Goes to Service Desk, the default team."),
        (
            agent(43),
            &usable,
            true,
            "team:3",
            Reason::Fallback,
            "Goes to Service Desk. Ann Keller is not logged in, so the default team takes it.",
        ),
        (
            agent(43),
            &usable,
            false,
            "-",
            Reason::TechUnavailable,
            "TECHUNAVAILABLE: Ann Keller is not logged in to BeyondTrust, and fallback to the default team is off.",
        ),
        (None, &none, true, "-", Reason::NoDefaultTeam, "No link: there is no default team."),
        (agent(43), &none, true, "-", Reason::NoDefaultTeam, "No link: Ann Keller is not logged in, and there is no default team."),
        (None, &disabled, true, "-", Reason::DefaultTeamDisabled, "No link: Team 3 is the default team but is not enabled."),
        (
            agent(43),
            &disabled,
            true,
            "-",
            Reason::DefaultTeamDisabled,
            "No link: Ann Keller is not logged in, and the default team Team 3 is not enabled.",
        ),
        (agent(45), &usable, true, "-", Reason::AgentNotEnabled, "Kit O'Neill is not enabled for BeyondTrust invites."),
        (queue(3), &disabled, true, "-", Reason::TeamNotEnabled, "Team 3 is not enabled for BeyondTrust invites."),
        (
            agent(44),
            &usable,
            true,
            "-",
            Reason::AgentWithoutName,
            "Tomás Ødegård has no BeyondTrust display name, so nobody can tell whether Tomás Ødegård is logged in.",
        ),
        (
            agent(47),
            &usable,
            true,
            "-",
            Reason::AmbiguousRepresentative,
            "Several BeyondTrust representatives fit Sam Park: Sam (20), Sammy (21).",
        ),
        (
            agent(46),
            &usable,
            true,
            "team:3",
            Reason::Fallback,
            "Goes to Service Desk. Guest Expert is not logged in, so the default team takes it.",
        ),
        (agent(99), &usable, true, "-", Reason::UnknownChannel, "The technician or team that was asked for does not exist any more."),
        (queue(99), &usable, true, "-", Reason::UnknownChannel, "The technician or team that was asked for does not exist any more."),
    ] {
        assert_eq!(routed(channel, teams, fallback), (to.to_owned(), reason, sentence.to_owned()), "{channel:?}");
    }
}

#[test]
fn a_fallback_says_who_was_asked_for_and_each_step() {
    let directory = Directory { agents: agents(), teams: vec![team(3, "Service Desk", true, true)] };
    let routing = route(Some(Channel::Agent(id(46))), &directory, &console(), &Settings::default(), nfkc);
    assert_eq!((routing.name.as_deref(), routing.asked.as_deref()), (Some("Service Desk"), Some("Guest Expert")));
    let steps: Vec<_> = routing.trace.iter().map(|step| say(Language::En, &step.0)).collect();
    assert_eq!(
        steps,
        [
            "Guest Expert was asked for.",
            "Guest Expert has that name but is an invited guest, who cannot take invites.",
            "Nobody with the display name Guest Expert is logged in to BeyondTrust.",
            "Fallback to the default team is on.",
            "The default team is Service Desk."
        ]
    );
}

#[test]
fn an_automatic_invite_without_a_link_goes_out_blank_or_is_held_as_the_administrator_chose() {
    let directory = Directory { agents: agents(), teams: Vec::new() };
    let settings = Settings::default();
    let none = route(None, &directory, &console(), &settings, nfkc);
    let ann = route(Some(Channel::Agent(agents()[0].id)), &directory, &console(), &settings, nfkc);
    for (routing, blank_link, expected) in [
        (&none, BlankLink::Send, "blank"),
        (&none, BlankLink::Hold, "held"),
        (&ann, BlankLink::Send, "sent"),
        (&ann, BlankLink::Hold, "sent"),
    ] {
        let told = match automatic(routing, blank_link) {
            Automatic::Send => "sent",
            Automatic::SendBlank(warning) => warning.code.strip_prefix("routing.automatic.").map(|_| "blank").unwrap(),
            Automatic::Hold(warning) => warning.code.strip_prefix("routing.automatic.").map(|_| "held").unwrap(),
        };
        assert_eq!(told, expected, "{:?} with {blank_link:?}", routing.reason);
    }
}

#[test]
fn a_key_that_comes_back_unavailable_makes_the_agent_away() {
    let directory = Directory { agents: agents(), teams: vec![] };
    let settings = Settings { fallback: false, ..Settings::default() };
    let routing = route_without(7, Some(Channel::Agent(id(42))), &directory, &console(), &settings, nfkc);
    assert_eq!(routing.reason, Reason::TechUnavailable);
}
