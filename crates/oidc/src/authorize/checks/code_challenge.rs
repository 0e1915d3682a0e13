//! PKCE (RFC 7636 §4.3; RFC 9700 §2.1.1): S256 only, demanded of public clients (but see
//! [`Client::relaxed`](crate::client::Client::relaxed)) and of those that say so, when they ask for a code.

use super::invalid_request;
use crate::authorize::{Context, Parts, RawRequest};
use protocol::OAuthError;

/// SHA-256 in base64url without padding.
const CHALLENGE_CHARACTERS: usize = 43;

pub(in crate::authorize) fn check(parts: &mut Parts, raw: &RawRequest, _: &Context<'_>) -> Result<(), OAuthError> {
    let method = raw.request.code_challenge_method.as_deref();
    let Some(challenge) = raw.request.code_challenge.as_deref() else {
        return match method {
            Some(_) => Err(invalid_request("code_challenge is missing although code_challenge_method is there")),
            None if parts.client.require_pkce && parts.response_type.has_code() => {
                Err(invalid_request("code_challenge is missing: this client must use PKCE with S256 (RFC 7636)"))
            }
            None => Ok(()),
        };
    };
    match method {
        Some("S256") => {}
        Some(_) => return Err(invalid_request("code_challenge_method must be S256")),
        None => return Err(invalid_request("code_challenge_method is missing, which means plain; it must be S256")),
    }
    let legal = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    if challenge.len() != CHALLENGE_CHARACTERS || !challenge.bytes().all(legal) {
        return Err(invalid_request("code_challenge is not a SHA-256 hash in base64url: 43 characters, no padding"));
    }
    parts.code_challenge = Some(challenge.to_owned());
    Ok(())
}
