//! The protocol endpoints (RFC 6749 §3, OpenID Connect Core §2).

mod api;
pub mod discovery;
pub mod introspect;
pub mod jwks;
pub mod revoke;
pub mod token;
pub mod userinfo;
