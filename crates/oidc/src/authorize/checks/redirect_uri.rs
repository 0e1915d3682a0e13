//! `redirect_uri`: one that the client registered, byte for byte (OpenID Connect Core §3.1.2.1; RFC 9700 §4.1.3; any
//! loopback port for native clients, RFC 8252 §7.3).

use crate::authorize::{PageError, RawRequest};
use crate::client::Client;
use protocol::{ErrorCode, RedirectUri};

pub(in crate::authorize) fn check<'c>(raw: &RawRequest, client: &'c Client) -> Result<&'c RedirectUri, PageError> {
    let wrong = |code, check: &str, how_to_mend: &str| PageError {
        code,
        check: check.to_owned(),
        how_to_mend: how_to_mend.to_owned(),
        client_id: Some(client.client_id.clone()),
    };
    if raw.duplicate.as_deref() == Some("redirect_uri") {
        return Err(wrong(
            ErrorCode::InvalidRequest,
            "redirect_uri occurs once (RFC 6749 section 3.1).",
            "Send redirect_uri a single time.",
        ));
    }
    let Some(presented) = raw.request.redirect_uri.as_deref() else {
        return Err(wrong(
            ErrorCode::InvalidRedirectUri,
            "redirect_uri is present (OpenID Connect Core section 3.1.2.1).",
            "Add the parameter redirect_uri, also when the client has registered only one.",
        ));
    };
    client.redirect_uri(presented).ok_or_else(|| {
        wrong(
            ErrorCode::InvalidRedirectUri,
            "redirect_uri is one of those that the client registered, compared character by character.",
            "Register the address exactly as the product sends it (scheme, port, path, query and a trailing slash \
             count), or make the product send the registered one.",
        )
    })
}
