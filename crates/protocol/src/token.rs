//! What the token endpoint reads and answers (RFC 6749 §4.1.3, §5.1, §6; RFC 7523 §2.2; RFC 7636 §4.5).

use serde::{Deserialize, Serialize};

use crate::parameters::Parameters;

macro_rules! token_request {
    ($($(#[$doc:meta])* $name:ident,)+) => {
        /// The parameters of a request to the token, introspection or revocation endpoint; absent and empty ones are
        /// `None`. It holds secrets and does not print them.
        #[derive(Clone, Default, PartialEq, Eq)]
        pub struct TokenRequest {
            $($(#[$doc])* pub $name: Option<String>,)+
            /// Where the access token is to be used; may be repeated (RFC 8707 §2).
            pub resource: Vec<String>,
        }

        /// The parameters that may be sent once only. `resource` may be repeated and so is not among them.
        pub const SINGLE_PARAMETERS: &[&str] = &[$(stringify!($name),)+];

        impl TokenRequest {
            /// Takes the known parameters and leaves the rest.
            pub fn from_parameters(parameters: &Parameters) -> Self {
                Self {
                    $($name: parameters.get(stringify!($name)).map(str::to_owned),)+
                    resource: parameters.get_all("resource").map(str::to_owned).collect(),
                }
            }
        }
    };
}

token_request! {
    /// How tokens are asked for, see [`crate::GrantType`].
    grant_type,
    /// The authorization code.
    code,
    /// The redirect URI of the authorization request.
    redirect_uri,
    /// PKCE verifier.
    code_verifier,
    /// The refresh token.
    refresh_token,
    /// A narrower scope.
    scope,
    /// Who asks.
    client_id,
    /// The client's secret (`client_secret_post`).
    client_secret,
    /// The client's signed JWT.
    client_assertion,
    /// See [`crate::client_auth::JWT_BEARER_ASSERTION`].
    client_assertion_type,
    /// The token to introspect or revoke (RFC 7662 §2.1, RFC 7009 §2.1).
    token,
    /// What kind of token that may be: a hint, never trusted.
    token_type_hint,
}

impl std::fmt::Debug for TokenRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TokenRequest")
            .field("grant_type", &self.grant_type)
            .field("client_id", &self.client_id)
            .finish_non_exhaustive()
    }
}

/// Whether a PKCE verifier or S256 challenge has the legal form: 43 to 128 unreserved characters (RFC 7636 §4.1, §4.2).
pub fn is_pkce_text(text: &str) -> bool {
    (43..=128).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~'))
}

/// A successful answer of the token endpoint (RFC 6749 §5.1; OpenID Connect Core §3.1.3.3). It does not print tokens.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenResponse {
    /// The access token.
    pub access_token: String,
    /// `Bearer`.
    pub token_type: String,
    /// Lifetime of the access token, in seconds.
    pub expires_in: u64,
    /// The refresh token, when one was granted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refresh_token: Option<String>,
    /// The granted scope.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope: Option<String>,
    /// The ID token, when `openid` was granted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id_token: Option<String>,
}

impl std::fmt::Debug for TokenResponse {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TokenResponse")
            .field("token_type", &self.token_type)
            .field("expires_in", &self.expires_in)
            .field("scope", &self.scope)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_answer_leaves_out_what_it_has_not() {
        let response = TokenResponse {
            access_token: "at".into(),
            token_type: "Bearer".into(),
            expires_in: 600,
            refresh_token: None,
            scope: Some("openid".into()),
            id_token: None,
        };
        assert_eq!(
            serde_json::to_string(&response).unwrap(),
            r#"{"access_token":"at","token_type":"Bearer","expires_in":600,"scope":"openid"}"#
        );
        assert!(!format!("{response:?}").contains("\"at\""));
    }

    #[test]
    fn secrets_are_read_and_not_printed() {
        let p =
            Parameters::parse(b"grant_type=refresh_token&refresh_token=hush&client_id=a&client_secret=hush").unwrap();
        let request = TokenRequest::from_parameters(&p);
        assert_eq!(request.refresh_token.as_deref(), Some("hush"));
        assert!(!format!("{request:?}").contains("hush"));
    }

    #[test]
    fn pkce_texts_have_a_length_and_an_alphabet() {
        assert!(is_pkce_text(&"a".repeat(43)) && is_pkce_text(&"~".repeat(128)));
        for bad in [String::new(), "a".repeat(42), "a".repeat(129), "a".repeat(42) + "+", "é".repeat(30)] {
            assert!(!is_pkce_text(&bad), "{bad}");
        }
    }
}
