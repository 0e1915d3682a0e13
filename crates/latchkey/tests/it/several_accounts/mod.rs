//! Several accounts in one browser: switched between, logged out of one by one, and up to ten.

mod in_chromium;
mod log_outs;

use crate::console::promote;
use crate::log_in::{ALICE, PASSWORD, account, log_in, session_of};
use crate::support::{Browser, Provider, Shown};
use ::account::AccountId;
use ::account::account::AccountStatus;
use ::account::session::MOST_ACCOUNTS;
use std::time::Duration;

pub const BOB: &str = "bob@example.test";

/// Alice and then Bob, logged in in one browser; Bob is in use.
pub async fn scene() -> (Provider, Browser, AccountId, AccountId) {
    let provider = Provider::start_with(|settings| settings.fetch.allow_private_networks = true).await;
    let alice = account(&provider, ALICE, AccountStatus::Active).await;
    let bob = account(&provider, BOB, AccountStatus::Active).await;
    let browser = provider.browser();
    provider.log_in(&browser, &alice).await;
    provider.wait(Duration::from_secs(1));
    provider.log_in(&browser, &bob).await;
    // What is used next is used later: at the same instant nobody could tell which account is in use.
    provider.wait(Duration::from_secs(1));
    (provider, browser, alice, bob)
}

/// Who is logged in in the browser, the one in use first.
pub fn accounts_in(provider: &Provider, browser: &Browser) -> Vec<AccountId> {
    let session = session_of(provider, browser);
    session.map(|s| s.logins.into_iter().map(|login| login.account_id).collect()).unwrap_or_default()
}

async fn another(browser: &Browser, email: &str) -> Shown {
    let shown = browser.open("/choose-account").await;
    let shown = browser.click(&shown, "use-another", &[]).await;
    let shown = browser.click(shown.expect("/login"), "continue", &[("email", email)]).await;
    browser.click(shown.expect("/login/password"), "log-in", &[("password", PASSWORD)]).await
}

#[tokio::test]
async fn each_page_says_which_account_acts_and_leads_to_the_others() {
    let (_provider, browser, ..) = scene().await;
    for path in
        ["/account", "/account/details", "/account/security", "/account/devices", "/account/apps", "/account/activity"]
    {
        assert_eq!(browser.open(path).await.text("acting-as"), BOB, "{path}");
    }
    let shown = browser.open(&browser.open("/account").await.link("menu-switch")).await;
    let shown = browser.click(shown.expect("/choose-account"), "account-2", &[]).await;
    assert_eq!(shown.expect("/account").text("acting-as"), ALICE);
}

/// Row 1.16: a page that the account in use may not see leads to the others.
#[tokio::test]
async fn a_page_of_another_account_offers_to_switch() {
    let (provider, browser, ..) = scene().await;
    promote(&provider, ALICE).await;
    let shown = browser.open("/admin/mail").await;
    assert_eq!((shown.status.as_u16(), shown.error_code().as_deref()), (404, Some("not_found")));
    let shown = browser.open(&shown.link("way-on")).await;
    browser.click(shown.expect("/choose-account"), "account-2", &[]).await.expect("/admin/mail");
}

#[tokio::test]
async fn an_eleventh_account_is_told_what_to_do_and_nothing_is_lost() {
    let (provider, browser, ..) = scene().await;
    for number in 3..=MOST_ACCOUNTS {
        let id = account(&provider, &format!("p{number}@example.test"), AccountStatus::Active).await;
        provider.log_in(&browser, &id).await;
    }
    account(&provider, "eleven@example.test", AccountStatus::Active).await;
    let shown = browser.open("/choose-account").await;
    assert!(shown.has("most-accounts") && shown.has("account-10"), "{}", shown.brief());
    let again = browser.click(&shown, "use-another", &[]).await;
    assert!(again.expect("/choose-account").has("most-accounts"));
    // By way of the log-in page: the right password is needed to learn anything, and nobody is pushed out.
    let party = provider.party().await;
    let asked = browser.open(&party.authorize_url(&[("prompt", "login"), ("login_hint", "p3@example.test")])).await;
    let wrong = browser
        .click(asked.expect("/login/password"), "log-in", &[("email", "eleven@example.test"), ("password", "wrong")])
        .await;
    assert_eq!(wrong.status.as_u16(), 422);
    let full = browser.click(&asked, "log-in", &[("email", "eleven@example.test"), ("password", PASSWORD)]).await;
    assert_eq!(full.status.as_u16(), 409);
    assert!(full.plain().contains("no room for more"), "{}", full.brief());
    assert_eq!(accounts_in(&provider, &browser).len(), MOST_ACCOUNTS);
    // One that is here may renew its log-in.
    let renewed = browser.click(&asked, "log-in", &[("email", "p4@example.test"), ("password", PASSWORD)]).await;
    assert_ne!(renewed.status.as_u16(), 409, "{}", renewed.brief());
    let shown = browser.click(&browser.open("/choose-account").await, "remove-3", &[]).await;
    assert!(!shown.expect("/choose-account").has("most-accounts"));
    another(&browser, "eleven@example.test").await.expect("/account");
    assert_eq!(accounts_in(&provider, &browser).len(), MOST_ACCOUNTS);
}

#[tokio::test]
async fn a_login_hint_of_an_account_here_picks_it() {
    let (provider, browser, alice, bob) = scene().await;
    let party = provider.party().await;
    let sub = async |hint: &str| {
        let code = party.code(&browser, &[("login_hint", hint)]).await;
        let tokens = party.exchange(&code).await.1;
        provider.claims(tokens["id_token"].as_str().expect("a token"))["sub"].clone()
    };
    assert_eq!(sub(ALICE).await, alice.as_str());
    assert_eq!(sub("Bob@Example.test").await, bob.as_str());
    // A hint of nobody here decides nothing; and the client may want the choice to be made.
    for more in
        [&[("login_hint", "carol@example.test")][..], &[("login_hint", ALICE), ("prompt", "select_account")], &[]]
    {
        browser.open(&party.authorize_url(more)).await.expect("/choose-account");
    }
    // With a page in between, the pick stays.
    let third = provider.third_party().await;
    let shown = browser.open(&third.authorize_url(&[("login_hint", ALICE)])).await;
    assert!(shown.expect("/consent").plain().contains(ALICE), "{}", shown.brief());
    let shown = browser.click(&shown, "allow", &[]).await;
    third.code_of(&shown);
    // Without pages, too.
    let shown = browser.open(&party.authorize_url(&[("login_hint", ALICE), ("prompt", "none")])).await;
    party.code_of(&shown);
}

/// A new account's confirmation in a full browser makes the account and pushes nobody out.
#[tokio::test]
async fn logging_in_again_does_not_count_twice() {
    let (provider, browser, alice, bob) = scene().await;
    log_in(&provider.browser(), ALICE, PASSWORD).await.expect("/account");
    another(&browser, ALICE).await.expect("/account");
    assert_eq!(accounts_in(&provider, &browser), [alice, bob]);
}
