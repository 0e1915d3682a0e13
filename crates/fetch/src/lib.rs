//! The only outbound HTTP client. Whatever the provider reads from an address that somebody else wrote down (a client's
//! keys, request objects, logos, upstream metadata, webhooks) is fetched here, so that the checks against server-side
//! request forgery stand in one place:
//!
//! - only https (http to a loopback host when the operator allows private networks);
//! - the address is judged when the connection is made, after the name was resolved: a name that changes its address
//!   between check and use (rebinding) gains nothing;
//! - every redirect is a new request that passes all checks;
//! - limits on size, time and redirects; bodies are not decompressed; no proxy from the environment, no cookies.

mod address;
mod error;
mod fetcher;
mod resolver;
mod trust;

pub use address::is_public;
pub use error::FetchError;
pub use fetcher::{FetchSettings, Fetched, Fetcher, Limits};

#[cfg(test)]
mod tests;
#[cfg(test)]
mod trust_tests;
