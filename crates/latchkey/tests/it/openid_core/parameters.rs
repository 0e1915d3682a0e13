//! Parameters that are only wishes, or that nobody knows (§3.1.2.1).

use super::{ALL, scene};
use crate::support::Place;
use reqwest::Method;

/// oidcc-display-page, oidcc-display-popup, oidcc-ui-locales, oidcc-claims-locales, oidcc-login-hint,
/// oidcc-ensure-request-with-unknown-parameter-succeeds, oidcc-alternate-happy-flow: accepted, whatever is in them.
#[tokio::test]
async fn a_wish_is_never_an_error() {
    let s = scene().await;
    for (response_type, (name, value)) in ALL.into_iter().flat_map(|response_type| {
        let wishes = [
            ("display", "page"),
            ("display", "popup"),
            ("display", "touch"),
            ("display", "wap"),
            ("display", "hologram"),
            ("ui_locales", "se"),
            ("claims_locales", "se"),
            ("login_hint", "nobody@nowhere.test"),
            ("login_hint", "+49 123"),
            ("extra", "foobar"),
            ("scope", "email openid"),
            ("acr_values", "1 2"),
        ];
        wishes.map(|wish| (response_type, wish))
    }) {
        let browser = s.browser().await;
        let shown = browser.open(&s.url(response_type, &[(name, value)])).await;
        let came = s.follow(&browser, shown).await;
        assert_eq!(came.id_token["sub"], s.alice.as_str(), "{response_type} with {name}={value}");
    }
}

/// oidcc-display-popup: the page is one for a small window.
#[tokio::test]
async fn the_layout_follows_display() {
    let s = scene().await;
    let stranger = s.provider.browser();
    for (display, class) in [("popup", "column popup"), ("touch", "column touch"), ("page", "column"), ("x", "column")]
    {
        let shown = stranger.open(&s.url("code", &[("display", display)])).await;
        assert!(shown.body.contains(&format!("<body class=\"{class}\">")), "{display}: {}", shown.brief());
    }
}

/// oidcc-ensure-request-with-acr-values-succeeds: the acr is one of those wished for; the suite wishes for all we offer.
#[tokio::test]
async fn the_acr_is_one_that_was_wished_for() {
    let s = scene().await;
    let browser = s.browser().await;
    for wish in ["urn:latchkey:acr:password", "phr urn:latchkey:acr:password"] {
        for response_type in ALL {
            let came = s.ask(&browser, response_type, &[("acr_values", wish)]).await;
            assert_eq!(came.id_token["acr"], "urn:latchkey:acr:password");
        }
    }
}

/// oidcc-id-token-hint: with prompt=none and the ID token of the same person, expired or not.
#[tokio::test]
async fn an_id_token_is_a_hint_also_when_it_is_old() {
    let s = scene().await;
    let browser = s.browser().await;
    let before = s.ask(&browser, "code id_token", &[]).await;
    s.provider.wait(std::time::Duration::from_secs(3600));
    for response_type in ALL {
        let hint = [("prompt", "none"), ("id_token_hint", before.raw_id_token.as_str())];
        let came = s.ask(&browser, response_type, &hint).await;
        assert_eq!(came.id_token["sub"], before.id_token["sub"], "{response_type}");
    }
    // Attack: somebody's token with another signature, or none.
    let (head, rest) = before.raw_id_token.split_once('.').unwrap();
    let none = format!("eyJhbGciOiJub25lIn0.{rest}");
    let cut = format!("{head}.{}", rest.split('.').next().unwrap());
    for forged in [none, cut, format!("{head}.e30.AAAA")] {
        let answer = browser.open(&s.url("id_token", &[("id_token_hint", &forged)])).await.answer();
        assert_eq!((answer.place, answer.get("error")), (Place::Fragment, Some("invalid_request")));
    }
}

/// oidcc-ensure-post-request-succeeds: the request as a form from the product's site, which our cookies do not come with.
#[tokio::test]
async fn a_request_may_be_posted_whatever_it_asks_for() {
    let s = scene().await;
    for response_type in ALL {
        let (browser, bare) = (s.browser().await, s.provider.browser());
        // A browser that was here before.
        browser.open("/account").await;
        let body = s.url(response_type, &[]).split_once('?').unwrap().1.to_owned();
        let foreign = [("origin", "https://tracker.example.test"), ("sec-fetch-site", "cross-site")];
        let posted = bare.once(Method::POST, "/oauth2/authorize", Some(body), &foreign).await;
        let resume = posted.headers["location"].to_str().unwrap().to_owned();
        let shown = browser.open(&resume).await;
        let came = s.follow(&browser, shown).await;
        assert_eq!(came.id_token["sub"], s.alice.as_str(), "{response_type}");
    }
}

/// oidcc-ensure-registered-redirect-uri: a page, and no redirect, for every response type and mode.
#[tokio::test]
async fn nothing_is_sent_to_an_address_that_is_not_registered() {
    let s = scene().await;
    let browser = s.browser().await;
    for response_type in ALL {
        for mode in ["", "fragment", "form_post"] {
            let evil = [("redirect_uri", "https://tracker.example.test/callback/evil"), ("response_mode", mode)];
            let shown = browser.open(&s.url(response_type, &evil)).await;
            assert_eq!(shown.status.as_u16(), 400);
            assert_eq!(shown.error_code().as_deref(), Some("invalid_redirect_uri"));
            assert!(!shown.body.contains("evil") && shown.headers.get("location").is_none());
        }
    }
}
