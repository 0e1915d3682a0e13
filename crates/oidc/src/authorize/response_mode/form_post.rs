//! `form_post`: a form that the browser posts to the redirect URI (OAuth 2.0 Form Post Response Mode §2).

use super::Delivery;
use crate::authorize::ReplyTo;
use url::{Host, Url};

/// The form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormPost {
    /// Where it posts to: the redirect URI.
    pub action: String,
    /// What the Content-Security-Policy has to allow as `form-action`: the redirect URI, and what may follow it, since
    /// browsers hold the redirects of the client's answer against the policy too.
    pub origin: String,
    /// Its hidden fields.
    pub fields: Vec<(String, String)>,
}

pub(super) fn deliver(reply_to: &ReplyTo, fields: &[(&str, &str)]) -> Delivery {
    Delivery::FormPost(FormPost {
        action: reply_to.redirect_uri.clone(),
        origin: source_expression(&reply_to.redirect_uri),
        fields: fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
    })
}

/// The origin as a source of CSP, with what the client may send people on to; the scheme alone where CSP has no words for
/// the host (IPv6, custom schemes).
fn source_expression(uri: &str) -> String {
    let Ok(url) = Url::parse(uri) else { return "'none'".to_owned() };
    match url.host() {
        Some(Host::Domain(_) | Host::Ipv4(_)) if url.scheme() == "https" => {
            format!("{} https:", url.origin().ascii_serialization())
        }
        Some(Host::Domain(_) | Host::Ipv4(_)) if url.origin().is_tuple() => {
            format!("{} http: https:", url.origin().ascii_serialization())
        }
        _ => format!("{}:", url.scheme()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_policy_names_the_client_and_no_more_than_it_needs() {
        for (uri, source) in [
            ("https://app.example.test/cb?x=1", "https://app.example.test https:"),
            ("http://127.0.0.1:5000/cb", "http://127.0.0.1:5000 http: https:"),
            ("http://[::1]:5000/cb", "http:"),
            ("com.example.app:/cb", "com.example.app:"),
        ] {
            assert_eq!(source_expression(uri), source);
        }
    }
}
