//! Which link opens an asset's device: BeyondTrust's client script for a Jump Client. Whether a device answers to it is
//! seen in the representative console only.

use super::{
    correlation::ExternalKey,
    failure::{Failure, FailureKind},
    link::HttpsUrl,
    template::percent,
};
use serde::{Deserialize, Serialize};

/// How the link is made.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Options {
    /// The command.
    pub action: Action,
    /// What the asset's tag is compared with.
    pub field: Field,
    /// Goes into the session, so that it comes back to its ticket.
    pub external_key: Option<String>,
}

/// The command of the client script.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Action {
    /// `start_jump_item_session` with `jump.method=pinned`, as BeyondTrust documents it today.
    #[default]
    JumpItem,
    /// `start_pinned_client_session`, as Halo's guide has it; no longer documented by BeyondTrust.
    PinnedClient,
}

/// What BeyondTrust compares the tag with. All of them find parts and disregard case.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Field {
    /// Host name, comments and addresses (`search_string`).
    #[default]
    Any,
    /// Host name (`client.hostname`).
    Hostname,
    /// Comments (`client.comments`).
    Comments,
    /// Tag (`client.tag`).
    Tag,
}

impl Field {
    const fn parameter(self) -> &'static str {
        match self {
            Self::Any => "search_string",
            Self::Hostname => "client.hostname",
            Self::Comments => "client.comments",
            Self::Tag => "client.tag",
        }
    }
}

/// Characters of a search (BeyondTrust's limit for the `client` fields).
const LONGEST_SEARCH: usize = 255;
/// Characters of an external key (BeyondTrust's limit for a custom attribute).
const LONGEST_KEY: usize = 1024;

/// The link that opens the device whose tag this is.
///
/// # Errors
/// The tag is empty, was never filled in by Halo, or is too long; so is the key.
pub fn session_url(site: &HttpsUrl, search: &str, options: &Options) -> Result<HttpsUrl, Failure> {
    let search = search.trim();
    if search.is_empty() {
        return Err(Failure::new(FailureKind::SearchEmpty));
    }
    if is_unsubstituted(search) {
        return Err(Failure::new(FailureKind::SearchUnsubstituted).with("text", search));
    }
    let key = options.external_key.as_deref().map(str::trim).filter(|key| !key.is_empty());
    for (text, limit) in [(search, LONGEST_SEARCH), (key.unwrap_or_default(), LONGEST_KEY)] {
        if text.chars().count() > limit {
            return Err(Failure::new(FailureKind::SearchTooLong).with("limit", limit));
        }
    }
    let action = match options.action {
        Action::JumpItem => "start_jump_item_session&jump.method=pinned",
        Action::PinnedClient => "start_pinned_client_session",
    };
    let mut url = format!(
        "{}/api/client_script?type=rep&operation=generate&action={action}&{}={}",
        site.origin(),
        options.field.parameter(),
        percent(search)
    );
    if let Some(key) = key {
        url.push_str("&session.custom.external_key=");
        url.push_str(&percent(key));
    }
    HttpsUrl::parse(&url).map_err(|problem| Failure::new(FailureKind::SettingWrong).with("setting", "site").with("text", problem))
}

/// The key of a launch, as it goes into the link.
impl From<&ExternalKey> for Options {
    fn from(key: &ExternalKey) -> Self {
        Self { external_key: Some(key.to_string()), ..Self::default() }
    }
}

/// A variable Halo should have filled in: `$ID`, `${ID}`, `{$ID}` or `{{ID}}`, alone or, in braces, anywhere.
fn is_unsubstituted(text: &str) -> bool {
    let is_name = |name: &str| {
        name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_') && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
    };
    let in_braces =
        |open: &str, close: &str| text.split(open).skip(1).filter_map(|rest| rest.split_once(close)).any(|(name, _)| is_name(name.trim()));
    text.strip_prefix('$').is_some_and(is_name) || in_braces("${", "}") || in_braces("{$", "}") || in_braces("{{", "}}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn site() -> HttpsUrl {
        HttpsUrl::parse("https://support.example.com/login").unwrap()
    }

    fn url(search: &str, options: &Options) -> String {
        session_url(&site(), search, options).unwrap().as_str().to_owned()
    }

    #[test]
    fn a_tag_becomes_one_correctly_encoded_link_on_the_appliance() {
        let start = "https://support.example.com/api/client_script?type=rep&operation=generate&action=";
        let jump = Options::default();
        let keyed = Options { external_key: Some("1161.7K3M9QX2DH".to_owned()), ..Options::default() };
        let guide = Options { action: Action::PinnedClient, ..Options::default() };
        let named = Options { field: Field::Hostname, ..Options::default() };
        for (search, options, expected) in [
            ("BR-LT-0148", &jump, "start_jump_item_session&jump.method=pinned&search_string=BR-LT-0148"),
            (" BR LT/0148 #2 ", &jump, "start_jump_item_session&jump.method=pinned&search_string=BR%20LT%2F0148%20%232"),
            ("R&D=Köln+1", &jump, "start_jump_item_session&jump.method=pinned&search_string=R%26D%3DK%C3%B6ln%2B1"),
            ("$100", &jump, "start_jump_item_session&jump.method=pinned&search_string=%24100"),
            ("A{B}", &jump, "start_jump_item_session&jump.method=pinned&search_string=A%7BB%7D"),
            ("LT 1", &keyed, "start_jump_item_session&jump.method=pinned&search_string=LT%201&session.custom.external_key=1161.7K3M9QX2DH"),
            ("LT 1", &guide, "start_pinned_client_session&search_string=LT%201"),
            ("lt1", &named, "start_jump_item_session&jump.method=pinned&client.hostname=lt1"),
        ] {
            assert_eq!(url(search, options), format!("{start}{expected}"));
        }
    }

    #[test]
    fn an_empty_unsubstituted_or_endless_value_is_an_error_and_no_link() {
        let long = "x".repeat(256);
        for (search, kind) in [
            ("", FailureKind::SearchEmpty),
            (" \t", FailureKind::SearchEmpty),
            ("$ID", FailureKind::SearchUnsubstituted),
            ("$INVENTORY_NUMBER", FailureKind::SearchUnsubstituted),
            ("${ID}", FailureKind::SearchUnsubstituted),
            ("{$ID}", FailureKind::SearchUnsubstituted),
            ("{{ID}}", FailureKind::SearchUnsubstituted),
            ("PC-${ID}", FailureKind::SearchUnsubstituted),
            (&long, FailureKind::SearchTooLong),
        ] {
            assert_eq!(session_url(&site(), search, &Options::default()).map_err(|failure| failure.kind), Err(kind), "{search}");
        }
        let key = Options { external_key: Some("k".repeat(1025)), ..Options::default() };
        assert_eq!(session_url(&site(), "LT", &key).map_err(|failure| failure.kind), Err(FailureKind::SearchTooLong));
    }

    proptest::proptest! {
        #[test]
        fn no_tag_leaves_its_parameter(search in "\\PC{1,60}") {
            if let Ok(url) = session_url(&site(), &search, &Options::default()) {
                let (start, encoded) = url.as_str().rsplit_once('=').unwrap();
                proptest::prop_assert!(start.ends_with("&jump.method=pinned&search_string"));
                proptest::prop_assert!(encoded.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._~%".contains(&b)));
                proptest::prop_assert_eq!(url.host(), "support.example.com");
            }
        }
    }
}
