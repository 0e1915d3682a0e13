//! What must not be possible, whatever is sent.

use super::header;
use crate::support::Provider;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use reqwest::Method;

const REGISTERED: &str = "https://tracker.example.test/callback";

fn value() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        "[a-z_ ]{0,12}",
        Just("code".to_owned()),
        Just("none".to_owned()),
        Just("form_post".to_owned()),
        Just("openid offline_access".to_owned()),
        Just("{\"id_token\":{\"sub\":{\"value\":\"x\"}}}".to_owned()),
        Just("https://evil.example.test/".to_owned()),
        Just("\r\nSet-Cookie: a=b".to_owned()),
    ]
}

fn parameters() -> impl Strategy<Value = Vec<(String, String)>> {
    let known = proptest::sample::select(protocol::authorize::SINGLE_PARAMETERS).prop_map(str::to_owned);
    let name = prop_oneof![4 => known, 1 => any::<String>()];
    proptest::collection::vec((name, value()), 0..7)
}

/// Fuzzed requests, logged in and not, by GET and POST: never a 500 (the browser asserts that), never a redirect to an
/// unregistered place, never a header that was smuggled in.
#[tokio::test]
async fn no_request_breaks_the_endpoint_or_leads_elsewhere() {
    let provider = Provider::start().await;
    let (party, browser) = (provider.party().await, provider.browser());
    let alice = provider.person("alice@example.test").await;
    let mut runner = TestRunner::deterministic();
    for round in 0..240 {
        if round == 120 {
            provider.log_in(&browser, &alice).await;
        }
        let more = parameters().new_tree(&mut runner).expect("a value").current();
        let mut pairs: Vec<(String, String)> = Vec::new();
        if round % 4 != 0 {
            pairs.extend([("client_id".to_owned(), party.id.clone()), ("redirect_uri".to_owned(), REGISTERED.into())]);
        }
        if round % 3 != 0 {
            pairs.extend([("response_type".to_owned(), "code".into()), ("scope".to_owned(), "openid".into())]);
        }
        pairs.extend(more);
        let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(&pairs).finish();
        let shown = match round % 2 {
            0 => browser.once(Method::GET, &format!("/oauth2/authorize?{query}"), None, &[]).await,
            _ => browser.once(Method::POST, "/oauth2/authorize", Some(query), &[]).await,
        };
        let to = header(&shown, "location");
        assert!(!header(&shown, "set-cookie").contains("a=b"));
        match shown.status.as_u16() {
            303 => assert!(
                to.starts_with(&format!("{REGISTERED}?"))
                    || to.starts_with(&format!("{REGISTERED}#"))
                    || [
                        "/login?",
                        "/login/password?",
                        "/login/two-step?",
                        "/signup?",
                        "/choose-account?",
                        "/oauth2/authorize/resume?"
                    ]
                    .iter()
                    .any(|page| to.starts_with(page)),
                "{pairs:?} led to {to}"
            ),
            200 => assert_eq!(shown.form_with("go-on").action, REGISTERED, "{pairs:?}"),
            status => assert_eq!((status, to.as_str()), (400, ""), "{pairs:?}"),
        }
    }
}

#[tokio::test]
async fn no_log_out_request_breaks_the_endpoint_or_leads_elsewhere() {
    const AFTER: &str = "https://tracker.example.test/logged-out";
    let provider = Provider::start().await;
    let (party, browser) = (provider.party().await, provider.browser());
    let alice = provider.person("alice@example.test").await;
    let login = provider.log_in(&browser, &alice).await;
    const NAMES: &[&str] = &["id_token_hint", "client_id", "post_logout_redirect_uri", "state", "logout_hint", "other"];
    let one = (proptest::sample::select(NAMES), prop_oneof![value(), Just(AFTER.to_owned()), Just(party.id.clone())]);
    let many = proptest::collection::vec(one, 0..6);
    let mut runner = TestRunner::deterministic();
    for round in 0..120 {
        let pairs = many.new_tree(&mut runner).expect("a value").current();
        let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(&pairs).finish();
        let shown = match round % 2 {
            0 => browser.once(Method::GET, &format!("/oauth2/logout?{query}"), None, &[]).await,
            _ => browser.once(Method::POST, "/oauth2/logout", Some(query), &[]).await,
        };
        let to = header(&shown, "location");
        let good = to.is_empty() || ["/oauth2/logout", "/logout"].contains(&to.split('?').next().unwrap_or_default());
        assert!(good && matches!(shown.status.as_u16(), 200 | 303 | 400), "{pairs:?} led to {} {to}", shown.status);
    }
    let alive = provider.accounts.read(move |conn| account::session::logins_of_account(conn, &alice)).await.unwrap();
    assert_eq!(alive, [login.id], "nobody was logged out without a click");
}

#[tokio::test]
async fn pages_and_answers_cannot_be_framed_or_kept() {
    let provider = Provider::start().await;
    let (party, theirs, browser) = (provider.party().await, provider.third_party().await, provider.browser());
    let alice = provider.person("alice@example.test").await;
    provider.log_in(&browser, &alice).await;
    for url in [
        party.authorize_url(&[("response_mode", "form_post")]),
        party.authorize_url(&[("redirect_uri", "https://evil.example.test/")]),
        theirs.authorize_url(&[]),
        "/oauth2/logout".to_owned(),
    ] {
        let shown = browser.open(&url).await;
        assert_eq!(header(&shown, "x-frame-options"), "DENY", "{}", shown.url);
        assert!(header(&shown, "content-security-policy").contains("frame-ancestors 'none'"), "{}", shown.url);
        assert_eq!(header(&shown, "cache-control"), "no-store", "{}", shown.url);
    }
}
