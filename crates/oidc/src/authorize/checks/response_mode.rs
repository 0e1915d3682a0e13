//! `response_mode`: how the answer travels (Multiple Response Types §2.1, §5; Form Post Response Mode).

use super::invalid_request;
use crate::authorize::{Context, Parts, RawRequest};
use protocol::{AuthorizationRequest, OAuthError, ResponseMode, ResponseType};

/// How an answer to this request travels, an error too, whatever else is wrong with it: as asked when that is possible;
/// else in the fragment when a token would travel through the browser, and in the query.
pub(in crate::authorize) fn effective(request: &AuthorizationRequest) -> ResponseMode {
    let asked = request.response_mode.as_deref().and_then(|text| text.parse::<ResponseMode>().ok());
    let response_type = request.response_type.as_deref().and_then(|text| text.parse::<ResponseType>().ok());
    let tokens = match (response_type, request.response_type.as_deref()) {
        (Some(known), _) => known.is_front_channel(),
        // A type nobody knows, which still asks for a token: `token` alone.
        (None, Some(text)) => text.split(' ').any(|word| word == "token" || word == "id_token"),
        (None, None) => false,
    };
    match asked {
        Some(mode @ (ResponseMode::FormPost | ResponseMode::Fragment)) => mode,
        _ if tokens => ResponseMode::Fragment,
        _ => ResponseMode::Query,
    }
}

pub(in crate::authorize) fn check(parts: &mut Parts, raw: &RawRequest, _: &Context<'_>) -> Result<(), OAuthError> {
    match raw.request.response_mode.as_deref().map(str::parse::<ResponseMode>) {
        None => Ok(()),
        Some(Ok(mode)) if parts.client.allows_mode(mode, parts.response_type) => Ok(()),
        Some(Ok(_)) => Err(invalid_request("response_mode query is not for answers with tokens; use fragment")),
        Some(Err(_)) => Err(invalid_request("response_mode must be query, fragment or form_post")),
    }
}
