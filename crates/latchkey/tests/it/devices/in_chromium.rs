//! The page in a browser, on a phone and at a desk.

use super::{BOB, scene};
use crate::log_in::{ALICE, PASSWORD, session_of};
use crate::support::Chromium;

/// Asserts that nothing of the page lies beside the window.
pub async fn fits(browser: &Chromium, what: &str) {
    let script = "return document.documentElement.scrollWidth <= window.innerWidth";
    let fits = browser.page.execute(script, vec![]).await.expect("asked");
    assert_eq!(fits, true, "{what} at {} is wider than its window", browser.url().await);
}

/// Waits until the address ends so.
pub async fn arrive(browser: &Chromium, end: &str) {
    for _ in 0..200 {
        if browser.url().await.ends_with(end) {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(25)).await;
    }
    panic!("not at {end}: {}", browser.describe().await);
}

/// Logs in on the pages.
pub async fn log_in(browser: &Chromium, url: &str, email: &str) {
    browser.open(&format!("{url}/login")).await;
    browser.type_into("email", email).await;
    browser.click("continue").await;
    browser.type_into("password", PASSWORD).await;
    browser.click("log-in").await;
    browser.find("email-address").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_phone_and_a_desk_end_other_sessions() {
    for (width, height) in [(390, 844), (1280, 900)] {
        let (provider, desk, phone) = scene().await;
        provider.person(BOB).await;
        let browser = Chromium::start(width, height).await;
        log_in(&browser, &provider.url, ALICE).await;
        browser.open(&format!("{}/account/devices", provider.url)).await;
        assert!(browser.text("session-1").await.contains("This browser"));
        fits(&browser, "the list").await;
        browser.click("end-2").await;
        arrive(&browser, "done=ended").await;
        browser.click("end-others").await;
        arrive(&browser, "done=others").await;
        browser.find("no-others").await;
        fits(&browser, "the list of one").await;
        assert!([&desk, &phone].iter().all(|other| session_of(&provider, other).is_none()), "{width}");
        browser.close().await;
    }
}
