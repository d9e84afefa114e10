//! Which ticket or chat an external key names, and what our own keys look like. Whether we issued a code is known to the
//! proxy alone and is handed in.

use super::words::{AssetId, ChatId, TicketId, WrongWord};
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// Crockford's base 32: no `I`, `L`, `O`, `U`.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Characters of a code.
const LENGTH: u32 = 10;
/// BeyondTrust keeps at most so many characters of an external key.
const LONGEST_KEY: usize = 1024;

/// The ten random Crockford base-32 characters of an invite or launch; upper case, `O`, `I`, `L` read as `0`, `1`, `1`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Code(String);

impl Code {
    /// A code from 50 random bits (the low ones count).
    #[must_use]
    pub fn from_bits(bits: u64) -> Self {
        let digit = |place: u32| ALPHABET.get((bits >> (5 * place) & 31) as usize).copied().map_or('0', char::from);
        Self((0..LENGTH).rev().map(digit).collect())
    }
    /// The ten characters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}
impl FromStr for Code {
    type Err = WrongWord;
    /// Reads a code as people type it: any case, hyphens between groups, `O` for `0`, `I` and `L` for `1`.
    fn from_str(text: &str) -> Result<Self, WrongWord> {
        let digits: Option<String> = text.chars().filter(|c| *c != '-').map(digit).collect();
        match digits {
            Some(digits) if digits.len() == LENGTH as usize => Ok(Self(digits)),
            _ => Err(WrongWord { what: "code (ten letters and digits)" }),
        }
    }
}
impl TryFrom<String> for Code {
    type Error = WrongWord;
    fn try_from(text: String) -> Result<Self, WrongWord> {
        text.parse()
    }
}
impl From<Code> for String {
    fn from(code: Code) -> Self {
        code.0
    }
}
impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What an external key says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", tag = "kind")]
pub enum ExternalKey {
    /// `1161.7K3M9QX2DH`.
    Ticket {
        /// Which ticket.
        ticket: TicketId,
        /// Our code.
        code: Code,
    },
    /// `chat-640.7K3M9QX2DH`.
    Chat {
        /// Which chat.
        chat: ChatId,
        /// Our code.
        code: Code,
    },
    /// `asset-5120.7K3M9QX2DH`: a device opened without a ticket.
    Asset {
        /// Which asset.
        asset: AssetId,
        /// Our code.
        code: Code,
    },
    /// A ticket number typed by a technician: `2044`, `#2044`, `NHD0001161`.
    Typed {
        /// Which ticket.
        ticket: TicketId,
    },
    /// Anything else: unlinked, never guessed.
    Other {
        /// As it stood, trimmed.
        text: String,
    },
    /// No key.
    Empty,
}

impl ExternalKey {
    /// Reads a key; `prefix` is the displayed ticket number's prefix (may be empty).
    #[must_use]
    pub fn read(text: Option<&str>, prefix: &str) -> Self {
        let text = text.map_or("", str::trim);
        if text.is_empty() {
            return Self::Empty;
        }
        let read = (text.chars().take(LONGEST_KEY + 1).count() <= LONGEST_KEY)
            .then(|| narrow(text))
            .and_then(|key| issued(&key).or_else(|| typed(&key, prefix)));
        read.unwrap_or_else(|| Self::Other { text: text.to_owned() })
    }

    /// The code in the key, issued here or not.
    #[must_use]
    pub const fn code(&self) -> Option<&Code> {
        match self {
            Self::Ticket { code, .. } | Self::Chat { code, .. } | Self::Asset { code, .. } => Some(code),
            _ => None,
        }
    }
}

/// `1161.7K3M9QX2DH`, `chat-640.7K3M9QX2DH` and `asset-5120.7K3M9QX2DH`.
fn issued(key: &str) -> Option<ExternalKey> {
    let (place, code) = key.split_once('.')?;
    let code = code.parse().ok()?;
    match place.split_once('-') {
        Some((word, chat)) if word.eq_ignore_ascii_case("chat") => Some(ExternalKey::Chat { chat: chat.parse().ok()?, code }),
        Some((word, asset)) if word.eq_ignore_ascii_case("asset") => Some(ExternalKey::Asset { asset: asset.parse().ok()?, code }),
        _ => Some(ExternalKey::Ticket { ticket: place.parse().ok()?, code }),
    }
}

/// `2044`, `#2044`, and the number as Halo displays it: the prefix, a hyphen if people write one, zeros in front.
fn typed(key: &str, prefix: &str) -> Option<ExternalKey> {
    let number = key.strip_prefix('#').unwrap_or(key);
    let prefix = narrow(prefix.trim());
    let without_prefix =
        number.get(..prefix.len()).filter(|_| !prefix.is_empty()).filter(|start| start.eq_ignore_ascii_case(&prefix)).and_then(|_| {
            let rest = number.get(prefix.len()..)?;
            Some(rest.strip_prefix('-').unwrap_or(rest))
        });
    let ticket = without_prefix.unwrap_or(number).parse().ok()?;
    Some(ExternalKey::Typed { ticket })
}

/// Full-width letters, digits and signs (as East Asian keyboards type them) in their usual width.
fn narrow(text: &str) -> String {
    let narrow = |c: char| match c {
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(c as u32 - 0xFEE0).unwrap_or(c),
        _ => c,
    };
    text.chars().map(narrow).collect()
}

/// One character of a code as it is stored.
fn digit(typed: char) -> Option<char> {
    let digit = match typed.to_ascii_uppercase() {
        'O' => '0',
        'I' | 'L' => '1',
        other => other,
    };
    u8::try_from(digit).is_ok_and(|byte| ALPHABET.contains(&byte)).then_some(digit)
}
impl fmt::Display for ExternalKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ticket { ticket, code } => write!(f, "{ticket}.{code}"),
            Self::Chat { chat, code } => write!(f, "chat-{chat}.{code}"),
            Self::Asset { asset, code } => write!(f, "asset-{asset}.{code}"),
            Self::Typed { ticket } => write!(f, "{ticket}"),
            Self::Other { text } => f.write_str(text),
            Self::Empty => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ticket(id: u32) -> TicketId {
        TicketId::new(id).unwrap()
    }

