//! Where a client hears that a log-in ended (Front-Channel Logout §2, Back-Channel Logout §2.2).

use super::{Problems, uris};
use protocol::ClientMetadata;
use url::Url;

pub(super) fn check(metadata: &ClientMetadata, problems: &mut Problems) {
    let (front, back) = (&metadata.frontchannel_logout_uri, &metadata.backchannel_logout_uri);
    check_uri("frontchannel_logout_uri", front, problems);
    if let Some(front) = front {
        problems.unless(
            has_redirect_uri_beside(metadata, front),
            "frontchannel_logout_uri",
            "scheme, host and port must be those of one of the redirect_uris (Front-Channel Logout section 2)",
        );
    }
    check_uri("backchannel_logout_uri", back, problems);
    for (field, wish, uri) in [
        ("frontchannel_logout_session_required", metadata.frontchannel_logout_session_required, front),
        ("backchannel_logout_session_required", metadata.backchannel_logout_session_required, back),
    ] {
        let message = "this says what comes to the logout_uri of the same kind; give that too, or leave it out";
        problems.unless(wish != Some(true) || uri.is_some(), field, message);
    }
}

/// An address that is called without anybody asking: with a query if need be, never with a fragment.
fn check_uri(field: &str, uri: &Option<String>, problems: &mut Problems) {
    let Some(uri) = uri else { return };
    uris::check_fetched(field, uri, problems);
    problems.unless(!uri.contains('#'), field, "write the address without a fragment (#)");
}

/// A page of somebody else must not be loaded in the name of this client.
fn has_redirect_uri_beside(metadata: &ClientMetadata, uri: &str) -> bool {
    let origin = |text: &str| Url::parse(text).ok().map(|url| url.origin()).filter(url::Origin::is_tuple);
    let own = origin(uri);
    own.is_some() && metadata.redirect_uris.iter().flatten().any(|other| origin(other) == own)
}
