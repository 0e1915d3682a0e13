//! Any parameters at all, at the doors that products and browsers use most.

use super::csrf_of;
use super::raw;
use super::routes::{AUTHORIZE, END_SESSION, TOKEN};
use crate::support::{Party, Provider};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use url::form_urlencoded::byte_serialize;

/// A value: something that fits somewhere, something that looks so, or noise.
fn value() -> impl Strategy<Value = String> {
    prop_oneof![
        prop::sample::select(vec![
            "code",
            "none",
            "login",
            "consent select_account",
            "openid",
            "openid offline_access",
            "S256",
            "plain",
            "query",
            "form_post",
            "fragment",
            "authorization_code",
            "refresh_token",
            "client_credentials",
            "-1",
            "99999999999999999999",
            "{}",
            r#"{"id_token":{"sub":{"value":1}}}"#,
            "e30.e30.e30",
            "eyJhbGciOiJub25lIn0.e30.",
            "https://evil.example/",
            "https://tracker.example.test/callback",
            "https://tracker.example.test/callback#x",
            "https://tracker.example.test:443@evil.example/callback",
            "//evil.example",
            "javascript:alert(1)",
            "alice@example.test",
        ])
        .prop_map(str::to_owned),
        "[ -~]{0,40}",
        "\\PC{0,20}",
        prop::collection::vec(any::<char>(), 0..20).prop_map(|chars| chars.into_iter().collect()),
    ]
}

fn fields(names: &'static [&'static str]) -> impl Strategy<Value = Vec<(String, String)>> {
    let name = prop_oneof![
        9 => prop::sample::select(names).prop_map(str::to_owned),
        1 => "[ -~]{0,12}",
    ];
    prop::collection::vec((name, value()), 0..8)
}

fn encode(fields: &[(String, String)]) -> String {
    let part = |text: &str| byte_serialize(text.as_bytes()).collect::<String>();
    fields.iter().map(|(name, value)| format!("{}={}", part(name), part(value))).collect::<Vec<_>>().join("&")
}

/// Sends it, and asserts that the answer is neither a failure of ours nor a way to somebody else's site.
fn check(provider: &Provider, party: &Party, request: &[u8]) -> Result<(), TestCaseError> {
    let answer = raw::send(&provider.url, request).ok_or_else(|| TestCaseError::fail("no answer"))?;
    prop_assert!(answer.status < 500, "{}", answer.head);
    if let Some(to) = answer.header("location") {
        let own = to.starts_with('/') && !to.starts_with("//") || to.starts_with(&format!("{}/", provider.url));
        let registered = [party.redirect_uri.as_str(), "https://tracker.example.test/logged-out"];
        let to_client = registered
            .iter()
            .any(|uri| to.strip_prefix(uri).is_some_and(|rest| rest.is_empty() || rest.starts_with(['?', '#'])));
        prop_assert!(own || to_client, "leads to {}", to);
    }
    Ok(())
}

fn runner() -> TestRunner {
    TestRunner::new(Config { cases: 200, failure_persistence: None, ..Config::default() })
}

const FORM: &str = "application/x-www-form-urlencoded";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_parameters_break_the_protocol_endpoints() {
    let provider = Provider::start().await;
    let party = provider.party().await;
    let alice = provider.person("alice@example.test").await;
    let browser = provider.browser();
    provider.log_in(&browser, &alice).await;
    let cookie = [format!("Cookie: latchkey-session={}", browser.cookie("latchkey-session").expect("a session"))];
    for (path, names) in [("/oauth2/authorize", AUTHORIZE), ("/oauth2/logout", END_SESSION)] {
        let ran = runner().run(&(fields(names), any::<bool>()), |(mut fields, named)| {
            if named {
                // Past the first checks: a client that there is, with its own redirect URI.
                fields.retain(|(name, _)| name != "client_id" && name != "redirect_uri");
                fields.push(("client_id".to_owned(), party.id.clone()));
                fields.push(("redirect_uri".to_owned(), party.redirect_uri.clone()));
            }
            let text = encode(&fields);
            check(&provider, &party, &raw::request("GET", &format!("{path}?{text}"), &cookie, None))?;
            check(&provider, &party, &raw::request("POST", path, &cookie, Some((FORM, text.as_bytes()))))
        });
        ran.unwrap_or_else(|error| panic!("{path}: {error}"));
    }
    let ran = runner().run(&(fields(TOKEN), any::<bool>()), |(mut fields, named)| {
        if named {
            fields.retain(|(name, _)| name != "client_id" && name != "client_secret");
            fields.push(("client_id".to_owned(), party.id.clone()));
            fields.push(("client_secret".to_owned(), party.secret.clone()));
        }
        let text = encode(&fields);
        check(&provider, &party, &raw::request("POST", "/oauth2/token", &[], Some((FORM, text.as_bytes()))))
    });
    ran.unwrap_or_else(|error| panic!("token: {error}"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_parameters_break_the_log_in() {
    let provider = Provider::start().await;
    let party = provider.party().await;
    let browser = provider.browser();
    let page = browser.open("/login").await;
    let csrf = csrf_of(&page);
    let query = page.url.split_once('?').map(|(_, query)| query.to_owned()).expect("an interaction");
    let cookie = [format!("Cookie: latchkey-browser={}", browser.cookie("latchkey-browser").expect("a cookie"))];
    let names: &'static [&'static str] = &["email", "password", "to", "interaction", "saved"];
    let ran = runner().run(&fields(names), |fields| {
        let text = encode(&fields);
        let body = format!("csrf={csrf}&{text}");
        check(&provider, &party, &raw::request("GET", &format!("/login?{text}"), &cookie, None))?;
        for path in ["/login", "/login/password"] {
            let form = Some((FORM, body.as_bytes()));
            check(&provider, &party, &raw::request("POST", &format!("{path}?{query}"), &cookie, form))?;
        }
        Ok(())
    });
    ran.unwrap_or_else(|error| panic!("{error}"));
}