    #[test]
    fn every_form_of_a_key_is_read_and_nothing_is_guessed() {
        let code: Code = "7K3M9QX2DH".parse().unwrap();
        let typed = |id| ExternalKey::Typed { ticket: ticket(id) };
        let other = |text: &str| ExternalKey::Other { text: text.to_owned() };
        let (longest, long) = (format!("{:01024}", 7), format!("{:01025}", 7));
        for (text, prefix, expected) in [
            ("1161.7K3M9QX2DH", "", ExternalKey::Ticket { ticket: ticket(1161), code: code.clone() }),
            (" 1161.7k3m9qx2dh ", "", ExternalKey::Ticket { ticket: ticket(1161), code: code.clone() }),
            ("１１６１．７Ｋ３Ｍ９ＱＸ２ＤＨ", "", ExternalKey::Ticket { ticket: ticket(1161), code: code.clone() }),
            ("chat-640.7K3M9QX2DH", "", ExternalKey::Chat { chat: ChatId::new(640).unwrap(), code: code.clone() }),
            ("CHAT-640.7K3M-9QX2-DH", "", ExternalKey::Chat { chat: ChatId::new(640).unwrap(), code }),
            ("2044", "", typed(2044)),
            ("#2044", "", typed(2044)),
            ("＃２０４４", "", typed(2044)),
            ("0002044", "", typed(2044)),
            ("NHD0001161", "NHD", typed(1161)),
            ("nhd1161", "NHD", typed(1161)),
            ("#NHD0001161", "NHD", typed(1161)),
            ("HALO-2071", "HALO", typed(2071)),
            ("HALO-2071", "HALO-", typed(2071)),
            ("1161", "NHD", typed(1161)),
            ("NHD0001161", "", other("NHD0001161")),
            ("NHD", "NHD", other("NHD")),
            ("PO 12-44", "", other("PO 12-44")),
            ("PO 12-44", "PO", other("PO 12-44")),
            ("20 44", "", other("20 44")),
            ("+2044", "", other("+2044")),
            ("-2044", "", other("-2044")),
            ("0", "", other("0")),
            ("4294967296", "", other("4294967296")),
            ("1161.7K3M9QX2D", "", other("1161.7K3M9QX2D")),
            ("1161.7K3M9QX2DU", "", other("1161.7K3M9QX2DU")),
            ("room-640.7K3M9QX2DH", "", other("room-640.7K3M9QX2DH")),
            ("chat-.7K3M9QX2DH", "", other("chat-.7K3M9QX2DH")),
            ("0.7K3M9QX2DH", "", other("0.7K3M9QX2DH")),
            ("Tïcket №2093/Ω", "", other("Tïcket №2093/Ω")),
            (&longest, "", typed(7)),
            (&long, "", other(&long)),
            ("", "", ExternalKey::Empty),
            (" \t\n", "", ExternalKey::Empty),
        ] {
            assert_eq!(ExternalKey::read(Some(text), prefix), expected, "{text} with prefix {prefix}");
        }
        assert_eq!(ExternalKey::read(None, "NHD"), ExternalKey::Empty);
    }

    #[test]
    fn letters_that_look_like_digits_are_read_as_digits() {
        assert_eq!("oil0123456".parse::<Code>().unwrap().as_str(), "0110123456");
    }

    #[test]
    fn a_code_is_kept_as_its_ten_characters() {
        let code: Code = "7K3M9QX2DH".parse().unwrap();
        assert_eq!(serde_json::to_string(&code).unwrap(), "\"7K3M9QX2DH\"");
        assert_eq!(serde_json::from_str::<Code>("\"7k3m9-qx2dh\"").unwrap(), code);
        assert!(serde_json::from_str::<Code>("\"7K3M9QX2D\"").is_err());
    }

    #[test]
    fn fifty_bits_make_ten_characters() {
        for (bits, code) in [(0, "0000000000"), (31, "000000000Z"), (u64::MAX, "ZZZZZZZZZZ"), (1 << 45, "1000000000")] {
            assert_eq!(Code::from_bits(bits).as_str(), code);
        }
    }

    proptest::proptest! {
        #[test]
        fn a_key_we_write_is_the_key_we_read(bits: u64, id in 1..u32::MAX) {
            let code = Code::from_bits(bits);
            for key in [
                ExternalKey::Ticket { ticket: ticket(id), code: code.clone() },
                ExternalKey::Chat { chat: ChatId::new(id).unwrap(), code: code.clone() },
                ExternalKey::Asset { asset: AssetId::new(id).unwrap(), code },
            ] {
                proptest::prop_assert_eq!(ExternalKey::read(Some(&key.to_string().to_lowercase()), "NHD"), key);
            }
        }

        #[test]
        fn any_text_is_read(text: String, prefix in ".{0,8}") {
            let _ = ExternalKey::read(Some(&text), &prefix);
        }
    }
}
