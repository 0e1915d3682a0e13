//! In a real browser, on a phone and on a desk.

use super::scene;
use crate::log_in::{ALICE, PASSWORD};
use crate::support::Chromium;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn both_steps_in_a_real_browser_at_phone_and_desktop_width() {
    let s = scene().await;
    let codes = s.recovery_codes().await;
    for (width, height, paper) in [(390, 844, false), (1280, 900, true)] {
        let browser = Chromium::start(width, height).await;
        browser.open(&format!("{}/account", s.provider.url)).await;
        browser.type_into("email", ALICE).await;
        browser.click("continue").await;
        browser.type_into("password", PASSWORD).await;
        browser.click("log-in").await;
        browser.find("verify").await;
        if paper {
            browser.click("use-recovery-code").await;
            browser.type_into("code", &codes[0]).await;
        } else {
            browser.type_into("code", &s.wrong_code()).await;
            browser.click("verify").await;
            browser.find("code-error").await;
            browser.type_into("code", &s.code()).await;
            browser.click("remember-device").await;
        }
        browser.click("verify").await;
        browser.find("email-address").await;
        browser.close().await;
    }
}
