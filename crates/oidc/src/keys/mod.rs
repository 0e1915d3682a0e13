//! Our keys: made at the first start, sealed in the table `signing_keys`, held parsed in memory. Most of them sign; two
//! are for others to encrypt to.
//!
//! Each algorithm has its own key. The life of one that signs: *published* (in the JWK set, not signing), *signing* from `signs_from`,
//! *retired* when its successor signs, published until the last token that it signed has expired. A *withdrawn* key is
//! gone at once, for a compromise. A key to encrypt to is used by others as soon as it is published, so it takes its
//! predecessor's place at once, and that one goes on reading. Keys are rotated every 90 days by [`SigningKeys::keep_fresh`], and by command.
//!
//! [`Keys`] is an immutable snapshot; [`SigningKeys`] holds the present one and swaps it.

mod model;
mod ring;
mod rotation;
mod store;
pub mod testing;
#[cfg(test)]
mod tests;

pub use model::{JWKS_MAX_AGE_SECONDS, Key, Keys, Purpose, State};
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
    #[error("a key cannot be made: {0}")]
    Make(KeyError),
    /// A stored key does not open: `secrets.key_file` is not the file that this database was begun with.
    #[error("the key {0} does not open: secrets.key_file is not the one that this database was begun with")]
    Sealed(String),
    /// A stored key opens and is not what its row says.
    #[error("the key {0} cannot be read: {1}")]
    Stored(String, String),
    /// A public key of ours does not verify.
    #[error("a stored public key cannot be used: {0}")]
    Public(#[from] JwkError),
}
