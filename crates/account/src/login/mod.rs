//! Logging in: by password, from a device that is known or not.

pub mod devices;
mod password;
mod store;
#[cfg(test)]
mod tests;

pub use password::{Attempt, LoggedIn, Outcome, log_in};
