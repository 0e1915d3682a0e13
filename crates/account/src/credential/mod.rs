//! What a person proves who they are with.

pub mod change;
pub mod password;
pub mod reconfirm;

#[cfg(test)]
mod tests;
