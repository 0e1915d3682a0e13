//! The authorization endpoint (RFC 6749 §3.1, §4.1, §4.2; OpenID Connect Core §3): what is asked, whether it may be, and
//! the answer.
//!
//! Trust is a type. A [`RawRequest`] is what somebody sent. [`accept`] proves client and redirect URI, which gives a
//! [`ReplyTo`]: only who has one can send anything to the client. The checks of [`pipeline`] then make it a
//! [`ValidatedRequest`]. Before the proof an error is a [`Rejection::Page`] for the person; after it, a
//! [`Rejection::Reply`] to the client.

mod at_once;
mod checks;
mod grant;
pub mod pipeline;
mod request;
pub mod response_mode;
mod success;
#[cfg(test)]
mod tests;

pub use at_once::grant_at_once;
pub use grant::{Granted, grant};
pub use pipeline::accept;
pub use request::{Context, PageError, Parts, RawRequest, Rejection, ReplyTo, ValidatedRequest};
pub use success::{recipient, success};
