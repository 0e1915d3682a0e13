//! The protocol's endpoints (RFC 6749 §3, OpenID Connect Core §2).

mod api;
pub mod authorize;
pub mod check_session;
pub mod discovery;
pub mod introspect;
pub mod jwks;
pub mod logout;
pub mod register;
pub mod revoke;
pub mod token;
pub mod userinfo;
