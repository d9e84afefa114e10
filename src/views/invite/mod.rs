//! The invite panel: its states. What happens in them is [`update`](State::update)'s business, what is seen `view`'s.

mod draft;
mod update;
mod view;

use super::time::LocalOffset;
use crate::{
    api::{Channels, Invite, Me, NewInvite},
    rules::{
        failure::Failure,
        wording::Language,
        words::{Channel, TicketId, UnixSeconds},
    },
};
pub use draft::Draft;

/// Everything the panel knows.
#[derive(Clone, Debug)]
pub struct State {
    /// The ticket the invite is for.
    pub ticket: TicketId,
    /// The reader's language.
    pub language: Language,
    /// The proxy's origin.
    pub proxy: String,
    /// The origin of the page we stand in; sign-in answers to it.
    pub origin: String,
    /// What is going on.
    pub phase: Phase,
    /// Who is signed in.
    pub me: Option<Me>,
    /// What the proxy offers, and when it said so.
    pub channels: Option<(Channels, UnixSeconds)>,
    /// What was typed into the search box.
    pub query: String,
    /// Who is to take the session.
    pub selected: Option<Channel>,
    /// Recipient and text; kept until the invite is sent.
    pub draft: Draft,
    /// Earlier invites of this ticket.
    pub invites: Vec<Invite>,
    /// The clock at the last event.
    pub now: UnixSeconds,
    /// Local time.
    pub offset: LocalOffset,
    /// A sign-in was just made, so that 401 means that the cookie was not kept.
    pub just_signed_in: bool,
    /// The person has done something: the focus follows what happens next.
    pub follow: bool,
    /// Whether the details of a failure reached the clipboard, once that was tried.
    pub copied: Option<bool>,
}

/// What is going on: each has its own look.
#[derive(Clone, Debug, PartialEq)]
pub enum Phase {
    /// Asking who is signed in and who may be chosen.
    Loading,
    /// Nobody is signed in.
    SignedOut,
    /// The sign-in window is open, or blocked.
    SigningIn(SigningIn),
    /// Everything can be chosen.
    Ready,
    /// The proxy is at it.
    Sending,
    /// The proxy is finding out whether the mail went out.
    InDoubt(Invite),
    /// Sent.
    Done(Invite),
    /// It could not be done.
    Failed(Failure, Tried),
}

/// The sign-in that is under way.
#[derive(Clone, Debug, PartialEq)]
pub struct SigningIn {
    /// What binds the answer to this frame.
    pub nonce: String,
    /// The browser opened no window.
    pub blocked: bool,
    /// The code as typed so far.
    pub code: String,
    /// The code is being exchanged.
    pub busy: bool,
    /// Why the last code was not taken.
    pub failure: Option<Failure>,
}

/// What failed, to be tried again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tried {
    /// Finding out who may be chosen.
    Loading,
    /// Signing in.
    SigningIn,
    /// Sending.
    Sending,
}

/// What comes in.
#[derive(Clone, Debug)]
pub enum Event {
    /// A person, or the shim's clock, did something.
    Did(String, String),
    /// `GET /me`.
    Me(Result<Me, Failure>),
    /// `POST /sign-in/exchange`.
    Exchanged(Result<Me, Failure>),
    /// `GET /channels`.
    Channels(Box<Result<Channels, Failure>>),
    /// `GET /invites`.
    Invites(Result<Vec<Invite>, Failure>),
    /// `POST /invites`.
    Sent(Box<Result<Invite, Failure>>),
}

/// What comes with every event: the browser's clock and chance.
#[derive(Clone, Copy, Debug)]
pub struct Moment {
    /// Now.
    pub now: UnixSeconds,
    /// Fresh random bytes.
    pub random: [u8; 32],
}

/// What is to be done about it.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Ask who is signed in.
    GetMe,
    /// Ask who may be chosen.
    GetChannels,
    /// Ask for the ticket's invites.
    GetInvites,
    /// Exchange the one-time code.
    Exchange {
        /// The code.
        code: String,
        /// The frame's nonce.
        nonce: String,
    },
    /// Send the invite under this idempotency key.
    Send(Box<NewInvite>, String),
    /// Open the sign-in window, at once.
    Open {
        /// Its address.
        address: String,
        /// What its answer must carry.
        nonce: String,
    },
    /// Move the focus to the element with this id.
    Focus(&'static str),
    /// Put a text on the clipboard.
    Copy(String),
    /// Tell the page.
    EmitSent(Box<Invite>),
    /// Tell the page.
    EmitFailed(Failure),
    /// Come back with this action after so many milliseconds.
    Again(u32, &'static str),
}

#[cfg(test)]
mod tests;
