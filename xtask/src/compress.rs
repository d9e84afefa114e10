//! How large a file is on the wire. Serving compressed files is the proxy's business.

use brotli::enc::BrotliEncoderParams;
use flate2::{Compression, write::GzEncoder};
use serde::{Deserialize, Serialize};
use std::{io::Write, iter::Sum, ops::Add};

/// Bytes, and bytes after `gzip -9` and `brotli -q 11`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sizes {
    pub raw: usize,
    pub gzip: usize,
    pub brotli: usize,
}

/// Measures one file.
pub fn sizes(bytes: &[u8]) -> Sizes {
    let mut gzip = GzEncoder::new(Vec::new(), Compression::best());
    let gzip = gzip.write_all(bytes).and_then(|()| gzip.finish()).map_or(0, |packed| packed.len());
    let mut packed = Vec::new();
    let parameters = BrotliEncoderParams { quality: 11, lgwin: 22, size_hint: bytes.len(), ..BrotliEncoderParams::default() };
    let brotli = brotli::BrotliCompress(&mut &*bytes, &mut packed, &parameters).unwrap_or(0);
    Sizes { raw: bytes.len(), gzip, brotli }
}

impl Add for Sizes {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self { raw: self.raw + other.raw, gzip: self.gzip + other.gzip, brotli: self.brotli + other.brotli }
    }
}

impl Sum for Sizes {
    fn sum<I: Iterator<Item = Self>>(parts: I) -> Self {
        parts.fold(Self::default(), Add::add)
    }
}
