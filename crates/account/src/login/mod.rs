//! Logging in: by password, from a device that is known or not; and by a second step where one is demanded.

pub mod devices;
mod enter;
mod half;
mod password;
pub mod remembered;
mod second;
mod store;
#[cfg(test)]
mod tests;

pub use enter::{Entering, LoggedIn, enter};
pub use half::{HALF_SECONDS, HalfLogin};
pub use password::{Attempt, Noted, Outcome, log_in};
pub use second::{Completion, Finished, finish};
