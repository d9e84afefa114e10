//! What kind of failure Halo's answer, or the lack of one, is: for the worker (try again? may it have happened?) and, as a
//! [`Failure`], for people. Bodies are never passed on; of a refusal only the sentence Halo means for people.

use crate::outbound::{Answer, Trouble};
use halo_remote_support::rules::failure::{Failure, FailureKind};
use reqwest::StatusCode;
use serde_json::Value;
use std::{fmt, time::Duration};

/// Of Halo's text, as much as a person reads.
const TEXT: usize = 300;

/// What the call was; goes into every error.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// In words: "read this ticket".
    pub operation: &'static str,
    /// Halo's host.
    pub host: String,
    /// The call changes something.
    pub write: bool,
}

/// Why a call to Halo did not succeed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HaloError {
    /// No (complete) answer.
    NoAnswer {
        /// What was called.
        call: Call,
        /// What happened on the way.
        trouble: Trouble,
    },
    /// 401: the token is not valid any more, or the agent lacks the module. One new token, then stop.
    Unauthorized {
        /// What was called.
        call: Call,
    },
    /// 403: scope or role.
    Forbidden {
        /// What was called.
        call: Call,
    },
    /// 404.
    NotFound {
        /// What was called.
        call: Call,
    },
    /// 429.
    Busy {
        /// What was called.
        call: Call,
        /// What Halo asks for, when it does.
        retry_after: Option<Duration>,
    },
    /// Another 4xx: Halo refuses the content. The same again will be refused again.
    Refused {
        /// What was called.
        call: Call,
        /// HTTP status.
        status: u16,
        /// Halo's sentence for people, when there is one.
        text: Option<String>,
    },
    /// 5xx.
    Server {
        /// What was called.
        call: Call,
        /// HTTP status.
        status: u16,
        /// What Halo asks for, when it does.
        retry_after: Option<Duration>,
    },
    /// An answer that cannot be understood.
    Unexpected {
        /// What was called.
        call: Call,
        /// What is odd about it; no content.
        what: &'static str,
        /// It was a 2xx: a change has happened all the same.
        accepted: bool,
    },
    /// The authorisation server does not know our application or its secret, or not these scopes.
    Credentials {
        /// What was called.
        call: Call,
        /// OAuth error code.
        code: String,
    },
    /// The code or refresh token is spent, expired or not ours: the person must sign in again.
    GrantSpent {
        /// What was called.
        call: Call,
    },
}

impl HaloError {
    /// An answer that is not a success.
    pub(super) fn from_status(answer: &Answer, call: Call) -> Self {
        let status = answer.status;
        match status {
            StatusCode::UNAUTHORIZED => Self::Unauthorized { call },
            StatusCode::FORBIDDEN => Self::Forbidden { call },
            StatusCode::NOT_FOUND => Self::NotFound { call },
            StatusCode::TOO_MANY_REQUESTS => Self::Busy { call, retry_after: answer.retry_after },
            _ if status.is_server_error() || status == StatusCode::REQUEST_TIMEOUT => {
                Self::Server { call, status: status.as_u16(), retry_after: answer.retry_after }
            }
            _ if status.is_client_error() => Self::Refused { call, status: status.as_u16(), text: sentence(&answer.body) },
            _ => Self::Unexpected { call, what: "a redirect instead of an answer", accepted: false },
        }
    }

    fn call(&self) -> &Call {
        match self {
            Self::NoAnswer { call, .. }
            | Self::Unauthorized { call }
            | Self::Forbidden { call }
            | Self::NotFound { call }
            | Self::Busy { call, .. }
            | Self::Refused { call, .. }
            | Self::Server { call, .. }
            | Self::Unexpected { call, .. }
            | Self::Credentials { call, .. }
            | Self::GrantSpent { call } => call,
        }
    }

    /// The call was to change something, and it may have happened.
    #[must_use]
    pub fn ambiguous(&self) -> bool {
        self.call().write
            && match self {
                Self::NoAnswer { trouble, .. } => trouble.sent(),
                Self::Server { .. } => true,
                Self::Unexpected { accepted, .. } => *accepted,
                _ => false,
            }
    }

