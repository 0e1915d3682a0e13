//! The paths of the protocol endpoints. Products know them; they never change.

/// OpenID Connect Discovery §4.
pub const OPENID_CONFIGURATION: &str = "/.well-known/openid-configuration";
/// RFC 8414 §3: the same document.
pub const AUTHORIZATION_SERVER: &str = "/.well-known/oauth-authorization-server";
/// Where visitors are sent.
pub const AUTHORIZE: &str = "/oauth2/authorize";
/// Where tokens are asked for.
pub const TOKEN: &str = "/oauth2/token";
/// Where claims are asked for.
pub const USERINFO: &str = "/oauth2/userinfo";
/// Our public keys.
pub const JWKS: &str = "/oauth2/jwks";
/// RFC 7662.
pub const INTROSPECT: &str = "/oauth2/introspect";
/// RFC 7009.
pub const REVOKE: &str = "/oauth2/revoke";
/// RFC 7591; with `/{client_id}`, RFC 7592.
pub const REGISTER: &str = "/oauth2/register";
/// RP-Initiated Logout.
pub const LOGOUT: &str = "/oauth2/logout";
/// Session Management §3.3: the page that products frame.
pub const CHECK_SESSION: &str = "/oauth2/check-session";
