//! A new password by who knows the old one.

use super::NEW;
use crate::log_in::{ALICE, PASSWORD, account, log_in, session_of};
use crate::support::Provider;
use account::account::AccountStatus;

#[tokio::test]
async fn a_change_keeps_this_browser_and_logs_out_the_others() {
    let provider = Provider::start().await;
    account(&provider, ALICE, AccountStatus::Active).await;
    let (browser, other) = (provider.browser(), provider.browser());
    log_in(&browser, ALICE, PASSWORD).await.expect("/account");
    log_in(&other, ALICE, PASSWORD).await;
    let shown = browser.open("/account/security").await;
    let shown = browser.open(&shown.link("change-password")).await;
    shown.expect("/account/security/password");
    let wrong = browser.click(&shown, "save", &[("current-password", "a guess"), ("password", NEW)]).await;
    assert_eq!(wrong.status.as_u16(), 422);
    assert!(wrong.has("current-password-error"));
    let shown = browser.click(&shown, "save", &[("current-password", PASSWORD), ("password", NEW)]).await;
    shown.expect("/account/security");
    assert!(session_of(&provider, &browser).is_some() && session_of(&provider, &other).is_none());
    provider.mails.wait_for(|mail| mail.subject.contains("password was changed")).await;
    log_in(&other, ALICE, NEW).await.expect("/account");
}

#[tokio::test]
async fn account_pages_ask_for_a_log_in_first() {
    let provider = Provider::start().await;
    account(&provider, ALICE, AccountStatus::Active).await;
    for path in ["/account", "/account/details", "/account/security", "/account/security/password", "/account/email"] {
        let browser = provider.browser();
        let shown = browser.open(path).await;
        let shown = browser.click(shown.expect("/login"), "continue", &[("email", ALICE)]).await;
        browser.click(&shown, "log-in", &[("password", PASSWORD)]).await.expect(path);
    }
}
