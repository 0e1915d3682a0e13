//! Places by network address, when the operator brought a file that knows them.

use crate::log_in::{ALICE, PASSWORD, account, password_page};
use crate::support::{Browser, Provider, Shown};
use ::account::account::AccountStatus;
use ::account::places::testing;
use latchkey::settings::value::Network;
use reqwest::Method;
use std::net::Ipv4Addr;

/// Logs in as a browser behind the trusted proxy, at this address.
pub async fn log_in_from(browser: &Browser, address: &str) -> Shown {
    let shown = password_page(browser, ALICE).await;
    let mut form = shown.form_with("log-in");
    form.fields.iter_mut().for_each(|(name, value)| {
        if name == "password" {
            *value = PASSWORD.to_owned();
        }
    });
    let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(&form.fields).finish();
    browser.go(Method::POST, &form.action, Some(body), &[("x-forwarded-for", address)]).await
}

/// A provider behind a proxy, with Vienna at 198.51.100.0/24 when `with_file`.
pub async fn behind_a_proxy(with_file: bool) -> (Provider, tempfile::TempDir) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("places.mmdb");
    let networks = [(Ipv4Addr::new(198, 51, 100, 0), 24, "Vienna", "Austria")];
    std::fs::write(&path, testing::database(&networks)).expect("written");
    let provider = Provider::start_with(|settings| {
        settings.server.trusted_proxies = vec![Network("127.0.0.1/32".parse().expect("a network"))];
        settings.geo.database_file = with_file.then_some(path);
    })
    .await;
    account(&provider, ALICE, AccountStatus::Active).await;
    (provider, folder)
}

#[tokio::test]
async fn places_are_told_only_with_a_file() {
    for with_file in [true, false] {
        let (provider, _folder) = behind_a_proxy(with_file).await;
        let (near, far) = (provider.browser(), provider.browser());
        log_in_from(&far, "203.0.113.9").await.expect("/account");
        log_in_from(&near, "198.51.100.7").await.expect("/account");
        let shown = near.open("/account/devices").await.plain();
        assert!(shown.contains("198.51.100.7") && shown.contains("203.0.113.9"), "{shown}");
        assert_eq!(shown.contains("198.51.100.7 (Vienna, Austria)"), with_file, "{shown}");
        assert!(!shown.contains("203.0.113.9 ("), "{shown}");
    }
}

/// What is no database of places is said at the start, with what to write.
#[tokio::test]
async fn another_file_is_refused_at_the_start() {
    let (provider, folder) = behind_a_proxy(false).await;
    let path = folder.path().join("places.txt");
    std::fs::write(&path, "here be dragons").expect("written");
    let mut settings = latchkey::settings::Settings::default();
    settings.geo.database_file = Some(path);
    let Err(problem) = latchkey::wire::Node::build(&settings, provider.accounts.clone()).await else {
        panic!("it was taken")
    };
    let words = problem.to_string();
    assert!(words.starts_with("geo.database_file: ") && words.contains("in the MMDB format"), "{words}");
}
