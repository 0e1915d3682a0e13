//! `claims` (OpenID Connect Core §5.5): kept for the tokens; `sub` and an essential `acr` concern the log-in.

use super::invalid_request;
use crate::authorize::{Context, Parts, RawRequest};
use crate::tokens::subject;
use protocol::OAuthError;

pub(in crate::authorize) fn check(parts: &mut Parts, raw: &RawRequest, _: &Context<'_>) -> Result<(), OAuthError> {
    let claims = raw.request.claims()?;
    if let Some(acr) = claims.in_id_token("acr") {
        let wanted = acr.wanted_strings().map(str::to_owned).collect();
        if acr.essential {
            parts.essential_acr = wanted;
        } else if !wanted.is_empty() {
            parts.wished_acr = wanted;
        }
    }
    for sub in [claims.in_id_token("sub"), claims.in_userinfo("sub")].into_iter().flatten() {
        let Some(value) = sub.value.as_ref() else { continue };
        let account = value
            .as_str()
            .and_then(|sub| subject::account(&parts.client, sub))
            .ok_or_else(|| invalid_request("claims asks for a sub that is not one of ours"))?;
        if parts.hinted_account.as_ref().is_some_and(|other| *other != account) {
            return Err(invalid_request("claims asks for two different values of sub"));
        }
        parts.hinted_account = Some(account);
    }
    parts.claims = claims;
    Ok(())
}
