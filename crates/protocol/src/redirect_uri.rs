//! Redirect URIs: which may be registered, when a presented one is the registered one, and how parameters are put on it
//! (RFC 6749 §3.1.2; RFC 8252 §7, §8.4; OpenID Connect Registration §2; RFC 9700 §4.1).

use serde::{Deserialize, Serialize};
use url::{Host, Url};

use crate::parameters::form_encode;
use crate::wire::{parse_exactly, wire_enum};

/// Longest redirect URI, in bytes.
pub const MAX_BYTES: usize = 2000;

/// Schemes that run code, read files or lead elsewhere than to an application.
const REFUSED_SCHEMES: &[&str] = &[
    "about",
    "blob",
    "chrome",
    "chrome-extension",
    "content",
    "data",
    "file",
    "filesystem",
    "ftp",
    "intent",
    "jar",
    "javascript",
    "livescript",
    "mailto",
    "ms-settings",
    "resource",
    "sms",
    "tel",
    "urn",
    "vbscript",
    "view-source",
    "ws",
    "wss",
];

wire_enum! {
    /// The kind of application (OpenID Connect Registration §2).
    pub enum ApplicationType {
        /// Runs on a web server or in a browser.
        Web = "web",
        /// Is installed on a device (RFC 8252).
        Native = "native",
    }
}
parse_exactly!(ApplicationType);

/// Why a redirect URI may not be registered. The sentences say what to write instead.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RedirectUriError {
    /// More than [`MAX_BYTES`].
    #[error("a redirect URI has at most 2000 characters")]
    TooLong,
    /// Not an absolute URI.
    #[error("a redirect URI is absolute: scheme, host and path")]
    NotAbsolute,
    /// A character that must be percent-encoded in a URI, a space or a control character.
    #[error("a redirect URI has a character that must be percent-encoded")]
    IllegalCharacter,
    /// Has a `#`.
    #[error("a redirect URI has no fragment")]
    Fragment,
    /// Has a user name or password.
    #[error("a redirect URI has no user name or password")]
    UserInfo,
    /// A `*` in the host.
    #[error("a redirect URI names one host, without a wildcard")]
    Wildcard,
    /// `http` to somewhere else than this machine.
    #[error("a redirect URI uses https; http is only for 127.0.0.1, [::1] and localhost")]
    InsecureHttp,
    /// Loopback, or `http`, for a web client with tokens in the browser.
    #[error("a web client with implicit response types uses https, and not localhost")]
    LoopbackWithImplicit,
    /// A custom scheme for a web client.
    #[error("only a native client may use a scheme of its own")]
    CustomScheme,
    /// A scheme that no client may use.
    #[error("this scheme cannot be a redirect URI")]
    RefusedScheme,
}

/// A redirect URI that may be registered. It is kept and compared byte for byte as it was written.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RedirectUri(String);

impl RedirectUri {
    /// Checks a redirect URI for registration. `implicit`: whether the client uses response types that carry tokens.
    ///
    /// # Errors
    /// See [`RedirectUriError`].
    pub fn parse_for(kind: ApplicationType, implicit: bool, text: &str) -> Result<Self, RedirectUriError> {
        check_characters(text)?;
        let url = Url::parse(text).map_err(|_| RedirectUriError::NotAbsolute)?;
        // What a browser makes of it must be what is written: "https:host", "https:///host" are mended by browsers.
        let after_scheme = &text[url.scheme().len() + 1..];
        let authority = after_scheme.strip_prefix("//").map(|rest| rest.split(['/', '?']).next().unwrap_or_default());
        if authority.is_some_and(|authority| authority.contains('@')) || !url.username().is_empty() {
            return Err(RedirectUriError::UserInfo);
        }
        let native = kind == ApplicationType::Native;
        match url.scheme() {
            scheme @ ("https" | "http") => {
                let authority = authority.filter(|authority| !authority.is_empty());
                let (Some(authority), Some(host)) = (authority, url.host()) else {
                    return Err(RedirectUriError::NotAbsolute);
                };
                if authority.contains('*') {
                    return Err(RedirectUriError::Wildcard);
                }
                if implicit && !native && (scheme == "http" || is_loopback(&host)) {
                    return Err(RedirectUriError::LoopbackWithImplicit);
                }
                if scheme == "http" && split_loopback(text).is_none() {
                    return Err(RedirectUriError::InsecureHttp);
                }
            }
            scheme if REFUSED_SCHEMES.contains(&scheme) => return Err(RedirectUriError::RefusedScheme),
            _ if !native => return Err(RedirectUriError::CustomScheme),
            _ if after_scheme.is_empty() => {
                return Err(RedirectUriError::NotAbsolute);
            }
            _ => {}
        }
        Ok(Self(text.to_owned()))
    }

