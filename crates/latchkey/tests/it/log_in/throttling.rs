//! Guessing is slow, for everybody but the owner's own devices.

use super::{ALICE, PASSWORD, account, log_in, password_page, session_of};
use crate::support::Provider;
use account::account::AccountStatus;
use std::time::Duration;

#[tokio::test]
async fn guessing_is_slowed_down_and_the_page_says_for_how_long() {
    let provider = Provider::start().await;
    account(&provider, ALICE, AccountStatus::Active).await;
    let browser = provider.browser();
    let mut shown = password_page(&browser, ALICE).await;
    for _ in 0..6 {
        shown = browser.click(&shown, "log-in", &[("password", "wrong")]).await;
        assert_eq!(shown.status.as_u16(), 422, "{}", shown.brief());
    }
    shown = browser.click(&shown, "log-in", &[("password", PASSWORD)]).await;
    assert_eq!(shown.status.as_u16(), 429);
    assert_eq!(shown.headers["retry-after"], "2");
    assert!(shown.plain().contains("Wait 2 seconds"), "{}", shown.brief());
    assert!(
        shown.form_with("log-in").fields.contains(&("email".to_owned(), ALICE.to_owned())),
        "nothing typed is lost"
    );
    provider.wait(Duration::from_secs(2));
    browser.click(&shown, "log-in", &[("password", PASSWORD)]).await;
    assert!(session_of(&provider, &browser).is_some());
}

#[tokio::test]
async fn the_owners_browser_logs_in_while_others_guess() {
    let provider = Provider::start().await;
    account(&provider, ALICE, AccountStatus::Active).await;
    let (mine, theirs) = (provider.browser(), provider.browser());
    log_in(&mine, ALICE, PASSWORD).await;
    let asked = mine.open("/logout").await;
    mine.click(&asked, "log-out", &[]).await;
    let mut shown = password_page(&theirs, ALICE).await;
    for _ in 0..12 {
        shown = theirs.click(&shown, "log-in", &[("password", "wrong")]).await;
    }
    assert_eq!(shown.status.as_u16(), 429);
    log_in(&mine, ALICE, PASSWORD).await;
    assert!(session_of(&provider, &mine).is_some());
}

#[tokio::test]
async fn without_throttling_there_is_no_waiting() {
    let provider = Provider::start_with(|settings| settings.limits.throttle = false).await;
    account(&provider, ALICE, AccountStatus::Active).await;
    let browser = provider.browser();
    let mut shown = password_page(&browser, ALICE).await;
    for _ in 0..12 {
        shown = browser.click(&shown, "log-in", &[("password", "wrong")]).await;
        assert_eq!(shown.status.as_u16(), 422);
    }
    browser.click(&shown, "log-in", &[("password", PASSWORD)]).await;
    assert!(session_of(&provider, &browser).is_some());
}
