//! No known parameter twice (RFC 6749 §3.1).

use super::invalid_request;
use crate::authorize::{Context, Parts, RawRequest};
use protocol::OAuthError;

pub(in crate::authorize) fn check(_: &mut Parts, raw: &RawRequest, _: &Context<'_>) -> Result<(), OAuthError> {
    match &raw.duplicate {
        Some(name) => Err(invalid_request(&format!("the parameter {name} occurs more than once"))),
        None => Ok(()),
    }
}
