//! A configuration that cannot be used, as one sentence: which setting, what is wrong, what to do. Only the first problem
//! is told.

use std::fmt;

/// Why the proxy does not start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigProblem {
    setting: String,
    wrong: String,
    remedy: String,
}

impl ConfigProblem {
    /// A problem with one setting, written `server.listen`.
    #[must_use]
    pub fn new(setting: impl Into<String>, wrong: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { setting: setting.into(), wrong: wrong.into(), remedy: remedy.into() }
    }

    /// The setting, or the file when it cannot be read at all.
    #[must_use]
    pub fn setting(&self) -> &str {
        &self.setting
    }
}

impl fmt::Display for ConfigProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}; {}", self.setting, self.wrong, self.remedy)
    }
}

impl std::error::Error for ConfigProblem {}
