//! What a `SupportSession` report says, and whether it is sound: one pull-parser pass over bytes. Who the technicians are
//! and where the details go is decided elsewhere; the sentences for its problems stand in the product's catalogue.
//!
//! Pure, and a room of the rules (`rules::report`) in all but one respect: it is a crate of its own, because cargo chooses
//! between small and fast by crate, and of all the rules this one has megabytes to read.

mod document;
pub mod log;
mod lsid;
mod session;
mod values;

use document::Document;
pub use lsid::{Lsid, NotAnLsid};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// Seconds since 1970-01-01 UTC, as BeyondTrust writes them.
pub type UnixSeconds = i64;

/// What was read, and what is wrong with it. The long part, the log, borrows from the document.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Report<'a> {
    /// The sessions, in document order.
    pub sessions: Vec<Session<'a>>,
    /// The problems, in document order.
    pub problems: Vec<Problem>,
    /// The text of BeyondTrust's error document, when it is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

impl Report<'_> {
    /// A report that lacks this session has a problem more.
    pub fn require(&mut self, lsid: &Lsid) {
        if self.is_sound() && self.sessions.iter().all(|session| session.lsid.as_ref() != Some(lsid)) {
            self.problems.push(Problem::error(Fault::new("report.missingSession").with("lsid", lsid), (1, 1)));
        }
    }

    /// No problem of severity error.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        self.problems.iter().all(|problem| problem.severity == Severity::Warning)
    }
}

/// How bad a problem is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The report cannot be trusted.
    Error,
    /// Something was odd and was read all the same.
    Warning,
}

/// What is wrong: the code of a sentence, which begins with `report.`, and what the sentence fills in by name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Fault {
    /// Stable.
    pub code: &'static str,
    /// By name.
    pub args: Vec<(&'static str, String)>,
}

impl Fault {
    pub(crate) const fn new(code: &'static str) -> Self {
        Self { code, args: Vec::new() }
    }

    pub(crate) fn with(mut self, name: &'static str, value: impl ToString) -> Self {
        self.args.push((name, value.to_string()));
        self
    }
}

/// One thing wrong with a report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Problem {
    /// How bad.
    pub severity: Severity,
    /// What.
    pub fault: Fault,
    /// 1-based line.
    pub line: u32,
    /// 1-based column, in bytes.
    pub column: u32,
}

impl Problem {
    const fn error(fault: Fault, (line, column): (u32, u32)) -> Self {
        Self { severity: Severity::Error, fault, line, column }
    }
}

/// Limits that end in a named problem when they are passed.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Bytes of the document.
    pub bytes: usize,
    /// Nesting.
    pub depth: usize,
    /// Attributes of one element.
    pub attributes: usize,
}
impl Default for Limits {
    fn default() -> Self {
        Self { bytes: 64 * 1024 * 1024, depth: 64, attributes: 64 }
    }
}

/// One session of the report (BeyondTrust reference, `session`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Session<'a> {
    /// The session id, when it is one.
    pub lsid: Option<Lsid>,
    /// Beginning.
    pub start: Option<UnixSeconds>,
    /// End; `None` while the session runs.
    pub end: Option<UnixSeconds>,
    /// Length in seconds, from `duration` (`HH:MM:SS`) or else from start and end.
    pub seconds: Option<u64>,
    /// The external key as it stands.
    pub external_key: Option<String>,
    /// Public site.
    pub public_site: Option<String>,
    /// Chat transcript at the appliance, for reading.
    pub chat_url: Option<String>,
    /// Recording at the appliance, for viewing.
    pub recording_url: Option<String>,
    /// Customers, the primary one first.
    pub customers: Vec<Customer>,
    /// Name in `primary_customer`.
    pub primary_customer: Option<String>,
    /// `gsnumber` of `primary_rep`.
    pub primary_representative: Option<String>,
    /// Representatives in document order.
    pub representatives: Vec<SessionRepresentative>,
    /// Names of the teams involved.
    pub teams: Vec<String>,
    /// Custom attributes as (code name, value).
    pub attributes: Vec<(String, String)>,
    /// The log.
    pub events: Vec<Event<'a>>,
}

/// A customer of a session.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Customer {
    /// Connection number inside this session.
    pub gsnumber: Option<String>,
    /// User name at the endpoint.
    pub username: Option<String>,
    /// Host name of the endpoint.
    pub hostname: Option<String>,
    /// Operating system.
    pub os: Option<String>,
    /// Public address without its port.
    pub public_ip: Option<String>,
    /// Private address.
    pub private_ip: Option<String>,
    /// Name given in the portal.
    pub name: Option<String>,
    /// Company given in the portal.
    pub company: Option<String>,
}

/// A representative of a session.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct SessionRepresentative {
    /// Connection number inside this session.
    pub gsnumber: Option<String>,
    /// Permanent id.
    pub id: Option<u32>,
    /// Account name.
    pub username: Option<String>,
    /// The names.
    #[serde(flatten)]
    pub names: RepresentativeNames,
    /// Owner of the session at its end.
    pub owner: bool,
    /// Time in the session.
    pub seconds_involved: u64,
    /// An invited representative, without an account.
    pub invited: bool,
}

