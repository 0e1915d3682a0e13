//! Whatever a log-out request says: a page of ours, or an address that the client registered for this; and nobody is logged
//! out whom neither the hint nor a click of their own says.

use super::AFTER;
use super::hints::Forger;
use crate::support::Provider;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use reqwest::Method;

const CODES: [&str; 5] =
    ["invalid_request", "invalid_client", "invalid_redirect_uri", "unauthorized_client", "wrong_method"];
const NAMES: [&str; 6] =
    ["id_token_hint", "client_id", "post_logout_redirect_uri", "state", "logout_hint", "ui_locales"];

/// A parameter; a value with `$` stands for something real.
fn parameter() -> impl Strategy<Value = (String, String)> {
    let name = prop_oneof![9 => prop::sample::select(NAMES.to_vec()).prop_map(str::to_owned), 1 => any::<String>()];
    let known = prop::sample::select(vec![
        "",
        "$hint",
        "$old",
        "$other",
        "$access",
        "$none",
        "$stranger",
        "$subject",
        "$client",
        AFTER,
        "https://tracker.example.test/callback",
        "https://tracker.example.test/logged-out/",
        "https://tracker.example.test/logged-out?x=1",
        "https://tracker.example.test/logged-out#x",
        "https://tracker.example.test@evil.example.test/logged-out",
        "https://evil.example.test/",
        "//evil.example.test",
        "javascript:alert(1)",
        "/account",
        "eyJhbGciOiJub25lIn0.e30.",
        "\r\nLocation: https://evil.example.test",
        "\u{202e}é",
        "a&post_logout_redirect_uri=https://evil.example.test/",
        "de-CH xx",
    ]);
    (name, prop_oneof![6 => known.prop_map(str::to_owned), 1 => any::<String>()])
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn any_request_leads_to_a_page_or_to_where_the_client_may_be() {
    let provider = Provider::start().await;
    let (party, other) = (provider.party().await, provider.party().await);
    let (alice, bob, stranger) = (provider.browser(), provider.browser(), provider.browser());
    let (id, of_bob) = (provider.person("alice@example.test").await, provider.person("bob@example.test").await);
    provider.log_in(&bob, &of_bob).await;
    let tokens = party.exchange(&party.code(&bob, &[]).await).await.1;
    let old = tokens["id_token"].as_str().expect("an ID token").to_owned();
    let access = tokens["access_token"].as_str().expect("an access token").to_owned();
    let tokens = other.exchange(&other.code(&bob, &[]).await).await.1;
    let of_other = tokens["id_token"].as_str().expect("an ID token").to_owned();
    let (handle, forger) = (tokio::runtime::Handle::current(), Forger::new());
    let wish = (prop::collection::vec(parameter(), 0..5), any::<(bool, bool)>());
    tokio::task::block_in_place(|| {
        let mut runner = TestRunner::new(Config { cases: 300, failure_persistence: None, ..Config::default() });
        let outcome = runner.run(&wish, |(fields, (logged_in, by_post))| {
            let browser = if logged_in { &alice } else { &stranger };
            let hint = handle.block_on(async {
                let silent = party.authorize_url(&[("prompt", "none")]);
                if logged_in && browser.open(&silent).await.parameter("code").is_none() {
                    provider.log_in(browser, &id).await;
                }
                match logged_in {
                    true => {
                        let tokens = party.exchange(&party.code(browser, &[]).await).await.1;
                        tokens["id_token"].as_str().expect("an ID token").to_owned()
                    }
                    false => old.clone(),
                }
            });
            let real = |value: &str| match value {
                "$hint" => hint.clone(),
                "$old" => old.clone(),
                "$other" => of_other.clone(),
                "$access" => access.clone(),
                "$none" | "$stranger" | "$subject" => forger.forge(&value[1..], &hint),
                "$client" => party.id.clone(),
                value => value.to_owned(),
            };
            let pairs: Vec<_> = fields.iter().map(|(name, value)| (name.clone(), real(value))).collect();
            let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(&pairs).finish();
            let shown = match by_post {
                true => handle.block_on(browser.go(Method::POST, "/oauth2/logout", Some(query), &[])),
                false => handle.block_on(browser.open(&format!("/oauth2/logout?{query}"))),
            };
            let brief = || format!("{} for {fields:?}", shown.brief());
            match shown.status.as_u16() {
                // Out of the provider: only there, only for a client that the hint proves.
                303 => {
                    let rest = shown.url.strip_prefix(AFTER);
                    prop_assert!(
                        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with("?state=")),
                        "{}",
                        brief()
                    );
                    prop_assert!(pairs.iter().any(|(name, _)| name == "id_token_hint"), "{}", brief());
                }
                200 => prop_assert!(shown.has("log-out") || shown.has("logged-out"), "{}", brief()),
                400 => {
                    let code = shown.error_code().unwrap_or_default();
                    prop_assert!(CODES.contains(&code.as_str()), "{}", brief());
                }
                _ => prop_assert!(false, "{}", brief()),
            }
            // Bob is somewhere else, and whoever was not proven to have asked stays.
            let silent = party.authorize_url(&[("prompt", "none")]);
            prop_assert!(handle.block_on(bob.open(&silent)).parameter("code").is_some(), "{}", brief());
            if logged_in && !pairs.iter().any(|(name, value)| name == "id_token_hint" && *value == hint) {
                prop_assert!(handle.block_on(alice.open(&silent)).parameter("code").is_some(), "{}", brief());
            }
            Ok(())
        });
        outcome.unwrap();
    });
}
