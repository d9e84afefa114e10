//! Where signing in begins: one address for all panels. What happens there is the proxy's business.

/// The address for a window or a link; the answer carries the nonce and goes to the origin.
pub(super) fn address(proxy: &str, origin: &str, nonce: &str) -> String {
    // An origin has no other character that means something in a query.
    let origin = origin.replace(':', "%3A").replace('/', "%2F");
    format!("{proxy}/api/v1/sign-in?nonce={nonce}&origin={origin}")
}
