//! An address added, made primary and removed in a real browser, on a phone and on a desk.

use super::SECOND;
use crate::api_tokens::fits;
use crate::log_in::{ALICE, PASSWORD, account};
use crate::recovery::link;
use crate::support::{Chromium, Provider};
use ::account::account::AccountStatus;
use fantoccini::Locator;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_address_is_added_made_primary_and_removed_at_phone_and_desktop_width() {
    for (width, height) in [(390, 844), (1280, 900)] {
        let provider = Provider::start().await;
        account(&provider, ALICE, AccountStatus::Active).await;
        let browser = Chromium::start(width, height).await;
        browser.open(&format!("{}/account/email", provider.url)).await;
        browser.type_into("email", ALICE).await;
        browser.click("continue").await;
        browser.type_into("password", PASSWORD).await;
        browser.click("log-in").await;
        browser.click("add-email").await;
        fits(&browser).await;
        browser.type_into("email", SECOND).await;
        browser.click("add").await;
        browser.find("replace-email").await;
        fits(&browser).await;
        browser.open(&link(&provider, SECOND, "/account/email/added").await).await;
        browser.click("confirm").await;
        browser.find("email-address").await;
        press(&browser, "make-primary-").await;
        browser
            .page
            .wait()
            .for_element(Locator::XPath(&format!("//*[@id='email-address'][.='{SECOND}']")))
            .await
            .expect("the other one is primary");
        fits(&browser).await;
        press(&browser, "remove-").await;
        fits(&browser).await;
        browser.click("remove").await;
        browser.find("add-email").await;
        assert!(!browser.describe().await.contains(ALICE), "{}", browser.describe().await);
        browser.close().await;
    }
}

/// Clicks the first element whose id begins like this.
async fn press(browser: &Chromium, start: &str) {
    let found = browser.page.wait().for_element(Locator::Css(&format!("[id^='{start}']"))).await;
    found.expect("an element").click().await.expect("clicked");
}
