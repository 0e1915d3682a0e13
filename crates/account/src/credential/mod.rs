//! What a person proves who they are with.

pub mod password;
