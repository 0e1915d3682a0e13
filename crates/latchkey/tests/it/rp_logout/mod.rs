//! OpenID Connect RP-Initiated Logout 1.0.

mod anything;
mod hints;

use crate::support::{Browser, Party, Provider, Shown};
use account::AccountId;
use reqwest::Method;
use serde_json::Value;

const AFTER: &str = "https://tracker.example.test/logged-out";

struct Scene {
    provider: Provider,
    party: Party,
    browser: Browser,
    alice: AccountId,
    tokens: Value,
}

async fn scene() -> Scene {
    let provider = Provider::start().await;
    let (party, browser) = (provider.party().await, provider.browser());
    let alice = provider.person("alice@example.test").await;
    provider.log_in(&browser, &alice).await;
    let code = party.code(&browser, &[("scope", "openid offline_access")]).await;
    let tokens = party.exchange(&code).await.1;
    Scene { provider, party, browser, alice, tokens }
}

impl Scene {
    fn hint(&self) -> &str {
        self.tokens["id_token"].as_str().expect("an ID token")
    }

    async fn ask(&self, pairs: &[(&str, &str)]) -> Shown {
        let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
        self.browser.open(&format!("/oauth2/logout?{query}")).await
    }

    async fn is_logged_in(&self) -> bool {
        let shown = self.browser.open(&self.party.authorize_url(&[("prompt", "none")])).await;
        shown.parameter("code").is_some()
    }
}

/// `oidcc-rp-initiated-logout-discovery-endpoint-verification`: the address is there, and answers there by GET and POST.
#[tokio::test]
async fn discovery_names_the_endpoint() {
    let provider = Provider::start().await;
    for path in ["/.well-known/openid-configuration", "/.well-known/oauth-authorization-server"] {
        let document: Value = serde_json::from_str(&provider.browser().open(path).await.body).expect("JSON");
        assert_eq!(document["end_session_endpoint"], format!("{}/oauth2/logout", provider.url), "{path}");
        for method in [Method::GET, Method::POST] {
            let address = document["end_session_endpoint"].as_str().expect("an address");
            let shown = provider.browser().go(method, address, None, &[]).await;
            assert!(shown.status.as_u16() == 200 && shown.has("logged-out"), "{}", shown.brief());
        }
    }
}

/// `oidcc-rp-initiated-logout`: the address comes back with `state` alone, and the session ended.
#[tokio::test]
async fn a_product_ends_the_session_with_its_id_token() {
    let s = scene().await;
    s.provider.wait(std::time::Duration::from_secs(7200));
    let state = "-._~".repeat(32);
    let shown = s.ask(&[("id_token_hint", s.hint()), ("post_logout_redirect_uri", AFTER), ("state", &state)]).await;
    assert_eq!(shown.url, format!("{AFTER}?state={state}"));
    assert!(!s.is_logged_in().await);
    assert!(s.browser.cookie("latchkey-session").is_none());
}

#[tokio::test]
async fn access_tokens_end_with_the_session_and_offline_ones_do_not() {
    let s = scene().await;
    let online = s.party.exchange(&s.party.code(&s.browser, &[]).await).await.1;
    let token = online["access_token"].as_str().expect("a token").to_owned();
    assert_eq!(s.party.userinfo(&token).await.0.as_u16(), 200);
    s.ask(&[("id_token_hint", s.hint())]).await;
    assert_eq!(s.party.userinfo(&token).await.0.as_u16(), 401);
    let refresh = s.tokens["refresh_token"].as_str().expect("a refresh token");
    assert_eq!(s.party.refresh(refresh).await.0.as_u16(), 200);
}

#[tokio::test]
async fn by_post_too() {
    let s = scene().await;
    let body = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs([("id_token_hint", s.hint()), ("post_logout_redirect_uri", AFTER)])
        .finish();
    let foreign = [("origin", "https://tracker.example.test"), ("sec-fetch-site", "cross-site")];
    let bare = s.provider.browser();
    let posted = bare.once(Method::POST, "/oauth2/logout", Some(body), &foreign).await;
    assert_eq!((posted.status.as_u16(), posted.headers.get("set-cookie")), (303, None));
    let shown = s.browser.open(posted.headers["location"].to_str().unwrap()).await;
    assert_eq!(shown.url, AFTER);
    assert!(!s.is_logged_in().await);
}

/// `oidcc-rp-initiated-logout-no-params`, `oidcc-rp-initiated-logout-only-state`: asked at `/logout`, where the click is,
/// then told.
#[tokio::test]
async fn without_proof_the_visitor_is_asked() {
    let s = scene().await;
    for pairs in [&[][..], &[("state", "x")], &[("client_id", s.party.id.as_str())]] {
        let shown = s.ask(pairs).await;
        shown.expect("/logout");
        assert!(shown.has("log-out") && shown.has("stay"), "{}", shown.brief());
        assert!(shown.plain().contains("alice@example.test"));
    }
    let shown = s.ask(&[]).await;
    s.browser.click(&shown, "stay", &[]).await;
    assert!(s.is_logged_in().await);
    let named = [("client_id", s.party.id.as_str()), ("post_logout_redirect_uri", AFTER), ("state", "s")];
    let shown = s.ask(&named).await;
    let back = s.browser.click(&shown, "log-out", &[]).await;
    assert_eq!(back.url, format!("{AFTER}?state=s"));
    assert!(!s.is_logged_in().await);
    assert!(s.ask(&[]).await.has("logged-out"));
}

