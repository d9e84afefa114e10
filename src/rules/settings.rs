//! What the administrator has chosen, and whether it is coherent. How it is stored or who may change it is the proxy's
//! business.

use super::{
    directory::Team,
    template::{self, Format},
    wording::Message,
    words::{AgentId, UserId},
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Everything an administrator chooses in the product. Missing parts take their defaults, so that older stored settings
/// still read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Settings {
    /// Sessions without a user are kept under this Halo user (the guide's "Default User").
    pub default_user: Option<UserId>,
    /// "Allow Agents to invite Users to Remote Sessions for other Agents".
    pub invite_for_others: bool,
    /// "Allow Agents to send quick Remote Session invites from the Ticket screen".
    pub quick_invites: bool,
    /// "Add session details to tickets automatically".
    pub add_automatically: bool,
    /// "Generate a session for the default team if the chosen agent is not available".
    pub fallback: bool,
    /// "Only accept Remote Session Data if the session was generated from Halo".
    pub only_generated: bool,
    /// Only sessions in which one of these BeyondTrust teams took part are recorded; empty: all. What was generated from
    /// Halo is recorded whatever its team.
    pub session_teams: Vec<String>,
    /// Session notes on tickets are private.
    pub private_notes: bool,
    /// A session's duration is entered as the time its action took.
    pub time_taken: bool,
    /// What an automatic mail does when there is no link.
    pub blank_link: BlankLink,
    /// The displayed ticket number's prefix, for example `NHD`; read when a technician typed it.
    pub ticket_prefix: String,
    /// Teams an invite may go to.
    pub teams: Vec<Team>,
    /// What the customer reads.
    pub templates: Templates,
    /// Which tickets and actions in Halo send an invite by themselves.
    pub automatic: Automatic,
    /// How a device is opened from its asset.
    pub pinned: Launching,
    /// Local corrections of Halo's agent fields.
    pub agents: BTreeMap<AgentId, AgentOverride>,
}

/// Which tickets and actions in Halo send an invite by themselves. Fields and outcomes are Halo's, by their numbers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Automatic {
    /// The tickets' field "Send Remote Session Invitation".
    pub send_field: Option<u32>,
    /// The tickets' field "Remote Session Technician/Channel".
    pub channel_field: Option<u32>,
    /// The actions' field "Remote Session Technician/Channel".
    pub action_channel_field: Option<u32>,
    /// Actions that send an invite.
    pub invite_outcomes: Vec<u32>,
    /// Ticket types for which Halo's own default is not to be followed.
    pub types: BTreeMap<u32, bool>,
}

/// How a device is opened from its asset.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Launching {
    /// The command.
    pub action: super::pinned::Action,
    /// What the asset's tag is compared with.
    pub field: super::pinned::Field,
}

/// What an automatic invite without a usable default team does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum BlankLink {
    /// The mail goes out without link and code, with a warning on the ticket (the guide's behaviour).
    #[default]
    Send,
    /// The mail is held back.
    Hold,
}

/// A local correction of what Halo says about an agent; always shown as a correction.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct AgentOverride {
    /// Instead of `allowbeyondtrustinvites`.
    pub invites_enabled: Option<bool>,
    /// Instead of `beyondtrust_name`.
    pub beyondtrust_name: Option<String>,
}

/// The administrator's templates.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Templates {
    /// Subject of the invite's mail (plain text).
    pub subject: String,
    /// Body of the invite's mail (HTML).
    pub mail: String,
    /// The live-chat invitation (HTML).
    pub chat: String,
    /// The canned text behind `$REMOTEINVITE` (HTML).
    pub canned: String,
}

impl Default for Templates {
    fn default() -> Self {
        Self {
            subject: "Remote session for ticket $FAULTID".to_owned(),
            mail: "<p>Hello $USERNAME,</p>$REMOTEINVITE<p>$AGENTNAME</p>".to_owned(),
            chat: "<p>We would like to have a remote session to look at this issue with you. <a href=\"$LINKTOREMOTE\">Join the session</a> or enter the code <b>$REMOTESSESSIONCODE</b>.</p>".to_owned(),
            canned: "<p>We would like to have a remote session to look at this issue with you. <a href=\"$LINKTOREMOTE\">Click here</a> and run the file that is offered, or open $LINKTOREMOTE and enter the code <b>$REMOTESSESSIONCODE</b>.</p>".to_owned(),
        }
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            default_user: None,
            invite_for_others: true,
            quick_invites: true,
            add_automatically: true,
            fallback: true,
            only_generated: false,
            session_teams: Vec::new(),
            private_notes: true,
            time_taken: false,
            blank_link: BlankLink::Send,
            ticket_prefix: String::new(),
            teams: Vec::new(),
            templates: Templates::default(),
            automatic: Automatic::default(),
            pinned: Launching::default(),
            agents: BTreeMap::new(),
        }
    }
}

/// Everything that is incoherent in the settings, refused or merely odd, as sentences in the order to show. A template's
/// problem takes two: where, then what.
#[must_use]
pub fn problems(settings: &Settings) -> Vec<Message> {
    check(settings).into_iter().flat_map(|(_, messages)| messages).collect()
}

/// What of [`problems`] must be corrected before the settings can be saved.
#[must_use]
pub fn refusals(settings: &Settings) -> Vec<Message> {
    check(settings).into_iter().filter(|(refused, _)| *refused).flat_map(|(_, messages)| messages).collect()
}

