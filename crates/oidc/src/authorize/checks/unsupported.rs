//! Parameters that would change what the request means, and that we do not read: ignoring them would answer another
//! question than the one asked (OpenID Connect Core §3.1.2.6, §6). A request object is read before anything is judged
//! ([`crate::request_object::unfold`]); one that nobody read is refused here.

use crate::authorize::{Context, Parts, RawRequest};
use protocol::{ErrorCode, OAuthError};

pub(in crate::authorize) fn check(_: &mut Parts, raw: &RawRequest, _: &Context<'_>) -> Result<(), OAuthError> {
    let request = &raw.request;
    for (present, code, description) in [
        (request.request.is_some(), ErrorCode::RequestNotSupported, "the parameter request is not supported"),
        (
            request.request_uri.is_some(),
            ErrorCode::RequestUriNotSupported,
            "the parameter request_uri is not supported",
        ),
        (
            request.registration.is_some(),
            ErrorCode::RegistrationNotSupported,
            "the parameter registration is not supported",
        ),
    ] {
        if present {
            return Err(OAuthError::new(code, description));
        }
    }
    Ok(())
}