    /// Halo did not accept the token (401), or the grant it comes from is spent.
    #[must_use]
    pub const fn unauthorized(&self) -> bool {
        matches!(self, Self::Unauthorized { .. } | Self::GrantSpent { .. })
    }

    /// Halo knows the caller and says no (403): scope or role.
    #[must_use]
    pub const fn forbidden(&self) -> bool {
        matches!(self, Self::Forbidden { .. })
    }

    /// Halo has no such thing.
    #[must_use]
    pub const fn not_found(&self) -> bool {
        matches!(self, Self::NotFound { .. })
    }

    /// Halo refuses the content (a 4xx that is neither a missing right nor a missing thing): the same again will be refused
    /// again.
    #[must_use]
    pub const fn refused(&self) -> bool {
        matches!(self, Self::Refused { .. })
    }

    /// How long Halo asks us to wait.
    #[must_use]
    pub const fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Busy { retry_after, .. } | Self::Server { retry_after, .. } => *retry_after,
            _ => None,
        }
    }

    /// The same call may succeed later without anybody doing anything.
    #[must_use]
    pub const fn transient(&self) -> bool {
        match self {
            Self::NoAnswer { trouble, .. } => !matches!(trouble, Trouble::Certificate | Trouble::TooLarge),
            Self::Busy { .. } | Self::Server { .. } => true,
            _ => false,
        }
    }

    /// For people.
    #[must_use]
    pub fn failure(&self) -> Failure {
        let Call { operation, host, .. } = self.call();
        let at = |kind| Failure::new(kind).with("host", host);
        match self {
            Self::NoAnswer { trouble, .. } => match trouble {
                Trouble::Certificate => at(FailureKind::HaloCertificate),
                Trouble::Timeout | Trouble::ConnectTimeout => at(FailureKind::HaloTimeout),
                Trouble::Unreachable | Trouble::Broken => at(FailureKind::HaloUnreachable),
                Trouble::TooLarge => at(FailureKind::HaloUnexpected),
            },
            Self::Unauthorized { .. } | Self::Forbidden { .. } => Failure::new(FailureKind::HaloPermission).with("operation", operation),
            Self::NotFound { .. } => Failure::new(FailureKind::HaloRefused).with("text", format!("not found ({operation})")),
            Self::Busy { retry_after, .. } => {
                Failure::new(FailureKind::HaloBusy).with("seconds", retry_after.unwrap_or(Duration::from_secs(60)).as_secs().max(1))
            }
            Self::Refused { status, text, .. } => {
                Failure::new(FailureKind::HaloRefused).with("text", text.clone().unwrap_or_else(|| format!("HTTP {status} ({operation})")))
            }
            Self::Server { .. } | Self::Unexpected { .. } => at(FailureKind::HaloUnexpected),
            Self::Credentials { .. } => at(FailureKind::HaloCredentials),
            Self::GrantSpent { .. } => Failure::new(FailureKind::SignedOut),
        }
    }
}

impl fmt::Display for HaloError {
    /// For the log: no bodies, no secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Call { operation, host, .. } = self.call();
        write!(f, "could not {operation} at {host}: ")?;
        match self {
            Self::NoAnswer { trouble, .. } => trouble.fmt(f),
            Self::Unauthorized { .. } => f.write_str("HTTP 401"),
            Self::Forbidden { .. } => f.write_str("HTTP 403"),
            Self::NotFound { .. } => f.write_str("HTTP 404"),
            Self::Busy { .. } => f.write_str("HTTP 429"),
            Self::Refused { status, .. } | Self::Server { status, .. } => write!(f, "HTTP {status}"),
            Self::Unexpected { what, .. } => f.write_str(what),
            Self::Credentials { code, .. } => write!(f, "the application is refused ({code})"),
            Self::GrantSpent { .. } => f.write_str("the sign-in is spent"),
        }
    }
}

