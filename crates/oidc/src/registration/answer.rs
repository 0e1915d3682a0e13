//! The client information response (RFC 7591 §3.2.1; RFC 7592 §3).

use crate::client::{Client, Record};
use crate::endpoints;
use account::secret::Token;
use serde_json::{Map, Value, json};

/// What a client is told about itself.
#[derive(Debug, Clone)]
pub struct Information(Map<String, Value>);

impl Information {
    /// All that is registered, defaults included. `secret` is there when it was made just now, or shown by the client:
    /// we keep only its hash. `token` is what the client manages its registration with.
    pub(super) fn new(issuer: &str, client: &Client, secret: Option<&str>, token: &Token) -> Self {
        let Record { client_id, metadata, created_at, secret_hash, .. } = &client.record;
        let mut fields = match serde_json::to_value(metadata) {
            Ok(Value::Object(fields)) => fields,
            _ => Map::new(),
        };
        fields.entry("scope").or_insert_with(|| client.scope.to_string().into());
        let uri = format!("{issuer}{}/{client_id}", endpoints::REGISTER);
        let mut add = |name: &str, value: Value| fields.insert(name.to_owned(), value);
        add("client_id", json!(client_id));
        add("client_id_issued_at", json!(created_at.as_seconds()));
        add("registration_client_uri", json!(uri));
        add("registration_access_token", json!(token.reveal()));
        if let Some(secret) = secret {
            add("client_secret", json!(secret));
        }
        if secret_hash.is_some() {
            // It does not expire.
            add("client_secret_expires_at", json!(0));
        }
        Self(fields)
    }

    /// The JSON.
    pub fn into_json(self) -> Value {
        Value::Object(self.0)
    }
}
