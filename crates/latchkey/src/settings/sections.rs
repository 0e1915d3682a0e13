//! The shape of the settings: one struct a section, one field a key, with the default of each.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use serde::Deserialize;

use super::value::{DatabaseUrl, MailUrl, Network, PublicUrl, RegistrationMode, Sender, SupportUrl, listen};

/// All settings of one process, checked.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Where the provider is reached.
    pub server: Server,
    /// Where everything is kept.
    pub database: Database,
    /// What seals the secrets in the database.
    pub secrets: Secrets,
    /// How mail leaves.
    pub mail: Mail,
    /// Whether strangers may make an account.
    pub sign_up: SignUp,
    /// Whether clients may register themselves.
    pub registration: Registration,
    /// The brakes against guessing.
    pub limits: Limits,
    /// Requests that the provider itself makes.
    pub fetch: Fetch,
    /// How passwords are hashed and which are refused.
    pub password: Password,
    /// How long things live.
    pub tokens: Tokens,
    /// Where network addresses are.
    pub geo: Geo,
    /// Name and look of the installation.
    pub brand: Brand,
}

/// `[server]`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Server {
    /// The issuer: the address people and products use, without a trailing slash.
    /// When it is not set it is `http://localhost:` and the port of `listen`.
    pub public_url: PublicUrl,
    /// The address the pages and the protocol are served on.
    #[serde(deserialize_with = "listen::address")]
    pub listen: SocketAddr,
    /// The address of `/health/live` and `/health/ready`; none: they are not served.
    #[serde(deserialize_with = "listen::optional_address")]
    pub ops_listen: Option<SocketAddr>,
    /// PEM file with the certificate chain; with `tls_key`, the process speaks TLS itself.
    pub tls_certificate: Option<PathBuf>,
    /// PEM file with the private key of `tls_certificate`.
    pub tls_key: Option<PathBuf>,
    /// Proxies whose `Forwarded` and `X-Forwarded-For` are believed.
    pub trusted_proxies: Vec<Network>,
}

impl Default for Server {
    fn default() -> Self {
        Self {
            public_url: PublicUrl::default(),
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 8080)),
            ops_listen: None,
            tls_certificate: None,
            tls_key: None,
            trusted_proxies: Vec::new(),
        }
    }
}

/// `[database]`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Database {
    /// Which database; does not print.
    pub url: DatabaseUrl,
    /// Connections this process opens to PostgreSQL, or readers it keeps on SQLite.
    pub pool_size: u32,
}

impl Default for Database {
    fn default() -> Self {
        Self { url: DatabaseUrl::default(), pool_size: 10 }
    }
}

/// `[secrets]`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Secrets {
    /// File of 32 random bytes. Made on the first start with SQLite; with PostgreSQL it has to be named, and to exist,
    /// because every node needs the same one.
    pub key_file: PathBuf,
}

impl Default for Secrets {
    fn default() -> Self {
        Self { key_file: PathBuf::from("latchkey.key") }
    }
}

/// `[mail]`.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Mail {
    /// Where mail is handed over; none: it waits in the outbox. Does not print.
    pub url: Option<MailUrl>,
    /// The sender people see; none: see [`Settings::mail_from`].
    pub from: Option<Sender>,
}

/// `[sign_up]`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SignUp {
    /// Whether anybody may make an account by the sign-up page.
    pub enabled: bool,
}

impl Default for SignUp {
    fn default() -> Self {
        Self { enabled: true }
    }
}

/// `[registration]`: dynamic client registration (RFC 7591).
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Registration {
    /// Who may: with a token of the operator (`token`), anybody (`open`), nobody (`closed`).
    pub mode: RegistrationMode,
    /// Whether such clients may use response types that carry tokens through the browser.
    pub allow_implicit: bool,
}

/// `[limits]`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// Whether guessing is slowed down; false is for tests.
    pub throttle: bool,
}

impl Default for Limits {
    fn default() -> Self {
        Self { throttle: true }
    }
}

/// `[fetch]`.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Fetch {
    /// Whether clients' addresses (`jwks_uri` and the like) may lie in private networks.
    pub allow_private_networks: bool,
    /// PEM file with certificates, of authorities or of servers, believed besides the usual ones.
    pub extra_ca_file: Option<PathBuf>,
}

/// `[password]`: argon2id costs (RFC 9106 §3.1) and the operator's list.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Password {
    /// Memory of one hash, in KiB.
    pub memory_kib: u32,
    /// Passes over that memory.
    pub iterations: u32,
    /// Lanes.
    pub parallelism: u32,
    /// File of passwords that are refused: SHA-1 hashes in upper-case hexadecimal, sorted, one a line.
    pub breached_file: Option<PathBuf>,
}

impl Default for Password {
    fn default() -> Self {
        Self { memory_kib: 19_456, iterations: 2, parallelism: 1, breached_file: None }
    }
}

/// `[tokens]`: lifetimes, in seconds.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Tokens {
    /// Of an access token.
    pub access_token_seconds: u32,
    /// Of an ID token.
    pub id_token_seconds: u32,
    /// Of an authorization code (RFC 6749 §4.1.2: ten minutes at most).
    pub authorization_code_seconds: u32,
    /// How long an unused refresh token lives.
    pub refresh_token_seconds: u32,
    /// How long a spent refresh token is answered with the same successor.
    pub refresh_grace_seconds: u32,
    /// How long an unused session lives.
    pub session_idle_seconds: u32,
    /// How long a session lives at all.
    pub session_absolute_seconds: u32,
}

impl Default for Tokens {
    fn default() -> Self {
        const DAY: u32 = 24 * 60 * 60;
        Self {
            access_token_seconds: 600,
            id_token_seconds: 600,
            authorization_code_seconds: 60,
            refresh_token_seconds: 30 * DAY,
            refresh_grace_seconds: 60,
            session_idle_seconds: 30 * DAY,
            session_absolute_seconds: 90 * DAY,
        }
    }
}

/// `[geo]`.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Geo {
    /// File in the MMDB format that says where addresses are; none: pages and mails name no places.
    pub database_file: Option<PathBuf>,
}

/// `[brand]`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Brand {
    /// The name at the top of each page and in mails.
    pub name: String,
    /// Picture shown beside the name instead of ours (SVG, PNG or WebP).
    pub logo_file: Option<PathBuf>,
    /// Where people find help.
    pub support_url: Option<SupportUrl>,
}

impl Default for Brand {
    fn default() -> Self {
        Self { name: "Latchkey".to_owned(), logo_file: None, support_url: None }
    }
}

impl Settings {
    /// The sender of mails: `mail.from`, or the installation's name at `noreply@` the public host.
    pub fn mail_from(&self) -> Sender {
        match &self.mail.from {
            Some(sender) => sender.clone(),
            // A bare address is no mail domain.
            None => Sender::no_reply(&self.brand.name, self.server.public_url.url().domain().unwrap_or("localhost")),
        }
    }
}
