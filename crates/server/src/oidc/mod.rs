//! The protocol's endpoints.

pub mod authorize;
pub mod logout;
