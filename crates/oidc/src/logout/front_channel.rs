//! Front-channel log-out (OpenID Connect Front-Channel Logout 1.0): pages of the clients that the browser loads, each in a
//! frame, so that they can take their cookies away.

use crate::Provider;
use account::session::LoginId;
use protocol::{Placement, append_parameters};
use url::{Host, Url};

/// One page of a client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame {
    /// Whose it is: the client's name.
    pub client_name: String,
    /// Its address, with `iss` and `sid` (§2).
    pub src: String,
    /// What the Content-Security-Policy has to allow as `frame-src`.
    pub origin: String,
}

/// The pages to load for the parts that clients had in log-ins that ended.
pub fn frames(provider: &Provider, parts: &[(LoginId, String)]) -> Vec<Frame> {
    let frame = |(login, client_id): &(LoginId, String)| {
        let client = provider.clients.find(client_id)?;
        let uri = client.frontchannel_logout_uri()?;
        Some(Frame {
            client_name: client.name([]).to_owned(),
            src: append_parameters(uri, Placement::Query, [("iss", provider.issuer.as_str()), ("sid", login.as_str())]),
            origin: source_expression(uri)?,
        })
    };
    parts.iter().filter_map(frame).collect()
}

/// The origin as a source of CSP; the scheme alone for IPv6, for which CSP has no words.
fn source_expression(uri: &str) -> Option<String> {
    let url = Url::parse(uri).ok()?;
    match url.host()? {
        Host::Domain(_) | Host::Ipv4(_) => Some(url.origin().ascii_serialization()),
        Host::Ipv6(_) => Some(format!("{}:", url.scheme())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_policy_names_the_origin_and_nothing_else() {
        for (uri, source) in [
            ("https://app.example.test/out?x='; script-src *", Some("https://app.example.test")),
            ("https://app.example.test:8443/out", Some("https://app.example.test:8443")),
            ("http://[::1]:5000/out", Some("http:")),
            ("nonsense", None),
        ] {
            assert_eq!(source_expression(uri).as_deref(), source);
        }
    }
}
