//! The vendors' clients against small servers of our own: what goes over the wire, what each odd answer becomes, and that
//! nothing storms or leaks. Loopback only, no sleeping.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, clippy::string_slice, missing_docs)]

mod vendors {
    mod beyondtrust;
    mod halo;
    mod network;
    mod stub;
    mod tls;

    /// A line that never makes anybody wait.
    fn line() -> std::sync::Arc<remote_support_proxy::line::Line> {
        let clock = std::sync::Arc::new(remote_support_proxy::clock::HandClock::at(0));
        let metrics = remote_support_proxy::metrics::Metrics::new().vendor("test");
        std::sync::Arc::new(remote_support_proxy::line::Line::new(clock, u32::MAX, metrics))
    }
}
