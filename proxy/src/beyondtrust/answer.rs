//! Reads the documents of the command API: by local names, whatever the namespace, an absent element and an empty one
//! being the same. Unknown elements are skipped; what a document means is decided elsewhere.

use super::fault;
use halo_remote_support::rules::{
    failure::{Failure, FailureKind},
    link::HttpsUrl,
    names::RepresentativeNames,
    routing::Representative,
    words::Lsid,
};
use roxmltree::Node;
use std::{collections::BTreeMap, fmt};

/// `get_api_info`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ApiInfo {
    /// Version of the API, for example `1.25.0`.
    pub version: Option<String>,
    /// The appliance's clock, seconds since 1970.
    pub timestamp: Option<i64>,
    /// What the account may do, as the appliance words it: `perm_command` -> `full_access`.
    pub permissions: BTreeMap<String, String>,
}

/// A team that takes sessions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SupportTeam {
    /// Permanent id, for the queue `team:<id>`.
    pub id: u32,
    /// Its name.
    pub name: String,
}

/// A session key. Link and code are bearer secrets: whoever has them joins.
#[derive(Clone, PartialEq, Eq)]
pub struct SessionKey {
    /// The code a customer types.
    pub short_key: String,
    /// The link a customer follows; on the appliance's host.
    pub key_url: HttpsUrl,
    /// When it stops working, seconds since 1970.
    pub expires: Option<i64>,
    /// Somebody can take the session now. A representative's key that is not available means: not logged in.
    pub available: bool,
}

impl fmt::Debug for SessionKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SessionKey").field("expires", &self.expires).field("available", &self.available).finish_non_exhaustive()
    }
}

/// The first child with this local name.
pub fn child<'a, 'x>(node: Node<'a, 'x>, name: &str) -> Option<Node<'a, 'x>> {
    children(node, name).next()
}

fn children<'a, 'x>(node: Node<'a, 'x>, name: &str) -> impl Iterator<Item = Node<'a, 'x>> {
    node.children().filter(move |child| child.is_element() && child.tag_name().name() == name)
}

/// All text inside, trimmed; `None` when nothing is left.
pub fn text(node: Node<'_, '_>) -> Option<String> {
    let text: String = node.descendants().filter(Node::is_text).filter_map(|part| part.text()).collect();
    Some(text.trim().to_owned()).filter(|text| !text.is_empty())
}

fn child_text(node: Node<'_, '_>, name: &str) -> Option<String> {
    child(node, name).and_then(text)
}

/// The root must have this name; what else answers XML here is not the command API.
fn expect(root: Node<'_, '_>, names: &[&str]) -> Result<(), Failure> {
    if names.contains(&root.tag_name().name()) {
        return Ok(());
    }
    Err(fault::unexpected(&format!("a document <{}> instead of <{}>", fault::shown(root.tag_name().name()), names.join("> or <"))))
}

pub fn api_info(root: Node<'_, '_>) -> Result<ApiInfo, Failure> {
    // The guide calls the root `get_api_info`, recordings have `api_information`.
    expect(root, &["api_information", "get_api_info"])?;
    let permissions = child(root, "permissions").map(|list| {
        children(list, "permission").filter_map(|one| Some((one.attribute("name")?.to_owned(), text(one).unwrap_or_default()))).collect()
    });
    Ok(ApiInfo {
        version: child_text(root, "api_version"),
        timestamp: child_text(root, "timestamp").and_then(|text| text.parse().ok()),
        permissions: permissions.unwrap_or_default(),
    })
}

pub fn representatives(root: Node<'_, '_>) -> Result<Vec<Representative>, Failure> {
    expect(root, &["logged_in_reps"])?;
    let one = |rep: Node<'_, '_>| {
        Some(Representative {
            id: rep.attribute("id")?.trim().parse().ok()?,
            names: RepresentativeNames {
                private: child_text(rep, "private_display_name"),
                public: child_text(rep, "public_display_name"),
                display: child_text(rep, "display_name"),
            },
            // `Embassy` is what old releases called invited ones.
            invited: child_text(rep, "type").is_some_and(|kind| ["invited", "embassy"].contains(&kind.to_ascii_lowercase().as_str())),
            sessions: child_text(rep, "support_session_count").and_then(|count| count.parse().ok()),
        })
    };
    Ok(children(root, "rep").filter_map(one).collect())
}

pub fn support_teams(root: Node<'_, '_>) -> Result<Vec<SupportTeam>, Failure> {
    expect(root, &["support_teams"])?;
    let one = |team: Node<'_, '_>| {
        let id = team.attribute("id")?.trim().parse().ok()?;
        Some(SupportTeam { id, name: child_text(team, "name").unwrap_or_else(|| format!("team {id}")) })
    };
    Ok(children(root, "support_team").filter_map(one).collect())
}

/// An id that is none is left out: there is nothing to ask for.
pub fn session_listing(root: Node<'_, '_>) -> Result<Vec<Lsid>, Failure> {
    expect(root, &["session_summary_list"])?;
    Ok(children(root, "session_summary").filter_map(|session| session.attribute("lsid")?.trim().parse().ok()).collect())
}

/// What a command says that only does something; whether its root is the word itself is not documented.
pub fn success(root: Node<'_, '_>) -> Result<(), Failure> {
    if child(root, "success").is_some() { Ok(()) } else { expect(root, &["success"]) }
}

pub fn session_key(root: Node<'_, '_>, site: &HttpsUrl) -> Result<SessionKey, Failure> {
    expect(root, &["session_key"])?;
    let missing = |what: &str| fault::unexpected(&format!("a session key without {what}"));
    let link = child_text(root, "key_url").ok_or_else(|| missing("key_url"))?;
    let off_site = |host: &str| Failure::new(FailureKind::LinkOffSite).with("host", fault::shown(host));
    let link = HttpsUrl::parse(&link).map_err(|_| off_site(link.split(['/', '?', '#']).nth(2).unwrap_or_default()))?;
    let host = link.host().to_owned();
    Ok(SessionKey {
        short_key: child_text(root, "short_key").ok_or_else(|| missing("short_key"))?,
        key_url: link.on_host_of(site).map_err(|_| off_site(&host))?,
        expires: child_text(root, "expires").and_then(|text| text.parse().ok()),
        // Documented as always there; without it nothing speaks against the queue.
        available: child(root, "queue").and_then(|queue| queue.attribute("available")).is_none_or(|available| available.trim() != "0"),
    })
}