/// `oidcc-rp-initiated-logout-no-post-logout-redirect-uri`, `oidcc-rp-initiated-logout-only-state` (`state` has nowhere to
/// go), `oidcc-rp-initiated-logout-no-state`
#[tokio::test]
async fn without_an_address_the_page_says_so_and_without_state_nothing_is_added() {
    let s = scene().await;
    let shown = s.ask(&[("id_token_hint", s.hint()), ("state", "x")]).await;
    assert!(shown.has("logged-out"), "{}", shown.brief());
    assert!(!s.is_logged_in().await);
    let s = scene().await;
    let asked = s.ask(&[("state", "x")]).await;
    let shown = s.browser.click(asked.expect("/logout"), "log-out", &[]).await;
    assert!(shown.has("logged-out"), "{}", shown.brief());
    assert!(!s.is_logged_in().await);
    let s = scene().await;
    let shown = s.ask(&[("id_token_hint", s.hint()), ("post_logout_redirect_uri", AFTER)]).await;
    assert_eq!(shown.url, AFTER);
    assert!(!s.is_logged_in().await);
}

/// The page at `/logout` judges what it carries: opened as it is, it ends nothing and leads nowhere.
#[tokio::test]
async fn the_page_that_asks_believes_nothing_that_its_address_says() {
    let s = scene().await;
    let of = |pairs: &[(&str, &str)]| {
        let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
        format!("/logout?{query}")
    };
    let shown = s.browser.open(&of(&[("id_token_hint", s.hint()), ("post_logout_redirect_uri", AFTER)])).await;
    shown.expect("/logout");
    assert!(s.is_logged_in().await, "only a click ends it");
    let evil = [("client_id", s.party.id.as_str()), ("post_logout_redirect_uri", "https://evil.example.test/")];
    let refused = s.browser.open(&of(&evil)).await;
    assert_eq!((refused.status.as_u16(), refused.error_code().as_deref()), (400, Some("invalid_redirect_uri")));
    let mut field = ("post_logout_redirect_uri", "https://evil.example.test/");
    let left = s.browser.click(&shown, "log-out", &[field]).await;
    assert!(left.url.starts_with(&s.provider.url) && left.has("logged-out"), "{}", left.brief());
    field.1 = AFTER;
    assert!(s.browser.open(&of(&[field])).await.error_code().is_some(), "also when nobody is logged in");
}

#[tokio::test]
async fn a_forged_click_logs_nobody_out() {
    let s = scene().await;
    let forged = s.browser.once(Method::POST, "/oauth2/logout/confirm", Some("choice=log-out".into()), &[]).await;
    assert_eq!(forged.status.as_u16(), 403);
    assert!(s.is_logged_in().await);
}

/// `oidcc-rp-initiated-logout-bad-post-logout-redirect-uri`,
/// `oidcc-rp-initiated-logout-query-added-to-post-logout-redirect-uri`, `oidcc-rp-initiated-logout-no-id-token-hint`
#[tokio::test]
async fn only_a_registered_address_is_gone_to() {
    let s = scene().await;
    let uri = |uri: &'static str| ("post_logout_redirect_uri", uri);
    for (pairs, code) in [
        (vec![("id_token_hint", s.hint()), uri("https://evil.example.test/")], "invalid_redirect_uri"),
        (vec![("id_token_hint", s.hint()), uri("https://tracker.example.test/logged-out?x=1")], "invalid_redirect_uri"),
        (vec![("id_token_hint", s.hint()), uri("https://tracker.example.test/callback")], "invalid_redirect_uri"),
        (vec![uri(AFTER)], "invalid_request"),
        (vec![("id_token_hint", "e30.e30."), uri(AFTER)], "invalid_request"),
        (vec![("state", "a"), ("state", "b")], "invalid_request"),
    ] {
        let shown = s.ask(&pairs).await;
        assert_eq!((shown.status.as_u16(), shown.error_code().as_deref()), (400, Some(code)), "{pairs:?}");
        assert!(shown.has("way-on"));
    }
    assert!(s.is_logged_in().await);
}

#[tokio::test]
async fn an_id_token_of_another_browser_ends_nothing_here() {
    let s = scene().await;
    let (bob, other) = (s.provider.person("bob@example.test").await, s.provider.browser());
    s.provider.log_in(&other, &bob).await;
    let query = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs([("id_token_hint", s.hint()), ("post_logout_redirect_uri", AFTER)])
        .finish();
    let shown = other.open(&format!("/oauth2/logout?{query}")).await;
    assert!(shown.has("log-out") && shown.plain().contains("bob@example.test"), "{}", shown.brief());
    assert!(s.is_logged_in().await);
    let alice = s.alice.clone();
    let alive = s.provider.accounts.read(move |conn| account::session::logins_of_account(conn, &alice)).await.unwrap();
    assert_eq!(alive.len(), 1);
}
