//! Which names a template may use and where their values come from. How a value is escaped is `escape`'s question.

use super::Values;
use crate::rules::link::HttpsUrl;
use std::collections::BTreeMap;

/// The names we fill ourselves, with what stands behind them. The first five come from the invite; the others from
/// `Values::named`, as far as ticket, user and agent have them.
pub const VARIABLES: &[(&str, &str)] = &[
    ("LINKTOREMOTE", "link to the session"),
    ("REMOTELINK", "link to the session"),
    ("REMOTESSESSIONCODE", "session code, as BeyondTrust's guide spells it"),
    ("REMOTESESSIONCODE", "session code"),
    ("REMOTEINVITE", "canned text of the invitation, a template itself"),
    ("FAULTID", "ticket: number"),
    ("SYMPTOM", "ticket: summary"),
    ("STATUS", "ticket: status"),
    ("REQUESTTYPE", "ticket: type"),
    ("ASSIGNEDTO", "ticket: agent it is assigned to"),
    ("USERNAME", "user: whole name"),
    ("FIRSTNAME", "user: first name"),
    ("LASTNAME", "user: last name"),
    ("USEREMAILADDRESS", "user: e-mail address"),
    ("AREA", "user: client"),
    ("SITE", "user: site"),
    ("AGENTNAME", "agent who sends the invite"),
];

/// Names Halo fills itself. We know them so that `$SYMPTOM2` is not read as `$SYMPTOM` and a `2`.
pub const LEFT_TO_HALO: &[&str] = &[
    "ACTIONDATE",
    "ACTIONLIST",
    "ACTIONNOTE",
    "ACTIONOUTCOME",
    "ACTIONTIMESUMMARY",
    "ACTIONTIMETAKEN",
    "ACTIONWHEN",
    "ACTIONWHO",
    "ALLACTIONS",
    "ASSETTAG",
    "CLEARANCE",
    "CLIENT_ID",
    "CLIENTID",
    "CONFIRMCLOSURE",
    "DATEOCCURREDNOTIME",
    "DATEREPORTED",
    "FIXBYDATE",
    "GREETING",
    "HMAC",
    "LASTACTION",
    "LINKTOREQUESTAGENT",
    "LINKTOREQUESTUSER",
    "LOGGEDINAGENTID",
    "ORADDRESS",
    "ORLOGOSRC",
    "ORNAME",
    "ORPHONE",
    "ORWEBSITE",
    "PORTALURL",
    "PRIMARYAGENT",
    "RESPONDBYDATE",
    "RICHACTIONNOTE",
    "SECTION",
    "SERIOUSNESS",
    "SERIOUSNESS2",
    "SIGNATURE",
    "SYMPTOM2",
    "TIMETAKEN",
    "USERPHONENUMBER",
];

/// What a name stands for.
pub(super) enum Value<'v> {
    /// The link to the session.
    Link(&'v HttpsUrl),
    /// A plain text.
    Named(&'v str),
    /// The canned text, a template.
    Canned,
    /// A link or code there is none of.
    Missing,
    /// Not ours, or not known for this ticket.
    Unknown,
}

/// The field of [`Values`] that a name is filled from; several names may share one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field<'n> {
    /// `link`.
    Link,
    /// `session_code`.
    SessionCode,
    /// `canned`.
    Canned,
    /// `named`, under this name.
    Named(&'n str),
}

impl<'n> Field<'n> {
    /// The field behind a name without its dollar sign.
    #[must_use]
    pub fn of(name: &'n str) -> Self {
        match name {
            "LINKTOREMOTE" | "REMOTELINK" => Self::Link,
            "REMOTESSESSIONCODE" | "REMOTESESSIONCODE" => Self::SessionCode,
            "REMOTEINVITE" => Self::Canned,
            name => Self::Named(name),
        }
    }
}

impl Values {
    /// What stands behind a name without its dollar sign.
    pub(super) fn get(&self, name: &str) -> Value<'_> {
        match Field::of(name) {
            Field::Link => self.link.as_ref().map_or(Value::Missing, Value::Link),
            Field::SessionCode => self.session_code.as_deref().map_or(Value::Missing, Value::Named),
            Field::Canned => Value::Canned,
            Field::Named(name) => self.named.get(name).map_or(Value::Unknown, |value| Value::Named(value)),
        }
    }

    /// Whether a block `{{#if NAME}}` is shown.
    pub(super) fn says_something(&self, name: &str) -> bool {
        match self.get(name) {
            Value::Link(_) => true,
            Value::Named(text) => !text.trim().is_empty(),
            Value::Canned => !self.canned.trim().is_empty(),
            Value::Missing | Value::Unknown => false,
        }
    }
}

/// Whether we fill this name.
pub(super) fn is_ours(name: &str, named: &BTreeMap<String, String>) -> bool {
    named.contains_key(name) || VARIABLES.iter().any(|(known, _)| *known == name)
}

/// The name a text behind a dollar sign begins with: the longest one known, else all that looks like a name.
pub(super) fn name_at<'t>(text: &'t str, named: &BTreeMap<String, String>) -> Option<&'t str> {
    let known = VARIABLES.iter().map(|(name, _)| *name).chain(LEFT_TO_HALO.iter().copied()).chain(named.keys().map(String::as_str));
    let longest = known.filter(|name| !name.is_empty() && text.starts_with(name)).map(str::len).max();
    let like_a_name = || {
        let end = text.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(text.len());
        (end > 1 && text.starts_with(|c: char| c.is_ascii_uppercase())).then_some(end)
    };
    text.get(..longest.or_else(like_a_name)?)
}
