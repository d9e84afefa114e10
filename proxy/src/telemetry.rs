//! The log: lines for people or JSON for machines, on standard error. What must not be read in a log is kept out where it
//! arises; here it is masked once more by its looks, should it slip through.

use crate::config::{Log, LogFormat};
use regex_lite::Regex;
use std::{
    io::{self, Write},
    sync::Arc,
};
use tracing_subscriber::{EnvFilter, fmt::MakeWriter};

/// What is logged unless `RUST_LOG` says otherwise. The HTTP libraries stay quiet: in detail they show headers.
const DEFAULT: &str = "info,hyper=warn,hyper_util=warn,reqwest=warn,rustls=warn,h2=warn";

/// Begins logging. A second call changes nothing.
pub fn start(log: &Log) {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(DEFAULT));
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(Masked::new(io::stderr)).with_ansi(false);
    let outcome = match log.format {
        LogFormat::Text => builder.try_init(),
        LogFormat::Json => builder.json().flatten_event(true).try_init(),
    };
    if outcome.is_err() {
        tracing::debug!("logging has begun already");
    }
}

/// What is masked, and with what. `signs`: without one of them in a line (in lower case) there is nothing to mask. They are looked
/// for first, because nearly every line has none and patterns are slow.
struct Rule {
    signs: &'static [&'static str],
    pattern: &'static str,
    mask: &'static str,
}

const RULES: &[Rule] = &[
    // Where events are posted: the token is the whole secret.
    Rule { signs: &["/events/", "/halo/"], pattern: r"(/(?:events|halo)/)[A-Za-z0-9_-]{16,}", mask: "${1}…" },
    Rule { signs: &["bearer", "basic"], pattern: r"(?i)\b(Bearer|Basic)\s+[A-Za-z0-9+/=._~-]{6,}", mask: "${1} …" },
    // Query, form and JSON spellings alike.
    Rule {
        signs: &["_token", "client_secret", "code_verifier", "short_key", "password"],
        pattern: r#"(?i)\b(access_token|refresh_token|id_token|client_secret|code_verifier|short_key|password)(\\?"?\s*[=:]\s*\\?"?)[^\s"&,;\\]{4,}"#,
        mask: "${1}${2}…",
    },
    Rule { signs: &["code=", "state=", "nonce=", "ak="], pattern: r"([?&](?:code|state|nonce|ak)=)[^&\s\x22\\]+", mask: "${1}…" },
    Rule { signs: &["eyj"], pattern: r"\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*", mask: "…" },
    Rule { signs: &["@"], pattern: r"[^\s@<>()\[\],;:\x22=]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+", mask: "…@…" },
];

/// A writer that masks what looks like a secret, a bearer link or an e-mail address.
#[derive(Clone, Debug)]
pub struct Masked<M> {
    inner: M,
    rules: Arc<[(&'static [&'static str], Regex, &'static str)]>,
}

impl<M> Masked<M> {
    /// Masks before `inner` writes.
    #[must_use]
    pub fn new(inner: M) -> Self {
        let rules = RULES.iter().filter_map(|rule| Some((rule.signs, Regex::new(rule.pattern).ok()?, rule.mask))).collect();
        Self { inner, rules }
    }

    fn mask(&self, line: &str) -> String {
        let lower = line.to_ascii_lowercase();
        let signed = self.rules.iter().filter(|(signs, ..)| signs.iter().any(|sign| lower.contains(sign)));
        signed.fold(line.to_owned(), |line, (_, pattern, mask)| pattern.replace_all(&line, *mask).into_owned())
    }
}

impl<'a, M: MakeWriter<'a> + 'a> MakeWriter<'a> for Masked<M> {
    type Writer = MaskedLine<'a, M>;

    fn make_writer(&'a self) -> Self::Writer {
        MaskedLine { to: self.inner.make_writer(), line: Vec::new(), masked: self }
    }
}

/// One event on its way: collected whole, masked, written.
#[derive(Debug)]
pub struct MaskedLine<'a, M: MakeWriter<'a>> {
    to: M::Writer,
    line: Vec<u8>,
    masked: &'a Masked<M>,
}

impl<'a, M: MakeWriter<'a>> Write for MaskedLine<'a, M> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.line.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.line.is_empty() {
            return Ok(());
        }
        let line = self.masked.mask(&String::from_utf8_lossy(&self.line));
        self.line.clear();
        self.to.write_all(line.as_bytes())?;
        self.to.flush()
    }
}

impl<'a, M: MakeWriter<'a>> Drop for MaskedLine<'a, M> {
    fn drop(&mut self) {
        // The subscriber never flushes; nowhere is left to report a failure to.
        drop(self.flush());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Mutex;

    #[derive(Clone, Default)]
    struct Lines(Arc<Mutex<Vec<u8>>>);
    impl Write for Lines {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn secrets_links_and_addresses_do_not_reach_the_log_in_either_form() {
        const MARK: &str = "Zq7xYw93Kd20Lm58Pr64";
        let said = [
            format!("POST /events/{MARK} answered 200"),
            format!("Authorization: Bearer {MARK}"),
            format!("{{\"access_token\":\"{MARK}\",\"refresh_token\": \"{MARK}\"}}"),
            format!("https://remote.example.com/?ak={MARK}"),
            format!("GET /api/v1/sign-in/callback?code={MARK}&state={MARK}"),
            format!("token eyJhbGciOiJSUzI1NiJ9.{MARK}.{MARK}"),
            format!("mailed to {MARK}@batley.example"),
        ];
        for json in [false, true] {
            let lines = Lines::default();
            let sink = lines.clone();
            let builder = tracing_subscriber::fmt().with_writer(Masked::new(move || sink.clone())).with_ansi(false);
            let write = || {
                for text in &said {
                    tracing::info!(detail = %text, ticket = 1161, state = "awaiting_report", "something happened");
                }
            };
            if json {
                tracing::subscriber::with_default(builder.json().finish(), write);
            } else {
                tracing::subscriber::with_default(builder.finish(), write);
            }
            let written = String::from_utf8(lines.0.lock().unwrap().clone()).unwrap();
            assert_eq!(written.lines().count(), said.len());
            assert!(!written.contains(MARK), "{written}");
            assert!(written.contains("awaiting_report"), "our own words stay");
            assert!(written.contains("1161") && written.contains("something happened") && written.contains("answered 200"));
        }
    }
}
