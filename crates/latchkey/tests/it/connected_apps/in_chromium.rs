//! The page in a browser, on a phone and at a desk.

use super::scene;
use crate::devices::in_chromium::{arrive, fits, log_in};
use crate::log_in::ALICE;
use crate::support::Chromium;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_product_is_sent_away_on_a_phone_and_at_a_desk() {
    for (width, height) in [(390, 844), (1280, 900)] {
        let (provider, _browser, party, tokens) = scene().await;
        let browser = Chromium::start(width, height).await;
        log_in(&browser, &provider.url, ALICE).await;
        browser.open(&format!("{}/account/apps", provider.url)).await;
        assert!(browser.text("app-1").await.contains("Photo Printer"));
        fits(&browser, "the list").await;
        browser.click("remove-1").await;
        arrive(&browser, "done=removed").await;
        assert!(browser.describe().await.contains("No product is connected"), "{}", browser.describe().await);
        fits(&browser, "the empty list").await;
        assert_eq!(party.userinfo(tokens["access_token"].as_str().expect("a token")).await.0.as_u16(), 401);
        browser.close().await;
    }
}
