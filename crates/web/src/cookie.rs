//! Our cookies. On https they carry the `__Host-` prefix, so that no sibling host can plant one (RFC 6265bis §4.1.3.2).

use account::secret::Token;
use actix_web::HttpRequest;
use actix_web::cookie::time::Duration;
use actix_web::cookie::{Cookie, SameSite};

/// Which cookie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The session at the provider.
    Session,
    /// Tells this browser from others before anybody logged in: CSRF tokens and interactions are bound to it.
    Browser,
    /// This browser logged in before: attacks on the account do not slow it down.
    Device,
}

impl Kind {
    fn name(self, https: bool) -> &'static str {
        match (self, https) {
            (Kind::Session, true) => "__Host-latchkey-session",
            (Kind::Session, false) => "latchkey-session",
            (Kind::Browser, true) => "__Host-latchkey-browser",
            (Kind::Browser, false) => "latchkey-browser",
            (Kind::Device, true) => "__Host-latchkey-device",
            (Kind::Device, false) => "latchkey-device",
        }
    }
}

/// Days for which a browser is remembered that does nothing.
const BROWSER_DAYS: i64 = 180;

/// Reads a cookie of the request; `None` also when it does not have the form of a token.
pub fn read(request: &HttpRequest, kind: Kind, https: bool) -> Option<Token> {
    request.cookie(kind.name(https)).and_then(|cookie| Token::parse(cookie.value()))
}

/// The cookie to set; `session_seconds` is how long a session lives at most.
pub fn make(kind: Kind, token: &Token, https: bool, session_seconds: i64) -> Cookie<'static> {
    let lifetime = match kind {
        Kind::Session => Duration::seconds(session_seconds),
        Kind::Browser | Kind::Device => Duration::days(BROWSER_DAYS),
    };
    base(kind, token.reveal().to_owned(), https).max_age(lifetime).finish()
}

/// The cookie that removes one.
pub fn removal(kind: Kind, https: bool) -> Cookie<'static> {
    base(kind, String::new(), https).max_age(Duration::ZERO).finish()
}

fn base(kind: Kind, value: String, https: bool) -> actix_web::cookie::CookieBuilder<'static> {
    Cookie::build(kind.name(https), value).path("/").http_only(true).secure(https).same_site(SameSite::Lax)
}

/// The cookie in which the browser carries a sealed word for some seconds ([`crate::Visitor::carry`]).
pub(crate) fn make_carried(sealed: String, https: bool, seconds: i64) -> Cookie<'static> {
    let cookie = Cookie::build(carried_name(https), sealed).path("/").http_only(true).secure(https);
    cookie.same_site(SameSite::Lax).max_age(Duration::seconds(seconds)).finish()
}

/// The name of the cookie of [`make_carried`].
pub(crate) fn carried_name(https: bool) -> &'static str {
    if https { "__Host-latchkey-carried" } else { "latchkey-carried" }
}

/// The cookie from which pages of products learn, through the frame of Session Management §3.3, that something changed
/// here. Read by script, and by a frame in somebody else's page: so `SameSite=None`, which browsers take on https only.
/// On http, `localhost` and its ports are one site to them, and `Lax` does.
pub fn make_state(value: String, https: bool, session_seconds: i64) -> Cookie<'static> {
    let same_site = if https { SameSite::None } else { SameSite::Lax };
    let cookie = Cookie::build(state_name(https), value).path("/").secure(https).same_site(same_site);
    cookie.max_age(Duration::seconds(session_seconds)).finish()
}

/// The name of the cookie of [`make_state`].
pub fn state_name(https: bool) -> &'static str {
    if https { "__Host-latchkey-state" } else { "latchkey-state" }
}
