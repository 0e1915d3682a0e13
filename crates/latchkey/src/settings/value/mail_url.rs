//! `mail.url`.

use std::fmt;

use serde::Deserialize;
use url::Url;

/// Where mail is handed over. It may hold a password, so it does not print.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct MailUrl(Url);

impl MailUrl {
    /// The address with its password; for the mail transport and nothing else.
    pub fn expose(&self) -> &Url {
        &self.0
    }
}

impl fmt::Debug for MailUrl {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}://{}[hidden]", self.0.scheme(), self.0.host_str().unwrap_or_default())
    }
}

impl TryFrom<String> for MailUrl {
    type Error = String;

    // The text may hold a password, so no sentence quotes it.
    fn try_from(text: String) -> Result<Self, String> {
        const ADVICE: &str = "write \"smtps://USER:PASSWORD@HOST\" (TLS from the start, port 465), \"smtp://HOST:PORT\", \
            or \"file:///DIRECTORY\"; in user name and password write @ as %40, : as %3A and / as %2F";
        let url = Url::parse(&text).map_err(|_| ADVICE.to_owned())?;
        let has_host = url.host_str().is_some_and(|host| !host.is_empty());
        match url.scheme() {
            "smtp" | "smtps" if has_host && matches!(url.path(), "" | "/") => match (url.scheme(), url.query()) {
                (_, None) | ("smtp", Some("tls=required" | "tls=offered" | "tls=none")) => Ok(Self(url)),
                ("smtps", _) => Err("smtps:// is TLS from the start; write nothing after the host and port".to_owned()),
                _ => Err("after smtp://HOST:PORT write nothing, ?tls=required, ?tls=offered or ?tls=none".to_owned()),
            },
            "file" if !has_host && url.path().len() > 1 => Ok(Self(url)),
            _ => Err(ADVICE.to_owned()),
        }
    }
}
