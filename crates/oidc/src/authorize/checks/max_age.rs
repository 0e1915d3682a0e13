//! `max_age` (OpenID Connect Core §3.1.2.1), or else the client's `default_max_age` (Registration §2).

use crate::authorize::{Context, Parts, RawRequest};
use protocol::OAuthError;

pub(in crate::authorize) fn check(parts: &mut Parts, raw: &RawRequest, _: &Context<'_>) -> Result<(), OAuthError> {
    parts.max_age = raw.request.max_age()?.or(parts.client.default_max_age);
    Ok(())
}
