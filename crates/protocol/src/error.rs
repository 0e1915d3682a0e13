//! Error codes and the error body (RFC 6749 §4.1.2.1, §5.2; RFC 6750 §3.1; OpenID Connect Core §3.1.2.6;
//! RFC 7591 §3.2.2), with the table of their HTTP statuses.

use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};

use crate::wire::{parse_exactly, wire_enum};

wire_enum! {
    /// An error code on the wire.
    pub enum ErrorCode {
        /// A parameter is missing, repeated or malformed.
        InvalidRequest = "invalid_request",
        /// The client did not prove who it is.
        InvalidClient = "invalid_client",
        /// The code or refresh token is unknown, spent, expired or somebody else's.
        InvalidGrant = "invalid_grant",
        /// The client may not ask in this way.
        UnauthorizedClient = "unauthorized_client",
        /// The token endpoint does not know the grant type.
        UnsupportedGrantType = "unsupported_grant_type",
        /// The authorization endpoint does not know the response type.
        UnsupportedResponseType = "unsupported_response_type",
        /// The revocation endpoint does not revoke this kind of token (RFC 7009 §2.2.1).
        UnsupportedTokenType = "unsupported_token_type",
        /// The scope is malformed or more than the client may have.
        InvalidScope = "invalid_scope",
        /// The visitor, or a rule, said no.
        AccessDenied = "access_denied",
        /// Something broke here.
        ServerError = "server_error",
        /// Too busy; come again.
        TemporarilyUnavailable = "temporarily_unavailable",
        /// `prompt=none`, and nobody is logged in.
        LoginRequired = "login_required",
        /// `prompt=none`, and some page would be needed.
        InteractionRequired = "interaction_required",
        /// `prompt=none`, and consent is missing.
        ConsentRequired = "consent_required",
        /// `prompt=none`, and the account must be chosen.
        AccountSelectionRequired = "account_selection_required",
        /// The `request_uri` cannot be used.
        InvalidRequestUri = "invalid_request_uri",
        /// The request object cannot be used.
        InvalidRequestObject = "invalid_request_object",
        /// No `request` parameter here.
        RequestNotSupported = "request_not_supported",
        /// No `request_uri` parameter here.
        RequestUriNotSupported = "request_uri_not_supported",
        /// No `registration` parameter here.
        RegistrationNotSupported = "registration_not_supported",
        /// The asked `acr` cannot be reached (OpenID Connect Unmet Authentication Requirements).
        UnmetAuthenticationRequirements = "unmet_authentication_requirements",
        /// The named resource is unknown or not allowed (RFC 8707 §2).
        InvalidTarget = "invalid_target",
        /// The authorization details cannot be used (RFC 9396 §5).
        InvalidAuthorizationDetails = "invalid_authorization_details",
        /// The DPoP proof is wrong (RFC 9449 §5).
        InvalidDpopProof = "invalid_dpop_proof",
        /// The DPoP proof needs our nonce (RFC 9449 §8).
        UseDpopNonce = "use_dpop_nonce",
        /// The visitor has not decided yet (RFC 8628 §3.5).
        AuthorizationPending = "authorization_pending",
        /// Polling too fast (RFC 8628 §3.5).
        SlowDown = "slow_down",
        /// The device code or request is too old (RFC 8628 §3.5).
        ExpiredToken = "expired_token",
        /// The access token is expired, revoked, malformed or not for here (RFC 6750 §3.1).
        InvalidToken = "invalid_token",
        /// The access token's scope is too small (RFC 6750 §3.1).
        InsufficientScope = "insufficient_scope",
        /// The log-in behind the access token is too weak or old (RFC 9470 §3).
        InsufficientUserAuthentication = "insufficient_user_authentication",
        /// A redirect URI may not be registered.
        InvalidRedirectUri = "invalid_redirect_uri",
        /// Another field may not be registered.
        InvalidClientMetadata = "invalid_client_metadata",
        /// The software statement is wrong.
        InvalidSoftwareStatement = "invalid_software_statement",
    }
}
parse_exactly!(ErrorCode);

/// The kinds of endpoint that differ in how an error becomes a status.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Endpoint {
    /// Token, introspection, revocation, pushed requests: client authentication, JSON (RFC 6749 §5.2).
    Token,
    /// Userinfo and whatever else takes an access token (RFC 6750 §3.1).
    Resource,
    /// Registration and its management (RFC 7591 §3.2.2, RFC 7592 §2).
    Registration,
    /// The authorization endpoint, when the error cannot travel to the client and becomes a page.
    Page,
}

