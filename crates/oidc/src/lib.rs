//! The OAuth 2 and OpenID Connect engine: clients, authorization requests, interactions, grants, tokens, log-out. No
//! HTTP framework: the server crate parses and answers, what is decided is decided here.
//!
//! [`Provider`] holds what the operations are run with.

pub mod authorize;
pub mod client;
pub mod connection;
pub mod discovery;
pub mod document;
pub mod endpoints;
#[cfg(test)]
mod fixture;
pub mod grants;
pub mod id_token_hint;
pub mod interaction;
pub mod keys;
pub mod logout;
pub mod provider;
pub mod registration;
pub mod request_object;
pub mod revision;
pub mod session_state;
pub mod tokens;

pub use client::Client;
pub use provider::{Provider, ProviderParts, ProviderSettings};
