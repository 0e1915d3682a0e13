//! The words on the wire of OAuth 2 and OpenID Connect: parameters, error codes, scopes, grant and response types,
//! metadata. Values in, values out: nothing here reads a clock, opens a connection or knows a client.
//!
//! What a request *says* is decided here; whether it is *allowed* is decided by the engine that uses this crate.

pub mod wire;

pub mod authorize;
pub mod claims;
pub mod claims_request;
pub mod client_auth;
pub mod discovery;
pub mod error;
pub mod grant_type;
pub mod introspection;
pub mod parameters;
pub mod prompt;
pub mod redirect_uri;
pub mod registration;
pub mod request_object;
pub mod response_type;
pub mod scope;
pub mod token;

pub use authorize::AuthorizationRequest;
pub use claims_request::{ClaimRequest, ClaimsRequest};
pub use client_auth::{BasicCredentials, ClientAuthMethod};
pub use discovery::ProviderMetadata;
pub use error::{Endpoint, ErrorCode, OAuthError};
pub use grant_type::GrantType;
pub use introspection::IntrospectionResponse;
pub use parameters::{Parameters, ParametersError};
pub use prompt::{Prompt, PromptSet};
pub use redirect_uri::{ApplicationType, Placement, RedirectUri, RedirectUriError, append_parameters};
pub use registration::ClientMetadata;
pub use request_object::{MemberError, REQUEST_OBJECT_TYPE};
pub use response_type::{ResponseMode, ResponseType};
pub use scope::Scope;
pub use token::{TokenRequest, TokenResponse};
