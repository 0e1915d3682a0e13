//! The pages in a browser, on a phone and at a desk.

use crate::devices::in_chromium::{fits, log_in};
use crate::log_in::{ALICE, account};
use crate::support::{Chromium, Provider};
use ::account::account::AccountStatus;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn somebody_reads_the_log_and_locks_the_door() {
    for (width, height) in [(390, 844), (1280, 900)] {
        let provider = Provider::start().await;
        account(&provider, ALICE, AccountStatus::Active).await;
        let browser = Chromium::start(width, height).await;
        log_in(&browser, &provider.url, ALICE).await;
        browser.open(&format!("{}/account/activity", provider.url)).await;
        assert!(browser.text("entry-1").await.contains("Logged in"));
        fits(&browser, "the log").await;
        browser.click("not-me").await;
        browser.find("lock-account").await;
        fits(&browser, "what happens").await;
        browser.click("lock-account").await;
        browser.find("account-locked").await;
        fits(&browser, "the end").await;
        browser.open(&format!("{}/account", provider.url)).await;
        browser.find("login-form").await;
        browser.close().await;
    }
}