    /// Takes a redirect URI that was checked when it was registered (read back from storage).
    pub fn trusted(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text as registered.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether `presented` is this URI: byte for byte, except that a native client may come with any port on a
    /// loopback host (RFC 8252 §7.3).
    pub fn matches(&self, presented: &str, native: bool) -> bool {
        self.0 == presented || (native && differs_in_loopback_port_only(&self.0, presented))
    }

    /// The host the visitor returns to, or the scheme (with its colon) of a custom one: shown on pages for clients that
    /// nobody verified.
    pub fn destination(&self) -> String {
        match Url::parse(&self.0) {
            Ok(url) if matches!(url.scheme(), "http" | "https") => url.host_str().unwrap_or_default().to_owned(),
            Ok(url) => format!("{}:", url.scheme()),
            Err(_) => String::new(),
        }
    }

    /// Whether it leads to an application on the visitor's own device, which anyone there can pretend to be: consent
    /// is asked for each time (RFC 8252 §8.6).
    pub fn is_on_device(&self) -> bool {
        match Url::parse(&self.0) {
            Ok(url) if url.scheme() == "https" || url.scheme() == "http" => url.host().is_some_and(|h| is_loopback(&h)),
            _ => true,
        }
    }
}

impl std::fmt::Display for RedirectUri {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

fn check_characters(text: &str) -> Result<(), RedirectUriError> {
    if text.len() > MAX_BYTES {
        return Err(RedirectUriError::TooLong);
    }
    let bytes = text.as_bytes();
    for (at, byte) in bytes.iter().enumerate() {
        match byte {
            b'#' => return Err(RedirectUriError::Fragment),
            b'%' => {
                let escaped = bytes.get(at + 1..at + 3).is_some_and(|two| two.iter().all(u8::is_ascii_hexdigit));
                if !escaped {
                    return Err(RedirectUriError::IllegalCharacter);
                }
            }
            // Unreserved, general and sub delimiters of RFC 3986 §2.2, §2.3.
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => {}
            other if b"-._~:/?[]@!$&'()*+,;=".contains(other) => {}
            _ => return Err(RedirectUriError::IllegalCharacter),
        }
    }
    Ok(())
}

fn is_loopback(host: &Host<&str>) -> bool {
    match host {
        Host::Ipv4(address) => address.is_loopback(),
        Host::Ipv6(address) => address.is_loopback(),
        Host::Domain(name) => {
            let name = name.trim_end_matches('.');
            name == "localhost" || name.ends_with(".localhost")
        }
    }
}

/// Host (as written), port (digits or nothing) and the rest of an `http` URI on one of the three loopback hosts.
fn split_loopback(text: &str) -> Option<(&str, &str, &str)> {
    const HOSTS: [&str; 3] = ["127.0.0.1", "[::1]", "localhost"];
    let rest = text.strip_prefix("http://")?;
    let host = HOSTS.iter().find_map(|host| rest.get(..host.len()).filter(|own| own.eq_ignore_ascii_case(host)))?;
    let rest = &rest[host.len()..];
    let (port, tail) = match rest.strip_prefix(':') {
        Some(after) => {
            let end = after.find(|c: char| !c.is_ascii_digit()).unwrap_or(after.len());
            let port = &after[..end];
            port.parse::<u16>().ok().filter(|port| *port > 0)?;
            (port, &after[end..])
        }
        None => ("", rest),
    };
    (tail.is_empty() || tail.starts_with(['/', '?'])).then_some((host, port, tail))
}

fn differs_in_loopback_port_only(registered: &str, presented: &str) -> bool {
    match (split_loopback(registered), split_loopback(presented)) {
        (Some((host, _, tail)), Some((other_host, _, other_tail))) => host == other_host && tail == other_tail,
        _ => false,
    }
}

/// Which part of a URI carries parameters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Placement {
    /// After the `?`.
    Query,
    /// After the `#`.
    Fragment,
}

/// Puts parameters on a URI, percent-encoded, and keeps what it had byte for byte (RFC 6749 §3.1.2).
pub fn append_parameters<'a>(
    uri: &str,
    placement: Placement,
    pairs: impl IntoIterator<Item = (&'a str, &'a str)>,
) -> String {
    let (before, fragment) = match uri.split_once('#') {
        Some((before, fragment)) => (before, Some(fragment)),
        None => (uri, None),
    };
    let added =
        pairs.into_iter().map(|(n, v)| format!("{}={}", form_encode(n), form_encode(v))).collect::<Vec<_>>().join("&");
    if added.is_empty() {
        return uri.to_owned();
    }
    let fragment_part = fragment.map(|fragment| format!("#{fragment}")).unwrap_or_default();
    match placement {
        Placement::Query => format!("{}{}", joined(before, '?', &added), fragment_part),
        Placement::Fragment => joined(&format!("{before}{fragment_part}"), '#', &added),
    }
}

fn joined(base: &str, mark: char, added: &str) -> String {
    match base.split_once(mark) {
        None => format!("{base}{mark}{added}"),
        Some((_, present)) if present.is_empty() || present.ends_with('&') => format!("{base}{added}"),
        Some(_) => format!("{base}&{added}"),
    }
}

#[cfg(test)]
#[path = "redirect_uri_tests.rs"]
mod tests;
