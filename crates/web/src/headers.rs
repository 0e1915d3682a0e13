//! Security headers. Every answer gets the site-wide ones ([`site_wide`]); a page adds those of its [`PageKind`].
//!
//! Reasons for what is chosen here:
//! - No `unsafe-inline`: scripts and styles are files of ours. Only the page that posts an answer to the client by
//!   `response_mode=form_post` runs an inline script, by nonce.
//! - `form-action` is left out on interaction pages: Chromium applies it to the redirects that follow a POST, and the
//!   last of those leads to the client, anywhere on the web. CSRF tokens guard the forms instead.
//! - Pictures may come from any https origin (and from loopback, for clients under development): a client's logo is
//!   shown from where the client says it is (OpenID Connect Dynamic Registration 1.0 §2, `logo_uri`).
//! - `Referrer-Policy: same-origin`: with `no-referrer` Chromium sends `Origin: null` on our own forms.
//! - `Cross-Origin-Opener-Policy: same-origin` on the account pages and the console, and not on interaction pages: a
//!   client may open the log-in in a pop-up, and any such policy on the way cuts the tie to its opener for good.

use std::time::Duration;

use actix_web::HttpResponseBuilder;
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::middleware::DefaultHeaders;

/// How long browsers keep to https after a visit.
const HSTS_LIFETIME: Duration = Duration::from_secs(2 * 365 * 24 * 3600);

/// The headers that pages of one kind need.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PageKind {
    /// Log-in, sign-up, recovery, consent, log-out, error: a form here may end in a redirect to a client.
    Interaction,
    /// Account pages and console: everything stays here.
    Own,
    /// The page after log-out that loads pages of clients in frames (Front-Channel Logout §2).
    FrontChannelLogOut {
        /// Their origins; they must come from parsed URLs.
        origins: Vec<String>,
    },
    /// The page that posts an authorization response to the client (OAuth 2.0 Form Post Response Mode §2).
    FormPost {
        /// The nonce of its one inline script: at least 128 random bits in base64url.
        nonce: String,
        /// The origin of the redirect URI, as `scheme://host[:port]`; it must come from a parsed URL.
        origin: String,
    },
}

/// Where pictures may come from.
const PICTURES: &str = "img-src 'self' https: http://localhost:* http://127.0.0.1:*";

impl PageKind {
    /// The Content-Security-Policy of such a page.
    pub fn content_security_policy(&self) -> String {
        let shared = format!(
            "default-src 'none'; style-src 'self'; {PICTURES}; connect-src 'self'; base-uri 'none'; frame-ancestors 'none'"
        );
        match self {
            Self::Interaction => format!("{shared}; script-src 'self'"),
            Self::Own => format!("{shared}; script-src 'self'; form-action 'self'"),
            Self::FrontChannelLogOut { origins } => {
                format!("{shared}; script-src 'self'; frame-src {}", origins.join(" "))
            }
            Self::FormPost { nonce, origin } => {
                format!("{shared}; script-src 'nonce-{nonce}'; form-action {origin}")
            }
        }
    }

    /// Adds the headers of such a page to an answer: the policy, no framing, no caching.
    pub fn apply(&self, answer: &mut HttpResponseBuilder) {
        answer
            .insert_header(("Content-Security-Policy", self.content_security_policy()))
            .insert_header(("X-Frame-Options", "DENY"))
            .insert_header(("Cache-Control", "no-store"));
        if *self == Self::Own {
            answer.insert_header(("Cross-Origin-Opener-Policy", "same-origin"));
        }
    }
}

/// The middleware that puts the site-wide headers on every answer that does not set its own.
pub fn site_wide(https: bool) -> DefaultHeaders {
    let mut headers = DefaultHeaders::new()
        .add(fixed("x-content-type-options", "nosniff"))
        .add(fixed("referrer-policy", "same-origin"))
        .add(fixed("permissions-policy", PERMISSIONS));
    if https {
        let lifetime = format!("max-age={}", HSTS_LIFETIME.as_secs());
        headers = headers.add(("strict-transport-security", lifetime));
    }
    headers
}

/// Nothing of the device is needed, except passkeys.
const PERMISSIONS: &str = "camera=(), microphone=(), geolocation=(), payment=(), usb=(), \
    publickey-credentials-get=(self), publickey-credentials-create=(self)";

fn fixed(name: &'static str, value: &'static str) -> (HeaderName, HeaderValue) {
    (HeaderName::from_static(name), HeaderValue::from_static(value))
}

#[cfg(test)]
mod tests {
    use actix_web::test::{TestRequest, call_service, init_service};
    use actix_web::{App, HttpResponse, web};

    use super::*;

    #[test]
    fn no_page_allows_inline_script_or_framing() {
        let form_post = PageKind::FormPost { nonce: "abc".into(), origin: "https://app.example.test".into() };
        let log_out = PageKind::FrontChannelLogOut { origins: vec!["https://app.example.test".into()] };
        for kind in [PageKind::Interaction, PageKind::Own, form_post, log_out] {
            let policy = kind.content_security_policy();
            assert!(!policy.contains("unsafe"), "{policy}");
            assert!(policy.contains("frame-ancestors 'none'") && policy.contains("base-uri 'none'"), "{policy}");
        }
        assert!(!PageKind::Interaction.content_security_policy().contains("form-action"));
        assert!(PageKind::Own.content_security_policy().contains("form-action 'self'"));
    }

    #[actix_web::test]
    async fn every_answer_carries_the_site_wide_headers() {
        for (https, expected) in [(true, Some("max-age=63072000")), (false, None)] {
            let app = App::new().wrap(site_wide(https)).route("/", web::get().to(HttpResponse::Ok));
            let app = init_service(app).await;
            let answer = call_service(&app, TestRequest::get().to_request()).await;
            assert_eq!(answer.headers().get("x-content-type-options").expect("header"), "nosniff");
            assert_eq!(answer.headers().get("referrer-policy").expect("header"), "same-origin");
            let hsts = answer.headers().get("strict-transport-security").map(|value| value.to_str().expect("ascii"));
            assert_eq!(hsts, expected);
        }
    }
}
