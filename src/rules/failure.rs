//! What we tell the person when something cannot be done, and what they can do about it: one table of kinds. The words
//! stand in the catalogue under `failure.<code>.title`, `.detail`, `.advice`.

use super::wording::{Language, Message, say};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};
use std::collections::BTreeMap;

macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $status:literal, $retry:literal;)+) => {
        /// What went wrong. Codes are stable.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum FailureKind { $($(#[$doc])* $name,)+ }

        impl FailureKind {
            /// Every kind, for tables and tests.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];
            /// The stable code.
            #[must_use]
            pub const fn code(self) -> &'static str { match self { $(Self::$name => $code),+ } }
            /// HTTP status of the problem document.
            #[must_use]
            pub const fn status(self) -> u16 { match self { $(Self::$name => $status),+ } }
            /// Trying the same again later may help.
            #[must_use]
            pub const fn retryable(self) -> bool { match self { $(Self::$name => $retry),+ } }
        }
    };
}

kinds! {
    /// Nobody is signed in.
    SignedOut = "signed_out", 401, false;
    /// The sign-in code is wrong, spent or too old.
    SignInCode = "sign_in_code", 400, false;
    /// Halo refused the sign-in. `text`
    SignInRefused = "sign_in_refused", 403, true;
    /// The browser did not keep the cookie.
    CookieBlocked = "cookie_blocked", 401, false;
    /// The pop-up was blocked.
    PopupBlocked = "popup_blocked", 401, true;
    /// The page's origin is not allowed. `origin`
    OriginRefused = "origin_refused", 403, false;
    /// The custom header is missing: not our plugin.
    HeaderMissing = "header_missing", 403, false;
    /// This agent may not change this ticket. `ticket`
    NotAllowed = "not_allowed", 403, false;
    /// Only an administrator may. `agent`
    NotAdministrator = "not_administrator", 403, false;
    /// "Allow quick invites" is off.
    QuickInvitesOff = "quick_invites_off", 403, false;
    /// "Invite for other agents" is off. `asked`
    OtherAgentsOff = "other_agents_off", 403, false;
    /// The agent or team is not enabled for invites. `asked`
    ChannelNotEnabled = "channel_not_enabled", 409, false;
    /// The agent or team does not exist (any more).
    ChannelUnknown = "channel_unknown", 404, false;
    /// Halo has no such chat, or does not show it to this agent. `chat`
    ChatUnknown = "chat_unknown", 404, false;
    /// The chat is closed. `chat`
    ChatClosed = "chat_closed", 409, false;
    /// The address of a page, or an element, says not what it is about.
    AboutMissing = "about_missing", 422, false;
    /// Halo has no such asset. `asset`
    AssetUnknown = "asset_unknown", 404, false;
    /// There is no such invite. `invite`
    InviteUnknown = "invite_unknown", 404, false;
    /// In its state that cannot be done with the invite. `state`
    InviteNotNow = "invite_not_now", 409, false;
    /// A colleague has just invited; `again` sends all the same. `name`, `seconds`
    RecentInvite = "recent_invite", 409, false;
    /// Halo has no such ticket. `ticket`
    TicketUnknown = "ticket_unknown", 404, false;
    /// The ticket is closed, or the asset is not on it. `ticket`
    TicketNotOfAsset = "ticket_not_of_asset", 409, false;
    /// There is no such session. `lsid`
    SessionUnknown = "session_unknown", 404, false;
    /// The session is being worked on. `lsid`
    SessionBusy = "session_busy", 409, true;
    /// The session's note stands on that ticket already, which may be another one than was wished for. `ticket`
    SessionLinked = "session_linked", 409, false;
    /// In its state that cannot be done with the session. `state`
    SessionNotNow = "session_not_now", 409, false;
    /// This is not an e-mail address. `email`
    EmailInvalid = "email_invalid", 422, false;
    /// The template is refused. `text`, `line`, `column`
    TemplateRefused = "template_refused", 422, false;
    /// The asset's tag is empty.
    SearchEmpty = "search_empty", 422, false;
    /// The asset's tag is a variable that Halo did not fill in. `text`
    SearchUnsubstituted = "search_unsubstituted", 422, false;
    /// The asset's tag or the key is too long. `limit`
    SearchTooLong = "search_too_long", 422, false;
    /// The request cannot be read. `text`
    BodyInvalid = "body_invalid", 400, false;
    /// The idempotency key is missing or too long.
    IdempotencyKey = "idempotency_key", 400, false;
    /// The same idempotency key came with another request.
    IdempotencyConflict = "idempotency_conflict", 409, false;
    /// No such page. `path`
    NotFound = "not_found", 404, false;
    /// TECHUNAVAILABLE. `asked`
    TechUnavailable = "tech_unavailable", 409, false;
    /// No default team.
    NoDefaultTeam = "no_default_team", 409, false;
    /// The default team is disabled. `team`
    DefaultTeamDisabled = "default_team_disabled", 409, false;
    /// Two representatives have the agent's name. `asked`, `names`
    AmbiguousRepresentative = "ambiguous_representative", 409, false;
    /// The agent has no BeyondTrust display name. `asked`
    AgentWithoutName = "agent_without_name", 409, false;
    /// BeyondTrust cannot be reached. `host`
    ApplianceUnreachable = "appliance_unreachable", 502, true;
    /// BeyondTrust took too long. `host`
    ApplianceTimeout = "appliance_timeout", 504, true;
    /// The certificate is not trusted. `host`
    ApplianceCertificate = "appliance_certificate", 502, false;
    /// The answer is not BeyondTrust's. `host`
    ApplianceNotBeyondtrust = "appliance_not_beyondtrust", 502, false;
    /// Client id or secret are wrong. `host`
    ApplianceCredentials = "appliance_credentials", 502, false;
    /// The XML API is not enabled. `host`
    ApplianceXmlApiOff = "appliance_xml_api_off", 502, false;
    /// A permission is missing. `permission`
    AppliancePermission = "appliance_permission", 502, false;
    /// BeyondTrust answered with an error. `text`
    ApplianceError = "appliance_error", 502, true;
    /// BeyondTrust's answer is larger than we read. `limit`
    ApplianceTooLarge = "appliance_too_large", 502, false;
    /// BeyondTrust asks us to slow down.
    ApplianceBusy = "appliance_busy", 503, true;
    /// A test event posted to our public address did not arrive. `host`, `text`
    EventRoundTrip = "event_round_trip", 502, true;
    /// Clocks differ. `seconds`
    ClockSkew = "clock_skew", 409, false;
    /// BeyondTrust's link is on another host. `host`
    LinkOffSite = "link_off_site", 502, false;
    /// Halo cannot be reached. `host`
    HaloUnreachable = "halo_unreachable", 502, true;
    /// Halo took too long. `host`
    HaloTimeout = "halo_timeout", 504, true;
    /// Halo's certificate is not trusted. `host`
    HaloCertificate = "halo_certificate", 502, false;
    /// Halo does not accept our application's credentials. `host`
    HaloCredentials = "halo_credentials", 502, false;
    /// Halo says the right is missing. `operation`
    HaloPermission = "halo_permission", 502, false;
    /// Halo refused the change. `text`
    HaloRefused = "halo_refused", 409, false;
    /// Halo's rate limit is reached. `seconds`
    HaloBusy = "halo_busy", 503, true;
    /// Halo answered something we do not understand. `host`
    HaloUnexpected = "halo_unexpected", 502, true;
    /// The mail may or may not have gone out; we are finding out. `ticket`
    InDoubt = "in_doubt", 202, true;
    /// Nothing is configured yet. `setting`
    NotConfigured = "not_configured", 409, false;
    /// Somebody else changed the settings meanwhile.
    SettingsConflict = "settings_conflict", 409, false;
    /// A setting is wrong. `setting`, `text`
    SettingWrong = "setting_wrong", 422, false;
    /// The proxy's store cannot be written.
    StoreUnavailable = "store_unavailable", 503, true;
    /// Too many requests.
    TooMany = "too_many", 429, true;
    /// The proxy cannot be reached from this browser. `host`
    ProxyUnreachable = "proxy_unreachable", 0, true;
    /// A fault of ours. `reference`
    Internal = "internal", 500, true;
}

