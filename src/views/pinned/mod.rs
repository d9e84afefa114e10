//! The asset button's panel: opens the device in BeyondTrust, for one of the asset's tickets or for none. Which link that is, the
//! proxy decides and records.

mod view;

use super::panel::{Effect, Event, Flow, Frame, Moment, Panel, Stage, Tried, read};
use crate::{
    api::{Launch, LaunchOptions, NewLaunch},
    rules::{
        failure::{Failure, FailureKind},
        wording::{Language, Message, say},
        words::{AssetId, TicketId},
    },
};

/// Everything the panel knows.
#[derive(Clone, Debug)]
pub struct State {
    /// Who is signed in.
    pub frame: Frame,
    /// The asset.
    pub asset: AssetId,
    /// What the proxy offers.
    pub options: Option<LaunchOptions>,
    /// The ticket the session is for.
    pub ticket: Option<TicketId>,
    /// The person chose among the tickets.
    chosen: bool,
    /// The proxy is at it.
    pub busy: bool,
    /// The launch that was recorded, with its link.
    pub launch: Option<Launch>,
    /// Why it was not.
    pub trouble: Option<Failure>,
}

/// The asset as people read it.
#[must_use]
pub fn words(asset: AssetId, language: Language) -> String {
    say(language, &Message::new("ui.pinned.asset").with("asset", asset))
}

impl Panel for State {
    fn update(&mut self, event: Event, moment: &Moment) -> Vec<Effect> {
        match self.frame.take(event, moment) {
            Flow::Done(effects) => effects,
            Flow::Begin => self.look(),
            Flow::Go(Event::Did(action, value)) => self.did(&action, &value),
            Flow::Go(Event::Answered(asked, answer)) => match asked.name {
                "options" => self.offered(read(answer)),
                _ => self.launched(read(answer)),
            },
        }
    }

    fn html(&self) -> String {
        self.page()
    }
}

impl State {
    /// The panel before anything was asked.
    #[must_use]
    pub const fn new(asset: AssetId, frame: Frame) -> Self {
        Self { frame, asset, options: None, ticket: None, chosen: false, busy: false, launch: None, trouble: None }
    }

    fn look(&self) -> Vec<Effect> {
        vec![Effect::get("options", format!("launches?asset={}", self.asset))]
    }

    fn did(&mut self, action: &str, value: &str) -> Vec<Effect> {
        match action {
            "ticket" => (self.ticket, self.chosen, self.launch) = (value.parse().ok(), true, None),
            "launch" | "retry" if !self.busy && self.frame.stage == Stage::Open => {
                (self.busy, self.trouble, self.launch) = (true, None, None);
                return vec![Effect::post("launch", "launches", &NewLaunch { asset: self.asset, ticket: self.ticket })];
            }
            // Somebody has mended the asset in Halo.
            "look" => return self.look(),
            "copy" => return self.trouble.iter().map(|failure| Effect::Copy(self.frame.details(failure))).collect(),
            _ => {}
        }
        Vec::new()
    }

    fn offered(&mut self, result: Result<LaunchOptions, Failure>) -> Vec<Effect> {
        match result {
            Ok(options) => {
                // One open ticket is most likely the reason why the device is opened.
                if !self.chosen
                    && let [only] = options.tickets.as_slice()
                {
                    self.ticket = Some(only.id);
                }
                self.options = Some(options);
                self.frame.open()
            }
            Err(failure) => self.frame.fail(failure, Tried::Loading),
        }
    }

    fn launched(&mut self, result: Result<Launch, Failure>) -> Vec<Effect> {
        self.busy = false;
        match result {
            Ok(launch) => {
                let visit = launch.url.clone().map(Effect::Visit);
                self.launch = Some(launch);
                visit.into_iter().chain([Effect::Focus("rs-done")]).collect()
            }
            Err(failure) if failure.kind == FailureKind::SignedOut => self.frame.fail(failure, Tried::Loading),
            Err(failure) => {
                let told = Effect::failed(&failure, self.frame.language);
                self.trouble = Some(failure);
                vec![told, Effect::Focus("rs-alert")]
            }
        }
    }
}

#[cfg(test)]
mod tests;
