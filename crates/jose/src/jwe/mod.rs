//! Encrypted tokens in compact form (RFC 7516 §7.1), for what OpenID Connect Core §10.2 encrypts.
//!
//! Formats are ours, the arithmetic is AWS-LC's. josekit's own JWE is not used at all: its content decryption takes GCM
//! tags of any length, is a padding oracle, panics on short values and unpacks `zip` without limit.
//!
//! What a stranger sends is judged in one order: length, form, what is allowed, lengths of all parts, authentication,
//! and only then padding; whatever is wrong is the same [`crate::DecryptError`]. A key that does not unwrap is replaced by a
//! random one, so that it shows neither in the answer nor in its time (RFC 7516 §11.5).

mod agreement;
mod algorithm;
mod compact;
mod content;
mod decryption_key;
mod encryption_key;

pub use algorithm::{ContentEncryption, KeyManagement};
pub use decryption_key::{Decrypted, DecryptionKey, DecryptionKeys, KeyKind};
pub use encryption_key::EncryptionKey;
