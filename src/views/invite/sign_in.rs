//! Signing in from inside a foreign page: a window, or a link, hands back a one-time code that is exchanged here. What the
//! window does is the proxy's business.

use super::{Effect, Moment, Phase, SigningIn, State};
use crate::{api::Me, rules::failure::Failure, views::sign_in};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};

impl State {
    pub(super) fn sign_in(&mut self, moment: &Moment) -> Vec<Effect> {
        let nonce = BASE64_URL_SAFE_NO_PAD.encode(moment.random);
        let address = self.sign_in_address(&nonce);
        self.phase = Phase::SigningIn(SigningIn { nonce: nonce.clone(), blocked: false, code: String::new(), busy: false, failure: None });
        vec![Effect::Open { address, nonce }, Effect::Focus("rs-code")]
    }

    /// Where signing in begins, for a window or a link.
    pub(super) fn sign_in_address(&self, nonce: &str) -> String {
        sign_in::address(&self.proxy, &self.origin, nonce)
    }

    pub(super) fn signing_in(&mut self, change: impl FnOnce(&mut SigningIn)) {
        if let Phase::SigningIn(sign_in) = &mut self.phase {
            change(sign_in);
        }
    }

    pub(super) fn exchange(&mut self, code: String) -> Vec<Effect> {
        let Phase::SigningIn(sign_in) = &mut self.phase else { return Vec::new() };
        if sign_in.busy {
            return Vec::new();
        }
        let code: String = code.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_uppercase()).collect();
        if code.is_empty() {
            return vec![Effect::Focus("rs-code")];
        }
        sign_in.busy = true;
        sign_in.failure = None;
        vec![Effect::Exchange { code, nonce: sign_in.nonce.clone() }]
    }

    pub(super) fn exchanged(&mut self, result: Result<Me, Failure>) -> Vec<Effect> {
        if !matches!(self.phase, Phase::SigningIn(_)) {
            return Vec::new();
        }
        match result {
            Ok(_) => {
                self.just_signed_in = true;
                self.load()
            }
            Err(failure) => {
                self.signing_in(|sign_in| (sign_in.busy, sign_in.failure) = (false, Some(failure)));
                vec![Effect::Focus("rs-code")]
            }
        }
    }
}
