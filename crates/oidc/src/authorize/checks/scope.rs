//! `scope`: what nobody knows is ignored, what the client may not have is refused (RFC 6749 §3.3).

use crate::authorize::{Context, Parts, RawRequest};
use protocol::scope::{OPENID, WELL_KNOWN};
use protocol::{ErrorCode, OAuthError};

pub(in crate::authorize) fn check(parts: &mut Parts, raw: &RawRequest, _: &Context<'_>) -> Result<(), OAuthError> {
    let allowed = &parts.client.scope;
    let asked = raw.request.scope()?.filter(|token| WELL_KNOWN.contains(&token) || allowed.contains(token));
    if asked.is_empty() {
        return Err(OAuthError::new(ErrorCode::InvalidScope, "scope names nothing that is known here; try openid"));
    }
    if let Some(token) = asked.iter().find(|token| !allowed.contains(token)) {
        let description = format!("the client may not ask for the scope {token}");
        return Err(OAuthError::new(ErrorCode::InvalidScope, description));
    }
    if parts.response_type.has_id_token() && !asked.contains(OPENID) {
        return Err(OAuthError::new(ErrorCode::InvalidScope, "an ID token needs the scope openid"));
    }
    parts.scope = asked;
    Ok(())
}
