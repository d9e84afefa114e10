//! Whether two names mean the same person. Equal or not: nearness is only ever shown, never accepted.

use super::directory::Agent;
use super::{wording::Message, words::AgentId};
pub use remote_support_report::RepresentativeNames;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

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
        let folded = if name.is_ascii() { name.to_ascii_lowercase() } else { fold(name, nfkc) };
        let mut words = folded.split_whitespace();
        let mut one = words.next()?.to_owned();
        for word in words {
            one.push(' ');
            one.push_str(word);
        }
        Some(Self(one))
    }

    /// Those of a representative's names that say something, folded.
    pub(crate) fn all(names: &RepresentativeNames, nfkc: Nfkc) -> Vec<Self> {
        names.told().filter_map(|name| Self::new(name, nfkc)).collect()
    }

    /// How its words begin.
    fn starts(&self) -> impl Iterator<Item = [char; 2]> {
        self.0.split(' ').filter_map(|word| {
            let mut chars = word.chars();
            Some([chars.next()?, chars.next().unwrap_or(' ')])
        })
    }
}

/// A text without regard to case, for searching and sorting; not for saying whether two names mean the same person.
#[must_use]
pub fn without_case(text: &str) -> String {
    caseless::default_case_fold_str(text)
}

/// NFKC before and after folding, because folding takes NFKC apart again (`ᾳ` with an iota below). Signs are unified on
/// both sides: NFKC makes new ones (`″` becomes two primes) and splits `´` into a space and an accent.
fn fold(name: &str, nfkc: Nfkc) -> String {
    let plain: String = name.chars().filter_map(plain).collect();
    let folded = caseless::default_case_fold_str(&nfkc(&plain));
    nfkc(&folded).chars().filter_map(self::plain).collect()
}

/// A typographic apostrophe or dash as the one on the keyboard; characters without width, which come with copied text,
/// are dropped.
const fn plain(c: char) -> Option<char> {
    match c {
        '`' | '´' | '‘' | '’' | '‛' | '′' | 'ʹ' | 'ʻ' | 'ʼ' | 'ʽ' | 'ˈ' => Some('\''),
        '‐' | '‑' | '‒' | '–' | '—' | '―' | '−' => Some('-'),
        '\u{AD}' | '\u{200B}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}' | '\u{2066}'..='\u{2069}' | '\u{FEFF}' => {
            None
        }
        other => Some(other),
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

impl Match {
    /// The step of a trace that tells of it: who the representative of this name is.
    #[must_use]
    pub fn step(&self, name: &str, agents: &NameIndex) -> Message {
        let step = match self {
            Self::Matched { agent, by: ByName::BeyondtrustName } => Message::new("names.step.matched").with("agent", agents.name(*agent)),
            Self::Matched { agent, by: ByName::HaloName } => {
                Message::new("names.step.matchedByHaloName").with("agent", agents.name(*agent))
            }
            Self::Ambiguous { candidates } => Message::new("names.step.ambiguous").with("candidates", agents.names(candidates)),
            Self::None { nearest } if nearest.is_empty() => Message::new("names.step.unmatched"),
            Self::None { nearest } => Message::new("names.step.unmatchedNear").with("nearest", nearest.join(", ")),
        };
        step.with("name", name)
    }
}

/// Agents' names folded once, so that a match does not depend on how many agents there are.
#[derive(Clone, Debug, Default)]
pub struct NameIndex {
    by_beyondtrust: HashMap<FoldedName, Vec<AgentId>>,
    by_halo: HashMap<FoldedName, Vec<AgentId>>,
    halo_names: HashMap<AgentId, String>,
    /// Every name once: folded, and as the first agent with it writes it.
    written: Vec<(FoldedName, String)>,
    /// Places in `written` by how a word of the name begins.
    by_start: HashMap<[char; 2], Vec<usize>>,
}

/// At most so many nearest names are shown.
const NEAREST: usize = 3;
/// At most so many names with one beginning are looked at for that; more would make a match wait for the crowd.
const LOOKED_AT: usize = 64;

impl NameIndex {
    /// Folds all names of the agents; "Unassigned" is nobody.
    #[must_use]
    pub fn new(agents: &[Agent], nfkc: Nfkc) -> Self {
        let mut index = Self::default();
        for agent in agents.iter().filter(|agent| !agent.is_unassigned()) {
            for (names, written) in
                [(&mut index.by_beyondtrust, agent.beyondtrust_name.as_deref()), (&mut index.by_halo, Some(&*agent.name))]
            {
                let Some((written, name)) = written.and_then(|written| Some((written, FoldedName::new(written, nfkc)?))) else { continue };
                let holders = names.entry(name.clone()).or_default();
                if holders.is_empty() {
                    for start in name.starts() {
                        index.by_start.entry(start).or_default().push(index.written.len());
                    }
                    index.written.push((name, written.to_owned()));
                }
                holders.push(agent.id);
            }
            index.halo_names.insert(agent.id, agent.name.clone());
        }
        index
    }

    /// The agent's Halo name.
    #[must_use]
    pub fn name(&self, agent: AgentId) -> &str {
        self.halo_names.get(&agent).map_or("?", String::as_str)
    }

    /// The same of several, for a sentence.
    #[must_use]
    pub fn names(&self, agents: &[AgentId]) -> String {
        agents.iter().map(|agent| self.name(*agent)).collect::<Vec<_>>().join(", ")
    }

    /// Finds the agent a representative is: private, public and display name against the BeyondTrust display name, then
    /// against the Halo name.
    #[must_use]
    pub fn find(&self, representative: &RepresentativeNames, nfkc: Nfkc) -> Match {
        let names = FoldedName::all(representative, nfkc);
        for (by, index) in [(ByName::BeyondtrustName, &self.by_beyondtrust), (ByName::HaloName, &self.by_halo)] {
            let mut fitting = Vec::new();
            for agent in names.iter().filter_map(|name| index.get(name)).flatten() {
                if let Err(place) = fitting.binary_search(agent) {
                    fitting.insert(place, *agent);
                }
            }
            match fitting.as_slice() {
                [] => {}
                [agent] => return Match::Matched { agent: *agent, by },
                _ => return Match::Ambiguous { candidates: fitting },
            }
        }
        Match::None { nearest: self.nearest(&names) }
    }

    /// The agents' names that differ least, for a person to look at: of those that share the beginning of a word.
    fn nearest(&self, names: &[FoldedName]) -> Vec<String> {
        let mut near: Vec<(usize, &String)> = Vec::new();
        let alike = names.iter().flat_map(FoldedName::starts).filter_map(|start| self.by_start.get(&start));
        for (known, written) in alike.flat_map(|places| places.iter().take(LOOKED_AT)).filter_map(|place| self.written.get(*place)) {
            let Some(distance) = names.iter().map(|name| distance(&name.0, &known.0)).min() else { continue };
            let candidate = (distance, written);
            if distance * 3 <= known.0.chars().count()
                && let Err(place) = near.binary_search(&candidate)
            {
                near.insert(place, candidate);
                near.truncate(NEAREST);
            }
        }
        near.into_iter().map(|(_, name)| name.clone()).collect()
    }
}

/// How many characters must be inserted, dropped or exchanged (Levenshtein); only the first 64 count, so that a hostile
/// name costs no time.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().take(64).collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (line, from) in a.chars().take(64).enumerate() {
        let mut corner = line;
        let mut left = line + 1;
        let mut next = vec![left];
        for (to, above) in b.iter().zip(row.iter().skip(1)) {
            left = (corner + usize::from(from != *to)).min(left + 1).min(above + 1);
            corner = *above;
            next.push(left);
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests;
