//! Requests that are wrong.

use super::{header, location};
use crate::support::Provider;
use serde_json::json;

/// oidcc-ensure-registered-redirect-uri, oidcc-ensure-redirect-uri-in-authorization-request
#[tokio::test]
async fn an_unproven_redirect_uri_gets_a_page_that_helps() {
    let provider = Provider::start().await;
    let (party, browser) = (provider.party().await, provider.browser());
    let url = party.authorize_url(&[("redirect_uri", "https://evil.example.test/callback")]);
    let shown = browser.open(&url).await;
    assert_eq!((shown.status.as_u16(), shown.path().as_str()), (400, "/oauth2/authorize"));
    assert_eq!(shown.error_code().as_deref(), Some("invalid_redirect_uri"));
    let text = shown.plain();
    for part in ["invalid_redirect_uri", "compared character by character", "Register the address exactly"] {
        assert!(text.contains(part), "{part} in {text}");
    }
    assert!(!shown.text("request-id").is_empty());
    assert!(!shown.body.contains("evil.example.test"), "what was sent is not shown");
    assert_eq!(header(&shown, "x-frame-options"), "DENY");
    assert!(header(&shown, "content-security-policy").contains("frame-ancestors 'none'"));
    for (more, code) in [
        (("client_id", "nobody"), "invalid_client"),
        (("client_id", ""), "invalid_request"),
        (("redirect_uri", ""), "invalid_redirect_uri"),
    ] {
        let shown = browser.open(&party.authorize_url(&[more])).await;
        assert_eq!((shown.status.as_u16(), shown.error_code().as_deref()), (400, Some(code)));
    }
}

#[tokio::test]
async fn every_other_error_goes_to_the_client() {
    let provider = Provider::start().await;
    let (party, browser) = (provider.party().await, provider.browser());
    for (more, code, mark) in [
        (("response_type", ""), "invalid_request", '?'),
        (("response_type", "id_token"), "unauthorized_client", '#'),
        (("scope", "\""), "invalid_scope", '?'),
        (("request", "x"), "invalid_request_object", '?'),
        (("request_uri", "https://x.test"), "invalid_request_uri", '?'),
        (("code_challenge_method", "plain"), "invalid_request", '?'),
        (("max_age", "x"), "invalid_request", '?'),
    ] {
        let (status, to) = location(&browser, &party.authorize_url(&[more])).await;
        assert_eq!(status, 303, "{more:?}");
        let start = format!("https://tracker.example.test/callback{mark}error={code}&error_description=");
        assert!(to.starts_with(&start), "{more:?}: {to}");
        let issuer: String = url::form_urlencoded::byte_serialize(provider.url.as_bytes()).collect();
        assert!(to.contains("&state=a-state") && to.ends_with(&format!("&iss={issuer}")), "{to}");
    }
}

#[tokio::test]
async fn what_cannot_be_read_is_a_page_and_never_a_500() {
    let provider = Provider::start().await;
    let browser = provider.browser();
    let long = format!("state={}", "x".repeat(60_000));
    for query in ["client_id=%FF", "client_id=%", "client_id=%00", "%ff=1", &long, &"a=1&".repeat(101)] {
        let shown = browser.open(&format!("/oauth2/authorize?{query}")).await;
        assert!(matches!(shown.status.as_u16(), 400 | 414), "{}", shown.status);
    }
    let body = Some("x".repeat(100_000));
    let shown = browser.once(reqwest::Method::POST, "/oauth2/authorize", body, &[]).await;
    assert_eq!((shown.status.as_u16(), shown.error_code().as_deref()), (400, Some("invalid_request")));
}

#[tokio::test]
async fn a_client_that_was_disabled_meanwhile_gets_nothing() {
    let provider = Provider::start().await;
    let (party, browser) = (provider.party().await, provider.browser());
    let (_, to) = location(&browser, &party.authorize_url(&[])).await;
    let resume = to.replace("/login", "/oauth2/authorize/resume");
    let id = party.id.clone();
    let registry = &provider.node.provider.clients;
    let disable = move |tx: &mut account::Tx<'_>| oidc::client::store::set_disabled(tx, &id, true);
    registry.change(&provider.accounts, &account::Actor::command(), disable).await.unwrap();
    let alice = provider.person("alice@example.test").await;
    provider.log_in(&browser, &alice).await;
    let shown = browser.open(&resume).await;
    assert_eq!((shown.status.as_u16(), shown.error_code().as_deref()), (400, Some("unauthorized_client")));
}

#[tokio::test]
async fn a_public_client_must_use_pkce() {
    let provider = Provider::start().await;
    let public = json!({ "token_endpoint_auth_method": "none", "grant_types": ["authorization_code"] });
    let party = provider.register(true, public).await;
    let without = [("code_challenge", ""), ("code_challenge_method", "")];
    let (_, to) = location(&provider.browser(), &party.authorize_url(&without)).await;
    assert!(to.contains("error=invalid_request"), "{to}");
    let (_, to) = location(&provider.browser(), &party.authorize_url(&[])).await;
    assert!(to.starts_with("/login?"), "{to}");
}
