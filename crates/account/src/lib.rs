//! The core account crate: accounts, e-mail addresses, credentials, log-in, sessions, audit, outgoing mail.
//!
//! The domain is a synchronous library: what decides is plain functions over [`Tx`] (or over a connection, to read).
//! [`Accounts`] holds what those functions are run with: the database, the clock, the installation's key.

pub mod account;
pub mod accounts;
pub mod addresses;
pub mod administration;
pub mod api_token;
pub mod audit;
pub mod clock;
pub mod closure;
pub mod credential;
pub mod email;
pub mod email_change;
pub mod export;
#[cfg(test)]
mod fixtures;
pub mod holdings;
pub mod housekeeping;
pub mod installation;
pub mod log_out;
pub mod login;
pub mod mail;
pub mod operator;
pub mod outbox;
pub mod places;
pub mod profile;
pub mod protection;
pub mod provisioning;
pub mod recovery;
pub mod revocation;
pub mod second_step;
pub mod second_step_reset;
pub mod secret;
pub mod session;
pub mod sign_up;
pub mod testing;
pub mod throttle;
pub mod tx;
pub mod user_agent;
pub mod visibility;

pub use accounts::{Accounts, Parts};
pub use clock::Clock;
pub use db::{Conn, Error, Timestamp};
pub use tx::{Actor, ActorKind, Tx};

db::id!(
    /// A person's identity here: the `sub` of tokens, never reused.
    AccountId
);
