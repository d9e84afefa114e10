//! The frame's view model: heading, who is signed in, and whatever stands in the content's place.

use super::{FailedView, Frame, SigningIn, Stage, Told, Tried};
use crate::rules::wording::Message;

/// What stands around a panel's content. At most one of the parts is there; the content only when none is.
pub(in crate::views) struct FrameView {
    pub(in crate::views) heading: String,
    /// What the panel is about, in its corner.
    pub(in crate::views) about: String,
    pub(in crate::views) agent: Option<String>,
    pub(in crate::views) busy: bool,
    /// What a screen reader is told about progress.
    pub(in crate::views) status: Option<String>,
    /// A way back to where this panel was opened from.
    pub(in crate::views) back: Option<String>,
    pub(in crate::views) loading: bool,
    pub(in crate::views) signed_out: Option<SignedOut>,
    pub(in crate::views) signing_in: Option<SigningInView>,
    pub(in crate::views) failed: Option<FailedView>,
}

pub(in crate::views) struct SignedOut {
    pub(in crate::views) title: String,
    pub(in crate::views) why: String,
    /// Something was typed and is still there.
    pub(in crate::views) kept: bool,
}

pub(in crate::views) struct SigningInView {
    pub(in crate::views) blocked: bool,
    pub(in crate::views) address: String,
    pub(in crate::views) code: String,
    pub(in crate::views) busy: bool,
    pub(in crate::views) failure: Option<Told>,
}

impl FrameView {
    /// `room` is the group of the panel's texts: its heading, why one signs in.
    pub(in crate::views) fn new(frame: &Frame, room: &str, kept: bool) -> Self {
        let text = |name: &str| frame.say(&Message::new(&format!("ui.{room}.{name}")));
        let mut view = Self {
            heading: text("heading"),
            about: frame.about.clone(),
            agent: frame.me.as_ref().map(|me| me.name.clone()),
            busy: frame.stage == Stage::Loading,
            status: None,
            back: None,
            loading: false,
            signed_out: None,
            signing_in: None,
            failed: None,
        };
        match &frame.stage {
            Stage::Loading => {
                view.loading = true;
                view.status = Some(text("loading"));
            }
            Stage::SignedOut => view.signed_out = Some(SignedOut { title: text("signIn"), why: text("why"), kept }),
            Stage::SigningIn(sign_in) => {
                view.signing_in = Some(SigningInView::new(frame, sign_in));
                view.status = Some(frame.say(&Message::new("ui.signIn.waiting")));
            }
            Stage::Open => {}
            // Whoever tried knows the way on, and says so.
            Stage::Failed(_, Tried::Doing) => {}
            Stage::Failed(failure, tried) => view.failed = Some(FailedView::of_frame(frame, failure, *tried)),
        }
        view
    }

    /// The content has the place.
    pub(in crate::views) const fn is_open(&self) -> bool {
        !self.loading && self.signed_out.is_none() && self.signing_in.is_none() && self.failed.is_none()
    }
}

impl SigningInView {
    fn new(frame: &Frame, sign_in: &SigningIn) -> Self {
        Self {
            blocked: sign_in.blocked,
            address: frame.sign_in_address(&sign_in.nonce),
            code: sign_in.code.clone(),
            busy: sign_in.busy,
            failure: sign_in.failure.as_ref().map(|failure| Told::new(failure, frame.language)),
        }
    }
}
