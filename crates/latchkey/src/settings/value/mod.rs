//! The values that settings hold. Each parses itself from the operator's text and, when it refuses, says what to write.

mod database_url;
pub mod listen;
mod mail_url;
mod network;
mod public_url;
mod registration_mode;
mod sender;
mod support_url;

pub use database_url::{DatabaseKind, DatabaseUrl};
pub use mail_url::MailUrl;
pub use network::Network;
pub use public_url::PublicUrl;
pub use registration_mode::RegistrationMode;
pub use sender::Sender;
pub use support_url::SupportUrl;
