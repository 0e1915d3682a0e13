//! Passkeys and security keys (Web Authentication Level 3): keys in a device, a password manager or on a stick that prove,
//! by signing a challenge of ours, that their owner is at the browser. They work on our own origin only, so nobody can be
//! talked into giving them to a page that looks like ours.
//!
//! A ceremony has two halves. First the browser gets a challenge, and what belongs to it is kept sealed in the database,
//! bound to this browser and this purpose ([`begin_enrolment`], [`begin_second_step`], [`begin_log_in`]). Then the
//! authenticator's answer comes: the challenge is spent, whatever the answer is worth, the answer is checked outside any
//! transaction ([`finish_enrolment`], [`verify`]), and what follows from it is written ([`note_use`]).

mod assertion;
mod challenge;
mod enrolment;
mod keeping;
mod model;
mod relying_party;
mod store;
mod suggestion;
#[cfg(test)]
mod tests;

pub use assertion::{Assertion, Expected, Refusal, Used, begin_log_in, begin_second_step, note_use, verify};
pub use challenge::{Answer, CHALLENGE_SECONDS, ChallengeId, Offered};
pub use enrolment::{Enrolment, MOST, begin_enrolment, finish_enrolment};
pub(crate) use keeping::remove_all;
pub use keeping::{count, find, list, remove, rename};
pub use model::{NameProblem, Passkey, PasskeyId, PasskeyName};
pub use relying_party::RelyingParty;
