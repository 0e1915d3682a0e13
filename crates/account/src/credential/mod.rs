//! What a person proves who they are with.

pub mod change;
pub mod passkey;
pub mod password;
pub mod reconfirm;
pub mod recovery_code;
pub mod totp;
mod typed;

#[cfg(test)]
mod tests;