fn check(settings: &Settings) -> Vec<(bool, Vec<Message>)> {
    let mut found = Vec::new();
    check_teams(&settings.teams, &mut found);
    if settings.ticket_prefix.trim().ends_with(|c: char| c.is_numeric()) {
        found.push((true, vec![Message::new("settings.prefix").with("prefix", &settings.ticket_prefix)]));
    }
    let Templates { subject, mail, chat, canned } = &settings.templates;
    for (which, template, format) in
        [("subject", subject, Format::Text), ("mail", mail, Format::Html), ("chat", chat, Format::Html), ("canned", canned, Format::Html)]
    {
        found.extend(template::lint_as(template, format).into_iter().map(|problem| {
            let what = if problem.refused { "refused" } else { "odd" };
            let place = Message::new(&format!("settings.{which}.{what}")).with("line", problem.line).with("column", problem.column);
            (problem.refused, vec![place, problem.message])
        }));
    }
    for (code, template) in [("settings.mail.noLink", mail), ("settings.chat.noLink", chat)] {
        if !names_the_session(template, canned) {
            found.push((false, vec![Message::new(code)]));
        }
    }
    found
}

fn check_teams(teams: &[Team], found: &mut Vec<(bool, Vec<Message>)>) {
    let names = |teams: &[&Team]| teams.iter().map(|team| team.shown_name()).collect::<Vec<_>>().join(", ");
    let defaults: Vec<_> = teams.iter().filter(|team| team.is_default).collect();
    match defaults.as_slice() {
        [] => found.push((false, vec![Message::new("settings.noDefaultTeam")])),
        [team] if !team.enabled => found.push((false, vec![Message::new("settings.defaultTeamDisabled").with("team", team.shown_name())])),
        [_] => {}
        several => found.push((true, vec![Message::new("settings.twoDefaultTeams").with("names", names(several))])),
    }
    let mut by_queue = BTreeMap::<_, Vec<&Team>>::new();
    for team in teams {
        by_queue.entry(team.queue).or_default().push(team);
    }
    for (queue, teams) in by_queue.iter().filter(|(_, teams)| teams.len() > 1) {
        found.push((true, vec![Message::new("settings.duplicateQueue").with("names", names(teams)).with("queue", queue)]));
    }
}

/// Whether the customer finds the way into the session.
pub(super) fn names_the_session(template: &str, canned: &str) -> bool {
    let named =
        |text: &str| ["LINKTOREMOTE", "REMOTELINK", "REMOTESSESSIONCODE", "REMOTESESSIONCODE"].iter().any(|name| text.contains(name));
    named(template) || (template.contains("REMOTEINVITE") && named(canned))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::{
        wording::{Language, say},
        words::TeamQueue,
    };

    fn team(queue: u32, is_default: bool, enabled: bool) -> Team {
        Team { queue: TeamQueue::Team(queue), name: format!("Team {queue}"), display_name: String::new(), is_default, enabled }
    }
    fn with_teams(teams: &[Team]) -> Settings {
        Settings { teams: teams.to_vec(), ..Settings::default() }
    }
    fn with_templates(change: impl FnOnce(&mut Templates)) -> Settings {
        let mut settings = with_teams(&[team(3, true, true)]);
        change(&mut settings.templates);
        settings
    }

    #[test]
    fn what_is_incoherent_is_said_and_only_what_cannot_work_is_refused() {
        let prefix = |prefix: &str| Settings { ticket_prefix: prefix.to_owned(), ..with_teams(&[team(3, true, true)]) };
        for (settings, refused, expected) in [
            (with_teams(&[team(3, true, true)]), false, vec![]),
            (with_teams(&[]), false, vec!["There is no default team: invites without a technician or team go out without link and code."]),
            (with_teams(&[team(3, true, false)]), false, vec!["Team 3 is the default team but is not enabled, so it will not be used."]),
            (
                with_teams(&[team(3, true, true), team(4, true, true)]),
                true,
                vec!["Only one team can be the default; these are: Team 3, Team 4."],
            ),
            (
                with_teams(&[team(3, true, true), team(3, false, true)]),
                true,
                vec!["Team 3, Team 3 have the same queue (team:3); keep one of them."],
            ),
            (prefix("NHD"), false, vec![]),
            (prefix("N1"), true, vec!["The ticket prefix \"N1\" ends in a digit, so a ticket number cannot be told from it."]),
            (
                with_templates(|templates| templates.mail = "\n<a href=$LINKTOREMOTE>".to_owned()),
                true,
                vec![
                    "The mail template cannot be used; line 2, column 9:",
                    "$LINKTOREMOTE stands in an attribute without quotes; put quotes around the value.",
                ],
            ),
            (
                with_templates(|templates| templates.subject = "<a href=$FAULTID {{".to_owned()),
                false,
                vec!["Subject, line 1, column 18:", "{{ without }} stays as typed."],
            ),
            (
                with_templates(|templates| templates.chat = "Hello".to_owned()),
                false,
                vec!["The live-chat template names neither the link nor the session code."],
            ),
            (
                with_templates(|templates| templates.canned = "Hello".to_owned()),
                false,
                vec!["The mail template names neither the link nor the session code."],
            ),
        ] {
            let sentences: Vec<_> = problems(&settings).iter().map(|message| say(Language::En, message)).collect();
            assert_eq!(sentences, expected);
            assert_eq!(!refusals(&settings).is_empty(), refused, "{expected:?}");
        }
    }

    #[test]
    fn older_stored_settings_still_read() {
        let settings: Settings = serde_json::from_str(r#"{"fallback":false,"teams":[{"queue":"team:3","name":"Service Desk"}]}"#).unwrap();
        let expected = Settings {
            fallback: false,
            teams: vec![Team { name: "Service Desk".to_owned(), ..team(3, false, false) }],
            ..Settings::default()
        };
        assert_eq!(settings, expected);
    }
}
