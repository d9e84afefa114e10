//! What `names` promises.

use super::*;
use proptest::prelude::*;

fn agent(id: u32, name: &str, beyondtrust_name: &str) -> Agent {
    Agent {
        id: AgentId::new(id).unwrap(),
        name: name.to_owned(),
        beyondtrust_name: (!beyondtrust_name.is_empty()).then(|| beyondtrust_name.to_owned()),
        invites_enabled: true,
        disabled: false,
        overridden: false,
    }
}

fn names(private: &str, public: &str, display: &str) -> RepresentativeNames {
    let some = |name: &str| (!name.is_empty()).then(|| name.to_owned());
    RepresentativeNames { private: some(private), public: some(public), display: some(display) }
}

#[test]
fn names_that_mean_the_same_are_the_same_and_others_are_not() {
    for (a, b, same) in [
        ("Ann Keller", "ann  KELLER ", true),
        ("Ann Keller", "Ann\u{A0}Keller", true),
        ("Zoë Müller-Łukasz", "Zoe\u{308} Mu\u{308}ller\u{2010}łukasz", true),
        ("Kit O'Neill", "Kit O’Neill", true),
        ("Kit O'Neill", "Kit O´Neill", true),
        ("Kit O'Neill", "Kit Oʼneill", true),
        ("Jean–Luc", "Jean-Luc", true),
        ("Straße", "STRASSE", true),
        ("ﬁona", "Fiona", true),
        ("Ａｎｎ", "ann", true),
        ("ΟΔΥΣΣΕΥΣ", "οδυσσευς", true),
        ("Ann\u{200B} Keller\u{FEFF}", "Ann Keller", true),
        ("Ann Keller", "Ann Kellers", false),
        ("Ann Keller", "AnnKeller", false),
        ("Müller", "Muller", false),
        ("Müller", "Mueller", false),
        ("Anna", "Аnna", false), // Cyrillic А
    ] {
        assert_eq!(FoldedName::new(a, nfkc) == FoldedName::new(b, nfkc), same, "{a} / {b}");
    }
    for blank in ["", "  ", "\u{A0}", "\u{200B}"] {
        assert_eq!(FoldedName::new(blank, nfkc), None);
    }
}

#[test]
fn every_single_character_folds_to_itself_the_second_time() {
    for c in ('\0'..='\u{1FBFF}').filter(|c| !c.is_whitespace()) {
        let Some(once) = FoldedName::new(&format!("a{c}b"), nfkc) else { continue };
        assert_eq!(FoldedName::new(&once.0, nfkc).as_ref(), Some(&once), "U+{:04X}", c as u32);
    }
}

#[test]
fn a_representative_is_found_by_any_name_and_ambiguity_is_never_settled_by_luck() {
    let agents = [
        agent(1, "Unassigned", ""),
        agent(42, "Priya Nair", "Priya Nair"),
        agent(43, "Ann Keller", "Ann K."),
        agent(44, "Tomás Ødegård", ""),
        agent(51, "Sam Park", "Sam"),
        agent(52, "Sam Parker", "SAM"),
        agent(53, "Lee", "Robin"),
        agent(54, "Robin", "Lee Two"),
    ];
    let index = NameIndex::new(&agents, nfkc);
    let found = |id, by| Match::Matched { agent: AgentId::new(id).unwrap(), by };
    for (representative, expected) in [
        (names("Ann Keller", "Ann K.", ""), found(43, ByName::BeyondtrustName)),
        (names("", "", "ann k."), found(43, ByName::BeyondtrustName)),
        (names("Ann Keller", "", ""), found(43, ByName::HaloName)),
        (names("", "TOMÁS ØDEGÅRD", ""), found(44, ByName::HaloName)),
        (names("Robin", "", ""), found(53, ByName::BeyondtrustName)),
        (names("Sam", "", ""), Match::Ambiguous { candidates: vec![AgentId::new(51).unwrap(), AgentId::new(52).unwrap()] }),
        (names("Priya Nair", "Ann K.", ""), Match::Ambiguous { candidates: vec![AgentId::new(42).unwrap(), AgentId::new(43).unwrap()] }),
        (names("Pria Nair", "", ""), Match::None { nearest: vec!["Priya Nair".to_owned()] }),
        (names("Unassigned", "", ""), Match::None { nearest: vec![] }),
        (names("", " ", ""), Match::None { nearest: vec![] }),
    ] {
        assert_eq!(index.find(&representative, nfkc), expected, "{representative:?}");
    }
}

#[test]
fn distance_counts_characters() {
    for (a, b, expected) in [("", "", 0), ("abc", "", 3), ("", "ab", 2), ("kitten", "sitting", 3), ("äöü", "aou", 3), ("ab", "ba", 2)] {
        assert_eq!(distance(a, b), expected, "{a} / {b}");
    }
}

proptest! {
    #[test]
    fn folding_is_idempotent_and_equality_symmetric(a in ".{0,24}", b in ".{0,24}") {
        let (one, other) = (FoldedName::new(&a, nfkc), FoldedName::new(&b, nfkc));
        prop_assert_eq!(&FoldedName::new(&a, nfkc), &one);
        prop_assert_eq!(one == other, other == one);
        if let Some(one) = one {
            prop_assert_eq!(FoldedName::new(&one.0, nfkc), Some(one));
        }
    }

    #[test]
    fn every_agent_with_a_name_of_its_own_is_found_by_it(name in "\\PC{1,20}") {
        let index = NameIndex::new(&[agent(7, &name, "")], nfkc);
        let found = index.find(&names(&name, "", ""), nfkc);
        prop_assert_eq!(FoldedName::new(&name, nfkc).is_some(), found == Match::Matched { agent: AgentId::new(7).unwrap(), by: ByName::HaloName });
    }
}
