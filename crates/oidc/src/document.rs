//! Public JSON documents that many ask for: written once, sent as they are.

use account::secret::sha256;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;

/// A document, ready to send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// The JSON.
    pub body: Vec<u8>,
    /// Its strong entity tag, with the quotes.
    pub etag: String,
}

impl Document {
    /// Writes a value whose maps have text keys.
    pub(crate) fn new(value: &impl Serialize) -> Self {
        let body = serde_json::to_vec(value).expect("maps have text keys");
        let etag = format!("\"{}\"", URL_SAFE_NO_PAD.encode(&sha256(&body)[..12]));
        Self { body, etag }
    }
}
