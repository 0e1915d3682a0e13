//! `response_type`: one that the client registered (RFC 6749 §3.1.1, §4.1.2.1, §4.2.2.1).

use super::invalid_request;
use crate::authorize::{Context, Parts, RawRequest};
use protocol::{ErrorCode, OAuthError, ResponseType};

pub(in crate::authorize) fn check(parts: &mut Parts, raw: &RawRequest, _: &Context<'_>) -> Result<(), OAuthError> {
    let Some(text) = raw.request.response_type.as_deref() else {
        return Err(invalid_request("response_type is missing"));
    };
    let response_type: ResponseType = text.parse().map_err(|_| {
        OAuthError::new(ErrorCode::UnsupportedResponseType, "response_type is not supported here; use code")
    })?;
    if !parts.client.allows_response(response_type) {
        let description = format!("the client is not registered for the response type {response_type}");
        return Err(OAuthError::new(ErrorCode::UnauthorizedClient, description));
    }
    parts.response_type = response_type;
    Ok(())
}
