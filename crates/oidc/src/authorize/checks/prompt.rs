//! `prompt` (OpenID Connect Core §3.1.2.1): known values, and `none` alone.

use crate::authorize::{Context, Parts, RawRequest};
use protocol::OAuthError;

pub(in crate::authorize) fn check(parts: &mut Parts, raw: &RawRequest, _: &Context<'_>) -> Result<(), OAuthError> {
    parts.prompt = raw.request.prompt()?;
    Ok(())
}
