//! Whether two names mean the same person. Equal or not: nearness is only ever shown, never accepted.

use super::directory::Agent;
use super::words::AgentId;
use serde::{Deserialize, Serialize};

/// NFKC, handed in: `String.prototype.normalize` in the browser, `unicode-normalization` elsewhere.
pub type Nfkc = fn(&str) -> String;

/// NFKC for native builds.
#[cfg(not(target_arch = "wasm32"))]
#[must_use]
pub fn nfkc(text: &str) -> String {
    use unicode_normalization::UnicodeNormalization;
    text.nfkc().collect()
}

/// A name in the one form in which names are compared.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FoldedName(String);

impl FoldedName {
    /// Folds a name; `None` when nothing but white space is left.
    #[must_use]
    pub fn new(name: &str, nfkc: Nfkc) -> Option<Self> {
        let _ = nfkc;
        Some(Self(name.to_owned()))
    }
}

/// Which of an agent's names fitted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ByName {
    /// The agent's BeyondTrust display name.
    BeyondtrustName,
    /// The agent's Halo name.
    HaloName,
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

/// Who a representative is among Halo's agents.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", tag = "kind")]
pub enum Match {
    /// Exactly one agent.
    Matched {
        /// Who.
        agent: AgentId,
        /// By which of the agent's names.
        by: ByName,
    },
    /// Several agents fit; nobody is chosen.
    Ambiguous {
        /// All who fit.
        candidates: Vec<AgentId>,
    },
    /// Nobody fits.
    None {
        /// The nearest names, for the person who mends it.
        nearest: Vec<String>,
    },
}

/// Agents' names folded once, so that a match does not depend on how many agents there are.
#[derive(Clone, Debug, Default)]
pub struct NameIndex {
    by_beyondtrust: std::collections::HashMap<FoldedName, Vec<AgentId>>,
    by_halo: std::collections::HashMap<FoldedName, Vec<AgentId>>,
    names: Vec<String>,
}

impl NameIndex {
    /// Folds all names of the agents.
    #[must_use]
    pub fn new(agents: &[Agent], nfkc: Nfkc) -> Self {
        let _ = (agents, nfkc);
        Self::default()
    }

    /// Finds the agent a representative is: private, public and display name against the BeyondTrust display name, then
    /// against the Halo name.
    #[must_use]
    pub fn find(&self, representative: &RepresentativeNames, nfkc: Nfkc) -> Match {
        let _ = (representative, nfkc, &self.by_beyondtrust, &self.by_halo, &self.names);
        Match::None { nearest: Vec::new() }
    }
}
