//! `acr_values` (OpenID Connect Core §3.1.2.1), or else the client's `default_acr_values` (Registration §2): wishes, which
//! never make an error. An essential `acr` is for [`super::claims`].

use crate::authorize::{Context, Parts, RawRequest};
use protocol::OAuthError;

pub(in crate::authorize) fn check(parts: &mut Parts, raw: &RawRequest, _: &Context<'_>) -> Result<(), OAuthError> {
    parts.wished_acr = raw.request.acr_values().map(str::to_owned).collect();
    if parts.wished_acr.is_empty() {
        parts.wished_acr = parts.client.default_acr_values.clone();
    }
    Ok(())
}
