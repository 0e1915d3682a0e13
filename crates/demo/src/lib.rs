//! What `latchkey demo` shows beside the provider: three small products that are real relying parties
//! ([`apps`]), and a mail catcher that receives every mail and shows it on a page ([`mail`]).
//!
//! The crate names none of ours: addresses, secrets, the issuer and the clock arrive as arguments.

pub mod apps;
mod http;
pub mod mail;
