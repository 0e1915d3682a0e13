//! Clients: the products that log people in through us.
//!
//! [`validate`] is the one door through which a client's metadata comes, whether by `apply`, by the console or by
//! registration; [`store`] keeps it; [`Registry`] holds all clients in memory, parsed, for the endpoints.

pub mod authentication;
mod model;
mod registry;
mod signing_secret;
pub mod store;
#[cfg(test)]
mod tests;
mod validation;

pub use model::{Client, ClientKeys, Encryption, Record, Source};
pub use protocol::registration::{FIELDS as METADATA_FIELDS, is_localised};
pub use protocol::{ApplicationType, ClientAuthMethod, ClientMetadata, GrantType};
pub use registry::{Filter, ListPage, REVISION, Registry};
pub use signing_secret::SigningSecret;
use signing_secret::hash_signing_secret;
pub use validation::{
    Accepted, MAX_REDIRECT_URIS, MIN_SECRET_CHARACTERS, Problem, Registration, Sector, Terms, validate,
};
pub use validation::{generate_id, generate_secret, generate_signing_secret, hash_secret};
