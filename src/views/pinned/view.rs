//! The pinned panel's view model.

use super::State;
use crate::{
    api::LaunchOptions,
    rules::wording::Message,
    views::{
        pages::{self, Words},
        panel::{FailedView, FrameView},
    },
};
use askama::Template;

/// Earlier launches that are named.
const EARLIER: usize = 3;

impl State {
    pub(super) fn page(&self) -> String {
        pages::html(&Panel::new(self), self.frame.language)
    }

    fn say(&self, code: &str) -> String {
        self.frame.say(&Message::new(code))
    }
}

#[derive(Template)]
#[template(path = "pinned/panel.html")]
struct Panel {
    words: Words,
    frame: FrameView,
    asset: Option<AssetView>,
    tickets: Vec<TicketView>,
    warnings: Vec<String>,
    earlier: Vec<String>,
    busy: bool,
    /// The link, once it was recorded.
    link: Option<String>,
    trouble: Option<FailedView>,
}

struct AssetView {
    tag: String,
    facts: String,
    /// Without a tag there is nothing to look for.
    can_open: bool,
}

struct TicketView {
    /// Empty: none.
    value: String,
    name: String,
    chosen: bool,
}

impl Panel {
    fn new(state: &State) -> Self {
        let frame = FrameView::new(&state.frame, "pinned", false);
        let options = state.options.as_ref();
        Self {
            words: Words(state.frame.language),
            frame,
            asset: options.map(|options| AssetView {
                tag: if options.asset.tag.trim().is_empty() { state.say("ui.pinned.noTag") } else { options.asset.tag.clone() },
                facts: facts(options),
                can_open: !options.asset.tag.trim().is_empty(),
            }),
            tickets: options.map(|options| tickets(state, options)).unwrap_or_default(),
            warnings: options.iter().flat_map(|options| &options.warnings).map(|warning| state.frame.say(warning)).collect(),
            earlier: options
                .iter()
                .flat_map(|options| &options.launches)
                .take(EARLIER)
                .map(|launch| {
                    let time = (state.frame.intl.moment)(launch.at, state.frame.now, state.frame.language);
                    let ticket = launch.ticket.map(|ticket| state.frame.say(&Message::new("ui.invite.ticket").with("ticket", ticket)));
                    [Some(time), Some(launch.by.clone()), ticket].into_iter().flatten().collect::<Vec<_>>().join(" · ")
                })
                .collect(),
            busy: state.busy,
            link: state.launch.as_ref().and_then(|launch| launch.url.clone()),
            trouble: state
                .trouble
                .as_ref()
                .map(|failure| FailedView::new(&state.frame, failure).with("retry", state.say("ui.action.retry"))),
        }
    }
}

fn facts(options: &LaunchOptions) -> String {
    let asset = &options.asset;
    let parts = asset.name.iter().chain(&asset.kind).chain(&asset.owner);
    parts.map(String::as_str).filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ")
}

fn tickets(state: &State, options: &LaunchOptions) -> Vec<TicketView> {
    let shown = options.tickets.iter().map(|ticket| TicketView {
        value: ticket.id.to_string(),
        name: format!("{} {}", ticket.id, ticket.summary),
        chosen: state.ticket == Some(ticket.id),
    });
    shown.chain([TicketView { value: String::new(), name: state.say("ui.pinned.noTicket"), chosen: state.ticket.is_none() }]).collect()
}
