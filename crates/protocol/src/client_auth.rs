//! How a client proves who it is (RFC 6749 §2.3; OpenID Connect Core §9).

use crate::parameters::form_decode;
use crate::wire::{parse_exactly, wire_enum};

/// The only `client_assertion_type` there is for JWTs (RFC 7523 §2.2).
pub const JWT_BEARER_ASSERTION: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

wire_enum! {
    /// A client authentication method, as `token_endpoint_auth_method` names it.
    #[non_exhaustive]
    pub enum ClientAuthMethod {
        /// The secret in the `Authorization` header.
        ClientSecretBasic = "client_secret_basic",
        /// The secret in the form.
        ClientSecretPost = "client_secret_post",
        /// A JWT signed with the secret (OpenID Connect Core §9).
        ClientSecretJwt = "client_secret_jwt",
        /// A JWT signed by the client's own key (RFC 7523 §3).
        PrivateKeyJwt = "private_key_jwt",
        /// A public client: only its `client_id`; PKCE protects the code.
        None = "none",
    }
}
parse_exactly!(ClientAuthMethod);

impl ClientAuthMethod {
    /// Whether a client that uses it has a secret of ours.
    pub fn uses_secret(self) -> bool {
        matches!(
            self,
            ClientAuthMethod::ClientSecretBasic
                | ClientAuthMethod::ClientSecretPost
                | ClientAuthMethod::ClientSecretJwt
        )
    }
}

/// Client id and secret out of an `Authorization: Basic` header. The secret is never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct BasicCredentials {
    /// The client id, decoded.
    pub client_id: String,
    /// The client secret, decoded.
    pub client_secret: String,
}

/// Why a header was refused. `NotBasic` means that another scheme was used, the others are an `invalid_client`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BasicError {
    /// The scheme is not `Basic`.
    #[error("the Authorization header does not use the Basic scheme")]
    NotBasic,
    /// Not base64, not UTF-8, badly escaped, or without a colon.
    #[error("the Basic credentials are not base64 of two form-encoded halves with a colon between them")]
    Malformed,
}

impl BasicCredentials {
    /// Reads the value of an `Authorization` header; both halves are form-decoded (RFC 6749 §2.3.1).
    ///
    /// # Errors
    /// See [`BasicError`].
    pub fn parse(header: &str) -> Result<Self, BasicError> {
        let (scheme, encoded) = header.trim().split_once(' ').unwrap_or((header.trim(), ""));
        if !scheme.eq_ignore_ascii_case("basic") {
            return Err(BasicError::NotBasic);
        }
        let decoded = base64_decode(encoded.trim().as_bytes()).ok_or(BasicError::Malformed)?;
        let colon = decoded.iter().position(|byte| *byte == b':').ok_or(BasicError::Malformed)?;
        let half = |bytes: &[u8]| match form_decode(bytes) {
            Ok(text) if !text.chars().any(char::is_control) => Ok(text),
            _ => Err(BasicError::Malformed),
        };
        Ok(Self { client_id: half(&decoded[..colon])?, client_secret: half(&decoded[colon + 1..])? })
    }
}

impl std::fmt::Debug for BasicCredentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("BasicCredentials").field("client_id", &self.client_id).finish_non_exhaustive()
    }
}

fn base64_decode(text: &[u8]) -> Option<Vec<u8>> {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.decode(text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::Engine as _;
    use proptest::prelude::*;

    fn header(credentials: &str) -> String {
        format!("Basic {}", base64::engine::general_purpose::STANDARD.encode(credentials))
    }

    #[test]
    fn both_halves_are_form_decoded() {
        let read = BasicCredentials::parse(&header("my%3Aclient:s%2Be+cret%25:x")).unwrap();
        assert_eq!(read.client_id, "my:client");
        assert_eq!(read.client_secret, "s+e cret%:x");
        assert!(!format!("{read:?}").contains("cret"));
    }

    #[test]
    fn the_example_of_the_rfc() {
        let read = BasicCredentials::parse("basic czZCaGRSa3F0MzpnWDFmQmF0M2JW").unwrap();
        assert_eq!((read.client_id.as_str(), read.client_secret.as_str()), ("s6BhdRkqt3", "gX1fBat3bV"));
    }

    #[test]
    fn malformed_ones_are_told_from_other_schemes() {
        assert_eq!(BasicCredentials::parse("Bearer abc"), Err(BasicError::NotBasic));
        assert_eq!(BasicCredentials::parse(""), Err(BasicError::NotBasic));
        for bad in ["Basic", "Basic !!", "Basic YQ==", &header("a%zz:b"), &header("a%00:b")] {
            assert_eq!(BasicCredentials::parse(bad), Err(BasicError::Malformed), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn any_header_is_read_or_refused(text in any::<String>(), bytes in proptest::collection::vec(any::<u8>(), 0..64)) {
            let _ = BasicCredentials::parse(&text);
            let _ = BasicCredentials::parse(&format!("Basic {}", base64::engine::general_purpose::STANDARD.encode(bytes)));
        }
    }
}
