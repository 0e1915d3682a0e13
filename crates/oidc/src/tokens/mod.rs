//! Tokens: made from grants ([`issue()`]), judged when they come back ([`introspect`], [`userinfo`]), taken back ([`revoke`]).
//!
//! An access token is a JWT (RFC 9068) and has no row of its own. It dies with its grant, with its log-in (claim `sid`),
//! with its account or its client, or by its `jti` when it is revoked before its time; all of that at our own endpoints. A
//! refresh token's family is its grant. So a token that was issued after its log-in ended (offline access) carries no
//! `sid`: it hangs on the grant alone.
//!
//! A person's own API tokens (`account::api_token`) are told apart by how they begin, see `personal`.

pub mod access;
mod id_token;
pub mod introspect;
mod issue;
mod person;
mod personal;
mod recipient;
pub mod revoke;
pub(crate) mod store;
pub mod subject;
#[cfg(test)]
mod tests;
pub mod userinfo;

pub(crate) use issue::{Authorized, FrontChannel, issue, issue_front_channel};
pub(crate) use person::Person;
pub use recipient::Recipient;

use jose::SignError;
use protocol::{ErrorCode, OAuthError};

/// Why no token is issued, or no answer given about one.
#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    /// What the client is told.
    #[error("{0}")]
    Refused(#[from] OAuthError),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] db::Error),
    /// Signing failed.
    #[error("a token could not be signed: {0}")]
    Signing(#[from] SignError),
    /// There is no key for the algorithm of the client.
    #[error("there is no signing key for {0}")]
    NoKey(jose::SigningAlgorithm),
}

/// A refusal with its sentence for the developer of the client.
pub(crate) fn refuse(code: ErrorCode, sentence: impl AsRef<str>) -> TokenError {
    TokenError::Refused(OAuthError::new(code, sentence))
}
