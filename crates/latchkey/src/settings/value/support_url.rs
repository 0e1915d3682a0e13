//! `brand.support_url`.

use serde::Deserialize;
use url::Url;

/// Where people find help: a page or a mailbox. It becomes a link, so no other scheme is let in.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct SupportUrl(Url);

impl SupportUrl {
    /// The link's target.
    pub fn url(&self) -> &Url {
        &self.0
    }
}

impl TryFrom<String> for SupportUrl {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        match Url::parse(&text) {
            Ok(url) if matches!(url.scheme(), "https" | "http" | "mailto") => Ok(Self(url)),
            _ => {
                Err(format!("\"{text}\" is no link; write \"https://help.example.com\" or \"mailto:help@example.com\""))
            }
        }
    }
}