impl std::error::Error for HaloError {}

impl From<HaloError> for Failure {
    fn from(error: HaloError) -> Self {
        error.failure()
    }
}

/// Halo's sentence for people in a 4xx, wherever it stands: `Message`, `errorMessage`, `error_description`, `message`, or
/// the first complaint of a model state such as `{"[0].id": ["…"]}`.
fn sentence(body: &[u8]) -> Option<String> {
    let value: Value = serde_json::from_slice(body).ok()?;
    let fields = value.as_object()?;
    let named = ["Message", "errorMessage", "error_description", "message", "title"].iter().find_map(|name| fields.get(*name)?.as_str());
    let complaint = || fields.values().find_map(|value| value.as_array()?.first()?.as_str());
    let text = named.or_else(complaint)?.split_whitespace().collect::<Vec<_>>().join(" ");
    // Markup is not a sentence.
    Some(text.chars().filter(|c| !c.is_control()).take(TEXT).collect::<String>()).filter(|text| !text.is_empty() && !text.starts_with('<'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16, body: &str) -> Answer {
        Answer { status: StatusCode::from_u16(status).unwrap(), retry_after: Some(Duration::from_secs(17)), body: body.as_bytes().to_vec() }
    }

    #[test]
    fn what_a_write_may_have_done_and_whether_to_try_again() {
        // status, ambiguous when writing, transient, kind
        for (status, ambiguous, transient, kind) in [
            (400, false, false, FailureKind::HaloRefused),
            (401, false, false, FailureKind::HaloPermission),
            (403, false, false, FailureKind::HaloPermission),
            (404, false, false, FailureKind::HaloRefused),
            (408, true, true, FailureKind::HaloUnexpected),
            (409, false, false, FailureKind::HaloRefused),
            (415, false, false, FailureKind::HaloRefused),
            (429, false, true, FailureKind::HaloBusy),
            (500, true, true, FailureKind::HaloUnexpected),
            (502, true, true, FailureKind::HaloUnexpected),
            (503, true, true, FailureKind::HaloUnexpected),
            (504, true, true, FailureKind::HaloUnexpected),
            (302, false, false, FailureKind::HaloUnexpected),
        ] {
            for write in [false, true] {
                let error = HaloError::from_status(&answer(status, ""), Call { operation: "test", host: "halo".into(), write });
                assert_eq!(error.ambiguous(), ambiguous && write, "{status}");
                assert_eq!(error.transient(), transient, "{status}");
                assert_eq!(error.failure().kind, kind, "{status}");
            }
        }
        for (trouble, ambiguous, transient) in [
            (Trouble::Unreachable, false, true),
            (Trouble::ConnectTimeout, false, true),
            (Trouble::Certificate, false, false),
            (Trouble::Timeout, true, true),
            (Trouble::Broken, true, true),
            (Trouble::TooLarge, true, false),
        ] {
            let error = HaloError::NoAnswer { call: Call { operation: "test", host: "halo".into(), write: true }, trouble };
            assert_eq!((error.ambiguous(), error.transient()), (ambiguous, transient), "{trouble:?}");
        }
    }

    #[test]
    fn of_a_refusal_only_the_sentence_for_people_is_kept() {
        for (body, text) in [
            (
                r#"{"ClassName":"System.Exception","Message":"Choose an action first.","StackTraceString":"at X"}"#,
                Some("Choose an action first."),
            ),
            (r#"{"[0].id":["The value is not a number."]}"#, Some("The value is not a number.")),
            (r#"{"resultCode":3,"errorMessage":"Ticket is locked"}"#, Some("Ticket is locked")),
            (r#"{"error":"invalid","error_description":"two\n lines"}"#, Some("two lines")),
            (r#"{"Message":"<html>"}"#, None),
            (r#"{"Message":null}"#, None),
            (r#"["x"]"#, None),
            ("plain text with who knows what", None),
            ("", None),
        ] {
            assert_eq!(sentence(body.as_bytes()).as_deref(), text, "{body}");
        }
    }
}