// By the table of codes: what serde would write for so many kinds is kilobytes of the browser's module.
impl Serialize for FailureKind {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
    }
}

impl<'de> Deserialize<'de> for FailureKind {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let code = String::deserialize(deserializer)?;
        let known = Self::ALL.iter().copied().find(|kind| kind.code() == code);
        known.ok_or_else(|| D::Error::custom(format_args!("no failure has the code {code}")))
    }
}

/// A failure with what its sentence needs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// What.
    pub kind: FailureKind,
    /// What the sentences fill in by name.
    #[serde(default)]
    pub args: BTreeMap<String, String>,
}

/// A part of what is told of a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// A few words.
    Title,
    /// What happened, one sentence.
    Detail,
    /// What the person can do.
    Advice,
}

impl Failure {
    /// A failure of this kind.
    #[must_use]
    pub const fn new(kind: FailureKind) -> Self {
        Self { kind, args: BTreeMap::new() }
    }

    /// The same with one argument more.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl ToString) -> Self {
        self.args.insert(name.to_owned(), value.to_string());
        self
    }
    /// One part of what is told of it, to be said later or by somebody else.
    #[must_use]
    pub fn message(&self, part: Part) -> Message {
        let part = match part {
            Part::Title => "title",
            Part::Detail => "detail",
            Part::Advice => "advice",
        };
        Message { code: format!("failure.{}.{part}", self.kind.code()), args: self.args.clone() }
    }
    /// A few words.
    #[must_use]
    pub fn title(&self, language: Language) -> String {
        say(language, &self.message(Part::Title))
    }
    /// What happened, one sentence.
    #[must_use]
    pub fn detail(&self, language: Language) -> String {
        say(language, &self.message(Part::Detail))
    }
    /// What the person can do.
    #[must_use]
    pub fn advice(&self, language: Language) -> String {
        say(language, &self.message(Part::Advice))
    }
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.kind.code(), self.detail(Language::En))
    }
}
impl std::error::Error for Failure {}
