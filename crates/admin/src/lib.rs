//! The console under `/admin`, for operators, and the pages on which one becomes an operator.

pub mod accounts;
pub mod clients;
pub mod guard;
pub mod log_outs;
pub mod mail;
pub mod overview;
pub mod registration_tokens;
pub mod routes;
pub mod setup;

pub use routes::{configure, specimens};