impl SessionRepresentative {
    /// The name to show: private, else public, else display, else account name.
    #[must_use]
    pub fn shown_name(&self) -> &str {
        self.names.shown().or(self.username.as_deref()).unwrap_or("?")
    }

    /// The name customers know.
    #[must_use]
    pub fn public_name(&self) -> &str {
        self.names.public.as_deref().or(self.names.display.as_deref()).unwrap_or("?")
    }
}

/// A representative's three names as BeyondTrust gives them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct RepresentativeNames {
    /// Private display name.
    pub private: Option<String>,
    /// Public display name.
    pub public: Option<String>,
    /// Display name.
    pub display: Option<String>,
}

impl RepresentativeNames {
    /// All that are told: private, public, display.
    pub fn told(&self) -> impl Iterator<Item = &str> {
        [&self.private, &self.public, &self.display].into_iter().flatten().map(String::as_str)
    }

    /// The name to show to agents: private, else public, else display.
    #[must_use]
    pub fn shown(&self) -> Option<&str> {
        self.told().find(|name| !name.trim().is_empty())
    }
}

/// Who did something.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Party<'a> {
    /// `representative`, `customer`, `system` or empty.
    pub role: Cow<'a, str>,
    /// Connection number; `0` is the system.
    pub gsnumber: Option<Cow<'a, str>>,
    /// Name.
    pub name: Cow<'a, str>,
}

/// One entry of the log. `kind` is BeyondTrust's `event_type`, an open set.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Event<'a> {
    /// When.
    pub at: Option<UnixSeconds>,
    /// `Chat Message`, `Session Note Added`, `File Upload`, ...
    pub kind: Cow<'a, str>,
    /// Who.
    pub by: Option<Party<'a>>,
    /// To whom.
    pub to: Option<Party<'a>>,
    /// Text, `encoded_body` already decoded.
    pub body: Option<Cow<'a, str>>,
    /// `data/value` pairs.
    pub data: Vec<(Cow<'a, str>, Cow<'a, str>)>,
    /// Files as (name, size in bytes when told).
    pub files: Vec<(Cow<'a, str>, Option<u64>)>,
}

impl Session<'_> {
    /// The same session, no longer bound to its document.
    #[must_use]
    pub fn into_owned(self) -> Session<'static> {
        Session {
            lsid: self.lsid,
            start: self.start,
            end: self.end,
            seconds: self.seconds,
            external_key: self.external_key,
            public_site: self.public_site,
            chat_url: self.chat_url,
            recording_url: self.recording_url,
            customers: self.customers,
            primary_customer: self.primary_customer,
            primary_representative: self.primary_representative,
            representatives: self.representatives,
            teams: self.teams,
            attributes: self.attributes,
            events: self.events.into_iter().map(Event::into_owned).collect(),
        }
    }
}

impl Party<'_> {
    fn into_owned(self) -> Party<'static> {
        Party { role: own(self.role), gsnumber: self.gsnumber.map(own), name: own(self.name) }
    }
}

impl Event<'_> {
    fn into_owned(self) -> Event<'static> {
        Event {
            at: self.at,
            kind: own(self.kind),
            by: self.by.map(Party::into_owned),
            to: self.to.map(Party::into_owned),
            body: self.body.map(own),
            data: self.data.into_iter().map(|(name, value)| (own(name), own(value))).collect(),
            files: self.files.into_iter().map(|(name, size)| (own(name), size)).collect(),
        }
    }
}

fn own(text: Cow<'_, str>) -> Cow<'static, str> {
    Cow::Owned(text.into_owned())
}

/// Reads a report. Never fails: what is wrong stands in `problems`.
#[must_use]
pub fn read<'a>(bytes: &'a [u8], limits: &Limits) -> Report<'a> {
    if bytes.len() > limits.bytes {
        return refused(bytes, 0, Fault::new("report.tooLarge").with("bytes", bytes.len()).with("limit", limits.bytes));
    }
    if bytes.trim_ascii().is_empty() {
        return refused(bytes, 0, Fault::new("report.empty"));
    }
    let mut document = Document::new(bytes, limits);
    let mut report = Report::default();
    if let Some(root) = document.root() {
        match root.local_name().as_ref() {
            "session_list" => report.error = session::list(&mut document, &mut report.sessions),
            "error" => report.error = Some(document.owned_text().unwrap_or_default()),
            name if name.eq_ignore_ascii_case("html") => _ = document.stop::<()>(Fault::new("report.html")),
            name => _ = document.stop::<()>(Fault::new("report.root").with("name", name)),
        }
        if let Some(text) = &report.error {
            document.refuse(Fault::new("report.applianceError").with("text", text));
        }
        document.end();
    }
    report.problems = document.problems;
    report
}

/// A document that is not looked at any further.
fn refused(bytes: &[u8], offset: usize, fault: Fault) -> Report<'static> {
    Report { problems: vec![Problem::error(fault, document::position(bytes, offset))], ..Report::default() }
}
