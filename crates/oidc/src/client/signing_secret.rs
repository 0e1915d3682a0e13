//! The secret of a client that signs with it (`client_secret_jwt`): it has to be read back, so it is sealed with the
//! installation's key. Of every other client only the hash is kept.

use super::{Record, hash_secret};
use account::secret::{InstallationKey, equal, sha256};
use jose::MacKey;
use std::fmt;
use zeroize::Zeroizing;

/// What the database keeps beside it to recognise it by. Not the plain hash: HMAC takes a key that is longer than a block
/// for its hash (RFC 2104 §2), so that one would be as good as the secret to whoever reads the database.
pub(super) fn hash_signing_secret(secret: &str) -> Vec<u8> {
    sha256(format!("client_secret_jwt\0{secret}").as_bytes()).to_vec()
}

impl Record {
    /// Whether this is its secret, in a time that does not depend on where they differ.
    pub fn is_secret(&self, presented: &str) -> bool {
        let hash = match self.signing_secret {
            Some(_) => hash_signing_secret(presented),
            None => hash_secret(presented),
        };
        self.secret_hash.as_deref().is_some_and(|own| equal(own, &hash))
    }
}

/// Such a secret, as it is on its way to the database or from there.
#[derive(Clone, PartialEq, Eq)]
pub enum SigningSecret {
    /// As it is kept.
    Sealed(Vec<u8>),
    /// Made or chosen just now; the store seals it.
    New(Zeroizing<String>),
}

impl SigningSecret {
    /// What the database keeps for this client.
    pub(super) fn sealed(&self, key: &InstallationKey, client_id: &str) -> Vec<u8> {
        match self {
            Self::Sealed(sealed) => sealed.clone(),
            Self::New(secret) => key.seal(&place(client_id), secret.as_bytes()),
        }
    }

    /// What checks the client's signatures. `None` when it was sealed with another key, or for another client.
    pub(super) fn open(&self, key: &InstallationKey, client_id: &str) -> Option<MacKey> {
        match self {
            Self::New(secret) => Some(MacKey::new(secret)),
            Self::Sealed(sealed) => {
                let opened = key.open(&place(client_id), sealed)?;
                std::str::from_utf8(&opened).ok().map(MacKey::new)
            }
        }
    }
}

impl fmt::Debug for SigningSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningSecret(…)")
    }
}

fn place(client_id: &str) -> String {
    format!("clients/sealed_secret/{client_id}")
}
