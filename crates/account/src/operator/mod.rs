//! Operators: the one-time links that make one.
//!
//! Two kinds: the *set-up link* of an installation without operators, which the server prints when it starts, and the
//! link of `latchkey admin invite`, which belongs to one e-mail address. Both are random tokens kept as hashes, spent
//! by one conditional update.

mod accept;
mod invite;
mod model;
mod store;
#[cfg(test)]
mod tests;

pub use accept::{accept, accept_with_new_account, bind};
pub use invite::{INVITATION_SECONDS, SET_UP_SECONDS, invite, set_up};
pub use model::{Accepted, Invitation, InvitationId, Invited, Ticket};
pub use store::{find, holder_of};
