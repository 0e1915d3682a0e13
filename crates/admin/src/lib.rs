//! The console under `/admin`, for operators, and the pages on which one becomes an operator.

pub mod clients;
pub mod guard;
pub mod routes;

pub use routes::{configure, specimens};
