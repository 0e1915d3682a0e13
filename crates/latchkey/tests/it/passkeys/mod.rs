//! Passkeys and security keys (Web Authentication Level 3), with an authenticator in the test's hand and with the one
//! that Chromium makes believe to have.

mod enrolment;
mod in_chromium;
mod log_in;

use crate::log_in::{ALICE, PASSWORD, account, log_in};
use crate::support::{Browser, Provider, Shown};
use ::account::AccountId;
use ::account::account::AccountStatus;
use ::account::testing::soft_key::SoftKey;
use reqwest::Method;
use serde_json::Value;

const PATH: &str = "/account/security/passkeys";

/// A provider, Alice's account, and a browser in which she is logged in.
async fn begin() -> (Provider, AccountId, Browser) {
    let provider = Provider::start().await;
    let alice = account(&provider, ALICE, AccountStatus::Active).await;
    let browser = provider.browser();
    log_in(&browser, ALICE, PASSWORD).await;
    (provider, alice, browser)
}

/// The hidden field of the page's forms.
fn csrf(shown: &Shown) -> String {
    let (_, rest) = shown.body.split_once("name=\"csrf\" value=\"").unwrap_or_else(|| panic!("{}", shown.brief()));
    rest.split('"').next().expect("a value").to_owned()
}

/// What the script fetches.
async fn challenge(browser: &Browser, path: &str, csrf: &str) -> (u16, Value) {
    let shown = browser.once(Method::POST, path, Some(format!("csrf={csrf}")), &[]).await;
    (shown.status.as_u16(), serde_json::from_str(&shown.body).unwrap_or_default())
}

/// Adds a key, as the script does it.
async fn enrol(browser: &Browser, key: &mut SoftKey) -> Shown {
    let shown = browser.open(PATH).await;
    let csrf = csrf(shown.expect(PATH));
    let (status, offered) = challenge(browser, &format!("{PATH}/challenge"), &csrf).await;
    assert_eq!(status, 200, "{offered}");
    let made = key.make(&offered["options"]);
    browser.post(PATH, &answer(&csrf, &offered, &made)).await
}

/// Proves again who one is, with the key, where a page asks for it; `shown` is the page that asks.
async fn prove_again(browser: &Browser, shown: &Shown, key: &mut SoftKey) -> Shown {
    let (shown, csrf) = (shown.expect("/login/password"), csrf(shown));
    let query = format!("interaction={}", shown.parameter("interaction").expect("a way"));
    let (status, offered) = challenge(browser, &format!("/login/passkey/challenge?{query}"), &csrf).await;
    assert_eq!(status, 200, "{offered}");
    let signed = key.sign(&offered["options"]);
    browser.post(&format!("/login/password/passkey?{query}"), &answer(&csrf, &offered, &signed)).await
}

/// The fields of the form that the script sends.
fn answer<'a>(csrf: &'a str, offered: &'a Value, credential: &'a str) -> [(&'a str, &'a str); 3] {
    [("csrf", csrf), ("challenge", offered["challenge"].as_str().expect("an id")), ("credential", credential)]
}
