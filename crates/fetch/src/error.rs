//! Why a fetch failed.

use std::path::PathBuf;

/// Each variant names the check that failed. The texts hold host names at most, never a whole address: a query may
/// carry something secret.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// The address cannot be read or has no host.
    #[error("the address is not an absolute URL")]
    InvalidUrl,
    /// Not https, nor http to a loopback host with private networks allowed.
    #[error("the address must begin with https://")]
    SchemeRefused,
    /// A user name or password in the address.
    #[error("the address must not contain a user name or password")]
    UserInfo,
    /// The host is, or resolves only to, addresses that may not be reached.
    #[error("{host} is not on the public Internet; `fetch.allow_private_networks` allows private addresses")]
    BlockedAddress {
        /// The host as the address names it.
        host: String,
    },
    /// The name could not be resolved.
    #[error("the name {host} could not be resolved")]
    NameNotResolved {
        /// The host as the address names it.
        host: String,
    },
    /// No connection, or TLS failed.
    #[error("no connection to {host}: {cause}")]
    Connect {
        /// The host as the address names it.
        host: String,
        /// What the network or TLS said.
        cause: String,
    },
    /// Not finished within the time limit.
    #[error("no complete answer within the time limit")]
    Timeout,
    /// More redirects than allowed.
    #[error("more than {limit} redirects")]
    TooManyRedirects {
        /// How many were allowed.
        limit: usize,
    },
    /// A redirect whose `Location` cannot be read.
    #[error("a redirect leads to an address that cannot be read")]
    BadRedirect,
    /// From https to http.
    #[error("a redirect leads from https to http")]
    InsecureRedirect,
    /// The body is longer than allowed.
    #[error("the answer is longer than {limit} bytes")]
    TooLarge {
        /// How many bytes were allowed.
        limit: usize,
    },
    /// The body is compressed although we said that we do not want that.
    #[error("the answer is compressed, which was not asked for")]
    Encoded,
    /// The connection broke or the answer was no HTTP.
    #[error("the exchange with {host} broke off: {cause}")]
    Transport {
        /// The host as the address names it.
        host: String,
        /// What the network or the HTTP parser said.
        cause: String,
    },
    /// The file with extra certificate authorities cannot be used (at start only).
    #[error("`fetch.extra_ca_file` {path}: {cause}")]
    ExtraCa {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        cause: String,
    },
    /// The HTTP client could not be built (at start only).
    #[error("the HTTP client could not be built: {0}")]
    Setup(String),
}
