//! Switching and leaving in a browser, on a phone and at a desk.

use super::BOB;
use crate::devices::in_chromium::{fits, log_in};
use crate::log_in::{ALICE, PASSWORD, account};
use crate::support::{Chromium, Provider};
use ::account::account::AccountStatus;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn somebody_switches_between_two_accounts_and_leaves_one() {
    for (width, height) in [(390, 844), (1280, 900)] {
        let provider = Provider::start().await;
        account(&provider, ALICE, AccountStatus::Active).await;
        account(&provider, BOB, AccountStatus::Active).await;
        let browser = Chromium::start(width, height).await;
        log_in(&browser, &provider.url, ALICE).await;
        browser.click("account-menu").await;
        fits(&browser, "the menu").await;
        provider.wait(std::time::Duration::from_secs(1));
        browser.click("menu-switch").await;
        browser.click("use-another").await;
        browser.type_into("email", BOB).await;
        browser.click("continue").await;
        browser.type_into("password", PASSWORD).await;
        browser.click("log-in").await;
        assert_eq!(browser.text("email-address").await, BOB);
        browser.open(&format!("{}/choose-account", provider.url)).await;
        browser.find("account-2").await;
        fits(&browser, "the list").await;
        provider.wait(std::time::Duration::from_secs(1));
        browser.click("account-2").await;
        assert_eq!(browser.text("email-address").await, ALICE);
        assert_eq!(browser.text("acting-as").await, ALICE);
        browser.open(&format!("{}/choose-account", provider.url)).await;
        browser.click("remove-1").await;
        for _ in 0..200 {
            if !browser.has("account-2").await {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(25)).await;
        }
        browser.click("account-1").await;
        assert_eq!(browser.text("email-address").await, BOB);
        browser.close().await;
    }
}
