//! Logging in: by password, from a device that is known or not, and by a second step where one is demanded; or by a
//! passkey alone.

pub mod devices;
mod enter;
mod half;
mod passkey;
mod password;
pub mod remembered;
mod second;
mod store;
#[cfg(test)]
mod tests;

pub use enter::{Entering, LoggedIn, enter};
pub use half::{HALF_SECONDS, HalfLogin};
pub use passkey::{PasskeyOutcome, log_in_by_passkey, prove_by_passkey};
pub use password::{Attempt, Noted, Outcome, log_in};
pub use second::{Completion, Finished, finish};
