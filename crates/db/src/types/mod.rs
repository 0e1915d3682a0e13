//! Column types that both databases store alike: ids as text, instants as microseconds, JSON as text.

mod id;
#[doc(hidden)]
pub use id::{fresh_uuid, is_uuid};
mod json;
mod timestamp;

pub use json::Json;
pub use timestamp::Timestamp;
