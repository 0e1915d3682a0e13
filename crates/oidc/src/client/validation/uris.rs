//! Addresses: where answers go, what is shown, what is fetched (design §7.3; OpenID Connect Registration §2).

use super::Problems;
use super::flows::Flows;
use protocol::{ApplicationType, ClientMetadata, RedirectUri};
use url::{Host, Url};

/// The most redirect URIs a client may have, of each kind.
pub const MAX_REDIRECT_URIS: usize = 100;
const MAX_BYTES: usize = 2000;
/// The most addresses of request objects.
const MAX_REQUEST_URIS: usize = 100;
/// The longest address of a request object, in bytes (OpenID Connect Core §6.2).
const MAX_REQUEST_URI_BYTES: usize = 512;

pub(super) fn check(
    metadata: &mut ClientMetadata,
    kind: ApplicationType,
    flows: &Flows,
    operator: bool,
    problems: &mut Problems,
) {
    returning("redirect_uris", &mut metadata.redirect_uris, kind, flows.is_front_channel(), problems);
    if flows.need_redirect() && metadata.redirect_uris.as_ref().is_none_or(Vec::is_empty) {
        problems.add("redirect_uris", "name at least one address that people are sent back to after log-in");
    }
    returning("post_logout_redirect_uris", &mut metadata.post_logout_redirect_uris, kind, false, problems);
    if let Some(uri) = &metadata.initiate_login_uri {
        // OpenID Connect Registration §2: https. An operator may try things out on one machine.
        let right = if operator { is_fetchable(uri) } else { parse(uri).is_some_and(|url| url.scheme() == "https") };
        problems.unless(right, "initiate_login_uri", "write a whole address that begins with https://");
    }
    request_uris(metadata, problems);
    for (field, uri) in
        [("client_uri", &metadata.client_uri), ("policy_uri", &metadata.policy_uri), ("tos_uri", &metadata.tos_uri)]
    {
        if let Some(uri) = uri {
            check_link(field, uri, problems);
        }
    }
    if let Some(uri) = &metadata.logo_uri {
        check_fetched("logo_uri", uri, problems);
    }
    for field in ["client_uri", "policy_uri", "tos_uri", "logo_uri"] {
        for (tag, uri) in metadata.localised(field) {
            let name = format!("{field}#{tag}");
            if field == "logo_uri" { check_fetched(&name, uri, problems) } else { check_link(&name, uri, problems) }
        }
    }
}

/// Where request objects are fetched from. A fragment is allowed (OpenID Connect Core §6.2).
fn request_uris(metadata: &ClientMetadata, problems: &mut Problems) {
    const FIELD: &str = "request_uris";
    let Some(uris) = &metadata.request_uris else { return };
    if uris.len() > MAX_REQUEST_URIS {
        problems.add(FIELD, format!("at most {MAX_REQUEST_URIS} addresses"));
    }
    for uri in uris {
        if uri.len() > MAX_REQUEST_URI_BYTES || !uri.is_ascii() {
            problems.add(FIELD, format!("{}: at most {MAX_REQUEST_URI_BYTES} ASCII characters", shortened(uri)));
        } else {
            check_fetched(FIELD, uri, problems);
        }
    }
}

/// A list of places that a visitor may be sent to; each once. `implicit`: with tokens on the way.
fn returning(
    field: &str,
    list: &mut Option<Vec<String>>,
    kind: ApplicationType,
    implicit: bool,
    problems: &mut Problems,
) {
    let Some(uris) = list else { return };
    if uris.len() > MAX_REDIRECT_URIS {
        problems.add(field, format!("at most {MAX_REDIRECT_URIS} addresses"));
    }
    let mut seen = Vec::new();
    for uri in uris.drain(..) {
        if let Err(error) = RedirectUri::parse_for(kind, implicit, &uri) {
            problems.add(field, format!("{}: {error}", shortened(&uri)));
        }
        if !seen.contains(&uri) {
            seen.push(uri);
        }
    }
    *uris = seen;
}

pub(super) fn shortened(uri: &str) -> String {
    if uri.chars().count() <= 120 {
        uri.to_owned()
    } else {
        format!("{}…", uri.chars().take(120).collect::<String>())
    }
}

/// An address that the visitor may click on: http or https.
fn check_link(field: &str, uri: &str, problems: &mut Problems) {
    if parse(uri).is_none() {
        problems.add(field, "write a whole address that begins with https://");
    }
}

/// An address that a program loads from without asking anybody: https, or http on this machine.
pub(super) fn check_fetched(field: &str, uri: &str, problems: &mut Problems) {
    if !is_fetchable(uri) {
        problems.add(field, "write a whole address that begins with https:// (http:// only for localhost)");
    }
}

/// Whether a program may load from it: https, or http on this machine.
pub(super) fn is_fetchable(uri: &str) -> bool {
    parse(uri).is_some_and(|url| url.scheme() == "https" || is_this_machine(&url))
}

fn parse(uri: &str) -> Option<Url> {
    let plain = uri.len() <= MAX_BYTES && !uri.chars().any(|c| c.is_control() || c.is_whitespace());
    let web = uri.starts_with("https://") || uri.starts_with("http://");
    let url = (plain && web).then(|| Url::parse(uri).ok()).flatten()?;
    (url.host().is_some() && url.username().is_empty() && url.password().is_none()).then_some(url)
}

fn is_this_machine(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}
