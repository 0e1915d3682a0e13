//! `server.public_url`: the issuer.

use serde::Deserialize;
use url::{Host, Url};

/// The address that people and products use, and the `iss` of every token (OpenID Connect Discovery §3).
///
/// Its text has no trailing slash and is exactly what the operator wrote, because issuers are compared as text.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct PublicUrl {
    text: String,
    url: Url,
}

impl PublicUrl {
    /// The issuer's text, without a trailing slash.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The same as an address to join paths to; its text ends with a slash.
    pub fn url(&self) -> &Url {
        &self.url
    }

    /// The host without port.
    pub fn host(&self) -> &str {
        self.url.host_str().expect("an address without a host was refused")
    }

    /// Whether browsers reach it by TLS, and cookies are `Secure`.
    pub fn is_https(&self) -> bool {
        self.url.scheme() == "https"
    }

    /// The address on this machine with that port, for an installation that is being tried out.
    pub fn on_localhost(port: u16) -> Self {
        Self::try_from(format!("http://localhost:{port}")).expect("http on localhost is accepted with any port")
    }
}

impl Default for PublicUrl {
    fn default() -> Self {
        Self::on_localhost(8080)
    }
}

impl TryFrom<String> for PublicUrl {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let refuse = || format!("\"{text}\" is not an address; write one such as \"https://id.example.com\"");
        let url = Url::parse(&text).map_err(|_| refuse())?;
        if url.host().is_none() || !matches!(url.scheme(), "http" | "https") {
            return Err(refuse());
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err("an issuer carries no user name or password; write only scheme, host and port".to_owned());
        }
        let origin = url.origin().ascii_serialization();
        if url.path() != "/" || url.query().is_some() || url.fragment().is_some() {
            return Err(format!("the provider answers at the root of its host; write \"{origin}\", without a path"));
        }
        if url.scheme() == "http" && !is_loopback(&url) {
            let https = origin.replacen("http://", "https://", 1);
            return Err(format!(
                "http is only for localhost, 127.0.0.1 and [::1]; write \"{https}\" (TLS by tls_certificate and tls_key, or by a proxy in front)"
            ));
        }
        if text != origin {
            return Err(format!("issuers are compared letter by letter; write \"{origin}\""));
        }
        Ok(Self { text, url })
    }
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address == std::net::Ipv4Addr::LOCALHOST,
        Some(Host::Ipv6(address)) => address == std::net::Ipv6Addr::LOCALHOST,
        None => false,
    }
}
