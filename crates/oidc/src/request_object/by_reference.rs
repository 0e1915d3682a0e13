//! The parameter `request_uri` (OpenID Connect Core §6.2): where the request object is. Only addresses that the client
//! registered are fetched, so nobody can make us ask elsewhere (RFC 9101 §10.4).

use crate::Provider;
use crate::client::Client;
use fetch::Limits;
use protocol::{ErrorCode, OAuthError};
use std::time::Duration;

/// What one fetch may cost. The visitor waits for it. No redirects: what was registered is what is asked.
const LIMITS: Limits = Limits { max_bytes: jose::MAX_TOKEN_BYTES, timeout: Duration::from_secs(5), max_redirects: 0 };

/// Fetches an object, unread. It is fetched each time, so the hash that may stand in the fragment (§6.2) has nothing to tell.
pub(super) async fn fetch(provider: &Provider, client: &Client, uri: &str) -> Result<String, OAuthError> {
    if !client.has_request_uri(uri) {
        let why = if uri.starts_with("urn:") {
            "pushed requests are not supported"
        } else {
            "the client has not registered it"
        };
        return Err(wrong(why));
    }
    let accept = "application/oauth-authz-req+jwt, application/jwt";
    let answer = provider.fetcher.get(without_fragment(uri), LIMITS, accept).await.map_err(|error| {
        tracing::warn!(client_id = %client.client_id, %error, "a request object could not be fetched");
        wrong("it could not be fetched")
    })?;
    if answer.status != 200 {
        return Err(wrong(&format!("the answer has status {}", answer.status)));
    }
    let text = String::from_utf8(answer.body).map_err(|_| wrong("what is there is not a request object"))?;
    Ok(text.trim_ascii().to_owned())
}

/// An address as it is asked for, and as it is compared: the fragment never leaves us.
pub(crate) fn without_fragment(uri: &str) -> &str {
    uri.split_once('#').map_or(uri, |(address, _)| address)
}

fn wrong(why: &str) -> OAuthError {
    OAuthError::new(ErrorCode::InvalidRequestUri, format!("the request_uri cannot be used: {why}"))
}