impl ErrorCode {
    /// The HTTP status with which the endpoint answers. An `invalid_client` is always a 401: allowed without a
    /// header and required with one (RFC 6749 §5.2).
    pub fn status(self, endpoint: Endpoint) -> u16 {
        use ErrorCode::*;
        match (self, endpoint) {
            (ServerError, _) => 500,
            (TemporarilyUnavailable, _) => 503,
            (InvalidClient, Endpoint::Token) => 401,
            (InvalidToken, Endpoint::Resource | Endpoint::Registration) => 401,
            (InvalidDpopProof | UseDpopNonce | InsufficientUserAuthentication, Endpoint::Resource) => 401,
            (InsufficientScope, Endpoint::Resource | Endpoint::Registration) => 403,
            (AccessDenied, Endpoint::Resource | Endpoint::Registration | Endpoint::Page) => 403,
            _ => 400,
        }
    }
}

/// An error as the client sees it: the code, and a sentence for its developer.
///
/// The sentence can only have legal characters (RFC 6749 §5.2: `%x20-21 / %x23-5B / %x5D-7E`): no quote, no
/// backslash, no line end, nothing but ASCII. It therefore fits a query, JSON and a quoted header value as it is.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{code}: {description}")]
pub struct OAuthError {
    code: ErrorCode,
    description: String,
}

impl OAuthError {
    /// Makes an error; characters that may not travel are replaced: `"` by `'`, `\` by `/`, others by `?`, line ends
    /// and tabs by a space. More than 400 characters are cut.
    pub fn new(code: ErrorCode, description: impl AsRef<str>) -> Self {
        let legal = |character| match character {
            '"' | '\u{2018}' | '\u{2019}' | '\u{201c}' | '\u{201d}' | '`' => '\'',
            '\\' => '/',
            '\t' | '\n' | '\r' => ' ',
            ' '..='~' => character,
            _ => '?',
        };
        Self { code, description: description.as_ref().chars().map(legal).take(400).collect() }
    }

    /// The code.
    pub fn code(&self) -> ErrorCode {
        self.code
    }

    /// The sentence, legal on every way.
    pub fn description(&self) -> &str {
        &self.description
    }

    /// The HTTP status with which the endpoint answers.
    pub fn status(&self, endpoint: Endpoint) -> u16 {
        self.code.status(endpoint)
    }

    /// The value of `WWW-Authenticate` for an endpoint that takes bearer tokens (RFC 6750 §3).
    pub fn bearer_challenge(&self) -> String {
        format!("Bearer error=\"{}\", error_description=\"{}\"", self.code, self.description)
    }
}

/// The JSON body (RFC 6749 §5.2).
impl Serialize for OAuthError {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut body = serializer.serialize_struct("OAuthError", 2)?;
        body.serialize_field("error", &self.code)?;
        if self.description.is_empty() {
            body.skip_field("error_description")?;
        } else {
            body.serialize_field("error_description", &self.description)?;
        }
        body.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_body_is_legal_json_with_a_legal_sentence() {
        let error = OAuthError::new(ErrorCode::InvalidScope, "scope \"a\\b\"\nis “unknown” é");
        let body = serde_json::to_string(&error).unwrap();
        assert_eq!(body, r#"{"error":"invalid_scope","error_description":"scope 'a/b' is 'unknown' ?"}"#);
        let bare = serde_json::to_string(&OAuthError::new(ErrorCode::InvalidClient, "")).unwrap();
        assert_eq!(bare, r#"{"error":"invalid_client"}"#);
    }

    #[test]
    fn statuses() {
        use {Endpoint::*, ErrorCode::*};
        for (code, endpoint, status) in [
            (InvalidClient, Token, 401),
            (InvalidGrant, Token, 400),
            (AccessDenied, Token, 400),
            (InvalidDpopProof, Token, 400),
            (InvalidToken, Resource, 401),
            (InvalidRequest, Resource, 400),
            (InsufficientScope, Resource, 403),
            (InvalidToken, Registration, 401),
            (InvalidRedirectUri, Registration, 400),
            (InvalidClient, Page, 400),
            (ServerError, Token, 500),
            (TemporarilyUnavailable, Token, 503),
        ] {
            assert_eq!(code.status(endpoint), status, "{code} {endpoint:?}");
        }
    }

    #[test]
    fn the_challenge_names_the_error() {
        let error = OAuthError::new(ErrorCode::InvalidToken, "The token has \"expired\"");
        assert_eq!(
            error.bearer_challenge(),
            r#"Bearer error="invalid_token", error_description="The token has 'expired'""#
        );
    }

    proptest! {
        #[test]
        fn descriptions_are_always_legal(text in any::<String>()) {
            let error = OAuthError::new(ErrorCode::InvalidRequest, &text);
            prop_assert!(error.description().bytes().all(|b| matches!(b, 0x20 | 0x21 | 0x23..=0x5B | 0x5D..=0x7E)));
        }
    }
}
