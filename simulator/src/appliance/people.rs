//! Representatives and teams: who there is, who is logged in, and which queue means what. Who may be chosen is the product's
//! question, not the appliance's.

use crate::now_ms;
use std::collections::BTreeMap;

/// A representative.
#[derive(Clone, Debug)]
pub(crate) struct Representative {
    pub(super) username: String,
    pub(super) display: String,
    pub(super) public: String,
    pub(super) private: String,
    /// `Normal` or `Invited`.
    pub(super) kind: String,
    /// UNIX seconds of the log-in; none when logged out.
    pub(super) logged_in_since: Option<i64>,
}

/// A support team.
#[derive(Clone, Debug)]
pub(crate) struct Team {
    pub(super) name: String,
    pub(super) members: Vec<u32>,
    /// Issue id, code name, title.
    pub(super) issues: Vec<(u32, String, String)>,
}

pub(crate) struct People {
    pub(super) representatives: BTreeMap<u32, Representative>,
    pub(super) teams: BTreeMap<u32, Team>,
}

/// Where a customer waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Queue {
    General,
    Representative(u32),
    Team(u32),
    /// An issue, which is its team's queue.
    Issue(u32),
}

impl Queue {
    /// The word the appliance uses for it in a key answer.
    pub(super) fn word(&self) -> &'static str {
        match self {
            Self::General => "general",
            Self::Representative(_) => "rep",
            Self::Team(_) => "team",
            Self::Issue(_) => "issue",
        }
    }

    pub(super) fn id(&self) -> Option<u32> {
        match self {
            Self::General => None,
            Self::Representative(id) | Self::Team(id) | Self::Issue(id) => Some(*id),
        }
    }

    /// The team whose queue it is.
    pub(super) fn team(&self) -> Option<u32> {
        match self {
            Self::Team(id) | Self::Issue(id) => Some(*id),
            Self::General | Self::Representative(_) => None,
        }
    }
}

impl People {
    pub(super) fn seed() -> Self {
        let since = now_ms() / 1000 - 3600;
        let one = |username: &str, public: &str, private: &str, kind: &str, here: bool| Representative {
            username: username.to_owned(),
            display: public.to_owned(),
            public: public.to_owned(),
            private: private.to_owned(),
            kind: kind.to_owned(),
            logged_in_since: here.then_some(since),
        };
        let issue = |id, code: &str, title: &str| (id, code.to_owned(), title.to_owned());
        Self {
            representatives: BTreeMap::from([
                (7, one("priya.nair", "Priya Nair", "Priya Nair", "Normal", true)),
                (9, one("ann.keller", "Ann K.", "Ann Keller", "Normal", false)),
                (12, one("zoe@northwind.example", "Zoë Müller-Łukasz", "Zoë Müller-Łukasz", "Normal", true)),
                (13, one("kit", "Kit", "Kit", "Normal", true)),
                (40, one("invited-40", "Guest Expert", "Guest Expert", "Invited", true)),
            ]),
            teams: BTreeMap::from([
                (
                    3,
                    Team {
                        name: "Service Desk".to_owned(),
                        members: vec![7, 9, 12],
                        issues: vec![issue(11, "mail", "Mail"), issue(12, "printing", "Printing")],
                    },
                ),
                (4, Team { name: "Network Team".to_owned(), members: vec![12, 13], issues: vec![issue(13, "vpn", "VPN")] }),
            ]),
        }
    }

    /// Reads a `queue_id`; none when the appliance knows no such queue.
    pub(super) fn queue(&self, text: &str) -> Option<Queue> {
        if text == "general" {
            return Some(Queue::General);
        }
        let (kind, name) = text.split_once(':')?;
        let id = name.parse::<u32>();
        match kind {
            "rep" => id.ok().filter(|id| self.representatives.contains_key(id)).map(Queue::Representative),
            "team" => id.ok().filter(|id| self.teams.contains_key(id)).map(Queue::Team),
            "issue" => {
                self.teams.iter().find(|(_, team)| team.issues.iter().any(|(_, code, _)| code == name)).map(|(id, _)| Queue::Issue(*id))
            }
            "rep_username" => {
                let mut fitting = self.representatives.iter().filter(|(_, one)| one.username == name).map(|(id, _)| *id);
                fitting.next().filter(|_| fitting.next().is_none()).map(Queue::Representative)
            }
            _ => None,
        }
    }

    /// Whether somebody can take a session from this queue now.
    pub(super) fn is_staffed(&self, queue: &Queue) -> bool {
        let here = |id: &u32| self.representatives.get(id).is_some_and(|one| one.logged_in_since.is_some());
        match queue {
            Queue::Representative(id) => here(id),
            Queue::Team(id) | Queue::Issue(id) => self.teams.get(id).is_some_and(|team| team.members.iter().any(here)),
            Queue::General => self.representatives.iter().any(|(id, one)| here(id) && one.kind == "Normal"),
        }
    }

    /// The queue's name on screens and in reports.
    pub(super) fn queue_name(&self, queue: &Queue) -> String {
        let name = match queue {
            Queue::General => None,
            Queue::Representative(id) => self.representatives.get(id).map(|one| one.public.clone()),
            Queue::Team(id) | Queue::Issue(id) => self.teams.get(id).map(|team| team.name.clone()),
        };
        name.unwrap_or_else(|| "General".to_owned())
    }
}

/// The id in `rep:7`.
pub(super) fn representative_id(text: &str) -> Option<u32> {
    text.strip_prefix("rep:")?.parse().ok()
}
