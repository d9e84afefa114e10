//! What the proxy makes of the body of an event that a stranger may have sent.

use remote_support_proxy::{
    intake::classify,
    store::{EventState, ReceivedEvent},
};

/// The body is a form as BeyondTrust posts it.
pub fn event_form(bytes: &[u8]) {
    let event = classify(bytes.into(), 1);
    assert_eq!(event.body, bytes, "the raw body is kept");
    assert_eq!(event.state == EventState::Quarantined, event.reason.is_some(), "who is quarantined has a reason, and nobody else");
    assert!(event.state == EventState::Quarantined || event.event.is_some(), "an event without a name is not read");
    if event.state == EventState::Accepted {
        assert_eq!(event.event.as_deref(), Some("support_conference_end"), "only the end of a session is work");
        assert!(event.lsid.is_some(), "work has a session");
    }
    if event.event.is_some() {
        let reversed = classify(reversed(bytes).as_slice().into(), 1);
        assert_eq!(said(&event), said(&reversed), "the order of the fields makes no difference");
    }
}

/// The same form with its fields in the opposite order.
fn reversed(form: &[u8]) -> Vec<u8> {
    let mut fields: Vec<_> = form.split(|byte| *byte == b'&').collect();
    fields.reverse();
    fields.join(&b'&')
}

/// All that is read from an event, without its body.
fn said(event: &ReceivedEvent) -> impl PartialEq + std::fmt::Debug + '_ {
    (&event.digest, event.state, &event.event, &event.lsid, &event.reason)
}
