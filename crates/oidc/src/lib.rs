//! The OAuth 2 and OpenID Connect engine: clients, authorization requests, interactions, grants, tokens, log-out. No
//! HTTP framework: the server crate parses and answers, what is decided is decided here.

pub mod interaction;
pub mod keys;
pub mod revision;
