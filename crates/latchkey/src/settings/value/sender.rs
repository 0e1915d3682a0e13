//! `mail.from`.

use serde::Deserialize;

/// A sender: `id@example.com` or `Example <id@example.com>` (RFC 5322 §3.4, one mailbox).
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Sender(String);

impl Sender {
    /// The text for a `From` header.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// `NAME <noreply@HOST>`, the name quoted where it needs it.
    pub fn no_reply(name: &str, host: &str) -> Self {
        let quoted = name.replace('\\', "\\\\").replace('"', "\\\"");
        Self(format!("\"{quoted}\" <noreply@{host}>"))
    }
}

impl TryFrom<String> for Sender {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let trimmed = text.trim();
        let address = match trimmed.split_once('<') {
            Some((_, rest)) => rest.strip_suffix('>').unwrap_or_default(),
            None => trimmed,
        };
        let is_address = address.split_once('@').is_some_and(|(local, host)| {
            !local.is_empty() && !host.is_empty() && !address.contains(['<', '>', ' ', ',']) && !host.contains('@')
        });
        if is_address && !trimmed.chars().any(char::is_control) {
            Ok(Self(trimmed.to_owned()))
        } else {
            Err("write one sender, \"id@example.com\" or \"Example <id@example.com>\"".to_owned())
        }
    }
}
