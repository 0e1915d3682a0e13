//! A token made, copied and revoked in a real browser, on a phone and on a desk.

use crate::log_in::{ALICE, PASSWORD, account};
use crate::support::{Chromium, Provider};
use ::account::account::AccountStatus;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_is_made_and_revoked_at_phone_and_desktop_width() {
    let provider = Provider::start().await;
    account(&provider, ALICE, AccountStatus::Active).await;
    let party = provider.party().await;
    for (width, height) in [(390, 844), (1280, 900)] {
        let browser = Chromium::start(width, height).await;
        browser.open(&format!("{}/account/tokens", provider.url)).await;
        browser.type_into("email", ALICE).await;
        browser.click("continue").await;
        browser.type_into("password", PASSWORD).await;
        browser.click("log-in").await;
        browser.click("make-token").await;
        browser.type_into("name", "Backup").await;
        browser.click("scope-email").await;
        fits(&browser).await;
        browser.click("make").await;
        let token = browser.text("api-token").await;
        fits(&browser).await;
        let (status, claims) = party.userinfo(&token).await;
        assert_eq!((status.as_u16(), claims["email"].as_str()), (200, Some(ALICE)), "{claims}");
        browser.click("go-on").await;
        browser.click("revoke-all").await;
        fits(&browser).await;
        browser.click("revoke").await;
        browser.find("make-token").await;
        fits(&browser).await;
        assert_eq!(party.userinfo(&token).await.0.as_u16(), 401);
        browser.close().await;
    }
}

/// Nothing makes the page wider than the window.
pub async fn fits(browser: &Chromium) {
    let wide = "return document.documentElement.scrollWidth - document.documentElement.clientWidth";
    let over = browser.page.execute(wide, vec![]).await.expect("measured");
    assert!(over.as_i64().is_some_and(|over| over <= 0), "{over} too wide: {}", browser.describe().await);
}
