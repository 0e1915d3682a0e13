//! The provider's metadata (OpenID Connect Discovery §3; RFC 8414 §2; RFC 9207 §3; RP-Initiated Logout §2.1). The same
//! document stands at both well-known addresses.

use serde::{Deserialize, Serialize};

use crate::client_auth::ClientAuthMethod;
use crate::grant_type::GrantType;
use crate::prompt::Prompt;
use crate::response_type::{ResponseMode, ResponseType};

/// The metadata document. What is `Option` or may be empty is left out when the provider has not got it: absent, for
/// most fields, means that it is not supported. Only registered names may be added.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ProviderMetadata {
    /// The issuer, byte for byte as in every token.
    pub issuer: String,
    /// Where visitors are sent.
    pub authorization_endpoint: String,
    /// Where tokens are asked for.
    pub token_endpoint: String,
    /// Where claims are asked for.
    pub userinfo_endpoint: String,
    /// Our public keys.
    pub jwks_uri: String,
    /// Where clients register themselves.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub registration_endpoint: Option<String>,
    /// Where a product sends the visitor to log out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end_session_endpoint: Option<String>,
    /// RFC 7662.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub introspection_endpoint: Option<String>,
    /// RFC 7009.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revocation_endpoint: Option<String>,
    /// RFC 8628.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device_authorization_endpoint: Option<String>,
    /// RFC 9126.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pushed_authorization_request_endpoint: Option<String>,
    /// CIBA.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub backchannel_authentication_endpoint: Option<String>,
    /// Session Management §3.3.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub check_session_iframe: Option<String>,
    /// Scopes that may be asked for.
    pub scopes_supported: Vec<String>,
    /// Response types.
    pub response_types_supported: Vec<ResponseType>,
    /// Response modes.
    pub response_modes_supported: Vec<ResponseMode>,
    /// Grant types.
    pub grant_types_supported: Vec<GrantType>,
    /// `public`, `pairwise`.
    pub subject_types_supported: Vec<String>,
    /// Authentication context classes that can be returned.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub acr_values_supported: Vec<String>,
    /// Claims that may come.
    pub claims_supported: Vec<String>,
    /// `normal`.
    pub claim_types_supported: Vec<String>,
    /// Whether the `claims` parameter works.
    pub claims_parameter_supported: bool,
    /// Whether the `request` parameter works.
    pub request_parameter_supported: bool,
    /// Whether the `request_uri` parameter works. Absent would mean yes: always stated.
    pub request_uri_parameter_supported: bool,
    /// Whether a `request_uri` must be registered.
    pub require_request_uri_registration: bool,
    /// PKCE methods: `S256`.
    pub code_challenge_methods_supported: Vec<String>,
    /// Prompt values (Initiating User Registration §4.2).
    pub prompt_values_supported: Vec<Prompt>,
    /// `page`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub display_values_supported: Vec<String>,
    /// Languages of the pages.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ui_locales_supported: Vec<String>,
    /// Languages of the claims.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub claims_locales_supported: Vec<String>,
    /// Algorithms that sign ID tokens.
    pub id_token_signing_alg_values_supported: Vec<String>,
    /// How the key of an encrypted ID token may travel.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub id_token_encryption_alg_values_supported: Vec<String>,
    /// How ID tokens may be encrypted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub id_token_encryption_enc_values_supported: Vec<String>,
    /// Algorithms that sign userinfo answers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub userinfo_signing_alg_values_supported: Vec<String>,
    /// How the key of an encrypted userinfo answer may travel.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub userinfo_encryption_alg_values_supported: Vec<String>,
    /// How userinfo answers may be encrypted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub userinfo_encryption_enc_values_supported: Vec<String>,
    /// Algorithms accepted for request objects.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub request_object_signing_alg_values_supported: Vec<String>,
    /// How the key of an encrypted request object may travel.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub request_object_encryption_alg_values_supported: Vec<String>,
    /// How request objects may be encrypted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub request_object_encryption_enc_values_supported: Vec<String>,
    /// Client authentication at the token endpoint.
    pub token_endpoint_auth_methods_supported: Vec<ClientAuthMethod>,
    /// Algorithms accepted for client assertions.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub token_endpoint_auth_signing_alg_values_supported: Vec<String>,
    /// Client authentication at the introspection endpoint.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub introspection_endpoint_auth_methods_supported: Vec<ClientAuthMethod>,
    /// Algorithms accepted for client assertions there.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub introspection_endpoint_auth_signing_alg_values_supported: Vec<String>,
    /// Client authentication at the revocation endpoint.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub revocation_endpoint_auth_methods_supported: Vec<ClientAuthMethod>,
    /// Algorithms accepted for client assertions there.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub revocation_endpoint_auth_signing_alg_values_supported: Vec<String>,
    /// Whether the answer of the authorization endpoint names the issuer (RFC 9207 §3).
    pub authorization_response_iss_parameter_supported: bool,
    /// Whether every client must push its request (RFC 9126 §5).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub require_pushed_authorization_requests: Option<bool>,
    /// Front-Channel Logout §3.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub frontchannel_logout_supported: Option<bool>,
    /// Front-Channel Logout §3.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub frontchannel_logout_session_supported: Option<bool>,
    /// Back-Channel Logout §2.1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub backchannel_logout_supported: Option<bool>,
    /// Back-Channel Logout §2.1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub backchannel_logout_session_supported: Option<bool>,
    /// The manual for developers of clients.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service_documentation: Option<String>,
    /// The operator's policy, shown to those who register a client.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub op_policy_uri: Option<String>,
    /// The operator's terms, shown to those who register a client.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub op_tos_uri: Option<String>,
}
