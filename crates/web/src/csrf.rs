//! Protection of forms against requests forged by other sites.
//!
//! The token in each form is a keyed hash of the browser cookie: only a page of ours, shown to this browser, has it. An
//! `Origin` or `Sec-Fetch-Site` that is present and foreign is refused as well; an absent one passes.

use account::secret::{self, InstallationKey, Token};
use actix_web::HttpRequest;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// The token for the forms of this browser.
pub fn token(key: &InstallationKey, browser: &Token) -> String {
    URL_SAFE_NO_PAD.encode(key.mac("csrf", &[browser.reveal().as_bytes()]))
}

/// Whether `presented` is this browser's token. Constant time.
pub fn matches(key: &InstallationKey, browser: &Token, presented: &str) -> bool {
    secret::equal(token(key, browser).as_bytes(), presented.as_bytes())
}

/// Whether the browser says that the request comes from another site.
pub fn is_foreign(request: &HttpRequest, origin: &str) -> bool {
    let header = |name: &str| request.headers().get(name).map(|value| value.to_str().unwrap_or("?"));
    let foreign_origin = header("origin").is_some_and(|presented| presented != origin);
    let foreign_site = header("sec-fetch-site").is_some_and(|site| site != "same-origin" && site != "none");
    foreign_origin || foreign_site
}
