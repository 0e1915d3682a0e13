//! The installation, as its pages see it.

use account::Accounts;
use account::credential::passkey::RelyingParty;
use account::places::Places;
use account::session::Lifetimes;
use ipnet::IpNet;

/// What every page needs to know of the installation; one per process, as `web::Data<Site>`.
pub struct Site {
    /// The domain.
    pub accounts: Accounts,
    /// The address that people use.
    pub public_url: PublicUrl,
    /// Name and look.
    pub brand: Brand,
    /// This installation as authenticators know it; none where passkeys cannot be used.
    pub passkeys: Option<RelyingParty>,
    /// How long sessions live.
    pub lifetimes: Lifetimes,
    /// Whether guessing is slowed down (`limits.throttle`).
    pub throttle: bool,
    /// Whether strangers may make an account (`sign_up.enabled`).
    pub sign_up_enabled: bool,
    /// Proxies whose word about the visitor's address is taken.
    pub trusted_proxies: Vec<IpNet>,
    /// Where addresses are (`geo.database_file`); perhaps nowhere.
    pub places: Places,
}

/// Name and look of the installation.
#[derive(Debug, Clone, Default)]
pub struct Brand {
    /// Its name.
    pub name: String,
    /// The operator's logo, in place of our mark.
    pub logo_url: Option<String>,
    /// Where people find help.
    pub support_url: Option<String>,
}

/// The issuer: scheme, host and port, without a trailing slash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicUrl {
    text: String,
}

impl PublicUrl {
    /// Takes the setting `server.public_url`, which was checked at start.
    pub fn new(text: impl Into<String>) -> Self {
        Self { text: text.into() }
    }

    /// The issuer identifier; also the origin of all our pages.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether people reach us by https.
    pub fn is_https(&self) -> bool {
        self.text.starts_with("https://")
    }

    /// The address of one of our pages.
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.text)
    }
}
