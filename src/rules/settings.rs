//! What the administrator has chosen, and whether it is coherent. How it is stored or who may change it is the proxy's
//! business.

use super::{
    directory::Team,
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
    /// Session notes on tickets are private.
    pub private_notes: bool,
    /// What an automatic mail does when there is no link.
    pub blank_link: BlankLink,
    /// The displayed ticket number's prefix, for example `NHD`; read when a technician typed it.
    pub ticket_prefix: String,
    /// Teams an invite may go to.
    pub teams: Vec<Team>,
    /// What the customer reads.
    pub templates: Templates,
    /// Local corrections of Halo's agent fields.
    pub agents: BTreeMap<AgentId, AgentOverride>,
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
            private_notes: true,
            blank_link: BlankLink::Send,
            ticket_prefix: String::new(),
            teams: Vec::new(),
            templates: Templates::default(),
            agents: BTreeMap::new(),
        }
    }
}
