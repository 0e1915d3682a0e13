//! Our signing keys: made at the first start, sealed in the table `signing_keys`, held parsed in memory.
//!
//! Each algorithm has its own key. A key's life: *published* (in the JWK set, not signing), *signing* from `signs_from`,
//! *retired* when its successor signs, published until the last token that it signed has expired. A *withdrawn* key is
//! gone at once, for a compromise. Keys are rotated every 90 days by [`SigningKeys::keep_fresh`], and by command.
//!
//! [`Keys`] is an immutable snapshot; [`SigningKeys`] holds the present one and swaps it.

mod model;
mod ring;
mod rotation;
mod store;
pub mod testing;
#[cfg(test)]
mod tests;

pub use model::{JWKS_MAX_AGE_SECONDS, Keys, SigningKey, State};
pub use ring::SigningKeys;
pub use rotation::{Start, ensure, list, rotate, rotate_if_due, withdraw};

use jose::{JwkError, KeyError};

/// The counter in the table `revisions` that moves with every change of the keys.
pub const REVISION: &str = "signing_keys";

/// Why keys cannot be made or read.
#[derive(Debug, thiserror::Error)]
pub enum KeysError {
    /// The database failed.
    #[error(transparent)]
    Database(#[from] db::Error),
    /// A key could not be made.
    #[error("a signing key cannot be made: {0}")]
    Make(KeyError),
    /// A stored key does not open: `secrets.key_file` is not the file that this database was begun with.
    #[error("the signing key {0} does not open: secrets.key_file is not the one that this database was begun with")]
    Sealed(String),
    /// A stored key opens and is not what its row says.
    #[error("the signing key {0} cannot be read: {1}")]
    Stored(String, String),
    /// A public key of ours does not verify.
    #[error("a stored public key cannot be used: {0}")]
    Public(#[from] JwkError),
}
