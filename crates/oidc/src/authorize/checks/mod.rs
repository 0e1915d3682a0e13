//! The checks of an authorization request, one a file. [`super::pipeline`] has their order.

pub(super) mod acr;
pub(super) mod claims;
pub(super) mod client;
pub(super) mod code_challenge;
pub(super) mod duplicates;
pub(super) mod hint;
pub(super) mod max_age;
pub(super) mod nonce;
pub(super) mod prompt;
pub(super) mod redirect_uri;
pub(super) mod response_mode;
pub(super) mod response_type;
pub(super) mod scope;
pub(super) mod unsupported;

use protocol::{ErrorCode, OAuthError};

fn invalid_request(description: &str) -> OAuthError {
    OAuthError::new(ErrorCode::InvalidRequest, description)
}
