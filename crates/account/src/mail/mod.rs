//! Every mail that we send: what it needs to know ([`Mail`]), its words ([`words`]), and how it looks
//! (`templates/mail/letter.txt` and `letter.html`, one pair for all).
//!
//! A mail is put in the outbox as its data and becomes words when it is sent, so whoever queues one needs neither the
//! name of the installation nor its address.

mod letter;
mod model;
#[cfg(test)]
mod tests;
mod words;

pub use letter::{Letter, Letterhead, Rendered};
pub use model::{Circumstances, Mail, SecondStep};
