//! `nonce`: demanded where an ID token comes from this endpoint, so that nobody can slip in one of another log-in
//! (OpenID Connect Core §3.2.2.1, §3.3.2.11, §15.5.2). With an ID token from the token endpoint it is the client's choice.

use super::invalid_request;
use crate::authorize::{Context, Parts, RawRequest};
use protocol::OAuthError;

pub(in crate::authorize) fn check(parts: &mut Parts, raw: &RawRequest, _: &Context<'_>) -> Result<(), OAuthError> {
    match raw.request.nonce {
        None if parts.response_type.has_id_token() => {
            Err(invalid_request("nonce is missing: it is needed when the answer has an ID token"))
        }
        _ => Ok(()),
    }
}
