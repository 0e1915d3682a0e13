//! The OP browser state (OpenID Connect Session Management §3.2): a value that changes whenever somebody logs in or out in
//! this browser, and says nothing else.

use account::secret::{InstallationKey, Token};
use account::session::Session;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// Of a browser in which this session is all that is logged in. Nodes need not talk about it: it follows from the session.
pub(crate) fn of(key: &InstallationKey, browser: &Token, session: Option<&Session>) -> String {
    let Some(session) = session else {
        return URL_SAFE_NO_PAD.encode(key.mac("browser state without session", &[&browser.hash()]));
    };
    let mut logins: Vec<&str> = session.logins.iter().map(|login| login.id.as_str()).collect();
    // The order says which one is in use, and that may change.
    logins.sort_unstable();
    let parts: Vec<&[u8]> = [session.id.as_str()].into_iter().chain(logins).map(str::as_bytes).collect();
    URL_SAFE_NO_PAD.encode(key.mac("browser state", &parts))
}
