//! Dynamic client registration (RFC 7591; OpenID Connect Registration 1.0) and its management (RFC 7592).
//!
//! [`register`] takes a client in: by an initial access token ([`initial_token`]) or, where the operator says so,
//! without. The client then reads, changes and deletes its own registration ([`manage`]) with the token it got. All
//! metadata comes through the one door, [`crate::client::validate`], as [`Source::Dynamic`](crate::client::Source): no id,
//! no secret and no standing of its own choosing. A client that nobody uses is removed after a while ([`sweep`]).

mod answer;
pub mod initial_token;
pub mod manage;
mod model;
mod register;
mod store;
mod sweep;

pub use answer::Information;
pub use model::{MAX_BODY_BYTES, Mode, Refusal, Request, Settings, read};
pub use register::register;
pub use sweep::{UNUSED_SECONDS, keep_clean, sweep};
