//! The browser side: exports, proxy client, element plumbing.
