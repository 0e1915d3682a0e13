//! The authorization server on HTTP: protocol endpoints, log-in, consent, recovery and the account in its owner's hands.
//! A folder per room; [`routes`] lists them.

pub mod account;
pub mod consent;
mod ended;
mod journey;
pub mod login;
pub mod oidc;
pub mod recover;
pub mod routes;
pub mod signup;

pub use routes::{configure, specimens};
