//! Seals what must not lie readable in the store: refresh tokens, secrets, links. One key, in a file of mode 0600 made at
//! first start. It does not protect against somebody who can read both the key and the store.

use base64::{Engine as _, prelude::BASE64_STANDARD};
use chacha20poly1305::{
    Key, KeyInit as _, XChaCha20Poly1305, XNonce,
    aead::{Aead as _, Payload},
};
use rand::{RngCore as _, TryRngCore as _, rngs::OsRng};
use secrecy::{ExposeSecret as _, SecretString};
use sha2::{Digest as _, Sha256};
use std::{io, path::Path, sync::Arc};

const NONCE: usize = 24;

/// The sealing key.
#[derive(Clone)]
pub struct Vault(Arc<XChaCha20Poly1305>);

/// Why something could not be sealed or opened.
#[derive(Debug, thiserror::Error)]
pub enum VaultProblem {
    /// The key file cannot be read or made.
    #[error("the key file {0} cannot be used: {1}; check its folder and that only the proxy's user may read it")]
    KeyFile(String, io::Error),
    /// The key file holds something else.
    #[error("the key file {0} does not hold a key; restore it from a backup, or delete it together with the store to begin anew")]
    NotAKey(String),
    /// Sealed with another key, for another purpose, or damaged.
    #[error("what was stored for {0} cannot be opened with this key file; restore the key file that belongs to this store")]
    Sealed(&'static str),
}

impl Vault {
    /// Opens the key file, or makes one.
    ///
    /// # Errors
    /// When the file cannot be read, made or understood.
    pub fn open(path: &Path) -> Result<Self, VaultProblem> {
        let name = path.display().to_string();
        let key = match std::fs::read_to_string(path) {
            Ok(text) => BASE64_STANDARD
                .decode(text.trim())
                .ok()
                .and_then(|bytes| <[u8; 32]>::try_from(bytes).ok())
                .ok_or(VaultProblem::NotAKey(name))?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let key: [u8; 32] = random();
                write_private(path, &BASE64_STANDARD.encode(key)).map_err(|error| VaultProblem::KeyFile(name, error))?;
                key
            }
            Err(error) => return Err(VaultProblem::KeyFile(name, error)),
        };
        Ok(Self(Arc::new(XChaCha20Poly1305::new(&Key::from(key)))))
    }

    /// Seals bytes for one purpose; they open for that purpose only.
    ///
    /// # Errors
    /// Only when there is far too much to seal.
    pub fn seal(&self, purpose: &'static str, plain: &[u8]) -> Result<Vec<u8>, VaultProblem> {
        let nonce: [u8; NONCE] = random();
        let sealed = self
            .0
            .encrypt(&XNonce::from(nonce), Payload { msg: plain, aad: purpose.as_bytes() })
            .map_err(|_| VaultProblem::Sealed(purpose))?;
        Ok([nonce.as_slice(), &sealed].concat())
    }

    /// Opens what was sealed for the same purpose.
    ///
    /// # Errors
    /// When it was sealed with another key or for another purpose, or is damaged.
    pub fn unseal(&self, purpose: &'static str, sealed: &[u8]) -> Result<Vec<u8>, VaultProblem> {
        let (nonce, sealed) = sealed.split_first_chunk::<NONCE>().ok_or(VaultProblem::Sealed(purpose))?;
        self.0.decrypt(&XNonce::from(*nonce), Payload { msg: sealed, aad: purpose.as_bytes() }).map_err(|_| VaultProblem::Sealed(purpose))
    }

    /// [`Self::seal`] for a secret text.
    ///
    /// # Errors
    /// As [`Self::seal`].
    pub fn seal_text(&self, purpose: &'static str, secret: &SecretString) -> Result<Vec<u8>, VaultProblem> {
        self.seal(purpose, secret.expose_secret().as_bytes())
    }

    /// [`Self::unseal`] for a secret text.
    ///
    /// # Errors
    /// As [`Self::unseal`].
    pub fn unseal_text(&self, purpose: &'static str, sealed: &[u8]) -> Result<SecretString, VaultProblem> {
        String::from_utf8(self.unseal(purpose, sealed)?).map(SecretString::from).map_err(|_| VaultProblem::Sealed(purpose))
    }
}

/// Random bytes from the operating system (or, should that fail, from a generator it seeded).
#[must_use]
pub fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    if OsRng.try_fill_bytes(&mut bytes).is_err() {
        rand::rng().fill_bytes(&mut bytes);
    }
    bytes
}

/// 256 random bits as base64url text: tokens, states, cookies.
#[must_use]
pub fn random_token() -> String {
    base64::prelude::BASE64_URL_SAFE_NO_PAD.encode(random::<32>())
}

/// What of a token the store keeps.
#[must_use]
pub fn digest(text: &str) -> Vec<u8> {
    Sha256::digest(text.as_bytes()).to_vec()
}

/// Writes a new file that only its owner may read.
///
/// # Errors
/// When the file exists already or cannot be written.
pub fn write_private(path: &Path, text: &str) -> io::Result<()> {
    use std::{io::Write as _, os::unix::fs::OpenOptionsExt as _};
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let mut file = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sealed_opens_for_its_purpose_with_its_key_only() {
        let folder = tempfile::tempdir().unwrap();
        let vault = Vault::open(&folder.path().join("key")).unwrap();
        let again = Vault::open(&folder.path().join("key")).unwrap();
        let other = Vault::open(&folder.path().join("other")).unwrap();
        let sealed = vault.seal("refresh token", b"rt-1").unwrap();
        assert!(!sealed.windows(4).any(|bytes| bytes == b"rt-1"));
        assert_eq!(again.unseal("refresh token", &sealed).unwrap(), b"rt-1");
        assert!(again.unseal("link", &sealed).is_err());
        assert!(other.unseal("refresh token", &sealed).is_err());
        assert!(vault.unseal("refresh token", &sealed[..20]).is_err());
    }

    #[test]
    fn the_key_file_is_readable_by_its_owner_only_and_never_replaced() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("data/key");
        Vault::open(&path).unwrap();
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        std::fs::write(&path, "not a key").unwrap();
        assert!(matches!(Vault::open(&path), Err(VaultProblem::NotAKey(_))));
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "not a key");
    }
}
